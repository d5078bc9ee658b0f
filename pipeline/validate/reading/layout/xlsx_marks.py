"""The marks of the sheets of an .xlsx workbook, from its XML."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from xml.etree import ElementTree
from xml.parsers import expat

from pipeline.validate.reading.layout.sheet_marks import NO_RESULT, Area, SheetMarks, occurs_in

# Without any of these a sheet has no marks, and is not parsed a second time.
# fmt: off
MARKS = (
    b'"e"', b"'e'", b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/", b"hidden", b' ht="0', b" ht='0",
    b"mergeCell",
)
# fmt: on
_ERROR_CELL = re.compile(
    rb"""(<(?:\w+:)?c\b[^>]*\bt\s*=\s*["']e["'][^>]*>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>)[^<]*""",
    re.DOTALL,
)
_CELL_NAME = re.compile(r"\$?([A-Za-z]+)\$?(\d+)")
TRUE = ("1", "true")


def xlsx_marks(path: str) -> dict[str, SheetMarks]:
    """The marks of each worksheet by its name."""
    with zipfile.ZipFile(path) as archive:
        parts, is_recalculated = _sheet_parts(archive)
        return {
            name: _read_sheet(archive, part, is_recalculated)
            for name, part in parts.items()
            if part in archive.namelist()
        }


def without_unknown_errors(path: str) -> bytes:
    """The workbook with #N/A in each error cell, for a reader that knows only the old errors."""
    output = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(output, "w") as changed:
        for part in archive.namelist():
            content = archive.read(part)
            if part.endswith(".xml"):
                content = _ERROR_CELL.sub(rb"\g<1>#N/A", content)
            changed.writestr(part, content)
    return output.getvalue()


def _sheet_parts(archive: zipfile.ZipFile) -> tuple[dict[str, str], bool]:
    """The part of each sheet by its name, and whether formulas wait to be calculated."""
    targets: dict[str, str] = {}
    package = _root(archive, "_rels/.rels")
    workbook_part = "xl/workbook.xml"
    for relation in package:
        if relation.get("Type", "").endswith("/officeDocument"):
            workbook_part = relation.get("Target", "").lstrip("/")
    folder, name = posixpath.split(workbook_part)
    for relation in _root(archive, f"{folder}/_rels/{name}.rels"):
        target = relation.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
        targets[relation.get("Id", "")] = posixpath.normpath(path)
    parts: dict[str, str] = {}
    is_recalculated = False
    for element in _root(archive, workbook_part).iter():
        match _local(element.tag):
            case "sheet":
                relation_id = next(
                    (value for key, value in element.attrib.items() if _local(key) == "id"), ""
                )
                parts[element.get("name", "")] = targets.get(relation_id, "")
            case "calcPr":
                is_recalculated = element.get("fullCalcOnLoad", "") in TRUE
    return parts, is_recalculated


def _root(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    return ElementTree.fromstring(archive.read(part))


def _local(name: str) -> str:
    return name.rpartition("}")[2].rpartition(":")[2]


def _read_sheet(archive: zipfile.ZipFile, part: str, is_recalculated: bool) -> SheetMarks:
    with archive.open(part) as content:
        if not occurs_in(content, MARKS):
            return SheetMarks()
    sheet = _SheetParser(is_recalculated)
    with archive.open(part) as content:
        sheet.parser.ParseFile(content)
    return sheet.marks


class _SheetParser:
    """Reads the marks while the XML of a sheet passes by."""

    def __init__(self, is_recalculated: bool) -> None:
        self.marks = SheetMarks()
        self.is_recalculated = is_recalculated
        self.row = -1
        self.column = -1
        self.cell_type = ""
        self.has_formula = False
        self.has_value = False
        self.text: list[str] | None = None
        self.value = ""
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match tag.rpartition(":")[2]:
            case "c":
                self.start_cell(attributes)
            case "f":
                self.has_formula = True
            case "v":
                self.has_value = True
                self.text = []
            case "row":
                self.row = int(attributes.get("r", self.row + 2)) - 1
                self.column = -1
                if attributes.get("hidden") in TRUE or _is_zero(attributes.get("ht")):
                    self.marks.hidden_rows.append((self.row, self.row))
            case "col":
                if attributes.get("hidden") in TRUE or _is_zero(attributes.get("width")):
                    span = (int(attributes["min"]) - 1, int(attributes["max"]) - 1)
                    self.marks.hidden_columns.append(span)
            case "mergeCell":
                first, _, last = attributes.get("ref", "").partition(":")
                (first_row, first_column), (last_row, last_column) = _place(first), _place(last)
                area = Area(first_row, last_row, first_column, last_column)
                self.marks.merged.append(area)

    def start_cell(self, attributes: dict[str, str]) -> None:
        self.column += 1
        if "r" in attributes:
            self.row, self.column = _place(attributes["r"])
        self.cell_type = attributes.get("t", "n")
        self.has_formula = False
        self.has_value = False
        self.value = ""

    def characters(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "v" and self.text is not None:
            self.value = "".join(self.text).strip()
            self.text = None
        elif name == "c" and self.cell_type == "e":
            self.marks.add_error(self.row, self.column, self.value or NO_RESULT)
        elif name == "c" and self.has_formula:
            # An empty text is a result only where it is stored as one.
            is_stored = bool(self.value) or (self.has_value and self.cell_type == "str")
            is_stored = is_stored or self.cell_type == "inlineStr"
            # A program that does not calculate writes 0 and asks for the rest on opening.
            if self.is_recalculated and self.value == "0":
                is_stored = False
            if not is_stored:
                self.marks.add_error(self.row, self.column, NO_RESULT)


def _is_zero(measure: str | None) -> bool:
    return measure is not None and float(measure) == 0


def _place(cell: str) -> tuple[int, int]:
    """The row and the column, from 0, of a cell such as "B7"."""
    match = _CELL_NAME.fullmatch(cell)
    if match is None:
        raise ValueError(f"no cell is called {cell}")
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1
