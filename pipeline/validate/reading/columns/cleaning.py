"""The distinct texts of a column without damage, invisible characters and outer spaces."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.validate.definitions import Column
from pipeline.validate.reading.encoding.damage import SUSPECT_LETTERS, SUSPECT_MARKUP, examine
from pipeline.validate.reading.faults import LOST_CHARACTER_FAULT, ConversionFault, repair_fault

# Characters that show nothing or turn the text after them around: controls, soft hyphen,
# zero-width characters, direction overrides.
HIDDEN_CHARACTERS = (
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{00ad}\x{061c}\x{180e}\x{200b}-\x{200f}"
    r"\x{202a}-\x{202e}\x{2060}-\x{2069}\x{feff}]"
)
UNUSUAL_SPACES = r"[\x{00a0}\x{2007}\x{202f}]"


class CleanedValues(NamedTuple):
    """The values, null where one is blank, and what was wrong with them.

    repairs, losses: by position; a text in which a character is lost may be repaired in part.
    is_hidden: for each value whether it had invisible characters.
    """

    values: pa.Array
    repairs: dict[int, ConversionFault]
    losses: dict[int, ConversionFault]
    is_hidden: pa.Array


def clean_values(values: pa.Array, column: Column) -> CleanedValues:
    """The values repaired, trimmed, in Unicode's composed form, without hidden characters.

    values: each distinct text of the column once.
    """
    repairs: dict[int, ConversionFault] = {}
    losses: dict[int, ConversionFault] = {}
    is_hidden: pa.Array = pa.nulls(len(values), pa.bool_())
    buffer = values.buffers()[2]
    content = buffer.to_pybytes() if buffer else b""
    has_markup = b"&" in content or b"<" in content
    has_letters = not content.isascii()
    lowest = np.frombuffer(content, "uint8").min(initial=ord(" "))
    has_controls = lowest < ord(" ") or b"\x7f" in content
    for is_present, suspect in ((has_letters, SUSPECT_LETTERS), (has_markup, SUSPECT_MARKUP)):
        if is_present:
            values = _repair(values, suspect, column, repairs, losses)
    # Not in most columns. A repair may bring them in.
    if has_letters or has_markup or has_controls:
        values = pc.replace_substring_regex(values, r"\r\n?", "\n")
        is_hidden = pc.match_substring_regex(values, HIDDEN_CHARACTERS)
        values = pc.replace_substring_regex(values, HIDDEN_CHARACTERS, "")
        values = pc.replace_substring_regex(values, UNUSUAL_SPACES, " ")
        values = pc.utf8_normalize(values, form="NFC")
    values = pc.utf8_trim_whitespace(values)
    is_blank = pc.equal(pc.binary_length(values), 0)
    values = pc.if_else(is_blank, pa.scalar(None, values.type), values)
    return CleanedValues(values, repairs, losses, is_hidden)


def _repair(
    values: pa.Array,
    suspect: str,
    column: Column,
    repairs: dict[int, ConversionFault],
    losses: dict[int, ConversionFault],
) -> pa.Array:
    """The values without damage, as far as that is certain; notes each repair and each loss.

    suspect: the pattern of values that may be damaged.
    """
    is_suspect = np.asarray(pc.match_substring_regex(values, suspect))
    if not is_suspect.any():
        return values
    texts = values.to_pylist()
    for position in np.flatnonzero(is_suspect).tolist():
        repair = examine(texts[position])
        if repair.text != texts[position]:
            repairs[position] = repair_fault(repair, column)
        if repair.is_lossy:
            losses[position] = LOST_CHARACTER_FAULT._replace(damaged_part=repair.damaged_part)
        texts[position] = repair.text
    return pa.array(texts, values.type)
