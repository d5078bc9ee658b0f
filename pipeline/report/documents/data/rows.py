"""The rows of `figures.csv` and of `figures.meta.csv`, which says what its columns are."""

from __future__ import annotations

from pipeline.artifacts import TOTAL
from pipeline.open_data.authorities import authority_of
from pipeline.open_data.layout import (
    FILTER_COLUMNS,
    FINANCIAL_YEAR,
    LOCAL_AUTHORITY,
    META_COLUMNS,
    NOT_APPLICABLE,
    PLACE_COLUMNS,
    period_of,
)
from pipeline.report import wording
from pipeline.report.figure import PublishedFigure
from pipeline.report.figures import Published
from pipeline.report.number import Number
from pipeline.settings import Settings

FILTERS = {
    "breakdown_topic": ("Figure", "What is counted or measured"),
    "breakdown": ("Category", "Total for a figure without categories"),
    "figure": ("Figure id", "The same as the figure, in a name for software"),
}
UNITS_OF_MEASURES = {"pound": ("cost", "£"), "working day": ("working_days", "")}
MAIN_FIGURE = "complaints.received"
# What is counted in a category, where that is another unit than the figure's.
UNIT_OF_CATEGORY = {("activity.by_measure", "referrals"): "referral"}


def unit_of(figure: PublishedFigure, category: str) -> str:
    """What a number counts, in the singular."""
    return UNIT_OF_CATEGORY.get((figure.id, category), figure.unit)


def indicator_of(figure: PublishedFigure, category: str) -> str:
    """The column of a number: that of its unit, such as complaint_count or working_days."""
    unit = unit_of(figure, category)
    if figure.measure == "rate":
        return f"{_snake_case(unit)}_rate"
    name, _ = UNITS_OF_MEASURES.get(unit, ("", ""))
    return name or f"{_snake_case(unit)}_count"


def _snake_case(text: str) -> str:
    return text.replace(" ", "_").replace("-", "_").lower()


def data_rows(
    settings: Settings, published: Published, figures: list[PublishedFigure]
) -> list[dict[str, str]]:
    """One row per figure, year and category, with a column for each unit."""
    council = settings.council
    geography = authority_of(council.la_code, council.authority).geography
    numbers = [
        (year, number)
        for figure in figures
        for year in published.window
        for number in figure.numbers(year)
    ]
    indicators = dict.fromkeys(
        indicator_of(number.figure, number.category) for _, number in numbers
    )
    rows = []
    for year, number in numbers:
        place = (period_of(str(year)), FINANCIAL_YEAR, LOCAL_AUTHORITY, *geography)
        filters = (number.figure.title, number.category or TOTAL, number.figure.id)
        row = dict(zip(PLACE_COLUMNS, place, strict=True))
        row |= dict(zip(FILTER_COLUMNS, filters, strict=True))
        row |= dict.fromkeys(indicators, NOT_APPLICABLE)
        rows.append(row | {indicator_of(number.figure, number.category): _cell(number)})
    return rows


def _cell(number: Number) -> str:
    """The number to two decimals, or the symbol in its place."""
    if number.value is None:
        return number.shorthand
    return wording.machine_number(round(number.value, 2))


def meta_rows(rows: list[dict[str, str]], figures: list[PublishedFigure]) -> list[dict[str, str]]:
    """A row of `figures.meta.csv` for each column that is no time or place."""
    meta = []
    for name, (label, hint) in FILTERS.items():
        # The figure that a reader looks for first, where it is published.
        first = next((row for row in rows if row["figure"] == MAIN_FIGURE), rows[0])
        attributes = {"filter_hint": hint, "filter_default": first[name]}
        meta.append({"col_name": name, "col_type": "Filter", "label": label} | attributes)
    units = {
        indicator_of(figure, number.category): (figure, number.category)
        for figure in figures
        for number in figure.all_numbers
    }
    for name in (name for name in rows[0] if name in units):
        figure, category = units[name]
        unit = unit_of(figure, category)
        decimals = max(len(row[name].partition(".")[2]) for row in rows)
        attributes = {
            "indicator_unit": UNITS_OF_MEASURES.get(unit, ("", ""))[1],
            "indicator_dp": str(decimals),
        }
        label = wording.capitalise(wording.plural(unit, 2))
        label += " per 1,000" if figure.measure == "rate" else ""
        meta.append({"col_name": name, "col_type": "Indicator", "label": label} | attributes)
    return [{column: row.get(column, "") for column in META_COLUMNS} for row in meta]
