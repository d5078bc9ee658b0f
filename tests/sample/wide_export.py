"""The sample's complaints as another case system would export them: one wide row a case, by the mapping in docs/mapping.md.

`python tests/sample/wide_export.py > docs/wide-export.csv` makes the example that the page works through.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "mapping.md"
MAPPING = yaml.safe_load(re.search(r"```yaml\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)[1])
THEIR_OUTCOMES = {"partially upheld": "Upheld in part"}
THEIR_TYPES = {"parent": "Parent / Carer", "foster carer": "Carer (Fostering)"}


def widen(complaints: str, investigations: str) -> list[list[str]]:
    """The wide export a case system would make of two of our extracts, with its quirks; the heading first."""
    headings = {
        column: heading
        for column, heading in MAPPING["columns"]["complaints"].items()
        if column != "theme"
    }
    by_case: dict[tuple[str, str], dict] = {
        (row["complaint"], row["stage"]): row for row in csv.DictReader(io.StringIO(investigations))
    }
    table = []
    for case in csv.DictReader(io.StringIO(complaints)):
        row = [
            (heading, _theirs(column, case.get(column, ""))) for column, heading in headings.items()
        ]
        themes = [one.strip().capitalize() for one in case["theme"].split(";")]
        row += [("Classification", theme) for theme in (themes + [""] * 3)[:3]]
        row.append(("CaseWorker.Name", "Somebody Else"))
        for stage in "1234":
            held, block = by_case.get((case["reference"], stage)), f"CaseStageStage{stage}"
            row += [
                (f"{block}.TargetDays", "10"),
                (f"{block}.DateDue", "2022-01-01" if held else ""),
            ]
            for column, heading in MAPPING["stages"].get(f"stage_{stage}", {}).items():
                if column != "reached" and heading.startswith(block):
                    row.append((heading, _theirs(column, held[column]) if held else ""))
            row.append((f"{block}.ResponseInTarget", "Yes" if held else ""))
        table.append(row)
    return [[heading for heading, _ in table[0]], *([cell for _, cell in row] for row in table)]


def _theirs(column: str, value: str) -> str:
    if column == "outcome":
        return THEIR_OUTCOMES.get(value, value.capitalize())
    if column == "complainant_type":
        return THEIR_TYPES.get(value, value.capitalize())
    return {"yes": "Yes", "no": "No"}.get(value, value)


def as_text(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def example() -> str:
    """docs/wide-export.csv: complaints and investigations of the sample's latest year in one."""
    year = ROOT / "data" / "raw" / "2021-22"
    return as_text(
        widen((year / "complaints.csv").read_text(), (year / "investigations.csv").read_text())
    )


if __name__ == "__main__":
    print(example(), end="")
