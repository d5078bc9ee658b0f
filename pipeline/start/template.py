"""A blank spreadsheet for an extract: headings, notes and drop-downs, made from the data dictionary."""

from __future__ import annotations

import io
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.settings import Council
from pipeline.system.archives import reproducible_zip
from pipeline.validate.dictionary import Column, Extract

LAST_SHEET_ROW = 1_048_576
HEADING_FILL = PatternFill("solid", fgColor="FF12436D")
FIXED_TIME = datetime(
    2000, 1, 1
)  # in place of the time of making, so that the same dictionary makes the same bytes
COLUMN_FORMATS = {
    "date": "yyyy-mm-dd",
    "whole number": "0",
    "pounds": "#,##0.00",
    "number": "General",
}


def extract_template(extract: Extract, council: Council) -> bytes:
    """An .xlsx with the extract's sheet, a sheet of notes and one of codes.

    Personal columns are left out: nothing of them is reported. Whoever has them in an export may leave them there.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = extract.name
    notes, codes = book.create_sheet("notes"), book.create_sheet("codes")
    columns = [column for column in extract.columns if not column.personal]
    coded = {
        column.name: allowed for column in columns if (allowed := column.allowed_values(council))
    }
    ranges = {
        name: _write_codes(codes, place, allowed)
        for place, (name, allowed) in enumerate(coded.items(), 1)
    }
    for place, column in enumerate(columns, 1):
        _format_column(sheet, get_column_letter(place), column, ranges.get(column.name))
    _write_heading(sheet, [column.name for column in columns])
    _write_notes(notes, columns, coded)
    _write_heading(codes, list(coded))
    return _reproducible_bytes(book)


def _write_codes(sheet: Worksheet, place: int, allowed: tuple[str, ...]) -> str:
    """Write a column of codes; where they stand."""
    letter = get_column_letter(place)
    sheet.column_dimensions[letter].width = 32
    for row, code in enumerate(allowed, 2):
        sheet[f"{letter}{row}"] = code
    return f"codes!${letter}$2:${letter}${len(allowed) + 1}"


def _format_column(sheet: Worksheet, letter: str, column: Column, codes: str | None) -> None:
    sheet.column_dimensions[letter].width = max(14, len(column.name) + 4)
    sheet.column_dimensions[letter].number_format = COLUMN_FORMATS.get(
        column.type, "@"
    )  # "@" is text: 00123 keeps its zeros
    prompt = {
        "promptTitle": column.name,
        "prompt": column.description[:255],
        "showInputMessage": True,
        "allow_blank": True,
    }
    if codes:
        listed = DataValidation(
            type="list", formula1=codes, errorTitle=column.name, error="Choose one of the codes in the list.",
            # Several codes in one cell are right, and no list knows them.
            showErrorMessage=column.type != "codes", **prompt,
        )  # fmt: skip
    else:
        listed = DataValidation(**prompt)
    listed.add(f"{letter}2:{letter}{LAST_SHEET_ROW}")
    sheet.add_data_validation(listed)


def _write_notes(
    sheet: Worksheet, columns: list[Column], coded: dict[str, tuple[str, ...]]
) -> None:
    _write_heading(sheet, ["column", "what it holds", "type", "codes"])
    for column in columns:
        sheet.append(
            [column.name, column.description, column.type, "; ".join(coded.get(column.name, ()))]
        )
    for letter, width in zip("ABCD", (24, 70, 14, 70), strict=True):
        sheet.column_dimensions[letter].width = width
        for cell in sheet[letter][1:]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _write_heading(sheet: Worksheet, names: list[str]) -> None:
    for place, name in enumerate(names, 1):
        cell = sheet.cell(1, place, name)
        cell.font, cell.fill = Font(bold=True, color="FFFFFFFF"), HEADING_FILL
    sheet.freeze_panes = "A2"


def _reproducible_bytes(book: Workbook) -> bytes:
    """The workbook, with no time of making in it."""
    made = io.BytesIO()
    book.properties.creator, book.properties.created = "annual-report", FIXED_TIME
    book.save(made)
    now, then = (
        time.isoformat(timespec="seconds").encode()
        for time in (book.properties.modified, FIXED_TIME)
    )
    return reproducible_zip(made.getvalue(), FIXED_TIME.date(), now, then)
