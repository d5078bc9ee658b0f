"""The door: what is published, and nothing else."""

from __future__ import annotations

import pytest

from pipeline.problem import Problem
from pipeline.report.figures import Published
from pipeline.year import Year

X, C = None, "c"
FIGURES = {
    "complaints.received": [9, 12, 4],
    "complaints.by_outcome": {
        "upheld": [3, 0, 1],
        "not upheld": [5, 12, 2],
        "open": [1, 0, 1],
        "withdrawn": [0, 0, 0],
    },
    "training.sessions": [X, X, X],
}


@pytest.fixture(scope="module")
def door(published):
    return published(FIGURES, {"complaints.by_outcome": "complaints.received"})


def test_a_number_is_that_of_the_reported_year_unless_another_is_asked_for(door):
    assert door["complaints.received"].number().value == 4
    assert door["complaints.received"].number(Year(2020)).value == 12
    assert door["complaints.by_outcome"]["upheld"].value == 1


def test_a_number_knows_the_year_before_and_its_base(door):
    number = door["complaints.by_outcome"]["upheld"]
    assert (number.previous.year, number.previous.category, number.previous.value) == (
        Year(2020),
        "upheld",
        0,
    )
    assert number.base.value == 4
    assert number.previous.base.value == 12


def test_an_unknown_figure_comes_with_the_nearest(door):
    with pytest.raises(
        Problem, match=r'there is no such figure\. Did you mean "complaints\.received"\?'
    ):
        door["complaints.recieved"]


def test_a_year_outside_those_compared_is_refused(door):
    with pytest.raises(Problem, match="2018-19 is outside the years compared, 2019-20 to 2021-22"):
        door["complaints.received"].number(Year(2018))


def test_the_year_before_the_first_is_outside_too(door):
    with pytest.raises(Problem, match="outside the years compared"):
        _ = door["complaints.received"].number(Year(2019)).previous


def test_parts_are_those_that_occurred_largest_first_and_equals_in_the_order_of_print(door):
    assert [(part.category, part.value) for part in door["complaints.by_outcome"].parts] == [
        ("not upheld", 2), ("upheld", 1), ("open", 1),
    ]  # fmt: skip


def test_the_highest_and_lowest_are_the_latest_where_several_are_equal(published):
    figure = published({"complaints.received": [2, 9, 2, 9, 5]})["complaints.received"]
    assert figure.highest.year == Year(2020)
    assert figure.lowest.year == Year(2019)


def test_the_highest_and_lowest_are_of_the_years_for_which_there_is_a_number(published, door):
    figure = published({"complaints.received": [X, 9, 2]})["complaints.received"]
    assert (figure.highest.value, figure.lowest.value) == (9, 2)
    assert not door["training.sessions"].highest.known


def test_a_figure_without_a_number_in_the_reported_year_is_not_available(published):
    door = published(
        {
            "complaints.received": [1, X],
            "compliments.received": [X, 0],
            "training.sessions": {"a": [1, X], "b": [X, 2]},
        }
    )
    assert [figure.id for figure in door.not_available] == ["complaints.received"]


def test_a_number_that_is_not_available_is_not_0(door):
    number = door["training.sessions"].number()
    assert (number.known, number.value, number.shorthand) == (False, None, "x")


def test_sources_are_named_once_the_oldest_first(published):
    door = published(
        {"complaints.received": [1, 2, 3]},
        sources={"2019-20": "Annual report", "2020-21": "Annual report"},
    )
    assert door["complaints.received"].sources == ["Annual report", "extracts"]


def test_the_years_compared_begin_with_the_first_of_which_anything_is_known(published):
    door = published(
        {"complaints.received": [X, X, 3, X, 4], "ombudsman.received": [X, C, X, X, 1]}
    )
    assert [str(year) for year in door.window] == ["2018-19", "2019-20", "2020-21", "2021-22"], (
        "withheld is known"
    )
    assert [str(year) for year in door["complaints.received"].years_with_numbers] == [
        "2019-20",
        "2021-22",
    ]
    assert [str(year) for year in published({"complaints.received": [X, X]}).window] == ["2021-22"]
    with pytest.raises(Problem, match="2017-18 is outside the years compared, 2018-19 to 2021-22"):
        door["complaints.received"].number(Year(2017))


def test_a_category_called_none_or_na_is_a_text(published):
    assert (
        published({"complaints.by_route": {"NA": [1], "None": [2]}})["complaints.by_route"][
            "NA"
        ].value
        == 1
    )


def test_shorthand_that_nobody_explains_is_never_published(published, a_settings):
    settings = a_settings(comparison_years="1")
    published({"complaints.received": [1]}, settings=settings)
    file = settings.processed / "3_aggregate" / "figures.csv"
    file.write_text(file.read_text().replace(",1.0,,", ",,q,"))
    with pytest.raises(AssertionError, match="shorthand nobody explains"):
        Published.read(settings)
