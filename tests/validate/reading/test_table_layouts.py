"""Tables below titles and above totals, in two-line headings, in column C: read as our own layout.

Each layout gives the figures of the sample, and says what was ignored.
"""

from __future__ import annotations

import pytest
from layout_files import YEAR, as_cells, as_text, read_rows
from workbook_files import workbook_bytes

from pipeline.clean import clean
from pipeline.settings import load_settings

EXTRACTS = ("complaints", "compliments", "training", "learning", "investigations", "activity")
TITLES = [["Calderbrook Council"], ["Complaints received, by case"], []]


def assert_reads_as_own_layout(sample, own_layout, has_same_figures=False) -> dict[str, list[str]]:
    """The tables and figures are the sample's; returns the new findings by rule."""
    own, figures = own_layout
    reading = sample.read()
    known = {(one.severity, one.rule, one.what) for one in own.findings}
    added = [one for one in reading.findings if (one.severity, one.rule, one.what) not in known]
    serious = [(one.rule, one.place, one.what) for one in added if one.severity != "info"]
    assert serious == [], serious
    for name, table in own.tables.items():
        columns = [column for column in table if column not in ("file", "row")]
        read = reading.tables[name][columns]
        assert read.equals(table[columns]), (name, read, table[columns])
    if has_same_figures:  # they follow from the tables, so a few layouts are enough
        assert sample.figures(reading).equals(figures)
    by_rule: dict[str, list[str]] = {}
    for finding in added:
        by_rule.setdefault(finding.rule, []).append(finding.what)
    return by_rule


def padded(rows):
    width = max(map(len, rows))
    return [[*row, *[""] * (width - len(row))] for row in rows]


def with_titles_and_total(rows):
    width = len(rows[0])
    total = ["Total", str(len(rows) - 1)]
    notes = [["Source: case system, extracted on 30 June 2022"], ["Signed:", "Jo Smith"]]
    return [*TITLES, *rows, [*total, *[""] * (width - 2)], [], *notes]


def endings(*quick: str, slow: tuple[str, ...] = ()) -> pytest.MarkDecorator:
    """The files of a layout; the rarer ones in the slow suite."""
    rare = [pytest.param(ending, marks=pytest.mark.slow) for ending in slow]
    return pytest.mark.parametrize("ending", [*quick, *rare])


@endings(".csv", ".xlsx", ".ods", slow=(".tsv", ".xls"))
@pytest.mark.slow
def test_titles_totals_and_footnotes_are_ignored_and_named(sample, own_layout, ending):
    sample.each(*EXTRACTS, change=with_titles_and_total, ending=ending)
    findings = assert_reads_as_own_layout(sample, own_layout, ending == ".xlsx")
    what = findings["complaints.table.detected"][-1]
    assert what == (
        "headings in row 4; rows 1 to 2 ignored: above the headings; "
        'row 9 "Total" ignored: a total row (its 4 is the number of rows above it); '
        "rows 11 to 12 ignored: a note or another table below the records"
    )


def test_titles_of_a_spreadsheet_saved_as_csv_are_ignored(sample, own_layout):
    sample.each(*EXTRACTS, change=lambda rows: padded(with_titles_and_total(rows)))
    assert "complaints.table.detected" in assert_reads_as_own_layout(sample, own_layout)


@pytest.mark.parametrize(
    ("delimiter", "first_line"),
    [
        (";", "sep={}\n"),
        ("|", 'Complaints, by case; "2021|22"\n\n'),
        ("|", ""),
        ("\t", "Complaints, by case; with commas, and more, of them\n"),
    ],
)
def test_any_delimiter_is_recognised_below_a_title(sample, own_layout, delimiter, first_line):
    for year in sample.raw.glob("*/"):
        for name in EXTRACTS:
            path = year / f"{name}.csv"
            if path.is_file():
                text = first_line.format(delimiter) + as_text(read_rows(path), delimiter)
                path.write_text(text, encoding="utf-8")
    assert_reads_as_own_layout(sample, own_layout)


def test_line_with_the_separator_is_no_row_of_a_spreadsheet(sample):
    path = sample.raw / "2021-22" / "training.csv"
    path.write_text("sep=;\ndate;title\n2021-05-01;Jos\ufffd\n", encoding="utf-8")
    reading = sample.read()
    assert reading.tables["training"]["row"].tolist() == [2]
    [finding] = [one for one in reading.findings if one.rule == "training.title.lost_character"]
    assert finding.what.startswith("line 3, byte 15")


@endings(".csv", slow=(".xlsx", ".ods"))
@pytest.mark.slow
def test_table_that_starts_in_column_c_is_read(sample, own_layout, ending):
    sample.each(
        *EXTRACTS, change=lambda rows: [[], *(["", "", *row] for row in rows)], ending=ending
    )
    findings = assert_reads_as_own_layout(sample, own_layout)
    assert findings["learning.table.detected"] == ["headings in row 2", "headings in row 2"]


def wrapped(rows):
    words = [heading.split("_", 1) for heading in rows[0]]
    upper = [word[0] if len(word) > 1 else "" for word in words]
    lower = [word[-1] for word in words]
    return [["Extract"], upper, lower, *rows[1:]]


