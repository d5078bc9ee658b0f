"""A report that is replaced is kept, whole, and no more of them than the settings say."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest

from pipeline.run.history import history_folder, history_path, kept_reports, prune_history
from pipeline.run.record import RECORD_PATH, file_digest, load_record

YEAR = "2021-22"


@pytest.fixture
def report(tmp_path):
    """report("2022-10-01T09:30:00+00:00"): the folder of a report that was made then."""
    folder = tmp_path / "reports" / YEAR

    def made(finished: str | None, replaced: dict | None = None):
        (folder / "audit").mkdir(parents=True, exist_ok=True)
        (folder / "audit" / "run.json").write_text(
            json.dumps({"finished": finished, "replaced": replaced})
        )
        return folder

    return made


def test_it_is_named_after_when_it_was_made(report):
    folder = report("2022-10-01T09:30:00+00:00")
    place = history_path(folder, folder)
    assert (
        place.relative_to(place.parents[3]).as_posix()
        == "reports/history/2021-22/2022-10-01-093000"
    )
    place.mkdir()
    assert history_path(folder, folder).name == "2022-10-01-093000-02"


def test_one_without_a_record_is_kept_as_well(report):
    assert history_path(report(None), report(None)).parent == history_folder(report(None))


@pytest.mark.parametrize(
    ("most", "left"),
    [(0, []), (2, ["2022-10-03", "2022-10-04"]), (9, [f"2022-10-0{n}" for n in range(1, 5)])],
)
def test_the_oldest_go_first(report, most, left):
    folder = report("2022-10-05T09:30:00+00:00")
    for day in range(1, 5):
        (history_folder(folder) / f"2022-10-0{day}").mkdir(parents=True)
    prune_history(folder, most)
    assert sorted(path.name for path in history_folder(folder).iterdir()) == left


def test_the_order_is_that_of_the_runs_also_where_the_clock_was_set_back(report):
    folder = report(
        "2099-01-01T00:00:00+00:00"
    )  # the clock was wrong; the runs that follow are dated before it
    for day in range(1, 5):
        before = file_digest(folder / RECORD_PATH)
        folder.rename(history_path(folder, folder))
        report(f"2022-10-0{day}T09:30:00+00:00", {"finished": "", "sha256": before})
    assert [path.name[:10] for path in kept_reports(folder)] == [
        "2099-01-01",
        "2022-10-01",
        "2022-10-02",
        "2022-10-03",
    ]
    prune_history(folder, 2)
    assert [path.name[:10] for path in kept_reports(folder)] == ["2022-10-02", "2022-10-03"]


def test_what_a_killed_run_half_deleted_is_no_report_and_goes(report):
    folder = report("2022-10-05T09:30:00+00:00")
    (history_folder(folder) / ".2022-10-01.gone").mkdir(parents=True)
    assert kept_reports(folder) == []
    prune_history(folder, 9)
    assert list(history_folder(folder).iterdir()) == []


def test_the_report_that_a_run_replaces_is_kept_whole_and_its_record_says_so(
    sample_report, annual_report, everything, tmp_path
):
    workspace = tmp_path / "workspace"
    shutil.copytree(sample_report.workspace, workspace)
    folder = workspace / "reports" / YEAR
    before = {path.relative_to(folder): content for path, content in everything(folder).items()}
    assert annual_report("run", YEAR, "--workspace", workspace, "--formats", "html").returncode == 0
    (kept,) = history_folder(folder).iterdir()
    assert {path.relative_to(kept): content for path, content in everything(kept).items()} == before
    replaced = load_record(folder).replaced
    assert replaced.finished == load_record(kept).finished
    assert replaced.sha256 == hashlib.sha256((kept / "audit" / "run.json").read_bytes()).hexdigest()
