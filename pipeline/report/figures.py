"""The published figures, and nothing else, as prose, tables and charts read them.

Everything published passes through `Published`: no case-level table is read after this step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from itertools import dropwhile

import pandas as pd

from pipeline.artifacts import AGGREGATE_STEP, FIGURES_FILE
from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.report import wording
from pipeline.report.figure import NumberRow, PublishedFigure
from pipeline.report.number import Number
from pipeline.settings import Council, SeriesBreak, Settings
from pipeline.year import Year

# What the extracts that a council may leave out are about, by the prefix of their figures' ids.
SUBJECTS = {
    "concerns": "informal concerns",
    "training": "training",
    "activity": "the number of children we work with",
}
FIGURE_FIELDS = ("figure", "title", "unit", "rule", "measure", "base", "overlapping")
NUMBER_COLUMNS = ("value", "once_published")
OMBUDSMAN_DECISIONS = ("ombudsman.by_decision", "ombudsman.decided_by_decision")
NEW_CATEGORIES = "The Ombudsman uses other categories than before."
PATTERN = re.compile(r"[*?\[]")
TEXT_COLUMNS = (*FIGURE_FIELDS, "year", "category", "detail", "shorthand", "source")


class Published:
    """All published figures of one report, by id."""

    def __init__(
        self,
        rows: pd.DataFrame,
        year: Year,
        window: tuple[Year, ...],
        breaks: tuple[SeriesBreak, ...] = (),
        round_to: int = 1,
    ) -> None:
        """The figures of one reported year.

        rows: figures.csv, one row per number, in the order of print.
        window: the years compared, oldest first and the reported one last.
        round_to: the multiple to which counts are rounded; 1 if they are exact.
        """
        self.year = year
        self.window = window
        self.round_to = round_to
        self.period_end = year.last_day  # or that of the part of the year
        self._figures: dict[str, PublishedFigure] = {}
        # Objects, because to go through a column of texts takes many times as long.
        words = rows[list(FIGURE_FIELDS)].to_numpy(object).tolist()
        numbers = rows[list(NumberRow._fields)].astype({"value": float, "once_published": float})
        for (id, *attributes), row in zip(words, numbers.to_numpy(object).tolist(), strict=True):
            if id not in self._figures:
                title, unit, rule, measure, base, overlapping = attributes
                self._figures[id] = PublishedFigure(
                    published=self,
                    id=id,
                    title=title,
                    unit=unit,
                    rule=rule,
                    measure=measure,
                    base=base,
                    overlapping=overlapping == "yes",
                    breaks=_breaks_within(window, [one for one in breaks if one.figure == id]),
                    rows=[],
                )
            self._figures[id].rows.append(NumberRow(*row))

    @classmethod
    def read(cls, settings: Settings) -> Published:
        """The figures as the aggregate step wrote them: a tidy CSV, empty text as empty text.

        The years compared begin with the first of which anything is known: in a council's first
        report that is the reported year alone.
        """
        types = dict.fromkeys(TEXT_COLUMNS, "str") | dict.fromkeys(NUMBER_COLUMNS, "float64")
        rows = pd.read_csv(
            settings.processed / AGGREGATE_STEP / FIGURES_FILE,
            dtype=types,
            keep_default_na=False,
            na_values={name: [""] for name in NUMBER_COLUMNS},
        )
        unexplained = set(rows["shorthand"]) - {"", *wording.SHORTHAND_MEANINGS}
        if unexplained:
            raise AssertionError(f"shorthand nobody explains: {sorted(unexplained)}")
        known_years = set(rows.loc[rows["shorthand"] != "x", "year"])

        def is_unknown(year: Year) -> bool:
            return str(year) not in known_years and year != settings.year

        window = tuple(dropwhile(is_unknown, settings.window))
        council = settings.council
        round_to = council.disclosure.round_to
        breaks = (*council.series_breaks, *_breaks_of_ombudsman(rows, council))
        published = cls(rows, settings.year, window, breaks, round_to)
        published.period_end = settings.period_end(settings.year)
        return published

    def __getitem__(self, id: str) -> PublishedFigure:
        if id not in self._figures:
            hint = did_you_mean(id, list(self._figures))
            raise Problem(
                kind=Kind.NOTEBOOK,
                where=id,
                what=f"there is no such figure.{hint}",
                remedy="docs/figures.md lists every figure.",
            )
        return self._figures[id]

    def matching(self, patterns: Iterable[str]) -> list[str]:
        """The ids of figures that these ids are, or that these patterns match, in their order.

        A pattern that matches nothing is of a figure that the procedure does not have.
        """
        ids: list[str] = []
        for pattern in patterns:
            if PATTERN.search(pattern):
                ids += [id for id in self._figures if fnmatchcase(id, pattern)]
            else:
                ids.append(self[pattern].id)
        return ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    @property
    def rounding_note(self) -> str:
        """The note below rounded numbers; empty if they are exact."""
        return wording.ROUNDING_NOTE.format(self.round_to) if self.round_to > 1 else ""

    @property
    def about_prefix(self) -> str:
        """The word before "the same" if numbers are rounded, with a space; otherwise empty."""
        return "about " if self.round_to > 1 else ""

    @property
    def not_available(self) -> list[PublishedFigure]:
        """The figures without a number in the reported year, because no data was supplied."""
        return [
            figure
            for figure in self._figures.values()
            if {number.shorthand for number in figure.numbers()} == {"x"}
        ]

    @property
    def subjects_without_records(self) -> list[str]:
        """What the council has no records of for the year, in words."""
        missing = {figure.id for figure in self.not_available}
        return [
            words
            for prefix, words in SUBJECTS.items()
            if missing.issuperset(id for id in self if id.startswith(f"{prefix}."))
        ]

    @property
    def revisions(self) -> list[Number]:
        """The numbers that differ from what was once published, in the catalogue's order."""
        return [
            number
            for figure in self._figures.values()
            for number in figure.all_numbers
            if number.once_published is not None
        ]


def _breaks_of_ombudsman(rows: pd.DataFrame, council: Council) -> Iterator[SeriesBreak]:
    """Where the ombudsman's categories replace its older ones, if the council names no break.

    That is the first year with one of the new ones, of those after the last with one of the old.
    """
    ombudsman = council.procedure.ombudsman
    for id in OMBUDSMAN_DECISIONS:
        occurs = (rows["figure"] == id) & ((rows["value"] > 0) | (rows["shorthand"] == "c"))
        older = rows.loc[occurs & rows["category"].isin(ombudsman.older_decisions), "year"]
        current = rows.loc[occurs & rows["category"].isin(ombudsman.current_decisions), "year"]
        later = current[current > max(older, default="9")]
        if len(later) and not any(one.figure == id for one in council.series_breaks):
            yield SeriesBreak(figure=id, from_year=later.min(), note=NEW_CATEGORIES)


def _breaks_within(window: tuple[Year, ...], breaks: list[SeriesBreak]) -> tuple[SeriesBreak, ...]:
    """The series breaks that lie between two of the years compared."""
    return tuple(one for one in breaks if window[0] < one.from_year <= window[-1])
