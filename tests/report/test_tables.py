"""Every table: its caption, years left to right, shorthand explained, numbers tied to figures."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from pipeline.artifacts import SOURCE_NOT_SHOWN
from pipeline.report import tables

UNKNOWN = None
YEAR_STYLE = "2021/22"
BY_OUTCOME = {
    "upheld": [3, 0, 1],
    "not upheld": [5, 1200, UNKNOWN],
    "withdrawn": [0, 0, 0],
    "open": [UNKNOWN, UNKNOWN, UNKNOWN],
}
SUBJECTS = {("Delay <b>", "upheld"): [0, 1], ("School", "premature"): [UNKNOWN, 2]}
HOSTILE_NAME = '<img src=x onerror="alert(1)">&\u202e'
COUNTS = st.lists(st.lists(st.integers(0, 3000), min_size=3, max_size=3), min_size=1, max_size=6)
# fmt: off
NUMBERS_IN_CELLS = [
    ("upheld", "2019-20", "3"), ("upheld", "2020-21", "0"), ("upheld", "2021-22", "1"),
    ("not upheld", "2019-20", "5"), ("not upheld", "2020-21", "1200"),
    ("not upheld", "2021-22", "x"),
]
# fmt: on


def parse(markup: str) -> html.HtmlElement:
    return html.fromstring(f"<div>{markup}</div>")


def cell_texts(table: str, part: str = "tbody") -> list[list[str]]:
    rows = parse(table).findall(f".//{part}/tr")
    return [[cell.text_content() for cell in row] for row in rows]


def cell_numbers(table: str, part: str = "tbody") -> list[list[int]]:
    """The numbers of each row, without its name."""
    return [[int(text.replace(",", "")) for text in row[1:]] for row in cell_texts(table, part)]


@pytest.fixture(scope="module")
def table(published) -> str:
    figures = published(
        {"complaints.by_outcome": BY_OUTCOME, "complaints.received": [8, 1200, UNKNOWN]}
    )
    return tables.by_year(
        figures["complaints.by_outcome"],
        "Outcomes, by year",
        "Outcome",
        YEAR_STYLE,
        figures["complaints.received"],
    )


@pytest.fixture
def subjects(published):
    return published({"ombudsman.by_subject": SUBJECTS})["ombudsman.by_subject"]


def test_years_are_left_to_right_the_oldest_first(table):
    assert cell_texts(table, "thead") == [["Outcome", "2019/20", "2020/21", "2021/22"]]


def test_categories_that_never_occurred_are_left_out(table):
    assert cell_texts(table) == [["Upheld", "3", "0", "1"], ["Not upheld", "5", "1,200", "[x]"]]


def test_total_closes_the_table(table):
    assert cell_texts(table, "tfoot") == [["Total", "8", "1,200", "[x]"]]


def test_table_has_a_caption_and_headings_with_their_scope(table):
    tree = parse(table)
    assert tree.find(".//caption").text_content() == "Outcomes, by year"
    assert [heading.get("scope") for heading in tree.findall(".//thead//th")] == ["col"] * 4
    for heading in tree.findall(".//th"):
        assert heading.get("scope") in ("col", "row")
        assert heading.text_content().strip()
    assert all(row[0].tag == "th" for row in tree.findall(".//tr"))


def test_region_that_scrolls_can_be_reached_and_has_a_name(table):
    region = parse(table).find(".//div")
    assert region.get("role") == "region"
    assert region.get("tabindex") == "0"
    assert region.get("aria-label") == "Outcomes, by year"


def test_shorthand_is_explained_below_the_table_with_it(table):
    region, note = parse(table)
    assert note.text_content() == "[x] means not available."
    assert region.find(".//table") is not None


def test_table_without_shorthand_explains_none(published):
    figure = published({"complaints.by_outcome": {"upheld": [3], "open": [0]}})[
        "complaints.by_outcome"
    ]
    assert "means" not in tables.by_year(figure, "Outcomes", "Outcome", YEAR_STYLE)


def test_every_number_is_tied_to_figure_year_and_category(table):
    tree = parse(table)
    numbers = [
        (number.get("data-category"), number.get("data-year"), number.get("value"))
        for number in tree.findall(".//tbody//data")
    ]
    assert numbers == NUMBERS_IN_CELLS
    total_figures = {number.get("data-figure") for number in tree.findall(".//tfoot//data")}
    assert total_figures == {"complaints.received"}


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(counts=COUNTS)
def test_total_is_the_sum_of_the_parts_in_every_year(published, counts):
    parts = {f"part {letter}": values for letter, values in zip("abcdef", counts, strict=False)}
    totals = [sum(values) for values in zip(*counts, strict=True)]
    figures = published({"a.by_part": parts, "a.received": totals})
    table = tables.by_year(figures["a.by_part"], "Parts", "Part", YEAR_STYLE, figures["a.received"])
    if not any(totals):
        assert table == ""
        return
    body = cell_numbers(table)
    (total,) = cell_numbers(table, "tfoot")
    assert total == [sum(values) for values in zip(*body, strict=True)]
    assert len(body) == len([values for values in counts if any(values)])


def test_figure_without_categories_is_one_row(published):
    figure = published({"complaints.received": [8, 9]})["complaints.received"]
    table = tables.by_year(figure, "Complaints", "Kind", YEAR_STYLE)
    assert cell_texts(table) == [["Complaints received", "8", "9"]]


def test_figure_that_never_occurred_has_no_table(published):
    figure = published({"complaints.by_outcome": {"upheld": [0, 0]}})["complaints.by_outcome"]
    assert tables.by_year(figure, "Outcomes", "Outcome", YEAR_STYLE) == ""


def test_names_and_headings_with_markup_are_escaped(published):
    figure = published({"complaints.by_outcome": {HOSTILE_NAME: [1]}})["complaints.by_outcome"]
    caption = 'A "quoted" caption &lt;b&gt;'
    tree = parse(tables.by_year(figure, caption, HOSTILE_NAME, YEAR_STYLE))
    assert tree.find(".//img") is None
    assert tree.find(".//tbody//th").text_content() == HOSTILE_NAME.removesuffix("\u202e")
    region = tree.find(".//div")
    assert region.get("aria-label") == 'A "quoted" caption <b>'
    assert set(region.attrib) == {"class", "role", "tabindex", "aria-label"}


def test_table_of_words_has_one_row_per_pair(subjects):
    table = tables.texts(subjects, "Cases", ("Subject", "Decision"))
    assert cell_texts(table) == [
        ["Delay <b>", "Upheld"],
        ["School", "Closed as premature"],
        ["School", "Closed as premature"],
    ]
    assert parse(table).find(".//td/data").get("data-detail") == "upheld"


def test_table_of_words_with_third_heading_has_numbers(subjects):
    table = tables.texts(subjects, "Cases", ("Subject", "Decision", "Cases"))
    assert cell_texts(table) == [
        ["Delay <b>", "Upheld", "1"],
        ["School", "Closed as premature", "2"],
    ]


def test_quotation_received_twice_is_printed_twice(published):
    quotations = published({"compliments.quotations": {("Thank you.", "parent"): [2]}})
    tree = parse(tables.quotations(quotations["compliments.quotations"]))
    assert [quote.text_content() for quote in tree.iter("blockquote")] == ["Thank you."] * 2


def test_long_list_of_cases_is_cut_and_those_upheld_come_first(published):
    cases = {("Bins", "not upheld"): [1], ("Roads", "upheld"): [1], ("Trees", "not upheld"): [1]}
    subjects = published({"ombudsman.by_subject": cases})["ombudsman.by_subject"]
    table = tables.texts(subjects, "Cases", ("Subject", "Decision"), 2)
    assert cell_texts(table) == [["Roads", "Upheld"], ["Bins", "Not upheld"]]
    assert "This list is shortened." in table
    whole = tables.texts(subjects, "Cases", ("Subject", "Decision"), 3)
    assert [row[0] for row in cell_texts(whole)] == ["Bins", "Roads", "Trees"]
    assert "shortened" not in whole


def test_quotations_are_at_most_as_many_as_are_asked_for(published):
    thanks = {("Thank you.", "parent"): [2], ("Well done.", "police"): [1]}
    quotations = published({"compliments.quotations": thanks})["compliments.quotations"]
    cut = tables.quotations(quotations, 2)
    assert [quote.text_content() for quote in parse(cut).iter("blockquote")] == ["Thank you."] * 2
    assert "This is a selection." in cut
    assert tables.quotations(quotations, 3) == tables.quotations(quotations)


def test_source_of_several_numbers_is_named_once(published):
    sources = {"2020-21": "Report A; Report B", "2021-22": "Report B"}
    figure = published({"complaints.received": [2, 1]}, sources=sources)["complaints.received"]
    assert figure.sources == ["Report A", "Report B"]


def test_figure_without_words_has_no_table_and_no_quotations(published):
    figure = published({"ombudsman.by_subject": {("", ""): [UNKNOWN]}})["ombudsman.by_subject"]
    assert tables.texts(figure, "Cases", ("Subject", "Decision")) == ""
    assert tables.quotations(figure) == ""


def test_quotation_is_printed_as_approved_and_escaped(published):
    key = ("Thank you <script>alert(1)</script> *so* much\u202e", "parent or carer")
    figure = published({"compliments.quotations": {key: [1]}})["compliments.quotations"]
    tree = parse(tables.quotations(figure))
    quotation = "Thank you <script>alert(1)</script> *so* much"
    assert tree.find(".//blockquote").text_content() == quotation
    assert tree.find(".//figcaption").text_content() == "Parent or carer"
    assert tree.find(".//script") is None


def test_quotations_without_a_source_say_so_once(published):
    texts = {("Thank you.", SOURCE_NOT_SHOWN): [1], ("Well done.", SOURCE_NOT_SHOWN): [1]}
    figure = published({"compliments.quotations": texts})["compliments.quotations"]
    tree = parse(tables.quotations(figure))
    assert len(list(tree.iter("blockquote"))) == 2
    assert list(tree.iter("figcaption")) == []
    (note,) = tree.xpath(".//p[@class='shorthand']")
    assert note.text == "To protect people, we do not say who wrote these words."


def test_status_and_decision_read_as_in_the_sentences(published):
    texts = {("Write a plan", "Head | 2 May 2022 | implemented"): [1]}
    figure = published({"learning.tracker": texts})["learning.tracker"]
    table = tables.texts(figure, "Actions", ("Action", "Owner", "Due", "Status"))
    assert cell_texts(table) == [["Write a plan", "Head", "2 May 2022", "Complete"]]


def test_source_line_names_extracts_and_earlier_reports(published):
    extracts = "the council's records"
    values = {"complaints.received": [1, 2]}
    assert tables.source_line(published(values)["complaints.received"]) == extracts
    sources = {"2020-21": "Annual report for the year"}
    figure = published(values, sources=sources)["complaints.received"]
    earlier = "Other years: annual report for the year"
    assert tables.source_line(figure) == f"{extracts}. {earlier}"
