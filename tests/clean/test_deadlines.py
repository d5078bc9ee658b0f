"""The limit that decided each case: the plain one, an extension, or one of the three at stage 3."""

from __future__ import annotations

import pandas as pd
import pytest
from builders import make_settings, typed_extract

from pipeline.clean import clean
from pipeline.clean.deadlines import deciding_limits
from pipeline.validate.dictionary import EXTRACTS_BY_NAME


@pytest.fixture
def limits_of():
    """limits_of(row, …): the rows of the table for investigations of one complaint."""

    def judge(*rows: dict) -> list[dict]:
        settings = make_settings()
        complaint = {"reference": "A", "received": pd.Timestamp("2021-12-13")}
        located = [{"complaint": "A"} | row for row in rows]
        tables = {
            "complaints": typed_extract("complaints", [complaint]),
            "investigations": typed_extract("investigations", located),
        }
        cleaned = clean(tables, settings).tables["investigations"]
        table = deciding_limits(cleaned, settings.council.time_limits)
        return table.astype({"due": "str", "answered": "str"}).to_dict("records")

    return judge


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


def stage_1(**values: object) -> dict:
    return {"stage": "1", "requested": day("2021-12-13"), "extended": "no"} | values


EXTENDED = {"extended": "yes", "extension_ground": "complex"}


@pytest.mark.parametrize(
    ("row", "limit", "why", "due", "days", "in_time"),
    [
        (stage_1(responded=day("2021-12-29")), 10, "the plain limit", "2021-12-29", 10, "yes"),
        (stage_1(responded=day("2021-12-30")), 10, "the plain limit", "2021-12-29", 11, "no"),
        (
            stage_1(responded=day("2022-01-13"), **EXTENDED),
            *(20, "extended: complex", "2022-01-13", 20, "yes"),
        ),
        (
            stage_1(responded=day("2021-12-29"), **EXTENDED),
            *(
                10,
                "the plain limit: extended, but answered without need of it",
                "2021-12-29",
                10,
                "yes",
            ),
        ),
        (
            stage_1(**EXTENDED, responded=day("2022-01-14")),
            *(20, "extended: complex"),
            "2022-01-13",
            21,
            "no",
        ),
        (
            stage_1(responded=day("2021-12-30"), extended="yes"),
            *(10, "the plain limit: extended, but without a recorded ground"),
            *("2021-12-29", 11, "no"),
        ),
    ],
)
def test_limit_that_decided_stage_1_is_shown(limits_of, row, limit, why, due, days, in_time):
    (line,) = limits_of(row)
    assert (line["limit"], line["why"], line["due"]) == (limit, why, due)
    assert (line["days"], line["in_time"]) == (days, in_time)


def test_open_case_has_a_limit_and_no_verdict_on_time(limits_of):
    (line,) = limits_of(stage_1())
    assert (line["limit"], line["due"], line["in_time"]) == (10, "2021-12-29", "")
    assert pd.isna(line["days"])
    assert line["timeliness"] == "open"


def test_stage_3_has_a_line_for_each_of_its_limits(limits_of):
    dates = {"panel_met": day("2022-01-27"), "panel_reported": day("2022-02-04")}
    lines = limits_of(stage_1(stage="3", responded=day("2022-02-07"), **dates))
    assert [(line["answer"], line["limit"], line["in_time"]) for line in lines] == [
        ("panel", 30, "yes"),
        ("report", 5, "no"),
        ("response", 15, "yes"),
    ]
    assert {line["timeliness"] for line in lines} == {"late"}


def test_no_personal_column_is_in_the_table_of_limits(limits_of):
    personal = {
        column.name
        for extract in EXTRACTS_BY_NAME.values()
        for column in extract.columns
        if column.personal
    }
    assert personal
    (line,) = limits_of(stage_1())
    assert not {*personal, "complaint", "reference"} & line.keys()
