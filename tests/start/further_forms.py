"""The files of further_layouts.yaml: workbooks, text, XML and JSON as other systems make them."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import odfdo
import openpyxl
import yaml
from layouts import FILLINGS, NOT_USED, extract_of, extract_rows, their_code

FURTHER_LAYOUTS: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("further_layouts.yaml").read_text(encoding="utf-8")
)
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?")
EXCEL_DATES = "excel"
GROUP = "|"  # between the upper and the lower line of a heading
ROWS_BEFORE_SUBTOTAL = 7
QUARTER_MONTHS = {"Q1": (4, 5, 6), "Q2": (7, 8, 9), "Q3": (10, 11, 12), "Q4": (1, 2, 3)}
Row = list[object]


def plain_heading(heading: str) -> str:
    """A heading over two lines as it is joined in one."""
    return " ".join(part for part in heading.split(GROUP) if part)


def rows_of(layout: dict[str, Any], extract: str) -> list[dict[str, str]]:
    """Our own rows of an extract.

    A complaint that reached a stage without the one before is left out, if the layout has stages
    and cannot say so.
    """
    rows = extract_rows(extract)
    columns = {column for headings in layout["files"].values() for column in headings.values()}
    has_stages = any(column.startswith("stage") for column in columns)
    if not has_stages or any("bypassed" in column for column in columns):
        return rows
    bypassed = {
        one["complaint"] for one in extract_rows("investigations") if one["bypassed"] == "yes"
    }
    return [row for row in rows if not bypassed & {row.get("reference"), row.get("complaint")}]


def own_rows(layout: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
    """By extract, our own rows of the year with the columns that a layout has, and no others."""
    rows: dict[str, list[dict[str, str]]] = {}
    for headings in layout["files"].values():
        extract = extract_of(headings)
        columns = {column for column in headings.values() if column != NOT_USED}
        rows[extract] = [_only(row, columns) for row in rows_of(layout, extract)]
        blocks = {column.partition(".")[0] for column in columns if "." in column}
        if blocks:
            rows["investigations"] = [
                _stage_row(row, columns)
                for row in rows_of(layout, "investigations")
                if f"stage_{row['stage']}" in blocks
            ]
    return rows


def _only(row: dict[str, str], columns: set[str]) -> dict[str, str]:
    return {name: text if name in columns else "" for name, text in row.items()}


def _stage_row(row: dict[str, str], columns: set[str]) -> dict[str, str]:
    stage = f"stage_{row['stage']}"
    names = {column.partition(".")[2] for column in columns if column.startswith(f"{stage}.")}
    return _only(row, names | {"complaint", "stage", "requested"})


def write_further(layout: dict[str, Any], folder: Path) -> list[Path]:
    """The files of a layout, with the sample's year in them."""
    of_stages = rows_of(layout, "investigations")
    stages = {(one["complaint"], one["stage"]): one for one in of_stages}
    paths = []
    for name, headings in layout["files"].items():
        extract = extract_of(headings)
        cases: list[Row] = [
            [
                _cell(heading, column, row, stages, layout, extract)
                for heading, column in headings.items()
            ]
            for row in rows_of(layout, extract)
        ]
        style = layout.get("style", {}).get(name, [])
        path = folder / name
        if path.suffix in (".xlsx", ".ods"):
            _write_book(path, list(headings), cases, style)
        elif path.suffix == ".csv":
            _write_text(path, list(headings), cases, style)
        elif path.suffix == ".xml":
            _write_xml(path, list(headings), cases, style)
        else:
            _write_json(path, list(headings), cases, style)
        paths.append(path)
    return paths


def _cell(heading, column, row, stages, layout, extract) -> object:
    if column == NOT_USED:
        key = next((key for key in FILLINGS if key in heading.casefold()), "")
        return _dated(FILLINGS.get(key, "Somebody Else"), layout["dates"])
    stage, _, name = column.rpartition(".")
    if stage:
        block = stages.get((row["reference"], stage.removeprefix("stage_")))
        text = their_code(layout["codes"], "investigations", name, block[name]) if block else ""
    else:
        text = their_code(layout["codes"], extract, name, row.get(name, ""))
    return _dated(text, layout["dates"])


