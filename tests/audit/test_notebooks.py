"""A notebook's page: a number stands under its own year, and nothing is cut without a word."""

from __future__ import annotations

import re
from typing import get_args

import nbformat
import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from pipeline.aggregate.figure import Measure
from pipeline.aggregate.store import lineage_account
from pipeline.audit.notebooks import notebook_html
from pipeline.audit.pages import MAX_TABLE_ROWS, text_table
from pipeline.settings import Settings, load_settings

TABLES = "data/processed/2021-22/3_aggregate"


@pytest.fixture
def page_of():
    """page_of(value, rows_in="figures.csv"): the page of a cell that shows the value."""

    def show(value: object, rows_in: str = "", printed: bool = False) -> BeautifulSoup:
        data = {"text/plain": repr(value)}
        if not printed and hasattr(value, "_repr_html_"):
            data["text/html"] = value._repr_html_()
        output = nbformat.v4.new_output("execute_result", data=data)
        metadata = {"rows_in": rows_in} if rows_in else {}
        cell = nbformat.v4.new_code_cell("value", outputs=[output], metadata=metadata)
        html = notebook_html(nbformat.v4.new_notebook(cells=[cell]), TABLES)
        return BeautifulSoup(html, "html.parser")

    return show


def grid(table) -> list[list[str]]:
    """The text at every place of a table, as a browser lays it out with its spans."""
    places: dict[tuple[int, int], str] = {}
    for row_number, row in enumerate(table.find_all("tr")):
        column = 0
        for cell in row.find_all(["td", "th"]):
            while (row_number, column) in places:
                column += 1
            height, width = (int(cell.get(name, 1)) for name in ("rowspan", "colspan"))
            for down in range(height):
                for right in range(width):
                    places[row_number + down, column + right] = cell.get_text(strip=True)
            column += width
    row_count, width = (max(place[axis] for place in places) + 1 for axis in (0, 1))
    return [[places.get((row, column), "") for column in range(width)] for row in range(row_count)]


def test_number_stands_under_its_own_year_in_a_wide_table(page_of):
    rows = [("a", "x", "2020-21", 1), ("a", "x", "2021-22", 2), ("a", "y", "2021-22", 3)]
    frame = pd.DataFrame(rows, columns=["figure", "category", "year", "value"])
    pivot = frame.pivot(index=["figure", "category"], columns="year", values="value").astype(
        "Int64"
    )
    lines = grid(page_of(pivot).table)
    assert lines[0] == ["", "year", "2020-21", "2021-22"]
    assert lines[2:] == [["a", "x", "1", "2"], ["a", "y", "", "3"]]


def test_heading_over_several_columns_covers_all_of_them(page_of):
    columns = pd.MultiIndex.from_product([["2020-21", "2021-22"], ["cases", "share"]])
    page = page_of(pd.DataFrame([[1, 2, 3, 4]], columns=columns))
    assert grid(page.table)[0] == ["", "2020-21", "2020-21", "2021-22", "2021-22"]
    assert [cell["scope"] for cell in page.table.find_all("th", colspan=True)] == ["colgroup"] * 2


def test_cell_that_spans_rows_in_any_html_keeps_its_span(page_of):
    class Wide:
        def _repr_html_(self) -> str:
            first = "<td rowspan=2>a</td><td colspan=2>b</td>"
            return f"<table><tr>{first}</tr><tr><td>c</td></tr></table>"

    assert grid(page_of(Wide()).table) == [["a", "b", "b"], ["a", "c", ""]]


@pytest.mark.parametrize("count", [61, 1018])
def test_table_that_is_cut_says_how_many_rows_and_where_all_are(page_of, count):
    frame = pd.DataFrame({"value": range(count)})
    text = page_of(frame, "figures.csv").get_text(" ")
    assert f"Showing 10 of {count:,} rows; all are in {TABLES}/figures.csv." in text
    assert f"rows; the step's tables are in {TABLES}." in page_of(frame).get_text(" ")


def test_table_with_grouped_rows_that_is_cut_says_so(page_of):
    index = pd.MultiIndex.from_product([["a", "b"], range(50)], names=["figure", "row"])
    text = page_of(pd.DataFrame({"value": range(100)}, index=index)).get_text(" ")
    assert "Showing 10 of 100 rows;" in text


