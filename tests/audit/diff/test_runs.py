"""What two runs were made of and with: each kind of difference, and none where there is none."""

from __future__ import annotations

import pytest

from pipeline.audit.diff.changes import Change
from pipeline.audit.diff.runs import compare_runs
from pipeline.run.record import FileRecord, ReconciliationRow, RunRecord, load_record


@pytest.fixture(scope="module")
def record(sample_report) -> RunRecord:
    return load_record(sample_report.html.parent)


def changed(before: RunRecord, now: RunRecord) -> dict[str, list[Change]]:
    return {part.title: part.changes for part in compare_runs(before, now) if part.changes}


def test_a_run_differs_in_nothing_from_itself(record):
    assert changed(record, record) == {}
    assert [part.title for part in compare_runs(record, record)] == [
        "Inputs",
        "Settings",
        "Software",
        "Rows",
    ]


def test_a_file_that_changed_is_new_or_is_gone_is_told_with_its_rows(record):
    extract = next(one for one in record.inputs if one.path == "data/raw/2021-22/complaints.csv")
    others = [one for one in record.inputs if one != extract]
    gone, new = (
        others[0],
        FileRecord(path="data/raw/2021-22/more.csv", bytes=1200, sha256="ab" * 32),
    )
    now = record.model_copy(
        update={"inputs": [*others[1:], extract.model_copy(update={"sha256": "cd" * 32}), new]}
    )
    found = {change.where: change for change in changed(record, now)["Inputs"]}
    assert set(found) == {extract.path, gone.path, new.path}
    assert found[extract.path].new == f"4 rows, {extract.bytes:,} bytes, SHA-256 cdcdcdcd"
    assert found[gone.path].new is None
    assert (found[new.path].old, found[new.path].new) == (None, "1,200 bytes, SHA-256 abababab")


def test_a_setting_is_named_by_its_keys(record):
    council = record.council | {"time_limits": record.council["time_limits"] | {"stage_1": 12}}
    report = record.report | {
        "accepted_warnings": [{"rule": "a.rule", "reason": "seen", "name": "Head"}]
    }
    asked = record.asked.model_copy(update={"final": True, "formats": ["html"]})
    assert changed(
        record, record.model_copy(update={"council": council, "report": report, "asked": asked})
    )["Settings"] == [
        Change("council.yaml, time_limits, stage_1", "10", "12"),
        Change("report.yaml, accepted_warnings, entry 1, rule", None, "a.rule"),
        Change("report.yaml, accepted_warnings, entry 1, reason", None, "seen"),
        Change("report.yaml, accepted_warnings, entry 1, name", None, "Head"),
        Change("annual-report run, formats", "html, pdf, docx, data", "html"),
        Change("annual-report run, final", "no", "yes"),
        Change("report.yaml, accepted_warnings", "", None),
    ]


def test_software_and_notebooks_are_told_by_version_and_hash(record):
    software = record.software.model_copy(
        update={"commit": "f" * 40, "clean": False, "python": "3.12.0"}
    )
    steps = [*record.steps[:3], record.steps[3].model_copy(update={"notebook_sha256": "0" * 64})]
    found = changed(record, record.model_copy(update={"software": software, "steps": steps}))[
        "Software"
    ]
    assert [(change.where, change.new) for change in found] == [
        ("annual-report", "0.1.0, commit ffffffff, with changes"), ("Python", "3.12.0"), ("notebooks/4_report.ipynb", "00000000"),
    ]  # fmt: skip


def test_rows_left_out_are_told_by_rule(record):
    accounts = [
        *record.reconciliation,
        ReconciliationRow(extract="complaints", rule="a copy of another row", rows=1200),
    ]
    found = changed(record, record.model_copy(update={"reconciliation": accounts}))["Rows"]
    assert found == [Change("complaints, a copy of another row", None, "1,200")]
