"""The layout of tables that pandoc does not do in a Word file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docx.table import Table, _Row

LINE_COLOUR = "C8CCD0"
NUMBER_COLUMN_MM = 24
NUMBER_COLUMNS_MM = 115  # all columns of numbers together, at most: a year stays on one line
MAX_COLUMN_LETTERS = 45  # a column with more letters is no wider
CELL_MARGINS_MM = 4.5
LETTER_MM = 1.9  # of a word in the type of tables
MAX_UNSPLIT_LETTERS = len("30 September 2022")  # of a text that stays on one line
MAX_UNSPLIT_ROWS = 14  # a table of at most so many rows stays on one page
FIRST_COLUMN_FLAG = 0x0080  # in the value of w:tblLook


def finish_table(table: Table, text_width_mm: float) -> None:
    """A heading row that every page repeats, rows that stay whole, thin lines, and small print.

    Screen readers get the headings of the rows: the first column.
    """
    from docx.shared import Pt

    _draw_lines(table)
    _set_column_widths(table, text_width_mm)
    has_heading_row = _mark_headings(table)
    last = len(table.rows) - 1
    for number, row in enumerate(table.rows):
        is_heading = has_heading_row and number == 0
        stays_with_next = is_heading or _is_group(row) or number < last < MAX_UNSPLIT_ROWS
        _set_row_properties(row, is_heading)
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_before = Pt(1.5)
                paragraph.paragraph_format.space_after = Pt(1.5)
                paragraph.paragraph_format.keep_with_next = stays_with_next
                for run in paragraph.runs:
                    run.font.size = Pt(9.5)
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


def _is_group(row: _Row) -> bool:
    """Whether a row is the heading of a group of rows: one cell over all columns."""
    return len(row.cells) > 1 and row.cells[0]._tc is row.cells[-1]._tc


def _set_row_properties(row: _Row, is_heading: bool) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn

    properties = row._tr.get_or_add_trPr()
    if properties.find(qn("w:cantSplit")) is None:
        properties.insert(0, parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
    if is_heading and properties.find(qn("w:tblHeader")) is None:
        properties.append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))


def _mark_headings(table: Table) -> bool:
    """Say that the first column has the headings of the rows; whether there is a heading row."""
    from docx.oxml.ns import qn

    look = table._tbl.tblPr.find(qn("w:tblLook"))
    look.set(qn("w:firstColumn"), "1")
    flags = int(look.get(qn("w:val")), 16) | FIRST_COLUMN_FLAG
    look.set(qn("w:val"), f"{flags:04X}")
    return bool(look.get(qn("w:firstRow")) == "1")


def _set_column_widths(table: Table, text_width_mm: float) -> None:
    """Give columns of numbers what they need, and share the rest by the length of the words."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Mm

    rows = [row.cells for row in table.rows if not _is_group(row)]
    has_numbers = [cell.paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.RIGHT for cell in rows[0]]
    number_width = min(NUMBER_COLUMN_MM, NUMBER_COLUMNS_MM // max(sum(has_numbers), 1))
    words_width = text_width_mm - sum(has_numbers) * number_width
    columns = zip(zip(*rows, strict=True), has_numbers, strict=True)
    texts = [[cell.text for cell in column] for column, is_number in columns if not is_number]
    shares = iter(_share_width(words_width, texts))
    widths = [Mm(number_width if is_number else next(shares)) for is_number in has_numbers]
    table.autofit = False
    for column, width in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(width.twips))
    for cells in rows:
        for cell, width in zip(cells, widths, strict=True):
            cell.width = width


def _share_width(width_mm: float, columns: list[list[str]]) -> list[float]:
    """The width of each column of words: what it needs, and a share of what is left.

    It needs that of its longest word, or of a whole text as short as a date.

    columns: the texts of the cells of each.
    """
    words = [
        max((len(piece) for text in column for piece in _whole_pieces(text)), default=0)
        for column in columns
    ]
    least = [CELL_MARGINS_MM + LETTER_MM * longest for longest in words]
    letters = [min(max(map(len, column)), MAX_COLUMN_LETTERS) for column in columns]
    spare = [max(length - longest, 1) for length, longest in zip(letters, words, strict=True)]
    scale = min(width_mm / sum(least), 1)  # below 1 only for words wider than the page
    rest = (width_mm - scale * sum(least)) / sum(spare)
    return [scale * low + rest * more for low, more in zip(least, spare, strict=True)]


def _whole_pieces(text: str) -> list[str]:
    return [text] if len(text) <= MAX_UNSPLIT_LETTERS else text.split()
