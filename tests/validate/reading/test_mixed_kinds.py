"""A file with records of several kinds is asked about before any is counted as another."""

from __future__ import annotations

import pytest
import yaml
from feedback_files import KIND, PATH, TEXTS, feedback_rows, put_feedback
from layout_files import YEAR, as_text, read_rows

from pipeline.start.mapping.words import read_data
from pipeline.validate.reading.shared_files.record_kinds import OTHER, PHRASES, kind_of


def kinds_findings(sample) -> list:
    return [one for one in sample.read().findings if one.rule.endswith(".rows.kinds")]


def put_mixed_complaints(sample, heading=KIND, texts=None, ending=".csv") -> None:
    """The sample's complaints with its compliments among them, and a column that says so."""
    rows = feedback_rows(sample, texts=texts or TEXTS)
    rows[0][0] = heading
    put_feedback(sample, rows, ending)
    feedback = sample.raw / YEAR / f"feedback{ending}"
    feedback.rename(sample.raw / YEAR / f"complaints{ending}")


def with_column(sample, extract, heading, cells) -> None:
    """Add a column to an extract of the year, with these texts in turn."""

    path = sample.raw / YEAR / f"{extract}.csv"
    headings, *records = read_rows(path)
    rows = [[*row, cells[number % len(cells)]] for number, row in enumerate(records)]
    path.write_text(as_text([[*headings, heading], *rows]), encoding="utf-8")


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_compliments_among_complaints_are_critical(sample, ending):
    put_mixed_complaints(sample, ending=ending)
    [finding] = kinds_findings(sample)
    assert (finding.severity, finding.extract, finding.column) == ("critical", "complaints", KIND)
    assert finding.what.startswith(
        'all rows are read as complaints, but by the column "Feedback Type", which is not read, '
        'they are not all of one kind: "Compliment" ('
    )
    assert '"MP enquiry" (1 row)' in finding.what
    sheet = ', sheet: "Export"' if ending == ".xlsx" else ""
    path = f"{YEAR}/complaints{ending}"
    line = f'{{complaints: {{file: "{path}"{sheet}, only: {{Feedback Type: Complaint}}}}}}'
    assert f"`tables: {line}`" in finding.remedy
    assert "Entries for compliments and concerns read the other rows" in finding.remedy
    sample.add_settings(f"tables: {line}")
    assert kinds_findings(sample) == []
    rules = {one.rule for one in sample.read().findings if one.severity == "critical"}
    assert rules == {"compliments.file.present"}  # which is asked for next


def test_several_texts_of_one_kind_are_in_the_line(sample):
    texts = TEXTS | {"complaints": "Complaint: stage 1"}
    put_mixed_complaints(sample, heading="Type, of record", texts=texts)
    [finding] = kinds_findings(sample)
    only = '{"Type, of record": "Complaint: stage 1"}'
    assert f"only: {only}" in finding.remedy
    yaml.safe_load(finding.remedy.partition("`")[2].partition("`")[0])


def test_entry_that_is_there_is_named_in_place_of_a_new_one(sample):
    put_mixed_complaints(sample)
    sample.add_settings(f"tables: {{complaints: {{file: {YEAR}/complaints.csv, headings: 1}}}}")
    [finding] = kinds_findings(sample)
    assert finding.remedy.startswith(
        "Add to the entry of complaints under `tables:` in council.yaml which rows are "
        "complaints: `only: {Feedback Type: Complaint}`."
    )


def test_every_text_may_be_listed_if_all_are_complaints(sample):
    with_column(sample, "complaints", "Origin", ("Complaint", "Enquiry"))
    assert len(kinds_findings(sample)) == 1
    entry = f"{{file: {YEAR}/complaints.csv, only: {{Origin: [Complaint, Enquiry]}}}}"
    sample.add_settings(f"tables: {{complaints: {entry}}}")
    assert kinds_findings(sample) == []


