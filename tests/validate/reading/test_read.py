"""The files that people really have read the same, and rows keep the spreadsheet's numbers."""

from __future__ import annotations

import csv
import io
from datetime import date

import pandas as pd
import pytest
from builders import share_of_examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.year import Year

ROWS = [
    {
        "reference": "00123",
        "received": "2021-04-30",
        "team": "Zoë € team",
        "notes": 'two\nlines, and a "mark"; so',
    },
    {"reference": "C2", "received": "2021-05-01", "team": "", "notes": ""},
]


def places_and_texts(reading, rule: str) -> list[tuple]:
    return [(one.row, one.what) for one in reading.findings if one.rule == rule]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_each_encoding_and_delimiter_reads_the_same(workspace, encoding, delimiter):
    workspace.rows("complaints", *ROWS, delimiter=delimiter, encoding=encoding)
    reading = workspace.read()
    assert reading.findings == []
    table = reading.tables["complaints"]
    assert table["reference"].tolist() == ["00123", "C2"]
    assert table["team"].tolist()[0] == "Zoë € team"
    assert table["notes"].tolist()[0] == 'two\nlines, and a "mark"; so'
    assert table["team"].isna().tolist() == [False, True]
    assert table["row"].tolist() == [2, 3]


def test_tables_have_the_dictionarys_columns_and_types(workspace):
    workspace.rows("complaints", {"reference": "C1"})
    workspace.put("2021-22/training.csv", "date,title,attended\n2021-05-01,First,12\n")
    reading = workspace.read()
    assert reading.tables["complaints"]["reference"].tolist() == ["C1"]
    types = {
        "date": "datetime64[us]",
        "whole number": "Int64",
        "pounds": "Float64",
        "number": "Float64",
    }
    for name, table in {**reading.tables, "published": reading.published}.items():
        columns = EXTRACTS_BY_NAME[name].columns
        assert list(table) == list(
            dict.fromkeys(["year", "file", "row", *(column.name for column in columns)])
        )
        for column in columns:
            assert table[column.name].dtype == types.get(column.type, "str"), (name, column.name)
        assert [str(dtype) for dtype in table.dtypes[["year", "file", "row"]]] == [
            "str",
            "category",
            "int64",
        ]


def test_blank_line_counts_as_row_and_quoted_newline_not(workspace):
    workspace.put(
        "2021-22/training.csv",
        'date,title\r\n2021-05-01,"one\r\nand two"\r\n\r\n,\r\n'
        "2021-05-02,three\r\n  \r\n2021-05-03,four",
    )
    table = workspace.read().tables["training"]
    assert table["title"].tolist() == ["one\nand two", "three", "four"]
    assert table["row"].tolist() == [2, 5, 7]


def test_row_with_wrong_number_of_cells_is_left_out(workspace):
    workspace.put(
        "2021-22/training.csv",
        "date,title,attended\n2021-05-01,A,1\n2021-05-02,B,b,2\n\n2021-05-03\n2021-05-04,D,4\n",
    )
    reading = workspace.read()
    assert reading.tables["training"]["title"].tolist() == ["A", "D"]
    assert reading.tables["training"]["row"].tolist() == [2, 6]
    assert places_and_texts(reading, "training.row.cells") == [
        (5, "this row has fewer cells than the 3 headings, so it was left out"),
        (3, "this row has more cells than the 3 headings, so it was left out"),
    ]
    assert {one.severity for one in reading.findings} == {"critical"}


def test_years_are_in_order_and_missing_extracts_listed(workspace):
    workspace.add_year("2020-21")
    workspace.put("2020-21/training.csv", "date,title\n2020-05-01,Older\n")
    workspace.put("2021-22/training.csv", "date,title\n2021-05-01,Newer\n")
    workspace.put("2021-22/concerns.csv", "received,service_area\n2021-05-01,Early Help\n")
    reading = workspace.read()
    training = reading.tables["training"]
    assert training[["year", "title"]].to_numpy().tolist() == [
        ["2020-21", "Older"],
        ["2021-22", "Newer"],
    ]
    assert training["file"].tolist() == [
        "data/raw/2020-21/training.csv",
        "data/raw/2021-22/training.csv",
    ]
    assert reading.missing_extracts == [
        (Year(2020), "concerns"),
        (Year(2020), "activity"),
        (Year(2021), "activity"),
    ]
    assert "activity" not in reading.tables


def test_missing_required_extract_is_critical_and_empty(workspace):
    workspace.remove("2021-22/learning.csv")
    reading = workspace.read()
    assert places_and_texts(reading, "learning.file.present") == [
        (None, "learning is missing: there is no such file or sheet (one row per action)")
    ]
    assert reading.tables["learning"].empty


def test_two_sources_of_one_extract_are_both_named(workspace, as_workbook):
    workspace.put("2021-22/all.xlsx", as_workbook(".xlsx", {"learning": [["reference"], ["L1"]]}))
    reading = workspace.read()
    assert places_and_texts(reading, "learning.file.once") == [
        (
            None,
            "learning is supplied more than once: data/raw/2021-22/all.xlsx · learning and "
            "data/raw/2021-22/learning.csv",
        )
    ]
    assert reading.tables["learning"].empty


