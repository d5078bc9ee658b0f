"""The clocks of each procedure at their edges: month ends, bank holidays, extensions, grades."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from builders import make_council, typed_extract
from procedure_files import PARKING

from pipeline.clean.cases import clean_investigations
from pipeline.procedures import Procedure
from pipeline.procedures.limits import TimeLimits, limit_keys
from pipeline.settings import Council
from pipeline.settings.procedures import packaged_names, packaged_procedure


def judged(procedure: str | Procedure, limits=None, grade=None, **row) -> pd.Series:
    """An investigation with these cells, as the clean step leaves it."""
    described = packaged_procedure(procedure) if isinstance(procedure, str) else procedure
    council = make_council().model_copy(update={"procedures": (described,)})
    values = TimeLimits(described, tuple((limits or {}).items()))
    council = council.model_copy(update={"time_limits": values})
    complaints = typed_extract("complaints", [{"reference": "C1", "grade": grade}])
    investigations = typed_extract("investigations", [{"complaint": "C1", "stage": "1"} | row])
    cleaned = clean_investigations(investigations, complaints, council)
    return cleaned.tables["investigations"].iloc[0]


# Each row: the procedure, the dates, and the verdict with the last day. Easter Monday was 1 April
# 2024 and Good Friday 29 March; 6 May and 27 May were bank holidays.
# fmt: off
EDGES = (
    ("corporate", {"requested": date(2024, 3, 21), "acknowledged": date(2024, 3, 28),
                   "responded": date(2024, 4, 15)}, "within limit", date(2024, 4, 15)),
    ("corporate", {"requested": date(2024, 3, 21), "acknowledged": date(2024, 3, 28),
                   "responded": date(2024, 4, 16)}, "late", date(2024, 4, 15)),
    # Not acknowledged: ten days from the day on which that was due.
    ("corporate", {"requested": date(2024, 3, 21), "responded": date(2024, 4, 15)},
     "within limit", date(2024, 4, 15)),
    ("corporate", {"requested": date(2024, 3, 21), "responded": date(2024, 4, 16)},
     "late", date(2024, 4, 15)),
    # Acknowledged late: the limit of the response starts with the acknowledgement all the same.
    ("corporate", {"requested": date(2024, 3, 1), "acknowledged": date(2024, 3, 28),
                   "responded": date(2024, 4, 15)}, "within limit", date(2024, 4, 15)),
    ("housing", {"stage": "2", "requested": date(2024, 4, 24), "acknowledged": date(2024, 4, 30),
                 "responded": date(2024, 5, 30)}, "within limit", date(2024, 5, 30)),
    ("adult", {"requested": date(2023, 8, 31), "responded": date(2024, 2, 29)},
     "within limit", date(2024, 2, 29)),
    ("adult", {"requested": date(2023, 8, 31), "responded": date(2024, 3, 1)},
     "late", date(2024, 2, 29)),
    ("adult", {"requested": date(2022, 8, 31), "responded": date(2023, 3, 1)},
     "late", date(2023, 2, 28)),
    ("public_health", {"requested": date(2024, 2, 29), "responded": date(2024, 8, 29)},
     "within limit", date(2024, 8, 29)),
    # The ends of months, and the leap day, of the other units.
    ("public_health", {"requested": date(2023, 8, 30), "responded": date(2024, 3, 1)},
     "late", date(2024, 2, 29)),
    ("public_health", {"requested": date(2023, 12, 31), "responded": date(2024, 6, 30)},
     "within limit", date(2024, 6, 30)),
    ("corporate", {"requested": date(2024, 2, 15), "acknowledged": date(2024, 2, 16),
                   "responded": date(2024, 3, 1)}, "within limit", date(2024, 3, 1)),
    ("corporate", {"requested": date(2023, 2, 15), "acknowledged": date(2023, 2, 16),
                   "responded": date(2023, 3, 3)}, "late", date(2023, 3, 2)),
    ("housing", {"requested": date(2024, 3, 21), "responded": date(2024, 4, 16)},
     "late", date(2024, 4, 15)),
    ("children", {"requested": date(2024, 3, 21), "responded": date(2024, 4, 8)},
     "within limit", date(2024, 4, 8)),
    ("children", {"requested": date(2024, 3, 21), "responded": date(2024, 4, 9)},
     "late", date(2024, 4, 8)),
    ("children", {"requested": date(2024, 2, 16), "responded": date(2024, 3, 1)},
     "within limit", date(2024, 3, 1)),
    # From a day off, the next working day is day 1: 22 July 2023 was a Saturday.
    ("children", {"requested": date(2023, 7, 22), "responded": date(2023, 8, 4)},
     "within limit", date(2023, 8, 4)),
    (PARKING, {"requested": date(2024, 2, 1), "responded": date(2024, 2, 29)},
     "within limit", date(2024, 2, 29)),
    (PARKING, {"requested": date(2023, 2, 1), "responded": date(2023, 3, 2)},
     "late", date(2023, 3, 1)),
)
# fmt: on


@pytest.mark.parametrize(("procedure", "row", "timeliness", "due"), EDGES)
def test_last_day_of_each_procedure_and_the_day_after(procedure, row, timeliness, due):
    result = judged(procedure, **row)
    assert (result["timeliness"], result["due"]) == (timeliness, pd.Timestamp(due))


@pytest.mark.parametrize(
    ("extended", "ground", "responded", "timeliness"),
    [
        ("yes", "complex", date(2024, 4, 29), "within extension"),
        ("yes", "complex", date(2024, 4, 30), "late"),
        ("yes", None, date(2024, 4, 29), "late"),
        ("yes", "complex", date(2024, 4, 15), "within limit"),
    ],
)
def test_added_extension_counts_only_on_a_recorded_ground(extended, ground, responded, timeliness):
    row = {"requested": date(2024, 3, 21), "acknowledged": date(2024, 3, 28)}
    result = judged(
        "corporate", **row, extended=extended, extension_ground=ground, responded=responded
    )
    assert result["timeliness"] == timeliness


@pytest.mark.parametrize(
    ("procedure", "responded", "timeliness"),
    [
        # In all 20 working days from the request, and 10 added to 10 from the acknowledgement.
        ("children", date(2024, 4, 22), "within extension"),
        ("children", date(2024, 4, 23), "late"),
        ("housing", date(2024, 4, 29), "within extension"),
        ("housing", date(2024, 4, 30), "late"),
    ],
)
def test_extension_is_a_whole_limit_or_added_to_it(procedure, responded, timeliness):
    row = {"requested": date(2024, 3, 21), "extended": "yes", "extension_ground": "complex"}
    assert judged(procedure, **row, responded=responded)["timeliness"] == timeliness


@pytest.mark.parametrize("grade", ["green", None])
def test_extension_is_added_to_the_limit_of_the_grade(grade):
    row = {"requested": date(2024, 4, 8), "acknowledged": date(2024, 4, 8)}
    row |= {"extended": "yes", "extension_ground": "complex", "responded": date(2024, 4, 30)}
    limits = {"stage_1_response": {"green": "5 working days"}}
    result = judged("corporate", limits, grade, **row)
    expected = ("late", date(2024, 4, 29)) if grade else ("within extension", date(2024, 5, 7))
    assert result["timeliness"] == expected[0]
    assert result["due_extended"] == pd.Timestamp(expected[1])


@pytest.mark.parametrize("procedure", ["adult", "public_health"])
@pytest.mark.parametrize(("acknowledged", "days"), [(date(2024, 4, 3), 2), (date(2024, 4, 5), 4)])
def test_acknowledgement_over_bank_holidays_has_three_days(procedure, acknowledged, days):
    row = judged(procedure, requested=date(2024, 3, 28), acknowledged=acknowledged)
    assert row["acknowledgement_due"] == pd.Timestamp(date(2024, 4, 4))
    assert row["acknowledgement_days"] == days


@pytest.mark.parametrize("procedure", ["adult", "public_health"])
@pytest.mark.parametrize(
    ("agreed_due", "responded", "timeliness"),
    [
        (date(2024, 9, 30), date(2024, 9, 30), "within extension"),
        (date(2024, 9, 30), date(2024, 10, 1), "late"),
        (date(2024, 3, 1), date(2024, 7, 1), "within limit"),  # earlier than the law's limit
    ],
)
def test_agreed_date_counts_where_it_is_later_than_the_limit(
    procedure, agreed_due, responded, timeliness
):
    row = {"requested": date(2024, 1, 2), "agreed_due": agreed_due, "responded": responded}
    assert judged(procedure, **row)["timeliness"] == timeliness


@pytest.mark.parametrize(
    ("acknowledged", "days", "due"),
    [(date(2024, 4, 3), 7, date(2024, 3, 28)), (None, None, date(2024, 3, 28))],
)
def test_late_or_missing_acknowledgement_has_its_own_clock(acknowledged, days, due):
    row = judged("corporate", requested=date(2024, 3, 21), acknowledged=acknowledged)
    assert row["acknowledgement_due"] == pd.Timestamp(due)
    assert row["acknowledgement_days"] == days if days else pd.isna(row["acknowledgement_days"])


LOCAL = {"stage_1_response": "28 calendar days"}
GRADES = {"stage_1_response": {"green": "15 working days", "red": "6 months"}}


@pytest.mark.parametrize(
    ("limits", "grade", "due"),
    [
        (LOCAL, None, date(2024, 1, 30)),
        ({"stage_1_response": "25"}, None, date(2024, 7, 26)),
        ({"stage_1_response": "25 working days"}, None, date(2024, 2, 6)),
        (GRADES, "green", date(2024, 1, 23)),
        (GRADES, "red", date(2024, 7, 2)),
        (GRADES, None, date(2024, 7, 2)),
    ],
)
def test_local_standard_replaces_the_limit_of_the_procedure(limits, grade, due):
    if limits["stage_1_response"] == "25":
        due = date(2026, 2, 2)  # a bare number is in the unit of the procedure: months
    row = judged("adult", limits, grade, requested=date(2024, 1, 2))
    assert row["due"] == pd.Timestamp(due)


@pytest.mark.parametrize("name", packaged_names())
def test_every_limit_of_a_procedure_can_be_set_and_is_used(name):
    procedure = packaged_procedure(name)
    lengths = {
        key: "9 working days" for key, choices in limit_keys(procedure).items() if not choices
    }
    lengths = {key: text for key, text in lengths.items() if not key.endswith("_extended")}
    set_limits = TimeLimits(procedure, tuple(lengths.items()))
    assert list(set_limits.faults()) == []
    of_clocks = [
        clock.limit for number in procedure.stage_numbers for clock in set_limits.clocks(number)
    ]
    assert {str(limit) for limit in of_clocks} == {"9 working days"}


@pytest.mark.parametrize(
    ("limits", "text"),
    [
        ({"stage_1_respons": "9"}, "there is no such key. Did you mean"),
        ({"stage_1_response": "soon"}, 'found "soon", which is no length of time'),
        ({"stage_1_response": "0"}, "is less than 1"),
        ({"stage_1_response": {"red": "x"}}, 'found "x", which is no length of time'),
    ],
)
def test_wrong_time_limit_is_refused_with_its_key(limits, text):
    with pytest.raises(ValueError, match="time_limits") as error:
        Council.model_validate(
            make_council().model_dump() | {"procedures": ["corporate"], "time_limits": limits}
        )
    assert text in str(error.value)
