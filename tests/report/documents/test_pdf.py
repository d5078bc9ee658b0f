"""The PDF: tagged, dated by the data, in the pinned font, the same to the byte, and made without fetching anything."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zlib
from contextlib import suppress

import pytest

from pipeline.artifacts import FormatUnavailable
from pipeline.report.documents.pdf import render_pdf

PAGE = """<!doctype html><html lang="en-GB"><head><title>A report</title><meta name="dcterms.created" content="2022-09-30"></head>
<body><main><h1>A report</h1><p>Words</p><img alt="A bar" src="data:image/svg+xml;base64,
PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSI5IiBoZWlnaHQ9IjkiPjxyZWN0IHdpZHRoPSI5IiBoZWlnaHQ9IjkiLz48L3N2Zz4=">
<details><summary>Numbers</summary><table><caption>Numbers</caption><tr><th scope="col">Kind</th></tr><tr><td>4</td></tr></table>
</details></main></body></html>"""


@pytest.fixture(scope="module")
def pdf(lacking):
    try:
        return render_pdf(PAGE)
    except FormatUnavailable as without:
        lacking(str(without))


def opened(pdf: bytes) -> bytes:
    """Its objects as plain bytes."""
    found = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, flags=re.DOTALL):
        with suppress(zlib.error):
            found.append(zlib.decompressobj().decompress(stream))
    return b"\n".join(found)


@pytest.fixture
def poppler(pdf, lacking, tmp_path):
    """poppler("pdffonts"): what one of its tools says of the PDF."""

    def ask(tool: str, *words: str) -> str:
        if not shutil.which(tool):
            lacking(f"this test needs {tool}: apt-get install poppler-utils")
        path = tmp_path / "a.pdf"
        path.write_bytes(pdf)
        to = ["-"] if tool == "pdftotext" else []
        return subprocess.run(
            [tool, *words, path, *to], capture_output=True, text=True, check=True
        ).stdout

    return ask


def test_it_is_tagged_titled_and_dated_by_its_own_meta_data(pdf, poppler):
    about = poppler("pdfinfo", "-isodates")
    said = dict(line.split(":", 1) for line in about.splitlines())
    assert (said["Title"].strip(), said["Tagged"].strip(), said["Page size"].strip()) == (
        "A report",
        "yes",
        "595.276 x 841.89 pts (A4)",
    )
    assert said["CreationDate"].strip().startswith("2022-09-30")
    assert b"/Lang (en-GB)" in opened(pdf)
    assert b"pdfuaid" in opened(pdf)
    assert b"/Outlines" in opened(pdf)


def test_its_structure_holds_headings_tables_and_pictures_with_their_words(pdf, poppler):
    structure = poppler("pdfinfo", "-struct-text")
    for element in ("H1", "Table", "TH", "TD", "Caption", "Figure"):
        assert element in structure
    assert b"/Alt (A bar)" in opened(pdf)


def test_the_numbers_behind_a_chart_are_printed_without_a_click(poppler):
    assert "Numbers" in poppler("pdftotext")
    assert "4" in poppler("pdftotext")


def test_it_is_set_in_the_pinned_font(poppler):
    fonts = poppler("pdffonts").splitlines()[2:]
    assert fonts
    assert all("DejaVu" in line for line in fonts)


def test_it_is_the_same_to_the_byte_in_another_process(pdf, tmp_path):
    code = f"import sys; from pipeline.report.documents.pdf import render_pdf; sys.stdout.buffer.write(render_pdf({PAGE!r}))"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=tmp_path,
                          env=os.environ | {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"}).stdout  # fmt: skip
    assert made == pdf


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/a.png", "file:///etc/hostname", "https://example.org/a.png"]
)
def test_nothing_is_fetched(pdf, address):
    from weasyprint.urls import FatalURLFetchingError

    try:
        made = render_pdf(PAGE.replace("data:image/svg+xml;base64,", f"{address}?"))
    except FatalURLFetchingError:
        return
    assert b"/Image" not in made


def test_a_machine_without_its_libraries_is_told_the_one_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(FormatUnavailable, match="apt-get install libpango") as raised:
        render_pdf(PAGE)
    assert "annual-report.pdf was not made" in str(raised.value)


@pytest.fixture(scope="module")
def sample(sample_report, lacking):
    """What poppler says of the structure of the sample's PDF, its objects, and the text of its pages."""
    if not shutil.which("pdfinfo"):
        lacking("this test needs pdfinfo: apt-get install poppler-utils")
    path = sample_report.html.with_suffix(".pdf")

    def ask(how: str) -> str:
        return subprocess.run(
            ["pdfinfo", how, path], capture_output=True, text=True, check=True
        ).stdout

    text = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    ).stdout
    return ask, opened(path.read_bytes()), text.split("\f")


def test_in_the_sample_s_pdf_every_data_cell_names_its_headings(sample):
    lines = sample[0]("-struct").splitlines()
    cells = [number for number, line in enumerate(lines) if line.strip().startswith("TD")]
    assert len(cells) > 300
    known = set(re.findall(r"TH <([^>]+)>", "\n".join(lines)))
    for number in cells:
        named = re.search(r"/Headers \[\((.*)\)\]", lines[number + 1])[1].split(") (")
        assert len(named) >= 2  # of its row and of its column
        assert set(named) <= known


def test_in_the_sample_s_pdf_every_picture_has_the_page_s_words(sample, sample_report):
    ask, objects, _ = sample
    images = re.findall(r'<img [^>]*alt="([^"]*)"', sample_report.html.read_text(encoding="utf-8"))
    assert (
        len([line for line in ask("-struct").splitlines() if line.strip().startswith("Figure")])
        == len(images)
        >= 9
    )
    assert objects.count(b"/Alt") == len(images)


def test_page_numbers_and_the_mark_of_a_draft_are_no_part_of_what_is_read_aloud(sample):
    read = sample[0]("-struct-text")
    assert "Complaints by service area" in read
    assert not re.search(r"Page \d+ of \d+", read)
    assert read.count('"Draft') == 1  # on the first page, as a sentence


def test_its_contents_say_on_which_page_each_section_begins(sample, sample_report):
    pages = sample[2]
    listed = re.findall(r"^ *(.+?) +page (\d+)$", pages[0], flags=re.MULTILINE)
    assert len(listed) == sample_report.html.read_text(encoding="utf-8").count("<li data-to=") >= 9
    for title, page in listed:
        assert re.search(
            rf"^ *{re.escape(title).replace(' ', ' +')}$", pages[int(page) - 1], flags=re.MULTILINE
        ), title
