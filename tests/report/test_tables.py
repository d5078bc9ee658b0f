"""Every table: caption, scope, years left to right, shorthand explained, numbers tied to figures."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from pipeline.report import tables

X = None
BY_OUTCOME = {
    "upheld": [3, 0, 1],
    "not upheld": [5, 1200, X],
    "withdrawn": [0, 0, 0],
    "open": [X, X, X],
}


def parsed(table: str):
    return html.fromstring(f"<div>{table}</div>")


def rows(table: str, part: str = "tbody") -> list[list[str]]:
    return [[cell.text_content() for cell in row] for row in parsed(table).findall(f".//{part}/tr")]


@pytest.fixture(scope="module")
def table(published):
    door = published({"complaints.by_outcome": BY_OUTCOME, "complaints.received": [8, 1200, X]})
    figure, total = door["complaints.by_outcome"], door["complaints.received"]
    return tables.by_year(figure, "Outcomes, by year", "Outcome", "2021/22", total)


def test_years_stand_left_to_right(table):
    assert rows(table, "thead") == [["Outcome", "2019/20", "2020/21", "2021/22"]]


def test_categories_stand_in_the_order_of_print_without_those_that_never_occurred(table):
    assert rows(table) == [["Upheld", "3", "0", "1"], ["Not upheld", "5", "1,200", "[x]"]]


def test_the_total_closes_the_table(table):
    assert rows(table, "tfoot") == [["Total", "8", "1,200", "[x]"]]


def test_there_is_a_caption_and_every_heading_says_whose_it_is(table):
    tree = parsed(table)
    assert tree.find(".//caption").text_content() == "Outcomes, by year"
    headings = tree.findall(".//th")
    assert all(
        heading.get("scope") in ("col", "row") and heading.text_content().strip()
        for heading in headings
    )
    assert [heading.get("scope") for heading in tree.findall(".//thead//th")] == ["col"] * 4
    assert all(row[0].tag == "th" for row in tree.findall(".//tr"))


def test_the_region_that_scrolls_can_be_reached_and_has_a_name(table):
    region = parsed(table).find(".//div")
    assert (region.get("role"), region.get("tabindex"), region.get("aria-label")) == (
        "region",
        "0",
        "Outcomes, by year",
    )


def test_shorthand_is_explained_above_the_table_that_uses_it(table):
    first, second = parsed(table)
    assert first.text_content() == "[x] means not available."
    assert second.find(".//table") is not None


def test_a_table_without_shorthand_explains_none(published):
    figure = published({"complaints.by_outcome": {"upheld": [3], "open": [0]}})[
        "complaints.by_outcome"
    ]
    assert "means" not in tables.by_year(figure, "Outcomes", "Outcome", "2021/22")


def test_every_number_is_tied_to_its_figure_year_and_category(table):
    cells = parsed(table).findall(".//tbody//data")
    assert [(c.get("data-category"), c.get("data-year"), c.get("value")) for c in cells] == [
        ("upheld", "2019-20", "3"), ("upheld", "2020-21", "0"), ("upheld", "2021-22", "1"),
        ("not upheld", "2019-20", "5"), ("not upheld", "2020-21", "1200"), ("not upheld", "2021-22", "x"),
    ]  # fmt: skip
    assert {cell.get("data-figure") for cell in parsed(table).findall(".//tfoot//data")} == {
        "complaints.received"
    }


COUNTS = st.lists(st.lists(st.integers(0, 3000), min_size=3, max_size=3), min_size=1, max_size=6)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(counts=COUNTS)
def test_the_total_is_the_sum_of_the_parts_in_every_year(published, counts):
    parts = {f"part {'abcdef'[place]}": values for place, values in enumerate(counts)}
    door = published(
        {"a.by_part": parts, "a.received": [sum(values) for values in zip(*counts, strict=True)]}
    )
    said = tables.by_year(door["a.by_part"], "Parts", "Part", "2021/22", door["a.received"])
    if not any(map(any, counts)):
        assert said == ""
        return
    body = [[int(cell.replace(",", "")) for cell in row[1:]] for row in rows(said)]
    (total,) = ([int(cell.replace(",", "")) for cell in row[1:]] for row in rows(said, "tfoot"))
    assert total == [sum(values) for values in zip(*body, strict=True)]
    assert len(body) == sum(any(values) for values in counts)


def test_a_figure_without_categories_is_one_row(published):
    figure = published({"complaints.received": [8, 9]})["complaints.received"]
    assert rows(tables.by_year(figure, "Complaints", "Kind", "2021/22")) == [
        ["Complaints received", "8", "9"]
    ]


def test_nothing_is_printed_where_nothing_ever_occurred(published):
    figure = published({"complaints.by_outcome": {"upheld": [0, 0]}})["complaints.by_outcome"]
    assert tables.by_year(figure, "Outcomes", "Outcome", "2021/22") == ""


HOSTILE = '<img src=x onerror="alert(1)">&\u202e'


def test_names_and_headings_are_harmless(published):
    figure = published({"complaints.by_outcome": {HOSTILE: [1]}})["complaints.by_outcome"]
    tree = parsed(tables.by_year(figure, 'A "quoted" caption &lt;b&gt;', HOSTILE, "2021/22"))
    assert tree.find(".//img") is None
    assert tree.find(".//tbody//th").text_content() == '<img src=x onerror="alert(1)">&'
    assert tree.find(".//div").get("aria-label") == 'A "quoted" caption <b>'
    assert set(tree.find(".//div").attrib) == {"class", "role", "tabindex", "aria-label"}


@pytest.fixture
def subjects(published):
    return published(
        {"ombudsman.by_subject": {("Delay <b>", "upheld"): [0, 1], ("School", "premature"): [X, 2]}}
    )["ombudsman.by_subject"]


def test_a_table_of_words_has_a_row_a_pair(subjects):
    said = tables.texts(subjects, "Cases", ("Subject", "Decision"))
    assert rows(said) == [["Delay <b>", "Upheld"], ["School", "Premature"]]
    assert parsed(said).find(".//td/data").get("data-detail") == "upheld"


def test_a_third_heading_adds_the_number(subjects):
    assert rows(tables.texts(subjects, "Cases", ("Subject", "Decision", "Cases"))) == [
        ["Delay <b>", "Upheld", "1"], ["School", "Premature", "2"],
    ]  # fmt: skip


def test_a_table_of_words_is_not_printed_where_there_are_none(published):
    figure = published({"ombudsman.by_subject": {("", ""): [X]}})["ombudsman.by_subject"]
    assert tables.texts(figure, "Cases", ("Subject", "Decision")) == ""
    assert tables.quotations(figure) == ""


def test_a_quotation_is_printed_as_approved_and_does_nothing(published):
    key = ("Thank you <script>alert(1)</script> *so* much\u202e", "parent or carer")
    tree = parsed(
        tables.quotations(
            published({"compliments.quotations": {key: [1]}})["compliments.quotations"]
        )
    )
    assert (
        tree.find(".//blockquote").text_content() == "Thank you <script>alert(1)</script> *so* much"
    )
    assert tree.find(".//figcaption").text_content() == "Parent or carer"
    assert tree.find(".//script") is None


def test_sources_are_said_as_a_reader_should_hear_them(published):
    extracts = "the council's records of complaints and compliments"
    figures = {"complaints.received": [1, 2]}
    assert tables.source_line(published(figures)["complaints.received"]) == extracts
    with_earlier = published(figures, sources={"2020-21": "Annual report for the year"})[
        "complaints.received"
    ]
    assert (
        tables.source_line(with_earlier)
        == extracts + ". Years without records: annual report for the year"
    )
