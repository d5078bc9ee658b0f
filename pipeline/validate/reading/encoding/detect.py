"""The bytes of a text file that is not UTF-8 throughout: which encoding they are in.

Windows-1252 is read where its letters and signs stand where people write them. Lines in UTF-8 among
them are read as UTF-8. What reads better as DOS or Macintosh text is not read, since a guess would
change names and codes.
"""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipeline.validate.reading.encoding.damage import REPLACEMENT, is_plausible
from pipeline.validate.reading.faults import ConversionFault
from pipeline.validate.reading.table_source import UnreadableSource

SAVE_AS_CSV_REMEDY = "Open it in the program it comes from and save it again as CSV (UTF-8)."
NO_TEXT = "this is not text in any encoding that a spreadsheet writes"
# fmt: off
OTHER_ENCODINGS = {
    "mac_roman": "Macintosh text (Mac OS Roman)",
    "cp850": "DOS text (code page 850)",
    "cp437": "DOS text (code page 437)",
}
# fmt: on
UTF_8_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}"
)
# A character beyond ASCII, or several in a row, and the letters around them.
CONTEXT = re.compile(rb"[^\n\x80-\xff]{0,3}[\x80-\xff]+[^\n\x80-\xff]{0,3}")
UNDEFINED_BYTE = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")  # in Windows-1252
HIGH_BYTE = re.compile(rb"[\x80-\xff]")
DASHES = "\u2013\u2014"
APOSTROPHE = "\u2019"
CONTRACTION_LETTERS = "stdmrlvSTDMRLV"  # after an apostrophe: 's, n't, I'd, I'm, we're, I'll, I've
NO_BREAK_SPACE = "\u00a0"
SIGNS_INSIDE_A_WORD = "\u00a0\u00ad\u00b7\u2026/"
SIGNS_AFTER_A_WORD = (
    "\u2019\u201d\u2026\u2013\u2014\u2022\u2122\u00ae\u00a9\u00b0\u00b2\u00b3\u00bb"
)
SIGNS_BEFORE_A_WORD = "\u2018\u201c\u2019\u2013\u2014\u2022\u2026\u00ab\u00a9\u00a7\u00b6\u00b0"
SIGNS_ANYWHERE = "\u00a3\u20ac\u00a0"
SIGNS_ALONE = "\u00b1\u00d7\u00f7\u00bc\u00bd\u00be\u00ac\u00b5"
DOUBTFUL = 1  # another reading is possible, though this one is usual
STRANGE = 4  # nobody writes this
UNREADABLE = 1 << 40  # more than any text is strange
MAX_LISTED_PLACES = 5


class DecodedText(NamedTuple):
    """How to read a file.

    encoding: of the file, or of `content`.
    content: the repaired bytes, or None where the file can be read as it is.
    """

    encoding: str
    content: bytes | None
    warnings: list[ConversionFault]


def null_byte_error(line: int) -> UnreadableSource:
    """The error for a null byte, as in UTF-16 without the mark at its beginning."""
    return UnreadableSource(
        f"line {line:,} contains a null byte, so it is not text, or it is UTF-16 without its mark",
        SAVE_AS_CSV_REMEDY,
    )


def decode_bytes(path: Path) -> DecodedText:
    """How to read a file that is not valid UTF-8; raises UnreadableSource where that is a guess."""
    content = path.read_bytes()
    if b"\0" in content:
        if UNDEFINED_BYTE.search(content):
            raise UnreadableSource(NO_TEXT, SAVE_AS_CSV_REMEDY)
        raise null_byte_error(content.count(b"\n", 0, content.index(b"\0")) + 1)
    sequences = {bytes(sequence) for sequence in UTF_8_SEQUENCE.findall(content)}
    utf_8 = {sequence for sequence in sequences if is_plausible(sequence.decode("utf-8"))}
    # The others are two or three characters of Windows-1252 that happen to follow one another.
    rest = UTF_8_SEQUENCE.sub(lambda match: b"?" if match[0] in utf_8 else match[0], content)
    contexts = set(CONTEXT.findall(rest))
    scores = {name: _strangeness(contexts, name) for name in ("cp1252", *OTHER_ENCODINGS)}
    likeliest = min(scores, key=lambda name: scores[name])
    warnings = []
    if likeliest != "cp1252":
        places = _format_places(content, utf_8)
        if scores["cp1252"] - scores[likeliest] >= STRANGE:
            what = "this is neither UTF-8 nor Windows-1252"
            if scores["cp1252"] >= UNREADABLE:
                what = NO_TEXT
            raise UnreadableSource(
                f"{places}: {what}. It reads best as "
                f"{OTHER_ENCODINGS[likeliest]}, which is a guess, so the file is not read",
                SAVE_AS_CSV_REMEDY,
            )
        warnings.append(_doubtful_fault(places))
    if not utf_8:
        return DecodedText("cp1252", None, warnings)
    warnings.append(_mixed_fault(_format_places(content, utf_8)))
    return DecodedText("utf-8", _as_utf_8(content, utf_8), warnings)


