"""The door: the published figures, and nothing else, as prose, tables and charts see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import dropwhile
from typing import ClassVar

import pandas as pd

from pipeline.artifacts import NumberKey
from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.report import wording
from pipeline.settings import SeriesBreak, Settings
from pipeline.year import Year

FIGURES_FILE = "3_aggregate/figures.csv"
TEXT_COLUMNS = (
    "figure", "title", "unit", "rule", "measure", "base", "overlapping", "year", "category", "detail", "shorthand", "source",
)  # fmt: skip


@dataclass(frozen=True)
class Number:
    """One published number: where it stands among the figures, and its value or the shorthand that stands for it.

    once_published: the number that was published before, where it was another. source: the extracts, or where it was published;
    empty where there is no number.
    """

    template_attributes: ClassVar = frozenset(
        {
            "value",
            "known",
            "withheld",
            "occurs",
            "previous",
            "base",
            "year",
            "category",
            "detail",
            "figure",
            "before_revision",
        }
    )  # to a narrative
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
        """Where it stands among all numbers."""
        return self.figure.id, str(self.year), self.category, self.detail

    @property
    def known(self) -> bool:
        return self.value is not None

    @property
    def withheld(self) -> bool:
        """Whether it is known, and kept back to protect people."""
        return self.shorthand == "c"

    @property
    def occurs(self) -> bool:
        """Whether there is something to report: more than 0, or a number that is kept back."""
        return self.withheld or bool(self.value)

    @property
    def previous(self) -> Number:
        """The same number a year earlier."""
        return self.figure.number(self.year.previous, self.category, self.detail)

    @property
    def series_break(self) -> SeriesBreak | None:
        """The break between this number and that of the year before, across which the two cannot be compared."""
        return next((one for one in self.figure.breaks if one.from_year == self.year), None)

    @property
    def before_revision(self) -> Number:
        """The number as it was published before it was revised."""
        return replace(self, value=self.once_published, shorthand="", once_published=None)

    @property
    def base(self) -> Number:
        """The denominator of its share, of the same year."""
        if not self.figure.base:
            raise Problem(
                Kind.NOTEBOOK,
                self.figure.id,
                "this figure has no base, so there is no share",
                "Give the number without a share.",
            )
        return self.figure.published[self.figure.base].number(self.year)


@dataclass(frozen=True)
class PublishedFigure:
    """A figure as published: its words, and its numbers by year and category."""

    template_attributes: ClassVar = frozenset(
        {
            "title",
            "unit",
            "rule",
            "number",
            "numbers",
            "parts",
            "disclosed",
            "undisclosed",
            "over_the_years",
            "highest",
            "lowest",
            "breaks",
        }
    )  # to a narrative
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
        """The number of a year (by default the reported one); a Problem where the year or category is not in the figure."""
        year = year or self.published.year
        if year not in self.published.window:
            raise Problem(
                Kind.NOTEBOOK, self.id, f"{year} is outside the years compared, {self.published.window[0]} to {self.published.window[-1]}",
                "Speak of a year in the table. comparison_years in council.yaml lengthens it, as far back as anything is known.",
            )  # fmt: skip
        found = self._numbers_by_key.get((str(year), category, detail))
        if found is None:
            categories = [name for name in self.rows["category"].unique() if name]
            raise Problem(
                Kind.NOTEBOOK, self.id, f'there is no "{category}" in this figure.{did_you_mean(category, categories)}',
                f"Use one of: {'; '.join(categories)}." if categories else "This figure is one number, without categories.",
            )  # fmt: skip
        return found

    def __getitem__(self, category: str) -> Number:
        return self.number(category=category)

    def withholds(self, *years: Year) -> bool:
        """Whether a number of these years is kept back."""
        return any(number.withheld for year in years for number in self.numbers(year))

    def numbers(self, year: Year | None = None) -> list[Number]:
        """All numbers of a year, in the order of print."""
        of = str(year or self.published.year)
        return [number for key, number in self._numbers_by_key.items() if key[0] == of]

    @property
    def all_numbers(self) -> list[Number]:
        """All its numbers, in the order of the file."""
        return list(self._numbers_by_key.values())

    @property
    def parts(self) -> list[Number]:
        """The reported year's categories that occurred, largest first; equals, and last the withheld, in the order of print."""
        return sorted(
            (number for number in self.numbers() if number.occurs),
            key=lambda number: -(number.value or 0),
        )

    @property
    def disclosed(self) -> list[Number]:
        """Those of the parts that are not kept back."""
        return [part for part in self.parts if part.known]

    @property
    def undisclosed(self) -> list[Number]:
        """Those of the parts that are kept back."""
        return [part for part in self.parts if part.withheld]

    @property
    def over_the_years(self) -> list[Number]:
        """The total of each year of the window, oldest first."""
        return [self.number(year) for year in self.published.window]

    @property
    def years_with_numbers(self) -> list[Year]:
        """The years compared of which it has a number: from two on there is something to draw a line through."""
        return [
            year
            for year in self.published.window
            if any(number.known for number in self.numbers(year))
        ]

    @property
    def highest(self) -> Number:
        """The largest number of the years compared; the latest where several are equal."""
        return max(
            self._comparable_numbers, key=lambda one: (one.value, one.year), default=self.number()
        )

    @property
    def lowest(self) -> Number:
        """The smallest number of the years compared; the latest where several are equal."""
        return max(
            self._comparable_numbers, key=lambda one: (-one.value, one.year), default=self.number()
        )

    @property
    def _comparable_numbers(self) -> list[Number]:
        """The numbers of the years compared; none where one is withheld, for it might be the highest or the lowest."""
        numbers = self.over_the_years
        return (
            []
            if any(number.withheld for number in numbers)
            else [number for number in numbers if number.known]
        )

    @property
    def sources(self) -> list[str]:
        """Where the numbers come from, each once, the oldest year's first."""
        return [source for source in self.rows["source"].unique() if source]

    @cached_property
    def _numbers_by_key(self) -> dict[tuple[str, str, str], Number]:
        """Year, category and detail → number, in the order of print."""
        columns = (
            self.rows[name]
            for name in (
                "year",
                "category",
                "detail",
                "value",
                "shorthand",
                "once_published",
                "source",
            )
        )
        return {
            (year, category, detail): Number(
                self,
                Year.parse(year),
                category,
                detail,
                _optional_float(value),
                shorthand,
                _optional_float(once_published),
                source,
            )
            for year, category, detail, value, shorthand, once_published, source in zip(
                *columns, strict=True
            )
        }


