"""Reference data is an input of the report, and of no other step."""

from __future__ import annotations

from pathlib import Path

from pipeline.artifacts import REPORT_STEP, STEPS
from pipeline.run.steps import input_files, step_reads
from pipeline.settings import load_settings
from pipeline.validate.reading.sources import find_stray_tables


def test_reference_data_is_read_by_the_report_step_alone():
    path = Path("data/raw/reference/reference.csv")
    assert [step for step in STEPS if step_reads(step, path)] == [REPORT_STEP]


def test_folder_of_reference_data_is_an_input_and_no_stray_table(workspace):
    path = workspace / "data" / "raw" / "reference" / "reference.csv"
    path.parent.mkdir()
    path.write_text("source\n")
    settings = load_settings(workspace, "2021-22")
    assert settings.raw / "reference" / "reference.csv" in list(input_files(settings))
    assert find_stray_tables(settings) == []
