"""One published figure, as prose, tables and charts read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import isnan
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.report.number import Number
from pipeline.settings import SeriesBreak
from pipeline.year import Year

if TYPE_CHECKING:
    from pipeline.report.figures import Published


class NumberRow(NamedTuple):
    """A row of figures.csv without the words of its figure; a number is NaN where it is absent."""

    year: str
    category: str
    detail: str
    value: float
    shorthand: str
    once_published: float
    source: str


@dataclass(frozen=True)
class PublishedFigure:
    """A figure as published: its words, and its numbers by year and category.

    published: all figures of the same report, for bases and years.
    base: the id of the figure that is the denominator of its shares; empty if it has none.
    overlapping: whether a case may be counted in several categories.
    breaks: the series breaks within the years compared.
    rows: its rows of figures.csv, in the order of print.
    """

    # What a narrative may name.
    # fmt: off
    template_attributes: ClassVar = frozenset({
        "title", "unit", "rule", "number", "numbers", "parts", "disclosed", "undisclosed",
        "overlapping", "over_the_years", "highest", "lowest", "breaks",
    })
    # fmt: on
    published: Published = field(repr=False)
    id: str
    title: str
    unit: str
    rule: str
    measure: str
    base: str
    overlapping: bool
    breaks: tuple[SeriesBreak, ...]
    rows: list[NumberRow] = field(repr=False)

    def number(self, year: Year | None = None, category: str = "", detail: str = "") -> Number:
        """The number of a year, by default the reported one.

        Raises a Problem if the year is outside those compared or the category does not exist.
        """
        year = year or self.published.year
        window = self.published.window
        if year not in window:
            raise Problem(
                kind=Kind.NOTEBOOK,
                where=self.id,
                what=f"{year} is outside the years compared, {window[0]} to {window[-1]}",
                remedy="Refer to a year in the table. comparison_years in council.yaml adds"
                " earlier years, as far back as anything is known.",
            )
        number = self._numbers_by_key.get((str(year), category, detail))
        if number is None:
            raise self._unknown_category(category)
        return number

    def _unknown_category(self, category: str) -> Problem:
        categories = self.categories
        if not category and categories:
            return Problem(
                kind=Kind.NOTEBOOK,
                where=self.id,
                what="this figure has categories, and is not one number",
                remedy=f'Name one, such as {self.id}["{categories[0]}"].',
            )
        remedy = "This figure is one number, without categories."
        if categories:
            remedy = f"Use one of: {'; '.join(categories)}."
        hint = did_you_mean(category, categories)
        return Problem(
            kind=Kind.NOTEBOOK,
            where=self.id,
            what=f'there is no "{category}" in this figure.{hint}',
            remedy=remedy,
        )

    def __getitem__(self, category: str) -> Number:
        return self.number(category=category)

    def withholds(self, *years: Year) -> bool:
        """Whether any number of these years is withheld."""
        return any(number.withheld for year in years for number in self.numbers(year))

    def has_published_part(self, year: Year) -> bool:
        """Whether a number above 0 is published of which this figure is the base."""
        return any(
            bool(number.value)
            for id in self.published
            if self.published[id].base == self.id
            for number in self.published[id].numbers(year)
        )

    def numbers(self, year: Year | None = None) -> list[Number]:
        """All numbers of a year, by default the reported one, in the order of print."""
        wanted_year = str(year or self.published.year)
        return [
            number
            for (number_year, _, _), number in self._numbers_by_key.items()
            if number_year == wanted_year
        ]

    @property
    def categories(self) -> list[str]:
        """The names of its categories, in the order of print; none if it has none."""
        return [name for name in dict.fromkeys(row.category for row in self.rows) if name]

    @property
    def all_numbers(self) -> list[Number]:
        """All its numbers, in the order of the file."""
        return list(self._numbers_by_key.values())

    @property
    def parts(self) -> list[Number]:
        """The reported year's categories above 0, largest first, and then those withheld.

        Equal numbers, and the withheld ones, are in the order of print.
        """
        occurring = [number for number in self.numbers() if number.occurs]
        return sorted(occurring, key=lambda number: -(number.value or 0))

    @property
    def disclosed(self) -> list[Number]:
        """The parts that are published, largest first."""
        return [part for part in self.parts if part.known]

    @property
    def has_published_cases(self) -> bool:
        """Whether a number of the reported year is published and is not 0."""
        return any(number.value for number in self.numbers())

    @property
    def undisclosed(self) -> list[Number]:
        """The categories that are withheld, in the order of print."""
        return [part for part in self.parts if part.withheld]

    @property
    def over_the_years(self) -> list[Number]:
        """The total of each year of the window, oldest first."""
        return [self.number(year) for year in self.published.window]

    @property
    def years_with_numbers(self) -> list[Year]:
        """The years compared that have a number; a line can be drawn through two or more."""
        return [
            year
            for year in self.published.window
            if any(number.known for number in self.numbers(year))
        ]

    @property
    def highest(self) -> Number:
        """The largest number of the years compared; the latest if several are equal."""
        return self._extreme(1)

    @property
    def lowest(self) -> Number:
        """The smallest number of the years compared; the latest if several are equal."""
        return self._extreme(-1)

    def _extreme(self, sign: int) -> Number:
        return max(
            self._comparable_numbers,
            key=lambda number: (sign * number.known_value, number.year),
            default=self.number(),
        )

    @property
    def _comparable_numbers(self) -> list[Number]:
        """The known numbers of the years that may be compared.

        None if any is withheld, because that one might be the highest or the lowest.
        """
        numbers = [self.number(year) for year in self.comparable_years]
        if any(number.withheld for number in numbers):
            return []
        return [number for number in numbers if number.known]

    @property
    def comparable_years(self) -> list[Year]:
        """The years compared since the last break in the series, oldest first."""
        breaks = [series_break.from_year for series_break in self.breaks]
        return [year for year in self.published.window if year >= max(breaks, default=year)]

    @property
    def sources(self) -> list[str]:
        """Where the numbers come from, each once, the oldest year's first."""
        # A number that follows from several has all their sources.
        sources = [part for row in self.rows for part in row.source.split("; ")]
        return [source for source in dict.fromkeys(sources) if source]

    @cached_property
    def _numbers_by_key(self) -> dict[tuple[str, str, str], Number]:
        """Year, category and detail → number, in the order of print."""
        return {
            row[:3]: Number(
                figure=self,
                year=Year.parse(row.year),
                category=row.category,
                detail=row.detail,
                value=_optional_float(row.value),
                shorthand=row.shorthand,
                once_published=_optional_float(row.once_published),
                source=row.source,
            )
            for row in self.rows
        }


def _optional_float(value: float) -> float | None:
    return None if isnan(value) else float(value)
