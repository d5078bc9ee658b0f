"""The committee's Word file: the same page through pandoc, then finished so that it reads and prints as a report."""

from __future__ import annotations

import io
import subprocess
from datetime import UTC, datetime, time
from itertools import pairwise

import nbformat
from bs4 import BeautifulSoup, Tag

from pipeline.artifacts import FormatUnavailable
from pipeline.report.fonts import FONT_FAMILY, embed_in_word
from pipeline.report.wording import DRAFT_NOTICE
from pipeline.settings import Settings
from pipeline.system.archives import reproducible_zip
from pipeline.system.temporary import temporary_folder

SOFT_COLOUR, LINE_COLOUR, DRAFT_COLOUR = "4A4A4A", "C8CCD0", "801650"
TEXT_WIDTH_MM, NUMBER_COLUMN_MM = (
    170,
    26,
)  # millimetres: between the margins, and of a column of numbers
LOGO_HEIGHT_MM = 16  # millimetres high, as in the PDF
MAX_COLUMN_LETTERS = 45  # letters of a column of words by which the width is shared
MAX_UNSPLIT_ROWS = 14  # rows of a table that is not split between pages
INK_COLOUR = "1A1A1A"
# Name of the style → points, bold, colour (None: the council's), points before and after.
WORD_STYLES = {
    "Normal": (10, False, INK_COLOUR, 0, 6), "Body Text": (10, False, INK_COLOUR, 0, 6), "First Paragraph": (10, False, INK_COLOUR, 0, 6),
    "Compact": (10, False, INK_COLOUR, 0, 2), "Title": (24, True, None, 0, 6), "Heading 1": (15, True, None, 20, 6),
    "Heading 2": (12, True, INK_COLOUR, 14, 4), "Table Caption": (10, True, INK_COLOUR, 10, 4), "Block Text": (10, False, INK_COLOUR, 6, 2),
    "Subtitle": (12, False, SOFT_COLOUR, 0, 12), "Headline": (11, True, INK_COLOUR, 14, 2), "Chart subtitle": (9, False, SOFT_COLOUR, 2, 6),
    "Small print": (9, False, SOFT_COLOUR, 2, 6), "Table note": (9, False, SOFT_COLOUR, 8, 2), "Quoted from": (9, False, SOFT_COLOUR, 0, 10),
    "Notice": (9, False, INK_COLOUR, 14, 12),
}  # fmt: skip
KEEP_WITH_NEXT_STYLES = (
    "Heading 1",
    "Heading 2",
    "Table Caption",
    "Headline",
    "Chart subtitle",
    "Block Text",
    "Table note",
)
STYLE_OF_CLASS = {"headline": "Headline", "subtitle": "Chart subtitle", "source": "Small print", "shorthand": "Table note",
         "break": "Table note", "period": "Subtitle", "authority": "Subtitle"}  # fmt: skip


def render_word(
    html: str, notebook: nbformat.NotebookNode, settings: Settings, final: bool
) -> bytes:
    """The page as a Word file with the charts as PNG, dated by the data. Raises FormatUnavailable where pandoc is not there."""
    return reproducible_zip(
        _finish_document(
            _convert_with_pandoc(_simplify_for_pandoc(html, _chart_images(notebook))),
            settings,
            final,
        ),
        settings.report.data_as_at,
    )


