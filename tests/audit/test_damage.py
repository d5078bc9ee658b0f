"""An error in reading a report is explained by a damaged file, and otherwise stays what it is."""

from __future__ import annotations

import pytest
from builders import replace_text
from runs import YEAR

from pipeline.audit.damage import damage_explained
from pipeline.problem import Kind, Problem

# fmt: off
READING = [
    (f"data/processed/{YEAR}/3_aggregate/figures.csv", "shorthand",
     ["trace", "complaints.received"]),
    (f"reports/{YEAR}/audit/figures.csv", "detail", ["diff", YEAR, "--against", "published"]),
    (f"reports/{YEAR}/audit/findings.csv", "severity", ["diff", YEAR, "--against", YEAR]),
]
# fmt: on


def test_damaged_file_is_named_by_the_command_that_reads_it(reported_workspace, call_command):
    for name, column, words in READING:
        path = reported_workspace / name
        replace_text(path, column, "another")
        finished = call_command(*words, "--workspace", reported_workspace)
        assert finished.returncode == Kind.DIFFERS, finished.stderr
        assert f"{path}: this file is not as the run record says" in finished.stderr
        replace_text(path, "another", column)


def test_error_of_ours_is_not_blamed_on_a_whole_report(sample_report):
    workspace, report = sample_report.workspace, sample_report.html.parent
    with pytest.raises(KeyError), damage_explained(workspace, report):
        raise KeyError
    with pytest.raises(Problem, match="of ours"), damage_explained(workspace, report):
        raise Problem(kind=Kind.DATA, where="a file", what="of ours", remedy="None.")
