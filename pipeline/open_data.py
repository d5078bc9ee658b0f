"""The numbers of a report's open data, `figures.csv`, as somebody who has downloaded it takes them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

OPEN_DATA = "figures.csv"
Cell = tuple[str, str, str, str]  # figure, year, category, detail
NUMBER = re.compile(r"\d+(?:\.\d+)?")
WHOLE = "Total"  # in place of a category, where a figure has none


def numbers_of(content: bytes) -> Iterator[tuple[Cell, float]]:
    """Each number that is not kept back, in the order of the file, with its figure, year and category."""
    for row in csv.DictReader(io.StringIO(content.decode("utf-8"))):
        if NUMBER.fullmatch(row["value"]):
            year = f"{row['time_period'][:4]}-{row['time_period'][4:]}"
            yield (row["figure"], year, "" if row["category"] == WHOLE else row["category"], ""), float(row["value"])
