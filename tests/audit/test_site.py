"""The audit pack: every number of the report leads to its rows, every page is as accessible as the report, nothing is public."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from pipeline.audit.pages import AUDIT_WARNING, PAGE_TITLES
from pipeline.release.page_faults import page_faults

CODE = re.compile(
    r"<pre.*?</pre>|<code>.*?</code>", re.DOTALL
)  # where braces are the notebook's own


@pytest.fixture(scope="module")
def pages(sample_report) -> dict[Path, BeautifulSoup]:
    return {
        path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in sorted(sample_report.audit.rglob("*.html"))
    }


def text_of(page: BeautifulSoup) -> str:
    whole = BeautifulSoup(
        str(page).replace("<wbr/>", ""), "lxml"
    )  # where a long name may part, no word ends
    return " ".join(whole.get_text(" ").split())


def test_the_pages_are_all_there(pages, sample_report):
    held = {path.relative_to(sample_report.audit).as_posix() for path in pages}
    assert set(PAGE_TITLES) <= held
    assert {
        f"notebooks/{step}.html" for step in ("1_validate", "2_clean", "3_aggregate", "4_report")
    } <= held
    assert sum(path.startswith("figures/") for path in held) > 80


def test_every_page_passes_the_gate_of_the_report(pages):
    for path in pages:
        assert page_faults(CODE.sub("", path.read_text(encoding="utf-8"))) == [], path.name


def test_every_page_says_that_it_is_not_for_publication(pages):
    assert [
        path.name for path, page in pages.items() if AUDIT_WARNING not in text_of(page.header)
    ] == []


def test_every_link_leads_somewhere(pages):
    ids = {
        path: {element["id"] for element in page.find_all(id=True)} for path, page in pages.items()
    }
    followed = 0
    for path, page in pages.items():
        for anchor in page.find_all("a", href=True):
            if anchor["href"].startswith("mailto:"):
                continue
            to, _, part = anchor["href"].partition("#")
            target = (path.parent / to).resolve() if to else path
            assert target in ids, f"{path.name}: {anchor['href']}"
            assert not part or part in ids[target], f"{path.name}: {anchor['href']}"
            followed += 1
    assert followed > 1000


def test_every_number_of_the_report_leads_to_its_place_with_the_same_number(pages, sample_report):
    report = pages[sample_report.audit / "annual-report.html"]
    numbers = report.find_all("data", attrs={"data-figure": True})
    assert len(numbers) > 400
    for number in numbers:
        to, _, part = number.find_parent("a")["href"].partition("#")
        row = pages[sample_report.audit / to].find(id=part).find_parent("tr")
        year, value = (cell.get_text() for cell in row.find_all("td")[:2])
        assert year == number["data-year"]
        if number["value"].replace(".", "").isdigit():
            assert float(value.split(" ")[0].replace(",", "")) == pytest.approx(
                float(number["value"]), abs=0.06
            )


def test_a_figure_s_page_tells_its_rule_its_base_its_rows_and_where_it_is_said(
    pages, sample_report
):
    said = text_of(pages[sample_report.audit / "figures" / "complaints.by_outcome.html"])
    for told in (
        "Complaints received in the year by final outcome", "Shares are of Complaints received",
        "data/raw/2021-22/complaints.csv 3 CYP-21-002", "1.2 How the complaints ended sentence 2 were partially upheld",
    ):  # fmt: skip
        assert told in said


def test_the_start_page_says_what_on_what_and_whether_it_is_sound(pages, sample_report):
    said = text_of(pages[sample_report.audit / "index.html"])
    for told in ("Calderbrook Council, 2021-22", "as at 30 September 2022", "warning: 2", "publish; 0 numbers withheld",
                 "annual-report verify 2021-22"):  # fmt: skip
        assert told in said


def test_the_account_of_rows_and_columns_is_whole(pages, sample_report):
    said = text_of(pages[sample_report.audit / "reconciliation.html"])
    assert "complaints rows in 25" in said
    assert "complaints complainant_name personal" in said
    assert "No row was left out" in said


def test_the_notebooks_show_their_code_and_what_it_printed(pages, sample_report):
    said = text_of(pages[sample_report.audit / "notebooks" / "3_aggregate.html"])
    assert "from pipeline.aggregate.store import" in said
    report = text_of(pages[sample_report.audit / "notebooks" / "4_report.html"])
    assert 'Prints into the section "overview" of the report' in report


def test_no_name_of_a_person_is_in_the_audit(pages):
    assert [path.name for path, page in pages.items() if "Dummythorpe" in page.get_text()] == []
