"""Complaints in the extract of another year than the one they belong to, or of two years."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pipeline.validate.findings import Finding, format_row_numbers
from pipeline.year import financial_years

# Between the dates received of one complaint that is listed in two years. Where references begin
# again each year, the dates of one reference are about a year apart.
MAX_DAYS_APART = 92
AGAIN = "complaints.reference.listed_again"
OTHER_YEAR = "complaints.received.other_year"


def is_listed_again(complaints: pd.DataFrame) -> pd.Series:
    """Whether the extract of a later year has the same complaint, whose row there counts.

    complaints: those of all years with `year`, `reference` and `received`.
    """
    is_again = pd.Series(False, index=complaints.index)
    if complaints["year"].nunique() < 2:
        return is_again
    has_key = complaints["reference"].notna() & complaints["received"].notna()
    candidates = complaints[has_key & complaints.duplicated("reference", keep=False)]
    if candidates.empty:
        return is_again
    by_year = candidates.sort_values(["reference", "year"], kind="stable")
    later = by_year.groupby("reference", sort=False)[["year", "received"]].shift(-1)
    is_near = (later["received"] - by_year["received"]).abs() <= pd.Timedelta(days=MAX_DAYS_APART)
    is_elsewhere = is_of_other_year(by_year)
    later_is_elsewhere = is_elsewhere.groupby(by_year["reference"], sort=False).shift(-1)
    is_same = is_near | is_elsewhere | later_is_elsewhere.eq(True)
    is_again[by_year.index] = (later["year"] > by_year["year"]) & is_same
    return is_again


def is_repeated(complaints: pd.DataFrame) -> pd.Series:
    """Whether another row has the same reference, and is not the same complaint listed again."""
    references = complaints["reference"]
    is_given_again = references.notna() & references.duplicated(keep=False)
    if not is_given_again.any():
        return is_given_again
    counted = references.mask(is_listed_again(complaints))
    return counted.notna() & counted.duplicated(keep=False)


def is_of_other_year(complaints: pd.DataFrame) -> pd.Series:
    """Whether a complaint was received in another year than that of its extract."""
    is_received = complaints["received"].notna()
    return is_received & (financial_years(complaints["received"]) != complaints["year"])


def listing_findings(complaints: pd.DataFrame) -> Iterator[Finding]:
    """A note of complaints that two years' extracts have, a warning of those of another year.

    A complaint of a year without extracts is not among them: it is a finding of the rules.
    """
    is_again = is_listed_again(complaints)
    yield from _of_files(
        complaints[is_again],
        AGAIN,
        "also in the extract of a later year, and counted once: as the later extract has it, in "
        "the year received",
    )
    is_first = ~complaints["reference"].isin(complaints.loc[is_again, "reference"])
    moved = complaints[is_of_other_year(complaints) & ~is_again & is_first]
    years = financial_years(moved["received"])
    yield from _of_files(
        moved[years.isin(complaints["year"].unique())],
        OTHER_YEAR,
        "in the extract of another year than that of the date received, and counted in the year "
        "received",
    )


def _of_files(cases: pd.DataFrame, rule: str, what: str) -> Iterator[Finding]:
    is_warning = rule == OTHER_YEAR
    for file, rows in cases.groupby("file", observed=True, sort=True)["row"]:
        noun = "complaints are" if len(rows) > 1 else "complaint is"
        yield Finding(
            severity="warning" if is_warning else "info",
            rule=rule,
            extract="complaints",
            file=str(file),
            what=f"{len(rows):,} {noun} {what}; {format_row_numbers(rows)}",
            remedy="Nothing to do if the dates are right; else correct them in the case system.",
            stands_for=len(rows),
        )
