"""The PDF is tagged, dated by the data, reproducible, in the pinned font, and fetches nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zlib
from contextlib import suppress

import pytest
from bs4 import BeautifulSoup
from runs import on_posix

from pipeline.artifacts import FormatUnavailable
from pipeline.problem import Kind, Problem
from pipeline.report.documents.pdf import PdfJob, pdf_process, render_pdf
from pipeline.settings.models import RunLimits

INLINE_IMAGE = "data:image/svg+xml;base64,"
PAGE = f"""<!doctype html><html lang="en-GB"><head><title>A report</title>
<meta name="dcterms.created" content="2022-09-30"></head>
<body><main><h1>A report</h1><p>Words</p><img alt="A bar" src="{INLINE_IMAGE}
PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSI5IiBoZWlnaHQ9IjkiPjxyZWN0IHdpZHRoPSI5
IiBoZWlnaHQ9IjkiLz48L3N2Zz4=">
<details><summary>Numbers</summary><table><caption>Numbers</caption>
<tr><th scope="col">Kind</th></tr><tr><td>4</td></tr></table></details></main></body></html>"""


@pytest.fixture(scope="module")
def pdf(skip_or_fail) -> bytes:
    try:
        return render_pdf(PAGE)
    except FormatUnavailable as error:
        skip_or_fail(str(error))


def plain_objects(pdf: bytes) -> bytes:
    """The PDF with its compressed streams once more as plain bytes."""
    parts = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, flags=re.DOTALL):
        with suppress(zlib.error):
            parts.append(zlib.decompressobj().decompress(stream))
    return b"\n".join(parts)


def poppler_output(tool: str, *arguments: object) -> str:
    """What a tool of Poppler prints."""
    command = [tool, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def pdf_path(pdf, skip_or_fail, tmp_path):
    """The PDF as a file for Poppler's tools."""
    if not shutil.which("pdfinfo"):
        skip_or_fail("this test needs pdfinfo: apt-get install poppler-utils")
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf)
    return path


def test_pdf_is_tagged_titled_and_dated_by_its_metadata(pdf, pdf_path):
    lines = poppler_output("pdfinfo", "-isodates", pdf_path).splitlines()
    properties = {key: value.strip() for key, value in (line.split(":", 1) for line in lines)}
    assert properties["Title"] == "A report"
    assert properties["Tagged"] == "yes"
    assert properties["Page size"] == "595.276 x 841.89 pts (A4)"
    assert properties["CreationDate"].startswith("2022-09-30")
    objects = plain_objects(pdf)
    assert b"/Lang (en-GB)" in objects
    assert b"pdfuaid" in objects
    assert b"/Outlines" in objects


def test_pdf_structure_has_headings_tables_and_described_images(pdf, pdf_path):
    structure = poppler_output("pdfinfo", "-struct-text", pdf_path)
    for element in ("H1", "Table", "TH", "TD", "Caption", "Figure"):
        assert element in structure
    assert b"/Alt (A bar)" in plain_objects(pdf)


def test_pdf_prints_the_numbers_behind_a_chart_without_a_click(pdf_path):
    lines = poppler_output("pdftotext", pdf_path, "-").splitlines()
    assert "Numbers" in lines
    assert "4" in lines


def test_pdf_is_set_in_the_pinned_font(pdf_path):
    fonts = poppler_output("pdffonts", pdf_path).splitlines()[2:]
    assert fonts
    assert all("Source-Sans-3" in line for line in fonts)


def test_pdf_has_the_same_bytes_in_another_process(pdf, tmp_path):
    code = (
        "import sys; from pipeline.report.documents.pdf import render_pdf; "
        f"sys.stdout.buffer.write(render_pdf({PAGE!r}))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        cwd=tmp_path,
        env=os.environ | {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"},
    )
    assert result.stdout == pdf


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/a.png", "file:///etc/hostname", "https://example.org/a.png"],
)
def test_pdf_fetches_no_image_from_elsewhere(pdf, address):
    from weasyprint.urls import FatalURLFetchingError

    assert INLINE_IMAGE in PAGE
    try:
        other_pdf = render_pdf(PAGE.replace(INLINE_IMAGE, f"{address}?"))
    except FatalURLFetchingError:
        return
    assert b"/Image" not in other_pdf


def test_missing_pdf_libraries_are_named_with_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(FormatUnavailable, match="apt-get install libpango") as error:
        render_pdf(PAGE)
    assert "annual-report.pdf was not made" in str(error.value)


@on_posix
def test_no_program_of_the_machine_is_called_for_a_library(pdf, tmp_path):
    calls = tmp_path / "calls"
    for name in ("cc", "gcc", "ld", "objdump"):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\necho {name} >> {calls}\n")
        program.chmod(0o755)
    code = "from pipeline.report.documents.pdf import check_pdf_available; check_pdf_available()"
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PATH": path})
    assert not calls.exists(), calls.read_text()


