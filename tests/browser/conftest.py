"""A real browser on the sample's report, which is laid at a file address and may ask for nothing else."""

from __future__ import annotations

import shutil

import pytest


@pytest.fixture(scope="module")
def browser(lacking):
    """Chromium; without one the tests are skipped on a user's machine, and fail where CI is set."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        lacking("The tests in a browser need Chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=found,
            args=["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
        )
        yield running
        running.close()


@pytest.fixture
def opened(browser, sample_report):
    """opened(width): the report in a window of that width. What it asks for besides itself is in `page.asked`."""
    contexts = []

    def at(width: int, policy: bool = False):
        # The page's own policy forbids scripts, and so the checkers that a test brings along.
        context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=not policy)
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(sample_report.html.as_uri())
        return page

    yield at
    for context in contexts:
        context.close()
