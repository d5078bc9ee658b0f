"""What follows from published totals is available wherever it can be used."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest
from builders import REPOSITORY, make_council

from pipeline.aggregate.figure_table import build_figure_table
from pipeline.aggregate.published.findings import published_findings
from pipeline.aggregate.published.numbers import published_totals

RECEIVED = "2019-20,complaints.received,,43"
OUTCOMES = (
    "2019-20,complaints.by_outcome,upheld,7",
    "2019-20,complaints.by_outcome,partially upheld,15",
    "2019-20,complaints.by_outcome,not upheld,12",
    "2019-20,complaints.by_outcome,no finding,1",
    "2019-20,complaints.by_outcome,withdrawn,3",
    "2019-20,complaints.by_outcome,resolved before investigation,2",
    "2019-20,complaints.by_outcome,not progressed,1",
    "2019-20,complaints.by_outcome,not accepted,2",
    "2019-20,complaints.by_outcome,open,0",
)
# Rows, and figure and category of a number that follows from them.
# fmt: off
IMPLIED = {
    "the total of a table": (OUTCOMES, ("complaints.received", ""), 43),
    "the last part": ((RECEIVED, *OUTCOMES[1:]), ("complaints.by_outcome", "upheld"), 7),
    "parts that can only be none": ((RECEIVED, "2019-20,complaints.by_route,direct,43"),
        ("complaints.by_route", "advocate"), 0),
    "the same number in another table": ((RECEIVED,),
        ("representations.by_kind", "complaints"), 43),
    "a part of another table": (OUTCOMES, ("complaints.turned_away", ""), 2),
    "what remains of a total": (OUTCOMES, ("complaints.accepted", ""), 41),
    "the base of another table": (OUTCOMES, ("complaints.decided", ""), 35),
    "the base of a stage": (("2019-20,complaints.by_stage,stage 1,35",),
        ("stage_1.investigated", ""), 35),
    "a stage from its base": (("2019-20,stage_1.investigated,,35",),
        ("complaints.by_stage", "stage 1"), 35),
    "a rate": ((RECEIVED, "2019-20,activity.by_measure,children in need,2000"),
        ("complaints.per_1000_children", ""), 21.5),
}
NOT_IMPLIED = {
    "a total of some parts": (OUTCOMES[:4], ("complaints.received", "")),
    "a total of overlapping parts": (("2019-20,complaints.by_theme,delay,4",
        "2019-20,complaints.by_theme,staff,4"), ("complaints.received", "")),
    "one of two parts": ((RECEIVED, "2019-20,complaints.by_route,direct,40"),
        ("complaints.by_route", "advocate")),
    "a withheld part": ((RECEIVED, *OUTCOMES[1:], "2019-20,complaints.by_outcome,upheld,[c]"),
        ("complaints.by_outcome", "upheld")),
    "a part next to a withheld one": ((RECEIVED, "2019-20,complaints.by_route,direct,43",
        "2019-20,complaints.by_route,advocate,[c]"), ("complaints.by_route", "representative")),
    "what the council does not collect": ((RECEIVED,),
        ("complaints.by_sexual_orientation", "not recorded")),
}
# fmt: on


@pytest.fixture
def number_of(published_file, data):
    """number_of(lines, figure, category): value, shorthand and source in 2019-20."""

    def find(lines, figure, category=""):
        published, _ = published_file(*lines)
        table = build_figure_table(data(), published)
        rows = table.query("figure == @figure and year == '2019-20' and category == @category")
        (row,) = rows.itertuples()
        return None if pd.isna(row.value) else row.value, row.shorthand, row.source

    return find


@pytest.mark.parametrize("case", IMPLIED)
def test_number_that_follows_is_printed_with_its_source(number_of, case):
    lines, key, value = IMPLIED[case]
    assert number_of(lines, *key) == (value, "", "Annual report")


@pytest.mark.parametrize("case", NOT_IMPLIED)
def test_number_that_does_not_follow_is_not_made_up(number_of, case):
    lines, key = NOT_IMPLIED[case]
    assert number_of(lines, *key)[0] is None


@pytest.mark.parametrize(
    ("written", "shorthand"),
    [("[c]", "c"), ("c", "c"), (" [C] ", "c"), ("[x]", "x"), ("x", "x"), ("[z]", "z"), ("z", "z")],
)
def test_shorthand_is_printed_in_place_of_a_number(number_of, written, shorthand):
    line = f"2019-20,complaints.from_young_people,,{written}"
    assert number_of([line], "complaints.from_young_people")[:2] == (None, shorthand)


def test_number_with_a_row_of_its_own_is_not_replaced(published_file, council):
    published, settings = published_file(RECEIVED, *OUTCOMES)
    totals = published_totals(published, settings.council)
    assert totals.contradictions == []
    assert set(totals.entered) < set(totals.completed)
    assert all(totals.completed[key] == number for key, number in totals.entered.items())


def test_example_of_the_documentation_is_sound_and_complete(published_file, number_of):
    page = (REPOSITORY / "docs" / "published.md").read_text(encoding="utf-8")
    _, *lines = page.partition("```csv\n")[2].partition("```")[0].splitlines()
    lines = [line.rpartition(",")[0] for line in lines]
    assert published_findings(*published_file(*lines)) == []
    assert number_of(lines, "representations.received")[0] == 117
    assert number_of(lines, "stage_1.investigated")[0] == 35
    assert number_of(lines, "complaints.per_1000_children")[0] == 21.5
    assert number_of(lines, "complaints.by_route", "advocate")[1] == "c"


@pytest.fixture
def revised_number(data, published_file, tmp_path):
    """revised_number(lines): value, shorthand and the number before, of one case in 2020-21."""

    def find(*lines, statuses=("final",)):
        for number, status in enumerate(statuses):
            place = "2020-21" if number == 0 else f"history/2020-21/{number}"
            folder = tmp_path / "reports" / place
            folder.mkdir(parents=True)
            (folder / "datapackage.json").write_text(json.dumps({"status": status}))
            row = f"202021,complaints.received,Total,{7 + number}"
            (folder / "figures.csv").write_text(f"time_period,figure,category,value\n{row}\n")
        published, settings = published_file(*lines)
        (settings.raw / "2020-21").mkdir(exist_ok=True)
        case = {"year": "2020-21", "accepted": "yes", "status": "closed", "outcome": "upheld"}
        table = build_figure_table(replace(data(cases=[case]), settings=settings), published)
        rows = table.query("figure == 'complaints.received' and year == '2020-21'")
        (row,) = rows.itertuples()
        return row.value, row.shorthand, None if pd.isna(row.once_published) else row.once_published

    return find


def test_number_of_our_own_final_report_is_revised(revised_number):
    assert revised_number() == (1, "r", 7)


def test_number_of_a_draft_is_not_called_revised(revised_number):
    assert revised_number(statuses=["draft"]) == (1, "", None)


def test_final_report_replaced_by_a_draft_still_counts(revised_number):
    assert revised_number(statuses=["draft", "final"]) == (1, "r", 8)


def test_published_csv_counts_before_our_own_report(revised_number):
    assert revised_number("2020-21,complaints.received,,9") == (1, "r", 9)


def test_same_number_in_our_own_report_is_no_revision(revised_number, tmp_path):
    assert revised_number("2020-21,complaints.received,,1") == (1, "", None)


def test_rows_of_services_merged_since_are_added_up(published_csv, published_file, settings):
    areas = {"North": "Early Help", "South": "early help"}
    council = make_council(values_by_year={"2019-20": {"service_area": areas}})
    figure = "complaints.by_service_area"
    rows = [("2019-20", figure, "North", 3), ("2019-20", figure, "SOUTH", 4)]
    published = published_csv(*rows, ("2018-19", figure, "North", 5))
    entered = published_totals(published, council).entered
    assert {key[1:3]: number.value for key, number in entered.items()} == {
        ("2019-20", "Early Help"): 7,
        ("2018-19", "North"): 5,
    }
    merging = settings.model_copy(update={"council": council})
    rules = {finding.row: finding.rule for finding in published_findings(published, merging)}
    assert rules == {4: "published.category.known"}


def test_withheld_part_of_a_merged_service_withholds_it(published_csv):
    areas = {"North": "Early Help", "South": "Early Help"}
    council = make_council(values_by_year={"2019-20": {"service_area": areas}})
    figure = "complaints.by_service_area"
    published = published_csv(("2019-20", figure, "North", 3), ("2019-20", figure, "South", "c"))
    [number] = published_totals(published, council).entered.values()
    assert (number.value, number.shorthand, number.rows) == (None, "c", (2, 3))