def test_headings_match_in_any_case_and_others_are_not_read(workspace):
    workspace.put(
        "2021-22/training.csv",
        "DATE, Title ,atended,Trainer home address\n2021-05-01,A,3,1 High St\n",
    )
    reading = workspace.read()
    assert reading.tables["training"]["title"].tolist() == ["A"]
    assert places_and_texts(reading, "training.heading.known") == [
        (None, 'no column of training has this name, so it is not read. Did you mean "attended"?'),
        (None, "no column of training has this name, so it is not read."),
    ]
    assert "High St" not in str(reading)


def test_missing_and_repeated_columns_are_critical(workspace):
    workspace.put("2021-22/training.csv", "datum,title,Title\n2021-05-01,A,B\n")
    reading = workspace.read()
    assert places_and_texts(reading, "training.heading.present") == [
        (None, 'this column is missing (date of the session). Did you mean "datum"?')
    ]
    assert places_and_texts(reading, "training.heading.once") == [
        (
            None,
            'the heading "title" appears 2 times, in columns B and C, so it is not known which '
            "column to read",
        )
    ]


def test_file_named_almost_like_an_extract_is_a_finding(workspace):
    workspace.put("2021-22/Complaint.csv", "reference\n")
    workspace.put("2021-22/macros.xlsm", b"anything")
    assert places_and_texts(workspace.read(), "file.known") == [
        (
            None,
            'no extract has the name of this file, so it is not read. Did you mean "complaints"?',
        ),
        (None, "a file that ends in .xlsm is not read"),
    ]


def test_published_is_read_with_its_years_and_numbers(workspace):
    workspace.put(
        "published.csv",
        "year,figure,category,value,source\n"
        '2019/20,complaints.received,,"1,075",Report\nlast,x,,y,z\n',
    )
    reading = workspace.read()
    assert reading.published.loc[0, ["year", "figure", "value", "row"]].tolist() == [
        "2019-20",
        "complaints.received",
        1075.0,
        2,
    ]
    assert places_and_texts(reading, "published.year.readable") == [
        (3, "this is not a financial year")
    ]
    assert places_and_texts(reading, "published.value.readable") == [(3, "this is not a number")]


@pytest.mark.parametrize("ending", [".xlsx", ".xls", ".ods"])
def test_workbook_reads_as_the_same_table_as_text(workspace, as_workbook, ending):
    rows = [
        ["date", "title", "attended"],
        ["2021-05-01", "00123", "12"],
        ["2021-05-02", "Café\u00a0Ω", ""],
        ["", "", ""],
    ]
    workspace.put("2021-22/training.csv", "\n".join(",".join(row) for row in rows))
    as_text = workspace.read()
    workspace.remove("2021-22/training.csv")
    rows[1] = [date(2021, 5, 1), "00123", 12.0]
    workspace.put(
        f"2021-22/From the team{ending}", as_workbook(ending, {"Notes": [["x"]], "Training": rows})
    )
    as_book = workspace.read()
    assert as_book.findings == as_text.findings == []
    pd.testing.assert_frame_equal(
        as_book.tables["training"].drop(columns="file"),
        as_text.tables["training"].drop(columns="file"),
    )
    assert (
        as_book.tables["training"]["file"].tolist()[0]
        == f"data/raw/2021-22/From the team{ending} · Training"
    )


def test_workbook_named_after_extract_needs_no_such_sheet(workspace, as_workbook):
    workspace.put(
        "2021-22/training.xlsx",
        as_workbook(".xlsx", {"Sheet1": [["date", "title"], [date(2021, 5, 1), "A"]]}),
    )
    table = workspace.read().tables["training"]
    assert table["title"].tolist() == ["A"]
    assert table["date"].tolist() == [pd.Timestamp(2021, 5, 1)]


def test_workbook_rows_keep_their_numbers_past_blank_ones(workspace, as_workbook):
    rows = [
        ["date", "title"],
        [None, None],
        [date(2021, 5, 1), "A"],
        [None, None, "a note"],
        [date(2021, 5, 2), "B"],
    ]
    workspace.put("2021-22/training.xlsx", as_workbook(".xlsx", {"training": rows}))
    reading = workspace.read()
    assert reading.tables["training"]["row"].tolist() == [3, 5]
    assert places_and_texts(reading, "training.heading.blank") == [
        (4, "column C has no heading, so it is not read; it has something in 1 row (row 4)")
    ]


CELL = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"], include_characters="\n,;\t"),
    max_size=8,
)


@share_of_examples(0.6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    titles=st.lists(CELL, max_size=12),
    delimiter=st.sampled_from(",;\t"),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_any_text_from_a_spreadsheet_keeps_its_rows(workspace, titles, delimiter, ending):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending)
    writer.writerows(
        [
            ["date", "title", "attended"],
            *([f"2021-05-{n + 1:02d}", title, n] for n, title in enumerate(titles)),
        ]
    )
    workspace.put("2021-22/training.csv", text.getvalue())
    reading = workspace.read()
    assert [one for one in reading.findings if one.severity == "critical"] == []
    assert reading.tables["training"]["row"].tolist() == list(range(2, len(titles) + 2))
    assert reading.tables["training"]["attended"].tolist() == list(range(len(titles)))
