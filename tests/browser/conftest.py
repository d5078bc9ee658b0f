"""A real browser that opens the sample's report from a file, which must load nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import other_years
import pytest

WINDOW_HEIGHT = 900


@pytest.fixture(scope="module")
def browser(skip_or_fail):
    """Chromium; without it the tests are skipped, or fail if CI is set."""
    paths = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    chromium = next(filter(None, paths), None)
    if not chromium:
        skip_or_fail("The tests in a browser need Chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
            ],
        )
        yield browser
        browser.close()


OTHER_YEARS = {"large": other_years.write_large_year}
REPORTS = ["sample", pytest.param("large", marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def report_path(sample_report, sample_workspace, annual_report, tmp_path_factory):
    """report_path("large"): the page of the sample or of another year, made by the command."""
    paths = {"sample": sample_report.html}

    def make_once(year: str) -> Path:
        if year not in paths:
            workspace = sample_workspace(tmp_path_factory.mktemp(year))
            OTHER_YEARS[year](workspace / "data" / "raw")
            result = annual_report("run", "2021-22", "--formats", "html", "--workspace", workspace)
            assert result.returncode == 0, result.stderr
            paths[year] = workspace / "reports" / "2021-22" / "annual-report.html"
        return paths[year]

    return make_once


@pytest.fixture(params=REPORTS)
def open_page(request, browser, report_path):
    """open_page(width): a report in a window of that width; `page.requested` has all addresses."""
    html = report_path(request.param)
    contexts = []

    def open_at(width: int, enforce_policy: bool = False):
        # The page's own policy forbids scripts, including those that a test adds.
        viewport = {"width": width, "height": WINDOW_HEIGHT}
        context = browser.new_context(viewport=viewport, bypass_csp=not enforce_policy)
        contexts.append(context)
        page = context.new_page()
        page.requested = []
        page.on("request", lambda sent: page.requested.append(sent.url))
        page.goto(html.as_uri())
        page.is_sample = request.param == "sample"
        return page

    yield open_at
    for context in contexts:
        context.close()
