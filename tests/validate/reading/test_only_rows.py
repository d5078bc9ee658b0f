"""One file with all feedback: `only:` says which rows are of an extract, and the others are named.

The figures are those of the same year in files of our own layout.
"""

from __future__ import annotations

import pytest
from feedback_files import KIND, PATH, TEXTS, feedback_rows, put_feedback
from layout_files import YEAR, as_cells, as_text, read_rows
from test_table_layouts import assert_reads_as_own_layout
from workbook_files import workbook_bytes

from pipeline.clean import clean
from pipeline.problem import Problem
from pipeline.settings import load_settings

TABLES = """tables:
  complaints: {{file: {path}, only: {{Feedback Type: complaint }}}}
  compliments: {{file: {path}, only: {{feedback type: [COMPLIMENT, Thank you]}}}}
  concerns: {{file: {path}, only: {{Feedback Type: Concern}}}}
"""


def with_thanks(rows):
    """The rows with another text for one compliment."""
    number = next(number for number, row in enumerate(rows) if row[0] == "Compliment")
    changed = [list(row) for row in rows]
    changed[number][0] = " thank  you"
    return changed


def critical(reading) -> list[tuple[str, str]]:
    return [(one.rule, one.what) for one in reading.findings if one.severity == "critical"]


def findings_of(reading, rule: str) -> list:
    return [one for one in reading.findings if one.rule == rule]


@pytest.mark.parametrize(
    "ending",
    [
        *(".csv", ".xlsx"),
        *(pytest.param(one, marks=pytest.mark.slow) for one in (".tsv", ".ods", ".xls", ".json")),
    ],
)
def test_one_file_is_several_extracts_with_the_figures_of_our_own(sample, own_layout, ending):
    put_feedback(sample, with_thanks(feedback_rows(sample)), ending)
    sample.add_settings(TABLES.format(path=f"{YEAR}/feedback{ending}"))
    assert_reads_as_own_layout(sample, own_layout, has_same_figures=True)


def test_title_and_total_rows_of_the_whole_file_are_no_records(sample, own_layout):
    rows = with_thanks(feedback_rows(sample))
    total = ["", "Total", str(len(rows) - 1), *[""] * (len(rows[0]) - 3)]
    put_feedback(sample, [["Feedback"], [], *rows, total])
    sample.add_settings(TABLES.format(path=PATH))
    assert_reads_as_own_layout(sample, own_layout, has_same_figures=True)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_file_that_is_named_after_one_of_them_is_the_others_too(sample, own_layout, ending):
    put_feedback(sample, with_thanks(feedback_rows(sample)), ending)
    (sample.raw / YEAR / f"feedback{ending}").rename(sample.raw / YEAR / f"complaints{ending}")
    sample.add_settings(TABLES.format(path=f"{YEAR}/complaints{ending}"))
    assert_reads_as_own_layout(sample, own_layout, has_same_figures=True)


def test_sheet_that_is_named_serves_several_extracts(sample, own_layout):
    rows = with_thanks(feedback_rows(sample))
    cover = [["Feedback"], ["2021-22"]]
    sheets = {"Cover": cover, "Complaints": as_cells(rows)}
    (sample.raw / YEAR / "feedback.xlsx").write_bytes(workbook_bytes(".xlsx", sheets))
    sample.add_settings(TABLES.format(path=f"{YEAR}/feedback.xlsx"))
    assert_reads_as_own_layout(sample, own_layout, has_same_figures=True)
    sample.add_settings("")


def test_columns_are_mapped_for_each_extract(sample, own_layout):
    rows = with_thanks(feedback_rows(sample))
    rows[0] = [{"received": "Logged", "service_area": "Team"}.get(one, one) for one in rows[0]]
    put_feedback(sample, [[one if one != "team" else "team name" for one in rows[0]], *rows[1:]])
    mapped = "{received: Logged, service_area: Team, team: team name}"
    lines = [f"  {name}: {mapped}" for name in ("complaints", "compliments")]
    lines.append("  concerns: {received: Logged, service_area: Team}")
    sample.add_settings("\n".join(["columns:", *lines, TABLES.format(path=PATH)]))
    other_year = sample.raw / "2020-21"
    for name in ("complaints", "compliments"):
        path = other_year / f"{name}.csv"
        heading, *records = read_rows(path)
        names = {"received": "Logged", "service_area": "Team", "team": "team name"}
        path.write_text(as_text([[names.get(one, one) for one in heading], *records]))
    assert_reads_as_own_layout(sample, own_layout, has_same_figures=True)


