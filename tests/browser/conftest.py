"""A real browser that opens the sample's report from a file, which must load nothing else."""

from __future__ import annotations

import shutil

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


REPORTS = ["sample", pytest.param("large", marks=pytest.mark.slow)]


@pytest.fixture(params=REPORTS)
def open_page(request, browser, sample_report, report_of_another_year):
    """open_page(width): a report in a window of that width; `page.requested` has all addresses."""
    is_sample = request.param == "sample"
    report = sample_report if is_sample else report_of_another_year(request.param)
    contexts = []

    def open_at(width: int, enforce_policy: bool = False):
        # The page's own policy forbids scripts, including those that a test adds.
        viewport = {"width": width, "height": WINDOW_HEIGHT}
        context = browser.new_context(viewport=viewport, bypass_csp=not enforce_policy)
        contexts.append(context)
        page = context.new_page()
        page.requested = []
        page.on("request", lambda sent: page.requested.append(sent.url))
        page.goto(report.html.as_uri())
        page.is_sample = is_sample
        return page

    yield open_at
    for context in contexts:
        context.close()
