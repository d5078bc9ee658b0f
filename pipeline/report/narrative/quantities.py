"""Quantities that a commentary states in ordinary words, where small numbers are withheld.

"No complaint was withdrawn" is a number like any other, and so is "both parents complained". Under
a policy of suppression only a figure may say it, because only a figure knows what is withheld. What
happened in one case ("a family told us") may be told: it does not say that there was no other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress

from jinja2 import TemplateSyntaxError

from pipeline.problem import Kind, Problem
from pipeline.report.narrative.prose.contradictions import Sentence, line_at, split_prose
from pipeline.report.narrative.prose.number_words import COUNTED_NOUN
from pipeline.report.narrative.prose.text import REFERENCE, plain_prose
from pipeline.report.narrative.sandbox import NarrativeEnvironment

PERSON = (
    r"(?:children|child|young\s+(?:people|persons?)|people|persons?|parents?|mothers?|fathers?"
    r"|carers?|famil(?:y|ies)|siblings?|advocates?|care\s+leavers?|complainants?|guardians?)"
)
COUNTED = rf"(?:{COUNTED_NOUN}|{PERSON})"
QUANTITY = (
    r"(?:no|none|neither|both|all|every|each|most|half|(?:a\s+|very\s+)?few|several|hardly\s+any"
    r"|almost\s+(?:all|no|none)|nearly\s+all|a\s+handful|a\s+small\s+number|a\s+minority"
    r"|the\s+majority|a\s+single|a\s+lone|just\s+a|only\s+a|another|the\s+(?:only|other|one))"
)
OF_THEM = r"(?:\s+of)?(?:\s+(?:the|our|these|those|them|which|whom|its|their))?(?:\s+[\w'-]+){0,2}?"
# Verbs of what happened, which a general statement ("each complaint is read") does not have.
EVENT = (
    r"(?:was|were|had|came|went|took|ended|led|made|related|concerned|told|asked|withdrew"
    r"|complained|reached|received|involved|remained|raised|did|got|felt|wrote|said|succeeded)"
)
EVENT_BEFORE = (
    r"(?:received|had|upheld|withdrew|closed|accepted|rejected|investigated|answered|got"
    r"|turned\s+away|recorded|decided|saw|heard\s+from)"
)
STATED = re.compile(
    rf"\b{QUANTITY}{OF_THEM}\s+{COUNTED}\b(?:\s+[\w',-]+){{0,5}}?\s+{EVENT}\b"
    rf"|\b(?:none|neither|both|all|most|each|several|few)\s+(?:of\s+(?:them|these|those)\s+)?{EVENT}\b"
    rf"|\b(?:nobody|no[\s-]one)\s+{EVENT}\b"
    rf"|\b{EVENT_BEFORE}\s+{QUANTITY}{OF_THEM}\s+{COUNTED}\b"
    rf"|\bthere\s+(?:was|were)\s+{QUANTITY}{OF_THEM}\s+{COUNTED}\b"
    rf"|\bthe\s+(?:only|sole|lone|single)\s+(?:[\w'-]+\s+)?{COUNTED}\b",
    re.IGNORECASE,
)


STATED_BY_HAND = re.compile(r"\s*stated\s*\(")
NEXT_WORDS = re.compile(r"\W*(?:[\w'-]+\W+){0,2}[\w'-]+")


def quantity_faults(template: str, locate_line: Callable[[int], str]) -> Iterator[Problem]:
    """A Problem for each quantity in the words of a template, with its line."""
    environment = NarrativeEnvironment(trim_blocks=True, lstrip_blocks=True)
    with suppress(TemplateSyntaxError):  # it stops the run, with its line
        prose, references = plain_prose(environment, template)
        for sentence in split_prose(prose, references):
            matches = [(match.start(), match[0]) for match in STATED.finditer(sentence.text)]
            for position, text in sorted([*matches, *_stated_by_hand(sentence)]):
                words = " ".join(text.split())
                yield Problem(
                    kind=Kind.SETTINGS,
                    where=locate_line(line_at(prose, sentence.start + position)),
                    what=f'"{words}" states a quantity in words, which may be one that '
                    "`disclosure: policy: suppress` withholds",
                    remedy="Let a figure say it, such as {{ complaints.withdrawn | counted }}, "
                    'or {{ complaints.by_route | claim("…") }}; or say it without the quantity.',
                )


def _stated_by_hand(sentence: Sentence) -> Iterator[tuple[int, str]]:
    """Each `{{ stated(…) }}` of people or cases, with its position."""
    for position, text in sentence.references.items():
        if STATED_BY_HAND.match(text):
            next_words = NEXT_WORDS.match(sentence.text, position + len(REFERENCE))
            words = f"{text} {next_words[0] if next_words else ''}"
            if re.search(rf"\b{COUNTED}\b", words, re.IGNORECASE):
                yield position, f"{{{{ {text.strip()} }}}}"
