"""Exports of systems that the vocabulary was not made for: what is proposed, and the figures."""

from __future__ import annotations

from pathlib import Path

import pytest
from further_forms import FURTHER_LAYOUTS, own_rows, write_further
from layouts import YEAR
from mapped_workspace import figure_bytes, write_mapped, write_own
from scores import score_layout, score_table

RESULTS = Path(__file__).with_name("further_layouts_results.txt")
LEGEND_LINES = 7


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    """scores[layout]: what is proposed for its files, compared with what they mean."""
    return {
        name: score_layout(layout, write_further(layout, tmp_path_factory.mktemp("layout")))
        for name, layout in FURTHER_LAYOUTS.items()
    }


def test_no_heading_or_code_is_proposed_wrongly(scores):
    wrong = {name: score.wrong for name, score in scores.items() if score.wrong}
    assert wrong == {}


def test_results_are_those_on_record(scores):
    table = RESULTS.read_text(encoding="utf-8").splitlines()
    assert table[LEGEND_LINES:] == score_table(scores).splitlines(), "write the results again"


@pytest.mark.slow
@pytest.mark.parametrize("name", FURTHER_LAYOUTS)
def test_figures_of_a_layout_are_those_of_our_own(name, sample_workspace, tmp_path):
    layout = FURTHER_LAYOUTS[name]
    own = sample_workspace(tmp_path / "own")
    write_own(own, YEAR, own_rows(layout))
    mapped = sample_workspace(tmp_path / "mapped")
    (tmp_path / "exports").mkdir()
    write_mapped(mapped, YEAR, layout, write_further(layout, tmp_path / "exports"))
    assert figure_bytes(mapped, YEAR) == figure_bytes(own, YEAR)
