"""Why a text does not become a value, or only with a warning."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.validate.definitions import Column
from pipeline.validate.findings import format_row_numbers, quotable_text
from pipeline.validate.reading.encoding.damage import Repair

DECLARE_PLACEHOLDER = (
    "If the text stands for an empty cell, add it to `placeholders:` in council.yaml."
)

DECLARE_SHORT_YEARS = (
    "Write the year in full (2021-04-30), or add to council.yaml the first of the hundred years in "
    "which they all are: `two_digit_years_from: 2000`."
)


class ConversionFault(NamedTuple):
    """The name of the rule, and the sentences of a finding.

    damaged_part: of a damaged text, so that its place in the file can be told.
    """

    rule: str
    what: str
    remedy: str
    damaged_part: str = ""


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


# What a spreadsheet makes of a long number, and what people write for nothing.
SCIENTIFIC_NUMBER = r"^-?[0-9](?:\.[0-9]+)?[eE]\+[0-9]{2,3}$"
LIKE_A_PLACEHOLDER = (
    r"^(?i:n/?a|n\.a\.|null|nil|-+|\?+|\.+|tbc|tba|\x{2013}|\x{2014}|"
    r"not (?:known|recorded|applicable|available|provided|stated))$"
)
SCIENTIFIC_FAULT = ConversionFault(
    rule="shortened",
    what="a spreadsheet shortened this number, so its last digits are lost",
    remedy="Export it again, and import the column as text if the file goes through a spreadsheet.",
)
PLACEHOLDER_FAULT = ConversionFault(
    rule="placeholder",
    what="this seems to stand for an empty cell, but is read as text",
    remedy=DECLARE_PLACEHOLDER,
)
CHECK_REPAIR = (
    "Look whether it is right now. The next export should be UTF-8, without HTML, so that nothing "
    "has to be repaired."
)
LOST_CHARACTER_FAULT = ConversionFault(
    rule="lost_character",
    what="a character is lost here, because the text went through a wrong encoding",
    remedy=(
        "Export the column again as CSV (UTF-8) or as a workbook, straight from the case system, "
        "or type the value again."
    ),
)


def short_years_fault(rows: list[int]) -> ConversionFault:
    """The fault of all dates of a column whose years have two digits."""
    return ConversionFault(
        rule="readable",
        what=(
            f"the years of {len(rows):,} dates have only two digits, so the century is not known "
            f"({format_row_numbers(rows)})"
        ),
        remedy=DECLARE_SHORT_YEARS,
    )


def repair_fault(repair: Repair, column: Column) -> ConversionFault:
    """The fault of a text that was repaired, with what it is now unless that is personal."""
    if repair.is_decoded:
        cause = "this was in the wrong encoding, as UTF-8 that was read as something else"
    else:
        cause = "this contains HTML, such as &amp; or <br>, that was taken out"
    reading = "" if column.personal else f'; it is read as "{quotable_text(repair.text)}"'
    return ConversionFault(
        rule="encoding" if repair.is_decoded else "html",
        what=cause + reading,
        remedy=CHECK_REPAIR,
        damaged_part=repair.damaged_part,
    )


def unlisted_fault(rule: str, unlisted: int, listed: int) -> ConversionFault:
    """The fault of all rows beyond the listed ones, which are only counted."""
    return ConversionFault(
        rule=rule,
        what=f"{unlisted:,} more rows have the same problem",
        remedy=f"The first {listed:,} are listed; fixing the cause in those should fix the rest.",
    )
