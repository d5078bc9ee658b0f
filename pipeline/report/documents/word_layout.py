"""The layout that pandoc does not do in a Word file: styles, pages, tables, metadata, the font."""

from __future__ import annotations

import io
from datetime import UTC, datetime, time
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.report.fonts import FONT_FAMILY, embed_in_word
from pipeline.report.wording import DRAFT_NOTICE
from pipeline.settings import Settings

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.section import Section
    from docx.styles.style import ParagraphStyle
    from docx.table import Table, _Row
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

SOFT_COLOUR = "4A4A4A"
LINE_COLOUR = "C8CCD0"
DRAFT_COLOUR = "801650"
INK_COLOUR = "1A1A1A"
PAGE_WIDTH_MM = 210
PAGE_HEIGHT_MM = 297
MARGIN_MM = 20
TEXT_WIDTH_MM = PAGE_WIDTH_MM - 2 * MARGIN_MM
NUMBER_COLUMN_MM = 26
NUMBER_COLUMNS_MM = 100  # all columns of numbers together, at most
MAX_COLUMN_LETTERS = 45  # a column with more letters is no wider
MAX_UNSPLIT_ROWS = 14  # a table of at most so many rows stays on one page
# fmt: off
# Name of the style → points, bold, colour (None: the council's), points before and after.
WORD_STYLES = {
    "Normal": (10, False, INK_COLOUR, 0, 6),
    "Body Text": (10, False, INK_COLOUR, 0, 6),
    "First Paragraph": (10, False, INK_COLOUR, 0, 6),
    "Compact": (10, False, INK_COLOUR, 0, 2),
    "Title": (24, True, None, 0, 6),
    "Heading 1": (15, True, None, 20, 6),
    "Heading 2": (12, True, INK_COLOUR, 14, 4),
    "Table Caption": (10, True, INK_COLOUR, 10, 4),
    "Block Text": (10, False, INK_COLOUR, 6, 2),
    "Subtitle": (12, False, SOFT_COLOUR, 0, 12),
    "Headline": (11, True, INK_COLOUR, 14, 2),
    "Chart subtitle": (9, False, SOFT_COLOUR, 2, 6),
    "Small print": (9, False, SOFT_COLOUR, 2, 6),
    "Table note": (9, False, SOFT_COLOUR, 8, 2),
    "Quoted from": (9, False, SOFT_COLOUR, 0, 10),
    "Notice": (9, False, INK_COLOUR, 14, 12),
}
KEEP_WITH_NEXT_STYLES = (
    "Heading 1", "Heading 2", "Table Caption", "Headline", "Chart subtitle", "Block Text",
    "Table note",
)
# fmt: on


def finish_document(document: bytes, settings: Settings, final: bool) -> bytes:
    """pandoc's Word file with the report's styles, page layout, tables, metadata and font.

    final: False marks every page as a draft.
    """
    import docx
    from docx.oxml.ns import qn

    word = docx.Document(io.BytesIO(document))
    for picture in word.element.body.iter(qn("pic:cNvPr")):
        # pandoc repeats the whole address of the picture here; its frame holds the description.
        picture.set("descr", "")
    _apply_styles(word, settings.council.colour.removeprefix("#"))
    for section in word.sections:
        _set_page(section, final)
    _space_blocks(word)
    for table in word.tables:
        _finish_table(table)
    _set_metadata(word, settings)
    embed_in_word(word)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _set_metadata(word: Document, settings: Settings) -> None:
    data_day = datetime.combine(settings.report.data_as_at, time(), UTC)
    properties = word.core_properties
    properties.title = settings.report.subject
    properties.author = settings.council.authority
    properties.language = "en-GB"
    properties.created = data_day
    properties.modified = data_day
    properties.last_modified_by = settings.council.authority
    properties.revision = 1


def _apply_styles(word: Document, brand_colour: str) -> None:
    """Set the font, the language and the report's styles.

    brand_colour: the council's, as six hexadecimal digits.
    """
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    for fonts in word.styles.element.iter(qn("w:rFonts")):
        fonts.attrib.clear()
        for name in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{name}"), FONT_FAMILY)
    _set_language(word)
    for name, (size, bold, colour, space_before, space_after) in WORD_STYLES.items():
        if name in word.styles:
            style = word.styles[name]
        else:
            style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.font.name = FONT_FAMILY
        style.font.size = Pt(size)
        style.font.bold = bold
        style.font.italic = False
        style.font.color.rgb = RGBColor.from_string(colour or brand_colour)
        paragraphs = style.paragraph_format
        paragraphs.space_before = Pt(space_before)
        paragraphs.space_after = Pt(space_after)
        paragraphs.line_spacing = 1.25
        paragraphs.keep_with_next = name in KEEP_WITH_NEXT_STYLES
        paragraphs.alignment = WD_ALIGN_PARAGRAPH.LEFT
    quotation = word.styles["Block Text"].paragraph_format
    word.styles["Quoted from"].paragraph_format.left_indent = quotation.left_indent
    word.styles["Hyperlink"].font.color.rgb = RGBColor.from_string(brand_colour)