def _optional_float(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


class Published:
    """All published figures of one report, by id."""

    def __init__(self, rows: pd.DataFrame, year: Year, window: tuple[Year, ...], breaks: tuple[SeriesBreak, ...] = (),
                 round_to: int = 1):  # fmt: skip
        self.year, self.window, self.round_to = year, window, round_to
        self._figures = {
            id: PublishedFigure(
                self, id, first["title"], first["unit"], first["rule"], first["measure"], first["base"],
                first["overlapping"] == "yes",
                tuple(one for one in breaks if one.figure == id and window[0] < one.from_year <= window[-1]), part,
            )
            for id, part in rows.groupby("figure", sort=False)
            for first in [part.iloc[0]]
        }  # fmt: skip

    @classmethod
    def read(cls, settings: Settings) -> Published:
        """The figures as the aggregate step wrote them: a tidy CSV, empty text as empty text.

        The years compared begin with the first of which anything is known: of a council's first report it is that year alone.
        """
        types = dict.fromkeys(TEXT_COLUMNS, "str") | {
            "value": "float64",
            "once_published": "float64",
        }
        numbers = {"value": [""], "once_published": [""]}
        rows = pd.read_csv(
            settings.processed / FIGURES_FILE, dtype=types, keep_default_na=False, na_values=numbers
        )
        unknown = set(rows["shorthand"]) - {"", *wording.SHORTHAND_MEANINGS}
        if unknown:
            raise AssertionError(f"shorthand nobody explains: {sorted(unknown)}")
        council, told = settings.council, set(rows.loc[rows["shorthand"] != "x", "year"])
        window = tuple(
            dropwhile(lambda year: str(year) not in told and year != settings.year, settings.window)
        )
        return cls(rows, settings.year, window, council.series_breaks, council.disclosure.round_to)

    def __getitem__(self, id: str) -> PublishedFigure:
        if id not in self._figures:
            hint = did_you_mean(id, list(self._figures))
            raise Problem(
                Kind.NOTEBOOK,
                id,
                f"there is no such figure.{hint}",
                "docs/figures.md lists every figure.",
            )
        return self._figures[id]

    @property
    def rounding_note(self) -> str:
        """What a reader is told above rounded numbers; empty where they are not rounded."""
        return wording.ROUNDING_NOTE.format(self.round_to) if self.round_to > 1 else ""

    @property
    def about_prefix(self) -> str:
        """What stands before "the same" where numbers are rounded."""
        return "about " if self.round_to > 1 else ""

    @property
    def not_available(self) -> list[PublishedFigure]:
        """The figures that have no number in the reported year, because nothing was supplied to make them of."""
        return [
            figure
            for figure in self._figures.values()
            if {number.shorthand for number in figure.numbers()} == {"x"}
        ]

    @property
    def revisions(self) -> list[Number]:
        """The numbers that are others now than were once published, in the catalogue's order."""
        return [
            number
            for figure in self._figures.values()
            for number in figure.all_numbers
            if number.once_published is not None
        ]

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)
