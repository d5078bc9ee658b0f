"""What goes in comes out or is accounted for, and nothing personal comes out."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from builders import share_of_examples
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


def test_personal_columns_of_complaints_are_dropped(extract, cleaned):
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


def test_compliment_keeps_approved_text_only(extract, cleaned):
    compliments = extract(
        "compliments",
        {"reference": "T1", "text": "Thank you, Jo Bloggs", "approved_text": "Thank you"},
    )
    table = cleaned(compliments=compliments).tables["compliments"]
    assert "text" not in table
    assert table["approved_text"].tolist() == ["Thank you"]


def test_column_outside_the_dictionary_is_dropped(extract, cleaned):
    complaints = extract("complaints", {"reference": "C1"}).assign(social_worker="Jo Bloggs")
    result = cleaned(complaints=complaints)
    assert "social_worker" not in result.tables["cases"]
    assert [
        "complaints",
        "social_worker",
        "not in the data dictionary",
    ] in result.dropped_columns.values.tolist()


def test_exact_duplicate_is_dropped_and_listed(extract, cleaned):
    row = {"reference": "C1", "team": "North"}
    result = cleaned(complaints=extract("complaints", row, {"reference": "C2"}, row))
    assert result.tables["cases"]["row"].tolist() == [2, 3]
    assert rows_of(result.reconciliation, "complaints") == {
        "rows in": 3,
        "exact duplicate of an earlier row": 1,
        "rows kept": 2,
    }
    assert result.dropped_rows.values.tolist() == [
        [
            "complaints",
            "exact duplicate of an earlier row",
            "2021-22",
            "data/raw/2021-22/complaints.csv",
            4,
            1,
        ]
    ]


def test_rows_with_one_different_cell_are_both_kept(extract, cleaned):
    rows = (
        {"complaint": "C1", "stage": "1", "cost": 1},
        {"complaint": "C1", "stage": "1", "cost": 2},
    )
    assert (
        len(cleaned(investigations=extract("investigations", *rows)).tables["investigations"]) == 2
    )


def test_same_reference_in_another_year_is_another_case(extract, cleaned):
    rows = {"reference": "C1", "year": "2020-21"}, {"reference": "C1", "year": "2021-22"}
    assert len(cleaned(complaints=extract("complaints", *rows)).tables["cases"]) == 2


@pytest.mark.parametrize("name", ["concerns", "training"])
def test_equal_rows_without_reference_are_both_kept(extract, cleaned, name):
    result = cleaned(**{name: extract(name, {}, {})})
    assert rows_of(result.reconciliation, name) == {"rows in": 2, "rows kept": 2}


def test_stage_in_two_extracts_counts_once_by_latest(extract, cleaned):
    stage = {"complaint": "C1", "stage": "2", "requested": "2021-03-20"}
    result = cleaned(
        investigations=extract(
            "investigations",
            stage | {"year": "2021-22", "responded": "2021-04-20"},
            stage | {"year": "2020-21"},
        )
    )
    table = result.tables["investigations"]
    assert table[["row", "year", "timeliness"]].values.tolist() == [[2, "2020-21", "within limit"]]
    assert (
        rows_of(result.reconciliation, "investigations")[
            "same investigation in a later year's extract"
        ]
        == 1
    )


def test_stage_of_reused_reference_is_another_stage(extract, cleaned):
    rows = (
        {"complaint": "C1", "stage": "1", "requested": "2020-05-01", "year": "2020-21"},
        {"complaint": "C1", "stage": "1", "requested": "2021-05-01", "year": "2021-22"},
    )
    assert (
        len(cleaned(investigations=extract("investigations", *rows)).tables["investigations"]) == 2
    )


def test_investigation_belongs_to_year_of_its_request(extract, cleaned):
    days = ["2021-03-31", "2021-04-01", "2022-03-31", "2016-07-01"]
    rows = [
        {"complaint": str(place), "stage": "1", "requested": day} for place, day in enumerate(days)
    ]
    table = cleaned(investigations=extract("investigations", *rows)).tables["investigations"]
    assert table["year"].tolist() == ["2020-21", "2021-22", "2021-22", "2016-17"]
    assert set(table["file"]) == {"data/raw/2021-22/investigations.csv"}


def test_investigation_of_unknown_complaint_is_kept(extract, cleaned):
    row = {"complaint": "before the window", "stage": "2", "requested": "2021-05-04"}
    assert len(cleaned(investigations=extract("investigations", row)).tables["investigations"]) == 1


def test_extract_that_was_not_supplied_has_no_table(cleaned):
    assert list(cleaned().tables) == [
        "cases",
        "investigations",
        "ombudsman",
        "compliments",
        "learning",
    ]


def test_columns_and_types_do_not_depend_on_the_rows(extract, cleaned):
    rows = [
        {"complaint": stage, "stage": stage, "requested": "2021-05-04", "responded": "2021-06-01"}
        for stage in "123"
    ]
    empty = cleaned().tables["investigations"].dtypes
    every = cleaned(investigations=extract("investigations", *rows)).tables["investigations"].dtypes
    single = (
        cleaned(investigations=extract("investigations", rows[0])).tables["investigations"].dtypes
    )
    assert empty.to_dict() == every.to_dict() == single.to_dict()
    assert (
        list(empty.index)
        == list(every.index)
        == list(single.index)
        == [
            "year",
            "file",
            "row",
            *EXTRACTS_BY_NAME["investigations"].column_names,
            "clock_from",
            "clock_started",
            "limit",
            "due",
            "due_extended",
            "days",
            "days_late",
            "panel_due",
            "panel_days",
            "report_due",
            "report_days",
            "response_days",
            "timeliness",
        ]
    )


def test_columns_are_put_in_order_of_the_dictionary(extract, cleaned):
    complaints = extract("complaints", {"reference": "C1"})
    turned = cleaned(complaints=complaints[complaints.columns[::-1]])
    pd.testing.assert_frame_equal(
        turned.tables["cases"], cleaned(complaints=complaints).tables["cases"]
    )


def test_tables_passed_in_are_not_changed(extract, settings):
    tables = {name: extract(name, {}, {}) for name in REQUIRED}
    copies = {name: table.copy() for name, table in tables.items()}
    clean(tables, settings)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, copies[name])


@pytest.mark.parametrize("rule", ["rows in", "exact duplicate of an earlier row", "rows kept"])
def test_account_that_does_not_add_up_is_an_error(extract, cleaned, rule):
    result = cleaned(complaints=extract("complaints", {"reference": "C1"}))
    account = result.reconciliation
    one_off = (account["extract"] == "complaints") & (account["rule"] == rule)
    with pytest.raises(AssertionError, match="do not add up"):
        replace(result, reconciliation=account.assign(rows=account["rows"] + one_off))


def test_row_lost_or_dropped_without_listing_is_an_error(extract, cleaned):
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


@share_of_examples(0.3)
@given(data=st.data())
@pytest.mark.slow
def test_every_row_is_kept_or_dropped_by_a_named_rule(extract, settings, data):
    names = [extract_definition.name for extract_definition in EXTRACTS]
    tables = {name: extract(name, *data.draw(_some_rows(name))) for name in names}
    result = clean(tables, settings)
    for name, table in tables.items():
        account = rows_of(result.reconciliation, name)
        rows_in, rows_kept = account.pop("rows in"), account.pop("rows kept")
        table_kept = result.tables["cases" if name == "complaints" else name]
        dropped = result.dropped_rows.query("extract == @name")
        assert (rows_in, rows_kept) == (len(table), len(table_kept))
        assert rows_in == rows_kept + sum(account.values())
        assert sorted([*table_kept["row"], *dropped["row"]]) == sorted(table["row"])
        assert dropped["rule"].value_counts().to_dict() == {
            rule: rows for rule, rows in account.items() if rows
        }
        assert not set(table_kept) & set(EXTRACTS_BY_NAME[name].personal_columns)
        assert table_kept.index.tolist() == list(range(len(table_kept)))
