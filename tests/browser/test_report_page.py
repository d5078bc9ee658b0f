"""The report in a browser: nobody is kept out, nothing is asked for, and it reads on a phone, by keyboard and on paper."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.resources import files

import pytest

pytestmark = pytest.mark.browser

WIDTHS = (1280, 390, 320)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# WCAG 2.2, 1.4.12: what a reader may set without loss.
SPACED = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }
"""


def unfold(page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("unfolded", [False, True], ids=["folded", "unfolded"])
def test_axe_finds_nothing(width, unfolded, opened):
    page = opened(width)
    if unfolded:
        unfold(page)
    page.add_script_tag(
        content=(files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    )
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert len(found["passes"]) > 25
    assert [
        (one["id"], one["help"], [node["html"][:200] for node in one["nodes"]])
        for one in found["violations"]
    ] == []
    if (
        width == WIDTHS[0]
    ):  # in a narrow window axe cannot judge the colours of what a table has scrolled out of sight
        assert [one["id"] for one in found["incomplete"]] == []


def test_it_asks_for_nothing_but_itself(opened):
    page = opened(1280)
    unfold(page)
    page.emulate_media(media="print")
    page.wait_for_load_state("networkidle")
    own, *more = page.asked
    assert own.startswith("file:")
    assert [address[:60] for address in more if not address.startswith("data:image/svg+xml")] == []


def test_its_own_policy_forbids_nothing_that_it_holds(opened):
    page = opened(1280, policy=True)
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.reload()
    assert said == []
    charts = page.locator("figure.chart img")
    assert charts.count() == 5 if page.of_sample else charts.count() >= 2
    assert all(charts.nth(n).bounding_box()["width"] > 250 for n in range(charts.count()))
    assert (
        page.locator("h1").evaluate(
            "one => getComputedStyle(one.closest('header')).backgroundColor"
        )
        == "rgb(18, 67, 109)"
    )


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("spaced", [False, True], ids=["plain", "spaced"])
def test_the_page_does_not_scroll_sideways(width, spaced, opened):
    page = opened(width)
    unfold(page)
    if spaced:
        page.add_style_tag(content=SPACED)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = page.evaluate(
        """width => [...document.querySelectorAll('body *')]
            .filter(one => !one.closest('.scroll, .skip') && one.getBoundingClientRect().right > width + 1)
            .map(one => one.outerHTML.slice(0, 100))""",
        width,
    )
    assert beyond == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_text_is_cut_off_when_it_is_spaced(width, opened):
    page = opened(width)
    unfold(page)
    page.add_style_tag(content=SPACED)
    cut = page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(one => {
            const style = getComputedStyle(one)
            return ['hidden', 'clip'].includes(style.overflowY) && one.scrollHeight > one.clientHeight + 1
        }).map(one => one.outerHTML.slice(0, 100))"""
    )
    assert cut == []


@pytest.mark.parametrize("width", [1280, 320])
def test_the_tab_key_reaches_everything_in_order_and_shows_where_it_is(width, opened):
    page = opened(width)
    unfold(page)
    reachable = page.evaluate(
        """() => [...document.querySelectorAll('a[href], summary, [tabindex="0"]')].map((one, n) => (one.dataset.stop = n, n))"""
    )
    reached = []
    for _ in reachable:
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
                const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect()
                return {
                    stop: Number(one.dataset.stop ?? -1), text: one.innerText.slice(0, 60),
                    outline: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
                    seen: box.width > 0 && box.right > 0 && box.bottom > 0 && box.top < innerHeight && box.left < innerWidth,
                }
            }"""
        )
        assert stop["outline"] >= 2, stop
        assert stop["seen"], stop
        reached.append(stop)
    assert reached[0]["text"] == "Skip to the report"
    assert [stop["stop"] for stop in reached] == reachable


def test_the_skip_link_leads_to_the_report(opened):
    page = opened(390)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.url.endswith("#main")


def test_on_paper_it_is_a4_with_numbered_pages(opened, lacking, tmp_path):
    paper, page = tmp_path / "report.pdf", opened(1280)
    page.pdf(path=paper, prefer_css_page_size=True, print_background=True)
    if not (shutil.which("pdftotext") and shutil.which("pdfinfo")):
        lacking("reading the printed pages needs pdftotext: apt-get install poppler-utils")
    about = subprocess.run(["pdfinfo", paper], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Page size: .*\(A4\)", about), about
    text = subprocess.run(
        ["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True
    ).stdout
    pages = text.split("\f")[:-1]
    assert 4 <= len(pages) <= 20
    for number, one in enumerate(pages, 1):
        assert one.rstrip().endswith(f"Page {number} of {len(pages)}")
    assert "Skip to the report" not in text
    if page.of_sample:
        assert "109 representations were received" in " ".join(text.split())