def _chart_images(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """Alternative text of each chart → its PNG, which lies beside the SVG in the notebook's output."""
    return {
        output.metadata["text/html"]["published"]["alt"]: output.data["image/png"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    }


def _simplify_for_pandoc(html: str, pictures: dict[str, str]) -> str:
    """The page's content in elements that pandoc knows: no navigation of a browser, nothing folded, charts as PNG."""
    page = BeautifulSoup(html, "html.parser")
    for element in page.select(".skip, .draft, style, meta, head title, footer a, .glance figure"):
        element.decompose()
    for image in page.find_all("img"):
        if image.get("alt") in pictures:
            image["src"] = f"data:image/png;base64,{pictures[image['alt']].strip()}"
    for logo in page.select("img.logo"):
        logo["height"] = f"{LOGO_HEIGHT_MM}mm"
    for entries in page.select("ul.glance"):
        entries.replace_with(_glance_as_lines(entries))
    for term in page.select("dl div"):
        term.replace_with(
            _parse_element(
                f"<p><strong>{term.dt.decode_contents()}:</strong> {term.dd.decode_contents()}</p>"
            )
        )
    for table in page.select("table.numbers"):
        for cell in table.select("td, thead th + th"):
            cell["style"] = "text-align:right"
    for number in page.select(".number"):
        number.insert_after(" ")
    for said in page.select("tfoot th, tfoot td"):
        said.append(page.new_tag("strong"))
        said.strong.extend(list(said.contents)[:-1])
    for name, style in STYLE_OF_CLASS.items():
        for element in page.select(f"p.{name}"):
            element.wrap(page.new_tag("div", attrs={"data-custom-style": style}))
    for element in page.select(".quotation figcaption"):
        element.wrap(page.new_tag("div", attrs={"data-custom-style": "Quoted from"}))
    for element in page.select("section.notice"):
        element.h2.decompose()
        element.p.wrap(page.new_tag("div", attrs={"data-custom-style": "Notice"}))
    for summary in page.find_all("summary"):
        summary.decompose()
    for element in page.select(
        "data, time, details, figure, figcaption, .scroll, dl, header, main, footer, .page"
    ):
        element.unwrap()
    heading = page.h1.extract()
    page.body.insert(0, heading)
    return str(page)


def _glance_as_lines(entries: Tag) -> Tag:
    """The year at a glance as lines of text: what, this year's number, last year's."""
    lines = "".join(
        f"<p><strong>{one.select_one('.what').decode_contents()}: {one.select_one('.value').decode_contents()}</strong>"
        + (f" ({before.decode_contents()})" if (before := one.select_one(".before")) else "")
        + "</p>"
        for one in entries.find_all("li")
    )
    return _parse_element(f"<div>{lines}</div>")


def _parse_element(html: str) -> Tag:
    return BeautifulSoup(html, "html.parser").contents[0]


def _convert_with_pandoc(html: str) -> bytes:
    try:
        import pypandoc

        pandoc = pypandoc.get_pandoc_path()
    except (ImportError, OSError):
        raise FormatUnavailable(
            "annual-report.docx was not made, because pandoc is not there. Install it with: pip install pypandoc-binary"
        ) from None
    with temporary_folder() as folder:
        made = folder / "report.docx"
        told = subprocess.run(
            [pandoc, "--from=html", "--to=docx", "--shift-heading-level-by=-1", "--sandbox", f"--output={made}",
             f"--data-dir={folder}"],  # not the user's own reference document
            input=html.encode(), capture_output=True, check=False,
        )  # fmt: skip
        if told.returncode:
            raise AssertionError(f"pandoc: {told.stderr.decode(errors='replace')}")
        return made.read_bytes()


def _finish_document(document: bytes, settings: Settings, final: bool) -> bytes:
    """What pandoc leaves: styles, page size, repeated headings, rows that stay whole, page numbers, language, title, dates."""
    import docx
    from docx.oxml.ns import qn

    word = docx.Document(io.BytesIO(document))
    for picture in word.element.body.iter(qn("pic:cNvPr")):
        picture.set(
            "descr", ""
        )  # pandoc puts the whole picture here once more; what it shows is said on its frame
    _apply_styles(word, settings.council.colour.removeprefix("#"))
    _set_layout(word, settings, final)
    for table in word.tables:
        _finish_table(table)
    about, day = word.core_properties, datetime.combine(settings.report.data_as_at, time(), UTC)
    about.title, about.author, about.language = (
        settings.report.subject,
        settings.council.authority,
        "en-GB",
    )
    about.created = about.modified = day
    about.last_modified_by, about.revision = settings.council.authority, 1
    embed_in_word(word)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _apply_styles(word, brand: str) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn
    from docx.shared import Pt, RGBColor

    for fonts in word.styles.element.iter(qn("w:rFonts")):
        for name in list(fonts.attrib):
            del fonts.attrib[name]
        for name in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{name}"), FONT_FAMILY)
    of_all = word.styles.element.find(".//" + qn("w:rPrDefault") + "/" + qn("w:rPr"))
    for language in of_all.findall(qn("w:lang")):
        of_all.remove(language)
    of_all.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="en-GB"/>'))
    for name, (size, bold, colour, before, after) in WORD_STYLES.items():
        style = (
            word.styles[name]
            if name in word.styles
            else word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        )
        style.font.name, style.font.size, style.font.bold, style.font.italic = (
            FONT_FAMILY,
            Pt(size),
            bold,
            False,
        )
        style.font.color.rgb = RGBColor.from_string(colour or brand)
        layout = style.paragraph_format
        layout.space_before, layout.space_after, layout.line_spacing = Pt(before), Pt(after), 1.25
        layout.keep_with_next = name in KEEP_WITH_NEXT_STYLES
        layout.alignment = 0
    word.styles["Quoted from"].paragraph_format.left_indent = word.styles[
        "Block Text"
    ].paragraph_format.left_indent
    word.styles["Hyperlink"].font.color.rgb = RGBColor.from_string(brand)


def _set_layout(word, settings: Settings, final: bool) -> None:
    """A4, a page number at the foot of each page, and the mark of a draft at its head."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt, RGBColor
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    for section in word.sections:
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(20)
        section.top_margin, section.bottom_margin = Mm(20), Mm(20)
        foot = section.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        for said, field in (("Page ", "PAGE"), (" of ", "NUMPAGES")):
            foot.add_run(said).font.size = Pt(8)
            foot._p.append(_page_field(field, foot.add_run("1")))
        if not final:
            mark = section.header.paragraphs[0]
            mark.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            run = mark.add_run(DRAFT_NOTICE)
            run.font.size, run.font.bold, run.font.color.rgb = (
                Pt(8),
                True,
                RGBColor.from_string(DRAFT_COLOUR),
            )
    for before, after in pairwise(word.iter_inner_content()):
        if isinstance(after, Paragraph) and (
            isinstance(before, Table) or _is_list_end(before, after)
        ):
            after.paragraph_format.space_before = max(
                Pt(8), after.style.paragraph_format.space_before or 0
            )
        if isinstance(before, Paragraph) and before._p.xpath(".//w:drawing"):
            before.paragraph_format.keep_with_next = True  # its source


def _is_list_end(before, after) -> bool:
    return before.style.name == "Compact" and after.style.name != "Compact"


def _page_field(name: str, run):
    """A number that Word fills in, in place of the text of a run."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run.font.size = Pt(8)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    field.append(run._r)
    return field


def _finish_table(table) -> None:
    """A heading row that every page repeats, rows that stay whole, thin lines, and small print."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn
    from docx.shared import Pt

    properties = table._tbl.tblPr
    borders = properties.find(qn("w:tblBorders"))
    if borders is not None:
        properties.remove(borders)
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{LINE_COLOUR}"/>'
        for side in ("top", "bottom", "insideH")
    )
    look = properties.find(qn("w:tblLook"))
    borders = parse_xml(f"<w:tblBorders {nsdecls('w')}>{lines}</w:tblBorders>")
    look.addprevious(borders) if look is not None else properties.append(borders)
    _set_column_widths(table)
    last = len(table.rows) - 1
    for number, row in enumerate(table.rows):
        about = row._tr.get_or_add_trPr()
        if about.find(qn("w:cantSplit")) is None:
            about.insert(0, parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
        if number == 0 and about.find(qn("w:tblHeader")) is None:
            about.append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = (
                    Pt(2)
                )
                paragraph.paragraph_format.keep_with_next = number == 0 or (
                    number < last < MAX_UNSPLIT_ROWS
                )
                for run in paragraph.runs:
                    run.font.size, run.font.bold = Pt(9), number == 0 or run.font.bold


def _set_column_widths(table) -> None:
    """The width of the page: as much as a column of numbers needs, and what is left to the words, by how many there are."""
    from docx.oxml.ns import qn
    from docx.shared import Mm

    rows = [row.cells for row in table.rows]
    is_number = [cell.paragraphs[0].alignment == 2 for cell in rows[0]]  # to the right
    narrow = min(NUMBER_COLUMN_MM, 100 // max(sum(is_number), 1))
    longest = [
        min(max(len(cell.text) for cell in column), MAX_COLUMN_LETTERS)
        for column in zip(*rows, strict=True)
    ]
    letters = sum(length for length, number in zip(longest, is_number, strict=True) if not number)
    left = TEXT_WIDTH_MM - sum(is_number) * narrow
    widths = [
        Mm(narrow if number else left * length / letters)
        for length, number in zip(longest, is_number, strict=True)
    ]
    table.autofit = False
    for column, width in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(width.twips))
    for row in rows:
        for cell, width in zip(row, widths, strict=True):
            cell.width = width
