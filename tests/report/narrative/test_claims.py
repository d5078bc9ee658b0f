"""A claim about numbers in the commentary has a figure in its sentence, or there is a warning."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.problem import Problem
from pipeline.report.narrative.claims import unsupported_claims

FILE = "data/raw/2021-22/commentary.md"
# fmt: off
CLAIM_WORDS = [
    "doubled", "Halved", "peaked", "peak", "lowest", "highest", "significant", "significantly",
    "majority", "minority", "increased", "decrease", "declining", "trebled",
]
# fmt: on
SUPPORTED_TEXTS = [
    "Complaints doubled: {{ complaints.received | change }}.",
    "It was the peak, with\n{{ complaints.received }} in all.",
    "We think most of this is good. It has been recorded.",
    "A double room. The minor ones.",
    "<!-- it doubled -->",
]


@pytest.fixture
def warnings_of(a_settings) -> Callable[[str], list[Problem]]:
    """warnings_of("## overview\\n…"): the warnings about a commentary."""

    def write_and_check(commentary: str) -> list[Problem]:
        settings = a_settings()
        (settings.workspace / FILE).write_text(commentary)
        return unsupported_claims(settings)

    return write_and_check


def lines_and_words(warnings: list[Problem]) -> list[tuple[int, str]]:
    return [
        (int(warning.where.rsplit(" ", 1)[1]), warning.what.split('"')[1]) for warning in warnings
    ]


@pytest.mark.parametrize("word", CLAIM_WORDS)
def test_claim_without_figure_is_a_warning_with_its_line(warnings_of, word):
    warnings = warnings_of(f"## overview\n\nFirst line.\nThe numbers {word} here.\n")
    assert lines_and_words(warnings) == [(4, word)]


@pytest.mark.parametrize("text", SUPPORTED_TEXTS)
def test_claim_with_figure_and_text_without_claim_are_accepted(warnings_of, text):
    assert warnings_of(f"## overview\n\n{text}\n") == []


def test_each_sentence_and_list_item_needs_its_own_figure(warnings_of):
    warnings = warnings_of(
        "## learning\n\nIt doubled, {{ complaints.received }}. Then it halved.\n\n"
        "- the peak\n- the lowest, {{ year }}\n"
    )
    assert lines_and_words(warnings) == [(3, "halved"), (5, "peak")]


def test_warning_names_the_place_the_word_and_a_remedy(warnings_of):
    (warning,) = warnings_of("## overview\nIt doubled.\n")
    assert warning.where == f"{FILE}, line 2"
    assert warning.what == '"doubled" is a claim about numbers, in a sentence without any'
    assert warning.remedy.startswith(
        "Put the figure next to it, such as {{ complaints.received | change }}"
    )
