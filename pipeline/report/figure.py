"""One published figure and its numbers, as prose, tables and charts read them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from pipeline.artifacts import NumberKey
from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.settings import SeriesBreak
from pipeline.year import Year

if TYPE_CHECKING:
    from pipeline.report.figures import Published

NUMBER_FIELDS = ("year", "category", "detail", "value", "shorthand", "once_published", "source")


@dataclass(frozen=True)
class Number:
    """One published number: its key among the figures, and its value or its shorthand.

    category, detail: empty where the figure has none.
    value: None where a shorthand stands for it.
    shorthand: a key of `wording.SHORTHAND_MEANINGS`, or empty.
    once_published: the number published before it was revised; None if it was not revised.
    source: "extracts", or where it was published; empty where there is no number.
    """

    # What a narrative may name.
    # fmt: off
    template_attributes: ClassVar = frozenset({
        "value", "known", "withheld", "occurs", "previous", "base",
        "year", "category", "detail", "figure", "before_revision",
    })
    # fmt: on
    figure: PublishedFigure = field(repr=False)
    year: Year
    category: str
    detail: str
    value: float | None
    shorthand: str
    once_published: float | None = None
    source: str = ""

    @property
    def key(self) -> NumberKey:
        """Figure, year, category and detail, which together identify it among all numbers."""
        return NumberKey(self.figure.id, str(self.year), self.category, self.detail)

    @property
    def known(self) -> bool:
        """Whether it has a value to print."""
        return self.value is not None

    @property
    def known_value(self) -> float:
        """The value of a number that is known; a TypeError for any other."""
        if self.value is None:
            raise TypeError(f"{self.figure.id} has no number here")
        return self.value

    @property
    def withheld(self) -> bool:
        """Whether there is a number that is not published, to protect people."""
        return self.shorthand == "c"

    @property
    def occurs(self) -> bool:
        """Whether there is something to report: more than 0, or a withheld number."""
        return self.withheld or bool(self.value)

    @property
    def previous(self) -> Number:
        """The same number a year earlier; a Problem if that year is outside the years compared."""
        return self.figure.number(self.year.previous, self.category, self.detail)

    @property
    def series_break(self) -> SeriesBreak | None:
        """The series break that makes it incomparable with the year before, if there is one."""
        return next((one for one in self.figure.breaks if one.from_year == self.year), None)

    @property
    def before_revision(self) -> Number:
        """The number as it was published before it was revised."""
        return replace(self, value=self.once_published, shorthand="", once_published=None)

    @property
    def base(self) -> Number:
        """The denominator of its share, of the same year; a Problem if the figure has no base."""
        if not self.figure.base:
            raise Problem(
                kind=Kind.NOTEBOOK,
                where=self.figure.id,
                what="this figure has no base, so there is no share",
                remedy="Give the number without a share.",
            )
        return self.figure.published[self.figure.base].number(self.year)


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
        "over_the_years", "highest", "lowest", "breaks",
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
    rows: pd.DataFrame = field(repr=False)

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
        categories = [name for name in self.rows["category"].unique() if name]
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

    def numbers(self, year: Year | None = None) -> list[Number]:
        """All numbers of a year, by default the reported one, in the order of print."""
        wanted_year = str(year or self.published.year)
        return [
            number
            for (number_year, _, _), number in self._numbers_by_key.items()
            if number_year == wanted_year
        ]

    @property
    def all_numbers(self) -> list[Number]:
        """All its numbers, in the order of the file."""
        return list(self._numbers_by_key.values())

    @property
    def parts(self) -> list[Number]:
        """The reported year's categories that occurred, largest first and withheld ones last.

        Equal numbers, and the withheld ones among themselves, are in the order of print.
        """
        occurring = [number for number in self.numbers() if number.occurs]
        return sorted(occurring, key=lambda number: -(number.value or 0))

    @property
    def disclosed(self) -> list[Number]:
        """The parts that are published, largest first."""
        return [part for part in self.parts if part.known]

    @property
    def undisclosed(self) -> list[Number]:
        """The parts that are withheld, in the order of print."""
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
        return max(
            self._comparable_numbers,
            key=lambda number: (number.known_value, number.year),
            default=self.number(),
        )

    @property
    def lowest(self) -> Number:
        """The smallest number of the years compared; the latest if several are equal."""
        return max(
            self._comparable_numbers,
            key=lambda number: (-number.known_value, number.year),
            default=self.number(),
        )

    @property
    def _comparable_numbers(self) -> list[Number]:
        """The known numbers of the years compared.

        None if any is withheld, because that one might be the highest or the lowest.
        """
        numbers = self.over_the_years
        if any(number.withheld for number in numbers):
            return []
        return [number for number in numbers if number.known]

    @property
    def sources(self) -> list[str]:
        """Where the numbers come from, each once, the oldest year's first."""
        # A number that follows from several has all their sources.
        sources = [part for source in self.rows["source"] for part in source.split("; ")]
        return [source for source in dict.fromkeys(sources) if source]

    @cached_property
    def _numbers_by_key(self) -> dict[tuple[str, str, str], Number]:
        """Year, category and detail → number, in the order of print."""
        numbers = {}
        columns = [self.rows[name] for name in NUMBER_FIELDS]
        for row in zip(*columns, strict=True):
            year, category, detail, value, shorthand, once_published, source = row
            numbers[year, category, detail] = Number(
                figure=self,
                year=Year.parse(year),
                category=category,
                detail=detail,
                value=_optional_float(value),
                shorthand=shorthand,
                once_published=_optional_float(once_published),
                source=source,
            )
        return numbers


def _optional_float(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
