"""Random hostile inputs, through the real command, end with a documented exit code and no harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile_cases import MAKERS, HostileCase, hostile_case
from hostile_files import UNREADABLE
from hostile_outcomes import try_case
from runs import YEAR

from pipeline.problem import Kind
from pipeline.run.verify import pack_bundle
from pipeline.settings import load_settings

FIRST_SEED = 1001  # of seven, one of each kind, none of which makes a report
BOMB = UNREADABLE["one long string shared by every cell"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bundle(sample_report) -> bytes:
    return pack_bundle(load_settings(sample_report.workspace, YEAR))


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + len(MAKERS)))
def test_hostile_input_is_explained_and_does_no_harm(seed, sample_report, bundle, tmp_path):
    case = hostile_case(seed, sample_report.workspace, bundle, tmp_path)
    outcome, faults = try_case(case)
    assert faults == [], f"{case.words} {case.note}: {outcome.output}"


def test_workbook_bomb_is_refused_within_the_limits(reported_workspace, tmp_path):
    """Nine gigabytes of text in a file of 1.5 MB."""
    folder = Path(tmp_path / "case")
    folder.mkdir()
    workspace = reported_workspace.rename(folder / "council")
    extract = workspace / "data" / "raw" / YEAR / "training.csv"
    extract.with_suffix(".xlsx").write_bytes(BOMB.build())
    extract.unlink()
    outcome, faults = try_case(HostileCase(0, "workbook", folder, ["check", YEAR], "a bomb"))
    assert faults == []
    assert outcome.exit_code == Kind.DATA
    assert "far larger than it looks" in outcome.output
