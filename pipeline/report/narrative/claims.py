"""Words in the commentary that claim something about numbers and stand in a sentence without any."""

from __future__ import annotations

import re

from pipeline.problem import Kind, Problem
from pipeline.report.narrative.commentary import line_location, read_sections
from pipeline.settings import Settings

CLAIMS_RULE = "commentary.claims"  # by which report.yaml accepts these warnings
CLAIM_WORD = re.compile(
    r"\b(doubl(?:ed|ing)|trebl(?:ed|ing)|tripl(?:ed|ing)|quadrupl(?:ed|ing)|halv(?:ed|ing)|peak(?:ed|s)?|highest|lowest|"
    r"increas(?:ed?|es|ing)|decreas(?:ed?|es|ing)|declin(?:ed?|es|ing)|significant(?:ly)?|majority|minority)\b",
    flags=re.IGNORECASE,
)
SENTENCE = re.compile(r"[^.!?]*(?:[.!?](?!\s|$)[^.!?]*)*[.!?]?", flags=re.DOTALL)


def unsupported_claims(settings: Settings) -> list[Problem]:
    """A warning, with its line, for each claim word of the commentary whose sentence holds no reference; nothing is raised."""
    found = []
    for words in read_sections(settings).values():
        for start, text in _sentences(words.template):
            if "{{" in text:
                continue
            for claim in CLAIM_WORD.finditer(text):
                line = words.first_line + words.template[: start + claim.start()].count("\n")
                found.append(Problem(
                    Kind.SETTINGS, line_location(settings, line), f'"{claim[0]}" is a claim about numbers, in a sentence without any',
                    "Put the figure beside it, such as {{ complaints.received | change }}, or say it without the claim.",
                ))  # fmt: skip
    return found


def _sentences(text: str):
    """Each sentence, list item or heading with where it starts."""
    at = 0
    for block in re.split(r"(\n\s*\n|\n(?=\s*(?:[-*#]|\d+\.)\s))", text):
        for sentence in SENTENCE.finditer(block):
            if sentence[0].strip():
                yield at + sentence.start(), sentence[0]
        at += len(block)