def test_note_on_a_cut_table_is_not_given_to_the_table_before_it(page_of):
    class Pair:
        def _repr_html_(self) -> str:
            whole, cut = pd.DataFrame({"a": [1]}), pd.DataFrame({"a": range(70)})
            return f"<table><tr><td>b</td></tr></table>{whole.to_html()}{cut._repr_html_()}"

    text = page_of(Pair()).get_text(" ")
    assert re.findall(r"Showing [\d,]+ of [\d,]+ rows", text) == ["Showing 10 of 70 rows"]


def test_table_without_some_columns_says_so(page_of):
    with pd.option_context("display.max_columns", 20):
        text = page_of(pd.DataFrame(np.zeros((2, 30), dtype=int))).get_text(" ")
    assert "Not all of 30 columns are shown;" in text


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (pd.Series(range(100)), "Not all of the 100 rows are shown;"),
        (pd.DataFrame({"value": range(100)}), "Not all of the 100 rows are shown;"),
        (pd.Index(range(0, 2000, 3)).append(pd.Index([1])), "Not all of the 668 rows are shown;"),
        (np.arange(5000), "An ellipsis may stand for what was left out here;"),
    ],
)
def test_text_that_a_library_has_cut_says_so(page_of, value, message):
    assert message in page_of(value, printed=True).get_text(" ")


@pytest.mark.parametrize(
    "value",
    [
        pd.DataFrame({"value": range(60)}),
        pd.DataFrame({"note": ["see above..."]}),
        pd.Series(range(60)),
        [1, 2, 3],
        "waiting...",
    ],
)
def test_whole_table_and_whole_text_have_no_note(page_of, value):
    page = page_of(value)
    assert page.find_all("p") == []
    assert all(word not in page.get_text() for word in ("Showing", "ellipsis", "Not all"))


def test_kernels_of_a_run_show_whole_tables_and_whole_texts(sample_report):
    page = BeautifulSoup(
        (sample_report.audit / "notebooks" / "3_aggregate.html").read_text(), "html.parser"
    )
    rules, numbers, _, account = page.find_all("table")
    figures = pd.read_csv(sample_report.figures, keep_default_na=False)
    assert len(rules.select("tbody tr")) == figures["figure"].nunique() > 80
    assert "..." not in rules.get_text()
    by_place = {tuple(line[1:3]): line[3:] for line in grid(numbers)[1:]}
    years = grid(numbers)[0][3:]
    printed = figures.query("detail == '' and value != ''")
    assert len(printed) > 200
    for row in printed.itertuples():
        cell = by_place[row.figure, row.category][years.index(row.year)]
        assert float(cell) == pytest.approx(float(row.value), abs=0.005)
    lines = grid(account)
    position = lines[0].index("rows")
    received = next(line for line in lines if line[1:3] == ["complaints.received", "2021-22"])
    assert received[position] == "4"
    assert {line[-1] for line in lines[1:]} - {"yes"} == {
        f"not a count: {measure}" for measure in get_args(Measure) if measure != "count"
    }


def test_lineage_account_compares_counts_with_their_rows(sample_report):
    settings = load_settings(sample_report.workspace, "2021-22")
    figures = pd.read_csv(sample_report.figures, keep_default_na=False, na_values={"value": [""]})

    def agreement(figures: pd.DataFrame, settings: Settings) -> tuple[float, int, str]:
        account = lineage_account(settings, figures).set_index(["figure", "year"])
        line = account.loc[("complaints.received", "2021-22")]
        return line["total"], line["rows"], line["agrees"]

    is_received = (figures["figure"] == "complaints.received") & (figures["year"] == "2021-22")
    assert agreement(figures, settings) == (4, 4, "yes")
    miscounted = figures.assign(value=figures["value"].mask(is_received, 5))
    assert agreement(miscounted, settings) == (5, 4, "no")
    withheld = figures.assign(shorthand=figures["shorthand"].mask(is_received, "c"))
    assert agreement(withheld, settings)[2] == "numbers are withheld"
    disclosure = settings.council.disclosure.model_copy(update={"round_to": 5})
    council = settings.council.model_copy(update={"disclosure": disclosure})
    rounded = settings.model_copy(update={"council": council})
    assert agreement(figures, rounded)[2] == "numbers are rounded"


def test_audit_table_that_is_cut_names_the_file_with_all_rows():
    rows = [(number, number) for number in range(MAX_TABLE_ROWS + 1)]
    html = text_table("Findings", ["Row", "Number"], rows, "None.", "findings.csv")
    assert "Showing 500 of 501 rows; all are in findings.csv." in html
    assert "Showing" not in text_table("Findings", ["Row", "Number"], rows[:-1], "None.", "a.csv")
