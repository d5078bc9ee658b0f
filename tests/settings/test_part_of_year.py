"""Part of a year has its own folders, and a day that the data covers."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.problem import Problem
from pipeline.report.wording import (
    DRAFT_NOTICE,
    INTERNAL_MARK,
    PART_MARK,
    draft_mark,
    draft_notice,
)
from pipeline.settings import load_settings
from pipeline.settings.years import is_internal
from pipeline.workflow import run_options
from pipeline.year import Year

YEAR = "2021-22"


def test_part_of_a_year_has_folders_of_its_own(workspace):
    settings = load_settings(workspace, f"{YEAR}:2021-12-31")
    assert settings.is_part
    assert settings.published_folder.name == "2021-22-to-2021-12-31"
    assert settings.processed.name == settings.published_folder.name
    assert settings.period_end(Year(2018)) == date(2018, 12, 31)
    assert load_settings(workspace, settings.year_text) == settings


@pytest.mark.parametrize(("policy", "is_expected"), [("publish", False), ("suppress", True)])
def test_part_of_a_year_is_internal_if_small_numbers_are_withheld(workspace, policy, is_expected):
    council = workspace / "data" / "raw" / "council.yaml"
    council.write_text(council.read_text().replace("policy: publish", f"policy: {policy}"))
    part = load_settings(workspace, f"{YEAR}:2021-12-31")
    assert is_internal(part) == is_expected
    assert draft_mark(part) == (INTERNAL_MARK if is_expected else PART_MARK)
    assert not is_internal(load_settings(workspace, YEAR))
    assert draft_notice(load_settings(workspace, YEAR)) == DRAFT_NOTICE


def test_part_up_to_the_last_day_is_the_whole_year(workspace):
    assert not load_settings(workspace, f"{YEAR}:2022-03-31").is_part
    whole = load_settings(workspace, YEAR)
    assert whole.to is None
    assert whole.period_end(Year(2021)) == date(2022, 3, 31)


@pytest.mark.parametrize(
    ("year", "day", "message"),
    [
        (YEAR, "31 December", '"31 December" is not a date'),
        (YEAR, "2022-04-01", "2022-04-01 is not a day of 2021-22"),
        ("2020-21", "2020-03-31", "2020-03-31 is not a day of 2020-21"),
    ],
)
def test_day_outside_the_year_is_refused(workspace, year, day, message):
    with pytest.raises(Problem, match=message):
        load_settings(workspace, f"{year}:{day}")


def test_day_after_the_data_was_taken_is_refused(workspace):
    report = workspace / "data" / "raw" / YEAR / "report.yaml"
    report.write_text(report.read_text().replace("2022-09-30", "2021-11-30"))
    with pytest.raises(Problem, match="2021-12-31 is after 2021-11-30, when the data was taken"):
        load_settings(workspace, f"{YEAR}:2021-12-31")


def test_part_of_a_year_is_neither_final_nor_open_data(workspace):
    settings = load_settings(workspace, f"{YEAR}:2021-12-31")
    options = run_options(settings, None, final=False)
    assert (options.formats, options.to) == (["html", "pdf", "docx"], "2021-12-31")
    for formats, final in (("html", True), ("html,data", False)):
        with pytest.raises(Problem, match="the report on part of a year is a draft without"):
            run_options(settings, formats, final)
