"""Numbers that prose states in words: "two complaints", "a third of them", "stage two".

The tables are our own. A library that reads number words (text2num, word2number) finds a number in
"one another" and "a second look", and none in "twice", "half" or "the only complaint".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.report.narrative.prose.text import REFERENCE

# fmt: off
SMALL_NUMBERS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
# fmt: on
VALUES = {word: float(value) for value, word in enumerate(SMALL_NUMBERS)}
VALUES |= {"nil": 0.0, "no": 0.0, "none": 0.0, "a": 1.0, "an": 1.0, "once": 1.0, "single": 1.0}
VALUES |= {"twice": 2.0, "both": 2.0, "couple": 2.0, "pair": 2.0, "double": 2.0, "thrice": 3.0}
VALUES |= {
    word: 10.0 * value
    for value, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2
    )
}
MULTIPLIERS = {"dozen": 12.0, "hundred": 100.0, "thousand": 1000.0, "million": 1_000_000.0}
MULTIPLIERS |= {"half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "fifth": 1 / 5, "tenth": 1 / 10}

UNITS = "two|three|four|five|six|seven|eight|nine"
TEENS = (
    "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|fourty|ninty"
)
TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
MANY = "dozen|hundred|thousand|million|billion|trillion"
CARDINAL = rf"(?:(?:{TENS})(?:one|{UNITS})?|{UNITS}|{TEENS})"
ORDINAL = (
    r"(?:fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|"
    r"eigh|nine)teenth|(?:twent|thirt|fort|fift|sixt|sevent|eight|ninet)ieth|hundredth|thousandth)"
)
# What a report counts, the nouns of the figures first.
COUNTED_NOUN = (
    r"(?:complaints?|complainants?|compliments?|cases?|investigations?|reviews?|concerns?"
    r"|representations?|responses?|decisions?|recommendations?)"
)
NOUN = (
    rf"(?:{COUNTED_NOUN[3:-1]}|repl(?:y|ies)|answers?|outcomes?|actions?|sessions?|attendances?"
    r"|panels?|hearings?|children|child|young\s+p(?:eople|ersons?)|people|persons?|parents?"
    r"|carers?|famil(?:y|ies)|siblings?|advocates?|officers?|managers?|workers?|members?|schools?"
    r"|homes?|placements?|services?|areas?|themes?|letters?|emails?|enquir(?:y|ies)|requests?"
    r"|quotations?|working\s+days?|weeks?|months?|years?|hours?|minutes?|quarters?|thirds?|pounds?"
    r"|per\s+cent|percent)"
)
GAP = r"[\s\u2010-\u2013-]+"
# Between "one" and its noun: adjectives, and not what makes "one" a pronoun.
NOT_ADJECTIVE = (
    r"(?!(?:of|in|on|at|by|to|for|from|with|and|or|but|that|which|who|whose|another|thing|reason"
    r"|way|can|cannot|could|may|might|must|shall|should|will|would|is|was|has|had|does|did|the|a|an"
    r"|our|their|its|your|all|each|off|stop|size|hand|day)\b)"
)
ADJECTIVES = rf"(?:{NOT_ADJECTIVE}[\w']+{GAP}){{0,2}}?"
LIMITED = (
    r"(?:only|just|exactly|at\s+least|at\s+most|all\s+but|not|more\s+than|fewer\s+than|less\s+than"
    r"|up\s+to|over|under|about|around|nearly|almost|roughly|within|after|by)"
)
CLAUSE_START = (
    r"(?:^|[.,;:(\u2013\u2014]|\b(?:and|but|or|while|with|of\s+(?:which|them|these|those)))\s*"
)
FRACTION_FOLLOWS = r"(?:of|were|was|are|is|had|have|has|more|fewer|less|higher|lower|came)\b"

# Ordinary English, and words that name something. It is taken out before anything is looked for.
IDIOMS = re.compile(
    r"\b(?:sixth[\s-]form(?:er)?s?|[\w-]+(?:th|st|nd|rd)[\s-]century|eleventh\s+hour"
    r"|two[\s-]way|two\s+sides\s+(?:of|to)|in\s+two\s+minds"
    r"|zero[\s-]tolerance|net[\s-]zero|zero[\s-]hours?|nil\s+by\s+mouth"
    r"|no[\s-]one|every[\s-]one|each\s+one|any[\s-]one|one\s+another|one[\s-]off|one[\s-]to[\s-]one"
    r"|one[\s-]stop|one[\s-]way|one[\s-]sided|one\s+by\s+one|as\s+one\s+(?:team|service)"
    r"|one\s+and\s+the\s+same|on\s+(?:the\s+)?one\s+hand|one[\s-]size|at\s+one\s+(?:time|point)"
    r"|(?<!within\s)(?<!in\s)(?<!after\s)(?<!by\s)(?<!only\s)(?<!just\s)one\s+day"
    r"|half[\s-]terms?|half[\s-](?:hearted|sisters?|brothers?|siblings?|way|baked)"
    r"|(?:first|second|other|latter|better)\s+half)\b",
    re.IGNORECASE,
)
NUMBER_PHRASES = re.compile(
    "|".join(
        (
            r"\bone\s+day\b",
            rf"\b{CARDINAL}(?:{GAP}(?:and\s+)?(?:one|{CARDINAL}|{MANY}s?|{ORDINAL}s?))*"
            rf"(?:{GAP}{NOUN})?\b",
            rf"\b(?:a\s+|one\s+)?(?:{MANY})s?\b",
            rf"\b(?:{CARDINAL}|hundred)fold\b",
            r"\b(?:twent|thirt|fort|fift|sixt|sevent|eight|ninet)ies\b",
            r"\b(?:single|double|triple)[\s-](?:digits?|figures?)\b",
            r"\btens\s+of\b|\b(?:a|the)\s+(?:couple|pair|trio|quartet|brace)\s+of\b",
            r"\b(?:zero|nil|nought|naught)\b",
            r"\b(?:twice|thrice)\b|\b(?:only|just|exactly|not)\s+once\b|\bonce\s+in\s+(?:every|a)\b",
            # one
            rf"\bone{GAP}{ADJECTIVES}{NOUN}\b",
            rf"\bone\s+of\s+(?:the|these|those|our|their|its|your)\s+(?:[\w']+\s+)?{NOUN}\b",
            rf"\bone\s+(?:in|out\s+of)\s+(?:every\s+)?(?:{CARDINAL}|{REFERENCE}|{MANY})",
            rf"\b{LIMITED}\s+one\b",
            rf"{CLAUSE_START}one\s+(?:was|is|has|had|remain\w*|came|went|concern\w*|related|took"
            r"|reached|ended|still|more|further|upheld|partially|partly|not|about|withdrawn|open"
            r"|late|did|of\s+(?:them|these|those|which|whom))\b",
            r"\b(?:stage|level|tier|key\s+stage)\s+one\b",
            rf"\b(?:not\s+a|a|the)\s+(?:single|sole|lone|solitary)\s+(?:\w+\s+)?{COUNTED_NOUN}\b",
            rf"\bthe\s+only\s+(?:\w+\s+)?{COUNTED_NOUN}\b",
            # fractions and ordinals
            r"\b(?:a\s+)?half\b",
            rf"\b(?:{LIMITED}|than|some)\s+a\s+(?:third|quarter)\b",
            rf"\ba\s+(?:third|quarter)\s+{FRACTION_FOLLOWS}",
            r"\bthirds\b|\ba\s+third(?=\s*[.,;:!?)]|\s*$)",
            rf"\b{ORDINAL}s?\b",
            rf"\b(?:second|third)\s+(?:consecutive|successive|highest|lowest|largest|smallest|most"
            rf"|time|year\s+(?:running|in)|year\b|(?:\w+\s+)?{COUNTED_NOUN}\b)",
            # A sign or a word that makes another number of a reference.
            rf"{REFERENCE}\s*(?:%|\u2030|per\s*cent\b|percentage\b)|[\u00a3$\u20ac]\s*{REFERENCE}",
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)
ROMAN_NUMERALS = re.compile(
    r"\b(?=[IVX]{2})(?:X{0,3})(?:IX|IV|V?I{0,3})\b"
    r"|\b(?=[MDCLXVI]{5})M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\b"
    r"|\b[Ss]tage\s+I\b(?=\s*(?:[.,;:)]|$|(?:and|or|complaints?|investigations?|responses?)\b))"
)


def number_phrases(prose: str) -> Iterator[tuple[int, str]]:
    """Line and text of each number that prose states in words.

    prose: as `prose.plain_prose` gives it; the lines are counted from 1.
    """
    without_idioms = IDIOMS.sub(lambda idiom: re.sub(r"\S", "\u00b7", idiom[0]), prose)
    matches = [*NUMBER_PHRASES.finditer(without_idioms), *ROMAN_NUMERALS.finditer(prose)]
    for match in sorted(matches, key=lambda match: match.start()):
        phrase = match[0].lstrip(" \n\t.,;:(\u2013\u2014")
        start = match.end() - len(phrase)
        yield 1 + prose[:start].count("\n"), " ".join(phrase.replace(REFERENCE, "{{ … }}").split())


def number_in_words(text: str) -> float | None:
    """The number that a short text states, such as 36 for "thirty-six"; None if it states none."""
    total = 0.0
    current: float | None = None
    for word in re.findall(r"[a-z]+", text.lower()):
        multiplier = MULTIPLIERS.get(word, MULTIPLIERS.get(word.removesuffix("s")))
        if word in VALUES:
            if not (word in ("a", "an") and current is not None):
                current = (current or 0.0) + VALUES[word]
        elif multiplier is not None:
            current = (1.0 if current is None else current) * multiplier
            if multiplier >= MULTIPLIERS["thousand"]:
                total += current
                current = 0.0
    return None if current is None else total + current
