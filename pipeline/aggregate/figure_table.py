"""All years in one tidy table: from extracts where there are any, else from published.csv."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

import pandas as pd
import pyarrow as pa
from pandas.api.types import is_numeric_dtype

from pipeline.aggregate.catalogue import Catalogue, catalogue_of, numerator
from pipeline.aggregate.cleaned_data import CleanedData
from pipeline.aggregate.figure import (
    STATISTICS,
    CategoryKey,
    Figure,
    round_to_multiple,
)
from pipeline.aggregate.lineage import lineage_table
from pipeline.aggregate.published.numbers import (
    NOT_AVAILABLE,
    PRINT_TOLERANCE,
    PublishedNumbers,
    SourcedNumber,
    known_values,
    published_totals,
)
from pipeline.aggregate.published.own_reports import final_numbers
from pipeline.artifacts import FROM_EXTRACTS, NumberKey
from pipeline.settings import Council

FIGURE_TABLE_COLUMNS = [
    "figure",
    "title",
    "unit",
    "rule",
    "measure",
    "base",
    "overlapping",
    "year",
    "category",
    "detail",
    "value",
    "shorthand",
    "once_published",
    "source",
]
COLUMN_TYPES = dict.fromkeys(FIGURE_TABLE_COLUMNS, "str") | {
    "value": "Float64",
    "once_published": "Float64",
}
NOT_APPLICABLE = "z"
REVISED = "r"


Numbers = dict[CategoryKey, SourcedNumber]


def number_keys(figures: pd.DataFrame) -> list[NumberKey]:
    """The key of each row of the table of figures."""
    return [NumberKey(*parts) for parts in figures[list(NumberKey._fields)].to_numpy().tolist()]


def counts_of_people(figures: pd.DataFrame, catalogue: Catalogue) -> dict[NumberKey, float]:
    """The numbers that disclosure control is about, in the order of the figures."""
    values = {}
    for key, value in zip(number_keys(figures), figures["value"], strict=True):
        figure = catalogue[key.figure]
        is_of_people = figure.measure == "count" and figure.disclosure_group != "nobody"
        if is_of_people and not pd.isna(value):
            values[key] = float(value)
    return values


def build_figure_table(
    data: CleanedData,
    published: pd.DataFrame,
    write_lineage: Callable[[pa.Table], None] = lambda lineage: None,
) -> pd.DataFrame:
    """Every figure in every year of the window: FIGURE_TABLE_COLUMNS, in the catalogue's order.

    Figures of columns that the council never filled in are left out.

    published: the rows of published.csv.
    write_lineage: called with the rows behind each figure as soon as they are selected, so that
        only one figure's rows are in memory.

    shorthand is `x` where there is no data and `z` where there is nothing to measure, and `value`
    is then missing. It is `r` where another number was published before, in `once_published`: by
    published.csv or, for a number that is not in it, by our own final report on an earlier year.
    """
    catalogue = catalogue_of(data.settings.council)
    totals = published_totals(published, data.settings.council)
    once_published = final_numbers(data.settings) | known_values(totals.entered)
    completed = totals.completed
    if data.settings.is_part:  # what was published is of whole years
        once_published, completed = {}, {}
    numbers_by_figure: dict[str, Numbers] = {}
    once_entered = {key.figure for key in completed}
    figures = [
        figure
        for figure in catalogue.values()
        if figure.is_recorded(data) or figure.id in once_entered
    ]
    for figure in figures:
        rows = figure.selected_rows(data)
        counted_rows = None
        crowded_years: set[str] = set()
        if rows is not None:
            counted_rows = _with_codes(figure.rows_to_publish(rows), ["year", *figure.by])
            if len(counted_rows):
                write_lineage(lineage_table(figure, counted_rows))
            if figure.max_rows:
                crowded_years = {*rows["year"].unique()} - {*counted_rows["year"].unique()}
        numbers_by_figure[figure.id] = _numbers_of_figure(
            figure, counted_rows, crowded_years, completed, data
        )
    table_rows = []
    for figure in figures:
        attributes = (
            figure.id,
            figure.title,
            figure.unit,
            figure.rule,
            figure.measure,
            figure.base or "",
            "yes" if figure.overlapping else "",
        )
        for key, number in _divide_by_base(figure, numbers_by_figure, catalogue).items():
            earlier = once_published.get(NumberKey(figure.id, *key))
            shorthand = _shorthand(figure, number)
            if not shorthand and _is_revised(number, earlier, data.settings.council):
                shorthand = REVISED
            replaced = earlier if shorthand == REVISED else None
            numbers = (number.value, shorthand, replaced, number.source)
            table_rows.append((*attributes, *key, *numbers))
    return pd.DataFrame(table_rows, columns=FIGURE_TABLE_COLUMNS).astype(COLUMN_TYPES)


def _with_codes(rows: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """The rows with the texts of some columns as categories, in the order in which they occur.

    They are made once here, and not each time that the rows are counted or written.
    """
    coded = {}
    for name in columns:
        if not is_numeric_dtype(rows[name]):
            codes, texts = pd.factorize(rows[name])
            coded[name] = pd.Categorical.from_codes(codes, texts.astype("str"))
    return rows.assign(**coded)


def _numbers_of_figure(
    figure: Figure,
    rows: pd.DataFrame | None,
    crowded_years: Collection[str],
    published: PublishedNumbers,
    data: CleanedData,
) -> Numbers:
    """The number for each year of the window and each category; none is silently left out.

    rows: those that are counted; None if there is no data. crowded_years: with too many rows.
    """
    available_years: list[str] = []
    numbers_from_rows: Mapping[CategoryKey, float | None] = {}
    if rows is not None:
        available_years = figure.available_years(data)
        numbers_from_rows = figure.numbers(rows)
    categories = _fixed_categories(figure, data)
    if categories and figure.older_categories:
        entered = {key.category for key in published if key.figure == figure.id}
        occurring = entered | {category for _, category, _ in numbers_from_rows}
        older = figure.older_categories(data.settings.council)
        categories += tuple(one for one in older if one in occurring and one not in categories)
    if categories is not None:
        unknown = {category for _, category, _ in numbers_from_rows} - set(categories)
        if unknown:
            raise AssertionError(
                f"{figure.id}: rows in categories that it does not declare: {sorted(unknown)}"
            )
    numbers: Numbers = {}
    window = list(map(str, data.settings.window))
    if categories is None and len(figure.by) == 1:
        # Texts of one column are the categories of every year that is compared.
        texts = {category for year, category, _ in numbers_from_rows if year in window}
        categories = tuple(sorted(texts, key=_print_order)) or ("",)
    for year in window:
        is_available = year in available_years
        if categories is not None:
            keys = [(year, category, "") for category in categories]
        else:
            # Those of several columns differ from year to year. A year without any gets one row: a
            # true 0 if its extracts are available.
            keys = sorted(key for key in numbers_from_rows if key[0] == year) or [(year, "", "")]
        default = None if year in crowded_years else figure.value_without_rows
        for key in keys:
            if is_available:
                value = numbers_from_rows.get(key, default)
                numbers[key] = SourcedNumber(value, FROM_EXTRACTS)
            else:
                numbers[key] = published.get(NumberKey(figure.id, *key), SourcedNumber(None, ""))
    return numbers


def _print_order(text: str) -> tuple[float, str]:
    """Numbers by their size, before all other texts."""
    return (float(text) if text.isdecimal() else float("inf"), text)


def _fixed_categories(figure: Figure, data: CleanedData) -> tuple[str, ...] | None:
    """The categories that every year has; None if they are the texts that occur."""
    if figure.categories:
        return figure.categories(data.settings.council)
    return None if figure.by else ("",)


def _divide_by_base(
    figure: Figure, numbers_by_figure: dict[str, Numbers], catalogue: Catalogue
) -> Numbers:
    """The numbers of a rate divided by its base; those of any other figure unchanged."""
    numbers = numbers_by_figure[figure.id]
    if figure.measure != "rate" or figure.base is None or figure.per is None:
        return numbers
    counts = numbers_by_figure[numerator(figure, catalogue)]
    bases = numbers_by_figure[figure.base]
    rates: Numbers = {}
    for key, number in numbers.items():
        count, base = counts[key], bases[key]
        is_published = number.source not in ("", FROM_EXTRACTS)
        if is_published or count.value is None or not base.value:
            rates[key] = number if is_published else SourcedNumber(None, number.source)
        else:
            sources = dict.fromkeys([count.source, base.source])
            source = number.source or "; ".join(sources)
            rates[key] = SourcedNumber(count.value / base.value * figure.per, source)
    return rates


def _shorthand(figure: Figure, number: SourcedNumber) -> str:
    """What stands in place of a number; empty if there is one."""
    if number.shorthand or number.value is not None:
        return number.shorthand
    is_from_extracts = number.source == FROM_EXTRACTS
    is_statistic = figure.measure in STATISTICS or figure.max_rows is not None
    has_nothing_to_measure = is_from_extracts and is_statistic
    return NOT_APPLICABLE if has_nothing_to_measure else NOT_AVAILABLE


def _is_revised(number: SourcedNumber, earlier: float | None, council: Council) -> bool:
    """Whether the extracts give another number than was published before.

    An earlier report may have rounded it, as the council's policy says.
    """
    if earlier is None or number.value is None or number.source != FROM_EXTRACTS:
        return False
    rounded = round_to_multiple(number.value, council.disclosure.round_to)
    return min(abs(earlier - number.value), abs(earlier - rounded)) >= PRINT_TOLERANCE
