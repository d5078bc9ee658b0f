"""The PDF has no fault that a validator of PDF/UA-1 would report."""

from __future__ import annotations

import subprocess
import sys

import pikepdf
import pytest
from pdf_faults import pdf_faults

from pipeline.artifacts import FormatUnavailable
from pipeline.report.documents.pdf import render_pdf

ROW = '<tr><th scope="row">Upheld</th><td>4</td></tr>'
PAGE = f"""<!doctype html><html lang="en-GB"><head><title>A report</title>
<style>@page{{size:A4;@bottom-right{{content:"Page " counter(page)}}}}</style></head>
<body><main><h1>A report</h1><ul><li>Words <a href="mailto:a@example.org">a@example.org</a></ul>
<table><caption>Numbers</caption>
<thead><tr><th scope="col">Kind</th><th scope="col">2021</th></tr></thead>
<tbody>{ROW * 90}</tbody></table></main></body></html>"""
# Case → what is replaced on the sound page, by what, and the fault.
FAULTS = {
    "no language": (' lang="en-GB"', "", "7.2: no language"),
    "list within a list entry": ("<ul><li>Words", "<ul><div><li>Words</div>", "contains /Div"),
    "skipped level": ("<table>", "<h3>Part</h3><table>", "7.4.2: H3 follows H1"),
    "cell without headings": ("</main>", "<table><tr><td>4</td></tr></table></main>", "TD without"),
}


@pytest.fixture
def faults_of(skip_or_fail, tmp_path):
    """faults_of(html): the faults of the PDF of a page."""

    def find(html: str) -> list[str]:
        path = tmp_path / "report.pdf"
        try:
            path.write_bytes(render_pdf(html))
        except FormatUnavailable as error:
            skip_or_fail(str(error))
        return pdf_faults(path)

    return find


def test_table_over_several_pages_has_no_fault_of_structure(faults_of, tmp_path):
    assert faults_of(PAGE) == []
    with pikepdf.open(tmp_path / "report.pdf") as pdf:
        assert len(pdf.pages) > 1


@pytest.mark.parametrize("case", FAULTS)
def test_fault_of_the_page_is_a_fault_of_its_pdf_too(case, faults_of):
    text, replacement, fault = FAULTS[case]
    assert any(fault in line for line in faults_of(PAGE.replace(text, replacement)))


def test_weasyprint_alone_leaves_faults_that_are_still_found(faults_of, tmp_path):
    assert faults_of(PAGE) == []
    from weasyprint import HTML

    path = tmp_path / "alone.pdf"
    HTML(string=PAGE).write_pdf(path, pdf_variant="pdf/ua-1")
    clauses = {fault.removeprefix("page 1: ")[:4] for fault in pdf_faults(path)}
    assert {"7.1:", "7.5:"} <= clauses


def test_sample_pdf_has_no_fault_of_its_structure(sample_report):
    assert pdf_faults(sample_report.html.with_suffix(".pdf")) == []


@pytest.mark.slow
@pytest.mark.parametrize("year", ["empty", "first", "large", "suppressed"])
def test_pdf_of_another_year_has_no_fault_of_structure(year, report_of_another_year):
    assert pdf_faults(report_of_another_year(year).html.with_suffix(".pdf")) == []


WITHOUT_SUBSETTER = """
import sys
import weasyprint.pdf.fonts
weasyprint.pdf.fonts.harfbuzz_subset = None  # as on a machine without libharfbuzz-subset
from pipeline.report.documents.pdf import render_pdf
sys.stdout.buffer.write(render_pdf(sys.stdin.read()))
"""


def test_pdf_has_the_same_bytes_without_libharfbuzz_subset(skip_or_fail):
    try:
        pdf = render_pdf(PAGE)
    except FormatUnavailable as error:
        skip_or_fail(str(error))
    result = subprocess.run(
        [sys.executable, "-c", WITHOUT_SUBSETTER],
        input=PAGE.encode(),
        capture_output=True,
        check=True,
    )
    assert result.stdout == pdf
