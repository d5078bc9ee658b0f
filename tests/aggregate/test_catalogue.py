"""Every figure says in words what it counts, in what unit and of what, and names only what there is."""

from __future__ import annotations

import re

import pytest

from pipeline.aggregate.catalogue import CATALOGUE
from pipeline.validate.dictionary import EXTRACTS_BY_NAME

FIGURES = list(CATALOGUE.values())


@pytest.fixture(params=FIGURES, ids=list(CATALOGUE))
def figure(request):
    return request.param


def test_a_figure_has_an_id_of_two_words_a_title_and_a_unit_in_the_singular(figure):
    assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*\.[a-z]+(_[a-z0-9]+)*", figure.id)
    assert CATALOGUE[figure.id] is figure
    assert figure.title[0].isupper()
    assert figure.unit
    assert not figure.unit.endswith("s")


def test_its_rule_is_a_sentence(figure):
    assert figure.rule[0].isupper()
    assert figure.rule.endswith(".")


def test_it_needs_extracts_that_exist(figure):
    assert set(figure.needs) <= set(EXTRACTS_BY_NAME)


def test_its_base_is_one_number_a_year(figure):
    if figure.base:
        assert CATALOGUE[figure.base].by == ()
        assert set(CATALOGUE[figure.base].needs) <= set(figure.needs)


def test_what_it_measures_is_named(figure):
    assert (figure.measure in ("count", "rate")) == (figure.value_column is None)
    assert (figure.measure == "rate") == (figure.per is not None)


def test_its_categories_are_told_apart(figure, council):
    if figure.categories:
        categories = figure.categories(council)
        assert len(set(categories)) == len(categories)
        assert all(categories)


def test_titles_are_told_apart():
    titles = [figure.title for figure in FIGURES]
    assert len(set(titles)) == len(titles)
