"""The report to compare with is found wherever it is, or it is said what there is."""

from __future__ import annotations

import json
import shutil

import pytest

from pipeline.audit.diff.earlier import current_report, earlier_report
from pipeline.problem import Kind, Problem
from pipeline.run.history import history_folder
from pipeline.run.record import RECORD_PATH
from pipeline.run.verify import write_bundle
from pipeline.settings import load_settings

YEAR = "2021-22"


@pytest.fixture
def settings(sample_report, tmp_path):
    """A finished report with two that were kept before it, the later of which was final."""
    shutil.copytree(sample_report.workspace, tmp_path / "workspace")
    settings = load_settings(tmp_path / "workspace", YEAR)
    for name, final in (("2022-10-01-093000", False), ("2022-10-02-093000", True)):
        kept = history_folder(settings.published_folder) / name
        shutil.copytree(settings.published_folder / "audit", kept / "audit")
        held = json.loads((kept / RECORD_PATH).read_text())
        held |= {
            "finished": f"{name[:10]}T09:30:00+00:00",
            "asked": held["asked"] | {"final": final},
        }
        (kept / RECORD_PATH).write_text(json.dumps(held))
    return settings


def test_it_is_the_last_that_was_kept_unless_another_is_named(settings):
    with earlier_report(settings, None) as last:
        assert (
            str(last)
            == "reports/history/2021-22/2022-10-02-093000, final, made 2022-10-02 at 09:30 UTC"
        )
    with earlier_report(settings, "2022-10-01-093000") as first:
        assert (
            str(first)
            == "reports/history/2021-22/2022-10-01-093000, a draft, made 2022-10-01 at 09:30 UTC"
        )


def test_it_may_be_a_year_a_folder_or_an_archive(settings, tmp_path):
    now = current_report(settings)
    shutil.copytree(settings.published_folder, tmp_path / "elsewhere")
    write_bundle(settings, tmp_path / "bundle.zip")
    elsewhere, archive, shown = (
        str(tmp_path / "elsewhere"),
        str(tmp_path / "bundle.zip"),
        f"reports/{YEAR}",
    )
    for asked, name in ((YEAR, shown), (shown, shown), (elsewhere, elsewhere), (archive, archive)):
        with earlier_report(settings, asked) as found:
            assert (found.name, found.record) == (name, now.record)
            assert (found.folder / "audit" / "figures.csv").is_file()
    assert not found.folder.exists()


def test_without_an_earlier_one_it_is_said_what_else_there_is(settings):
    shutil.rmtree(history_folder(settings.published_folder))
    with (
        pytest.raises(Problem, match="no earlier report of this year is kept") as raised,
        earlier_report(settings, None),
    ):
        pass
    assert raised.value.kind == Kind.NOTHING_TO_DO
    assert "--against" in raised.value.remedy


def test_a_report_that_there_is_not_is_said_with_those_there_are(settings):
    with (
        pytest.raises(Problem, match='Did you mean "2022-10-01-093000"') as raised,
        earlier_report(settings, "2022-10-01-0930"),
    ):
        pass
    assert "2022-10-01-093000, 2022-10-02-093000" in raised.value.remedy


@pytest.mark.parametrize(
    "spoil",
    [lambda record: record.unlink(), lambda record: record.write_text('{"record_version": 0}')],
)
def test_one_without_a_record_of_today_s_layout_is_named_by_its_place(settings, spoil):
    spoil(history_folder(settings.published_folder) / "2022-10-02-093000" / RECORD_PATH)
    with (
        pytest.raises(Problem, match="2021-22/2022-10-02-093000/audit/run"),
        earlier_report(settings, None),
    ):
        pass


def test_before_any_report_is_made_it_is_said_how_to_make_one(workspace):
    with pytest.raises(Problem, match="annual-report run 2021-22") as raised:
        current_report(load_settings(workspace, YEAR))
    assert raised.value.kind == Kind.NOTHING_TO_DO