def test_rows_left_out_are_listed_and_in_the_reconciliation(sample):
    rows = feedback_rows(sample)
    put_feedback(sample, rows)
    sample.add_settings(TABLES.format(path=PATH))
    reading = sample.read()
    left_out = reading.left_out[reading.left_out["extract"] == "complaints"]
    reasons = left_out["rule"].value_counts().to_dict()
    count = {text: sum(row[0] == text for row in rows) for text in {row[0] for row in rows[1:]}}
    assert reasons == {
        f'left out by "only": Feedback Type is "{text}"': count[text]
        for text in ("Compliment", "Concern", "MP enquiry")
    }
    [row] = left_out.loc[left_out["rule"].str.contains("MP"), "row"]
    assert rows[row - 1][0] == "MP enquiry"
    cleaned = clean(reading.tables, load_settings(sample.folder, YEAR), reading.left_out)
    account = cleaned.reconciliation
    of_compliments = account[account["extract"] == "compliments"].set_index("rule")["rows"]
    assert of_compliments['left out by "only": Feedback Type is "Complaint"'] == count["Complaint"]
    [finding] = findings_of(reading, "complaints.only.rows")
    assert 'Feedback Type is "MP enquiry" (1 row)' in finding.what


def test_texts_of_a_column_that_tells_no_kinds_are_not_repeated(sample):
    path = sample.raw / YEAR / "complaints.csv"
    rows = read_rows(path)
    name = rows[0].index("child_name")
    only = f'{{child_name: "{rows[1][name]}"}}'
    sample.add_settings(f"tables: {{complaints: {{file: {YEAR}/complaints.csv, only: {only}}}}}")
    reading = sample.read()
    assert len(reading.tables["complaints"].query("year == @YEAR")) == 1
    reasons = set(reading.left_out["rule"])
    assert 'left out by "only": child_name is another text' in reasons
    sentences = " ".join(one.what for one in findings_of(reading, "complaints.only.rows"))
    assert not any(row[name] in sentences + " ".join(reasons) for row in rows[2:])


@pytest.mark.parametrize(
    ("line", "rule", "what", "severity"),
    [
        (
            "only: {Feedback Typ: Complaint}",
            "complaints.only.heading",
            'the heading "Feedback Typ" that council.yaml names under `only:` is missing. Did you '
            'mean "Feedback Type"?',
            "critical",
        ),
        (
            "only: {Feedback Type: Complaints}",
            "complaints.only.text",
            'no row has "Complaints" under "Feedback Type", which council.yaml names under '
            '`only:`. Did you mean "Complaint"?',
            "critical",
        ),
        (
            "only: {Feedback Type: [Complaint, Appeal]}",
            "complaints.only.text",
            'no row has "Appeal" under "Feedback Type", which council.yaml names under `only:`.',
            "critical",
        ),
    ],
)
def test_heading_or_text_that_is_not_there_is_critical(sample, line, rule, what, severity):
    put_feedback(sample, feedback_rows(sample))
    sample.add_settings(f"tables: {{complaints: {{file: {PATH}, {line}}}}}")
    [finding] = findings_of(sample.read(), rule)
    assert (finding.severity, finding.file) == (severity, f"data/raw/{PATH}")
    assert finding.what.startswith(what)
    assert finding.remedy.startswith("Correct the ")


def test_heading_that_appears_twice_is_asked_for(sample):
    rows = [[*row, row[0]] for row in feedback_rows(sample)]
    put_feedback(sample, rows)
    sample.add_settings(f"tables: {{complaints: {{file: {PATH}, only: {{{KIND}: Complaint}}}}}}")
    [finding] = findings_of(sample.read(), "complaints.only.heading")
    assert finding.severity == "critical"
    assert finding.what.startswith(f'the heading "{KIND}" appears 2 times')
    assert f"`{KIND} (column A)`" in finding.remedy


@pytest.mark.parametrize("cell", ["", "  ", "#N/A", "N/A"])
def test_row_that_does_not_say_what_it_is_is_critical(sample, cell):
    rows = feedback_rows(sample)
    rows[5] = [cell, *rows[5][1:]]
    put_feedback(sample, rows)
    sample.add_settings(TABLES.format(path=PATH) + '\nplaceholders: ["N/A"]\n')
    findings = {one.rule: one for one in sample.read().findings if one.rule.endswith(".only.empty")}
    assert set(findings) == {f"{name}.only.empty" for name in TEXTS}
    finding = findings["complaints.only.empty"]
    assert (finding.severity, finding.row, finding.column) == ("critical", 6, KIND)
    assert finding.what == (
        'nothing stands under "Feedback Type" in row 6, so it is not known whether it is of '
        "complaints"
    )


