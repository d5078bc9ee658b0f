"""The names of what steps and reports leave: folders, files and formats, each declared once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

STEPS = ("1_validate", "2_clean", "3_aggregate", "4_report")
DOCUMENTS_STEP = "documents"  # what is made of the executed notebooks, after the steps
FORMATS = ("html", "pdf", "docx", "data")
OPEN_DATA = "figures.csv"
Cell = tuple[str, str, str, str]  # figure, year, category, detail
NUMBER = re.compile(r"\d+(?:\.\d+)?")
WHOLE = "Total"  # in place of a category, where a figure has none


def numbers_of(content: bytes) -> Iterator[tuple[Cell, float]]:
    """Each number that is not kept back, in the order of the file, with its figure, year and category."""
    for row in csv.DictReader(io.StringIO(content.decode("utf-8"))):
        if NUMBER.fullmatch(row["value"]):
            year = f"{row['time_period'][:4]}-{row['time_period'][4:]}"
            yield (
                (row["figure"], year, "" if row["category"] == WHOLE else row["category"], ""),
                float(row["value"]),
            )


class FormatUnavailable(Exception):
    """A format that this machine cannot make: what is missing, and the one command that installs it."""
