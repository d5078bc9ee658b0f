"""Small numbers are withheld as the policy says, with all that gives them away, for a reason."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from declared_relations import figures_table
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.aggregate.disclosure.control import (
    DisclosureResult,
    apply_policy,
    earlier_numbers,
)
from pipeline.aggregate.disclosure.rounding import round_to_multiple
from pipeline.aggregate.figure_table import build_figure_table
from pipeline.artifacts import NumberKey
from pipeline.problem import Problem
from pipeline.release.inference import rounding_interval
from pipeline.settings import Council
from pipeline.settings.ledger import add_to_ledger

NO_COMPLAINTS = ("2020-21", "complaints")
CHILDREN = [{"measure": "children in need", "count": 2000, "as_at": "2022-03-31"}]
COMPLAINT = {
    "accepted": "yes",
    "status": "closed",
    "complainant_type": "parent",
    "route": "direct",
    "method": "email",
    "received": pd.Timestamp("2021-06-01"),
}
OUTCOMES_AND_AREAS = [
    *[("upheld", "Early Help")] * 12,
    *[("not upheld", "Early Help")] * 2,
    *[("partially upheld", "Looked After Children")] * 9,
]
COMPLAINTS = [
    COMPLAINT | {"reference": f"C{number}", "outcome": outcome, "service_area": area}
    for number, (outcome, area) in enumerate(OUTCOMES_AND_AREAS)
]


@pytest.fixture
def control(data, council, published_csv) -> Callable[..., DisclosureResult]:
    """control(threshold=5): the complaints above under a policy of suppression."""

    def apply(published: pd.DataFrame | None = None, **policy: object) -> DisclosureResult:
        published = published_csv() if published is None else published
        disclosure = {"policy": "suppress", "reason": "by decision of the panel", **policy}
        cleaned = data(cases=COMPLAINTS, activity=CHILDREN, without=[NO_COMPLAINTS])
        return apply_policy(
            build_figure_table(cleaned, published),
            earlier_numbers(published, cleaned.settings),
            {("complaints.received", "2021-22"): len(COMPLAINTS)},
            Council.model_validate(council.model_dump(mode="json") | {"disclosure": disclosure}),
        )

    return apply


def value(result: DisclosureResult, figure: str, category: str = "", year: str = "2021-22"):
    """A published number, or "c" if it is withheld."""
    rows = result.figures.query("figure == @figure and year == @year and category == @category")
    assert len(rows) == 1
    return rows.iloc[0]["value"] if rows.iloc[0]["shorthand"] != "c" else "c"


def unused_outcomes(result: DisclosureResult) -> list[float | str]:
    """The numbers of the outcomes that no complaint above has."""
    unused = ("no finding", "withdrawn", "resolved before investigation", "not progressed")
    return [value(result, "complaints.by_outcome", outcome) for outcome in unused]


def test_sixteen_not_recorded_are_withheld_before_three_hundred(council):
    """Nor is the number recorded, which with the total would give the 16 away."""
    values = {
        NumberKey("complaints.received", "2021-22"): 318.0,
        NumberKey("complaints.by_age_band", "2021-22", "under 18"): 301.0,
        NumberKey("complaints.by_age_band", "2021-22", "18 and over"): 1.0,
        NumberKey("complaints.by_age_band", "2021-22", "not recorded"): 16.0,
        NumberKey("complaints.with_age_band", "2021-22"): 302.0,
    }
    disclosure = {"policy": "suppress", "reason": "by decision of the panel"}
    suppressing = Council.model_validate(
        council.model_dump(mode="json") | {"disclosure": disclosure}
    )
    result = apply_policy(figures_table(values), [], {}, suppressing)
    published = result.figures["value"].fillna(-1).tolist()
    assert published == [318, 301, -1, -1, -1]


def test_small_number_is_withheld_and_its_total_published(control):
    result = control()
    assert value(result, "complaints.by_outcome", "not upheld") == "c"
    assert value(result, "complaints.received") == 23


def test_secondary_suppression_names_what_it_protects(control):
    result = control()
    others = result.decisions.query(
        "figure == 'complaints.by_outcome' and rule == 'would give another away'"
    )
    assert len(others)
    assert others["protects"].str.contains("not upheld").any()
    assert (result.decisions.query("rule == 'small number'")["protects"] == "").all()


def test_same_number_in_another_figure_is_withheld(control):
    result = control()
    assert value(result, "complaints.decided_by_outcome", "not upheld") == "c"


@pytest.mark.slow
def test_zero_is_published_or_withheld_as_policy_says(control):
    assert 0 in unused_outcomes(control())
    assert value(control(), "complaints.from_young_people") == 0
    assert value(control(show_zero="no"), "complaints.from_young_people") == "c"


def test_small_number_that_is_not_sensitive_is_published(control):
    result = control(sensitive=["complaints.by_route"])
    assert value(result, "complaints.by_outcome", "not upheld") == 2


def test_days_of_single_responses_are_withheld_with_their_texts(data, published_csv, council):
    days = {"2020-21": (7, 7, 7, 7, 7, 7, 9), "2021-22": (8,)}
    stages = [
        {"year": year, "stage": "1", "timeliness": "within limit", "days": number}
        for year, numbers in days.items()
        for number in numbers
    ]
    disclosure = {"policy": "suppress", "reason": "by decision of the panel"}
    result = apply_policy(
        build_figure_table(data(investigations=stages), published_csv()),
        [],
        {("stage_1.by_days", year): len(numbers) for year, numbers in days.items()},
        Council.model_validate(council.model_dump(mode="json") | {"disclosure": disclosure}),
    )
    rows = result.figures.query("figure == 'stage_1.by_days'")
    assert list(zip(rows["year"], rows["category"], rows["shorthand"], strict=True)) == [
        ("2019-20", "", "x"),
        ("2020-21", "", "c"),
        ("2021-22", "", "c"),
    ]


DAYS = "stage_1.median_days"


@pytest.fixture
def stage_1(data, council, published_csv) -> Callable[..., DisclosureResult]:
    """stage_1([9] * 8, threshold=5): as many responses of so many days, under suppression."""

    def apply(days: list[int], **policy: object) -> DisclosureResult:
        stages = [
            {"stage": "1", "timeliness": "within limit" if number <= 10 else "late"}
            | {"days": number, "days_late": max(number - 10, 0)}
            for number in days
        ]
        disclosure = {"policy": "suppress", "reason": "by decision of the panel", **policy}
        return apply_policy(
            build_figure_table(data(investigations=stages), published_csv()),
            [],
            {},
            Council.model_validate(council.model_dump(mode="json") | {"disclosure": disclosure}),
        )

    return apply


@pytest.mark.parametrize(("responses", "is_shown"), [(6, False), (10, False), (11, True)])
def test_median_and_maximum_need_many_cases_on_both_sides(stage_1, responses, is_shown):
    result = stage_1([9] * responses)
    assert bool(value(result, DAYS) != "c") is is_shown
    assert bool(value(result, "stage_1.longest_days") != "c") is is_shown


def test_measure_of_late_responses_is_judged_by_the_late(stage_1):
    result = stage_1([9] * 40 + [14] * 8)
    assert value(result, DAYS) == 9
    assert value(result, "stage_1.median_late") == "c"


def test_measure_goes_with_the_count_of_its_rows(stage_1):
    """Whether there is a median would tell whether there is a response."""
    result = stage_1([9, 9], show_zero=False)
    assert value(result, "stage_1.answered") == "c"
    assert value(result, "stage_3.answered") == "c"
    assert value(result, "stage_3.median_days") == "c"


def test_cost_is_judged_by_the_rows_that_have_one(data, council, published_csv):
    stages = [{"stage": "2", "cost": 900.0 if number < 3 else None} for number in range(20)]
    disclosure = {"policy": "suppress", "reason": "by decision of the panel"}
    result = apply_policy(
        build_figure_table(data(investigations=stages), published_csv()),
        [],
        {},
        Council.model_validate(council.model_dump(mode="json") | {"disclosure": disclosure}),
    )
    assert value(result, "stage_2.cost") == "c"


def test_median_over_the_limit_protects_the_late_responses(stage_1):
    """It tells that half of the responses, or more, were not within the limit."""
    result = stage_1([9] * 4 + [14] * 8)
    within = value(result, "stage_1.timeliness", "within limit")
    assert within == "c"
    assert value(result, "stage_1.answered") == 12


def test_small_numbers_are_no_fewer_than_the_protection_level(control):
    """Whoever sees [c] under a threshold of 1 would know that it is 1."""
    result = control(threshold=1)
    assert value(result, "complaints.by_outcome", "not upheld") == "c"


def test_large_number_is_not_withheld_where_a_smaller_one_serves(control):
    result = control()
    assert value(result, "complaints.by_outcome", "upheld") == 12
    assert value(result, "complaints.by_outcome", "partially upheld") == "c"
    assert set(unused_outcomes(result)) == {0}


def test_number_up_to_the_threshold_is_withheld(control):
    assert value(control(threshold=9), "complaints.by_outcome", "partially upheld") == "c"


def test_policy_to_publish_withholds_nothing(control):
    result = control(policy="publish")
    assert value(result, "complaints.by_outcome", "not upheld") == 2
    assert not len(result.decisions)


def test_unknown_sensitive_group_is_refused_with_hint(control):
    with pytest.raises(Problem, match="breakdowns"):
        control(sensitive=["breakdown"])


def test_small_number_published_before_is_withheld(control, published_csv):
    earlier = published_csv(("2019-20", "complaints.by_outcome", "upheld", 2))
    assert value(control(earlier), "complaints.by_outcome", "upheld", "2019-20") == "c"


@pytest.mark.slow
def test_small_number_before_a_revision_is_not_shown(control, published_csv):
    earlier = published_csv(
        ("2021-22", "complaints.by_outcome", "upheld", 3),
        ("2021-22", "complaints.by_outcome", "partially upheld", 7),
    )
    rows = control(earlier).figures.query("figure == 'complaints.by_outcome'")
    rows = rows[rows["year"] == "2021-22"].set_index("category")
    assert rows.loc["upheld", "value"] == 12
    assert pd.isna(rows.loc["upheld", "once_published"])
    assert rows.loc["upheld", "shorthand"] == ""
    published = control(earlier, sensitive=["complaints.by_route"]).figures
    assert 3 in set(published["once_published"].dropna())


OUTCOMES_BEFORE = (
    ("2019-20", "complaints.received", "", 30),
    ("2019-20", "complaints.by_route", "direct", 20),
    ("2019-20", "complaints.by_route", "advocate", 7),
)


def test_number_withheld_in_an_earlier_report_stays_withheld(control, published_csv):
    earlier = published_csv(
        *OUTCOMES_BEFORE, ("2019-20", "complaints.by_route", "representative", "c")
    )
    result = control(earlier)
    assert value(result, "complaints.by_route", "representative", "2019-20") == "c"
    # Alone it could be worked out, so another is withheld with it.
    assert value(result, "complaints.by_route", "advocate", "2019-20") == "c"
    rules = result.decisions.query("year == '2019-20'").set_index("category")["rule"]
    assert rules["representative"] == "withheld in an earlier report"
    assert rules["advocate"] == "would give another away"


def test_small_number_that_follows_from_published_ones_is_withheld(control, published_csv):
    young_people = ("2019-20", "complaints.from_young_people", "", 2)
    result = control(published_csv(OUTCOMES_BEFORE[0], young_people))
    assert value(result, "complaints.from_young_people", year="2019-20") == "c"
    same = value(result, "complaints.by_complainant", "child or young person", "2019-20")
    assert same == "c"


def test_two_numbers_withheld_before_protect_each_other(control, published_csv):
    earlier = published_csv(
        *OUTCOMES_BEFORE[:2],
        ("2019-20", "complaints.by_route", "advocate", "c"),
        ("2019-20", "complaints.by_route", "representative", "c"),
    )
    result = control(earlier)
    assert value(result, "complaints.by_route", "direct", "2019-20") == 20
    assert value(result, "complaints.by_route", "advocate", "2019-20") == "c"


def test_published_number_is_rounded_as_policy_says(control):
    result = control(round_to=5)
    assert value(result, "complaints.received") == 25
    assert value(result, "complaints.by_service_area", "Looked After Children") == 10
    assert value(result, "complaints.by_outcome", "not upheld") == "c"
    assert value(result, "complaints.from_young_people") == 0


@given(st.integers(0, 10_000), st.integers(1, 100))
def test_rounding_interval_contains_the_true_number(number, multiple):
    rounded = round_to_multiple(number, multiple)
    assert rounded % multiple == 0
    least, most = rounding_interval(rounded, multiple)
    # A number that rounds to 0 is withheld, so a published 0 is one.
    assert least <= number <= most or rounded == 0
    assert most - least < multiple


def test_number_that_would_round_to_0_is_withheld(control):
    result = control(sensitive=["complaints.by_route"], round_to=5)
    assert value(result, "complaints.by_outcome", "not upheld") == "c"
    # Secondary: the smallest number that serves, and none of those that are 0.
    assert value(result, "complaints.by_outcome", "partially upheld") == "c"
    assert set(unused_outcomes(result)) == {0}


def test_rate_is_made_from_rounded_counts(control):
    result = control(round_to=5)
    assert value(result, "complaints.per_1000_children") == 25 / 2000 * 1000


def test_rounding_requires_a_policy_of_suppression(control):
    with pytest.raises(ValidationError, match="round_to goes with `policy: suppress`"):
        control(policy="publish", round_to=5)


def test_earlier_numbers_exclude_this_and_later_years(settings, tmp_path, published_csv):
    workspace = settings.model_copy(update={"workspace": tmp_path})
    for year, number in (("2019-20", 7), ("2020-21", 8), ("2021-22", 9), ("2022-23", 10)):
        folder = tmp_path / "reports" / year
        folder.mkdir(parents=True)
        (folder / "figures.csv").write_text(
            "time_period,figure,category,value\n"
            f"201920,complaints.received,Total,{number}\n"
            "201920,complaints.withdrawn,Total,c\n"
        )
        of_report = NumberKey("complaints.withdrawn", "2018-19")
        add_to_ledger(tmp_path / "reports" / "numbers" / f"{year}.csv", {of_report: number})
    published = published_csv(("2018-19", "complaints.received", "", 6))
    numbers = earlier_numbers(published, workspace)
    # Also of a report whose open data was not made, or was replaced.
    assert [value for key, value in numbers if key == of_report] == [7.0, 8.0]
    # It follows from the first.
    assert (("representations.by_kind", "2018-19", "complaints", ""), 6.0) in numbers
    assert [number for number in numbers if number[0].figure == "complaints.received"] == [
        (("complaints.received", "2018-19", "", ""), 6.0),
        (("complaints.received", "2019-20", "", ""), 7.0),
        (("complaints.received", "2019-20", "", ""), 8.0),
    ]
