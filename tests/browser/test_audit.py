"""The audit in a browser: as accessible as the report, and it loads nothing else."""

from __future__ import annotations

import pytest
from accessibility import axe_violations, loaded_addresses

pytestmark = pytest.mark.browser

# fmt: off
PAGES = [
    "index.html", "inputs.html", "findings.html", "reconciliation.html", "figures.html",
    "annual-report.html", "disclosure.html", "checklist.html", "decisions.html",
    "figures/complaints.by_outcome.html", "figures/stage_1.timeliness.html",
    "notebooks/1_validate.html", "notebooks/3_aggregate.html", "notebooks/4_report.html",
]
# fmt: on
CHANGES = "changes.html"  # written by `annual-report diff --page`
WINDOW_HEIGHT = 900


@pytest.fixture(scope="module")
def changes_page(changed_report, annual_report, tmp_path_factory):
    """The page of what changed in the sample's report."""
    page = tmp_path_factory.mktemp("changes") / CHANGES
    result = annual_report("diff", "--workspace", changed_report.workspace, "--page", page)
    assert result.returncode == 0, result.stderr
    return page


@pytest.fixture
def open_page(request, browser, sample_report):
    """open_page("index.html", 390): a page of the audit; `page.requested` lists every address."""
    context = browser.new_context(bypass_csp=True)

    def open_at(name: str, width: int):
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": WINDOW_HEIGHT})
        page.requested = []
        page.on("request", lambda sent: page.requested.append(sent.url))
        path = sample_report.audit / name
        if name == CHANGES:
            path = request.getfixturevalue("changes_page")
        page.goto(path.as_uri())
        return page

    yield open_at
    context.close()


@pytest.mark.parametrize("name", [*PAGES, CHANGES])
@pytest.mark.slow
def test_audit_page_loads_nothing_and_has_no_axe_violation(name, open_page):
    page = open_page(name, 1280)
    page.wait_for_load_state("networkidle")
    assert loaded_addresses(page) == []
    assert axe_violations(page, least_passes=16) == []


@pytest.mark.parametrize("name", [*PAGES, CHANGES])
def test_audit_page_does_not_scroll_sideways_on_a_phone(name, open_page):
    page = open_page(name, 320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_number_in_the_report_links_to_its_row_of_the_figure(open_page):
    page = open_page("annual-report.html", 1280)
    page.locator("a:has(data[data-figure='complaints.by_outcome'])").first.click()
    assert "/figures/complaints.by_outcome.html#n" in page.url
    assert page.locator("h1").inner_text() == "Complaints by outcome"
