"""The layout that pandoc does not do in a Word file: styles, pages, tables, metadata, the font."""

from __future__ import annotations

import io
from datetime import UTC, datetime, time
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.report.documents.word_tables import finish_table
from pipeline.report.fonts import FONT_FAMILY, embed_in_word
from pipeline.report.wording import draft_notice, year_name
from pipeline.settings import Settings

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.section import Section
    from docx.styles.style import ParagraphStyle
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

SOFT_COLOUR = "4A4A4A"
DRAFT_COLOUR = "801650"
INK_COLOUR = "1A1A1A"
CONTENTS_LEVELS = 2
LINE_SPACING = 1.08  # of the font's own lines, as in the PDF
CONTENTS_INDENT_MM = 6  # of each level
PAGE_WIDTH_MM = 210
PAGE_HEIGHT_MM = 297
SIDE_MARGIN_MM = 22
MARGIN_MM = 16  # at the head and the foot
TEXT_WIDTH_MM = PAGE_WIDTH_MM - 2 * SIDE_MARGIN_MM
# fmt: off
# Name of the style → points, bold, colour (None: the council's), points before and after.
WORD_STYLES = {
    "Normal": (10.5, False, INK_COLOUR, 0, 5),
    "Body Text": (10.5, False, INK_COLOUR, 0, 5),
    "First Paragraph": (10.5, False, INK_COLOUR, 0, 5),
    "Compact": (10.5, False, INK_COLOUR, 0, 1),
    "Title": (17, True, None, 0, 3),
    "Heading 1": (16, True, None, 12, 4),
    "Heading 2": (11.5, True, INK_COLOUR, 10, 3),
    "Heading 3": (10.5, True, INK_COLOUR, 8, 3),
    "TOC Heading": (12, True, INK_COLOUR, 14, 4),
    "TOC 1": (10, False, INK_COLOUR, 2, 0),
    "TOC 2": (10, False, INK_COLOUR, 0, 0),
    "Table Caption": (10, True, INK_COLOUR, 7, 2),
    "Block Text": (10.5, False, INK_COLOUR, 4, 0),
    "Subtitle": (11, False, SOFT_COLOUR, 0, 2),
    "Headline": (11, True, INK_COLOUR, 10, 1),
    "Chart subtitle": (9.5, False, SOFT_COLOUR, 0, 4),
    "Small print": (9, False, SOFT_COLOUR, 2, 6),
    "Table note": (9, False, SOFT_COLOUR, 4, 4),
    "Quoted from": (9.5, False, SOFT_COLOUR, 0, 6),
    "Notice": (9, False, SOFT_COLOUR, 4, 3),
}
CHART_SOURCE_STYLE = "Small print"
KEEP_WITH_NEXT_STYLES = (
    "Heading 1", "Heading 2", "Heading 3", "TOC Heading", "Table Caption", "Headline",
    "Chart subtitle", "Block Text",
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
        _set_page(section, "" if final else draft_notice(settings))
    _space_blocks(word)
    for table in word.tables:
        finish_table(table, TEXT_WIDTH_MM)
    _keep_notes_with_tables(word)
    _make_contents_field(word)
    _set_metadata(word, settings)
    embed_in_word(word)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _set_metadata(word: Document, settings: Settings) -> None:
    data_day = datetime.combine(settings.report.data_as_at, time(), UTC)
    properties = word.core_properties
    name = year_name(settings.year, settings.council.year_style)
    properties.title = f"{settings.report.subject}, {name}"
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
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

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
        for spacing in style.element.rPr.findall(qn("w:spacing")):
            style.element.rPr.remove(spacing)  # pandoc spaces out the letters of subtitles
        style.font.color.rgb = RGBColor.from_string(colour or brand_colour)
        paragraphs = style.paragraph_format
        paragraphs.space_before = Pt(space_before)
        paragraphs.space_after = Pt(space_after)
        paragraphs.line_spacing = LINE_SPACING
        paragraphs.keep_with_next = name in KEEP_WITH_NEXT_STYLES
        paragraphs.alignment = WD_ALIGN_PARAGRAPH.LEFT
    for level in range(1, CONTENTS_LEVELS + 1):
        layout = word.styles[f"TOC {level}"].paragraph_format
        layout.left_indent = Mm((level - 1) * CONTENTS_INDENT_MM)
        layout.tab_stops.add_tab_stop(Mm(TEXT_WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT)
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


def _set_page(section: Section, notice_text: str) -> None:
    """A4, a page number at the foot of each page, and the draft notice at its head."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt, RGBColor

    section.page_width = Mm(PAGE_WIDTH_MM)
    section.page_height = Mm(PAGE_HEIGHT_MM)
    section.left_margin = Mm(SIDE_MARGIN_MM)
    section.right_margin = Mm(SIDE_MARGIN_MM)
    section.top_margin = Mm(MARGIN_MM)
    section.bottom_margin = Mm(MARGIN_MM)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for label, field in (("Page ", "PAGE"), (" of ", "NUMPAGES")):
        foot.add_run(label).font.size = Pt(8)
        foot._p.append(_page_field(field, foot.add_run("1")))
    if notice_text:
        head = section.header.paragraphs[0]
        head.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        notice = head.add_run(notice_text)
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
    """Leave space after tables and lists, and keep a drawing on the page of its source.

    The line before a table stays with its caption, so that no section starts without its table. A
    chart above has been seen by then, and would leave a page half empty if it moved as well.
    """
    from docx.shared import Pt
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    for block, next_block in pairwise(word.iter_inner_content()):
        if isinstance(next_block, Paragraph) and (
            isinstance(block, Table) or _is_list_end(block, next_block)
        ):
            style = _style_of(next_block)
            if style.name != "Table note":
                space_before = max(Pt(8), style.paragraph_format.space_before or 0)
                next_block.paragraph_format.space_before = space_before
        if isinstance(block, Paragraph) and isinstance(next_block, Paragraph):
            has_drawing = bool(block._p.xpath(".//w:drawing"))
            begins_table = _style_of(next_block).name == "Table Caption"
            if has_drawing or (begins_table and _style_of(block).name != CHART_SOURCE_STYLE):
                block.paragraph_format.keep_with_next = True


def _keep_notes_with_tables(word: Document) -> None:
    """Keep the last row of a table on the page of the notes below it, and these together."""
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    for block, next_block in pairwise(word.iter_inner_content()):
        if isinstance(next_block, Paragraph) and _style_of(next_block).name == "Table note":
            if isinstance(block, Table):
                paragraphs = [line for cell in block.rows[-1].cells for line in cell.paragraphs]
            else:
                paragraphs = [block] if _style_of(block).name == "Table note" else []
            for paragraph in paragraphs:
                paragraph.paragraph_format.keep_with_next = True


def _is_list_end(block: Paragraph, next_block: Paragraph) -> bool:
    is_item: bool = _style_of(block).name == "Compact"
    next_is_item: bool = _style_of(next_block).name == "Compact"
    return is_item and not next_is_item


def _style_of(paragraph: Paragraph) -> ParagraphStyle:
    style = paragraph.style
    assert style is not None  # pandoc gives one to each paragraph
    return style


def _make_contents_field(word: Document) -> None:
    """Turn pandoc's list of links into a field that Word updates, with its entries filled in.

    They have no numbers of pages, which only Word knows: it adds them when the field is updated.
    """
    styles = [f"TOC {level}" for level in range(1, CONTENTS_LEVELS + 1)]
    entries = [block for block in word.paragraphs if _style_of(block).name in styles]
    if not entries:
        return
    for entry in entries:
        for run in entry.hyperlinks[0].runs:
            run.style = None
    instruction = f' TOC \\o "1-{CONTENTS_LEVELS}" \\h \\z \\u '
    for position, run in enumerate(_field_start(instruction)):
        entries[0]._p.insert(1 + position, run)  # after the properties of the paragraph
    entries[-1]._p.append(_field_character("end"))


def _field_start(instruction: str) -> list[BaseOxmlElement]:
    """The runs at the start of a field, in front of what it shows until it is updated."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    code = OxmlElement("w:instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = instruction
    run = OxmlElement("w:r")
    run.append(code)
    return [_field_character("begin"), run, _field_character("separate")]


def _field_character(kind: str) -> BaseOxmlElement:
    """A run with the mark at which a field begins, shows its result, or ends."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    run = OxmlElement("w:r")
    run.append(mark)
    return run
