"""Words that make a claim about numbers in a sentence without any."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from jinja2 import TemplateSyntaxError

from pipeline.artifacts import standard_notebooks
from pipeline.problem import Kind, Problem
from pipeline.report.narrative.commentary import line_location, read_sections
from pipeline.report.narrative.notebook_cells import WORDS, readable_cells
from pipeline.report.narrative.prose.contradictions import (
    Sentence,
    line_at,
    names_figure,
    split_prose,
)
from pipeline.report.narrative.prose.number_words import COUNTED_NOUN
from pipeline.report.narrative.prose.text import plain_prose
from pipeline.report.narrative.sandbox import NarrativeEnvironment
from pipeline.settings import Settings

CLAIMS_RULE = "commentary.claims"  # the name by which report.yaml accepts these warnings
OF_THE = r"(?:of\s+)?(?:(?:the|our|these|those|its|their)\s+)?(?:\w+\s+)?"
CLAIM_WORD = re.compile(
    r"\b(?:doubl(?:ed|ing)|trebl(?:ed|ing)|tripl(?:ed|ing)|quadrupl(?:ed|ing)|halv(?:ed|ing)"
    r"|(?:double|treble|triple)\s+(?:the|that|what|last|as)"
    r"|peak(?:ed|s)?|highest|lowest|largest|smallest|biggest|greatest|fewest|busiest|quietest"
    r"|longest|shortest|quickest|fastest|slowest|increas(?:ed?|es|ing)|decreas(?:ed?|es|ing)"
    r"|declin(?:ed?|es|ing)|rose|risen|rising|fell|fallen|falling|dropped|grew|grown|climbed|soared"
    r"|jumped|leapt|rocketed|spiked|slumped|tumbled|dipped|dwindled|outnumber\w*|exceed(?:ed|s)"
    r"|mostly|predominantly|overwhelmingly|(?:more|less)\s+often|(?:quicker|faster|slower)\s+than"
    r"|(?:times|timeliness|performance)\s+(?:\w+\s+){0,2}(?:improved|worsened|deteriorated)"
    r"|surged|plummeted|shrank|shrunk|(?:went|gone|going)\s+(?:up|down)|(?:up|down)\s+(?:on|from|by)"
    r"|(?:rise|fall|drop|growth|reduction)s?\s+(?:in|of)"
    r"|steadily|steady|consistently|unchanged|unprecedented|(?:stayed|remained)\s+the\s+same"
    r"|for\s+the\s+(?:first|last)\s+time|record[\s-]+(?:high|low|number|year|level)s?"
    r"|significant(?:ly)?|majority|minority|on\s+average|the\s+average|never|always|none"
    r"|(?:more|less|higher|lower|larger|smaller)\s+than\s+(?:in|last|the|ever|any|half|all|a|we)"
    rf"|(?:more|less)\s+(?:\w+\s+)?{COUNTED_NOUN}\s+than|fewer(?:\s+than)?"
    r"|(?:nearly|almost)\s+(?:all|none|every)|(?:all|most)\s+of\s+(?:the|these|those|them|our)|all\s+but"
    r"|(?:all|most|many|few|several|none)\s+(?:of\s+\w+\s+)?(?:were|was|are|have|had|has|took|came)"
    rf"|(?:all|every|each|most|no|both|neither|either|more|hardly\s+any)\s+{OF_THE}{COUNTED_NOUN})\b",
    re.IGNORECASE,
)
# What no figure next to it can prove: years that are not compared.
BEYOND_THE_YEARS = re.compile(
    r"\b(?:highest|lowest|largest|smallest|most|fewest|best|worst|first|peak)\s+(?:\w+\s+){0,4}?"
    r"(?:ever|of\s+all\s+time|on\s+record|since\s+records\s+began|in\s+living\s+memory"
    r"|(?:in|for)\s+(?:a|the\s+last|over\s+a|many|several)\s+(?:decades?|generation|years))\b"
    r"|\brecord[\s-]+(?:high|low|number|year|level)s?\b|\bunprecedented\b",
    re.IGNORECASE,
)
# What the figure of one stage cannot prove, in a sentence that does not name the stage.
OF_ALL_STAGES = re.compile(
    r"\b(?:all|every|each|any|both|no|none\s+of)\s+(?:(?:the|our)\s+)?"
    r"(?:stages?|responses?|answers?|repl(?:y|ies)|investigations?|cases?|deadlines?|limits?)\b",
    re.IGNORECASE,
)
STAGE = re.compile(r"\bstage_[1-3]\b")


def unsupported_claims(settings: Settings) -> list[Problem]:
    """A warning for each claim whose sentence has no figure.

    Looked for in the commentary, and in what a workspace's own notebook says differently from the
    project's. Nothing is raised: each Problem names the line, for a list of warnings.
    """
    warnings: list[Problem] = []
    for section in read_sections(settings).values():
        file = line_location(settings, 0).rpartition(" ")[0]
        warnings += _warnings(section.template, _line_locator(file, section.first_line))
    for template, locate_line in _own_narrative(settings.workspace, f"{settings.steps[-1]}.ipynb"):
        warnings += _warnings(template, locate_line)
    return warnings


def _warnings(template: str, locate_line: Callable[[int], str]) -> Iterator[Problem]:
    environment = NarrativeEnvironment(trim_blocks=True, lstrip_blocks=True)
    with suppress(TemplateSyntaxError):  # it stops the run, with its line
        prose, references = plain_prose(environment, template)
        for sentence in split_prose(prose, references):
            for claim, fault in _claims(sentence):
                words = " ".join(claim[0].split())
                yield Problem(
                    kind=Kind.SETTINGS,
                    where=locate_line(line_at(prose, sentence.start + claim.start())),
                    what=f'"{words}" is {fault}',
                    remedy="Put the figure next to it, such as {{ complaints.received | change }}, "
                    'let the figure make it, such as {{ complaints.received | claim("fell") }}, or '
                    "say it without the claim.",
                )


def _claims(sentence: Sentence) -> Iterator[tuple[re.Match[str], str]]:
    """The claims of a sentence that no figure in it can prove, each with what is wrong."""
    references = sentence.references.values()
    figures = [text for text in references if names_figure(text)]
    if not figures:
        for claim in CLAIM_WORD.finditer(sentence.text):
            yield claim, "a claim about numbers, in a sentence without any"
        return
    for claim in BEYOND_THE_YEARS.finditer(sentence.text):
        yield claim, "a claim about years that are not compared"
    stages = {stage for text in figures for stage in STAGE.findall(text)}
    names_stage = any(STAGE.fullmatch(text.strip()) for text in references)
    if len(stages) == 1 and not names_stage:
        for claim in OF_ALL_STAGES.finditer(sentence.text):
            yield claim, "a claim about every stage, next to a figure of one; name the stage"


def _own_narrative(workspace: Path, notebook: str) -> Iterator[tuple[str, Callable[[int], str]]]:
    """The texts of a workspace's own report notebook that ours does not have, with their places.

    They are those of its %%narrative cells, and the headlines, subtitles and captions of others.
    """
    standard_report = standard_notebooks() / notebook
    standard = {cell.source for cell in readable_cells(standard_report)}
    for cell in readable_cells(workspace / "notebooks" / notebook):
        place = f"{cell.notebook}, cell {cell.number}, line"
        if cell.source in standard:
            continue
        if cell.section:
            yield cell.narrative, _line_locator(place, 2)
        else:
            for words in cell.call_words():
                if words.parameter in WORDS:
                    yield words.text, _line_locator(place, words.line)


def _line_locator(place: str, first_line: int) -> Callable[[int], str]:
    """A function from a line of a text that begins on first_line to its place, for a message."""
    return lambda line: f"{place} {first_line + line - 1}"
