"""One row a case, one row a stage."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from pipeline.clean.calendar import WorkingDays
from pipeline.clean.reconcile import Cleaned, filter_extract
from pipeline.clean.timeliness import TIMELINESS, judge_timeliness
from pipeline.settings import Council
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.year import financial_years

__all__ = ["TIMELINESS", "clean_cases", "clean_investigations"]

SUPERSEDED_RULE = "same investigation in a later year's extract"
DATE_COLUMNS = [
    column.name for column in EXTRACTS_BY_NAME["investigations"].columns if column.type == "date"
]
REGULATIONS_YEAR = 2006
WORKING_DAYS_PER_YEAR = 250


def clean_cases(complaints: pd.DataFrame) -> Cleaned:
    """Table `cases`: one row a complaint, without its personal columns; `year` is the year in which it was received."""
    return filter_extract("complaints", complaints)


def clean_investigations(
    investigations: pd.DataFrame, complaints: pd.DataFrame, council: Council
) -> Cleaned:
    """Table `investigations`: one row a stage, with `year` that in which it was requested, and the columns of `judge`.

    A stage still open at the end of a year is handed over again with the next: only the latest extract's row counts. One whose
    complaint is not held is kept, for the complaint may be older than the years compared.
    """
    sifted = filter_extract("investigations", investigations, {SUPERSEDED_RULE: _is_superseded})
    table = sifted.tables["investigations"]
    judged = judge_timeliness(
        table, _is_withdrawn(table, complaints), _calendar(table, council), council.time_limits
    )
    table = pd.concat([table.assign(year=financial_years(table["requested"])), judged], axis=1)
    return replace(sifted, tables={"investigations": table})


def _is_superseded(rows: pd.DataFrame) -> pd.Series:
    stage = ["complaint", "stage", "requested"]
    suspects = rows.loc[rows.duplicated(stage, keep=False), ["year", *stage]]
    starts = suspects["year"].str[:4].astype("int64")
    latest = starts.groupby([suspects[name] for name in stage]).transform("max")
    return (starts < latest).reindex(rows.index, fill_value=False)


def _is_withdrawn(table: pd.DataFrame, complaints: pd.DataFrame) -> pd.Series:
    """Whether a stage was withdrawn, by its own outcome or, where it has none, by that of its complaint."""
    of_complaints = complaints.drop_duplicates("reference", keep="last").set_index("reference")[
        "outcome"
    ]
    unsaid = table["responded"].isna() & table["outcome"].isna()
    by_complaint = table.loc[unsaid, "complaint"].map(of_complaints) == "withdrawn"
    return (table["outcome"] == "withdrawn") | by_complaint.reindex(table.index, fill_value=False)


def _calendar(table: pd.DataFrame, council: Council) -> WorkingDays:
    years = [int(year) for name in DATE_COLUMNS for year in table[name].dropna().dt.year.unique()]
    longest = max(
        value for value in council.time_limits.model_dump().values() if isinstance(value, int)
    )
    last = max(years, default=REGULATIONS_YEAR) + 1 + longest // WORKING_DAYS_PER_YEAR
    return WorkingDays.for_council(council, min(years, default=REGULATIONS_YEAR), last)
