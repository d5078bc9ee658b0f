"""What goes in comes out or is accounted for, and nothing personal comes out."""

from __future__ import annotations

from dataclasses import replace

import hypothesis
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import clean
from pipeline.validate.dictionary import EXTRACTS, EXTRACTS_BY_NAME

REQUIRED = ("complaints", "investigations", "ombudsman", "compliments", "learning")


@pytest.fixture(scope="session")
def cleaned(extract, settings):
    """clean(), the required extracts that a test does not name being empty."""
    return lambda **tables: clean({name: extract(name) for name in REQUIRED} | tables, settings)


def rows_of(account: pd.DataFrame, extract: str) -> dict[str, int]:
    return account[account["extract"] == extract].set_index("rule")["rows"].to_dict()


def test_a_case_is_a_complaint_without_its_personal_columns(extract, cleaned):
    complaints = extract(
        "complaints",
        {"reference": "C1", "child_name": "A child", "notes": "a note", "team": "North"},
    )
    result = cleaned(complaints=complaints)
    cases = result.tables["cases"]
    assert cases[["year", "row", "reference", "team"]].values.tolist() == [
        ["2021-22", 2, "C1", "North"]
    ]
    assert not set(cases) & set(EXTRACTS_BY_NAME["complaints"].personal_columns)
    dropped = result.dropped_columns.query("extract == 'complaints' and reason == 'personal'")
    assert dropped["column"].tolist() == list(EXTRACTS_BY_NAME["complaints"].personal_columns)


def test_a_compliment_keeps_only_the_words_approved(extract, cleaned):
    compliments = extract(
        "compliments",
        {"reference": "T1", "text": "Thank you, Jo Bloggs", "approved_text": "Thank you"},
    )
    table = cleaned(compliments=compliments).tables["compliments"]
    assert "text" not in table
    assert table["approved_text"].tolist() == ["Thank you"]


def test_a_column_that_the_dictionary_does_not_know_never_passes(extract, cleaned):
    complaints = extract("complaints", {"reference": "C1"}).assign(social_worker="Jo Bloggs")
    result = cleaned(complaints=complaints)
    assert "social_worker" not in result.tables["cases"]
    assert [
        "complaints",
        "social_worker",
        "not in the data dictionary",
    ] in result.dropped_columns.values.tolist()


def test_an_exact_duplicate_is_dropped_and_named(extract, cleaned):
    row = {"reference": "C1", "team": "North"}
    result = cleaned(complaints=extract("complaints", row, {"reference": "C2"}, row))
    assert result.tables["cases"]["row"].tolist() == [2, 3]
    assert rows_of(result.reconciliation, "complaints") == {
        "rows in": 3, "exact duplicate of an earlier row": 1, "rows kept": 2,
    }  # fmt: skip
    assert result.dropped_rows.values.tolist() == [
        [
            "complaints",
            "exact duplicate of an earlier row",
            "2021-22",
            "data/raw/2021-22/complaints.csv",
            4,
        ]
    ]


def test_rows_that_differ_anywhere_are_both_kept(extract, cleaned):
    rows = (
        {"complaint": "C1", "stage": "1", "cost": 1},
        {"complaint": "C1", "stage": "1", "cost": 2},
    )
    assert (
        len(cleaned(investigations=extract("investigations", *rows)).tables["investigations"]) == 2
    )


def test_the_same_reference_in_another_year_is_another_case(extract, cleaned):
    rows = {"reference": "C1", "year": "2020-21"}, {"reference": "C1", "year": "2021-22"}
    assert len(cleaned(complaints=extract("complaints", *rows)).tables["cases"]) == 2


@pytest.mark.parametrize("name", ["concerns", "training"])
def test_rows_without_a_reference_are_never_taken_for_duplicates(extract, cleaned, name):
    result = cleaned(**{name: extract(name, {}, {})})
    assert rows_of(result.reconciliation, name) == {"rows in": 2, "rows kept": 2}


def test_a_stage_handed_over_with_two_years_counts_once_as_last_known(extract, cleaned):
    stage = {"complaint": "C1", "stage": "2", "requested": "2021-03-20"}
    result = cleaned(investigations=extract(
        "investigations", stage | {"year": "2021-22", "responded": "2021-04-20"}, stage | {"year": "2020-21"},
    ))  # fmt: skip
    table = result.tables["investigations"]
    assert table[["row", "year", "timeliness"]].values.tolist() == [[2, "2020-21", "within limit"]]
    assert (
        rows_of(result.reconciliation, "investigations")[
            "same investigation in a later year's extract"
        ]
        == 1
    )


def test_a_stage_of_a_reference_used_again_is_another_stage(extract, cleaned):
    rows = (
        {"complaint": "C1", "stage": "1", "requested": "2020-05-01", "year": "2020-21"},
        {"complaint": "C1", "stage": "1", "requested": "2021-05-01", "year": "2021-22"},
    )
    assert (
        len(cleaned(investigations=extract("investigations", *rows)).tables["investigations"]) == 2
    )


