"""One export with complaints, compliments and concerns: `map` proposes an entry for each."""

from __future__ import annotations

import csv
import shutil

import pytest
import yaml
from builders import SAMPLE_RAW
from mapped_workspace import figure_bytes
from scores import COUNCIL
from test_mapping_text import named_headings
from workbook_files import workbook_bytes

from pipeline.start.mapping.exports import read_exports
from pipeline.start.mapping.proposal import propose
from pipeline.start.mapping.writing.council_file import read_council, write_council
from pipeline.start.mapping.writing.show import proposal_text
from pipeline.start.mapping.writing.yaml_text import council_lines
from pipeline.year import Year

YEAR = "2021-22"
TEXTS = {"complaints": "Complaint", "compliments": "Compliment", "concerns": "Enquiry"}
LOG = """Feedback log,,,,,
Printed 12/05/2022,,,,,
Case ID,{heading},Date Logged,Service Area,Relationship to Child,Subject
1001,Complaint,04/04/2021,Early Help,Mother,Delay
1002,Complaint,19/05/2021,SEND,Foster Carer,Communication
1003,Compliment,20/05/2021,Early Help,Father,
1004,Statutory complaint,30/06/2021,SEND,Young Person,Delay
1005,Enquiry,01/09/2021,Early Help,Grandparent,
1006,Suggestion,02/09/2021,Early Help,Father,
Total: 6,,,,,
"""


def write_log(folder, heading="Feedback Type"):
    path = folder / "export.csv"
    path.write_text(LOG.format(heading=heading), encoding="utf-8")
    return path


def proposal_for(path):
    return propose(read_exports([path]), COUNCIL, Year.parse(YEAR))


@pytest.mark.parametrize("heading", ["Feedback Type", "Type", "Category", "Nature, in short"])
def test_each_kind_has_an_entry_with_its_rows(tmp_path, heading):
    lines = council_lines(proposal_for(write_log(tmp_path, heading.replace(",", ""))))
    tables = yaml.safe_load(lines)["tables"]
    key = heading.replace(",", "")
    assert {name: entry["only"] for name, entry in tables.items()} == {
        "complaints": {key: ["Complaint", "Statutory complaint"]},
        "compliments": {key: "Compliment"},
        "concerns": {key: "Enquiry"},
    }
    assert {entry["file"] for entry in tables.values()} == {f"{YEAR}/export.csv"}


def test_text_names_every_heading_and_the_rows_that_are_not_read(tmp_path):
    path = write_log(tmp_path)
    text = proposal_text(proposal_for(path))
    assert (
        'export.csv: 3 rows with Feedback Type "Complaint" or "Statutory complaint", read as '
        "complaints\n"
    ) in text
    assert 'export.csv: 1 row with Feedback Type "Compliment", read as compliments\n' in text
    assert 'export.csv: 1 row with Feedback Type "Enquiry", read as concerns\n' in text
    assert 'Rows that are read as nothing, by Feedback Type: "Suggestion" (1)\n' in text
    [table] = read_exports([path])
    headings = {column.heading for column in table.columns} - {"Feedback Type"}
    assert headings <= named_headings(text)


def test_kind_of_which_little_is_known_is_not_dropped(tmp_path):
    path = write_log(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("Service Area", "Where"))
    tables = proposal_for(path).tables
    assert [table.extract.name for table in tables] == list(TEXTS)
    assert tables[-1].decided_count == 1


def test_column_that_tells_kinds_apart_is_no_theme(tmp_path):
    path = write_log(tmp_path, "Complaint type")
    path.write_text(path.read_text(encoding="utf-8").replace("Subject", "Ward"))
    for table in proposal_for(path).tables:
        listed = [one.column.heading for match in table.matches for one in match.candidates]
        assert "Complaint type" not in listed


def test_next_step_leaves_the_name_of_the_file(annual_report, workspace, tmp_path):
    path = write_log(tmp_path)
    result = annual_report("map", path, "--year", YEAR, "--workspace", workspace)
    steps = result.stdout.partition("Next:")[2]
    assert f"{YEAR}.\n" in steps
    assert steps.count("Put export.csv into") == 1
    assert " as complaints" not in steps


def test_quarters_have_an_entry_each(tmp_path):
    for number in (1, 2):
        write_log(tmp_path).rename(tmp_path / f"log q{number}.csv")
    paths = sorted(tmp_path.glob("*.csv"))
    lines = council_lines(propose(read_exports(paths), COUNCIL, Year.parse(YEAR)))
    assert yaml.safe_load(lines)["tables"]["concerns"] == [
        {"file": f"{YEAR}/log q{n}.csv", "headings": [3], "only": {"Feedback Type": "Enquiry"}}
        for n in (1, 2)
    ]


@pytest.mark.parametrize(
    ("heading", "texts"),
    [
        ("Subject detail", {"complaints": "Complaint handling", "compliments": "Praise of staff"}),
        ("Type", {"complaints": "Complaint", "compliments": "Statutory complaint"}),
    ],
)
def test_column_of_one_kind_or_of_themes_splits_nothing(tmp_path, heading, texts):
    path = tmp_path / "complaints.csv"
    text = LOG.format(heading=heading).replace("Compliment", texts["compliments"])
    for theirs in ("Complaint,", "Statutory complaint", "Enquiry", "Suggestion"):
        ending = "," if theirs.endswith(",") else ""
        text = text.replace(theirs, texts["complaints"] + ending)
    path.write_text(text, encoding="utf-8")
    [table] = proposal_for(path).tables
    assert table.table.selection is None


@pytest.fixture(scope="module")
def own_figures(tmp_path_factory, sample_workspace):
    return figure_bytes(sample_workspace(tmp_path_factory.mktemp("own")), YEAR)


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_figures_of_one_mapped_file_are_those_of_ours(own_figures, workspace, tmp_path, ending):
    records, headings = [], {"Feedback Type": None}
    for extract, text in TEXTS.items():
        with (SAMPLE_RAW / YEAR / f"{extract}.csv").open(encoding="utf-8", newline="") as file:
            rows = [{"Feedback Type": text, **row} for row in csv.DictReader(file)]
        headings |= dict.fromkeys(rows[0])
        records += rows
        (workspace / "data" / "raw" / YEAR / f"{extract}.csv").unlink()
    table = [list(headings), *([row.get(name, "") for name in headings] for row in records)]
    export = tmp_path / f"Feedback log{ending}"
    if ending == ".csv":
        with export.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(table)
    else:
        export.write_bytes(workbook_bytes(ending, {"Export": table}))
    council = read_council(workspace, must_exist=True)
    lines = council_lines(propose(read_exports([export]), council, Year.parse(YEAR)))
    assert "undecided" not in lines
    assert write_council(workspace, lines, lambda *_: False) == []
    shutil.copy(export, workspace / "data" / "raw" / YEAR / export.name)
    assert figure_bytes(workspace, YEAR) == own_figures
