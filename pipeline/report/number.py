"""One published number, as prose, tables and charts read it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

from pipeline.artifacts import NumberKey
from pipeline.problem import Kind, Problem
from pipeline.settings import SeriesBreak
from pipeline.year import Year

if TYPE_CHECKING:
    from pipeline.report.figure import PublishedFigure

NOT_RECORDED = "not recorded"
LAST_CATEGORIES = ("other", NOT_RECORDED)  # in a list by size, whatever their size


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
    def possible_values(self) -> tuple[float, float]:
        """The least and the greatest value of which this known number may be the rounded one."""
        is_exact = self.figure.measure != "count" or not self.value
        multiple = 1 if is_exact else self.figure.published.round_to
        return self.known_value - multiple // 2, self.known_value + (multiple - 1) // 2

    @property
    def may_be_none(self) -> bool:
        """Whether it is a withheld count that may be 0, for all that is published.

        A 0 is withheld where it would give another number away.
        """
        if not self.withheld or self.figure.measure != "count":
            return False
        return bool(self.category) or not self.figure.has_published_part(self.year)

    @property
    def previous(self) -> Number:
        """The same number a year earlier; a Problem if that year is outside the years compared."""
        return self.in_year(self.year.previous)

    @property
    def earlier(self) -> list[Number]:
        """The same number of the earlier years compared, oldest first."""
        return [self.in_year(year) for year in self.figure.published.window if year < self.year]

    def in_year(self, year: Year) -> Number:
        """The same number of a year; a Problem if it is outside the years compared."""
        return self.figure.number(year, self.category, self.detail)

    @property
    def series_break(self) -> SeriesBreak | None:
        """The series break that makes it incomparable with the year before, if there is one."""
        return next((one for one in self.figure.breaks if one.from_year == self.year), None)

    @property
    def before_revision(self) -> Number:
        """The number that was published before the revision."""
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