@pytest.fixture(scope="module")
def sample_pdf(sample_report, skip_or_fail):
    """The sample's PDF, for Poppler's tools."""
    if not shutil.which("pdfinfo"):
        skip_or_fail("this test needs pdfinfo: apt-get install poppler-utils")
    return sample_report.html.with_suffix(".pdf")


def test_each_data_cell_in_the_sample_pdf_names_its_headings(sample_pdf, sample_report):
    structure = poppler_output("pdfinfo", "-struct", sample_pdf)
    lines = structure.splitlines()
    data_cells = [number for number, line in enumerate(lines) if line.strip().startswith("TD")]
    assert len(data_cells) > 250
    heading_ids = set(re.findall(r"TH <([^>]+)>", structure))
    html = sample_report.html.read_text(encoding="utf-8")
    cover_row_count = html[: html.index("</table>")].count("<tr>")  # it has no heading row
    for position, number in enumerate(data_cells):
        headings = re.search(r"/Headers \[\((.*)\)\]", lines[number + 1])[1].split(") (")
        is_cover = position < cover_row_count
        assert len(headings) >= (1 if is_cover else 2)  # of its row and of its column
        assert set(headings) <= heading_ids


def test_each_image_in_the_sample_pdf_has_the_page_s_text(sample_pdf, sample_report):
    page = sample_report.html.read_text(encoding="utf-8")
    images = re.findall(r'<img [^>]*alt="([^"]*)"', page)
    assert images
    lines = poppler_output("pdfinfo", "-struct", sample_pdf).splitlines()
    figures = [line for line in lines if line.strip().startswith("Figure")]
    assert len(figures) == len(images)
    assert plain_objects(sample_pdf.read_bytes()).count(b"/Alt") == len(images)


def test_text_of_the_sample_pdf_has_every_letter_of_the_page(sample_pdf, sample_report):
    text = poppler_output("pdftotext", sample_pdf, "-")
    page = BeautifulSoup(sample_report.html.read_text(encoding="utf-8"), "html.parser")
    for summary in page.find_all("summary"):
        summary.decompose()  # a click unfolds a table, which is always printed
    words = re.findall(r"[^\W\d_]{4,}", page.main.get_text(" "))
    assert len(words) > 1000
    assert set(words) <= set(re.findall(r"[^\W\d_]{4,}", text))


@pytest.mark.slow
def test_page_numbers_and_draft_notice_are_not_read_aloud(sample_pdf):
    text = poppler_output("pdfinfo", "-struct-text", sample_pdf)
    assert "Complaints by service area" in text
    assert not re.search(r"Page \d+ of \d+", text)
    assert text.count('"Draft') == 1  # on the first page, as a sentence


def test_contents_of_the_sample_pdf_give_each_section_s_page(sample_pdf, sample_report):
    pages = poppler_output("pdftotext", "-layout", sample_pdf, "-").split("\f")
    page = sample_report.html.read_text(encoding="utf-8")
    contents = page[page.index("<nav") : page.index("</nav>")]
    titles = re.findall(r'<a href="#[^"]*">([^<]*)</a>', contents)
    assert any(title.startswith("1.1 ") for title in titles)
    (contents_page,) = [text for text in pages if re.search("^ *Contents$", text, re.MULTILINE)]
    for title in titles:
        heading = re.escape(title).replace(" ", " +")
        (number,) = re.findall(rf"{heading} +(\d+)(?: |$)", contents_page, re.MULTILINE)
        assert re.search(rf"^ *{heading}$", pages[int(number) - 1], flags=re.MULTILINE), title


def test_second_column_of_the_contents_begins_with_their_second_half(sample_pdf, sample_report):
    page = sample_report.html.read_text(encoding="utf-8")
    contents = page[page.index("<nav") : page.index("</nav>")]
    first, second = contents.split('<li class="second-column">')
    assert first.count("<a ") - second.count("<a ") in (0, 1)
    top_left, top_right = (re.search(">([^<]*)</a>", column)[1] for column in (first, second))
    text = poppler_output("pdftotext", "-layout", sample_pdf, "-")
    row = rf"^ *{re.escape(top_left)} +\d+ +{re.escape(top_right)} +\d+$"
    assert re.search(row, text, re.MULTILINE), "the columns do not begin side by side"


@pytest.mark.parametrize("limit", ["document_minutes", "memory_gigabytes"])
def test_layout_that_exceeds_a_limit_is_stopped_and_named(limit):
    limits = RunLimits().model_copy(update={limit: 1 / 1000})
    with pdf_process() as process, pytest.raises(Problem) as stopped:
        PdfJob(PAGE, process, limits).result()
    assert stopped.value.kind == Kind.MACHINE
    assert stopped.value.where == "annual-report.pdf"
    assert f"run_limits, {limit}" in stopped.value.remedy
