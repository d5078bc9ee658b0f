"""What stands behind a number: its rule, its base, and the rows of the extracts that it was made of."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from pipeline.aggregate.figure import NAMES
from pipeline.aggregate.store import load_decisions, load_lineage
from pipeline.open_data import Cell
from pipeline.problem import Kind, Problem
from pipeline.report.published import Number, Published
from pipeline.settings import Settings
from pipeline.validate.store import load_tables
from pipeline.year import Year

REFERENCES = ("reference", "complaint", "stage")  # of a row, as far as its extract has them
ROWS = ["extract", "file", "row", "reference"]


class Evidence:
    """The figures of a finished run, with the rows behind them."""

    def __init__(self, settings: Settings):
        if not (settings.processed / "3_aggregate").is_dir():
            raise Problem(
                Kind.NOTHING_TO_DO, str(settings.year), "no report has been made of this year, so there is nothing to trace",
                f"Make it first: annual-report run {settings.year}",
            )  # fmt: skip
        self.settings = settings
        self.published = Published.read(settings)
        self._held: tuple[str, pd.DataFrame] = ("", pd.DataFrame())

    def number(self, figure: str, year: str | None, category: str, detail: str) -> Number:
        """One number; a Problem that names the nearest where there is none."""
        try:
            asked = Year.parse(year) if year else None
        except ValueError as error:
            raise Problem(Kind.SETTINGS, "--year", str(error), "Write it as 2021-22.") from None
        return self.published[figure].number(asked, category, detail)

    def rows(self, number: Number) -> pd.DataFrame:
        """The rows that a number was made of: ROWS, in the order of the extracts."""
        figure, *place = cell_of(number)
        found = self._of_figure(figure)
        here = (found[["year", "category", "detail"]] == place).all(axis=1)
        return found.loc[here, ROWS].reset_index(drop=True)

    def source(self, number: Number) -> str:
        """Where a number comes from: the extracts, or where it was published; empty where there is no number."""
        rows = number.figure.rows
        here = (rows[["year", "category", "detail"]] == list(cell_of(number)[1:])).all(axis=1)
        return rows.loc[here, "source"].iloc[0]

    def decision(self, number: Number) -> tuple[str, str]:
        """By which rule a number was withheld, and what that protects; both empty where it was not."""
        found = self._decisions.get(cell_of(number))
        return (found.rule, found.protects) if found else ("", "")

    def _of_figure(self, figure: str) -> pd.DataFrame:
        """The lineage of one figure with references; the last one asked for is kept."""
        if figure != self._held[0]:
            rows = load_lineage(self.settings, figure=figure).astype({name: "str" for name in NAMES if name != "row"})
            rows = rows.astype({"row": "Int64"}).merge(self._references, on=["extract", "file", "row"], how="left")
            self._held = (figure, rows.fillna({"reference": ""}))
        return self._held[1]

    @cached_property
    def _references(self) -> pd.DataFrame:
        """Of each row of the extracts what the case system knows it by, such as "CYP-21-001, stage 2"."""
        parts = []
        for extract, table in load_tables(self.settings).items():
            held = [name for name in REFERENCES if name in table][: 2 if "stage" in table else 1]
            reference = pd.Series("", index=table.index)
            for name in held:
                said = table[name].astype("str") if name != "stage" else "stage " + table[name].astype("str")
                reference = said if name == held[0] else reference + ", " + said
            parts.append(
                table[["file", "row"]].assign(extract=extract, reference=reference).astype({"file": "str", "row": "Int64"})
            )
        return pd.concat(parts, ignore_index=True).astype({"file": "str", "row": "Int64"})

    @cached_property
    def _decisions(self) -> dict[Cell, tuple]:
        return {(row.figure, row.year, row.category, row.detail): row for row in load_decisions(self.settings).itertuples()}


def cell_of(number: Number) -> Cell:
    return number.figure.id, str(number.year), number.category, number.detail


def base_of(number: Number) -> Number | None:
    """The denominator of its share; None where it has none."""
    return number.base if number.figure.base else None
