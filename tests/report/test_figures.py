"""The published figures: what prose, tables and charts may read of them."""

from __future__ import annotations

import pytest

from pipeline.problem import Problem
from pipeline.report.figures import Published
from pipeline.year import Year

NOT_AVAILABLE = None
WITHHELD = "c"
FIGURES = {
    "complaints.received": [9, 12, 4],
    "complaints.by_outcome": {
        "upheld": [3, 0, 1],
        "not upheld": [5, 12, 2],
        "open": [1, 0, 1],
        "withdrawn": [0, 0, 0],
    },
    "training.sessions": [NOT_AVAILABLE] * 3,
}


@pytest.fixture(scope="module")
def figures(published) -> Published:
    return published(FIGURES, {"complaints.by_outcome": "complaints.received"})


def test_number_is_of_reported_year_unless_another_is_named(figures):
    assert figures["complaints.received"].number().value == 4
    assert figures["complaints.received"].number(Year(2020)).value == 12
    assert figures["complaints.by_outcome"]["upheld"].value == 1


def test_number_knows_the_year_before_and_its_base(figures):
    number = figures["complaints.by_outcome"]["upheld"]
    previous = number.previous
    assert (previous.year, previous.category, previous.value) == (Year(2020), "upheld", 0)
    assert number.base.value == 4
    assert previous.base.value == 12


def test_unknown_figure_is_refused_with_the_nearest_id(figures):
    message = r'there is no such figure\. Did you mean "complaints\.received"\?'
    with pytest.raises(Problem, match=message):
        figures["complaints.recieved"]


def test_year_outside_those_compared_is_refused(figures):
    with pytest.raises(Problem, match="2018-19 is outside the years compared, 2019-20 to 2021-22"):
        figures["complaints.received"].number(Year(2018))


def test_year_before_the_first_is_refused(figures):
    first = figures["complaints.received"].number(Year(2019))
    with pytest.raises(Problem, match="outside the years compared"):
        _ = first.previous


def test_value_of_a_missing_number_is_a_type_error(figures):
    assert figures["complaints.received"].number().known_value == 4
    with pytest.raises(TypeError, match=r"training\.sessions has no number here"):
        _ = figures["training.sessions"].number().known_value


def test_parts_are_by_size_and_equals_in_the_order_of_print(figures):
    parts = figures["complaints.by_outcome"].parts
    assert [(part.category, part.value) for part in parts] == [
        ("not upheld", 2),
        ("upheld", 1),
        ("open", 1),
    ]


def test_highest_and_lowest_are_the_latest_of_equals(published):
    figure = published({"complaints.received": [2, 9, 2, 9, 5]})["complaints.received"]
    assert figure.highest.year == Year(2020)
    assert figure.lowest.year == Year(2019)


def test_highest_and_lowest_leave_out_years_without_numbers(published, figures):
    figure = published({"complaints.received": [NOT_AVAILABLE, 9, 2]})["complaints.received"]
    assert (figure.highest.value, figure.lowest.value) == (9, 2)
    assert not figures["training.sessions"].highest.known


def test_figure_without_number_in_reported_year_is_not_available(published):
    figures = published(
        {
            "complaints.received": [1, NOT_AVAILABLE],
            "compliments.received": [NOT_AVAILABLE, 0],
            "training.sessions": {"a": [1, NOT_AVAILABLE], "b": [NOT_AVAILABLE, 2]},
        }
    )
    assert [figure.id for figure in figures.not_available] == ["complaints.received"]


def test_number_that_is_not_available_is_not_zero(figures):
    number = figures["training.sessions"].number()
    assert (number.known, number.value, number.shorthand) == (False, None, "x")


def test_each_source_is_named_once_the_oldest_first(published):
    figures = published(
        {"complaints.received": [1, 2, 3]},
        sources={"2019-20": "Annual report", "2020-21": "Annual report"},
    )
    assert figures["complaints.received"].sources == ["Annual report", "extracts"]


def test_years_compared_begin_with_the_first_known_one(published):
    figures = published(
        {
            "complaints.received": [NOT_AVAILABLE, NOT_AVAILABLE, 3, NOT_AVAILABLE, 4],
            "ombudsman.received": [NOT_AVAILABLE, WITHHELD, NOT_AVAILABLE, NOT_AVAILABLE, 1],
        }
    )
    years = [str(year) for year in figures.window]
    assert years == ["2018-19", "2019-20", "2020-21", "2021-22"], "a withheld number is known"
    complaints = figures["complaints.received"]
    assert [str(year) for year in complaints.years_with_numbers] == ["2019-20", "2021-22"]
    with pytest.raises(Problem, match="2017-18 is outside the years compared, 2018-19 to 2021-22"):
        complaints.number(Year(2017))


def test_years_compared_are_the_reported_one_if_none_is_known(published):
    figures = published({"complaints.received": [NOT_AVAILABLE, NOT_AVAILABLE]})
    assert [str(year) for year in figures.window] == ["2021-22"]


def test_category_called_none_or_na_is_read_as_text(published):
    figure = published({"complaints.by_route": {"NA": [1], "None": [2]}})["complaints.by_route"]
    assert (figure["NA"].value, figure["None"].value) == (1, 2)


def test_shorthand_without_meaning_is_never_published(published, a_settings):
    settings = a_settings(comparison_years="1")
    published({"complaints.received": [1]}, settings=settings)
    path = settings.processed / "3_aggregate" / "figures.csv"
    path.write_text(path.read_text().replace(",1.0,,", ",,q,"))
    with pytest.raises(AssertionError, match="shorthand nobody explains"):
        Published.read(settings)


OLD, NEW, IN_BOTH = "premature", "assessed and closed", "not upheld"


@pytest.mark.parametrize(
    ("decisions", "from_year"),
    [
        ({OLD: [3, 0, 0], NEW: [0, 0, 2]}, 2021),
        ({OLD: [3, 0, 0], NEW: [0, 2, 2]}, 2020),
        ({OLD: [3, 1, 0], NEW: [0, 2, 2]}, 2021),  # a year with both is before the break
        ({OLD: [WITHHELD, 0, 0], NEW: [0, WITHHELD, 2]}, 2020),
        ({OLD: [3, 1, 1], NEW: [0, 0, 0]}, None),
        ({OLD: [0, 0, 0], NEW: [2, 2, 2]}, None),
        ({OLD: [3, 0, 0], IN_BOTH: [1, 1, 1]}, None),
    ],
)
def test_series_breaks_where_the_ombudsman_s_categories_are_new(published, decisions, from_year):
    figure = published({"ombudsman.by_decision": decisions})["ombudsman.by_decision"]
    breaks = [(one.from_year, one.note) for one in figure.breaks]
    note = "The Ombudsman uses other categories than before."
    assert breaks == ([(Year(from_year), note)] if from_year else [])


def test_break_that_the_council_names_takes_the_place_of_ours(published, a_settings):
    own = {"figure": "ombudsman.by_decision", "from_year": "2020-21", "note": "New method."}
    settings = a_settings(series_breaks=[own], comparison_years="3")
    decisions = {OLD: [3, 1, 0], NEW: [0, 0, 2]}
    figure = published({"ombudsman.by_decision": decisions}, settings=settings)
    assert [one.note for one in figure["ombudsman.by_decision"].breaks] == ["New method."]
