"""The words of texts as they are compared: without case, accents or apostrophes, so that
O'Néill is oneill; and which of a million texts may be repeated in the published files."""

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
# Apostrophes, and the accents of Latin letters once NFKD has separated them from their letters.
REMOVED_CHARACTERS = rf"[{APOSTROPHES}\x{{0300}}-\x{{034e}}]"
WORD_SEPARATOR = r"[^\pL\pM\pN_]+"
TEXTS_PER_BATCH = 100_000  # the words of a million notes at once would fill the memory


def normalised_words(text: str) -> list[str]:
    """The words of one text, in order, casefolded, without accents or apostrophes."""
    characters = (
        character
        for character in normalize("NFKD", text)
        if not combining(character) and character not in APOSTROPHES
    )
    return WORD.findall("".join(characters).casefold())


class CandidateFilter:
    """Finds, among a million texts, those that may be repeated in the published files.

    It may keep a text that is not repeated, but never drops one that is: it looks up each pair of
    neighbouring words separately, so a run of known pairs need not be one run in a file.
    """

    def __init__(self, published: Sequence[Sequence[str]]) -> None:
        """published: the normalised words of each published text."""
        vocabulary = sorted({word for words in published for word in words})
        index = {word: number for number, word in enumerate(vocabulary)}
        self._published_words = pa.array(vocabulary, pa.large_string())
        # One integer per pair of words, so that numpy can look up millions of pairs at once.
        pair_codes: set[int] = set()
        for words in published:
            pair_codes.update(
                index[word] * len(vocabulary) + index[following]
                for word, following in pairwise(words)
            )
        self._published_pairs = np.array(sorted(pair_codes), dtype="int64")

    def candidates(self, texts: pd.Series, min_run: int) -> Iterator[str]:
        """The texts that may have `min_run` consecutive words in the published files.

        A text shorter than that must have all its words there. A text whose letters are not ASCII
        even without accents is always kept, because only `normalised_words` knows its words.

        texts: strings, in any number; min_run: at least 1.
        """
        table = pa.Table.from_pandas(texts.to_frame("text"), preserve_index=False)
        for batch in table.to_batches(TEXTS_PER_BATCH):
            if len(batch):
                is_candidate = self._is_candidate(batch["text"].cast(pa.large_string()), min_run)
                yield from batch["text"].filter(is_candidate).to_pylist()

    def _is_candidate(self, texts: pa.LargeStringArray, min_run: int) -> pa.BooleanArray:
        """Whether each text may be repeated; all texts are compared in one go, word by word."""
        plain = pc.utf8_normalize(texts, form="NFKD")
        plain = pc.replace_substring_regex(plain, REMOVED_CHARACTERS, "")
        plain = pc.replace_substring_regex(plain, WORD_SEPARATOR, " ")
        plain = pc.ascii_trim_whitespace(plain)

        # The words of all texts in one array; a text without words has one empty word.
        words = pc.split_pattern(pc.ascii_lower(plain), " ")
        first_word = words.offsets.to_numpy()[:-1]
        word_count = pc.list_value_length(words).to_numpy()
        known = pc.index_in(words.flatten(), self._published_words)
        word = np.asarray(pc.fill_null(known, -1)).astype("int64")  # -1: not published

        # Is each word published directly after the word before it, in the same text?
        position = np.arange(len(word))
        pair_codes = word[:-1] * len(self._published_words) + word[1:]
        follows_on = np.append(False, np.isin(pair_codes, self._published_pairs))
        follows_on[first_word] = False

        # Where the run that each word belongs to starts: at the word itself unless it follows on,
        # and after the word if it is not published, so that its run has length 0.
        run_start = np.where(word < 0, position + 1, np.where(follows_on, 0, position))
        run_start = np.maximum.accumulate(run_start)
        longest_run = np.maximum.reduceat(position - run_start + 1, first_word)
        is_repeated = pa.array(longest_run >= np.minimum(word_count, min_run))
        return pc.or_(is_repeated, pc.invert(pc.string_is_ascii(plain)))
