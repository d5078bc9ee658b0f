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