def in_groups(rows):
    """Headings under the names of groups, and those without a group in the upper row."""
    upper = ["Case", *[""] * (len(rows[0]) - 2), rows[0][-1]]
    lower = [*rows[0][:-1], ""]
    return [upper, lower, *rows[1:]]


@endings(".csv", slow=(".xlsx", ".ods"))
@pytest.mark.parametrize("change", [wrapped, in_groups])
@pytest.mark.slow
def test_headings_over_two_rows_are_joined_to_one(sample, own_layout, change, ending):
    sample.each("complaints", "investigations", "learning", change=change, ending=ending)
    findings = assert_reads_as_own_layout(sample, own_layout)
    rows = "2 to 3" if change is wrapped else "1 to 2"
    assert findings["complaints.table.detected"][0].startswith(f"headings in rows {rows}")


@endings(".csv", slow=(".xlsx",))
def test_units_subtotals_and_repeated_headings_are_ignored(sample, own_layout, ending):
    def change(rows):
        units = ["dd/mm/yyyy" if "received" in heading else "text" for heading in rows[0]]
        half = len(rows) // 2
        title, subtotal = ["First half"], ["Subtotal", str(half)]
        second = [
            [],
            ["Second half"],
            rows[0],
            *rows[half + 1 :],
            ["Grand total", str(len(rows) - 1)],
        ]
        return padded([rows[0], units, title, *rows[1 : half + 1], subtotal, *second])

    sample.each("complaints", "compliments", change=change, ending=ending)
    findings = assert_reads_as_own_layout(sample, own_layout)
    assert findings["complaints.table.detected"][-1] == (
        "rows 2 to 3 ignored: units or explanations under the headings; "
        'row 6 "Subtotal" ignored: a total row (its 2 is the number of rows above it); '
        "row 8 ignored: a title between the records; row 9 ignored: the headings again; "
        'row 12 "Grand total" ignored: a total row (its 4 is the number of rows above it)'
    )


@endings(".csv", slow=(".xlsx",))
def test_another_table_on_the_sheet_is_ignored(sample, own_layout, ending):
    def change(rows):
        summary = [["Service area", "Number"], ["Early Help", "3"], ["SEND", "1"], ["Total", "4"]]
        neighbour = [["", "service area", "number"], ["", "Early Help", "3"], ["", "SEND", "1"]]
        neighbour += [["", "", ""]] * (len(rows) - len(neighbour))
        wide = [[*row, *other] for row, other in zip(rows, neighbour, strict=True)]
        return padded([*wide, [], ["Summary by service area"], *summary])

    sample.each("complaints", change=change, ending=ending)
    findings = assert_reads_as_own_layout(sample, own_layout)
    assert findings["complaints.table.detected"][-1].startswith(
        "columns AA and AB hold another table and are not read; "
        "rows 7 to 10 ignored: a note or another table below the records"
    )


def test_quarterly_sheets_with_titles_and_totals_are_joined(sample, own_layout):
    for year in sample.raw.glob("*/"):
        path = year / "complaints.csv"
        rows = read_rows(path)
        sheets = {}
        for number in range(4):
            quarter = [rows[0], *(row for row in rows[1:] if _quarter(row[1]) == number)]
            sheets[f"Quarter {number + 1}"] = as_cells(with_titles_and_total(quarter))
        sheets["Notes"] = [["For the committee"]]
        path.unlink()
        (year / "complaints.xlsx").write_bytes(workbook_bytes(".xlsx", sheets))
    findings = assert_reads_as_own_layout(sample, own_layout)
    assert len(findings["complaints.table.detected"]) == 8


def _quarter(day: str) -> int:
    return (int(day[5:7]) - 4) % 12 // 3


UNKNOWN = [["Export"], ["Ref", "Opened", "Area"], ["C1", "2021-05-01", "Early Help"]]


@endings(".csv", slow=(".xlsx",))
def test_headings_that_are_not_certain_are_one_question(sample, ending):
    sample.each("complaints", change=lambda rows: UNKNOWN, ending=ending)
    critical = [one for one in sample.read().findings if one.severity == "critical"]
    questions = [one for one in critical if one.rule == "complaints.table.located"]
    assert len(questions) == 2  # one for each year, and nothing else about complaints
    assert [one.extract for one in critical if one not in questions] == []
    assert questions[1].what == (
        "it is not certain where the table begins: none of the first rows has headings that are "
        'known for complaints. Most likely it is row 2, with "Ref", "Opened", "Area"'
    )
    sheet = ', sheet: "complaints"' if ending == ".xlsx" else ""
    line = f'tables: {{complaints: {{file: "2021-22/complaints{ending}"{sheet}, headings: 2}}}}'
    assert f"`{line}`" in questions[1].remedy
    sample.add_settings(line)
    rules = {(one.file[9:16], one.rule) for one in sample.read().findings}
    assert ("2021-22", "complaints.heading.present") in rules
    assert ("2021-22", "complaints.table.located") not in rules


