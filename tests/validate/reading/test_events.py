"""Events as case systems record them: a row per allegation, short years, several choices."""

from __future__ import annotations

import pytest
import wide_export
import yaml
from layout_files import YEAR, as_text
from test_table_layouts import assert_reads_as_own_layout
from wide_export import MAPPING

from pipeline.clean import clean
from pipeline.settings import load_settings


def per_allegation(rows):
    """A row for each theme; the rows after the first have little else."""
    heading = rows[0]
    place = heading.index("theme")
    notes = heading.index("notes")
    split = []
    for row in rows[1:]:
        for number, theme in enumerate(row[place].split("; ")):
            cells = [*row[:place], theme, *row[place + 1 :]]
            if number:
                cells[notes] = ""
                cells[heading.index("team")] = ""
            split.append(cells)
    return [heading, *split]


@pytest.mark.slow
def test_rows_of_the_allegations_of_a_case_are_one(sample, own_layout):
    sample.each("complaints", change=per_allegation)
    findings = assert_reads_as_own_layout(sample, own_layout, has_same_figures=True)
    [_, what] = findings["complaints.rows.combined"]
    assert what == (
        "2 rows were combined with an earlier row of the same reference, because each has an "
        "allegation of that case: rows 4, 6"
    )
    settings = load_settings(sample.folder, YEAR)
    reading = sample.read()
    account = clean(reading.tables, settings, reading.left_out).reconciliation
    of_rule = account[account["rule"] == "combined with an earlier row of the same case"]
    assert of_rule["rows"].tolist() == [len(reading.left_out)]


def test_allegations_in_a_wide_export_are_combined(sample, own_layout):
    sample.add_settings(yaml.safe_dump(MAPPING, sort_keys=False))
    for year in sample.raw.glob("*/"):
        texts = [year / f"{name}.csv" for name in ("complaints", "investigations")]
        rows = wide_export.widen(*(path.read_text(encoding="utf-8") for path in texts))
        places = [place for place, name in enumerate(rows[0]) if name == "Classification"]
        split = [rows[0]]
        for row in rows[1:]:
            themes = [row[place] for place in places if row[place]]
            for theme in themes:
                cells = ["" if place in places else cell for place, cell in enumerate(row)]
                cells[places[0]] = theme
                split.append(cells)
        texts[0].write_text(as_text(split), encoding="utf-8")
        texts[1].unlink()
    findings = assert_reads_as_own_layout(sample, own_layout)
    assert len(findings["complaints.rows.combined"]) == 2


def test_different_outcomes_of_allegations_are_one_question(workspace):
    first = {"status": "closed", "closed": "2021-05-10"}
    rows = [
        first | {"theme": "delay", "outcome": "upheld"},
        first | {"theme": "staff", "outcome": "not upheld"},
    ]
    workspace.rows("complaints", *rows)
    [question] = [one for one in workspace.read().findings if one.severity == "critical"]
    assert question.rule == "complaints.rows.outcome"
    assert question.what.endswith("different outcomes in rows 2 to 3")
    workspace.council["mixed_outcome"] = "partially upheld"
    reading = workspace.read()
    [row] = reading.tables["complaints"].to_dict("records")
    assert (row["theme"], row["outcome"], row["row"]) == ("delay; staff", "partially upheld", 2)


def test_rows_of_one_reference_that_differ_are_left_as_they_are(workspace):
    workspace.rows("complaints", {"theme": "delay"}, {"theme": "staff", "received": "2021-06-01"})
    reading = workspace.read()
    assert len(reading.tables["complaints"]) == 2
    assert reading.left_out.empty


@pytest.mark.parametrize("separator", [",", " / ", "\n"])
def test_several_choices_in_a_cell_are_read_as_several(sample, own_layout, separator):
    def change(rows):
        place = rows[0].index("theme")
        return [
            [*row[:place], row[place].replace("; ", separator), *row[place + 1 :]] for row in rows
        ]

    sample.each("complaints", change=change)
    findings = assert_reads_as_own_layout(sample, own_layout)
    assert "hold several codes, separated by" in findings["complaints.theme.choices"][0]


def test_declared_separator_splits_codes_that_are_not_known(workspace):
    workspace.rows("complaints", {"theme": "delay ~ rudeness"})
    workspace.council["separator"] = "~"
    assert workspace.read().tables["complaints"]["theme"].tolist() == ["delay; rudeness"]


def test_code_that_contains_the_separator_is_one_code(workspace):
    workspace.council["themes"] = ["delay", "staff, carers and others"]
    workspace.rows("complaints", {"theme": "Delay, Staff, carers and others"})
    themes = workspace.read().tables["complaints"]["theme"]
    assert themes.tolist() == ["delay; staff, carers and others"]


def with_short_years(rows):
    def short(cell):
        is_date = len(cell) == 10 and cell[4:5] == "-"
        return f"{cell[8:]}/{cell[5:7]}/{cell[2:4]}" if is_date else cell

    return [[short(cell) for cell in row] for row in rows]


def test_years_of_two_digits_are_read_where_declared(sample, own_layout):
    names = ("complaints", "investigations", "compliments", "learning", "ombudsman", "training")
    sample.each(*names, "concerns", "activity", change=with_short_years)
    sample.add_settings("dates: day first\n")
    questions = [one for one in sample.read().findings if one.severity == "critical"]
    of_file = {
        one.column: one for one in questions if one.file == "data/raw/2021-22/complaints.csv"
    }
    of_column = of_file["closed"]
    assert of_column.what.startswith("the years of 4 dates have only two digits")
    assert "`two_digit_years_from: 2000`" in of_column.remedy
    sample.add_settings("two_digit_years_from: 2000\n")
    assert_reads_as_own_layout(sample, own_layout)
