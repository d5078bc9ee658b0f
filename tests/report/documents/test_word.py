"""The Word file has the page's content, styles, repeated headings and font, in the same bytes."""

from __future__ import annotations

import base64
import io
import re
import shutil
import subprocess
import sys
from itertools import groupby, pairwise
from zipfile import ZipFile

import docx
import nbformat
import pytest
from bs4 import BeautifulSoup
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.table import Table

from pipeline.artifacts import REPORT_WORD, FormatUnavailable
from pipeline.problem import Kind, Problem
from pipeline.report.documents.html import render_html
from pipeline.report.documents.word import render_word
from pipeline.report.wording import DRAFT_NOTICE
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


@pytest.fixture(scope="module")
def render_sample(sample_report):
    """render_sample(final, added, ...): the sample's Word file, from its executed notebook.

    added: HTML at the end of the page. Further options are limits of the run.
    """
    settings = load_settings(sample_report.workspace, sample_report.year, sample_report.processed)
    notebook = nbformat.read(sample_report.audit / "4_report.ipynb", as_version=4)

    def render(final: bool = False, added: str = "", **limits: float) -> bytes:
        html = render_html(notebook, settings, final).replace("</main>", f"{added}</main>")
        run_limits = settings.council.run_limits.model_copy(update=limits)
        council = settings.council.model_copy(update={"run_limits": run_limits})
        limited = settings.model_copy(update={"council": council})
        return render_word(html, notebook, limited, final)[REPORT_WORD]

    return render


def squeezed(text: str) -> str:
    return " ".join(text.split())


def texts_in_style(word, style: str) -> list[str]:
    """The text of each paragraph in this style."""
    return [squeezed(block.text) for block in word.paragraphs if block.style.name == style]


def texts_of(elements) -> list[str]:
    return [squeezed(element.get_text()) for element in elements]


def xml(path, part: str) -> str:
    with ZipFile(path) as parts:
        return parts.read(part).decode("utf-8")


def test_word_file_has_the_page_s_headings_at_word_s_levels(word, page):
    assert texts_in_style(word, "Title") == [squeezed(page.h1.get_text())]
    for level, style in (("h2", "Heading 1"), ("h3", "Heading 2"), ("h4", "Heading 3")):
        headings = [heading for heading in page.find_all(level) if not heading.find_parent("nav")]
        assert texts_in_style(word, style) == texts_of(headings)


def test_contents_are_a_field_with_the_page_s_entries(word, page, path):
    entries = [
        (f"TOC {len(link.find_parents('ul'))}", link["href"].removeprefix("#"), squeezed(link.text))
        for link in page.select("nav a")
    ]
    assert {style for style, _, _ in entries} == {"TOC 1", "TOC 2"}
    blocks = [block for block in word.paragraphs if block.style.name in ("TOC 1", "TOC 2")]
    assert [
        (block.style.name, block.hyperlinks[0].fragment, squeezed(block.text)) for block in blocks
    ] == entries
    bookmarks = set(re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]*)"', word.element.xml))
    assert {anchor for _, anchor, _ in entries} <= bookmarks
    instructions = re.findall(r"<w:instrText[^>]*>([^<]*)<", xml(path, "word/document.xml"))
    # Without numbers of pages, which only Word knows: empty fields would print as gaps.
    assert [code.split() for code in instructions] == [["TOC", "\\o", '"1-2"', "\\h", "\\z", "\\u"]]
    marks = re.findall(r'<w:fldChar w:fldCharType="(\w+)"', xml(path, "word/document.xml"))
    assert marks.count("begin") == marks.count("end") == 1
    # Word would ask the reader whether to update the fields.
    assert "updateFields" not in xml(path, "word/settings.xml")


def test_quotations_of_the_word_file_have_quotation_marks(word, page):
    quotations = texts_of(page.select(".quotation blockquote p"))
    assert quotations
    assert texts_in_style(word, "Block Text") == [f"\u201c{text}\u201d" for text in quotations]


def test_address_of_the_contact_is_a_mail_link_in_word(word, path):
    assert 'Target="mailto:childrens.complaints@example.org"' in xml(
        path, "word/_rels/document.xml.rels"
    )
    cover_links = word.tables[0]._tbl.xpath(".//w:hyperlink")
    assert len(cover_links) == 1


def test_tables_have_the_page_s_cells_and_repeated_heading_rows(word, page):
    page_tables = page.find_all("table")
    assert page_tables
    for word_table, page_table in zip(word.tables, page_tables, strict=True):
        rows = [[squeezed(cell.text) for cell in cells_of(row)] for row in word_table.rows]
        if not page_table.thead:  # the cover, whose types of item are a list on the page
            rows = [[text.replace(";", "") for text in row] for row in rows]
        assert rows == [texts_of(row.find_all(["th", "td"])) for row in page_table.find_all("tr")]
        assert all(rows[0])
        look = word_table._tbl.tblPr.find(qn("w:tblLook"))
        assert look.get(qn("w:firstColumn")) == "1"
        assert int(look.get(qn("w:val")), 16) & 0x0080
        for number, row in enumerate(word_table.rows):
            properties = row._tr.trPr
            is_heading = number == 0 and page_table.thead is not None  # the cover has none
            assert (properties.find(qn("w:tblHeader")) is not None) == is_heading
            assert properties.find(qn("w:cantSplit")) is not None
    assert texts_in_style(word, "Table Caption") == texts_of(page.find_all("caption"))


