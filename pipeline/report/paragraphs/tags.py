"""Invisible marks in a template, from which each printed word is led back to where it is typed.

A mark is one character of a private area of Unicode: it stands before a word, or around what a
reference prints. A template is rendered with marks a second time, and nobody sees them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.report.narrative.notebook_cells import COMMENTARY_REFERENCE

WORD_MARK, REFERENCE_MARK, REFERENCE_END = 0xF0000, 0x100000, 0x10FFFD
MAX_MARKS = 65_000
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
TOKEN = re.compile(r"\S+")
LIST_NUMBER = re.compile(r"\d{1,2}[.)]")
SAFE_SIGNS = "\"'(\u201c\u2018\u00a3\u2026.,;:?"  # that mean nothing in Markdown
MAX_MARKUP_LETTERS = 12  # between two letters of a word and its neighbour, such as "**"


@dataclass(frozen=True)
class Source:
    """A text that somebody types: its place, such as commentary:overview, and what it says."""

    place: str
    text: str


@dataclass(frozen=True)
class Origin:
    """Where a printed character comes from.

    kind: "text" if it is typed in the source, "reference" if a reference prints it.
    offset: where in the source it, or the reference, stands.
    reference: the reference as it is typed.
    """

    kind: str
    source: Source
    offset: int
    reference: str = ""


@dataclass
class Marks:
    """The marks that have been given, by their numbers."""

    words: list[Origin] = field(default_factory=list)
    references: list[Origin] = field(default_factory=list)

    def mark(self, source: Source) -> str:
        """The source with a mark before each word, and around each reference."""
        pieces: list[str] = []
        end = 0
        for expression in EXPRESSION.finditer(source.text):
            pieces.append(self._mark_words(source, end, expression.start()))
            pieces.append(self._mark_reference(source, expression))
            end = expression.end()
        return "".join([*pieces, self._mark_words(source, end, len(source.text))])

    def _mark_words(self, source: Source, start: int, end: int) -> str:
        text = source.text[start:end]

        def with_mark(token: re.Match[str]) -> str:
            first = next((place for place, sign in enumerate(token[0]) if _begins_word(sign)), -1)
            begins_line = not text[: token.start()].rpartition("\n")[2].strip()
            is_markup = begins_line and (LIST_NUMBER.fullmatch(token[0]) or token[0] == "Table:")
            if first < 0 or is_markup or token[0][:1] == "<" or token[0][:first][-1:] == "&":
                return token[0]
            if len(self.words) >= MAX_MARKS:
                return token[0]
            self.words.append(Origin("text", source, start + token.start() + first))
            mark = chr(WORD_MARK + len(self.words) - 1)
            return f"{token[0][:first]}{mark}{token[0][first:]}"

        return TOKEN.sub(with_mark, text)

    def _mark_reference(self, source: Source, expression: re.Match[str]) -> str:
        is_block = COMMENTARY_REFERENCE.match(expression[0])  # which may begin with a list
        if is_block or not expression[0].startswith("{{") or len(self.references) >= MAX_MARKS:
            return expression[0]
        self.references.append(Origin("reference", source, expression.start(), expression[0]))
        mark = chr(REFERENCE_MARK + len(self.references) - 1)
        return f"{mark}{expression[0]}{chr(REFERENCE_END)}"

    def read(self, text: str) -> list[tuple[str, Origin | None]]:
        """The characters of a text that was rendered with marks, each with its origin."""
        characters: list[tuple[str, Origin | None]] = []
        around: list[Origin] = []
        word: Origin | None = None
        for character in text:
            code = ord(character)
            if code == REFERENCE_END:
                word = _after(around.pop()) if around else None
            elif code >= REFERENCE_MARK:
                around.append(self.references[code - REFERENCE_MARK])
                word = None
            elif code >= WORD_MARK:
                word = self.words[code - WORD_MARK]
            elif word:
                place = _next_place(word.source.text, word.offset, character)
                if place < 0:
                    characters.append((character, None))
                    continue
                origin = Origin("text", word.source, place)
                characters.append((character, origin))
                word = Origin("text", word.source, place + 1)
            else:
                characters.append((character, around[-1] if around else None))
        return characters


def _begins_word(sign: str) -> bool:
    return sign.isalnum() or sign in SAFE_SIGNS


def _after(reference: Origin) -> Origin:
    """What follows a reference in the source."""
    return Origin("text", reference.source, reference.offset + len(reference.reference))


def _next_place(text: str, start: int, character: str) -> int:
    """Where a character stands next in a text, after markup at most; -1 if it does not."""
    for place in range(start, min(start + MAX_MARKUP_LETTERS, len(text))):
        if text.startswith(("{{", "{%", "{#"), place):
            return -1
        if text[place] == character or (text[place].isspace() and character.isspace()):
            return place
    return -1
