"""The rules about files, columns, time periods and places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from pipeline.open_data.authorities import ENGLAND, authorities, regions
from pipeline.open_data.layout import (
    FINANCIAL_YEAR,
    LOCAL_AUTHORITY,
    META_COLUMNS,
    PLACE_COLUMNS,
)
from pipeline.open_data.screener.dataset import Dataset, rule

LEVELS = ("National", "Regional", LOCAL_AUTHORITY)  # those whose places we know
YEAR_IDENTIFIERS = ("Academic year", "Calendar year", FINANCIAL_YEAR, "Reporting year", "Tax year")
MANDATORY_COLUMNS = PLACE_COLUMNS[:5]
LA_COLUMNS = ("new_la_code", "old_la_code", "la_name")
REGION_COLUMNS = ("region_code", "region_name")
OPTIONAL_META_COLUMNS = ("filter_default", "parent_filter")
NO_CODES = ("x", "z")
MAX_NAME = 50


@rule("the files are name.csv and name.meta.csv, in lower case and without spaces")
def file_names(dataset: Dataset) -> Iterator[str]:
    stem = dataset.data_name.removesuffix(".csv")
    for name in (dataset.data_name, dataset.meta_name):
        if re.search(r"\s|[A-Z]", name):
            yield f"{name} has a capital letter or a space"
    if dataset.meta_name != f"{stem}.meta.csv":
        yield f"{dataset.meta_name} is not {stem}.meta.csv"


@rule("the data file has rows")
def data_rows(dataset: Dataset) -> Iterator[str]:
    if not dataset.rows:
        yield f"{dataset.data_name} has no rows"


@rule("each row has as many cells as there are columns")
def complete_rows(dataset: Dataset) -> Iterator[str]:
    for name, cells in ((dataset.data_name, dataset.data), (dataset.meta_name, dataset.meta)):
        for number, row in enumerate(cells, 1):
            if len(row) != len(cells[0]):
                yield f"{name}, row {number} has {len(row)} cells instead of {len(cells[0])}"


@rule("no two columns have the same name")
def unique_columns(dataset: Dataset) -> Iterator[str]:
    for name, columns in (
        (dataset.data_name, dataset.columns),
        (dataset.meta_name, dataset.meta_columns),
    ):
        yield from (f"{name} has {column} twice" for column in _repeated(columns))


@rule("the columns of time and place are there")
def mandatory_columns(dataset: Dataset) -> Iterator[str]:
    for column in MANDATORY_COLUMNS:
        if column not in dataset.columns:
            yield f"{dataset.data_name} has no {column}"


@rule("column names are in snake_case, with at most 50 characters")
def column_names(dataset: Dataset) -> Iterator[str]:
    for column in dataset.columns:
        if not re.fullmatch("[a-z][a-z0-9_]*", column) or len(column) > MAX_NAME:
            yield f"{column} is not"


@rule("a time period has 4 or 6 digits")
def time_period_digits(dataset: Dataset) -> Iterator[str]:
    for number, period in dataset.values("time_period"):
        if not re.fullmatch(r"\d{4}(\d{2})?", period, re.ASCII):
            yield f'row {number} has "{period}"'


@rule("a time period of 6 digits is of two consecutive years")
def time_period_consecutive(dataset: Dataset) -> Iterator[str]:
    for number, period in dataset.values("time_period"):
        is_long = re.fullmatch(r"\d{6}", period, re.ASCII)
        if is_long and (int(period[:4]) + 1) % 100 != int(period[4:]):
            yield f"row {number} has {period}"


@rule("the time identifier is one of the standard's")
def time_identifier_known(dataset: Dataset) -> Iterator[str]:
    for number, identifier in dataset.values("time_identifier"):
        if identifier not in YEAR_IDENTIFIERS:
            yield f'row {number} has "{identifier}"'


@rule("all rows have the same kind of time identifier")
def time_identifier_single(dataset: Dataset) -> Iterator[str]:
    identifiers = {identifier for _, identifier in dataset.values("time_identifier")}
    if len(identifiers) > 1:
        yield f"there are {', '.join(sorted(identifiers))}"


@rule("a financial year has 6 digits")
def time_identifier_fits_period(dataset: Dataset) -> Iterator[str]:
    for number, row in enumerate(dataset.rows, 2):
        identifier, period = row.get("time_identifier"), row.get("time_period", "")
        if identifier == FINANCIAL_YEAR and period.isdecimal() and len(period) != 6:
            yield f"row {number} has {period}"


@rule("the geographic level is one of the standard's")
def geographic_level_known(dataset: Dataset) -> Iterator[str]:
    for number, level in dataset.values("geographic_level"):
        if level not in LEVELS:
            yield f'row {number} has "{level}"'


@rule("the country is England with its code")
def country_codes(dataset: Dataset) -> Iterator[str]:
    for number, row in enumerate(dataset.rows, 2):
        country = (row.get("country_code"), row.get("country_name"))
        if country != ENGLAND:
            yield f"row {number} has {country[0]}, {country[1]}"


@rule("rows of a local authority have new_la_code, old_la_code and la_name")
def local_authority_columns(dataset: Dataset) -> Iterator[str]:
    levels = {level for _, level in dataset.values("geographic_level")}
    if LOCAL_AUTHORITY in levels:
        yield from (
            f"{dataset.data_name} has no {column}"
            for column in LA_COLUMNS
            if column not in dataset.columns
        )


@rule("a region has its name and its code, or x or z")
def region_codes(dataset: Dataset) -> Iterator[str]:
    for number, row in enumerate(dataset.rows, 2):
        code, name = (row.get(column, "") for column in REGION_COLUMNS)
        is_needed = row.get("geographic_level") != "National"
        has_columns = set(REGION_COLUMNS) <= row.keys()
        if is_needed and has_columns and code not in NO_CODES and regions().get(code) != name:
            yield f"row {number} has {code}, {name}"


@rule("a local authority has its two codes and its name, or x or z")
def local_authority_codes(dataset: Dataset) -> Iterator[str]:
    for number, row in enumerate(dataset.rows, 2):
        new, old, name = (row.get(column, "") for column in LA_COLUMNS)
        if row.get("geographic_level") != LOCAL_AUTHORITY or not set(LA_COLUMNS) <= row.keys():
            continue
        known = authorities().get(new)
        is_right = known is not None and (known.old_la_code, known.la_name) == (old, name)
        if not is_right and not (new in NO_CODES and old in NO_CODES and name):
            yield f"row {number} has {new}, {old}, {name}"


@rule("a row has no codes of a finer level than its own")
def codes_of_level(dataset: Dataset) -> Iterator[str]:
    finer = {"National": (*REGION_COLUMNS, *LA_COLUMNS), "Regional": LA_COLUMNS}
    for number, row in enumerate(dataset.rows, 2):
        for column in finer.get(row.get("geographic_level", ""), ()):
            if row.get(column):
                yield f"row {number} has {column}"


@rule("the metadata file has the standard's columns and no others")
def meta_columns(dataset: Dataset) -> Iterator[str]:
    for column in META_COLUMNS:
        if column not in (*dataset.meta_columns, *OPTIONAL_META_COLUMNS):
            yield f"{dataset.meta_name} has no {column}"
    for column in dataset.meta_columns:
        if column not in (*META_COLUMNS, *OPTIONAL_META_COLUMNS):
            yield f"{dataset.meta_name} has {column}"


@rule("each row of the metadata names a column of the data")
def meta_describes_columns(dataset: Dataset) -> Iterator[str]:
    for row in dataset.meta_rows:
        if row.get("col_name") not in dataset.columns:
            yield f'"{row.get("col_name")}" is none'


@rule("each column of the data that is no time or place is in the metadata")
def columns_described(dataset: Dataset) -> Iterator[str]:
    described = {row.get("col_name") for row in dataset.meta_rows}
    for column in dataset.columns:
        if column not in described and column not in PLACE_COLUMNS:
            yield f"{column} is not"


@rule("no column is in the metadata twice")
def meta_rows_unique(dataset: Dataset) -> Iterator[str]:
    names = [row.get("col_name", "") for row in dataset.meta_rows]
    yield from (f"{name} is" for name in _repeated(names))


@rule("times and places are not in the metadata")
def meta_without_places(dataset: Dataset) -> Iterator[str]:
    names = {row.get("col_name", "") for row in dataset.meta_rows}
    yield from (f"{name} is" for name in PLACE_COLUMNS if name in names)


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]
