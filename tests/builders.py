"""What tests of several packages need: paths, the files of a folder, and an invented council."""

from __future__ import annotations

import math
import shutil
import sys
from pathlib import Path
from typing import Any

import hypothesis
import pandas as pd

from pipeline.aggregate.catalogue import figures_of
from pipeline.settings import Council, Report, Settings
from pipeline.settings.procedures import DEFAULT, packaged_procedure
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.validate.rules.context import DTYPES
from pipeline.year import Year

REPOSITORY = Path(__file__).resolve().parents[1]
SAMPLE_RAW = REPOSITORY / "data" / "raw"
COMMAND = shutil.which("annual-report", path=str(Path(sys.executable).parent))
COMMAND_SECONDS = 900  # the deadline of a command

CHILDREN = packaged_procedure(DEFAULT)
CATALOGUE = figures_of(CHILDREN)  # the one that the program uses

# The cells of a complaint that was upheld.
UPHELD_CASE = {
    "reference": "C1",
    "received": "2021-05-04",
    "accepted": "yes",
    "status": "closed",
    "outcome": "upheld",
    "closed": "2021-06-01",
    "service_area": "Early Help",
    "route": "direct",
    "complainant_type": "parent",
    "theme": "delay",
}
COUNCIL = {
    "authority": "Anyshire Council",
    "directorate": "Children",
    "service": "Social care",
    "panel": "Scrutiny",
    "report_of": "Director",
    "contact": {"role": "Complaints manager", "email": "complaints@example.org"},
    "service_areas": ["Early Help", "Looked After Children"],
    "themes": ["delay", "staff"],
    "item_types": ["Policy"],
    "disclosure": {"policy": "publish", "reason": "by decision of the panel"},
}
REPORT = {
    "subject": "Annual report",
    "meeting_date": "2022-11-09",
    "data_as_at": "2022-06-30",
    "author": "Complaints manager",
    "wards": "All",
    "item_type": ["Policy"],
    "exempt": "no",
    "members_are_asked": "Members are asked to note.",
}


def make_council(**changes: Any) -> Council:
    """Anyshire Council, with the regulations' limits and these changes."""
    return Council.model_validate(COUNCIL | changes)


def make_report(**changes: Any) -> Report:
    """The settings of Anyshire's report of 2021-22, with these changes."""
    return Report.model_validate(REPORT | changes)


def make_settings(workspace: Path = Path("/nowhere"), **council_changes: Any) -> Settings:
    """The settings of Anyshire Council for 2021-22.

    workspace: need not exist. council_changes: keys of council.yaml.
    """
    return Settings(
        workspace=workspace,
        year=Year(2021),
        council=make_council(**council_changes),
        report=make_report(),
        processed=workspace / "processed",
    )


def typed_extract(
    name: str, rows: list[dict[str, Any]], added_types: dict[str, str] | None = None
) -> pd.DataFrame:
    """A typed extract with a row for each dictionary; whatever a dictionary lacks is missing.

    added_types: columns that a later step adds, with their types.
    """
    types = {
        column.name: DTYPES.get(column.type, "str") for column in EXTRACTS_BY_NAME[name].columns
    }
    types |= added_types or {}
    located = []
    for number, row in enumerate(rows, 2):
        year = row.get("year", "2021-22")
        located.append({"year": year, "file": f"data/raw/{year}/{name}.csv", "row": number} | row)
    types = {"year": "str", "file": "str", "row": "int64"} | types
    return pd.DataFrame(located, columns=list(types)).astype(types)


def file_bytes(folder: Path) -> dict[str, bytes]:
    """The content of every file below a folder by its relative path, in the order of the paths."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def share_of_examples(share: float, **options: Any) -> hypothesis.settings:
    """Settings of a random test whose examples take long.

    share: of the examples that the profile gives to other tests. options: of Hypothesis.
    """
    count = math.ceil(share * hypothesis.settings().max_examples)
    return hypothesis.settings(max_examples=count, **options)


def copy_sample(workspace: Path) -> Path:
    """The workspace, now with the sample's raw data in it and nothing else."""
    shutil.copytree(SAMPLE_RAW, workspace / "data" / "raw")
    return workspace


def replace_text(path: Path, old: str, new: str) -> None:
    """Replace the first occurrence of a text in a file, which must contain it."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path} does not contain {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
