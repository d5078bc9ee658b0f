"""Dates that a spreadsheet converted by half, and date-times with a time zone."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from wide_export import MAPPING, as_csv, widen

from pipeline.validate.reading.dates import parse_dates

REAL = [date(2021, 4, 3), date(2021, 12, 1)]  # 3 April and 1 December are true or swapped
LEFT = ["25/04/2021", "30/06/2021"]


def half_converted(reading) -> list:
    return [one for one in reading.findings if one.rule.endswith(".half_converted")]


def put_training(workspace, dates: list, ending: str, as_workbook) -> None:
    """Write an extract with these dates, a real date being a date cell or its ISO text."""
    rows = [["date", "title"], *([day, "A"] for day in dates)]
    if ending == ".csv":
        content = "".join(f"{day},{title}\n" for day, title in rows).encode()
    else:
        content = as_workbook(ending, {"training": rows})
    workspace.put(f"2021-22/training{ending}", content)


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".ods", ".xls"])
def test_half_converted_dates_are_critical_with_the_cause(workspace, as_workbook, ending):
    put_training(workspace, [REAL[0], LEFT[0], REAL[1], LEFT[1]], ending, as_workbook)
    [finding] = half_converted(workspace.read())
    assert (finding.severity, finding.column, finding.stands_for) == ("critical", "date", 2)
    assert "the wrong way round in 2 dates (rows 2 and 4)" in finding.what
    assert "It does that when it takes 03/04/2021 for 4 March" in finding.what
    assert "Export again and put the file in the folder without opening it" in finding.remedy


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".ods"])
@pytest.mark.parametrize(
    "dates",
    [
        [*REAL, date(2021, 4, 25), *LEFT],  # a real date with a day over 12
        [date(2021, 4, 4), date(2021, 5, 5), *LEFT],  # the same in both orders
        [*REAL, "2021-04-25"],  # no text in another order
        [*LEFT, "03/04/2021"],  # no real date
    ],
)
def test_dates_that_were_not_half_converted_raise_no_alarm(workspace, as_workbook, dates, ending):
    put_training(workspace, dates, ending, as_workbook)
    reading = workspace.read()
    assert half_converted(reading) == []
    assert reading.tables["training"]["date"].notna().all()


@pytest.mark.parametrize("left", ["25/04/21", "25.04.2021 10:15", "04/25/2021", "25-4-2021 noon"])
@pytest.mark.parametrize("real", ["2021-04-03", "44289", "2021-04-03 10:15:00", "3-Apr-2021"])
def test_half_converted_dates_are_seen_in_any_form(workspace, left, real):
    workspace.put("2021-22/training.csv", f"date,title\n{real},A\n{left},B\n")
    assert len(half_converted(workspace.read())) == 1


@pytest.mark.parametrize("order", ["day first", "month first"])
def test_half_converted_dates_are_seen_whatever_the_settings_say(workspace, order):
    workspace.council["dates"] = order
    workspace.put("2021-22/training.csv", "date,title\n2021-04-03,A\n25/04/2021,B\n")
    assert len(half_converted(workspace.read())) == 1


def test_dates_exported_again_in_one_form_are_right(workspace):
    workspace.put("2021-22/training.csv", "date,title\n04/03/2021,A\n25/04/2021,B\n")
    reading = workspace.read()
    assert reading.findings == []
    assert reading.tables["training"]["date"].tolist() == [
        pd.Timestamp(2021, 3, 4),
        pd.Timestamp(2021, 4, 25),
    ]


def test_half_converted_personal_dates_are_a_warning(workspace):
    workspace.rows(
        "complaints",
        {"date_of_birth": "2010-04-03"},
        {"reference": "C2", "date_of_birth": "25/04/2010"},
    )
    [finding] = half_converted(workspace.read())
    assert finding.severity == "warning"
    assert "2010" not in finding.what


def test_each_stage_of_a_wide_export_is_judged_on_its_own(workspace):
    complaints = (
        "reference,received,service_area,complainant_type,route,theme,accepted,status,outcome,"
        "closed\nC1,2021-05-14,Early Help,parent,direct,delay,yes,open,,\n"
        "C2,2021-05-24,Early Help,parent,direct,delay,yes,open,,\n"
    )
    stages = (
        "complaint,stage,requested,agreed,bypassed,extended,extension_ground,panel_met,"
        "panel_reported,responded,outcome,cost\n"
        "C1,1,2021-05-14,,,no,,,,2021-05-28,not upheld,\n"
        "C1,2,2021-07-06,2021-07-08,no,no,,,,2021-08-02,upheld,\n"
        "C2,1,2021-05-24,,,no,,,,2021-05-28,not upheld,\n"
        "C2,2,2021-06-21,2021-06-28,no,no,,,,2021-08-12,upheld,\n"
    )
    rows = widen(complaints, stages)
    position = rows[0].index("CaseStageStage2.DateReceived")
    assert rows[2][position] == "2021-06-21"
    rows[2][position] = "21/06/2021"
    workspace.put("2021-22/complaints.csv", as_csv(rows))
    workspace.path("2021-22/investigations.csv").unlink()
    workspace.council |= MAPPING
    [finding] = half_converted(workspace.read())
    assert (finding.extract, finding.column) == ("investigations", "requested")
    assert "in 1 date (row 2)" in finding.what


def test_dates_of_two_separators_do_not_prove_each_others_order(workspace):
    workspace.put("2021-22/training.csv", "date,title\n04-03-2021,A\n25/04/2021,B\n")
    [finding] = workspace.read().findings
    assert (finding.severity, finding.row) == ("critical", 2)
    assert "are written with another separator" in finding.what
    assert "Write every date of the column as 2021-04-30" in finding.remedy


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2021-04-30T23:30:00Z", date(2021, 5, 1)),
        ("2021-04-30T22:30:00Z", date(2021, 4, 30)),
        ("2021-04-30 23:30:00.1234567 +00:00", date(2021, 5, 1)),
        ("2021-04-30T23:30:00+0100", date(2021, 4, 30)),
        ("2021-04-30T23:30+01", date(2021, 4, 30)),
        ("2021-05-01T00:30:00+02:00", date(2021, 4, 30)),
        ("30/04/2021 23:30 GMT", date(2021, 5, 1)),
        ("30/04/2021 23:30:00 UTC", date(2021, 5, 1)),
        ("30/04/2021 23:30 (BST)", date(2021, 4, 30)),
        ("30.04.2021 11:30 p.m. Z", date(2021, 5, 1)),
        ("30/04/2021 11:30pm UTC+1", date(2021, 4, 30)),
        ("30 April 2021 23:30 UTC", date(2021, 5, 1)),
        ("Fri, 30 Apr 2021 23:30:00 +0000", date(2021, 5, 1)),
        ("2021-04-30T23:30+01:00[Europe/London]", date(2021, 4, 30)),
        ("2021-04-30 23:30 Europe/London", date(2021, 4, 30)),
        ("2021-12-31T23:30:00Z", date(2021, 12, 31)),
        ("2021-12-31T23:30:00-01:00", date(2022, 1, 1)),
        ("30/04/2021 12:30 AM", date(2021, 4, 30)),
    ],
)
def test_time_zone_is_respected_in_every_form_of_date(text, day):
    days, faults, _ = parse_dates([text], None)
    assert faults == {}
    assert days.tolist() == [day]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("2021-04-30T23:30:00 EST", "the time zone of this time is not known"),
        ("30/04/2021 23:30 Paris", "the time zone of this time is not known"),
        ("2021-04-30T23:30+25:00", "the time zone of this time is not known"),
        ("2021-04-30T24:00:00", "24:00 could mean the end of this day or the beginning"),
        ("30/04/2021 24:00", "24:00 could mean the end of this day or the beginning"),
        ("2021-04-30 25:00", "this is not a date"),
        ("30/04/2021 10:61", "this is not a date"),
        ("30/04/2021 13:30 am", "this is not a date"),
        ("Mon, 30 Apr 2021", "this date is not on that day of the week"),
        ("not 30 April 2021", "this is not a date"),
        ("1900-01-00", "there is no such day in the calendar"),
        ("00/01/1900", "there is no such day in the calendar"),
        ("31/12/9999", "the year of this date is not between 1900 and 2199"),
        ("9999-12-31T23:59:59Z", "the year of this date is not between 1900 and 2199"),
    ],
)
def test_time_that_is_not_certain_is_a_fault(text, what):
    days, faults, _ = parse_dates([text], None)
    assert pd.isna(days[0])
    assert faults[0].what.startswith(what)
    assert "2021-04-30" in faults[0].remedy


def test_unknown_time_zone_is_critical_with_its_row(workspace):
    workspace.rows("complaints", {"received": "2021-04-30 23:30 CET"})
    [finding] = workspace.read().findings
    assert (finding.severity, finding.rule, finding.row) == (
        "critical",
        "complaints.received.time_zone",
        2,
    )
    workspace.rows("complaints", {"received": "2021-04-30 23:30 +02:00"})
    reading = workspace.read()
    assert reading.findings == []
    assert reading.tables["complaints"]["received"].tolist() == [pd.Timestamp(2021, 4, 30)]
