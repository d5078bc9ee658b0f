"""What kinds of records a case system keeps together, by the texts that name them in a column."""

from __future__ import annotations

import re
from collections.abc import Mapping

OTHER = "other"  # records of which there is no extract
MIN_SHARE_NAMED = 0.5  # of the filled cells of a column that tells kinds apart
MIN_SHARE_FILLED = 0.5  # of the rows
MAX_CHARACTERS = 60  # of a text that names a kind
# By kind, which is the extract's name where there is one, the words that name it, in the singular.
# fmt: off
PHRASES = {
    "complaints": ("complaint", "cmpl", "cmplt", "cmplnt"),
    "compliments": (
        "compliment", "cmplmt", "praise", "thank", "thank you", "commendation", "appreciation",
        "plaudit", "gratitude", "positive feedback", "positive comment",
    ),
    "concerns": (
        "concern", "enquiry", "inquiry", "query", "enq", "informal complaint", "pre complaint",
        "early resolution", "informal resolution", "informal",
    ),
    "ombudsman": (
        "ombudsman", "lgsco", "lgo", "ombudsman enquiry", "ombudsman complaint", "lgsco enquiry",
        "lgo enquiry", "lgsco complaint", "lgo complaint",
    ),
    OTHER: (
        "comment", "suggestion", "feedback", "negative feedback", "idea", "mp enquiry", "mp letter",
        "mp query", "councillor enquiry", "councillor query", "cllr enquiry",
        "member enquiry", "member query", "service request", "request for service",
        "information request", "request for information", "freedom of information", "foi",
        "subject access request", "sar", "safeguarding", "safeguarding referral",
        "safeguarding concern", "whistleblowing", "signposting", "media enquiry", "press enquiry",
        "survey", "consultation",
    ),
}
# Words that may occur with these without changing the kind.
QUALIFIERS = frozenset({
    "a", "an", "and", "the", "of", "from", "for", "by", "re", "or", "to", "via", "non",
    "formal", "statutory", "corporate", "stage", "level", "step", "st", "nd", "rd", "one", "two",
    "three", "first", "second", "third", "i", "ii", "iii", "s", "child", "children", "young",
    "people", "person", "family", "adult", "social", "care", "csc", "asc", "cypf", "act", "public",
    "service", "new", "general", "letter", "card", "note", "received", "email", "e", "mail",
    "verbal", "written", "phone", "telephone", "web", "online", "customer", "staff", "council",
    "procedure", "process", "case", "only", "joint", "anonymous", "internal", "external", "repeat",
    "complex", "parent", "user", "client", "resident", "professional", "mp", "cllr", "councillor",
    "member", "school", "housing", "carer", "message", "form", "type", "record",
})
# fmt: on
_KINDS = {tuple(phrase.split()): kind for kind, phrases in PHRASES.items() for phrase in phrases}
_LONGEST = max(map(len, _KINDS))


def kind_of(text: str) -> str | None:
    """The kind of record that a text names, such as "Formal complaint"; None if it names none.

    A text that names several kinds names another one than each of them.
    """
    if len(text) > MAX_CHARACTERS:
        return None
    words = [_singular(word) for word in re.findall(r"[^\W\d_]+", text.casefold())]
    kinds: set[str] = set()
    position = 0
    while position < len(words):
        for length in range(_LONGEST, 0, -1):
            phrase = tuple(words[position : position + length])
            if len(phrase) == length and phrase in _KINDS:
                kinds.add(_KINDS[phrase])
                position += length
                break
        else:
            if words[position] not in QUALIFIERS:
                return None
            position += 1
    if len(kinds) > 1:
        return OTHER
    return next(iter(kinds), None)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith("ss") else word


def may_tell_kinds(counts: Mapping[str, int]) -> bool:
    """Whether most cells of a column name a kind of record; counts: of each text, without ""."""
    filled = sum(counts.values())
    named = sum(count for text, count in counts.items() if kind_of(text))
    return bool(filled) and named >= MIN_SHARE_NAMED * filled


def kinds_told(counts: Mapping[str, int], row_count: int) -> dict[str, list[str]]:
    """By kind, the texts of a column that tells records of several kinds apart; {} if it is none.

    counts: how often each text occurs, without "". row_count: of the records, with empty cells.
    """
    if sum(counts.values()) < MIN_SHARE_FILLED * row_count or not may_tell_kinds(counts):
        return {}
    texts_by_kind: dict[str, list[str]] = {}
    for text in counts:
        kind = kind_of(text)
        if kind:
            texts_by_kind.setdefault(kind, []).append(text)
    return texts_by_kind if len(texts_by_kind) > 1 else {}