def _as_utf_8(content: bytes, utf_8: set[bytes]) -> bytes:
    """The content in UTF-8, with what is Windows-1252 in it converted."""
    parts = []
    end = 0
    for match in UTF_8_SEQUENCE.finditer(content):
        if match[0] in utf_8:
            parts += [content[end : match.start()].decode("cp1252").encode(), match[0]]
            end = match.end()
    parts.append(content[end:].decode("cp1252").encode())
    return b"".join(parts)


def _format_places(content: bytes, utf_8: set[bytes]) -> str:
    """Line and byte of the first characters that are not UTF-8: "line 3, byte 57; line 9, …"."""
    # Blanks of the same length keep every position.
    rest = UTF_8_SEQUENCE.sub(
        lambda match: b" " * len(match[0]) if match[0] in utf_8 else match[0], content
    )
    positions = [match.start() for match in islice(HIGH_BYTE.finditer(rest), MAX_LISTED_PLACES)]
    starts = line_starts(content)
    places = [format_place(starts, position) for position in positions]
    unlisted = len(HIGH_BYTE.findall(rest)) - len(places)
    return "; ".join(places) + (f"; and {unlisted:,} more" if unlisted else "")


def line_starts(content: bytes) -> np.ndarray:
    """The position of the first byte of each line."""
    breaks = np.flatnonzero(np.frombuffer(content, "uint8") == ord("\n"))
    return np.append(0, breaks + 1)


def format_place(starts: np.ndarray, position: int) -> str:
    """The line of a byte and its position in that line, both from 1: "line 3, byte 57".

    starts: of the lines.
    """
    line = int(np.searchsorted(starts, position, "right"))
    return f"line {line:,}, byte {position - int(starts[line - 1]) + 1:,}"


def _mixed_fault(places: str) -> ConversionFault:
    return ConversionFault(
        rule="encoding",
        what=(
            f"{places}: this is Windows-1252, but other characters of the file are UTF-8. Each was "
            "read as what it is"
        ),
        remedy=(
            "Look at the names and words in these lines. If they are right, there is nothing to "
            "do; else export the file again as CSV (UTF-8)."
        ),
    )


def _doubtful_fault(places: str) -> ConversionFault:
    return ConversionFault(
        rule="encoding",
        what=(
            f"{places}: in Windows-1252, as which it was read, this is a dash or an apostrophe "
            "inside a word; on a Macintosh it would be a letter with an accent"
        ),
        remedy=(
            "Look at the words in these lines. If a letter is wrong, save the file again as CSV "
            "(UTF-8)."
        ),
    )


def _strangeness(contexts: set[bytes], encoding: str) -> int:
    """How much of the text nobody would write, if it is in this encoding."""
    total = 0
    for context in contexts:
        text = f" {context.decode(encoding, 'replace')} "
        if REPLACEMENT in text:  # a byte that the encoding leaves undefined
            return UNREADABLE
        for position, character in enumerate(text):
            if not character.isascii():
                total += _strangeness_of(text, position)
    return total


def _strangeness_of(text: str, position: int) -> int:
    previous, character, following = text[position - 1], text[position], text[position + 1]
    if character.isalpha() and is_plausible(character):
        return STRANGE if _is_strange_letter(text, position) else 0
    if previous.isalpha() and following.isalpha():
        if character == APOSTROPHE:
            is_usual = (
                following in CONTRACTION_LETTERS
                or following.isupper()
                or _starts_word(text, position)
            )
            return 0 if is_usual else DOUBTFUL
        if character in DASHES:
            return DOUBTFUL
        return 0 if character in SIGNS_INSIDE_A_WORD else STRANGE
    if character in SIGNS_ANYWHERE:
        return STRANGE if previous.islower() and character != NO_BREAK_SPACE else 0
    if previous.isalpha():
        return 0 if character in SIGNS_AFTER_A_WORD else STRANGE
    if following.isalpha():
        return 0 if character in SIGNS_BEFORE_A_WORD else STRANGE
    signs = SIGNS_AFTER_A_WORD + SIGNS_BEFORE_A_WORD + SIGNS_ALONE
    return 0 if character in signs else STRANGE


def _is_strange_letter(text: str, position: int) -> bool:
    """Whether a letter is a capital after a small one, the reverse, or next to a digit."""
    previous, character, following = text[position - 1], text[position], text[position + 1]
    if previous.isdigit() or following.isdigit():
        return True
    if not previous.isalpha():
        return False
    if character.isupper():
        return any(letter.islower() for letter in text[:position] + text[position + 1 :])
    return previous.isupper() and following.isupper()


def _starts_word(text: str, position: int) -> bool:
    """Whether only one letter is before the apostrophe, as in O'Neill and d'Arcy."""
    return not text[position - 2].isalpha()
