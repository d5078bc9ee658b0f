"""Text that was decoded in the wrong encoding or escaped for a web page, and its repair.

A repair is certain if the text turns into a letter or sign that people write, and no one writes the
sequence that it replaces: "Ã©" is é, "&#39;" is an apostrophe. What is lost (U+FFFD) stays.
"""

from __future__ import annotations

import html
import re
from functools import partial
from typing import NamedTuple

# UTF-8 was read in one of these. latin-1 is there for programs that take it for Windows-1252.
WRONG_ENCODINGS = ("cp1252", "latin-1", "mac_roman", "cp850", "cp437")
SEQUENCE_LENGTHS = {0xC2: 2, 0xC3: 2, 0xC4: 2, 0xC5: 2, 0xE1: 3, 0xE2: 3, 0xEF: 3, 0xF0: 4}
MAX_ROUNDS = 5  # text may have been damaged several times
REPLACEMENT = "\ufffd"
# fmt: off
# The first and last character of what people in England write: Latin letters (Welsh ones too),
# punctuation, signs, and emoji. C1 controls stand for Windows-1252 and are repaired afterwards.
PLAUSIBLE_RANGES = (
    (0x80, 0x17F), (0x218, 0x21B), (0x1E00, 0x1EFF), (0x200B, 0x200F), (0x2010, 0x2027),
    (0x202F, 0x203A), (0x20AC, 0x20AC), (0x2122, 0x2122), (0x2190, 0x2193), (0x2260, 0x2265),
    (0xFEFF, 0xFEFF), (0xFFFD, 0xFFFD), (0x1F300, 0x1FAFF),
)
INLINE_TAGS = "a abbr b big code em font html body head i img o:p s small span strong sub sup u"
BLOCK_TAGS = "blockquote br div h1 h2 h3 h4 h5 h6 hr li ol p pre table tbody td th thead tr ul"
# fmt: on
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
TAG_FORM = r"</?(?:{names})(?:\s[^<>]*)?/?>"
INLINE_TAG = re.compile(TAG_FORM.format(names="|".join(INLINE_TAGS.split())), re.IGNORECASE)
BLOCK_TAG = re.compile(TAG_FORM.format(names="|".join(BLOCK_TAGS.split())), re.IGNORECASE)
HTML_COMMENT = re.compile(r"<!--.*?-->|<style\b.*?</style>", re.DOTALL | re.IGNORECASE)
BOX_DRAWING = re.compile("[\u2500-\u259f]+")
# What is left of a sequence whose end was lost: â€ without its third character, Ã before a space.
REMAINDER = re.compile(r"\u00e2\u20ac|(?<![A-Z\u00c0-\u00de])[\u00c2\u00c3](?=\s|$)")


class Repair(NamedTuple):
    """A text as it was meant.

    is_decoded: whether some of it was in the wrong encoding.
    damaged_part: the first part that was repaired or is lost, to find it in a file.
    is_lossy: whether a character is lost, or is damaged in a way that has no certain repair.
    """

    text: str
    is_decoded: bool
    damaged_part: str
    is_lossy: bool


def is_plausible(character: str) -> bool:
    """Whether people in England write a character beyond ASCII."""
    return any(first <= ord(character) <= last for first, last in PLAUSIBLE_RANGES)


def repaired(text: str) -> str:
    """The text as it was meant, as far as that is certain."""
    if text.isascii() and "&" not in text and "<" not in text:
        return text
    return examine(text).text


def examine(text: str) -> Repair:
    """The repair of a text, and what it was."""
    plain, is_decoded = text, False
    for _ in range(MAX_ROUNDS):
        unescaped = ENTITY.sub(lambda match: html.unescape(match[0]), plain)
        decoded = C1_CONTROL.sub(_windows_character, _decoded_again(unescaped))
        is_decoded = is_decoded or decoded != unescaped
        if decoded == plain:
            break
        plain = decoded
    plain = INLINE_TAG.sub("", BLOCK_TAG.sub("\n", HTML_COMMENT.sub("", plain)))
    # html.unescape writes U+FFFD for a number that is no character.
    lost = re.search(f"{REPLACEMENT}|{C1_CONTROL.pattern}|{REMAINDER.pattern}", plain)
    damage = re.search(f"{DAMAGE_IN_LETTERS}|{SUSPECT_MARKUP}|{REMAINDER.pattern}", text)
    return Repair(plain, is_decoded, damage[0] if damage else "", lost is not None)


def _decoded_again(text: str) -> str:
    """The text with each sequence of UTF-8 that was decoded in another encoding decoded rightly."""
    if text.isascii():
        return text
    for encoding, form in MOJIBAKE_FORMS.items():
        text = re.sub(form, partial(_decode_sequence, encoding), text)
    return text


def _decode_sequence(encoding: str, match: re.Match[str]) -> str:
    sequence = match[0]
    if BOX_DRAWING.fullmatch(sequence):
        return sequence
    codes = [_byte(character, encoding) for character in sequence]
    try:
        character = bytes(codes).decode("utf-8")
    except ValueError:  # no bytes, or no UTF-8
        return sequence
    return character if is_plausible(character) else sequence


def _byte(character: str, encoding: str) -> int:
    """The byte of a character; five bytes that Windows-1252 leaves undefined keep their number."""
    try:
        return character.encode(encoding)[0]
    except UnicodeEncodeError:
        return ord(character)


def _character(code: int, encoding: str) -> str:
    """The character of a byte above 127, for a pattern."""
    return re.escape(bytes([code]).decode(encoding))


def _mojibake_form(encoding: str) -> str:
    """What may be a sequence of UTF-8 as one of the wrong encodings shows it."""
    leads = {lead: _character(lead, encoding) for lead in SEQUENCE_LENGTHS}
    following = f"[^\\x00-\\x7f{''.join(leads.values())}]"
    sequences = [
        leads[lead] + following * (length - 1) for lead, length in SEQUENCE_LENGTHS.items()
    ]
    return "|".join(sequences)


def _windows_character(match: re.Match[str]) -> str:
    try:
        return match[0].encode("latin-1").decode("cp1252")
    except UnicodeDecodeError:
        return match[0]


C1_CONTROL = re.compile("[\x80-\x9f]")
# Patterns that are compiled when damage is first looked for, since most files have none.
MOJIBAKE_FORMS = {encoding: _mojibake_form(encoding) for encoding in WRONG_ENCODINGS}
DAMAGE_IN_LETTERS = "|".join([REPLACEMENT, C1_CONTROL.pattern, *MOJIBAKE_FORMS.values()])
# Whether a text is to be examined, for RE2: damaged letters, or HTML.
SUSPECT_LETTERS = f"{DAMAGE_IN_LETTERS}|\u00e2\u20ac|[\u00c2\u00c3](?:\\s|$)"
SUSPECT_MARKUP = rf"{ENTITY.pattern}|</?[A-Za-z!][^<>]*>"
