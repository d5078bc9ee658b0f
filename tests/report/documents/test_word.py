"""The Word file: styled, with repeated headings, alternative text, page numbers and the font, the same to the byte."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from zipfile import ZipFile

import docx
import nbformat
import pytest
from bs4 import BeautifulSoup
from docx.oxml.ns import qn

from pipeline.artifacts import FormatUnavailable
from pipeline.report.documents.html import render_html
from pipeline.report.documents.word import render_word
from pipeline.settings import load_settings


@pytest.fixture(scope="module")
def path(sample_report):
    return sample_report.html.with_suffix(".docx")


@pytest.fixture(scope="module")
def word(path):
    return docx.Document(path)


@pytest.fixture(scope="module")
def page(sample_report):
    return BeautifulSoup(sample_report.html.read_text(encoding="utf-8"), "html.parser")


def squeezed(text: str) -> str:
    return " ".join(text.split())


def xml(path, part: str) -> str:
    with ZipFile(path) as held:
        return held.read(part).decode("utf-8")


def test_it_has_the_headings_of_the_page_in_word_s_own_levels(word, page):
    titles = [squeezed(one.text) for one in word.paragraphs if one.style.name == "Title"]
    assert titles == [squeezed(page.h1.get_text())]
    for level, style in (("h2", "Heading 1"), ("h3", "Heading 2")):
        expected = [
            squeezed(" ".join(part.strip() for part in one.find_all(string=True)))
            for one in page.find_all(level) if not one.find_parent(class_="notice")
        ]  # fmt: skip
        assert [
            squeezed(one.text) for one in word.paragraphs if one.style.name == style
        ] == expected


def test_every_table_says_what_the_page_s_says_under_a_heading_row_that_is_repeated(word, page):
    tables = page.find_all("table")
    assert len(word.tables) == len(tables) > 20
    for made, given in zip(word.tables, tables, strict=True):
        rows = [[squeezed(cell.text) for cell in row.cells] for row in made.rows]
        assert rows == [
            [squeezed(cell.get_text()) for cell in row.find_all(["th", "td"])]
            for row in given.find_all("tr")
        ]
        assert all(rows[0])
        for number, row in enumerate(made.rows):
            about = row._tr.trPr
            assert (about.find(qn("w:tblHeader")) is not None) == (number == 0)
            assert about.find(qn("w:cantSplit")) is not None
    captions = [squeezed(one.text) for one in word.paragraphs if one.style.name == "Table Caption"]
    assert captions == [squeezed(one.get_text()) for one in page.find_all("caption")]


def test_numbers_stand_to_the_right_under_their_headings(word, page):
    for made, given in zip(word.tables, page.find_all("table"), strict=True):
        if "numbers" in given.get("class", []):
            for row in made.rows:
                assert {cell.paragraphs[0].alignment for cell in row.cells[1:]} == {2}


def test_what_is_bold_on_the_page_is_bold_in_a_table(word, page):
    tables = {table.caption.get_text(): table for table in page.find_all("table")}
    assert sum(bool(table.tfoot) for table in tables.values()) > 10
    for table, on_page in zip(word.tables, tables.values(), strict=True):
        bold = [
            cell.text
            for row in table.rows[1:]
            for cell in row.cells
            if any(r.bold for p in cell.paragraphs for r in p.runs)
        ]
        assert bold == [
            squeezed(cell.get_text()) for cell in on_page.select("tfoot th, tfoot td, strong")
        ]


def test_what_must_be_known_of_a_table_stands_on_the_page_of_the_table(word, page):
    notes = [one for one in word.paragraphs if one.style.name == "Table note"]
    assert [squeezed(one.text) for one in notes] == [
        squeezed(one.get_text()) for one in page.select(".shorthand, .break")
    ]
    assert word.styles["Table note"].paragraph_format.keep_with_next


def test_the_more_words_a_column_has_the_wider_it_is(word):
    actions = next(table for table in word.tables if table.cell(0, 0).text == "Action")
    assert actions.columns[0].width > 2 * actions.columns[1].width


def test_every_picture_is_a_png_with_the_page_s_alternative_text(word, page):
    said = [shape._inline.docPr.get("descr") for shape in word.inline_shapes]
    assert said == [image["alt"] for image in page.select("figure.chart img")]
    assert len(said) >= 5
    kinds = {
        part.content_type
        for part in word.part.package.iter_parts()
        if "media" in str(part.partname)
    }
    assert kinds == {"image/png"}


def test_it_says_its_title_language_date_and_page_numbers_and_brings_its_font(word, path):
    about = word.core_properties
    assert (about.title, about.language) == (
        "Complaints and representations: annual report",
        "en-GB",
    )
    assert {str(day)[:10] for day in (about.created, about.modified)} == {"2022-09-30"}
    assert re.findall(r"<w:lang [^>]*>", xml(path, "word/styles.xml")) == [
        '<w:lang w:val="en-GB"/>'
    ]
    footer = word.sections[0].footer._element.xml
    assert 'w:instr="PAGE"' in footer
    assert 'w:instr="NUMPAGES"' in footer
    assert "embedRegular" in xml(path, "word/fontTable.xml")
    assert {
        part.content_type
        for part in word.part.package.iter_parts()
        if "fonts/" in str(part.partname)
    } == {"application/vnd.openxmlformats-officedocument.obfuscatedFont"}
    fonts = {one.font.name for one in word.styles if getattr(one, "font", None) and one.font.name}
    assert fonts == {"DejaVu Sans"}


def test_nothing_in_it_leads_or_loads_from_outside(path):
    with ZipFile(path) as held:
        outside = [
            line for name in held.namelist() if name.endswith(".rels")
            for line in held.read(name).decode().split("<Relationship ") if 'TargetMode="External"' in line
        ]  # fmt: skip
    assert [line for line in outside if "mailto:" not in line] == []


@pytest.fixture(scope="module")
def made(sample_report):
    """made(final): the sample's Word file, from its executed notebook."""
    settings = load_settings(sample_report.workspace, sample_report.year, sample_report.processed)
    notebook = nbformat.read(sample_report.audit / "4_report.ipynb", as_version=4)
    return lambda final=False: render_word(
        render_html(notebook, settings, final), notebook, settings, final
    )


