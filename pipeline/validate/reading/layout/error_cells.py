"""Cells that show an error in place of a value."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.validate.reading.faults import ConversionFault
from pipeline.validate.reading.layout.sheet_marks import ERROR_TEXT, NO_RESULT

ERROR_CELL = rf"(?i)^\s*(?:{ERROR_TEXT})\s*$"
ERROR_IN_LIST = rf"(?i)(?:^|;)\s*(?:{ERROR_TEXT})\s*(?:;|$)"
# One of these is in every error, and not in most columns.
ERROR_MARKS = (b"#", b"rr:", b"RR:", b"rror ", b"RROR ", b"oading", b"OADING")

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


def split_off_errors(
    values: pa.Array, is_list: bool
) -> tuple[pa.Array, dict[int, ConversionFault]]:
    """The values with those missing that show an error, and the fault of each by its position.

    is_list: a value is several codes, separated by semicolons.
    """
    characters = values.buffers()[2]
    if characters is None or not any(mark in characters.to_pybytes() for mark in ERROR_MARKS):
        return values, {}
    pattern = ERROR_IN_LIST if is_list else ERROR_CELL
    is_error = pc.fill_null(pc.match_substring_regex(values, pattern), False)
    positions = np.flatnonzero(np.asarray(is_error)).tolist()
    if not positions:
        return values, {}
    faults = {position: _fault_of(values[position].as_py()) for position in positions}
    return pc.if_else(is_error, pa.scalar(None, values.type), values), faults


def _fault_of(text: str) -> ConversionFault:
    if NO_RESULT in text:
        return NO_RESULT_FAULT
    return TOO_NARROW_FAULT if "##" in text else ERROR_FAULT
