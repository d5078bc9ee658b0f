"""The audit in a browser: as accessible as the report, and it asks for nothing."""

from __future__ import annotations

from importlib.resources import files

import pytest
from test_report_page import RULES

pytestmark = pytest.mark.browser

PAGES = [
    "index.html", "inputs.html", "findings.html", "reconciliation.html", "figures.html", "annual-report.html", "disclosure.html",
    "checklist.html", "decisions.html", "figures/complaints.by_outcome.html", "figures/stage_1.timeliness.html",
    "notebooks/1_validate.html", "notebooks/3_aggregate.html", "notebooks/4_report.html",
]  # fmt: skip
CHANGES = "changes.html"  # what `annual-report diff --page` writes


@pytest.fixture(scope="module")
def changes(changed_report, annual_report, tmp_path_factory):
    """The page of what changed in the sample's report."""
    page = tmp_path_factory.mktemp("changes") / CHANGES
    ended = annual_report("diff", "--workspace", changed_report.workspace, "--page", page)
    assert ended.returncode == 0, ended.stderr
    return page


@pytest.fixture
def opened(request, browser, sample_report):
    """opened("index.html", 390): a page of the audit. What it asks for besides itself is in `page.asked`."""
    context = browser.new_context(bypass_csp=True)

    def at(name: str, width: int):
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        path = request.getfixturevalue("changes") if name == CHANGES else sample_report.audit / name
        page.goto(path.as_uri())
        return page

    yield at
    context.close()


@pytest.mark.parametrize("name", [*PAGES, CHANGES])
def test_axe_finds_nothing_and_nothing_is_asked_for(name, opened):
    page = opened(name, 1280)
    page.wait_for_load_state("networkidle")
    assert [
        address[:60] for address in page.asked[1:] if not address.startswith("data:image/svg+xml")
    ] == []
    page.add_script_tag(
        content=(files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    )
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert len(found["passes"]) > 15
    assert [
        (one["id"], one["help"], [node["html"][:200] for node in one["nodes"]])
        for one in found["violations"]
    ] == []


@pytest.mark.parametrize("name", [*PAGES, CHANGES])
def test_nothing_runs_out_of_a_narrow_window(name, opened):
    page = opened(name, 320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_number_of_the_report_leads_to_its_row_among_its_figure_s(opened):
    page = opened("annual-report.html", 1280)
    page.locator("a:has(data[data-figure='complaints.by_outcome'])").first.click()
    assert "/figures/complaints.by_outcome.html#n" in page.url
    assert page.locator("h1").inner_text() == "Complaints by outcome"
