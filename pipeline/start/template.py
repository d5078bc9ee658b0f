"""A blank spreadsheet for an extract: headings, notes and drop-downs from the data dictionary."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.settings import Council
from pipeline.system.archives import reproducible_zip
from pipeline.validate.definitions import Column, Extract
from pipeline.validate.reading.layout.unread import CODES_SHEET, NOTES_HEADING, NOTES_SHEET

LAST_SHEET_ROW = 1_048_576  # the most that Excel has
MAX_PROMPT_CHARACTERS = 255  # the most that Excel shows
MIN_COLUMN_WIDTH = 14  # characters, as all widths here
CODES_WIDTH = 32
NOTES_WIDTHS = {"A": 24, "B": 70, "C": 14, "D": 70}
HEADING_FILL = PatternFill("solid", fgColor="FF12436D")
HEADING_FONT = Font(bold=True, color="FFFFFFFF")
# Replaces the time of saving, so that the same dictionary gives the same bytes.
FIXED_TIME = datetime(2000, 1, 1)
COLUMN_FORMATS = {
    "date": "yyyy-mm-dd",
    "whole number": "0",
    "pounds": "#,##0.00",
    "number": "General",
}
TEXT_FORMAT = "@"  # keeps the zeros of 00123


def extract_template(extract: Extract, council: Council) -> bytes:
    """An .xlsx file with the sheet of an extract, a sheet of notes and one of codes.

    Personal columns are left out, because the report does not use them. A council whose export
    has them may leave them there.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = extract.name
    notes_sheet = book.create_sheet(NOTES_SHEET)
    codes_sheet = book.create_sheet(CODES_SHEET)
    columns = [column for column in extract.columns_of(council) if not column.personal]
    codes: dict[str, tuple[str, ...]] = {}
    for column in columns:
        allowed = column.allowed_values(council)
        if allowed:
            codes[column.name] = allowed
    code_ranges = {
        name: _write_codes(codes_sheet, number, allowed)
        for number, (name, allowed) in enumerate(codes.items(), 1)
    }
    for number, column in enumerate(columns, 1):
        _format_column(sheet, get_column_letter(number), column, code_ranges.get(column.name))
    _write_heading(sheet, [column.name for column in columns])
    _write_notes(notes_sheet, columns, codes)
    _write_heading(codes_sheet, list(codes))
    return _reproducible_bytes(book)


def _write_codes(sheet: Worksheet, number: int, allowed: tuple[str, ...]) -> str:
    """The range of cells with a column's codes; writes them.

    number: the position of the column in the sheet, from 1.
    """
    letter = get_column_letter(number)
    sheet.column_dimensions[letter].width = CODES_WIDTH
    for row, code in enumerate(allowed, 2):
        sheet[f"{letter}{row}"] = code
    return f"{CODES_SHEET}!${letter}$2:${letter}${len(allowed) + 1}"


def _format_column(sheet: Worksheet, letter: str, column: Column, code_range: str | None) -> None:
    """Set the width, number format, prompt and drop-down of a column."""
    dimensions = sheet.column_dimensions[letter]
    dimensions.width = max(MIN_COLUMN_WIDTH, len(column.name) + 4)
    dimensions.number_format = COLUMN_FORMATS.get(column.type, TEXT_FORMAT)
    options: dict[str, Any] = {
        "promptTitle": column.name,
        "prompt": column.description[:MAX_PROMPT_CHARACTERS],
        "showInputMessage": True,
        "allow_blank": True,
    }
    if code_range:
        options |= {
            "type": "list",
            "formula1": code_range,
            "errorTitle": column.name,
            "error": "Choose one of the codes in the list.",
            # A cell may contain several codes, which a drop-down cannot check.
            "showErrorMessage": column.type != "codes",
        }
    validation = DataValidation(**options)
    validation.add(f"{letter}2:{letter}{LAST_SHEET_ROW}")
    sheet.add_data_validation(validation)


def _write_notes(
    sheet: Worksheet, columns: list[Column], codes: dict[str, tuple[str, ...]]
) -> None:
    _write_heading(sheet, NOTES_HEADING)
    for column in columns:
        allowed = "; ".join(codes.get(column.name, ()))
        sheet.append([column.name, column.description, column.type, allowed])
    for letter, width in NOTES_WIDTHS.items():
        sheet.column_dimensions[letter].width = width
        for cell in sheet[letter][1:]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _write_heading(sheet: Worksheet, names: list[str]) -> None:
    for number, name in enumerate(names, 1):
        cell = sheet.cell(1, number, name)
        cell.font = HEADING_FONT
        cell.fill = HEADING_FILL
    sheet.freeze_panes = "A2"


def _reproducible_bytes(book: Workbook) -> bytes:
    """The workbook without the time of saving."""
    buffer = io.BytesIO()
    book.properties.creator = "annual-report"
    book.properties.created = FIXED_TIME
    book.save(buffer)
    return reproducible_zip(
        buffer.getvalue(),
        day=FIXED_TIME.date(),
        replacements=[(_timestamp(book.properties.modified), _timestamp(FIXED_TIME))],
    )


def _timestamp(time: datetime) -> bytes:
    return time.isoformat(timespec="seconds").encode()
