"""The worksheets of an .xlsx file in the open format, .ods."""

from __future__ import annotations

import io
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from pipeline.settings import Settings

if TYPE_CHECKING:
    from odfdo import Document, Element
    from openpyxl.cell import Cell as WorkbookCell
    from openpyxl.worksheet.worksheet import Worksheet

CM_PER_CHARACTER = 0.2
MAX_COLUMN_CM = 18
BOLD = '<style:text-properties fo:font-weight="bold"/>'
LANDSCAPE = (
    '<style:page-layout style:name="landscape"><style:page-layout-properties'
    ' fo:page-width="29.7cm" fo:page-height="21cm" style:print-orientation="landscape"'
    ' fo:margin="1.5cm" style:scale-to-X="1" style:scale-to-Y="0"/></style:page-layout>'
)
MASTER_PAGE = '<style:master-page style:name="Landscape" style:page-layout-name="landscape"/>'
RIGHT_ALIGNED = '<style:paragraph-properties fo:text-align="end"/>'
WRAPPED = '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/>'


def convert_to_ods(workbook: bytes, settings: Settings) -> bytes:
    """The same worksheets in the open format, with the same widths, bold headings and wrapping."""
    import openpyxl
    from odfdo import Document

    document = Document("spreadsheet")
    document.body.clear()
    document.insert_style(LANDSCAPE, automatic=True)
    document.insert_style(MASTER_PAGE)
    parts = _OdsParts(document)
    for sheet in openpyxl.load_workbook(io.BytesIO(workbook)):
        document.body.append(_ods_table(sheet, parts))
    _set_ods_metadata(document, settings)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


class _OdsParts:
    """The styles of an .ods document, each inserted when it is first used, and its cells' XML."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._names: dict[tuple[str, str], str] = {}
        self._cells: dict[tuple[type, Any, str], str] = {}

    def name_of(self, family: str, properties: str, master_page: str = "") -> str:
        """The name of the style with these properties, given as XML.

        master_page: the name of the page layout of a table.
        """
        key = (family, properties)
        if key not in self._names:
            name = f"own{len(self._names) + 1}"
            attributes = f'style:name="{name}" style:family="{family}"'
            if master_page:
                attributes += f' style:master-page-name="{master_page}"'
            xml = f"<style:style {attributes}>{properties}</style:style>"
            self._names[key] = self._document.insert_style(xml, automatic=True)
        return self._names[key]

    def cell_xml(self, value: Any, properties: str) -> str:
        """The XML of a cell; that of equal cells is made once, because the library takes long."""
        from odfdo import Cell

        key = (type(value), value, properties)
        if key not in self._cells:
            style = self.name_of("table-cell", properties) if properties else None
            self._cells[key] = Cell(value, style=style).serialize()
        return self._cells[key]


def _ods_table(sheet: Worksheet, parts: _OdsParts) -> Element:
    from odfdo import Element, Table

    table = Table(sheet.title, style=parts.name_of("table", "", "Landscape")).serialize()
    # openpyxl describes neighbours of one width once, by the first of them.
    widths = {
        column: dimension.width
        for dimension in sheet.column_dimensions.values()
        for column in range(dimension.min, dimension.max + 1)
    }
    contents = [_column_xml(widths[column], parts) for column in range(1, sheet.max_column + 1)]
    for cells in sheet.iter_rows():
        # Text alone in its row, above a table, runs on to the right, as in the workbook.
        is_wrapped = sum(cell.value is not None for cell in cells) > 1 or sheet.max_column == 1
        row = "".join(
            parts.cell_xml(cell.value, _cell_properties(cell, is_wrapped)) for cell in cells
        )
        row = f"<table:table-row>{row}</table:table-row>"
        if f"${cells[0].row}:${cells[0].row}" == sheet.print_title_rows:
            row = f"<table:table-header-rows>{row}</table:table-header-rows>"
        contents.append(row)
    assert table.endswith("/>"), table
    # The library parses XML once for each element that it is given.
    return Element.from_tag(f"{table[:-2]}>{''.join(contents)}</table:table>")


def _column_xml(characters: float, parts: _OdsParts) -> str:
    """A column as wide as so many characters."""
    from odfdo import Column

    width = min(characters * CM_PER_CHARACTER, MAX_COLUMN_CM)
    properties = f'<style:table-column-properties style:column-width="{width:.1f}cm"/>'
    return Column(style=parts.name_of("table-column", properties)).serialize()


def _cell_properties(cell: WorkbookCell, is_wrapped: bool) -> str:
    properties = WRAPPED if is_wrapped else ""
    if cell.alignment.horizontal == "right":
        properties += RIGHT_ALIGNED
    return properties + (BOLD if cell.font.b else "")


def _set_ods_metadata(document: Document, settings: Settings) -> None:
    data_day = datetime.combine(settings.report.data_as_at, time())
    metadata = document.meta
    metadata.title = settings.report.subject
    metadata.language = "en-GB"
    metadata.creation_date = data_day
    metadata.date = data_day
    metadata.initial_creator = settings.council.authority
    metadata.creator = settings.council.authority
    metadata.generator = "annual-report"
    metadata.editing_cycles = 1
