"""A replaced report is kept whole, and no more of them than the settings say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import file_bytes
from runs import YEAR

from pipeline.run.history import history_folder, history_path, kept_reports, prune_history
from pipeline.run.record import RECORD_PATH, file_digest, load_record

FINISHED = "2022-10-05T09:30:00+00:00"
WRONG_CLOCK = "2099-01-01T00:00:00+00:00"


@pytest.fixture
def write_report(tmp_path) -> Callable[..., Path]:
    """write_report("2022-10-01T09:30:00+00:00"): the folder of a report that finished then."""
    folder = tmp_path / "reports" / YEAR

    def write(finished: str | None, replaced: dict[str, str] | None = None) -> Path:
        (folder / "audit").mkdir(parents=True, exist_ok=True)
        record = {"finished": finished, "replaced": replaced}
        (folder / "audit" / "run.json").write_text(json.dumps(record))
        return folder

    return write


def kept_days(report: Path) -> list[str]:
    return [path.name[:10] for path in kept_reports(report)]


def test_kept_report_is_named_after_its_time(write_report, tmp_path):
    report = write_report("2022-10-01T09:30:00+00:00")
    path = history_path(report, report)
    assert path == tmp_path / "reports" / "history" / YEAR / "2022-10-01-093000"
    path.mkdir()
    assert history_path(report, report).name == "2022-10-01-093000-02"


def test_report_without_a_time_is_kept_as_well(write_report):
    report = write_report(None)
    assert history_path(report, report).parent == history_folder(report)


@pytest.mark.parametrize(
    ("keep", "names"),
    [
        (0, []),
        (2, ["2022-10-03", "2022-10-04"]),
        (9, ["2022-10-01", "2022-10-02", "2022-10-03", "2022-10-04"]),
    ],
)
def test_oldest_reports_are_deleted_first(write_report, keep, names):
    report = write_report(FINISHED)
    for day in range(1, 5):
        (history_folder(report) / f"2022-10-0{day}").mkdir(parents=True)
    prune_history(report, keep)
    assert sorted(path.name for path in history_folder(report).iterdir()) == names


def test_reports_keep_the_order_of_the_runs_if_the_clock_was_wrong(write_report):
    report = write_report(WRONG_CLOCK)
    for day in range(1, 5):
        replaced = {"finished": "", "sha256": file_digest(report / RECORD_PATH)}
        report.rename(history_path(report, report))
        write_report(f"2022-10-0{day}T09:30:00+00:00", replaced)
    assert kept_days(report) == ["2099-01-01", "2022-10-01", "2022-10-02", "2022-10-03"]
    prune_history(report, 2)
    assert kept_days(report) == ["2022-10-02", "2022-10-03"]


def test_half_deleted_report_is_none_and_is_removed(write_report):
    report = write_report(FINISHED)
    (history_folder(report) / ".2022-10-01.gone").mkdir(parents=True)
    assert kept_reports(report) == []
    prune_history(report, 9)
    assert list(history_folder(report).iterdir()) == []


@pytest.mark.slow
def test_run_keeps_the_replaced_report_whole_and_records_it(reported_workspace, annual_report):
    report = reported_workspace / "reports" / YEAR
    contents = file_bytes(report)
    options = ("--workspace", reported_workspace, "--formats", "html")
    assert annual_report("run", YEAR, *options).returncode == 0
    (replaced_report,) = history_folder(report).iterdir()
    assert file_bytes(replaced_report) == contents
    replaced = load_record(report).replaced
    assert replaced.finished == load_record(replaced_report).finished
    assert replaced.sha256 == file_digest(replaced_report / RECORD_PATH)
