"""Small numbers are withheld by the council's policy, with whatever gives them away, each with its reason on record."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.aggregate.disclosure.control import apply_policy, earlier_numbers, round_to_multiple
from pipeline.aggregate.figure_table import build_figure_table
from pipeline.problem import Problem
from pipeline.release.inference import rounding_interval
from pipeline.settings import Council

NOTHING = pd.DataFrame(columns=["year", "figure", "category", "value", "source", "row"])
CASES = [
    {"reference": f"C{number}", "accepted": "yes", "status": "closed", "outcome": outcome, "service_area": area,
     "complainant_type": "parent", "route": "direct", "method": "email", "received": pd.Timestamp("2021-06-01")}
    for number, (outcome, area) in enumerate(
        [("upheld", "Early Help")] * 12 + [("not upheld", "Early Help")] * 2 + [("partially upheld", "Looked After Children")] * 9
    )
]  # fmt: skip


CHILDREN = [{"measure": "children in need", "count": 2000, "as_at": "2022-03-31"}]


@pytest.fixture
def decided(data, council):
    """decided(threshold=5): what is made of the cases above under a policy of suppression."""

    def make(published=NOTHING, **policy):
        given = council.model_dump(mode="json") | {
            "disclosure": {"policy": "suppress", "reason": "decided", **policy}
        }
        made = data(cases=CASES, activity=CHILDREN, without=[("2020-21", "complaints")])
        sizes = {(id, "2021-22"): len(CASES) for id in ("complaints.received",)}
        told = earlier_numbers(published, made.settings)
        return apply_policy(
            build_figure_table(made, published), told, sizes, Council.model_validate(given)
        )

    return make


def value(decided, figure: str, category: str = ""):
    rows = decided.figures.query(
        "figure == @figure and year == '2021-22' and category == @category"
    )
    return rows.iloc[0]["value"] if rows.iloc[0]["shorthand"] != "c" else "c"


def test_a_small_number_is_withheld_and_its_total_is_kept(decided):
    result = decided()
    assert value(result, "complaints.by_outcome", "not upheld") == "c"
    assert value(result, "complaints.received") == 23


def test_what_gives_it_away_is_withheld_as_well_and_says_what_it_protects(decided):
    result = decided()
    others = result.decisions.query(
        "figure == 'complaints.by_outcome' and rule == 'would give another away'"
    )
    assert len(others)
    assert others["protects"].str.contains("not upheld").any()
    assert (result.decisions.query("rule == 'small number'")["protects"] == "").all()


def test_the_same_number_under_another_name_is_withheld_too(decided):
    result = decided()
    assert value(result, "complaints.decided_by_outcome", "not upheld") == "c"


def test_what_is_part_of_another_number_by_definition_is_bound_by_it(decided):
    """Nothing can be open now of what was all closed when the year ended."""
    sums = decided().relations.query("year == '2021-22' or figure == ''")
    both = sums[
        sums["figure"].isin(["complaints.by_outcome", "complaints.open_at_year_end"])
    ].groupby("sum")
    assert [("open" in set(of["category"])) for _, of in both if len(of) == 2] == [True]


def test_a_zero_is_shown_or_withheld_as_the_policy_says(decided):
    assert value(decided(), "complaints.by_outcome", "no finding") in (0, "c")
    assert value(decided(), "complaints.from_young_people") == 0
    assert value(decided(show_zero="no"), "complaints.from_young_people") == "c"


def test_what_is_not_sensitive_is_shown_however_small(decided):
    result = decided(sensitive=["complaints.by_route"])
    assert value(result, "complaints.by_outcome", "not upheld") == 2


def test_a_larger_threshold_withholds_more(decided):
    assert value(decided(threshold=9), "complaints.by_outcome", "partially upheld") == "c"


def test_publishing_withholds_nothing(decided):
    result = decided(policy="publish")
    assert value(result, "complaints.by_outcome", "not upheld") == 2
    assert not len(result.decisions)


def test_a_group_that_does_not_exist_is_named_with_the_nearest(decided):
    with pytest.raises(Problem, match="breakdowns"):
        decided(sensitive=["breakdown"])


def test_a_small_number_that_was_published_before_is_not_said_again(decided):
    before = pd.DataFrame([{"year": "2019-20", "figure": "complaints.by_outcome", "category": "upheld", "value": 2.0,
                            "source": "the report of that year", "row": 2}])  # fmt: skip
    rows = decided(before).figures.query(
        "figure == 'complaints.by_outcome' and year == '2019-20' and category == 'upheld'"
    )
    assert list(rows["shorthand"]) == ["c"]


def test_what_is_not_withheld_is_rounded_where_the_policy_says(decided):
    result = decided(round_to=5)
    assert value(result, "complaints.received") == 25
    assert value(result, "complaints.by_service_area", "Looked After Children") == 10
    assert value(result, "complaints.by_outcome", "not upheld") == "c"
    assert value(result, "complaints.from_young_people") == 0


@given(st.integers(0, 10_000), st.integers(1, 100))
def test_a_rounded_number_is_the_nearest_multiple_and_the_attack_s_range_of_it_holds_the_true_one(
    number, to
):
    rounded = round_to_multiple(number, to)
    assert rounded % to == 0
    least, most = rounding_interval(rounded, to)
    assert least <= number <= most or rounded == 0
    assert most - least < to


def test_a_number_that_would_round_to_none_is_withheld_whatever_it_counts(decided):
    result = decided(sensitive=["complaints.by_route"], round_to=5)
    assert value(result, "complaints.by_outcome", "not upheld") == "c"
    assert value(result, "complaints.by_outcome", "no finding") in (0, "c")


def test_a_rate_is_made_of_the_rounded_counts(decided):
    result = decided(round_to=5)
    assert value(result, "complaints.per_1000_children") == 25 / 2000 * 1000


def test_numbers_are_rounded_only_where_small_ones_are_withheld(decided):
    with pytest.raises(ValidationError, match="round_to goes with `policy: suppress`"):
        decided(policy="publish", round_to=5)


def test_the_reports_of_earlier_years_are_read_and_this_year_s_own_is_not(settings, tmp_path):
    here = settings.model_copy(update={"workspace": tmp_path})
    head = "time_period,figure,category,value\n"
    for year, number in (("2019-20", 7), ("2020-21", 8), ("2021-22", 9), ("2022-23", 10)):
        folder = tmp_path / "reports" / year
        folder.mkdir(parents=True)
        (folder / "figures.csv").write_text(
            f"{head}201920,complaints.received,Total,{number}\n201920,complaints.withdrawn,Total,c\n"
        )
    before = pd.DataFrame(
        [
            {
                "year": "2018-19",
                "figure": "complaints.received",
                "category": None,
                "value": 6.0,
                "source": "",
                "row": 2,
            }
        ]
    )
    assert earlier_numbers(before, here) == [
        (("complaints.received", "2018-19", "", ""), 6.0),
        (("complaints.received", "2019-20", "", ""), 7.0),
        (("complaints.received", "2019-20", "", ""), 8.0),
    ]
