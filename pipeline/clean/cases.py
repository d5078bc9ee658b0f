"""One row per case, one row per stage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from pipeline.clean.calendar import WorkingDays
from pipeline.clean.events import (
    LINKED_RULE,
    LINKED_STAGE_RULE,
    LISTED_AGAIN_RULE,
    MOVED_RULE,
    MOVED_STAGE_RULE,
    apply_reopening,
    follow_links,
    is_linked,
    is_moved,
    is_repeated_stage,
)
from pipeline.clean.reconcile import SOURCE_COLUMNS, Cleaned, drop_rows, filter_extract
from pipeline.clean.timeliness import TIMELINESS, judge_timeliness
from pipeline.settings import Council
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.validate.listings import is_listed_again, is_of_other_year
from pipeline.year import financial_years

__all__ = ["TIMELINESS", "clean_cases", "clean_investigations"]

SUPERSEDED_RULE = "same investigation in a later year's extract"
DATE_COLUMNS = [
    column.name for column in EXTRACTS_BY_NAME["investigations"].columns if column.type == "date"
]
# What decides on time, without the texts that take longest to copy.
JUDGED_COLUMNS = ["stage", *DATE_COLUMNS, "extended", "extension_ground"]
NO_INVESTIGATIONS = pd.DataFrame(
    {"complaint": [], "stage": [], "responded": pd.array([], "datetime64[us]")}
)
REGULATIONS_YEAR = 2006
DAYS_PER_YEAR = 365


def clean_cases(complaints: pd.DataFrame, council: Council) -> Cleaned:
    """Table `cases`: one row per complaint, without its personal columns.

    `year` is the year in which the complaint was received, whichever year's extract it is in; one
    that is in two is counted as the later extract has it. A case that is linked to another is not
    counted again, and `closed` of a reopened case is the date that `reopened_clock:` names.

    Table `moved`, where there are several procedures: the cases that were moved to another one,
    which are not among them.
    """
    rules = {LISTED_AGAIN_RULE: is_listed_again, LINKED_RULE: is_linked, MOVED_RULE: is_moved}
    result = filter_extract("complaints", complaints, rules)
    cases, _ = apply_reopening(result.tables["cases"], NO_INVESTIGATIONS, council.reopened_clock)
    is_elsewhere = is_of_other_year(cases)
    if is_elsewhere.any():
        cases = cases.assign(
            year=cases["year"].mask(is_elsewhere, financial_years(cases["received"]))
        )
    tables = {"cases": cases}
    if len(council.procedure_names) > 1:
        moved = complaints.loc[is_moved(complaints), [*SOURCE_COLUMNS, "reference", "moved_to"]]
        tables["moved"] = moved.drop_duplicates("reference").reset_index(drop=True)
    return _without_empty_rules(replace(result, tables=tables), rules)


def _without_empty_rules(cleaned: Cleaned, rules: Iterable[str]) -> Cleaned:
    """The account without those of the rules that no row met."""
    account = cleaned.reconciliation
    is_empty = account["rule"].isin(list(rules)) & (account["rows"] == 0)
    return replace(cleaned, reconciliation=account[~is_empty].reset_index(drop=True))


def clean_investigations(
    investigations: pd.DataFrame, complaints: pd.DataFrame, council: Council
) -> Cleaned:
    """Table `investigations`: one row per stage, with the columns of `judge_timeliness`.

    `year` is the year in which the stage was requested. A stage still open at the end of a year is
    supplied again with the next year, and only the row of the latest extract counts. A stage is
    kept even if its complaint is unknown: the complaint may be older than the years compared.
    """
    result = filter_extract("investigations", investigations, {SUPERSEDED_RULE: _is_superseded})
    moved = complaints.loc[is_moved(complaints), "reference"]
    if len(moved):
        table = result.tables["investigations"]
        result = drop_rows(result, table, MOVED_STAGE_RULE, table["complaint"].isin(moved))
    if complaints["linked_to"].notna().any():
        result = _drop_repeated_stages(result, complaints)
    _, table = apply_reopening(complaints, result.tables["investigations"], council.reopened_clock)
    timeliness = judge_timeliness(
        table[JUDGED_COLUMNS].assign(grade=_grades(table, complaints)),
        _is_withdrawn(table, complaints),
        _calendar(table, council),
        council.time_limits,
    )
    table = table.assign(year=financial_years(table["requested"]))
    return replace(result, tables={"investigations": pd.concat([table, timeliness], axis=1)})


def _drop_repeated_stages(cleaned: Cleaned, complaints: pd.DataFrame) -> Cleaned:
    """The stages of linked cases under the case that is counted, each stage once."""
    table = follow_links(cleaned.tables["investigations"], complaints)
    is_dropped = is_repeated_stage(table)
    return drop_rows(cleaned, table.drop(columns="is_linked"), LINKED_STAGE_RULE, is_dropped)


def _is_superseded(rows: pd.DataFrame) -> pd.Series:
    """Whether a later year's extract has the same investigation."""
    if rows["year"].nunique() < 2:
        return pd.Series(False, index=rows.index)
    identity = ["complaint", "stage", "requested"]
    repeated = rows.loc[rows.duplicated(identity, keep=False), ["year", *identity]]
    start_year = repeated["year"].str[:4].astype("int64")
    latest = start_year.groupby([repeated[name] for name in identity]).transform("max")
    return (start_year < latest).reindex(rows.index, fill_value=False)


def _is_withdrawn(investigations: pd.DataFrame, complaints: pd.DataFrame) -> pd.Series:
    """Whether a stage was withdrawn, by its own outcome or, if it has none, its complaint's."""
    has_no_result = investigations["responded"].isna() & investigations["outcome"].isna()
    unresolved = investigations.loc[has_no_result, ["complaint"]]
    concerned = complaints[complaints["reference"].isin(unresolved["complaint"])]
    complaint_outcome = _of_complaint(unresolved, concerned, "outcome")
    is_withdrawn = investigations["outcome"] == "withdrawn"
    is_withdrawn[unresolved.index] |= complaint_outcome == "withdrawn"
    return is_withdrawn


def _grades(investigations: pd.DataFrame, complaints: pd.DataFrame) -> pd.Series | None:
    """The grade of each investigation's complaint; None, so that all are missing, if none has one.

    Few councils have grades, and to look up a million complaints takes time.
    """
    if complaints["grade"].isna().all():
        return None
    return _of_complaint(investigations, complaints, "grade")


def _of_complaint(investigations: pd.DataFrame, complaints: pd.DataFrame, column: str) -> pd.Series:
    """The value of a column of each investigation's complaint, by the latest extract."""
    latest = complaints[["reference", column]].drop_duplicates("reference", keep="last")
    return investigations["complaint"].map(latest.set_index("reference")[column])


def _calendar(investigations: pd.DataFrame, council: Council) -> WorkingDays:
    """The working days of the years of all dates, and of any time limit after the last date."""
    years: set[int] = set()
    for name in DATE_COLUMNS:
        years |= {int(year) for year in investigations[name].dropna().dt.year.unique()}
    years = years or {REGULATIONS_YEAR}
    last_year = max(years) + 1 + council.time_limits.longest_days // DAYS_PER_YEAR
    return WorkingDays.for_council(council, min(years), last_year)
