"""Small numbers are withheld as the policy says, with all that gives them away, for a reason."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
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
from pipeline.problem import Problem
from pipeline.release.inference import rounding_interval
from pipeline.settings import Council

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


def test_inclusion_declared_by_a_figure_is_in_relations(control):
    """No complaint is open now if all were closed when the year ended."""
    relations = control().relations
    of_year = relations[relations["year"].isin(["2021-22", ""])]
    terms = {
        frozenset(zip(equation["figure"], equation["category"], strict=True))
        for _, equation in of_year.groupby("sum")
    }
    open_now = ("complaints.by_outcome", "open")
    open_at_year_end = ("complaints.open_at_year_end", "")
    assert frozenset({open_now, open_at_year_end, ("", "")}) in terms


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
        {"year": year, "stage": "1", "timeliness": "within limit", "working_days": number}
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
    assert "c" in unused_outcomes(result)  # secondary: any of these, which cost the same


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
    published = published_csv(("2018-19", "complaints.received", "", 6))
    numbers = earlier_numbers(published, workspace)
    # It follows from the first.
    assert (("representations.by_kind", "2018-19", "complaints", ""), 6.0) in numbers
    assert [number for number in numbers if number[0].figure == "complaints.received"] == [
        (("complaints.received", "2018-19", "", ""), 6.0),
        (("complaints.received", "2019-20", "", ""), 7.0),
        (("complaints.received", "2019-20", "", ""), 8.0),
    ]
