"""A workspace spoilt at random: every corruption is reported, or leaves all figures unchanged.

Each case copies the sample, writes one extract as .csv, .xlsx or .ods with one corruption of
`corruptions.py`, and reads its data as `annual-report check` does. If nothing new is reported, the
figures are made and compared. `CORRUPTION_CASES=2000 pytest … -m slow` runs that many cases, and
`CORRUPTION_SEED=5` other ones.
"""

from __future__ import annotations

import csv
import os
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from builders import copy_sample
from corruptions import (
    CORRUPTIONS,
    ENDINGS,
    PUBLISHED_CORRUPTIONS,
    Extract,
)

from pipeline.aggregate.store import make_figures
from pipeline.clean import clean
from pipeline.clean import store as clean_store
from pipeline.inputs import check_data
from pipeline.problem import Problem
from pipeline.settings import load_settings
from pipeline.validate import Validated
from pipeline.validate import store as validate_store
from pipeline.validate.findings import Finding

YEARS = ("2020-21", "2021-22")
QUICK_CASES = 15
SLOW_CASES = 25
SEED = int(os.environ.get("CORRUPTION_SEED", "0"))
# Read as before, whatever is reported.
HARMLESS = [
    ("file_in_two_parts", ".csv"),
    ("file_in_two_parts", ".xlsx"),
    ("summary_sheet_first", ".xlsx"),
    ("hidden_sheet_first", ".ods"),
    ("rows_hidden", ".ods"),
    ("column_hidden", ".xlsx"),
    ("columns_in_another_order", ".csv"),
    ("column_without_heading_added", ".csv"),
    ("heading_in_capitals", ".csv"),
    ("dates_as_day_numbers", ".xlsx"),
    ("spaces_around_a_cell", ".csv"),
    ("blank_row_between", ".xlsx"),
]
KINDS = sorted(CORRUPTIONS) + sorted(PUBLISHED_CORRUPTIONS)


class Case(NamedTuple):
    """One corruption of one file of the sample."""

    kind: str
    file: str
    ending: str
    seed: int


class Outcome(NamedTuple):
    """What a check said of a corrupted workspace that it does not say of the sample.

    changed: the figures that differ, or what stops the run, if nothing was reported.
    """

    reported: list[Finding]
    changed: list[str]