def _set_language(word: Document) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn

    defaults = word.styles.element.find(".//" + qn("w:rPrDefault") + "/" + qn("w:rPr"))
    for language in defaults.findall(qn("w:lang")):
        defaults.remove(language)
    defaults.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="en-GB"/>'))


def _set_page(section: Section, final: bool) -> None:
    """A4, a page number at the foot of each page, and the draft notice at its head."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt, RGBColor

    section.page_width = Mm(PAGE_WIDTH_MM)
    section.page_height = Mm(PAGE_HEIGHT_MM)
    section.left_margin = Mm(MARGIN_MM)
    section.right_margin = Mm(MARGIN_MM)
    section.top_margin = Mm(MARGIN_MM)
    section.bottom_margin = Mm(MARGIN_MM)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for label, field in (("Page ", "PAGE"), (" of ", "NUMPAGES")):
        foot.add_run(label).font.size = Pt(8)
        foot._p.append(_page_field(field, foot.add_run("1")))
    if not final:
        head = section.header.paragraphs[0]
        head.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        notice = head.add_run(DRAFT_NOTICE)
        notice.font.size = Pt(8)
        notice.font.bold = True
        notice.font.color.rgb = RGBColor.from_string(DRAFT_COLOUR)


def _page_field(name: str, run: Run) -> BaseOxmlElement:
    """A number that Word fills in, in place of the text of a run."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run.font.size = Pt(8)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    field.append(run._r)
    return field


def _space_blocks(word: Document) -> None:
    """Leave space after tables and lists, and keep a drawing on the page of its source."""
    from docx.shared import Pt
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    for block, next_block in pairwise(word.iter_inner_content()):
        if isinstance(next_block, Paragraph) and (
            isinstance(block, Table) or _is_list_end(block, next_block)
        ):
            layout = next_block.paragraph_format
            layout.space_before = max(
                Pt(8), _style_of(next_block).paragraph_format.space_before or 0
            )
        if isinstance(block, Paragraph) and block._p.xpath(".//w:drawing"):
            block.paragraph_format.keep_with_next = True


def _is_list_end(block: Paragraph, next_block: Paragraph) -> bool:
    is_item: bool = _style_of(block).name == "Compact"
    next_is_item: bool = _style_of(next_block).name == "Compact"
    return is_item and not next_is_item


def _style_of(paragraph: Paragraph) -> ParagraphStyle:
    style = paragraph.style
    assert style is not None  # pandoc gives one to each paragraph
    return style


def _finish_table(table: Table) -> None:
    """A heading row that every page repeats, rows that stay whole, thin lines, and small print."""
    from docx.shared import Pt

    _draw_lines(table)
    _set_column_widths(table)
    last = len(table.rows) - 1
    for number, row in enumerate(table.rows):
        is_heading = number == 0
        stays_with_next = is_heading or number < last < MAX_UNSPLIT_ROWS
        _set_row_properties(row, is_heading)
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_before = Pt(2)
                paragraph.paragraph_format.space_after = Pt(2)
                paragraph.paragraph_format.keep_with_next = stays_with_next
                for run in paragraph.runs:
                    run.font.size = Pt(9)
                    run.font.bold = is_heading or run.font.bold


def _draw_lines(table: Table) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn

    properties = table._tbl.tblPr
    borders = properties.find(qn("w:tblBorders"))
    if borders is not None:
        properties.remove(borders)
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{LINE_COLOUR}"/>'
        for side in ("top", "bottom", "insideH")
    )
    borders = parse_xml(f"<w:tblBorders {nsdecls('w')}>{lines}</w:tblBorders>")
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(borders)
    else:
        look.addprevious(borders)  # Word insists on the schema's order


def _set_row_properties(row: _Row, is_heading: bool) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn

    properties = row._tr.get_or_add_trPr()
    if properties.find(qn("w:cantSplit")) is None:
        properties.insert(0, parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
    if is_heading and properties.find(qn("w:tblHeader")) is None:
        properties.append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))


def _set_column_widths(table: Table) -> None:
    """Give columns of numbers what they need, and share the rest by the length of the words."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Mm

    rows = [row.cells for row in table.rows]
    has_numbers = [cell.paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.RIGHT for cell in rows[0]]
    number_width = min(NUMBER_COLUMN_MM, NUMBER_COLUMNS_MM // max(sum(has_numbers), 1))
    words_width = TEXT_WIDTH_MM - sum(has_numbers) * number_width
    letters = [
        min(max(len(cell.text) for cell in column), MAX_COLUMN_LETTERS)
        for column in zip(*rows, strict=True)
    ]
    columns = list(zip(letters, has_numbers, strict=True))
    all_letters = sum(length for length, is_number in columns if not is_number)
    widths = [
        Mm(number_width if is_number else words_width * length / all_letters)
        for length, is_number in columns
    ]
    table.autofit = False
    for column, width in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(width.twips))
    for cells in rows:
        for cell, width in zip(cells, widths, strict=True):
            cell.width = width
