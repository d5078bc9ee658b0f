"""Words in the commentary that make a claim about numbers in a sentence without any."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.problem import Kind, Problem
from pipeline.report import wording
from pipeline.report.narrative.commentary import line_location, read_sections
from pipeline.settings import Settings

CLAIMS_RULE = "commentary.claims"  # the name by which report.yaml accepts these warnings
CLAIM_WORD = re.compile(
    r"\b(doubl(?:ed|ing)|trebl(?:ed|ing)|tripl(?:ed|ing)|quadrupl(?:ed|ing)|halv(?:ed|ing)|"
    r"peak(?:ed|s)?|highest|lowest|increas(?:ed?|es|ing)|decreas(?:ed?|es|ing)|"
    r"declin(?:ed?|es|ing)|significant(?:ly)?|majority|minority)\b",
    flags=re.IGNORECASE,
)
# A blank line, or the line break before a list item or a heading.
BLOCK_BREAK = re.compile(r"(\n\s*\n|\n(?=\s*(?:[-*#]|\d+\.)\s))")


def unsupported_claims(settings: Settings) -> list[Problem]:
    """A warning for each claim of the commentary whose sentence has no reference to a figure.

    Nothing is raised: each Problem names the line, for a list of warnings.
    """
    warnings = []
    for section in read_sections(settings).values():
        for start, sentence in _sentences(section.template):
            if "{{" in sentence:
                continue
            for claim in CLAIM_WORD.finditer(sentence):
                lines_before = section.template[: start + claim.start()].count("\n")
                warnings.append(
                    Problem(
                        kind=Kind.SETTINGS,
                        where=line_location(settings, section.first_line + lines_before),
                        what=f'"{claim[0]}" is a claim about numbers, in a sentence without any',
                        remedy="Put the figure next to it, such as"
                        " {{ complaints.received | change }}, or say it without the claim.",
                    )
                )
    return warnings


def _sentences(markdown: str) -> Iterator[tuple[int, str]]:
    """Each sentence, list item or heading with the position at which it starts."""
    block_start = 0
    for block in BLOCK_BREAK.split(markdown):
        for start, sentence in wording.split_sentences(block):
            yield block_start + start, sentence
        block_start += len(block)
