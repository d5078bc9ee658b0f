"""What figures are made from: the cleaned tables of all years, and which extracts there were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from pipeline.aggregate.period import DATE_OF_TABLE, mark_later, mark_later_rows
from pipeline.clean.reconcile import TABLE_OF_EXTRACT
from pipeline.settings import Settings
from pipeline.year import Year, financial_years

EXTRACT_OF_TABLE = {table: extract for extract, table in TABLE_OF_EXTRACT.items()}
KEPT_SELECTIONS = 2  # that of a figure, and what it selects from
Select = Callable[["CleanedData"], pd.DataFrame | None]


@dataclass(frozen=True)
class CleanedData:
    """What figures are made from: the cleaned tables of all available years, and the settings.

    tables: by name, one row per case, investigation and so on, with ROW_LOCATION but `extract`.
    supplied: the (year, extract) pairs that were supplied; a missing pair makes its figures
        `[x]`, not 0.
    """

    tables: dict[str, pd.DataFrame]
    supplied: frozenset[tuple[str, str]]
    settings: Settings
    _traceable_tables: dict[str, pd.DataFrame] = field(default_factory=dict, init=False, repr=False)
    _selections: dict[Select, pd.DataFrame | None] = field(
        default_factory=dict, init=False, repr=False
    )

    @cached_property
    def stages_of_cases(self) -> pd.DataFrame:
        """For each case and stage, whether it was investigated there, in whichever year."""
        cases, investigations = self.rows("cases"), self.rows("investigations")
        # Numbers in place of references: `isin` would make a list of a million references.
        both = pd.concat([cases["reference"], investigations["complaint"]], ignore_index=True)
        codes, references = pd.factorize(both)
        case_codes, investigation_codes = codes[: len(cases)], codes[len(cases) :]
        stages = investigations["stage"].to_numpy()
        is_at_stage = {}
        for stage in self.settings.council.procedure.stage_numbers:
            is_known = np.zeros(len(references) + 1, dtype=bool)
            is_known[investigation_codes[stages == stage]] = True
            is_known[-1] = False  # the code of a missing reference
            is_at_stage[stage] = is_known[case_codes]
        return pd.DataFrame(is_at_stage, index=cases.index)

    @cached_property
    def available_years(self) -> tuple[Year, ...]:
        """The years of the window whose extracts are in the workspace, for which we look once."""
        return self.settings.available_years

    def rows(self, table: str) -> pd.DataFrame:
        """A cleaned table with the name of its extract, so that its rows can be traced.

        The year is a category, because every figure selects, counts and writes it.
        """
        if table not in self._traceable_tables:
            rows = self.tables[table]
            if table in DATE_OF_TABLE:
                rows = mark_later_rows(rows, DATE_OF_TABLE[table], self.settings)
            if "extract" not in rows:
                rows = rows.assign(extract=_repeat(EXTRACT_OF_TABLE.get(table, table), len(rows)))
            self._traceable_tables[table] = rows.assign(year=rows["year"].astype("category"))
        return self._traceable_tables[table]

    def has_table_of(self, extract: str) -> bool:
        """Whether there is a table of the extract, be it empty."""
        return TABLE_OF_EXTRACT.get(extract, extract) in self.tables

    def first_year_with(self, extract: str, columns: Sequence[str]) -> str | None:
        """The first year in whose rows any of these columns is filled in; None if none is."""
        if not self.has_table_of(extract):
            return None
        rows = self.tables[TABLE_OF_EXTRACT.get(extract, extract)]
        is_filled = rows[list(columns)].notna().any(axis=1)
        years = rows.loc[is_filled, "year"]
        return str(years.min()) if len(years) else None

    def years_of(self, dates: pd.Series) -> pd.Series:
        """The financial year of each date, marked if it is after the part of the year compared."""
        return mark_later(financial_years(dates), dates, self.settings)

    def select(self, select: Select) -> pd.DataFrame | None:
        """The rows of a selection. Those of the last few stay, for the next figures to use."""
        rows = self._selections.pop(select) if select in self._selections else select(self)
        self._selections[select] = rows
        if len(self._selections) > KEPT_SELECTIONS:
            del self._selections[next(iter(self._selections))]  # the one unused for longest
        return rows


def _repeat(text: str, times: int) -> pd.Categorical:
    return pd.Categorical.from_codes(np.zeros(times, dtype="int8"), categories=[text])
