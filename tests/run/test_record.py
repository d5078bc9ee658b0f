"""The run record is complete and true, and its page describes it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from builders import REPOSITORY, file_bytes
from runs import YEAR

from pipeline.artifacts import STEPS
from pipeline.problem import Kind, Problem
from pipeline.run.record import RunRecord, file_digest, load_record
from pipeline.run.record.docs import record_docs


@pytest.fixture(scope="module")
def record(sample_report) -> RunRecord:
    return load_record(sample_report.html.parent)


def test_page_of_the_record_is_up_to_date():
    page = (REPOSITORY / "docs" / "run-record.md").read_text(encoding="utf-8")
    assert page == record_docs()


def test_record_names_every_input_by_its_content(record, sample_report):
    digests = {file.path: file.sha256 for file in record.inputs}
    assert {path: file_digest(sample_report.workspace / path) for path in digests} == digests
    assert {
        "data/raw/council.yaml",
        "data/raw/published.csv",
        "data/raw/2020-21/complaints.csv",
        "data/raw/2021-22/commentary.md",
    } <= digests.keys()


def test_record_names_every_output_by_its_content(record, sample_report):
    folder = sample_report.html.parent
    paths = file_bytes(folder).keys() - {"audit/run.json"}
    assert {(file.path, file.sha256, file.bytes) for file in record.outputs} == {
        (path, file_digest(folder / path), (folder / path).stat().st_size) for path in paths
    }


def test_record_names_every_table_by_its_content(record, sample_report):
    paths = file_bytes(sample_report.processed)
    folder = f"data/processed/{YEAR}"
    assert {(table.path, table.sha256) for table in record.tables} == {
        (f"{folder}/{path}", file_digest(sample_report.processed / path)) for path in paths
    }


def test_record_says_what_ran(record):
    assert record.asked.formats == ["html", "pdf", "docx", "data"]
    assert not record.asked.final
    assert record.software.lock_sha256 == file_digest(REPOSITORY / "requirements.lock")
    assert [step.name for step in record.steps] == list(STEPS)
    outputs = {file.path: file.sha256 for file in record.outputs}
    for step in record.steps:
        notebook = REPOSITORY / "notebooks" / f"{step.name}.ipynb"
        assert step.notebook_sha256 == file_digest(notebook)
        assert step.executed_sha256 == outputs[f"audit/{step.name}.ipynb"]
    assert set(record.seconds) == {*STEPS, "documents"}


def test_record_counts_rows_and_findings(record, sample_report):
    path = "data/raw/2021-22/complaints.csv"
    raw = pd.read_csv(sample_report.workspace / path)
    extract = next(extract for extract in record.extracts if extract.file == path)
    assert (extract.extract, extract.year, extract.rows) == ("complaints", YEAR, len(raw))
    rows = {row.rule: row.rows for row in record.reconciliation if row.extract == "complaints"}
    assert rows.pop("rows in") == sum(rows.values())
    assert record.findings == {"warning": 2}
    assert record.withheld == {}


def test_record_keeps_the_settings_as_understood(record):
    assert record.council["authority"] == "Calderbrook Council"
    assert record.report["meeting_date"] == "2022-11-09"
    assert record.parameters == {"workspace": "../../..", "year": YEAR, "processed": "."}


@pytest.mark.parametrize(
    ("content", "message", "kind"),
    [
        (None, "there is no run record", Kind.NOTHING_TO_DO),
        ('{"record_version": 99}', "another version", Kind.DIFFERS),
        ("{", "not a run record", Kind.DIFFERS),
        ("[" * 100_000, "not a run record", Kind.DIFFERS),
        ('{"record_version": 2}', "not a run record", Kind.DIFFERS),
    ],
)
def test_missing_or_broken_record_is_reported(tmp_path: Path, content, message, kind):
    folder = tmp_path / YEAR
    (folder / "audit").mkdir(parents=True)
    if content is not None:
        (folder / "audit" / "run.json").write_text(content)
    with pytest.raises(Problem, match=message) as raised:
        load_record(folder)
    assert raised.value.kind == kind