def test_rows_that_only_leaves_out_are_no_other_kind(sample):
    put_feedback(sample, [[*row, row[0]] for row in feedback_rows(sample)])
    text = (sample.raw / PATH).read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    lines[0] = lines[0].replace(f",{KIND}\n", ",Record type\n")
    (sample.raw / PATH).write_text("".join(lines), encoding="utf-8")
    entries = [f"{name}: {{file: {PATH}, only: {{{KIND}: {one}}}}}" for name, one in TEXTS.items()]
    sample.add_settings(f"tables: {{{', '.join(entries)}}}")
    assert kinds_findings(sample) == []


@pytest.mark.parametrize(
    ("extract", "heading", "texts"),
    [
        ("compliments", "Type", ("Compliment", "Complaint")),
        ("compliments", "Kind", ("Thank you", "Suggestion")),
        ("concerns", "Contact type", ("Enquiry", "Complaint")),
        ("investigations", "Record", ("Complaint", "Compliment")),
        ("complaints", "Type", ("Stage 1 complaint", "Stage 2 complaint", "Informal complaint")),
        ("complaints", "Type", ("Complaint", "Complaint", "Member enquiry")),
        ("complaints", "Type", ("Complaint", "Complaint / Compliment")),
        ("complaints", "Type", ("Compliments", "ENQUIRIES")),
    ],
)
def test_other_kinds_in_an_extract_are_critical(sample, extract, heading, texts):
    with_column(sample, extract, heading, texts)
    [finding] = kinds_findings(sample)
    assert (finding.severity, finding.extract, finding.column) == ("critical", extract, heading)


@pytest.mark.parametrize(
    ("extract", "heading", "texts"),
    [
        ("complaints", "Type", ("Complaint",)),
        ("complaints", "Type", ("Statutory complaint", "Corporate complaints", "Complaint")),
        ("complaints", "Subject of it", ("Complaint handling", "Delay", "Concern about care")),
        ("complaints", "Theme text", ("Complaint about staff", "Enquiry not answered", "Delay")),
        ("complaints", "Earlier contact", ("Enquiry", "", "", "", "Complaint", "", "")),
        ("compliments", "Earlier contact", ("Enquiry", "Complaint", "", "", "")),
        ("complaints", "Came of", ("Enquiry",)),
        ("complaints", "Concern?", ("yes", "no")),
        ("complaints", "Channel", ("MP", "Councillor", "Email", "Letter")),
        ("complaints", "Step", ("Stage 1", "Stage 2")),
        ("compliments", "Type", ("Compliment", "Thank you card", "Praise")),
        ("concerns", "Type", ("Concern", "Enquiry", "MP enquiry", "Comment")),
        ("learning", "Learned from", ("Complaint", "Compliment", "Enquiry")),
        ("ombudsman", "Kind", ("Complaint", "Enquiry")),
    ],
)
def test_column_that_tells_no_kinds_apart_is_no_finding(sample, extract, heading, texts):
    with_column(sample, extract, heading, texts)
    assert kinds_findings(sample) == []


def test_column_that_is_read_is_no_finding(sample):
    path = sample.raw / YEAR / "complaints.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("theme", "Feedback Type", 1), encoding="utf-8")
    with_column(sample, "complaints", "Second type", ("Complaint", "Enquiry"))
    sample.add_settings('columns: {complaints: {theme: "Feedback Type", notes: "Second type"}}')
    assert kinds_findings(sample) == []


@pytest.mark.parametrize("kind", PHRASES)
def test_phrases_name_their_kind_in_any_form(kind):
    for phrase in PHRASES[kind]:
        assert kind_of(phrase) == kind
        assert kind_of(f" {phrase.upper()}s - received ") == kind, phrase


@pytest.mark.parametrize("extract", ["complaints", "compliments", "concerns"])
def test_words_by_which_map_knows_a_file_name_the_same_kind(extract):
    phrases = read_data("vocabulary.yaml")["extracts"][extract]
    kinds = {kind_of(str(phrase)) for phrase in phrases} - {None}
    assert kinds <= {extract, OTHER}
    assert extract in kinds
