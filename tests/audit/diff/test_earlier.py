"""The report to compare with is found wherever it is; if there is none, the choices are listed."""

from __future__ import annotations

import json
import shutil

import pytest

from pipeline.artifacts import RECORD_PATH
from pipeline.audit.diff.earlier import current_report, earlier_report
from pipeline.problem import Kind, Problem
from pipeline.run.history import history_folder
from pipeline.run.verify import pack_bundle
from pipeline.settings import load_settings

YEAR = "2021-22"
DRAFT = "2022-10-01-093000"
FINAL = "2022-10-02-093000"


@pytest.fixture
def settings(sample_report, tmp_path):
    """A finished report whose history has a draft and, after it, a final version."""
    shutil.copytree(sample_report.workspace, tmp_path / "workspace")
    settings = load_settings(tmp_path / "workspace", YEAR)
    for name, is_final in ((DRAFT, False), (FINAL, True)):
        folder = history_folder(settings.published_folder) / name
        shutil.copytree(settings.published_folder / "audit", folder / "audit")
        record = json.loads((folder / RECORD_PATH).read_text())
        record["finished"] = f"{name[:10]}T09:30:00+00:00"
        record["asked"]["final"] = is_final
        (folder / RECORD_PATH).write_text(json.dumps(record))
    return settings


def raised_problem(settings, requested: str | None) -> Problem:
    """The problem that looking for an earlier report raises."""
    with pytest.raises(Problem) as raised, earlier_report(settings, requested):
        pass
    return raised.value


def test_earlier_report_is_the_last_unless_one_is_named(settings):
    with earlier_report(settings, None) as last:
        name = f"reports/history/2021-22/{FINAL}"
        assert str(last) == f"{name}, final, made 2022-10-02 at 09:30 UTC"
    with earlier_report(settings, DRAFT) as first:
        name = f"reports/history/2021-22/{DRAFT}"
        assert str(first) == f"{name}, a draft, made 2022-10-01 at 09:30 UTC"


def test_earlier_report_may_be_a_year_folder_or_archive(settings, tmp_path):
    record = current_report(settings).record
    folder = tmp_path / "elsewhere"
    archive = tmp_path / "bundle.zip"
    shutil.copytree(settings.published_folder, folder)
    archive.write_bytes(pack_bundle(settings))
    names = {YEAR: f"reports/{YEAR}", f"reports/{YEAR}": f"reports/{YEAR}"}
    names |= {str(folder): str(folder), str(archive): str(archive)}
    for requested, name in names.items():
        with earlier_report(settings, requested) as report:
            assert (report.name, report.record) == (name, record)
            assert (report.folder / "audit" / "figures.csv").is_file()
    assert not report.folder.exists(), "the extracted archive is deleted"


def test_empty_history_is_reported_with_other_choices(settings):
    shutil.rmtree(history_folder(settings.published_folder))
    problem = raised_problem(settings, None)
    assert problem.kind == Kind.NOTHING_TO_DO
    assert problem.what == "no earlier report on this year has been kept"
    assert "--against" in problem.remedy


def test_unknown_report_is_reported_with_those_in_history(settings):
    problem = raised_problem(settings, "2022-10-01-0930")
    assert f'Did you mean "{DRAFT}"' in problem.what
    assert f"{DRAFT}, {FINAL}" in problem.remedy


@pytest.mark.parametrize(
    "spoil",
    [lambda record: record.unlink(), lambda record: record.write_text('{"record_version": 0}')],
    ids=["missing", "of another version"],
)
def test_unusable_record_is_reported_with_its_path(settings, spoil):
    spoil(history_folder(settings.published_folder) / FINAL / RECORD_PATH)
    assert f"2021-22/{FINAL}/audit/run" in raised_problem(settings, None).where


def test_comparing_before_the_first_report_says_how_to_run(workspace):
    with pytest.raises(Problem) as raised:
        current_report(load_settings(workspace, YEAR))
    assert raised.value.kind == Kind.NOTHING_TO_DO
    assert "annual-report run 2021-22" in raised.value.remedy
