"""A council with three procedures whose figures are made in this process, without notebooks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from random_councils import write_joint_workspace

from pipeline.aggregate.store import make_figures
from pipeline.clean import clean
from pipeline.clean import store as cleaned_store
from pipeline.joint.combine import combine_procedures
from pipeline.settings import Settings, load_procedures, load_settings
from pipeline.validate import check
from pipeline.validate import store as validated_store

PUBLISH = {"policy": "publish", "reason": "by decision of the panel"}
SUPPRESS = {"policy": "suppress", "reason": "by decision of the panel", "threshold": "5"}
YEAR = "2021-22"
PARTNERS = {"adult": 8, "children": 2, "NHS body": 3}


@dataclass(frozen=True)
class JointCouncil:
    """The settings of the joint report and of each procedure, and the figures of all."""

    settings: Settings
    procedures: list[Settings]
    figures: pd.DataFrame

    def raw(self, extract: str) -> pd.DataFrame:
        """The rows of the year's file, as text."""
        return pd.read_csv(
            self.settings.raw / YEAR / f"{extract}.csv", dtype="str", keep_default_na=False
        )

    def value(self, figure: str, category: str = "") -> float:
        rows = self.figures.query("figure == @figure and category == @category and year == @YEAR")
        assert len(rows) == 1, (figure, category)
        return float(rows["value"].iloc[0])


def move_cases(workspace: Path, count: int) -> None:
    """Mark the first cases of the corporate procedure as moved to adult social care."""
    path = workspace / "data" / "raw" / YEAR / "complaints.csv"
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    first = table.index[table["procedure"] == "corporate"][:count]
    table.loc[first, "moved_to"] = "adult"
    table.to_csv(path, index=False)


def join_cases(workspace: Path, partners: dict[str, int]) -> None:
    """Mark the last cases of the corporate procedure as answered jointly with these partners."""
    path = workspace / "data" / "raw" / YEAR / "complaints.csv"
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    last = list(table.index[table["procedure"] == "corporate"])
    for partner, count in partners.items():
        for _ in range(count):
            table.loc[last.pop(), "joint_with"] = partner
    table.to_csv(path, index=False)


def make_joint_council(workspace: Path, disclosure: dict[str, str], moved: int) -> JointCouncil:
    """The council after the steps of each procedure and the combination of their tables."""
    write_joint_workspace(
        workspace, {"corporate": 40, "adult": 12, "children": 5}, disclosure=disclosure
    )
    move_cases(workspace, moved)
    join_cases(workspace, PARTNERS)
    settings = load_settings(workspace, YEAR)
    procedures = load_procedures(settings)
    for procedure in procedures:
        validated = check(procedure)
        assert not validated.stops, [str(finding) for finding in validated.findings]
        validated_store.save(validated, procedure)
        cleaned = clean(validated.tables, procedure, validated.left_out)
        cleaned_store.save(cleaned, procedure)
        make_figures(procedure)
    return JointCouncil(settings, procedures, combine_procedures(settings))


@pytest.fixture(scope="session")
def published_council(tmp_path_factory) -> JointCouncil:
    return make_joint_council(tmp_path_factory.mktemp("published"), PUBLISH, moved=7)


@pytest.fixture(scope="session")
def suppressed_council(tmp_path_factory) -> JointCouncil:
    return make_joint_council(tmp_path_factory.mktemp("suppressed"), SUPPRESS, moved=3)


@pytest.fixture
def joint_workspace(tmp_path) -> Callable[..., Path]:
    """A function that writes a small workspace with two procedures."""

    def write(**changes: object) -> Path:
        return write_joint_workspace(tmp_path, {"corporate": 4, "adult": 3}, **changes)

    return write
