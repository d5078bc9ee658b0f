"""The sample in the layouts of layouts.yaml: files as other case systems would export it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import yaml
from builders import SAMPLE_RAW

from pipeline.validate.dictionary import EXTRACTS_BY_NAME

LAYOUTS: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("layouts.yaml").read_text(encoding="utf-8")
)
YEAR = "2020-21"
NOT_USED = "-"
# What stands in columns that the report does not use, by a word of the heading.
# fmt: off
FILLINGS = {
    "due": "2020-12-01", "target": "2020-12-01", "created": "2020-12-01 10:15", "days": "9",
    "modified": "2021-02-03 11:20", "updated": "2021-02-03", "acknowledged": "2020-12-02",
    "dob": "2009-04-01", "priority": "Normal", "email": "somebody@example.org",
    "tel": "07700 900123", "address": "1 Example Street", "path": "/lists/complaints",
    "summary": "A long text about what went wrong, and what they would like us to do about it.",
}
# fmt: on


def extract_rows(extract: str) -> list[dict[str, str]]:
    path = SAMPLE_RAW / YEAR / f"{extract}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def extract_of(headings: dict[str, str]) -> str:
    """The extract that has most of the columns of a file."""
    columns = set(headings.values())
    return max(
        EXTRACTS_BY_NAME, key=lambda name: len(columns & set(EXTRACTS_BY_NAME[name].column_names))
    )


def their_code(codes: dict[str, dict[str, str]], extract: str, column: str, text: str) -> str:
    """A cell of ours as the case system writes it."""
    listed = codes.get(f"{extract}.{column}", codes.get(column, {}))
    if column == "theme":
        return "; ".join(
            listed.get(one.strip(), one.strip().capitalize()) for one in text.split(";")
        )
    is_code = EXTRACTS_BY_NAME[extract].column(column).type in ("code", "yes/no")
    return listed.get(text, text.capitalize() if is_code and column != "service_area" else text)


def write_layout(layout: dict[str, Any], folder: Path) -> list[Path]:
    """The files of a layout, with the sample's year in them."""
    stages = {(one["complaint"], one["stage"]): one for one in extract_rows("investigations")}
    paths = []
    for name, headings in layout["files"].items():
        extract = extract_of(headings)
        path = folder / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(headings)
            for row in extract_rows(extract):
                writer.writerow(
                    _cell(heading, column, row, stages, layout["codes"], extract)
                    for heading, column in headings.items()
                )
        paths.append(path)
    return paths


def _cell(heading, column, row, stages, codes, extract) -> str:
    if column == NOT_USED:
        key = next((key for key in FILLINGS if key in heading.casefold()), "")
        return FILLINGS.get(key, "Somebody Else")
    stage, _, name = column.rpartition(".")
    if not stage:
        return their_code(codes, extract, name, row.get(name, ""))
    block = stages.get((row["reference"], stage.removeprefix("stage_")))
    return their_code(codes, "investigations", name, block[name]) if block else ""