@pytest.mark.parametrize(
    ("text", "is_like"),
    [
        *(("Complaints", True), ("Complant", True), ("Complaint; Compliment", True)),
        *(("Stage 1 complaint", True), ("Statutory Complaint (CSC)", True)),
        *(("Compliments", False), ("Complement", False), ("Suggestion", False)),
    ],
)
def test_text_that_may_mean_a_complaint_is_a_warning(sample, text, is_like):
    rows = feedback_rows(sample)
    number = next(number for number, row in enumerate(rows) if row[0] == "Complaint")
    rows[number][0] = text
    put_feedback(sample, rows)
    sample.add_settings(TABLES.format(path=PATH))
    findings = findings_of(sample.read(), "complaints.only.similar")
    assert [one.severity for one in findings] == ["warning"] * is_like
    if is_like:
        assert findings[0].what.startswith(f'"{text}" under "Feedback Type" is like "complaint"')
        assert f"row {number + 1} with it is left out" in findings[0].what


def test_two_entries_for_one_file_are_refused(sample):
    entry = f"{{file: {PATH}, only: {{{KIND}: Complaint}}}}"
    sample.add_settings(f"tables: {{complaints: [{entry}, {entry}]}}")
    with pytest.raises(Problem, match=f"two entries for {PATH}") as error:
        sample.read()
    assert "`only:` takes several texts" in error.value.remedy


@pytest.mark.parametrize("path", ["feedback.csv", f"data/raw/{PATH}", PATH.replace("/", "\\")])
def test_file_in_the_folder_of_no_year_is_refused(sample, path):
    sample.add_settings(f"tables: {{concerns: {{file: '{path}', only: {{Type: Concern}}}}}}")
    with pytest.raises(Problem, match="is in the folder of no year") as error:
        sample.read()
    assert "2021-22/feedback.csv" in error.value.remedy


@pytest.mark.parametrize("folder", ["exports", "complaints"])
def test_file_in_a_folder_serves_several_extracts(sample, own_layout, folder):
    put_feedback(sample, with_thanks(feedback_rows(sample)))
    (sample.raw / YEAR / folder).mkdir()
    (sample.raw / PATH).rename(sample.raw / YEAR / folder / "log.csv")
    sample.add_settings(TABLES.format(path=f"{YEAR}/{folder}/log.csv"))
    assert_reads_as_own_layout(sample, own_layout, has_same_figures=True)


def test_heading_without_a_text_is_refused(sample):
    sample.add_settings(f"tables: {{complaints: {{file: {PATH}, only: {{{KIND}: []}}}}}}")
    with pytest.raises(Problem, match="a heading without a text"):
        sample.read()


def test_file_that_is_not_there_is_critical(sample):
    sample.add_settings(
        f"tables: {{concerns: {{file: {YEAR}/concern.csv, only: {{Type: Concern}}}}}}"
    )
    [finding] = findings_of(sample.read(), "concerns.table.file")
    assert finding.severity == "critical"
    assert f'Did you mean "{YEAR}/concerns.csv"?' in finding.what


@pytest.mark.parametrize("parts", [("feedback q1", "feedback q2"), ("north", "south")])
def test_parts_of_one_extract_in_several_declared_files(sample, own_layout, parts):
    rows = feedback_rows(sample, ("complaints", "compliments"))
    for part, records in zip(parts, (rows[1:30], rows[30:]), strict=True):
        path = sample.raw / YEAR / f"{part}.csv"
        path.write_text(as_text([rows[0], *records]), encoding="utf-8")
    lines = ["tables:"]
    for name in ("complaints", "compliments"):
        lines.append(f"  {name}:")
        for part in parts:
            path = f"{YEAR}/{part}.csv"
            lines.append(f"    - {{file: {path}, only: {{{KIND}: {TEXTS[name]}}}}}")
    sample.add_settings("\n".join(lines))
    reading = sample.read()
    assert critical(reading) == []  # although there is no complaint in the second file
    for name in ("complaints", "compliments"):
        assert len(reading.tables[name]) == len(own_layout[0].tables[name])


def test_entry_for_all_files_asks_only_for_what_is_surely_wrong(sample):
    rows = feedback_rows(sample, ("complaints", "compliments"))
    put_feedback(sample, rows)
    path = sample.raw / YEAR / "complaints.csv"
    (sample.raw / YEAR / "feedback.csv").rename(path)
    sample.add_settings(f"tables: {{complaints: {{only: {{{KIND}: [Complaint, Appeal]}}}}}}")
    reading = sample.read()
    [missing] = findings_of(reading, "complaints.only.heading")
    assert missing.file == "data/raw/2020-21/complaints.csv"
    assert "name that one with `file:`" in missing.remedy
    [unused] = findings_of(reading, "complaints.only.text")
    assert (unused.severity, unused.file) == ("warning", f"data/raw/{YEAR}/complaints.csv")