class Sample:
    """The sample's findings and figures, and a folder for corrupted copies of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        workspace = copy_sample(folder / "sample")
        validated = read(workspace)
        self.findings = Counter(map(essence, validated.findings))
        self.validated = validated
        self.figures = figures(workspace, validated)
        self.files = sorted(path.relative_to(workspace) for path in workspace.rglob("*-*/*.csv"))
        self.workspace = workspace

    def try_case(self, case: Case) -> Outcome | None:
        """What a corruption leads to; None where it does not apply."""
        workspace = copy_sample(self.folder / f"{case.kind}-{case.seed}")
        try:
            if not corrupt(workspace, case):
                return None
            validated = read(workspace)
            added = Counter(map(essence, validated.findings)) - self.findings
            reported = [one for one in validated.findings if essence(one) in added]
            if reported or same_tables(self.validated, validated):
                return Outcome(reported, [])
            try:
                changed = differences(self.figures, figures(workspace, validated))
            except Problem as problem:
                changed = [f"the run stops: {problem.what}"]
            return Outcome([], changed)
        finally:
            shutil.rmtree(workspace)


def corrupt(workspace: Path, case: Case) -> bool:
    """Spoil a workspace; whether the corruption applies to the file."""
    rng = random.Random(case.seed)
    path = workspace / case.file
    if case.kind in PUBLISHED_CORRUPTIONS:
        path = workspace / "data" / "raw" / "published.csv"
        with path.open(encoding="utf-8", newline="") as file:
            records = list(csv.DictReader(file))
        PUBLISHED_CORRUPTIONS[case.kind](records, rng)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, records[0])
            writer.writeheader()
            writer.writerows(records)
        return True
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    extract = Extract(path.stem, case.ending, rows, rng)
    if CORRUPTIONS[case.kind](extract) is False:
        return False
    extract.write(path.parent)
    return True


def read(workspace: Path) -> Validated:
    return check_data(load_settings(workspace, YEARS[-1]))


def figures(workspace: Path, validated: Validated) -> pd.DataFrame:
    """The figures of a workspace that has been read."""
    settings = load_settings(workspace, YEARS[-1])
    validate_store.save(validated, settings)
    clean_store.save(clean(validate_store.load_tables(settings), settings), settings)
    return make_figures(settings)


def same_tables(expected: Validated, actual: Validated) -> bool:
    """Whether the same was read, so that the figures need not be made; wherever it stands."""
    tables = [one.tables | {"published": one.published} for one in (expected, actual)]
    return (
        expected.missing_extracts == actual.missing_extracts
        and tables[0].keys() == tables[1].keys()
        and all(
            without_places(tables[0][name]).equals(without_places(tables[1][name]))
            for name in tables[0]
        )
    )


def without_places(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns=["file", "row"])


def differences(expected: pd.DataFrame, actual: pd.DataFrame) -> list[str]:
    """The figures that differ."""
    if expected.equals(actual):
        return []
    rows = [set(table.astype("str").itertuples(index=False)) for table in (expected, actual)]
    return sorted({row.figure for row in rows[0] ^ rows[1]}) or ["order"]


def essence(finding: Finding) -> tuple[object, ...]:
    """What makes a finding of the sample the same in another format."""
    return (finding.severity, finding.rule, finding.row, finding.value)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return Sample(tmp_path_factory.mktemp("corruption"))


def cases(sample: Sample, count: int, kinds: list[str]) -> list[Case]:
    """Cases of every kind in turn, with a random file and format each."""
    rng = random.Random(SEED)
    return [
        Case(
            kind=kinds[number % len(kinds)],
            file=str(rng.choice(sample.files)),
            ending=rng.choice(ENDINGS),
            seed=SEED * 1_000_000 + number,
        )
        for number in range(count)
    ]


def unnoticed(sample: Sample, count: int, kinds: list[str]) -> list[str]:
    """The cases that change figures without a word."""
    failures = []
    for case in cases(sample, count, kinds):
        outcome = sample.try_case(case)
        if outcome and outcome.changed:
            failures.append(f"{' '.join(map(str, case))}: {', '.join(outcome.changed[:4])}")
    return failures


@pytest.mark.slow
def test_corruption_is_reported_or_changes_no_figure(sample):
    kinds = list(KINDS)
    random.Random(SEED).shuffle(kinds)
    assert unnoticed(sample, QUICK_CASES, kinds) == []


@pytest.mark.parametrize(("kind", "ending"), HARMLESS)
def test_harmless_corruption_leaves_every_figure_as_it_is(sample, kind, ending):
    case = Case(kind, f"data/raw/{YEARS[-1]}/complaints.csv", ending, seed=1)
    workspace = copy_sample(sample.folder / f"harmless-{kind}{ending}")
    assert corrupt(workspace, case)
    validated = read(workspace)
    assert not validated.stops
    assert "" not in {one.remedy for one in validated.findings}
    actual = sample.figures if same_tables(sample.validated, validated) else None
    if actual is None:
        actual = figures(workspace, validated)
    assert differences(sample.figures, actual) == []


@pytest.mark.slow
def test_many_corruptions_are_reported_or_change_no_figure(sample):
    count = int(os.environ.get("CORRUPTION_CASES", SLOW_CASES))
    assert unnoticed(sample, count, KINDS) == []


@pytest.mark.slow
def test_corruption_that_a_check_would_miss_is_noticed(sample):
    """The comparison of figures sees what no rule can: a code changed to another."""
    workspace = copy_sample(sample.folder / "changed")
    path = workspace / "data" / "raw" / YEARS[-1] / "complaints.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",direct,email,", ",direct,letter,", 1), encoding="utf-8")
    validated = read(workspace)
    assert Counter(map(essence, validated.findings)) == sample.findings
    assert "complaints.by_method" in differences(sample.figures, figures(workspace, validated))


def test_published_number_that_nothing_else_states_is_believed(sample):
    """It contradicts nothing, and the report is true of the file; docs/published.md says so."""
    workspace = copy_sample(sample.folder / "alone")
    path = workspace / "data" / "raw" / "published.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(
            "2018-19,complaints.from_young_people,,4", "2018-19,complaints.from_young_people,,3"
        )
    )
    validated = read(workspace)
    assert Counter(map(essence, validated.findings)) == sample.findings
    changed = figures(workspace, validated)
    assert "complaints.from_young_people" in differences(sample.figures, changed)


def test_cell_blanked_in_an_optional_column_is_not_recorded(sample):
    """No rule can tell a cell that vanished from one that nobody filled in: it is no finding.

    What the report says stays true of the file: the case moves to "not recorded", which every
    table of an optional column shows.
    `required_cell_blank` in corruptions.py blanks cells that are required, which is reported.
    """
    workspace = copy_sample(sample.folder / "vanished")
    path = workspace / "data" / "raw" / YEARS[-1] / "complaints.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",direct,email,", ",direct,,", 1), encoding="utf-8")
    validated = read(workspace)
    assert Counter(map(essence, validated.findings)) == sample.findings
    changed = figures(workspace, validated)
    assert differences(sample.figures, changed) == ["complaints.by_method"]
    by_method = [
        table.query("figure == 'complaints.by_method' and year == @YEARS[-1]").set_index("category")
        for table in (sample.figures, changed)
    ]
    moved = by_method[1]["value"] - by_method[0]["value"]
    assert moved[moved != 0].to_dict() == {"email": -1, "not recorded": 1}
