"""The sample as another case system would export it: one wide row per case, by docs/mapping.md.

`python tests/sample/wide_export.py > docs/wide-export.csv` makes the example on that page.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "docs" / "mapping.md"
MAPPING = yaml.safe_load(re.search(r"```yaml\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)[1])
# Columns of the export that `map` leaves out, and that a council may add to the mapping.
PERSONAL = {
    "complainant_name": "MainParty.Name",
    "child_name": "Child.Name",
    "date_of_birth": "Child.DateOfBirth",
    "address": "MainParty.Address",
    "email": "MainParty.Email",
    "telephone": "MainParty.Telephone",
    "notes": "CaseDetails.Notes",
}
MAPPING["columns"]["complaints"] |= PERSONAL
MAPPING["values"]["outcome"]["Not Known"] = ""
OUTCOMES = {"partially upheld": "Upheld in part"}
COMPLAINANT_TYPES = {"parent": "Parent / Carer", "foster carer": "Carer (Fostering)"}
CLASSIFICATIONS = 3  # columns of that heading


def widen(complaints: str, investigations: str) -> list[list[str]]:
    """The rows of the wide export, with its quirks; the first is the heading.

    complaints, investigations: the text of the two extracts.
    """
    headings = MAPPING["columns"]["complaints"]
    stages: dict[tuple[str, str], dict] = {}
    for stage_row in csv.DictReader(io.StringIO(investigations)):
        stages[stage_row["complaint"], stage_row["stage"]] = stage_row
    table: list[list[tuple[str, str]]] = []
    for case in csv.DictReader(io.StringIO(complaints)):
        row = [
            (heading, _their_code(column, case.get(column, "")))
            for column, heading in headings.items()
            if column != "theme"
        ]
        themes = [theme.strip().capitalize() for theme in case["theme"].split(";")]
        blanks = [""] * CLASSIFICATIONS
        row += [("Classification", theme) for theme in (themes + blanks)[:CLASSIFICATIONS]]
        row.append(("CaseWorker.Name", "Somebody Else"))
        for number in "1234":
            row += _stage_block(number, stages.get((case["reference"], number)))
        table.append(row)
    heading_row = [heading for heading, _ in table[0]]
    return [heading_row, *([value for _, value in row] for row in table)]


def _stage_block(number: str, stage: dict | None) -> list[tuple[str, str]]:
    """Heading and value of each column of a stage; a stage never reached still has target days."""
    block = f"CaseStageStage{number}"
    columns = [
        (f"{block}.TargetDays", "10"),
        (f"{block}.DateDue", "2022-01-01" if stage else ""),
    ]
    for column, heading in MAPPING["stages"].get(f"stage_{number}", {}).items():
        if column != "reached" and heading.startswith(block):
            columns.append((heading, _their_code(column, stage[column]) if stage else ""))
    columns.append((f"{block}.ResponseInTarget", "Yes" if stage else ""))
    return columns


def _their_code(column: str, value: str) -> str:
    if column == "outcome":
        return OUTCOMES.get(value, value.capitalize())
    if column == "complainant_type":
        return COMPLAINANT_TYPES.get(value, value.capitalize())
    return {"yes": "Yes", "no": "No"}.get(value, value)


def as_csv(rows: list[list[str]]) -> str:
    """The rows as the text of a CSV file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def example() -> str:
    """docs/wide-export.csv: complaints and investigations of the sample's latest year in one."""
    year = REPOSITORY / "data" / "raw" / "2021-22"
    complaints = (year / "complaints.csv").read_text()
    investigations = (year / "investigations.csv").read_text()
    return as_csv(widen(complaints, investigations))


if __name__ == "__main__":
    print(example(), end="")
