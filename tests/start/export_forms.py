"""The wide export of docs/ in other forms, as case systems and people make them."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
from builders import REPOSITORY

with (REPOSITORY / "docs" / "wide-export.csv").open(encoding="utf-8", newline="") as example:
    HEADING, *CASES = csv.reader(example)
ISO_DATE = re.compile(r"(\d\d)(\d\d)-(\d\d)-(\d\d)")
CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
THEME = "Classification"
# fmt: off
PLAIN_NAMES = {
    "CaseDetails.CaseId": "Case Ref", "CaseStatusReceipt.DateReceived": "Date Rec'd",
    "CaseDetails.Service": "Service", "CaseDetails.Team": "Team", "Classification": "Subject",
    "MainParty.Category": "Complainant Type", "MainParty.Route": "Representation",
    "CaseStatusReceipt.Method": "How received", "CaseStatusReceipt.Accepted": "Accepted",
    "CaseStatusReceipt.ReasonNotAccepted": "Reason not accepted", "CaseDetails.Status": "Status",
    "CaseDetails.Outcome": "Final outcome", "CaseStatusClosure.DateClosed": "Date closed",
}
# fmt: on


def below_title_rows(folder: Path) -> Path:
    """A workbook with a title above the headings, and a total and a note below the cases."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Children's complaints 2021-22"])
    sheet.append(["Produced by the case system on 1 May 2022"])
    sheet.append([])
    for row in (HEADING, *CASES):
        sheet.append([cell or None for cell in row])
    sheet.append(["Total", len(CASES)])
    sheet.append([])
    sheet.append(["Note: figures are provisional"])
    path = folder / "export.xlsx"
    book.save(path)
    return path


def headings_over_two_lines(folder: Path) -> Path:
    """A workbook with the name of each stage above the first heading of its group."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Children's complaints 2021-22"])
    sheet.append([])
    blocks = [re.match(r"CaseStage(Stage)(\d)\.", heading) for heading in HEADING]
    groups = [f"{block[1]} {block[2]}" if block else None for block in blocks]
    first = [group if group not in groups[:place] else None for place, group in enumerate(groups)]
    sheet.append(first)
    sheet.append(
        [
            CAMEL_CASE.sub(" ", heading.partition(".")[2]) if group else _plain_name(heading)
            for heading, group in zip(HEADING, groups, strict=True)
        ]
    )
    for case in CASES:
        sheet.append([cell or None for cell in case])
    sheet.append(["Grand total", len(CASES)])
    path = folder / "export.xlsx"
    book.save(path)
    return path


def in_column_c_beside_notes(folder: Path) -> Path:
    """A workbook whose table starts in column C, with a second sheet that is no extract."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([None, None, "List of cases"])
    sheet.append([])
    for row in ([_plain_name(heading) for heading in HEADING], *CASES):
        sheet.append([None, None, *(cell or None for cell in row)])
    notes = book.create_sheet("Notes")
    notes.append(["Some notes", "x"])
    notes.append(["a", "b"])
    path = folder / "export.xlsx"
    book.save(path)
    return path


def nested_json(folder: Path) -> Path:
    """A list of objects, one inside another where a heading has a full stop."""
    records = []
    for case in CASES:
        record: dict[str, Any] = {}
        for heading, cell in zip(HEADING, case, strict=True):
            *blocks, name = heading.split(".")
            block = record
            for block_name in blocks:
                block = block.setdefault(block_name, {})
            if name == THEME:
                block.setdefault(name, []).append(cell)
            else:
                block[name] = cell
        records.append(record)
    path = folder / "export.json"
    path.write_text(json.dumps(records), encoding="utf-8")
    return path


def flat_xml(folder: Path) -> Path:
    """One element per case, and in it one per column."""
    cases = [
        "".join(
            f"<{heading}>{escape(cell)}</{heading}>"
            for heading, cell in zip(HEADING, case, strict=True)
        )
        for case in CASES
    ]
    path = folder / "export.xml"
    path.write_text(f"<Cases>{''.join(f'<Case>{case}</Case>' for case in cases)}</Cases>")
    return path


def commas_and_short_years(folder: Path) -> Path:
    """Plain headings, several themes in a cell, and dates such as 08/06/21."""
    themes = [position for position, heading in enumerate(HEADING) if heading == THEME]
    chosen = [position for position in range(len(HEADING)) if position not in themes[1:]]
    path = folder / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_plain_name(HEADING[position]) for position in chosen)
        for case in CASES:
            joined = ", ".join(case[position] for position in themes if case[position])
            cells = [*case[: themes[0]], joined, *case[themes[0] + 1 :]]
            writer.writerow(ISO_DATE.sub(r"\4/\3/\2", cells[position]) for position in chosen)
    return path


def _plain_name(heading: str) -> str:
    block = heading.replace("CaseStageStage", "Stage ").replace(".", " ")
    return PLAIN_NAMES.get(heading, block)
