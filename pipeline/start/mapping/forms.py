"""How all the exports together write their dates and their empty cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.start.mapping.contents import Content, Surroundings
from pipeline.start.mapping.draft import CODED, TableProposal
from pipeline.year import Year

DAY_FIRST, MONTH_FIRST = "day first", "month first"


def date_order(drafts: Sequence[TableProposal], year: Year) -> str | None:
    """The order of day and month of all dates together; "" where no date needs it."""
    contents = [
        Content(column, draft.table.row_count, year)
        for draft in drafts
        for column in draft.date_columns
    ]
    unproved = [one for one in contents if one.unordered and one.order is None]
    if not unproved:
        return ""
    proved = {one.order for one in contents if one.order}
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
            if not match.is_decided or match.column.personal or match.column.type in CODED:
                continue
            for column in match.columns:
                content = Content(column, draft.table.row_count, surroundings.year)
                for text in content.placeholders:
                    if text.casefold() not in known | codes:
                        texts.setdefault(text.casefold(), text)
    return tuple(sorted(texts.values()))
