"""A sentence of which every number is withheld is left out; a line says so once per section."""

from __future__ import annotations

import pytest

from pipeline.report.narrative.withheld import NOTE, Omissions, without_withheld_sentences

KNOWN = '<data value="4" data-figure="a.b" data-year="2021-22">4</data>'
WITHHELD = '<data value="c" data-figure="a.c" data-year="2021-22">an undisclosed number</data>'
WITH_STOP = (
    '<data value="c" data-figure="a.c" data-year="2021-22" data-category="Dr. A. None">it</data>'
)

# fmt: off
CASES = [
    (f"We received {KNOWN}. Of these {WITHHELD} were late.", f"We received {KNOWN}."),
    (f"We received {WITHHELD}. All was well.", "All was well."),
    (f"Of {KNOWN}, {WITHHELD} were late.", f"Of {KNOWN}, {WITHHELD} were late."),
    (f"- Of {WITHHELD}.\n- Of {KNOWN}.", f"- Of {KNOWN}."),
    (f"1. Of {WITHHELD}. And {KNOWN}.", f"1. And {KNOWN}."),
    (f"Of {WITH_STOP}. We go on.", "We go on."),
    (f"Of **{WITHHELD}** it is true.\n\nNext.", "\nNext."),
    (f"| a | {WITHHELD} |", f"| a | {WITHHELD} |"),
    (f"### Of {WITHHELD}", f"### Of {WITHHELD}"),
    ("No number at all. None.", "No number at all. None."),
]
# fmt: on


@pytest.mark.parametrize(("markdown", "remaining"), CASES)
def test_sentence_without_a_published_number_is_left_out(markdown, remaining):
    result, is_shorter = without_withheld_sentences(markdown)
    assert result == remaining
    assert is_shorter == (markdown != remaining)


def test_section_says_once_that_something_is_left_out(published):
    figures = published({"ombudsman.by_subject": {("", ""): ["c"]}, "ombudsman.received": [3]})
    omissions = Omissions()
    withheld = [figures["ombudsman.by_subject"]]
    assert omissions.line_for("ombudsman", [figures["ombudsman.received"]]) == ""
    assert omissions.line_for("ombudsman", withheld) == f'<p class="shorthand">{NOTE}</p>'
    assert omissions.line_for("ombudsman", withheld) == ""
    assert omissions.line("ombudsman") == ""
    assert omissions.line("learning") == NOTE
