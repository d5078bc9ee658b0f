"""The report in a browser: accessible, self-contained, usable on a phone, by keyboard, on paper."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from accessibility import described, loaded_addresses, run_axe

pytestmark = pytest.mark.browser

WIDTHS = (1280, 390, 320)
LEAST_AXE_PASSES = 26
# The text spacing that WCAG 2.2, 1.4.12 lets a reader set without loss.
SPACED = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }
"""
# As a chart of a council's own notebook has the table of its numbers.
FOLD_FIRST_TABLE = """() => {
    const table = document.querySelector("main table.numbers").parentElement;
    const folded = document.createElement("details");
    folded.innerHTML = "<summary>The numbers</summary>";
    table.replaceWith(folded);
    folded.append(table);
}"""


def unfold(page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")


def output_of(*command) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("width", "unfolded"), [(min(WIDTHS), False), (max(WIDTHS), True)], ids=["folded", "unfolded"]
)
@pytest.mark.slow
def test_report_has_no_axe_violation(width, unfolded, open_page):
    page = open_page(width)
    if unfolded:
        unfold(page)
    result = run_axe(page)
    assert len(result["passes"]) >= LEAST_AXE_PASSES
    assert described(result["violations"]) == []
    if width == WIDTHS[0]:
        # In a narrow window axe cannot judge the colours of cells that are scrolled out of sight.
        assert described(result["incomplete"]) == []


def test_report_loads_nothing_but_itself(open_page):
    page = open_page(1280)
    unfold(page)
    page.emulate_media(media="print")
    page.wait_for_load_state("networkidle")
    assert loaded_addresses(page) == []


def test_policy_of_the_page_blocks_nothing_in_it(open_page):
    page = open_page(1280, enforce_policy=True)
    messages = []
    page.on("console", lambda message: messages.append(message.text))
    page.reload()
    assert messages == []
    charts = page.locator("figure.chart img")
    if page.is_sample:
        assert charts.count() == 2
    else:
        assert charts.count() >= 2
    widths = [charts.nth(place).bounding_box()["width"] for place in range(charts.count())]
    assert min(widths) > 250
    background = "title => getComputedStyle(title.closest('header')).backgroundColor"
    assert page.locator("h1").evaluate(background) == "rgb(18, 67, 109)"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("spaced", [False, True], ids=["plain", "spaced"])
def test_report_does_not_scroll_sideways(width, spaced, open_page):
    page = open_page(width)
    unfold(page)
    if spaced:
        page.add_style_tag(content=SPACED)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = page.evaluate(
        """width => [...document.querySelectorAll('body *')]
            .filter(element => !element.closest('.scroll, .skip'))
            .filter(element => element.getBoundingClientRect().right > width + 1)
            .map(element => element.outerHTML.slice(0, 100))""",
        width,
    )
    assert beyond == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_text_is_cut_off_when_spaced_out(width, open_page):
    page = open_page(width)
    unfold(page)
    page.add_style_tag(content=SPACED)
    cut = page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(element => {
            const hidesOverflow = ['hidden', 'clip'].includes(getComputedStyle(element).overflowY)
            return hidesOverflow && element.scrollHeight > element.clientHeight + 1
        }).map(element => element.outerHTML.slice(0, 100))"""
    )
    assert cut == []


@pytest.mark.parametrize("width", [1280, 320])
def test_tab_key_reaches_everything_visibly_and_in_order(width, open_page):
    page = open_page(width)
    unfold(page)
    reachable = page.evaluate(
        """() => [...document.querySelectorAll('a[href], summary, [tabindex="0"]')].map(
            (element, place) => (element.dataset.stop = place, place))"""
    )
    reached = []
    for _ in reachable:
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
                const element = document.activeElement
                const style = getComputedStyle(element)
                const box = element.getBoundingClientRect()
                return {
                    stop: Number(element.dataset.stop ?? -1),
                    text: element.innerText.slice(0, 60),
                    outline: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
                    visible: box.width > 0 && box.right > 0 && box.bottom > 0
                        && box.top < innerHeight && box.left < innerWidth,
                }
            }"""
        )
        assert stop["outline"] >= 2, stop
        assert stop["visible"], stop
        reached.append(stop)
    assert reached[0]["text"] == "Skip to the report"
    assert [stop["stop"] for stop in reached] == reachable


@pytest.mark.parametrize("width", [390, 320])
def test_wide_table_starts_at_its_newest_year_on_a_phone(width, open_page):
    page = open_page(width)
    unfold(page)
    tables = page.evaluate(
        """() => [...document.querySelectorAll('.scroll')].map(region => {
            const frame = region.getBoundingClientRect()
            const cells = [...region.querySelectorAll('thead th')]
            const first = cells[0].getBoundingClientRect()
            const last = cells.at(-1).getBoundingClientRect()
            return {
                numeric: region.firstElementChild.classList.contains('numbers'),
                newest: last.left >= frame.left && last.right <= frame.right + 1,
                category: first.left >= frame.left - 1 && first.right <= frame.right,
                groups: [...region.querySelectorAll('.group strong')].every(heading =>
                    heading.getBoundingClientRect().left >= frame.left - 1),
            }
        })"""
    )
    wide = [table for table in tables if table["numeric"]]
    assert wide or not page.is_sample
    conditions = ("newest", "category", "groups")
    assert [table for table in wide if not all(table[name] for name in conditions)] == []


@pytest.mark.parametrize("width", [390, 320])
def test_table_that_is_no_keyboard_stop_fits_the_screen(width, open_page):
    page = open_page(width)
    unfold(page)
    too_wide = page.evaluate(
        """() => [...document.querySelectorAll('main table')]
            .filter(table => !table.closest('[tabindex="0"]'))
            .filter(table => table.scrollWidth > table.parentElement.clientWidth + 1)
            .map(table => table.caption.innerText)"""
    )
    assert too_wide == []


def test_browser_prints_the_table_behind_a_folded_chart(open_page, skip_or_fail, tmp_path):
    if not shutil.which("pdftotext"):
        skip_or_fail("reading the printed pages needs pdftotext: apt-get install poppler-utils")
    page = open_page(1280)
    page.evaluate(FOLD_FIRST_TABLE)
    page.pdf(path=tmp_path / "report.pdf")
    captions = page.eval_on_selector_all(
        "details:not([open]) caption", "captions => captions.map(caption => caption.innerText)"
    )
    assert captions
    text = " ".join(output_of("pdftotext", tmp_path / "report.pdf", "-").split())
    assert [caption for caption in captions if caption not in text] == []


def test_skip_link_leads_to_the_report(open_page):
    page = open_page(390)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.url.endswith("#main")


def test_printed_report_is_a4_with_numbered_pages(open_page, skip_or_fail, tmp_path):
    paper = tmp_path / "report.pdf"
    page = open_page(1280)
    page.pdf(path=paper, prefer_css_page_size=True, print_background=True)
    if not (shutil.which("pdftotext") and shutil.which("pdfinfo")):
        skip_or_fail("reading the printed pages needs pdftotext: apt-get install poppler-utils")
    properties = output_of("pdfinfo", paper)
    assert re.search(r"Page size: .*\(A4\)", properties), properties
    text = output_of("pdftotext", "-layout", paper, "-")
    pages = text.split("\f")[:-1]
    assert 4 <= len(pages) <= 20
    for number, page_text in enumerate(pages, 1):
        assert page_text.rstrip().endswith(f"Page {number} of {len(pages)}")
    assert "Skip to the report" not in text
    if page.is_sample:
        assert "we received 109 representations" in " ".join(text.split())
