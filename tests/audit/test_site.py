"""The audit: every number leads to its rows, every page is accessible, and none is public."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from pipeline.artifacts import STEPS
from pipeline.audit.pages import AUDIT_WARNING, PAGE_TITLES
from pipeline.release.page_faults import page_faults

CODE = re.compile(r"<pre.*?</pre>|<code>.*?</code>", re.DOTALL)  # may contain braces
# The sample's audit has more than these; far fewer would mean that a test looks at nothing.
MIN_FIGURE_PAGES = 80
MIN_LINKS = 1000
MIN_NUMBERS = 250
PRINT_TOLERANCE = 0.06  # a page shows one decimal place
PRIVATE_NAME = "Dummythorpe"  # a surname in the sample's extracts
FIGURE_PAGE_TEXTS = (
    "Complaints received in the year by final outcome",
    "Shares are of Complaints received",
    "data/raw/2021-22/complaints.csv 3 CYP-21-002",
    "What members need to know sentence Of the 4, 2 were partially upheld",
)
INDEX_TEXTS = (
    "Calderbrook Council, 2021-22",
    "as at 30 September 2022",
    "2 warnings, none critical",
    "all published",
    "annual-report verify 2021-22",
)
RECONCILIATION_TEXTS = (
    "complaints rows in 25",
    "complaints complainant_name personal",
    "No row was left out",
)


@pytest.fixture(scope="module")
def pages(sample_report) -> dict[Path, BeautifulSoup]:
    """Every page of the audit, by its path."""
    return {
        path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in sorted(sample_report.audit.rglob("*.html"))
    }


@pytest.fixture
def page_text(pages, sample_report):
    """page_text("index.html"): the words of a page of the audit."""
    return lambda address: text_of(pages[sample_report.audit / address])


def text_of(element: BeautifulSoup) -> str:
    """The words of an element, those that may break over lines in one piece."""
    html = str(element).replace("<wbr/>", "")
    return " ".join(BeautifulSoup(html, "lxml").get_text(" ").split())


@pytest.mark.slow
def test_every_page_of_the_contents_figures_and_steps_exists(pages, sample_report):
    addresses = {path.relative_to(sample_report.audit).as_posix() for path in pages}
    assert set(PAGE_TITLES) <= addresses
    assert {f"notebooks/{step}.html" for step in STEPS} <= addresses
    figure_pages = [address for address in addresses if address.startswith("figures/")]
    assert len(figure_pages) > MIN_FIGURE_PAGES


@pytest.mark.slow
def test_every_page_passes_the_checks_of_the_report(pages):
    for path in pages:
        html = CODE.sub("", path.read_text(encoding="utf-8"))
        assert page_faults(html) == [], path.name


def test_every_page_says_that_it_is_not_for_publication(pages):
    unmarked = [
        path.name for path, page in pages.items() if AUDIT_WARNING not in text_of(page.header)
    ]
    assert unmarked == []


def test_every_link_leads_to_an_existing_page_and_anchor(pages):
    ids = {
        path: {element["id"] for element in page.find_all(id=True)} for path, page in pages.items()
    }
    link_count = 0
    for path, page in pages.items():
        for element in page.find_all("a", href=True):
            if element["href"].startswith("mailto:"):
                continue
            address, _, anchor = element["href"].partition("#")
            target = (path.parent / address).resolve() if address else path
            assert target.is_file(), f"{path.name}: {element['href']}"
            assert not anchor or anchor in ids[target], f"{path.name}: {element['href']}"
            link_count += 1
    assert link_count > MIN_LINKS


def test_every_number_links_to_the_same_number_on_its_page(pages, sample_report):
    report = pages[sample_report.audit / "annual-report.html"]
    numbers = report.find_all("data", attrs={"data-figure": True})
    assert len(numbers) > MIN_NUMBERS
    for number in numbers:
        address, _, anchor = number.find_parent("a")["href"].partition("#")
        row = pages[sample_report.audit / address].find(id=anchor).find_parent("tr")
        year, value = (cell.get_text() for cell in row.find_all("td")[:2])
        assert year == number["data-year"]
        if number["value"].replace(".", "").isdigit():
            shown_value = float(value.split(" ")[0].replace(",", ""))
            assert shown_value == pytest.approx(float(number["value"]), abs=PRINT_TOLERANCE)


def test_figure_page_shows_rule_base_rows_and_uses(page_text):
    text = page_text("figures/complaints.by_outcome.html")
    assert [expected for expected in FIGURE_PAGE_TEXTS if expected not in text] == []


def test_index_shows_report_data_findings_and_policy(page_text):
    text = page_text("index.html")
    assert [expected for expected in INDEX_TEXTS if expected not in text] == []


def test_reconciliation_accounts_for_all_rows_and_columns(page_text):
    text = page_text("reconciliation.html")
    assert [expected for expected in RECONCILIATION_TEXTS if expected not in text] == []


def test_notebook_pages_show_code_and_output(page_text):
    assert "from pipeline.aggregate.store import" in page_text("notebooks/3_aggregate.html")
    assert 'Prints into the section "overview" of the report' in page_text(
        "notebooks/4_report.html"
    )


def test_no_name_of_a_person_is_in_the_audit(pages):
    assert [path.name for path, page in pages.items() if PRIVATE_NAME in page.get_text()] == []
