"""The financial year of a row, as each publisher writes it."""

from __future__ import annotations

import re

from pipeline.problem import Kind, Problem
from pipeline.reference.reading import ReferenceFile
from pipeline.year import Year

NAMED_YEAR = re.compile(
    r"(?<!\d)(?:20)?(\d{2})\s*(?:[-/_\u2013]|to)\s*(?:20)?(\d{2})(?!\d)", re.ASCII
)
PERIOD = re.compile(
    r"(?P<first>20\d{2})(?:\s*(?:[-/\u2013]|to)?\s*(?:20)?(?P<second>\d{2}))?", re.ASCII
)


def year_of(cells: dict[str, str], file: ReferenceFile) -> str | None:
    """The financial year that a row is about; None if it cannot be read."""
    kind = file.layout.year
    if kind == "named" or "time_period" not in cells:
        return _named_year(file)
    period = PERIOD.fullmatch(cells["time_period"])
    if not period:
        return None
    first, second = int(period["first"]), period["second"]
    if second:
        return str(Year(first)) if (first + 1) % 100 == int(second) else None
    return str(Year(first - 1 if kind == "ends" else first))


def _named_year(file: ReferenceFile) -> str:
    """The year in the title above the headings, or in the name of the file."""
    for text in (file.title, file.name):
        for match in NAMED_YEAR.finditer(text):
            if (int(match[1]) + 1) % 100 == int(match[2]):
                return str(Year(2000 + int(match[1])))
    raise Problem(
        kind=Kind.DATA,
        where=file.name,
        what="neither the title nor the name of this file says of which year it is",
        remedy="Give it the name that it had, such as 2-Complaints-Decided-24-25.csv.",
    )
