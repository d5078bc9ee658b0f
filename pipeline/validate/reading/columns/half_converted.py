"""Dates of which a spreadsheet converted a half, with day and month the wrong way round.

A spreadsheet that expects the month first turns the text 03/04/2021 into the date 4 March, and
leaves 25/04/2021 as text, because there is no month 25. So every date that it turned has a day up
to 12, and every date that it left has a number over 12.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from pipeline.validate.reading.faults import ConversionFault

# Day and month, in either order, at the start of a text that a spreadsheet left as it was.
LEFT_AS_TEXT = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2'?(?:\d{4}|\d{2})(?!\d)", re.ASCII)
MAX_NAMED_ROWS = 5


def converted_dates(values: Sequence[str | None], days: np.ndarray) -> list[int]:
    """The positions of the dates that were probably converted the wrong way round.

    values: the texts of a column; days: what they are read as, NaT where they are no date.
    """
    converted = []
    has_text_over_12 = False
    for position, (value, day) in enumerate(zip(values, days.tolist(), strict=True)):
        if value is None:
            continue
        match = LEFT_AS_TEXT.match(value)
        if match:
            numbers = sorted((int(match[1]), int(match[3])))
            has_text_over_12 = has_text_over_12 or (1 <= numbers[0] <= 12 < numbers[1] <= 31)
        elif day is not None:
            if day.day > 12:
                return []
            if day.day != day.month:  # otherwise it is right in both orders
                converted.append(position)
    return converted if has_text_over_12 else []


def half_converted_fault(rows: Sequence[int]) -> ConversionFault:
    """The fault of a column; rows: of the dates that were converted."""
    numbers = [f"{row:,}" for row in rows[:MAX_NAMED_ROWS]]
    if len(rows) > MAX_NAMED_ROWS:
        numbers.append(f"{len(rows) - MAX_NAMED_ROWS:,} more")
    places = f"rows {', '.join(numbers[:-1])} and {numbers[-1]}" if numbers[1:] else numbers[0]
    dates = f"{len(rows):,} dates ({places})" if numbers[1:] else f"1 date (row {places})"
    return ConversionFault(
        rule="half_converted",
        what=(
            f"day and month are probably the wrong way round in {dates}: a spreadsheet converted "
            "every date with a day up to 12, and left those with a day over 12 as text. It does "
            "that when it takes 03/04/2021 for 4 March and finds no month 25 in 25/04/2021"
        ),
        remedy=(
            "Export again and put the file in the folder without opening it in a spreadsheet, or "
            "import this column as text. If the dates are right, write all of them in one form, as "
            "2021-04-30."
        ),
    )
