"""The marks of the sheets of an OpenDocument workbook, from its XML."""

from __future__ import annotations

import zipfile
from xml.parsers import expat

from pipeline.validate.reading.layout.sheet_marks import (
    NO_RESULT,
    Area,
    SheetMarks,
    is_error_text,
    occurs_in,
)

# Without any of these a workbook has no marks, and is not parsed a second time.
# fmt: off
MARKS = (
    b"formula", b'"error"', b"'error'", b'"collapse"', b"'collapse'", b'"filter"', b"'filter'",
    b'"false"', b"'false'", b"-spanned",
)
# fmt: on
HIDDEN = ("collapse", "filter")
VALUES = {"value", "date-value", "time-value", "boolean-value", "string-value"}
CELLS = ("table-cell", "covered-table-cell")


def ods_marks(path: str) -> dict[str, SheetMarks]:
    """The marks of each sheet by its name."""
    with zipfile.ZipFile(path) as archive:
        with archive.open("content.xml") as content:
            if not occurs_in(content, MARKS):
                return {}
        book = _BookParser()
        with archive.open("content.xml") as content:
            book.parser.ParseFile(content)
    return book.sheets


class _BookParser:
    """Reads the marks while the XML of a workbook passes by."""

    def __init__(self) -> None:
        self.sheets: dict[str, SheetMarks] = {}
        self.marks = SheetMarks()
        self.next_row = 0
        self.next_column = 0
        self.row_count = 1
        self.hidden_groups: list[bool] = []
        self.cell: Area | None = None
        self.default_text = ""
        self.text: list[str] | None = None
        self.annotation_depth = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name in CELLS:
            self.start_cell(attributes)
        elif name == "annotation":
            self.annotation_depth += 1
        elif name.startswith("table"):
            named = {key.rpartition(":")[2]: text for key, text in attributes.items()}
            self.start_part(name, named)

    def start_part(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a sheet, a group, a row or a column."""
        match name:
            case "table":
                self.marks = self.sheets.setdefault(attributes.get("name", ""), SheetMarks())
                self.next_row = self.next_column = 0
            case "table-row-group" | "table-column-group":
                self.hidden_groups.append(attributes.get("display") == "false")
            case "table-row":
                self.row_count = int(attributes.get("number-rows-repeated", 1))
                self.next_column = 0
                if self.is_hidden(attributes):
                    last_row = self.next_row + self.row_count - 1
                    self.marks.hidden_rows.append((self.next_row, last_row))
            case "table-column":
                count = int(attributes.get("number-columns-repeated", 1))
                if self.is_hidden(attributes):
                    span = (self.next_column, self.next_column + count - 1)
                    self.marks.hidden_columns.append(span)
                self.next_column += count

    def is_hidden(self, attributes: dict[str, str]) -> bool:
        return attributes.get("visibility") in HIDDEN or any(self.hidden_groups)

    def start_cell(self, attributes: dict[str, str]) -> None:
        # LibreOffice says "error"; older programs store 0 and show the error.
        is_error = attributes.get("calcext:value-type") == "error"
        attributes = {key.rpartition(":")[2]: text for key, text in attributes.items()}
        count = int(attributes.get("number-columns-repeated", 1))
        last_row = self.next_row + self.row_count - 1
        area = Area(self.next_row, last_row, self.next_column, self.next_column + count - 1)
        self.next_column += count
        rows = int(attributes.get("number-rows-spanned", 1))
        columns = int(attributes.get("number-columns-spanned", 1))
        if rows > 1 or columns > 1:
            last_column = area.first_column + columns - 1
            merged = Area(area.first_row, area.first_row + rows - 1, area.first_column, last_column)
            self.marks.merged.append(merged)
        if "formula" in attributes or is_error:
            self.cell = area
            self.default_text = "#ERROR" if is_error else ""
            if not is_error and VALUES.isdisjoint(attributes):
                self.default_text = "" if attributes.get("value-type") == "string" else NO_RESULT
            self.text = []

    def characters(self, text: str) -> None:
        if self.text is not None and not self.annotation_depth:
            self.text.append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in CELLS and self.cell is not None:
            display = "".join(self.text or []).strip()
            if is_error_text(display):
                self.marks.errors.append((self.cell, display))
            elif self.default_text and (not display or self.default_text != NO_RESULT):
                self.marks.errors.append((self.cell, self.default_text))
            self.cell = None
            self.text = None
        elif name == "annotation":
            self.annotation_depth -= 1
        elif name == "table-row":
            self.next_row += self.row_count
        elif name in ("table-row-group", "table-column-group"):
            self.hidden_groups.pop()
