"""The words of texts as they are compared: without case, accents or apostrophes, so that
O'Néill is oneill; and which of a million texts may be repeated in the published files.

A text that is damaged or escaped is also compared as it was meant: JosÃ© as José, O&#39;Neill as
O'Neill.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from unicodedata import combining, normalize
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.validate.reading.encoding.damage import SUSPECT_LETTERS, repaired

# Also those that are typed for want of a better one, among them the accents on their own.
APOSTROPHES = "'\u2019\u2018\u201b\u02bc\u02b9\u2032\uff07`\u00b4"
POSSESSIVE_END = re.compile(rf"[{APOSTROPHES}][sS]\b")
WORD = re.compile(r"[^\W_]+")
NO_APOSTROPHES = dict.fromkeys(map(ord, APOSTROPHES))
# The accents of Latin letters, once NFKD has separated them from their letters.
ACCENTS = r"[\x{0300}-\x{034e}]"
WORD_SEPARATOR = r"[^\pL\pM\pN]+"
# Escapes of HTML, of JSON and programs, and of addresses on the web; and invisible characters.
DAMAGED_OR_ESCAPED = (
    r"&(?:#|[A-Za-z])|<|\\['\"u]|%[0-9A-Fa-f]{2}"
    r"|[\x{00ad}\x{034f}\x{180e}\x{200b}-\x{200f}\x{2060}-\x{2064}\x{feff}]"
    f"|{SUSPECT_LETTERS}"
)
CODE_POINT = re.compile(r"\\u([0-9A-Fa-f]{4})")
ESCAPED_QUOTE = re.compile(r"\\(['\"])")
# Characters that show nothing, such as a soft hyphen inside a name.
# fmt: off
INVISIBLE_RANGES = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB), (0xE0001, 0xE01EF),
)
# Letters that do not decompose, and letters of other scripts that look like ours.
LETTERS = str.maketrans({
    "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th",
    "Þ": "Th", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "n",
    "Ŋ": "N", "ŧ": "t", "Ŧ": "T", "ɑ": "a", "ɡ": "g", "ə": "e", "Ə": "E", "ĸ": "k", "ẞ": "ss",
    **dict(zip("аеорсухіјѕкмтвнгһԁԛԝьӏ", "aeopcyxijskmtbhrhdqwbl", strict=True)),
    **dict(zip("АЕОРСУХІЈЅКМТВНҺԚԜӀҮ", "AEOPCYXIJSKMTBHHQWIY", strict=True)),
    **dict(zip("αοενρτυικηχγβωμ", "aoevptuiknxybwu", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϳ", "ABEZHIKMNOPTYXCj", strict=True)),
})
# The same letters as German and Scandinavian names write them without the sign.
SPELT_OUT = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ø": "oe", "Ø": "Oe",
    "å": "aa", "Å": "Aa", "đ": "dj", "Đ": "Dj",
})
# fmt: on
INVISIBLE = {code: None for first, last in INVISIBLE_RANGES for code in range(first, last + 1)}
SPELT_OUT_LETTERS = re.compile("[äöüÄÖÜøØåÅđĐ]")
# A word that a PDF divides at the end of a line.
LINE_END_HYPHEN = re.compile(r"[-\u2010\u2011\ufffe\x02]\s*\r?\n\s*")
TEXTS_PER_BATCH = 100_000  # the words of a million notes at once would fill the memory


def readings(text: str) -> list[str]:
    """The text as it is and, where that differs, as it was meant and may be written.

    Without damage, escapes and hyphens at the end of a line; and with ä as ae.
    """
    plain = text
    if "\\" in plain:
        plain = CODE_POINT.sub(lambda match: chr(int(match[1], 16)), plain)
        plain = ESCAPED_QUOTE.sub(r"\1", plain)
    if "%" in plain:
        plain = unquote(plain)
    plain = repaired(plain)
    if not plain.isascii():
        plain = plain.translate(INVISIBLE)
    texts = [text, plain]
    if "\n" in plain:
        texts.append(LINE_END_HYPHEN.sub("", plain))
    if not plain.isascii() and SPELT_OUT_LETTERS.search(normalize("NFC", plain)):
        texts.append(normalize("NFC", plain).translate(SPELT_OUT))
    return list(dict.fromkeys(texts))


def written_words(text: str) -> list[str]:
    """The words of one text, in order, in their case, without accents or apostrophes.

    A possessive is the word itself.
    """
    plain = POSSESSIVE_END.sub("", text).translate(NO_APOSTROPHES)
    if not plain.isascii():
        characters = (
            character for character in normalize("NFKD", plain) if not combining(character)
        )
        plain = "".join(characters).translate(LETTERS)
    return WORD.findall(plain)


def normalised_words(text: str) -> list[str]:
    """The words of one text, in order, casefolded, without accents or apostrophes."""
    return [word.casefold() for word in written_words(text)]


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
        even without accents, or that is damaged or escaped, is always kept, because only `readings`
        and `normalised_words` know its words.

        texts: strings, in any number; min_run: at least 1.
        """
        table = pa.Table.from_pandas(texts.to_frame("text"), preserve_index=False)
        for batch in table.to_batches(TEXTS_PER_BATCH):
            if len(batch):
                is_candidate = self._is_candidate(batch["text"].cast(pa.large_string()), min_run)
                yield from batch["text"].filter(is_candidate).to_pylist()

    def _is_candidate(self, texts: pa.LargeStringArray, min_run: int) -> pa.BooleanArray:
        """Whether each text may be repeated; all texts are compared in one go, word by word."""
        plain = pc.replace_substring_regex(texts, rf"[{APOSTROPHES}](?:[sS]\b)?", "")
        plain = pc.utf8_normalize(plain, form="NFKD")
        plain = pc.replace_substring_regex(plain, ACCENTS, "")
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
        is_escaped = pc.match_substring_regex(texts, DAMAGED_OR_ESCAPED)
        return pc.or_(pc.or_(is_repeated, is_escaped), pc.invert(pc.string_is_ascii(plain)))
