"""Numbers and amounts of money as people and systems write them."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.validate.definitions import SHORTHANDS
from pipeline.validate.reading.faults import DECLARE_PLACEHOLDER, ConversionFault

WHOLE_NUMBER_PATTERN = r"^-?[0-9]{1,15}$"
DECIMAL_PATTERN = r"^-?[0-9]{1,15}(?:\.[0-9]+)?$"
FORMATTED_NUMBER = re.compile(r"(-?)£?(-?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?", flags=re.ASCII)
THOUSANDS_WITH_POINT = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)
MAX_DIGITS = 15  # that a float holds exactly
SHORTHAND_PATTERN = rf"(?i)^\s*\[?[{''.join(SHORTHANDS)}]\]?\s*$"
REMEDIES = {
    "whole number": "Write digits only, such as 1234.",
    "pounds": "Write digits only, such as 1234.50.",
    "number": "Write digits only, such as 1234.50; or [c] if the number was withheld, [x] if it is "
    "not available, and [z] if it is not applicable.",
}
DESCRIPTIONS = {
    "whole number": "a whole number",
    "pounds": "an amount in pounds",
    "number": "a number",
}
POINT_OR_THOUSANDS = ConversionFault(
    rule="readable",
    what="this has three decimals, so the point may separate thousands: 1.234 could be £1,234",
    remedy="Write pounds and pence with two decimals, as 1234.50.",
)


def parse_numbers(
    values: pa.Array, column_type: str
) -> tuple[np.ndarray, np.ndarray, dict[int, ConversionFault]]:
    """The numbers, whether each is missing, and the faults by position.

    values: texts, null where there is none.
    column_type: "whole number" (the numbers are int64), "pounds" or "number" (float64).
    """
    is_whole = column_type == "whole number"
    pattern = WHOLE_NUMBER_PATTERN if is_whole else DECIMAL_PATTERN
    is_plain = pc.fill_null(pc.match_substring_regex(values, pattern), False)
    if column_type == "pounds":
        is_doubtful = pc.match_substring_regex(values, f"^-?{THOUSANDS_WITH_POINT.pattern}$")
        is_plain = pc.and_(is_plain, pc.invert(pc.fill_null(is_doubtful, False)))
    plain_numbers = pc.cast(
        pc.if_else(is_plain, values, None), pa.int64() if is_whole else pa.float64()
    )
    numbers = np.array(pc.fill_null(plain_numbers, 0))
    is_missing = np.array(pc.is_null(values))
    faults: dict[int, ConversionFault] = {}
    for position in np.flatnonzero(~np.asarray(is_plain) & ~is_missing).tolist():
        number = _parse_number(values[position].as_py(), column_type)
        if isinstance(number, ConversionFault):
            faults[position] = number
            is_missing[position] = True
        else:
            numbers[position] = number
    return numbers, is_missing, faults


def split_shorthand(columns: dict[str, pa.ChunkedArray]) -> dict[str, pa.ChunkedArray]:
    """The columns of published.csv with `[c]`, or `c`, moved from the values to the shorthands."""
    if "value" not in columns:
        return columns
    values = columns["value"]
    missing = pa.scalar(None, values.type)
    is_shorthand = pc.match_substring_regex(values, SHORTHAND_PATTERN)
    letters = pc.utf8_lower(pc.replace_substring_regex(values, r"[\[\]\s]", ""))
    shorthands = pc.if_else(is_shorthand, letters, columns.get("shorthand", missing))
    return columns | {
        "value": pc.if_else(is_shorthand, missing, values),
        "shorthand": shorthands,
    }


def _parse_number(text: str, column_type: str) -> float | int | ConversionFault:
    is_whole = column_type == "whole number"
    match = FORMATTED_NUMBER.fullmatch(text)
    is_wrong_currency = "£" in text and column_type != "pounds"
    if not match or is_wrong_currency:
        return _not_a_number(column_type)
    outer_sign, inner_sign, digits, fraction = match.groups(default="")
    if (outer_sign and inner_sign) or len(digits) > MAX_DIGITS:
        return _not_a_number(column_type)
    if column_type == "pounds" and THOUSANDS_WITH_POINT.fullmatch(digits + fraction):
        return POINT_OR_THOUSANDS
    number = float(outer_sign + inner_sign + digits.replace(",", "") + fraction)
    if is_whole and fraction.strip(".0"):
        return ConversionFault(
            rule="readable",
            what="this is not a whole number",
            remedy="Write the number without a fraction.",
        )
    return int(number) if is_whole else number


def _not_a_number(column_type: str) -> ConversionFault:
    return ConversionFault(
        rule="readable",
        what=f"this is not {DESCRIPTIONS[column_type]}",
        remedy=f"{REMEDIES[column_type]} {DECLARE_PLACEHOLDER}",
    )
