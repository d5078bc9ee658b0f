"""Several figures in one table: groups of rows, years across, no row and no year of nothing."""

from __future__ import annotations

import pytest
from lxml import html

from pipeline.report import tables

FIGURES = {
    "complaints.received": [None, 7, 4],
    "complaints.by_outcome": {"upheld": [None, 3, 0], "open": [None, 0, 0], "late": [None, 4, 4]},
    "complaints.withdrawn": [None, 0, 0],
    "compliments.received": [None, None, 5],
}
GROUPS = {
    "Received": ("complaints.received", "compliments.received"),
    "Outcome": ("complaints.by_outcome", "complaints.withdrawn"),
    "Nothing": ("complaints.withdrawn",),
}


@pytest.fixture
def rows(published):
    """rows(groups): the text of each row of the table, by cell."""

    def read(groups, years=3):
        figures = published(FIGURES)
        text = tables.grouped(figures, groups, figures.window[-years:], "Cases", "2021 to 2022")
        table = html.fragment_fromstring(text, create_parent="div").find(".//table")
        return [[cell.text_content() for cell in row] for row in table.iter("tr")]

    return read


def test_figures_are_rows_in_groups_and_years_are_columns(rows):
    assert rows(GROUPS) == [
        ["Category", "2020-21", "2021-22"],
        ["Received"],
        ["Complaints received", "7", "4"],
        ["Compliments received", "[x]", "5"],
        ["Outcome"],
        ["Upheld", "3", "0"],
        ["Late", "4", "4"],
    ]


def test_table_of_the_last_years_has_no_others(rows):
    assert rows({"": ("complaints.received",)}, years=1) == [
        ["Category", "2021-22"],
        ["Complaints received", "4"],
    ]


def test_table_of_nothing_but_zeros_is_no_table(published):
    figures = published(FIGURES)
    groups = {"Nothing": ("complaints.withdrawn",)}
    assert tables.grouped(figures, groups, figures.window, "Cases", "2021 to 2022") == ""


def test_headings_of_groups_and_shorthand_are_accessible(published):
    figures = published(FIGURES)
    text = tables.grouped(figures, GROUPS, figures.window, "Cases", "2021 to 2022")
    tree = html.fragment_fromstring(text, create_parent="div")
    scopes = [heading.get("scope") for heading in tree.iter("th")]
    assert scopes.count("col") == len(GROUPS)
    assert set(scopes) == {"col", "row"}
    groups = [row.text_content() for row in tree.xpath(".//tr[@class='group']")]
    assert groups == ["Received", "Outcome"]
    assert tree.xpath("string(p[@class='shorthand'])") == "[x] means not available."


ORDER = {
    "complaints.by_theme": {
        "other": [9, 9],
        "delay": [2, 0],
        "cost": [0, "c"],
        "staff": [1, 4],
        "not recorded": [8, 8],
        "contact": [5, 0],
        "placement": [3, 4],
    },
    "complaints.by_outcome": {"upheld": [1, 2], "not upheld": [7, 8]},
}


def test_categories_are_by_size_unless_they_have_an_order(published):
    figures = published(ORDER)
    groups = {"": tuple(ORDER)}
    text = tables.grouped(figures, groups, figures.window, "Cases", "2021 to 2022")
    headings = html.fragment_fromstring(text, create_parent="div").xpath(".//tbody//th")
    assert [heading.text_content() for heading in headings] == [
        "Staff",
        "Placement",
        "Contact",
        "Delay",
        "Other",
        "Not recorded",
        "Upheld",
        "Not upheld",
    ]


def test_row_of_nothing_but_zeros_and_withheld_numbers_is_left_out(published):
    figures = published({"complaints.by_outcome": {"upheld": [3, "c"], "open": [0, "c"]}})
    groups = {"": ("complaints.by_outcome",)}
    text = tables.grouped(figures, groups, figures.window, "Cases", "2021 to 2022")
    tree = html.fragment_fromstring(text, create_parent="div")
    assert [row.text_content() for row in tree.xpath(".//tbody/tr")] == ["Upheld3[c]"]
    note = "Some rows in which every number is 0 or withheld are left out."
    assert tree.xpath("string(p[@class='shorthand'][1])") == note


def test_one_number_that_is_withheld_keeps_its_row(published):
    figures = published({"complaints.received": [0, "c"]})
    groups = {"": ("complaints.received",)}
    text = tables.grouped(figures, groups, figures.window, "Cases", "2021 to 2022")
    assert "[c]" in text
    assert "left out" not in text
