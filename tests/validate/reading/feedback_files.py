"""The sample's complaints, compliments and concerns in one file, as a case system exports them."""

from __future__ import annotations

import csv
import json

from layout_files import YEAR, as_cells, as_text
from workbook_files import workbook_bytes

KIND = "Feedback Type"
TEXTS = {"complaints": "Complaint", "compliments": "Compliment", "concerns": "Concern"}
PATH = f"{YEAR}/feedback.csv"


def feedback_rows(sample, extracts=tuple(TEXTS), texts=TEXTS) -> list[list[str]]:
    """One table with the records of several extracts in turn, and an enquiry of an MP."""
    records: list[list[dict[str, str]]] = []
    headings: dict[str, None] = {KIND: None}
    for extract in extracts:
        path = sample.raw / YEAR / f"{extract}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = [{**row, KIND: texts[extract]} for row in csv.DictReader(file)]
        headings |= dict.fromkeys(rows[0])
        records.append(rows)
        path.unlink()
    in_turn = [
        of_extract[number]
        for number in range(max(map(len, records)))
        for of_extract in records
        if number < len(of_extract)
    ]
    enquiry = {KIND: "MP enquiry", "reference": "MP-1", "received": "2021-07-01"}
    in_turn.insert(3, enquiry)
    return [list(headings), *([row.get(name, "") for name in headings] for row in in_turn)]


def put_feedback(sample, rows, ending=".csv") -> None:
    path = sample.raw / YEAR / f"feedback{ending}"
    if ending == ".json":
        path.write_text(json.dumps([dict(zip(rows[0], row, strict=True)) for row in rows[1:]]))
    elif ending in (".csv", ".tsv"):
        delimiter = "\t" if ending == ".tsv" else ","
        path.write_text(as_text(rows, delimiter), encoding="utf-8")
    else:
        path.write_bytes(workbook_bytes(ending, {"Export": as_cells(rows)}))