def test_row_that_may_be_a_record_is_one_question(sample, own_layout):
    def add_doubtful(rows):
        row = [""] * len(rows[0])
        row[0:3] = ["Not yet numbered", "", "Somewhere"]
        row[8] = "maybe"
        return [*rows[:3], row, *rows[3:]]

    sample.each("complaints", change=add_doubtful)
    [first, question] = [one for one in sample.read().findings if one.severity == "critical"]
    assert question.rule == first.rule == "complaints.table.rows"
    assert question.what == (
        "it is not certain whether row 4 is a record: no cell there has the form of its column"
    )
    line = 'tables: {complaints: {file: "2021-22/complaints.csv", ignore_rows: [4]}}'
    assert f"If not, add to council.yaml: `{line}`." in question.remedy
    sample.add_settings(line)
    remaining = [one for one in sample.read().findings if one.severity == "critical"]
    assert [one.file for one in remaining] == ["data/raw/2020-21/complaints.csv"]


@pytest.mark.parametrize(
    "row",
    [
        "CYP-21-009,,,,,,,,,,,,,,,,,,,,,,,,",  # a reference of the usual form
        ",2021-05-01,Early Help,,parent,direct,,,,,,,,,,,,,,,,,,,",  # a record without reference
        "CYP-21-010,not known,Early Help,,parent,direct,,delay,yes,,open,,,,,,,,,,,,,,",
    ],
)
def test_row_with_a_form_of_a_record_is_never_ignored(sample, own_layout, row):
    path = sample.raw / "2021-22" / "complaints.csv"
    path.write_text(f"{path.read_text()}\n{row}\n", encoding="utf-8")
    reading = sample.read()
    assert len(reading.tables["complaints"]) == len(own_layout[0].tables["complaints"]) + 1
    assert reading.left_out.empty
    assert reading.tables["complaints"]["row"].tolist()[-1] == 7


def test_total_that_disagrees_with_the_rows_is_a_warning(sample):
    path = sample.raw / "2021-22" / "complaints.csv"
    path.write_text(f"{path.read_text()}Total,5\n", encoding="utf-8")
    [finding] = [one for one in sample.read().findings if one.rule == "complaints.table.total"]
    assert (finding.severity, finding.row) == ("warning", 6)
    assert finding.what == "the total row says 5, and 4 rows are above it"


def test_declared_table_is_read_as_council_yaml_says(sample, own_layout):
    def change(rows):
        records = [["Totals for nobody", *row] for row in rows[1:]]
        return padded([["", *rows[0]], *records, ["", "CYP-21-900", "2021-05-01"]])

    sample.each("complaints", change=change)
    sample.add_settings(
        "tables:\n  complaints:\n"
        "    - {file: 2020-21, headings: 1, first_column: B, last_row: 22}\n"
        "    - {file: 2021-22/complaints.csv, headings: 1, first_column: B, ignore_rows: [6]}\n"
    )
    own, _ = own_layout
    reading = sample.read()
    references = own.tables["complaints"]["reference"]
    assert reading.tables["complaints"]["reference"].equals(references)
    ignored = [one for one in reading.findings if one.rule == "complaints.table.ignored"]
    assert [(one.severity, one.what) for one in ignored] == [
        (
            "warning",
            f"row {row} ignored, as council.yaml says, although it looks like a record",
        )
        for row in (23, 6)
    ]


def test_two_extracts_on_one_sheet_are_read_where_declared(sample, own_layout):
    for year in sample.raw.glob("*/"):
        first, second = (read_rows(year / f"{name}.csv") for name in ("complaints", "compliments"))
        for name in ("complaints", "compliments"):
            (year / f"{name}.csv").unlink()
        rows = as_cells([["Return"], *first, [], ["Compliments"], *second])
        (year / "Return.xlsx").write_bytes(workbook_bytes(".xlsx", {"Both": rows}))
    tables = "tables:\n"
    for name in ("complaints", "compliments"):
        tables += f"  {name}:\n"
        for year, count in (("2020-21", 21), ("2021-22", 4)):
            headings = 2 if name == "complaints" else count + 5
            last_row = f", last_row: {count + 2}" if name == "complaints" else ""
            tables += f"    - {{file: {year}, sheet: both, headings: {headings}{last_row}}}\n"
    sample.add_settings(tables)
    assert_reads_as_own_layout(sample, own_layout)


def test_every_row_left_out_is_in_the_reconciliation(sample):
    sample.each("complaints", change=with_titles_and_total)
    settings = load_settings(sample.folder, YEAR)
    reading = sample.read()
    cleaned = clean(reading.tables, settings, reading.left_out)
    account = cleaned.reconciliation.query("extract == 'complaints'")
    assert account[["rule", "rows"]].to_numpy().tolist() == [
        ["rows in", 35],
        ["above the headings", 4],
        ["a total row", 2],
        ["a note or another table below the records", 4],
        ["exact duplicate of an earlier row", 0],
        ["rows kept", 25],
    ]
    dropped = cleaned.dropped_rows.query("year == '2021-22' and extract == 'complaints'")
    assert dropped["row"].tolist() == [1, 2, 9, 11, 12]