def test_a_draft_says_so_on_every_page_and_a_final_report_does_not(made, word):
    assert "Draft" in word.sections[0].header.paragraphs[0].text
    final = docx.Document(io.BytesIO(made(True)))
    assert "Draft" not in final.sections[0].header.paragraphs[0].text + " ".join(
        one.text for one in final.paragraphs
    )


def test_it_is_the_same_to_the_byte_when_it_is_made_again(made, path):
    assert made() == path.read_bytes()


def test_a_logo_is_as_high_as_on_the_page(sample_report, tmp_path):
    from matplotlib.figure import Figure

    workspace = tmp_path / "with a logo"
    shutil.copytree(sample_report.workspace / "data" / "raw", workspace / "data" / "raw")
    Figure(figsize=(4, 2)).savefig(workspace / "data" / "raw" / "logo.png")
    council = workspace / "data" / "raw" / "council.yaml"
    council.write_text(council.read_text(encoding="utf-8") + "\nlogo: logo.png\n", encoding="utf-8")
    settings = load_settings(workspace, sample_report.year)
    notebook = nbformat.read(sample_report.audit / "4_report.ipynb", as_version=4)
    logo = docx.Document(
        io.BytesIO(render_word(render_html(notebook, settings), notebook, settings, False))
    ).inline_shapes[0]
    assert logo._inline.docPr.get("descr") == "Logo of Calderbrook Council"
    assert (round(logo.height.mm), round(logo.width.mm)) == (16, 32)


def test_libreoffice_opens_it_and_lays_it_out_in_pages(path, lacking, tmp_path):
    if not (shutil.which("soffice") and shutil.which("pdfinfo")):
        lacking(
            "opening the Word file needs LibreOffice: apt-get install libreoffice-writer-nogui poppler-utils"
        )
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'home').as_uri()}", "--headless", "--convert-to", "pdf",
         "--outdir", tmp_path, path], check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    paper = tmp_path / "annual-report.pdf"
    about = subprocess.run(["pdfinfo", paper], capture_output=True, text=True, check=True).stdout
    assert 8 <= int(about.split("Pages:")[1].split()[0]) <= 24
    assert "A4" in about
    text = subprocess.run(
        ["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True
    ).stdout
    pages = text.split("\f")[:-1]
    for number, one in enumerate(pages, 1):
        assert one.rstrip().endswith(f"Page {number} of {len(pages)}")
        assert "Draft: numbers and words may still change" in one
    fonts = subprocess.run(
        ["pdffonts", paper], capture_output=True, text=True, check=True
    ).stdout.splitlines()[2:]
    assert all(
        "DejaVu" in line or "OpenSymbol" in line for line in fonts
    )  # the latter draws the bullets


def test_a_machine_without_pandoc_is_told_the_one_command(made, monkeypatch):
    monkeypatch.setitem(sys.modules, "pypandoc", None)
    with pytest.raises(FormatUnavailable, match="pip install pypandoc-binary"):
        made()
