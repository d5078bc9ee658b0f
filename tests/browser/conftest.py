"""A real browser on the sample's report, which is laid at a file address and may ask for nothing else."""

from __future__ import annotations

import shutil

import other_years
import pytest


@pytest.fixture(scope="module")
def browser(lacking):
    """Chromium; without one the tests are skipped on a user's machine, and fail where CI is set."""
    found = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if not found:
        lacking("The tests in a browser need Chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=found,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
            ],
        )
        yield running
        running.close()


YEARS = {"nothing": other_years.write_empty_year, "large": other_years.write_large_year}


@pytest.fixture(scope="module")
def page_of(sample_report, sample_workspace, annual_report, tmp_path_factory):
    """page_of("large"): the page of the sample, or of one of the other years, made by the command itself."""
    made = {"sample": sample_report.html}

    def of(year: str):
        if year not in made:
            workspace = sample_workspace(tmp_path_factory.mktemp(year))
            YEARS[year](workspace / "data" / "raw")
            ended = annual_report("run", "2021-22", "--formats", "html", "--workspace", workspace)
            assert ended.returncode == 0, ended.stderr
            made[year] = workspace / "reports" / "2021-22" / "annual-report.html"
        return made[year]

    return of


@pytest.fixture(params=["sample", *(pytest.param(year, marks=pytest.mark.slow) for year in YEARS)])
def opened(request, browser, page_of):
    """opened(width): a report in a window of that width. What it asks for besides itself is in `page.asked`."""
    html = page_of(request.param)
    contexts = []

    def at(width: int, policy: bool = False):
        # The page's own policy forbids scripts, and so the checkers that a test brings along.
        context = browser.new_context(
            viewport={"width": width, "height": 900}, bypass_csp=not policy
        )
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(html.as_uri())
        page.of_sample = request.param == "sample"
        return page

    yield at
    for context in contexts:
        context.close()
