"""Each rule by which text becomes a value, with what reads and what does not."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from builders import share_of_examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from pipeline.validate.reading.convert import MAX_LISTED_ROWS, escape_formula
from pipeline.validate.reading.dates import parse_dates

AMBIGUOUS = (
    "day and month could be either way round, and no other date of this column in the file shows "
    "which"
)


@pytest.mark.parametrize(
    "text",
    [
        "2021-04-03",
        "2021-04-03T10:15:00",
        "2021-04-03 00:00:00.000",
        "2021/04/03",
        "20210403",
        "44289",
        "44289.5",
        "3 April 2021",
        "Saturday, 3 April 2021",
        "3rd Apr 2021",
        "03-Apr-2021",
        "2021-04-02T23:30:00Z",
        "2021-04-03T00:30:00+01:00",
    ],
)
def test_date_with_one_meaning_is_read(text):
    days, faults, _ = parse_dates([text], None)
    assert days.tolist() == [date(2021, 4, 3)]
    assert faults == {}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("03/04/2021", AMBIGUOUS),
        ("3.4.2021", AMBIGUOUS),
        ("31/02/2021", "there is no such day in the calendar"),
        ("2021-02-30", "there is no such day in the calendar"),
        ("13/13/2021", "there is no such day in the calendar"),
        ("25/04/21", "the year has only two digits, so the century is not known"),
        ("3-Apr-21", "the year has only two digits, so the century is not known"),
        ("0021-04-03", "the year of this date is not between 1900 and 2199"),
        ("n/a", "this is not a date"),
        ("44", "this is not a date"),
        ("2021-04-03T25:00:00Z", "this is not a date"),
        ("3 Foo 2021", "this is not a date"),
        ("٢٠٢١-٠٤-٠٣", "this is not a date"),
    ],
)
def test_unreadable_date_says_why(text, what):
    days, faults, _ = parse_dates([text], None)
    assert pd.isna(days[0])
    assert [fault.what for fault in faults.values()] == [what]


@pytest.mark.parametrize(
    ("others", "order", "read"),
    [
        (["25/04/2021"], None, date(2021, 4, 3)),
        (["04/25/2021"], None, date(2021, 3, 4)),
        (["25/04/2021", "04/25/2021"], None, None),
        ([], "day first", date(2021, 4, 3)),
        ([], "month first", date(2021, 3, 4)),
        (["2021-04-25", "44300"], None, None),
        (["99/01/2021"], None, None),
    ],
)
def test_other_dates_or_settings_show_the_order(others, order, read):
    days, faults, _ = parse_dates(["03/04/2021", *others], order)
    assert (None if pd.isna(days[0]) else days[0].item()) == read
    assert (0 in faults) == (read is None)


def test_date_that_reads_the_same_both_ways_is_clear():
    assert parse_dates(["04/04/2021"], None)[0].tolist() == [date(2021, 4, 4)]


def test_date_against_the_settings_is_a_fault():
    assert (
        parse_dates(["04/25/2021"], "day first")[1][0].what
        == "there is no such day in the calendar"
    )


@given(
    st.lists(st.dates(date(1900, 3, 1), date(2199, 12, 31)), min_size=1),
    st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%-d %B %Y"]),
)
def test_any_day_written_out_reads_back(days, form):
    read, faults, _ = parse_dates([day.strftime(form) for day in days], None)
    for place, day in enumerate(days):
        assert place in faults or read[place].item() == day
    if form != "%d/%m/%Y":
        assert faults == {}


@given(st.dates(date(1927, 5, 18), date(2173, 10, 13)))
def test_serial_number_is_the_spreadsheets_own_day(day):
    assert parse_dates([str((day - date(1899, 12, 30)) // timedelta(days=1))], None)[
        0
    ].tolist() == [day]


def test_finding_has_file_row_column_value_and_remedy(workspace):
    workspace.rows(
        "complaints", {"received": "2021-04-30"}, {"reference": "C2", "received": "31/02/2021"}
    )
    [finding] = workspace.read().findings
    assert finding.severity == "critical"
    assert finding.rule == "complaints.received.readable"
    assert (finding.file, finding.row, finding.column, finding.value) == (
        "data/raw/2021-22/complaints.csv",
        3,
        "received",
        "31/02/2021",
    )
    assert finding.what == "there is no such day in the calendar"
    assert finding.remedy == "Write the date as 2021-04-30."


def test_ambiguous_date_needs_the_order_in_settings(workspace):
    workspace.rows("complaints", {"received": "03/04/2021"})
    [finding] = workspace.read().findings
    assert (finding.rule, finding.value, finding.what) == (
        "complaints.received.unambiguous",
        "03/04/2021",
        AMBIGUOUS,
    )
    assert "dates: day first" in finding.remedy
    workspace.council["dates"] = "day first"
    reading = workspace.read()
    assert reading.findings == []
    assert reading.tables["complaints"]["received"].tolist() == [pd.Timestamp(2021, 4, 3)]


def test_date_order_is_not_inferred_from_another_year(workspace):
    workspace.add_year("2020-21")
    workspace.put("2020-21/training.csv", "date,title\n25/04/2020,A\n03/04/2020,B\n")
    workspace.put("2021-22/training.csv", "date,title\n03/04/2021,C\n")
    reading = workspace.read()
    assert reading.tables["training"]["date"].tolist() == [
        pd.Timestamp(2020, 4, 25),
        pd.Timestamp(2020, 4, 3),
        pd.NaT,
    ]
    assert [(one.file, one.row) for one in reading.findings] == [
        ("data/raw/2021-22/training.csv", 2)
    ]


def test_month_first_is_read_with_a_warning(workspace):
    workspace.put("2021-22/training.csv", "date,title\n04/25/2021,A\n04/03/2021,B\n")
    reading = workspace.read()
    assert reading.tables["training"]["date"].tolist() == [
        pd.Timestamp(2021, 4, 25),
        pd.Timestamp(2021, 4, 3),
    ]
    [finding] = reading.findings
    assert (finding.severity, finding.rule) == ("warning", "training.date.month_first")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.5", 1234.5),
        ("£1,234.50", 1234.5),
        ("-£5", -5.0),
        ("£-5.00", -5.0),
        ("0", 0.0),
        ("1,234,567", 1234567.0),
    ],
)
def test_amounts_in_pounds_are_read(workspace, text, value):
    workspace.rows(
        "investigations", {"complaint": "C1", "stage": "1", "requested": "2021-05-01", "cost": text}
    )
    reading = workspace.read()
    assert reading.tables["investigations"]["cost"].tolist() == [value]
    assert reading.findings == []


@pytest.mark.parametrize(
    "text", ["12 pounds", "1.234,50", "1,23", "nan", "inf", "1e5", "--5", "(£5)", "9" * 16]
)
def test_text_that_is_no_amount_is_a_finding(workspace, text):
    workspace.rows(
        "investigations", {"complaint": "C1", "stage": "1", "requested": "2021-05-01", "cost": text}
    )
    reading = workspace.read()
    assert reading.tables["investigations"]["cost"].isna().all()
    assert [(one.rule, one.value, one.what) for one in reading.findings] == [
        ("investigations.cost.readable", text, "this is not an amount in pounds")
    ]


@pytest.mark.parametrize("text", ["1.234", "£12.345", "-1.250"])
def test_amount_with_three_decimals_is_a_finding(workspace, text):
    workspace.rows(
        "investigations", {"complaint": "C1", "stage": "1", "requested": "2021-05-01", "cost": text}
    )
    reading = workspace.read()
    assert reading.tables["investigations"]["cost"].isna().all()
    [finding] = reading.findings
    assert finding.what.startswith("this has three decimals, so the point may separate thousands")
    assert finding.remedy == "Write pounds and pence with two decimals, as 1234.50."


@pytest.mark.parametrize("text", ["1.23E+14", "1E+05", "1.2345678901234567e+19"])
def test_number_that_a_spreadsheet_shortened_is_critical(workspace, text):
    workspace.rows("complaints", {"reference": text, "telephone": text})
    assert [(one.severity, one.rule) for one in workspace.read().findings] == [
        ("critical", "complaints.reference.shortened"),
        ("warning", "complaints.telephone.shortened"),
    ]


@pytest.mark.parametrize(
    ("text", "value", "what"),
    [
        ("12", 12, None),
        ("12.0000000000000001", None, "this is not a whole number"),
        ("2.9999999999999999", None, "this is not a whole number"),
        ("(12)", None, "this is not a whole number"),
        ("12 days", None, "this is not a whole number"),
        ("12%", None, "this is not a whole number"),
        ("\uff11\uff12", None, "this is not a whole number"),
        ("1,200", 1200, None),
        ("12.0", 12, None),
        ("-3", -3, None),
        ("12.5", None, "this is not a whole number"),
        ("£12", None, "this is not a whole number"),
        ("twelve", None, "this is not a whole number"),
    ],
)
def test_whole_numbers_are_read_or_a_finding(workspace, text, value, what):
    workspace.put(
        "2021-22/training.csv", f'date,title,attended\n2021-05-01,A,"{text}"\n2021-05-02,B,\n'
    )
    reading = workspace.read()
    attended = reading.tables["training"]["attended"]
    assert [None if pd.isna(one) else one for one in attended] == [value, None]
    assert [one.what for one in reading.findings] == ([what] if what else [])


def test_known_codes_are_respelt_and_others_kept(workspace):
    workspace.rows(
        "complaints",
        {
            "service_area": " early HELP ",
            "complainant_type": "Parent",
            "theme": "Staff ;; DELAY;staff",
            "accepted": "Y",
            "status": "OPEN",
            "route": "by pigeon",
        },
    )
    [row] = workspace.read().tables["complaints"].to_dict("records")
    assert (row["service_area"], row["complainant_type"], row["accepted"], row["status"]) == (
        "Early Help",
        "parent",
        "yes",
        "open",
    )
    assert row["theme"] == "staff; delay"
    assert row["route"] == "by pigeon"


def test_text_is_trimmed_composed_and_blank_is_missing(workspace):
    workspace.rows(
        "complaints",
        {"reference": "\u00a0C1\u00a0", "team": "Zoe\u0308\u00a0team", "notes": " \u00a0 "},
    )
    reading = workspace.read()
    [row] = reading.tables["complaints"].to_dict("records")
    assert (row["reference"], row["team"]) == ("C1", "Zoë team")
    assert pd.isna(row["notes"])
    assert reading.findings == []


def test_hidden_characters_are_left_out_with_a_warning(workspace):
    workspace.rows(
        "complaints",
        {"reference": "C\u200b1", "team": "safe\u202egpj.exe"},
        {"reference": "C2\x07"},
    )
    reading = workspace.read()
    assert reading.tables["complaints"]["reference"].tolist() == ["C1", "C2"]
    assert reading.tables["complaints"]["team"].tolist()[0] == "safegpj.exe"
    assert [(one.severity, one.rule, one.row) for one in reading.findings] == [
        ("warning", "complaints.reference.hidden_characters", 2),
        ("warning", "complaints.reference.hidden_characters", 3),
        ("warning", "complaints.team.hidden_characters", 2),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "=cmd|'/c calc'!A0",
        "=1+1",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "+cmd|'/c calc'!A0",
        "-2+3+cmd|'x'!A0",
    ],
)
def test_formula_is_kept_as_text_with_a_warning(workspace, text):
    workspace.rows("complaints", {"team": text})
    reading = workspace.read()
    assert reading.tables["complaints"]["team"].tolist() == ["'" + text]
    assert escape_formula(text) == "'" + text
    assert [(one.severity, one.rule, one.row, one.value) for one in reading.findings] == [
        ("warning", "complaints.team.formula", 2, text)
    ]


@pytest.mark.parametrize(
    "text",
    ["+44 (0)20 7946 0000", "+44(0)20 7946 0000", "- spoke to mother", "@the_team", "= good", "-5"],
)
def test_text_that_only_begins_like_a_formula_is_kept(workspace, text):
    workspace.rows("complaints", {"team": text})
    reading = workspace.read()
    assert reading.tables["complaints"]["team"].tolist() == [text]
    assert reading.findings == []


def test_unreadable_personal_value_is_only_a_warning(workspace):
    workspace.rows("complaints", {"date_of_birth": "31/02/2010"})
    [finding] = workspace.read().findings
    assert (finding.severity, finding.value) == ("warning", "31/02/2010")
    assert "2010" not in finding.what + finding.remedy


def test_faults_beyond_the_listed_ones_are_counted(workspace):
    workspace.put("2021-22/training.csv", "date,title\n" + "soon,A\n" * (MAX_LISTED_ROWS + 234))
    findings = workspace.read().findings
    assert len(findings) == MAX_LISTED_ROWS + 1
    last = findings[-1]
    assert (last.row, last.what, last.stands_for) == (
        None,
        "234 more rows have the same problem",
        234,
    )


@share_of_examples(0.6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12),
        min_size=1,
        max_size=8,
    )
)
def test_no_text_breaks_the_conversion(workspace, texts):
    workspace.rows(
        "complaints",
        *({"received": text, "theme": text, "accepted": text, "team": text} for text in texts),
    )
    workspace.rows("investigations", *({"complaint": text, "cost": text} for text in texts))
    for finding in workspace.read().findings:
        assert finding.what
        assert finding.remedy
