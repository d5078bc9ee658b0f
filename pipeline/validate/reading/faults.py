"""Why a text does not become a value, or only with a warning."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.validate.reading.layout.sheet_marks import NO_RESULT


class ConversionFault(NamedTuple):
    """The name of the rule, and the sentences of a finding."""

    rule: str
    what: str
    remedy: str


HIDDEN_CHARACTERS_FAULT = ConversionFault(
    rule="hidden_characters",
    what=(
        "there are characters here that cannot be seen or that reverse the direction of the text; "
        "they were left out"
    ),
    remedy="Type the value again in the case system, without pasting it.",
)
FORMULA_FAULT = ConversionFault(
    rule="formula",
    what=(
        "this is a formula that a spreadsheet would calculate; it was kept as text, after an "
        "apostrophe"
    ),
    remedy="Look at where it comes from; if it is meant as text, begin it with a word.",
)
MONTH_FIRST_FAULT = ConversionFault(
    rule="month_first",
    what=(
        "dates here are written month first (as 12/25/2021), which is unusual in England; they "
        "were read that way"
    ),
    remedy="Look at a few of them; if they are right, say `dates: month first` in council.yaml.",
)
YEAR_FAULT = ConversionFault(
    rule="readable", what="this is not a financial year", remedy="Write the year as 2021-22."
)


ERROR_FAULT = ConversionFault(
    rule="error",
    what="this is an error and no value, as a spreadsheet shows when a formula has gone wrong",
    remedy=(
        "Correct the formula where the file comes from, or type the value in its place; leave the "
        "cell empty if there is no value."
    ),
)
NO_RESULT_FAULT = ConversionFault(
    rule="error",
    what="this cell has a formula whose result is not stored in the file, so it has no value",
    remedy=(
        "Open the workbook in Excel or LibreOffice, which calculates it, and save it again; or put "
        "the value in place of the formula."
    ),
)
TOO_NARROW_FAULT = ConversionFault(
    rule="error",
    what="the column was too narrow to show this value, and the file was saved as it was shown",
    remedy="Widen the column where the file comes from, and save it again.",
)


def error_fault(text: str) -> ConversionFault:
    """The fault of a cell with an error, by what the cell shows."""
    if NO_RESULT in text:
        return NO_RESULT_FAULT
    return TOO_NARROW_FAULT if "##" in text else ERROR_FAULT


def unlisted_fault(rule: str, unlisted: int, listed: int) -> ConversionFault:
    """The fault of all rows beyond the listed ones, which are only counted."""
    return ConversionFault(
        rule=rule,
        what=f"{unlisted:,} more rows have the same problem",
        remedy=f"The first {listed:,} are listed; fixing the cause in those should fix the rest.",
    )