def test_numbers_in_tables_are_aligned_right_under_their_headings(word, page):
    page_tables = page.find_all("table")
    assert any("numbers" in table.get("class", []) for table in page_tables)
    for word_table, page_table in zip(word.tables, page_tables, strict=True):
        if "numbers" in page_table.get("class", []):
            for row in word_table.rows:
                first = -1 if "counted" in page_table["class"] else 1
                alignments = {cell.paragraphs[0].alignment for cell in cells_of(row)[first:]}
                assert alignments <= {WD_ALIGN_PARAGRAPH.RIGHT}
                assert alignments or len(cells_of(row)) == 1, "the heading of a group"


def test_bold_cells_of_the_page_s_tables_are_bold_in_word(word, page):
    page_tables = page.find_all("table")
    assert any(table.select("td:has(strong)") for table in page_tables)
    for word_table, page_table in zip(word.tables, page_tables, strict=True):
        rows = word_table.rows[1 if page_table.thead else 0 :]
        cells = [cell for row in rows for cell in cells_of(row)]
        bold = [cell.text for cell in cells if has_bold_text(cell)]
        bold_cells = page_table.select(
            "tfoot th, tfoot td, th:has(strong), td:has(strong), .cover th"
        )
        assert [squeezed(text).replace(";", "") for text in bold] == texts_of(bold_cells)


def cells_of(row) -> list:
    """The cells of a row of a Word table, a merged one once."""
    return [next(cells) for _, cells in groupby(row.cells, key=lambda cell: cell._tc)]


def has_bold_text(cell) -> bool:
    return any(run.bold for paragraph in cell.paragraphs for run in paragraph.runs)


@pytest.mark.slow
def test_table_notes_stay_on_the_page_of_their_table(sample_report):
    settings = load_settings(sample_report.workspace, sample_report.year)
    notebook = nbformat.read(sample_report.audit / "4_report.ipynb", as_version=4)
    note = '</table></div><p class="shorthand">[x] means not available.</p>'
    html = render_html(notebook, settings).replace("</table></div>", note)
    files = render_word(html, notebook, settings, False)
    word = docx.Document(io.BytesIO(files[REPORT_WORD]))
    page = BeautifulSoup(html, "html.parser")
    assert texts_in_style(word, "Table note") == texts_of(page.select(".shorthand, .break"))
    blocks = list(word.iter_inner_content())
    tables = [
        block
        for block, next_block in pairwise(blocks)
        if isinstance(block, Table) and next_block.style.name == "Table note"
    ]
    assert tables
    for table in tables:
        for cell in table.rows[-1].cells:
            assert cell.paragraphs[0].paragraph_format.keep_with_next


def test_chart_stays_with_its_source_and_not_with_the_table_below(word):
    """Chart and table together would leave much of a page empty."""
    paragraphs = word.paragraphs
    charts = [place for place, one in enumerate(paragraphs) if one._p.xpath(".//w:drawing")]
    assert charts
    for place in charts:
        source = paragraphs[place + 1]
        assert source.text.startswith("Source:")
        assert paragraphs[place].paragraph_format.keep_with_next
        assert not source.paragraph_format.keep_with_next
        assert not source.style.paragraph_format.keep_with_next


def test_columns_with_more_words_are_wider_and_no_word_is_split(word):
    actions = next(table for table in word.tables if table.cell(0, 0).text == "Action")
    assert actions.columns[0].width > 1.5 * actions.columns[1].width
    for column in actions.columns:
        longest = max((word for cell in column.cells for word in cell.text.split()), key=len)
        assert column.width.mm > 2 * len(longest)


def test_images_are_png_with_the_page_s_alternative_text(word, page):
    descriptions = [shape._inline.docPr.get("descr") for shape in word.inline_shapes]
    assert descriptions
    assert descriptions == [image["alt"] for image in page.select("figure.chart img")]
    parts = [part for part in word.part.package.iter_parts() if "media" in str(part.partname)]
    assert {part.content_type for part in parts} == {"image/png"}


def test_images_are_the_charts_themselves(word, sample_report):
    """Pandoc converts the page with empty pictures in their place."""
    notebook = nbformat.read(sample_report.audit / "4_report.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    charts = {
        base64.b64decode(output["data"]["image/png"])
        for output in outputs
        if "image/png" in output.get("data", {})
    }
    parts = [part for part in word.part.package.iter_parts() if "media" in str(part.partname)]
    assert charts
    assert charts == {part.blob for part in parts}


