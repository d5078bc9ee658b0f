"""The run record: complete, true, and as its page describes it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from pipeline.problem import Kind, Problem
from pipeline.run.record import RunRecord, load_record
from pipeline.run.record.docs import record_docs

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def record(sample_report) -> RunRecord:
    return load_record(sample_report.html.parent)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_its_page_describes_it_as_it_is():
    assert (REPOSITORY / "docs" / "run-record.md").read_text(encoding="utf-8") == record_docs()


def test_it_names_every_input_and_output_by_its_content(record, sample_report):
    for one in record.inputs:
        assert sha256(sample_report.workspace / one.path) == one.sha256
    inputs = {one.path for one in record.inputs}
    assert {"data/raw/council.yaml", "data/raw/published.csv", "data/raw/2020-21/complaints.csv",
            "data/raw/2021-22/commentary.md"} <= inputs  # fmt: skip
    folder = sample_report.html.parent
    held = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {one.path for one in record.outputs} == held - {"audit/run.json"}
    for one in record.outputs:
        assert (sha256(folder / one.path), (folder / one.path).stat().st_size) == (
            one.sha256,
            one.bytes,
        )


def test_it_says_what_ran(record):
    assert record.asked.formats == ["html", "pdf", "docx", "data"]
    assert not record.asked.final
    assert record.software.lock_sha256 == sha256(REPOSITORY / "requirements.lock")
    assert [step.name for step in record.steps] == [
        "1_validate",
        "2_clean",
        "3_aggregate",
        "4_report",
    ]
    for step in record.steps:
        assert step.notebook_sha256 == sha256(REPOSITORY / "notebooks" / f"{step.name}.ipynb")
        assert step.executed_sha256 == next(
            one.sha256 for one in record.outputs if one.path == f"audit/{step.name}.ipynb"
        )
    assert set(record.seconds) == {step.name for step in record.steps} | {"documents"}


def test_it_counts_what_was_read_left_out_and_found(record, sample_report):
    raw = pd.read_csv(sample_report.workspace / "data" / "raw" / "2021-22" / "complaints.csv")
    read = next(one for one in record.extracts if one.file == "data/raw/2021-22/complaints.csv")
    assert (read.extract, read.year, read.rows) == ("complaints", "2021-22", len(raw))
    accounts = pd.DataFrame([one.model_dump() for one in record.reconciliation]).query(
        "extract == 'complaints'"
    )
    rows = accounts.set_index("rule")["rows"]
    assert rows["rows in"] == rows.drop("rows in").sum()
    assert record.findings == {"warning": 2}
    assert record.withheld == {}


def test_it_keeps_the_settings_as_they_were_understood(record):
    assert record.council["authority"] == "Calderbrook Council"
    assert record.report["meeting_date"] == "2022-11-09"
    assert record.parameters == {"workspace": "../../..", "year": "2021-22", "processed": "."}


@pytest.mark.parametrize(("content", "told"), [
    (None, "there is no run record"), ('{"record_version": 99}', "another version"), ("{", "not a run record"),
    ('{"record_version": 2}', "not a run record"),
])  # fmt: skip
def test_what_is_no_record_is_said_to_be_none(tmp_path, content, told):
    folder = tmp_path / "2021-22"
    (folder / "audit").mkdir(parents=True)
    if content is not None:
        (folder / "audit" / "run.json").write_text(content)
    with pytest.raises(Problem, match=told) as raised:
        load_record(folder)
    assert raised.value.kind in (Kind.DIFFERS, Kind.NOTHING_TO_DO)