def _dated(text: str, form: str) -> object:
    """A date as the layout writes it, and any other text as it is."""
    if not ISO_DATE.fullmatch(text):
        return text
    day = datetime.fromisoformat(text)
    return day if form == EXCEL_DATES else day.strftime(form)


def _lines(headings: list[str], cases: list[Row], style: list[str]) -> list[Row]:
    """All rows of a sheet or a text file."""
    lines: list[Row] = []
    if "title" in style:
        lines += [["Children's social care complaints"], ["April 2020 to March 2021"], []]
    if "two_line" in style:
        upper = [heading.split(GROUP)[0] for heading in headings]
        groups = [group if group not in upper[:place] else "" for place, group in enumerate(upper)]
        lines += [groups, [heading.split(GROUP)[1] for heading in headings]]
    else:
        lines.append([plain_heading(heading) for heading in headings])
    if "units" in style:
        lines.append(["", "dd Month yyyy", *[""] * (len(headings) - 3), "", ""][: len(headings)])
    for number, case in enumerate(cases, 1):
        lines.append(case)
        if "subtotals" in style and number % ROWS_BEFORE_SUBTOTAL == 0:
            lines.append(["Subtotal", ROWS_BEFORE_SUBTOTAL])
    if "total" in style:
        lines.append(["Total", len(cases)])
    if "footer" in style:
        lines += [[], ["Source: complaints team. Figures are provisional."], ["Printed by: admin"]]
    if "start_c" in style:
        lines = [["", "", *line] for line in lines]
    return lines


def _sheets(headings: list[str], cases: list[Row], style: list[str]) -> dict[str, list[Row]]:
    if "quarters" not in style:
        return {"Sheet1": _lines(headings, cases, style)}
    sheets = {}
    for quarter, months in QUARTER_MONTHS.items():
        chosen = [case for case in cases if _month(case) in months]
        sheets[quarter] = _lines(headings, chosen, style)
    return sheets


def _month(case: Row) -> int:
    return next(cell.month for cell in case if isinstance(cell, date))


def _write_book(path: Path, headings: list[str], cases: list[Row], style: list[str]) -> None:
    sheets = _sheets(headings, cases, style)
    if path.suffix == ".ods":
        document = odfdo.Document("spreadsheet")
        document.body.clear()
        for name, lines in sheets.items():
            table = odfdo.Table(name)
            for position, line in enumerate(lines):
                table.set_row_values(position, [None if cell == "" else cell for cell in line])
            document.body.append(table)
        document.save(path)
        return
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append([None if cell == "" else cell for cell in line])
        if "merged" in style:
            sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=6)
        if "hidden_columns" in style:
            for letter in "ABC":
                sheet.column_dimensions[letter].hidden = True
    book.create_sheet("Lookups").append(["Do not delete"])
    book["Lookups"].sheet_state = "hidden"
    book.save(path)


def _write_text(path: Path, headings: list[str], cases: list[Row], style: list[str]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter="|" if "pipes" in style else ",")
    writer.writerows(_lines(headings, cases, style))
    path.write_text(text.getvalue(), encoding="utf-8")


def _write_xml(path: Path, headings: list[str], cases: list[Row], style: list[str]) -> None:
    root = ElementTree.Element("Cases")
    for case in cases:
        element = ElementTree.SubElement(root, "Case")
        for heading, cell in zip(headings, case, strict=True):
            if "xml_attributes" in style:
                element.set(heading, str(cell))
                continue
            *blocks, name = heading.split(".")
            parent = element
            for block in blocks:
                child = parent.find(block)
                parent = ElementTree.SubElement(parent, block) if child is None else child
            ElementTree.SubElement(parent, name).text = str(cell)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _write_json(path: Path, headings: list[str], cases: list[Row], style: list[str]) -> None:
    records = []
    for case in cases:
        record: dict[str, Any] = {}
        for heading, cell in zip(headings, case, strict=True):
            *blocks, name = heading.split(".") if "nested" in style else [heading]
            block = record
            for block_name in blocks:
                block = block.setdefault(block_name, {})
            block[name] = cell
        records.append(record)
    if "lines" in style:
        path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    else:
        path.write_text(json.dumps({"complaints": records}), encoding="utf-8")