def test_an_investigation_belongs_to_the_year_in_which_it_was_requested(extract, cleaned):
    days = ["2021-03-31", "2021-04-01", "2022-03-31", "2016-07-01"]
    rows = [
        {"complaint": str(place), "stage": "1", "requested": day} for place, day in enumerate(days)
    ]
    table = cleaned(investigations=extract("investigations", *rows)).tables["investigations"]
    assert table["year"].tolist() == ["2020-21", "2021-22", "2021-22", "2016-17"]
    assert set(table["file"]) == {"data/raw/2021-22/investigations.csv"}


def test_an_investigation_whose_complaint_is_not_held_is_kept(extract, cleaned):
    row = {"complaint": "before the window", "stage": "2", "requested": "2021-05-04"}
    assert len(cleaned(investigations=extract("investigations", row)).tables["investigations"]) == 1


def test_an_extract_that_was_not_handed_over_has_no_table(cleaned):
    assert list(cleaned().tables) == [
        "cases",
        "investigations",
        "ombudsman",
        "compliments",
        "learning",
    ]


def test_columns_and_types_are_the_same_whatever_the_rows(extract, cleaned):
    rows = [
        {"complaint": stage, "stage": stage, "requested": "2021-05-04", "responded": "2021-06-01"}
        for stage in "123"
    ]
    empty = cleaned().tables["investigations"].dtypes
    every = cleaned(investigations=extract("investigations", *rows)).tables["investigations"].dtypes
    one = cleaned(investigations=extract("investigations", rows[0])).tables["investigations"].dtypes
    assert empty.to_dict() == every.to_dict() == one.to_dict()
    assert list(empty.index) == list(every.index) == list(one.index) == [
        "year", "file", "row", *EXTRACTS_BY_NAME["investigations"].column_names,
        "clock_from", "clock_started", "limit", "due", "due_extended", "working_days", "working_days_late",
        "panel_due", "panel_working_days", "report_due", "report_working_days", "response_working_days", "timeliness",
    ]  # fmt: skip


def test_columns_in_another_order_come_out_in_the_dictionarys(extract, cleaned):
    complaints = extract("complaints", {"reference": "C1"})
    turned = cleaned(complaints=complaints[complaints.columns[::-1]])
    pd.testing.assert_frame_equal(
        turned.tables["cases"], cleaned(complaints=complaints).tables["cases"]
    )


def test_what_was_handed_over_is_left_as_it_was(extract, settings):
    tables = {name: extract(name, {}, {}) for name in REQUIRED}
    before = {name: table.copy() for name, table in tables.items()}
    clean(tables, settings)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, before[name])


@pytest.mark.parametrize("rule", ["rows in", "exact duplicate of an earlier row", "rows kept"])
def test_an_account_that_does_not_add_up_cannot_be_made(extract, cleaned, rule):
    result = cleaned(complaints=extract("complaints", {"reference": "C1"}))
    account = result.reconciliation
    one_off = (account["extract"] == "complaints") & (account["rule"] == rule)
    with pytest.raises(AssertionError, match="do not add up"):
        replace(result, reconciliation=account.assign(rows=account["rows"] + one_off))


def test_a_row_lost_or_dropped_without_a_name_cannot_pass(extract, cleaned):
    row = {"reference": "C1"}
    result = cleaned(complaints=extract("complaints", row, row))
    with pytest.raises(AssertionError, match="do not add up"):
        replace(result, tables=result.tables | {"cases": result.tables["cases"].iloc[:0]})
    with pytest.raises(AssertionError, match="do not add up"):
        replace(result, dropped_rows=result.dropped_rows.iloc[:0])


def _some_rows(name: str) -> st.SearchStrategy:
    """Rows of few values each, so that duplicates are common."""
    values = {
        "date": st.sampled_from(["2021-03-31", "2021-05-04"]),
        "whole number": st.integers(1, 2),
        "pounds": st.just(1),
    }
    columns = {
        column.name: st.just("1")
        if column.name == "stage"
        else st.none() | values.get(column.type, st.just("secret"))
        for column in EXTRACTS_BY_NAME[name].columns
        if column.name
        in ("reference", "complaint", "stage", "requested", "responded", "text", "as_at", "date")
    }
    return st.lists(
        st.fixed_dictionaries(columns | {"year": st.sampled_from(["2020-21", "2021-22"])}),
        max_size=12,
    )


@hypothesis.settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_every_row_is_kept_or_dropped_by_a_named_rule(extract, settings, data):
    tables = {one.name: extract(one.name, *data.draw(_some_rows(one.name))) for one in EXTRACTS}
    result = clean(tables, settings)
    for name, table in tables.items():
        account = rows_of(result.reconciliation, name)
        rows_in, rows_kept = account.pop("rows in"), account.pop("rows kept")
        kept = result.tables["cases" if name == "complaints" else name]
        dropped = result.dropped_rows.query("extract == @name")
        assert (rows_in, rows_kept) == (len(table), len(kept))
        assert rows_in == rows_kept + sum(account.values())
        assert sorted([*kept["row"], *dropped["row"]]) == sorted(table["row"])
        assert dropped["rule"].value_counts().to_dict() == {
            rule: rows for rule, rows in account.items() if rows
        }
        assert not set(kept) & set(EXTRACTS_BY_NAME[name].personal_columns)
        assert kept.index.tolist() == list(range(len(kept)))