def test_word_file_has_title_language_dates_and_page_numbers(word, path):
    properties = word.core_properties
    assert properties.title == "Complaints and representations: annual report, 2021 to 2022"
    assert properties.language == "en-GB"
    assert {str(day)[:10] for day in (properties.created, properties.modified)} == {"2022-09-30"}
    languages = re.findall(r"<w:lang [^>]*>", xml(path, "word/styles.xml"))
    assert languages == ['<w:lang w:val="en-GB"/>']
    footer = word.sections[0].footer._element.xml
    assert 'w:instr="PAGE"' in footer
    assert 'w:instr="NUMPAGES"' in footer


def test_word_file_embeds_the_pinned_font_and_uses_no_other(word, path):
    assert "embedRegular" in xml(path, "word/fontTable.xml")
    parts = [part for part in word.part.package.iter_parts() if "fonts/" in str(part.partname)]
    assert {part.content_type for part in parts} == {
        "application/vnd.openxmlformats-officedocument.obfuscatedFont"
    }
    fonts = [style.font.name for style in word.styles if getattr(style, "font", None)]
    assert {font for font in fonts if font} == {"Source Sans 3"}


def test_word_file_links_to_nothing_outside_but_mail(path):
    relationships = []
    with ZipFile(path) as parts:
        for name in parts.namelist():
            if name.endswith(".rels"):
                relationships += parts.read(name).decode().split("<Relationship ")
    outside = [line for line in relationships if 'TargetMode="External"' in line]
    assert [line for line in outside if "mailto:" not in line] == []


def test_draft_has_a_notice_on_every_page_and_final_has_none(render_sample, word):
    assert word.sections[0].header.paragraphs[0].text == DRAFT_NOTICE
    final = docx.Document(io.BytesIO(render_sample(final=True)))
    texts = [block.text for block in (*final.sections[0].header.paragraphs, *final.paragraphs)]
    assert "Draft" not in " ".join(texts)


def test_word_file_has_the_same_bytes_when_made_again(render_sample, path):
    assert render_sample() == path.read_bytes()


def test_logo_has_the_page_s_height_and_keeps_its_shape(sample_report, tmp_path):
    from matplotlib.figure import Figure

    workspace = tmp_path / "with a logo"
    raw = workspace / "data" / "raw"
    shutil.copytree(sample_report.workspace / "data", workspace / "data")
    Figure(figsize=(4, 2)).savefig(raw / "logo.png")
    council = raw / "council.yaml"
    text = council.read_text(encoding="utf-8")
    council.write_text(f"{text}\nlogo: logo.png\n", encoding="utf-8")
    settings = load_settings(workspace, sample_report.year)
    notebook = nbformat.read(sample_report.audit / "4_report.ipynb", as_version=4)
    files = render_word(render_html(notebook, settings), notebook, settings, False)
    document = files[REPORT_WORD]
    logo = docx.Document(io.BytesIO(document)).inline_shapes[0]
    assert logo._inline.docPr.get("descr") == "Logo of Calderbrook Council"
    assert (round(logo.height.mm), round(logo.width.mm)) == (16, 32)


@pytest.mark.slow
def test_libreoffice_lays_the_word_file_out_in_pages(path, skip_or_fail, tmp_path):
    if not (shutil.which("soffice") and shutil.which("pdfinfo")):
        skip_or_fail(
            "opening the Word file needs LibreOffice: "
            "apt-get install libreoffice-writer-nogui poppler-utils"
        )
    home = (tmp_path / "home").as_uri()
    command = ["soffice", f"-env:UserInstallation={home}", "--headless", "--convert-to", "pdf"]
    subprocess.run(
        [*command, "--outdir", tmp_path, path], check=True, capture_output=True, timeout=240
    )
    pdf = tmp_path / "annual-report.pdf"
    properties = printed("pdfinfo", pdf)
    assert 8 <= int(properties.split("Pages:")[1].split()[0]) <= 24
    assert "A4" in properties
    pages = printed("pdftotext", "-layout", pdf, "-").split("\f")[:-1]
    for number, text in enumerate(pages, 1):
        assert text.rstrip().endswith(f"Page {number} of {len(pages)}")
        assert DRAFT_NOTICE in text
    for font in printed("pdffonts", pdf).splitlines()[2:]:
        assert "SourceSans3" in font or "OpenSymbol" in font  # the latter draws the bullets


def printed(*command: object) -> str:
    """What a command prints."""
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    return result.stdout


def test_missing_pandoc_is_named_with_the_command(render_sample, monkeypatch):
    monkeypatch.setitem(sys.modules, "pypandoc", None)
    with pytest.raises(FormatUnavailable, match="pip install pypandoc-binary"):
        render_sample()


@pytest.mark.parametrize(
    ("limit", "value"), [("document_minutes", 1e-5), ("memory_gigabytes", 0.1)]
)
def test_conversion_that_exceeds_a_limit_is_stopped_and_named(render_sample, limit, value):
    long_text = f"<p>{'a word ' * 300_000}</p>"
    with pytest.raises(Problem) as stopped:
        render_sample(added=long_text, **{limit: value})
    assert stopped.value.kind == Kind.MACHINE
    assert stopped.value.where == "annual-report.docx"
    assert f"run_limits, {limit}" in stopped.value.remedy
