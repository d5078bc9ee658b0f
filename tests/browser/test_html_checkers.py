"""The Nu HTML checker and HTML_CodeSniffer find no error in any page; `.ci/run` installs both."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHECKERS = Path(sys.prefix) / "checkers" / "node_modules"
# HTML_CodeSniffer's other kinds ask a person to look: a paragraph with many links may be a list.
ERROR = 1
# fmt: off
AUDIT_PAGES = [
    "index.html", "findings.html", "annual-report.html", "checklist.html", "decisions.html",
    "figures.html", "figures/stage_1.in_time.html", "notebooks/3_aggregate.html",
]
# fmt: on
SNIFF = """() => new Promise(done => HTMLCS.process("WCAG2AA", document, () => done(
    HTMLCS.getMessages().map(message =>
        [message.type, message.code, String(message.element.outerHTML).slice(0, 200)]))))"""


@pytest.fixture(scope="module")
def checker(skip_or_fail):
    """checker("vnu-jar/build/dist/vnu.jar"): the path of an installed checker."""

    def path_of(name: str) -> Path:
        if not (CHECKERS / name).is_file():
            skip_or_fail(f"This test needs {name}: .ci/run installs it")
        return CHECKERS / name

    return path_of


def pages_of(report: Path) -> list[Path]:
    """The report, the findings and a page of each kind of the audit."""
    return [report, *(report.parent / "audit" / name for name in AUDIT_PAGES)]


def test_nu_html_checker_finds_no_error_but_the_planted_one(
    sample_report, checker, skip_or_fail, tmp_path
):
    if not shutil.which("java"):
        skip_or_fail("This test needs Java: apt-get install default-jre-headless")
    pages = pages_of(sample_report.html)
    planted = tmp_path / "planted.html"
    planted.write_text("<!DOCTYPE html><title>A</title><p><time>2021-22</time>", encoding="utf-8")
    jar = checker("vnu-jar/build/dist/vnu.jar")
    command = ["java", "-jar", jar, "--errors-only", "--format", "gnu", *pages, planted]
    finished = subprocess.run(command, capture_output=True, text=True)
    errors = finished.stderr.splitlines()
    assert ["planted.html" in error for error in errors] == [True], errors


def sniffed(page, script: Path) -> list[list]:
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    page.add_script_tag(path=script)
    return [message for message in page.evaluate(SNIFF) if message[0] == ERROR]


def test_html_codesniffer_finds_no_error_in_report_and_audit(browser, sample_report, checker):
    script = checker("html_codesniffer/build/HTMLCS.js")
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    for path in pages_of(sample_report.html):
        page.goto(path.as_uri())
        assert (path.name, sniffed(page, script)) == (path.name, [])
    page.set_content("<html lang=en><title>A</title><img src=a.png>")
    assert sniffed(page, script)
    context.close()
