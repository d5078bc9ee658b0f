"""The statutory checklist reads the finished page: what is not printed there is missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import nbformat
import pytest
from bs4 import BeautifulSoup
from builders import CHILDREN, REPOSITORY

from pipeline.audit.checklist import ContentRow, page_checklist
from pipeline.audit.uses import uses_in
from pipeline.report.documents.page import Page
from pipeline.settings import load_settings
from pipeline.settings.models import ReportSections

YEAR = "2021-22"
DROPPED = ("complainants", "full_tables", "equality")
# The sections that print a number of investigations or response times.
WITH_STAGES = ("key-points", "overview", "outcomes", "response-times", "full-tables")
NOT_COLLECTED = "sexual orientation: there is no number of complaints.by_sexual_orientation"


@pytest.fixture(scope="module")
def checklist_of(sample_report):
    """checklist_of(change): the rows by number, after a change of the sample's finished page."""
    html = sample_report.html.read_text(encoding="utf-8")
    settings = load_settings(sample_report.workspace, YEAR)

    def read(change: Callable[[BeautifulSoup], None] = lambda page: None) -> dict[int, ContentRow]:
        tree = BeautifulSoup(html, "html.parser")
        change(tree)
        page = Page(str(tree), settings)
        return {row.number: row for row in page_checklist(page, uses_in(page.tree))}

    return read


def drop_sections(*anchors: str) -> Callable[[BeautifulSoup], None]:
    def drop(page: BeautifulSoup) -> None:
        for anchor in anchors:
            page.find("section", attrs={"aria-labelledby": anchor}).decompose()

    return drop


def missing(rows: dict[int, ContentRow]) -> dict[int, str]:
    return {number: row.missing for number, row in rows.items() if row.missing}


def test_sample_says_all_ten_contents_but_what_is_not_collected(checklist_of):
    rows = checklist_of()
    assert list(rows) == list(range(1, 11))
    assert missing(rows) == {9: NOT_COLLECTED}
    assert rows[3].places == "7 Who complained; A Tables in full"
    assert "8.1 Actions" in rows[8].places


def test_section_that_is_not_printed_is_missing(checklist_of):
    rows = checklist_of(drop_sections("key-points", "learning"))
    assert rows[8].missing == (
        "actions: the page prints no number of learning.recorded or learning.actions; "
        "status of the actions: the page prints no number of learning.by_status"
    )
    rows = checklist_of(drop_sections(*WITH_STAGES))
    assert rows[2].missing.startswith("stage 1: the page prints no number of stage_1.* or ")
    assert "stage 3: none in the year, and the page prints no number of" in rows[2].missing
    assert rows[7].places == ""
    rows = checklist_of(drop_sections("service-areas", "full-tables"))
    assert rows[4].missing == (
        "what complaints were about: the page prints no number of complaints.by_theme"
    )


def test_number_of_another_year_is_not_the_number_asked_for(checklist_of):
    def keep_earlier_years(page: BeautifulSoup) -> None:
        selector = {"data-figure": "complaints.by_complainant", "data-year": YEAR}
        for element in page.find_all("data", attrs=selector):
            element.unwrap()

    assert checklist_of(keep_earlier_years)[3].missing == (
        "who complained: the page prints no number of complaints.by_complainant"
    )


@pytest.mark.parametrize(
    ("printed", "message"),
    [
        ("[c]", "who complained: every number is withheld"),
        ("[x]", "who complained: the page prints no number of complaints.by_complainant"),
        ("none", ""),
    ],
)
def test_shorthand_in_place_of_every_number_is_a_gap(checklist_of, printed, message):
    def replace_numbers(page: BeautifulSoup) -> None:
        for element in page.find_all("data", attrs={"data-figure": "complaints.by_complainant"}):
            element.string = printed

    assert checklist_of(replace_numbers)[3].missing == message


def test_page_without_any_number_lacks_every_content(checklist_of):
    def drop_numbers(page: BeautifulSoup) -> None:
        for element in page.find_all("data"):
            element.unwrap()

    rows = checklist_of(drop_numbers)
    assert all(row.missing and not row.places for row in rows.values())
    for item in CHILDREN.contents:
        gaps = missing(rows)[CHILDREN.contents.index(item) + 1]
        assert all(content.name in gaps for content in item.contents if not content.if_any)


@pytest.mark.slow
def test_section_that_a_council_drops_is_missing_in_its_audit(workspace, annual_report):
    council = workspace / "data" / "raw" / "council.yaml"
    main = [name for name in ReportSections().main if name not in DROPPED]
    with council.open("a") as file:
        file.write(f"\nsections:\n  main: [{', '.join(main)}]\n  annex: []\n")
    notebook = nbformat.read(REPOSITORY / "notebooks" / "4_report.ipynb", as_version=4)
    notebook.cells = list(cells_without(notebook.cells, DROPPED))
    (workspace / "notebooks").mkdir()
    nbformat.write(notebook, workspace / "notebooks" / "4_report.ipynb")
    finished = annual_report("run", YEAR, "--workspace", workspace, "--formats", "html")
    assert finished.returncode == 0, finished.stderr
    page = workspace / "reports" / YEAR / "audit" / "checklist.html"
    text = BeautifulSoup(page.read_text().replace("<wbr>", ""), "html.parser").get_text(" ")
    assert "who complained: the page prints no number of complaints.by_complainant" in text
    assert "age band: the page prints no number of complaints.by_age_band" in text


def cells_without(cells: list, sections: tuple[str, ...]) -> Iterator:
    """The cells of a report notebook without those that write into these sections."""
    current = ""
    for cell in cells:
        magic = re.match(r"%%narrative (\w+)", cell.source)
        current = magic[1] if magic else current
        if cell.cell_type != "code" or current not in sections:
            yield cell
