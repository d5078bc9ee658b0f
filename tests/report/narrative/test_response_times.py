"""The sentences on response times, by how many there are."""

from __future__ import annotations

from typing import Any

import pytest

STAGE_1 = "{{ stage_1 | response_times }}"


def stage_1_figures(
    days: list[int],
    late: Any = 0,
    extended: Any = 0,
    still_open: Any = 0,
    **changes: Any,
) -> dict[str, Any]:
    """The figures of a stage with these responses; changes replace the values of some."""
    counts: dict[str, list[Any]] = {}
    for day_count in days:
        counts[str(day_count)] = [days.count(day_count)]
    answered = len(days)
    in_time = answered - late if isinstance(late, int) else late
    figures = {
        "investigated": [answered + (still_open or 0)],
        "answered": [answered],
        "in_time": [in_time],
        "timeliness": {
            "within extension": [extended],
            "late": [late],
            "open": [still_open],
        },
        "by_days": counts or {"": [None]},
        "shortest_days": [min(days, default=None)],
        "median_days": [sorted(days)[answered // 2] if days else None],
        "days_90th": [sorted(days)[-(-answered * 9 // 10) - 1] if days else None],
        "longest_days": [max(days, default=None)],
        "longest_late": [4 if late else None],
    }
    return {f"stage_1.{name}": value for name, value in (figures | changes).items()}


BASES = {"stage_1.in_time": "stage_1.answered", "stage_1.by_days": "stage_1.answered"}
MANY_DAYS = [5] * 30 + [9] * 20 + [18] * 10

# fmt: off
CASES = [
    ("two, both in time", stage_1_figures([18, 9], extended=1),
     "The 2 stage 1 responses took 9 and 18 working days. Both were in time, 1 of them after an "
     "extension."),
    ("three, one late", stage_1_figures([9, 9, 30], late=1),
     "The 3 stage 1 responses took 9, 9 and 30 working days. Of these, 2 were in time, and 1 was "
     "late, by 4 working days."),
    ("three, none in time", stage_1_figures([12, 13, 14], late=3),
     "The 3 stage 1 responses took 12, 13 and 14 working days. None was in time; they "
     "were up to 4 working days late."),
    ("one in time", stage_1_figures([1]),
     "The only stage 1 response took 1 working day, within the limit of 10."),
    ("one extended", stage_1_figures([18], extended=1),
     "The only stage 1 response took 18 working days, within the extended limit of 20."),
    ("one late", stage_1_figures([14], late=1),
     "The only stage 1 response took 14 working days and was late by 4 working days."),
    ("twelve", stage_1_figures([5] * 6 + [9] * 5 + [31], late=1, still_open=2),
     "Stage 1 had 12 responses. Of these, 11 were in time, and 1 was late, by 4 working days. They "
     "took between 5 and 31 working days. Another 2 are still open."),
    ("twelve, and one open", stage_1_figures([5] * 6 + [9] * 6, still_open=1),
     "Stage 1 had 12 responses. All 12 were in time. They took between 5 and 9 working days. "
     "Another is still open."),
    ("many", stage_1_figures(MANY_DAYS, late=10, extended=3),
     "Stage 1 had 60 responses. Of these, 50 were in time (83%), 3 of them after an extension, and "
     "10 were late, by up to 4 working days. The median response took 9 working days, nine in ten "
     "took 18 or fewer, and the longest took 18."),
    ("none answered", stage_1_figures([], still_open=2),
     "No complaint has been answered at stage 1. So far 2 are still open."),
    ("none investigated", stage_1_figures([]), "No complaint was investigated at stage 1."),
    ("withheld", stage_1_figures([], answered=["c"], investigated=[12]),
     "We do not publish how many complaints were answered at stage 1, to protect people."),
    ("unknown", stage_1_figures([], answered=[None], investigated=[None]),
     "We hold no record of how many complaints were answered at stage 1."),
    ("lateness withheld", stage_1_figures([5] * 12, in_time=["c"], late="c"),
     "Stage 1 had 12 responses. We do not publish how many were in time. The longest "
     "took 5 working days."),
]
# fmt: on


@pytest.mark.parametrize(
    ("figures", "text"), [pytest.param(*case[1:], id=case[0]) for case in CASES]
)
def test_response_times_are_worded_by_their_number(read_narrative, figures, text):
    assert read_narrative(STAGE_1, figures, BASES) == text


def test_thresholds_of_statistics_are_settings(read_narrative):
    text = read_narrative(
        STAGE_1, stage_1_figures([9, 12, 18]), BASES, statistics={"range_from": 2}
    )
    assert text.endswith("They took between 9 and 18 working days.")


def test_days_are_not_listed_if_one_of_them_is_withheld(read_narrative):
    figures = stage_1_figures([9, 18], by_days={"9": ["c"], "18": [1]})
    assert read_narrative(STAGE_1, figures, BASES).startswith("The 2 stage 1 responses were sent.")
