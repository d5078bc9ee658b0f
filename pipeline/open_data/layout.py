"""The columns of `figures.csv`, and how its numbers are read, also in the layout before this one.

A row is a figure, a year and a category. The number is in the column of its unit, and `z` in
the others, as DfE's standard asks for "a column for each different type of measurement".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

from pipeline.artifacts import DECIMAL_NUMBER, TOTAL, NumberKey

STANDARD = (
    "DfE open data standards, analysts-guide, statistics-production/ud.qmd at 8962528 (May 2026)"
)
TIME_COLUMNS = ("time_period", "time_identifier")
GEOGRAPHY_COLUMNS = (
    "country_code",
    "country_name",
    "region_code",
    "region_name",
    "new_la_code",
    "old_la_code",
    "la_name",
)
PLACE_COLUMNS = (*TIME_COLUMNS, "geographic_level", *GEOGRAPHY_COLUMNS)
FILTER_COLUMNS = ("breakdown_topic", "breakdown", "figure")
FINANCIAL_YEAR = "Financial year"
LOCAL_AUTHORITY = "Local authority"
NOT_APPLICABLE = "z"
# What the standard allows in place of a number.
SYMBOLS = {
    "c": "withheld to protect people",
    "x": "not available",
    "z": "not applicable",
    "u": "based on a number too small to be reliable",
    "low": "rounds to 0 and is not 0",
    "k": "rounds to 0 and is not 0",
}
META_COLUMNS = (
    "col_name",
    "col_type",
    "label",
    "indicator_grouping",
    "indicator_unit",
    "indicator_dp",
    "filter_hint",
    "filter_grouping_column",
    "filter_default",
)
PREVIOUS_VALUE_COLUMN = "value"  # of all units, in the layout before this one


def csv_bytes(rows: Iterable[Mapping[str, str]], columns: Iterable[str]) -> bytes:
    """A CSV file with these columns, the same on every system."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")


def period_of(year: str) -> str:
    """The time period of a financial year, as 202122 of 2021-22."""
    return year.replace("-", "")


def read_open_data(content: bytes) -> Iterator[tuple[NumberKey, float]]:
    """Each number of a `figures.csv` that is not withheld, with its key, in the file's order."""
    for row in csv.DictReader(io.StringIO(content.decode("utf-8"))):
        text = number_text(row)
        if DECIMAL_NUMBER.fullmatch(text):
            year = f"{row['time_period'][:4]}-{row['time_period'][4:]}"
            yield NumberKey(row["figure"], year, category_of(row)), float(text)


def category_of(row: Mapping[str, str]) -> str:
    """The category of a row; empty for the total."""
    name = row["breakdown"] if "breakdown" in row else row["category"]
    return "" if name == TOTAL else name


def number_text(row: Mapping[str, str]) -> str:
    """The number of a row, or the symbol in its place."""
    if PREVIOUS_VALUE_COLUMN in row:
        return row[PREVIOUS_VALUE_COLUMN]
    columns = [name for name in row if name not in (*PLACE_COLUMNS, *FILTER_COLUMNS)]
    cells = [row[name] for name in columns]
    return next((cell for cell in cells if cell != NOT_APPLICABLE), NOT_APPLICABLE)
