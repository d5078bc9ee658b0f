"""The rules about filters and indicators."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.artifacts import TOTAL
from pipeline.open_data.layout import SYMBOLS
from pipeline.open_data.screener.dataset import Dataset, rule

UNITS = ("", "£", "£m", "%", "pp", "numberstring")
MAX_LABEL = 100
MAX_ITEM = 120
FILTER_ATTRIBUTES = ("filter_hint", "filter_grouping_column", "filter_default")
INDICATOR_ATTRIBUTES = ("indicator_grouping", "indicator_unit", "indicator_dp")
PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
OBSOLETE_SYMBOLS = (":", "~", ".", "..", "-", "n/a", "N/A", "NA")


@rule("a column is a Filter or an Indicator")
def column_types(dataset: Dataset) -> Iterator[str]:
    for row in dataset.meta_rows:
        if row.get("col_type") not in ("Filter", "Indicator"):
            yield f'{row.get("col_name")} is a "{row.get("col_type")}"'


@rule("there is at least one indicator")
def has_indicator(dataset: Dataset) -> Iterator[str]:
    if not dataset.indicators:
        yield f"{dataset.meta_name} names none"


@rule("each label is there, with at most 100 characters, and no two are the same")
def labels(dataset: Dataset) -> Iterator[str]:
    known: set[str] = set()
    for row in dataset.meta_rows:
        label = row.get("label", "").strip()
        if not label or len(label) > MAX_LABEL or label in known:
            yield f'{row.get("col_name")} has "{label}"'
        known.add(label)


@rule("a filter has at least two items")
def filter_levels(dataset: Dataset) -> Iterator[str]:
    for row in dataset.filters:
        if dataset.rows and len(_items(dataset, row["col_name"])) < 2:
            yield f"{row['col_name']} has one"


@rule("a filter has no blank cells")
def filter_blanks(dataset: Dataset) -> Iterator[str]:
    for row in dataset.filters:
        for number, item in dataset.values(row["col_name"]):
            if not item.strip():
                yield f"{row['col_name']} in row {number} is blank"


@rule("the items of a filter have no spaces around them")
def filter_spaces(dataset: Dataset) -> Iterator[str]:
    for row in dataset.filters:
        for item in _items(dataset, row["col_name"]):
            if item.strip() and item != item.strip():
                yield f'{row["col_name"]} has "{item}"'


@rule("an item of a filter has at most 120 characters")
def filter_item_length(dataset: Dataset) -> Iterator[str]:
    for row in dataset.filters:
        for item in _items(dataset, row["col_name"]):
            if len(item) > MAX_ITEM:
                yield f'{row["col_name"]} has "{item[:MAX_LABEL]}…"'


@rule("a filter has the item Total, or another that is its default")
def filter_default(dataset: Dataset) -> Iterator[str]:
    for row in dataset.filters:
        items = _items(dataset, row["col_name"])
        default = row.get("filter_default") or TOTAL
        if items and default not in items:
            yield f'{row["col_name"]} has no "{default}"'


@rule("a column by which the items of a filter are grouped is in the data, and is no filter")
def filter_grouping(dataset: Dataset) -> Iterator[str]:
    filters = {row["col_name"] for row in dataset.filters}
    for row in dataset.filters:
        group = row.get("filter_grouping_column")
        if group and (group not in dataset.columns or group in filters):
            yield f"{row['col_name']} is grouped by {group}"


@rule("no indicator has a blank cell")
def indicator_blanks(dataset: Dataset) -> Iterator[str]:
    for row in dataset.indicators:
        for number, cell in dataset.values(row["col_name"]):
            if not cell.strip():
                yield f"{row['col_name']} in row {number} is blank"


@rule("what is missing has a symbol of today's standard")
def indicator_symbols(dataset: Dataset) -> Iterator[str]:
    for row in dataset.indicators:
        for number, cell in dataset.values(row["col_name"]):
            is_letter = len(cell) == 1 and cell.isalpha() and cell not in SYMBOLS
            if cell in OBSOLETE_SYMBOLS or is_letter:
                yield f'{row["col_name"]} in row {number} has "{cell}"'


@rule("an indicator has numbers without separators, or symbols")
def indicator_numbers(dataset: Dataset) -> Iterator[str]:
    for row in dataset.indicators:
        for number, cell in dataset.values(row["col_name"]):
            is_other = len(cell) > 1 and cell not in (*SYMBOLS, *OBSOLETE_SYMBOLS)
            if is_other and not PLAIN_NUMBER.fullmatch(cell):
                yield f'{row["col_name"]} in row {number} has "{cell}"'


@rule("the unit of an indicator is blank, £, £m, %, pp or numberstring")
def indicator_units(dataset: Dataset) -> Iterator[str]:
    for row in dataset.indicators:
        if row.get("indicator_unit", "") not in UNITS:
            yield f'{row["col_name"]} has "{row["indicator_unit"]}"'


@rule("an indicator says its number of decimals")
def indicator_decimals(dataset: Dataset) -> Iterator[str]:
    for row in dataset.indicators:
        if not re.fullmatch(r"\d+", row.get("indicator_dp", ""), re.ASCII):
            yield f'{row["col_name"]} has "{row.get("indicator_dp")}"'


@rule("no number has more decimals than its indicator says")
def indicator_decimals_kept(dataset: Dataset) -> Iterator[str]:
    for row in dataset.indicators:
        places = row.get("indicator_dp", "")
        for number, cell in dataset.values(row["col_name"]):
            decimals = len(cell.partition(".")[2])
            if PLAIN_NUMBER.fullmatch(cell) and places.isdecimal() and decimals > int(places):
                yield f"{row['col_name']} in row {number} has {cell}"


@rule("filters have no attributes of indicators, nor indicators those of filters")
def attributes_of_kind(dataset: Dataset) -> Iterator[str]:
    for rows, names in (
        (dataset.filters, INDICATOR_ATTRIBUTES),
        (dataset.indicators, FILTER_ATTRIBUTES),
    ):
        for row in rows:
            yield from (f"{row['col_name']} has {name}" for name in names if row.get(name))


@rule("no two rows have the same time, place and filters")
def unique_rows(dataset: Dataset) -> Iterator[str]:
    indicators = {row["col_name"] for row in dataset.indicators}
    keys = [name for name in dataset.columns if name not in indicators]
    first: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(dataset.rows, 2):
        key = tuple(row.get(name, "") for name in keys)
        if key in first:
            yield f"row {number} repeats row {first[key]}"
        first.setdefault(key, number)


def _items(dataset: Dataset, column: str) -> list[str]:
    return list(dict.fromkeys(item for _, item in dataset.values(column)))
