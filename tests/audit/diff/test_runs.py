"""The changes between two runs: each kind of change, and none between equal runs."""

from __future__ import annotations

import pytest

from pipeline.audit.diff.changes import Change
from pipeline.audit.diff.runs import compare_runs
from pipeline.run.record import FileRecord, ReconciliationRow, RunRecord, load_record

COMPLAINTS = "data/raw/2021-22/complaints.csv"
SECTIONS = ["Inputs", "Settings", "Software", "Rows"]


@pytest.fixture(scope="module")
def record(sample_report) -> RunRecord:
    return load_record(sample_report.html.parent)


def changes_after(record: RunRecord, **fields: object) -> dict[str, list[Change]]:
    """The changes of each section that has any, after these fields of the record changed."""
    sections = compare_runs(record, record.model_copy(update=fields))
    return {section.title: section.changes for section in sections if section.changes}


def test_equal_runs_have_all_sections_and_no_changes(record):
    assert changes_after(record) == {}
    assert [section.title for section in compare_runs(record, record)] == SECTIONS


def test_changed_new_and_removed_inputs_are_listed_with_rows(record):
    extract = next(file for file in record.inputs if file.path == COMPLAINTS)
    removed, *unchanged = [file for file in record.inputs if file != extract]
    edited = extract.model_copy(update={"sha256": "cd" * 32})
    new = FileRecord(path="data/raw/2021-22/more.csv", bytes=1200, sha256="ab" * 32)
    changes = changes_after(record, inputs=[*unchanged, edited, new])["Inputs"]
    by_path = {change.where: change for change in changes}
    assert set(by_path) == {extract.path, removed.path, new.path}
    assert by_path[extract.path].new == f"4 rows, {extract.bytes:,} bytes, SHA-256 cdcdcdcd"
    assert by_path[removed.path].new is None
    assert by_path[new.path] == Change(new.path, None, "1,200 bytes, SHA-256 abababab")


def test_changed_setting_is_named_by_its_file_and_keys(record):
    limits = record.council["time_limits"] | {"stage_1": 12}
    warning = {"rule": "a.rule", "reason": "seen", "name": "Head"}
    changes = changes_after(
        record,
        council=record.council | {"time_limits": limits},
        report=record.report | {"accepted_warnings": [warning]},
        asked=record.asked.model_copy(update={"final": True, "formats": ["html"]}),
    )
    assert changes["Settings"] == [
        Change("council.yaml, time_limits, stage_1", "10", "12"),
        Change("report.yaml, accepted_warnings, entry 1, rule", None, "a.rule"),
        Change("report.yaml, accepted_warnings, entry 1, reason", None, "seen"),
        Change("report.yaml, accepted_warnings, entry 1, name", None, "Head"),
        Change("annual-report run, formats", "html, pdf, docx, data", "html"),
        Change("annual-report run, final", "no", "yes"),
        Change("report.yaml, accepted_warnings", "", None),
    ]


def test_changed_software_is_listed_by_version_and_hash(record):
    software = {"commit": "f" * 40, "clean": False, "python": "3.12.0"}
    last_step = record.steps[-1].model_copy(update={"notebook_sha256": "0" * 64})
    changes = changes_after(
        record,
        software=record.software.model_copy(update=software),
        steps=[*record.steps[:-1], last_step],
    )
    assert [(change.where, change.new) for change in changes["Software"]] == [
        ("annual-report", "0.1.0, commit ffffffff, with changes"),
        ("Python", "3.12.0"),
        ("notebooks/4_report.ipynb", "00000000"),
    ]


def test_rows_left_out_are_listed_by_extract_and_rule(record):
    row = ReconciliationRow(extract="complaints", rule="a copy of another row", rows=1200)
    changes = changes_after(record, reconciliation=[*record.reconciliation, row])
    assert changes["Rows"] == [Change("complaints, a copy of another row", None, "1,200")]
