"""How all the exports together write their dates and their empty cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.start.mapping.codes import SEPARATORS
from pipeline.start.mapping.contents import SHORT_YEAR, Content, Surroundings
from pipeline.start.mapping.draft import TableProposal
from pipeline.validate.definitions import CODED_TYPES
from pipeline.year import Year

YEARS_BACK = 70  # from the reported year, for years of two digits
DAY_FIRST, MONTH_FIRST = "day first", "month first"


def date_order(drafts: Sequence[TableProposal], year: Year) -> str | None:
    """The order of day and month of all dates together; "" where no date needs it."""
    contents = [
        Content(column, draft.table.row_count, year)
        for draft in drafts
        for column in draft.date_columns
    ]
    unproved = [one for one in contents if one.unordered and one.order is None]
    proved = {one.order for one in contents if one.order}
    if not unproved:
        return MONTH_FIRST if proved == {MONTH_FIRST} else ""  # without which it is a warning
    if len(proved) == 1:
        return proved.pop()
    return None if proved else _order_within_year(drafts, year)


def _order_within_year(drafts: Sequence[TableProposal], year: Year) -> str | None:
    """The only order in which the dates received lie in the reported year; None if both do."""
    fits = {DAY_FIRST: True, MONTH_FIRST: True}
    has_dates = False
    for draft in drafts:
        for match in draft.matches:
            if not (match.is_decided and match.column.within_year):
                continue
            for written in Content(match.best.column, draft.table.row_count, year).unordered:
                has_dates = True
                first, second, starts = int(written[1]), int(written[2]), int(written[3]) % 100
                for order, month in ((DAY_FIRST, second), (MONTH_FIRST, first)):
                    in_first_half = starts == year.starts % 100 and month >= 4
                    in_second_half = starts == (year.starts + 1) % 100 and month <= 3
                    fits[order] &= in_first_half or in_second_half
    possible = [order for order, is_possible in fits.items() if is_possible]
    return possible[0] if has_dates and len(possible) == 1 else None


def placeholders(
    drafts: Sequence[TableProposal], council: Mapping[str, Any], surroundings: Surroundings
) -> tuple[str, ...]:
    """Texts in columns of dates and numbers that stand for an empty cell."""
    known = {str(one).casefold() for one in council.get("placeholders") or ()}
    codes = {code.casefold() for listed in surroundings.codes.values() for code in listed}
    texts: dict[str, str] = {}
    for draft in drafts:
        matches = [*draft.matches, *(one for stage in draft.stages for one in stage.matches)]
        for match in matches:
            if not match.is_decided or match.column.personal or match.column.type in CODED_TYPES:
                continue
            for column in match.columns:
                content = Content(column, draft.table.row_count, surroundings.year)
                for text in content.placeholders:
                    if text.casefold() not in known | codes:
                        texts.setdefault(text.casefold(), text)
    return tuple(sorted(texts.values()))


def separator(drafts: Sequence[TableProposal], year: Year) -> str:
    """What separates the codes in a cell, if it is no semicolon; "" otherwise."""
    for draft in drafts:
        for _, column, headings in draft.coded_columns:
            if column.type != "codes":
                continue
            for heading in headings:
                content = Content(heading, draft.table.row_count, year)
                if content.separator != SEPARATORS[0]:
                    return content.separator
    return ""


def first_year_of_two_digits(drafts: Sequence[TableProposal], year: Year) -> int | None:
    """Where the hundred years begin that years of two digits lie in; None where there are none."""
    columns = [column for draft in drafts for column in draft.date_columns]
    texts = [text for column in columns for text in column.counts]
    if not any(SHORT_YEAR.fullmatch(text) for text in texts):
        return None
    return year.starts // 10 * 10 - YEARS_BACK
