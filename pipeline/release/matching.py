"""The words of texts as they are compared: without case, accents and apostrophes, so that O'Néill is oneill."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from unicodedata import combining, normalize

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

APOSTROPHES = "'\u2019"
WORD = re.compile(r"\w+")
REMOVED_CHARACTERS = rf"[{APOSTROPHES}\x{{0300}}-\x{{034e}}]"  # with the accents of Latin letters, once these are taken apart
WORD_SEPARATOR = r"[^\pL\pM\pN_]+"
TEXTS_PER_BATCH = 100_000  # texts; the words of a million notes would fill the memory


def normalised_words(text: str) -> list[str]:
    """The words of one text."""
    plain = "".join(
        sign for sign in normalize("NFKD", text) if not combining(sign) and sign not in APOSTROPHES
    )
    return WORD.findall(plain.casefold())


class CandidateFilter:
    """Finds those of a million texts that may be repeated in what is published.

    It keeps a text too often, never too seldom: each two neighbouring words are looked for by themselves.
    """

    def __init__(self, published: Sequence[Sequence[str]]):
        words = sorted({word for said in published for word in said})
        place = {word: number for number, word in enumerate(words)}
        self._published_words = pa.array(words, pa.large_string())
        pairs = {
            place[one] * len(words) + place[other]
            for said in published
            for one, other in pairwise(said)
        }
        self._published_pairs = np.array(sorted(pairs), dtype="int64")

    def candidates(self, texts: pd.Series, min_run: int) -> Iterator[str]:
        """Those of which so many words in a row may be published, or of a shorter text all its words.

        One with letters that are not plain even without their accents is kept, for it takes `spoken` to tell its words.
        """
        for part in pa.Table.from_pandas(texts.to_frame("text"), preserve_index=False).to_batches(
            TEXTS_PER_BATCH
        ):
            if len(part):
                yield from (
                    part["text"]
                    .filter(self._is_candidate(part["text"].cast(pa.large_string()), min_run))
                    .to_pylist()
                )

    def _is_candidate(self, texts: pa.LargeStringArray, min_run: int) -> pa.BooleanArray:
        plain = pc.replace_substring_regex(
            pc.utf8_normalize(texts, form="NFKD"), REMOVED_CHARACTERS, ""
        )
        plain = pc.ascii_trim_whitespace(pc.replace_substring_regex(plain, WORD_SEPARATOR, " "))
        split = pc.split_pattern(
            pc.ascii_lower(plain), " "
        )  # at least one word each, if an empty one
        first, number = split.offsets.to_numpy()[:-1], pc.list_value_length(split).to_numpy()
        word = np.asarray(
            pc.fill_null(pc.index_in(split.flatten(), self._published_words), -1)
        ).astype("int64")
        at = np.arange(len(word))
        linked = np.append(
            False, np.isin(word[:-1] * len(self._published_words) + word[1:], self._published_pairs)
        )
        linked[first] = False
        begun = np.maximum.accumulate(
            np.where(word < 0, at + 1, np.where(linked, 0, at))
        )  # the row that a word stands in
        row = np.maximum.reduceat(at - begun + 1, first)
        return pc.or_(
            pa.array(row >= np.minimum(number, min_run)), pc.invert(pc.string_is_ascii(plain))
        )
