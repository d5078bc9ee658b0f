"""A claim about numbers in the commentary has a figure in its sentence, or there is a warning."""

from __future__ import annotations

from collections.abc import Callable

import nbformat
import pytest
from builders import REPOSITORY

from pipeline.problem import Problem
from pipeline.report.narrative.claims import unsupported_claims

FILE = "data/raw/2021-22/commentary.md"
# fmt: off
CLAIM_WORDS = [
    "doubled", "Halved", "peaked", "peak", "lowest", "highest", "significant", "significantly",
    "majority", "minority", "increased", "decrease", "declining", "trebled", "rose", "fallen",
    "dropped", "grew", "went up", "down on", "fall in", "steadily", "unchanged", "record high",
    "for the first time", "never", "always", "none", "all complaints", "every complaint",
    "most of them", "most complaints", "no complaint", "neither complaint", "all of our",
    "more complaints than", "more than in", "fewer", "fewer than", "nearly all", "longest",
    "on average",
    "jumped", "slumped", "outnumbered", "mostly", "more often", "faster than", "times improved",
    "double the", "both complaints", "each of the cases",
]
# fmt: on
SUPPORTED_TEXTS = [
    "Complaints doubled: {{ complaints.received | change }}.",
    "It was the peak, with\n{{ complaints.received }} in all.",
    "We think most of this is good. It has been recorded.",
    "A double room. The minor ones.",
    "A sound answer matters more to families than a hurried one, and weighs more than before.",
    "The most important thing is that all families and every child are heard.",
    'Complaints {{ complaints.received | claim("fell") }}.',
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
        "- the peak\n- the lowest, {{ complaints.received }}\n- the highest, in {{ year }}\n"
    )
    assert lines_and_words(warnings) == [(3, "halved"), (5, "peak"), (7, "highest")]


@pytest.mark.parametrize(
    "words", ["highest ever", "lowest number for many years", "record high", "most on record"]
)
def test_claim_about_years_not_compared_is_a_warning_beside_a_figure(warnings_of, words):
    text = f"## overview\n\nThe {words}, {{{{ complaints.received }}}}.\n"
    (warning,) = warnings_of(text)
    assert warning.what == f'"{words}" is a claim about years that are not compared'
    assert warnings_of(text.replace(words, "highest of the years compared")) == []


def test_warning_names_the_place_the_word_and_a_remedy(warnings_of):
    (warning,) = warnings_of("## overview\nIt doubled.\n")
    assert warning.where == f"{FILE}, line 2"
    assert warning.what == '"doubled" is a claim about numbers, in a sentence without any'
    assert warning.remedy.startswith(
        "Put the figure next to it, such as {{ complaints.received | change }}"
    )


OWN_CELL = "%%narrative overview\n## Overview\n\nOur teams did well.\nComplaints fell.\n"
OWN_CALL = 'report.bars(\n    "complaints.by_outcome",\n    headline="The lowest "\n    "one",\n)'


def test_claim_in_the_council_s_own_notebook_is_a_warning(a_settings):
    settings = a_settings()
    project = nbformat.read(REPOSITORY / "notebooks" / "4_report.ipynb", as_version=4)
    notebook = settings.workspace / "notebooks" / "4_report.ipynb"
    notebook.parent.mkdir()
    nbformat.write(project, notebook)
    assert unsupported_claims(settings) == []
    project.cells.append(nbformat.v4.new_code_cell(OWN_CELL))
    project.cells.append(nbformat.v4.new_code_cell(OWN_CALL))
    nbformat.write(project, notebook)
    warnings = unsupported_claims(settings)
    last = len(project.cells)
    assert [warning.where for warning in warnings] == [
        f"notebooks/4_report.ipynb, cell {last - 1}, line 5",
        f"notebooks/4_report.ipynb, cell {last}, line 3",
    ]
    assert [warning.what.split('"')[1] for warning in warnings] == ["fell", "lowest"]
    project.cells[last - 2].source = OWN_CELL.replace("fell", "{{ complaints.received | change }}")
    project.cells.pop()
    nbformat.write(project, notebook)
    assert unsupported_claims(settings) == []
