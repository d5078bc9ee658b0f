"""Every figure says in words what it counts and in what unit, and names only what exists."""

from __future__ import annotations

import re

import pytest
from builders import CATALOGUE

from pipeline.validate.dictionary import EXTRACTS_BY_NAME

FIGURES = list(CATALOGUE.values())


@pytest.fixture(params=FIGURES, ids=list(CATALOGUE))
def figure(request):
    return request.param


def test_id_title_and_unit_of_a_figure_are_well_formed(figure):
    assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*\.[a-z]+(_[a-z0-9]+)*", figure.id)
    assert CATALOGUE[figure.id] is figure
    assert figure.title[0].isupper()
    assert figure.unit
    assert not figure.unit.endswith("s")


def test_rule_of_a_figure_is_a_sentence(figure):
    assert figure.rule[0].isupper()
    assert figure.rule.endswith(".")


def test_extracts_that_a_figure_needs_exist(figure):
    assert set(figure.needs) <= set(EXTRACTS_BY_NAME)


def test_base_of_a_figure_is_one_number_per_year(figure):
    if figure.base:
        assert CATALOGUE[figure.base].by == ()
        assert set(CATALOGUE[figure.base].needs) <= set(figure.needs)


def test_figure_that_measures_a_column_names_it(figure):
    assert (figure.measure in ("count", "rate")) == (figure.value_column is None)
    assert (figure.measure == "rate") == (figure.per is not None)


def test_categories_of_a_figure_are_distinct(figure, council):
    if figure.categories:
        categories = figure.categories(council)
        assert len(set(categories)) == len(categories)
        assert all(categories)


def test_titles_of_figures_are_distinct():
    titles = [figure.title for figure in FIGURES]
    assert len(set(titles)) == len(titles)
