"""The words of texts as they are compared: without case, accents and apostrophes, so that O'Néill is oneill."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from unicodedata import combining, normalize

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

APOSTROPHES = "'\u2019"
WORD = re.compile(r"\w+")
LEFT_OUT = rf"[{APOSTROPHES}\x{{0300}}-\x{{034e}}]"  # with the accents of Latin letters, once these are taken apart
BETWEEN_WORDS = r"[^\pL\pM\pN_]+"
AT_ONCE = 100_000  # texts; the words of a million notes would fill the memory


def spoken(text: str) -> list[str]:
    """The words of one text."""
    plain = "".join(sign for sign in normalize("NFKD", text) if not combining(sign) and sign not in APOSTROPHES)
    return WORD.findall(plain.casefold())


def holding(texts: pd.Series, words: Collection[str], in_a_row: int) -> Iterator[str]:
    """Those of a million texts that hold so many of the words in a row; a shorter text, where all its words are among them.

    One with letters that are not plain even without their accents is always given, for it takes `spoken` to tell its words.
    """
    among = pa.array(sorted(words), pa.large_string())
    for part in pa.Table.from_pandas(texts.to_frame("text"), preserve_index=False).to_batches(AT_ONCE):
        if len(part):
            yield from part["text"].filter(_hold(part["text"].cast(pa.large_string()), among, in_a_row)).to_pylist()


def _hold(texts: pa.LargeStringArray, among: pa.Array, in_a_row: int) -> pa.BooleanArray:
    plain = pc.replace_substring_regex(pc.utf8_normalize(texts, form="NFKD"), LEFT_OUT, "")
    plain = pc.ascii_trim_whitespace(pc.replace_substring_regex(plain, BETWEEN_WORDS, " "))
    split = pc.split_pattern(pc.ascii_lower(plain), " ")  # at least one word each, if an empty one
    first, number = split.offsets.to_numpy()[:-1], pc.list_value_length(split).to_numpy()
    at = np.arange(number.sum())
    strange = np.where(pc.is_in(split.flatten(), among), -1, at)
    row = at - np.maximum(np.maximum.accumulate(strange), np.repeat(first, number) - 1)  # of words up to this one
    held = np.maximum.reduceat(row, first) >= np.minimum(number, in_a_row)
    return pc.or_(pa.array(held), pc.invert(pc.string_is_ascii(plain)))
