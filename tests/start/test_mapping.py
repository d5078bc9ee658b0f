"""`annual-report map` proposes the right heading and code, or leaves it undecided: layouts.yaml."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
import yaml
from builders import REPOSITORY, SAMPLE_RAW
from layouts import LAYOUTS, NOT_USED, YEAR, extract_of, write_layout

from pipeline.start.mapping.exports import read_exports
from pipeline.start.mapping.proposal import propose
from pipeline.start.mapping.writing.yaml_text import council_lines
from pipeline.year import Year

COUNCIL = yaml.load((SAMPLE_RAW / "council.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
MIN_COLUMNS = 0.9  # of those that are in a layout
MIN_CODES = 0.8


class Score(NamedTuple):
    """How many of a layout are right; wrong and undecided ones by name."""

    right: int
    wrong: dict[str, str]
    undecided: list[str]

    @property
    def share(self) -> float:
        return self.right / (self.right + len(self.wrong) + len(self.undecided))


@pytest.fixture(scope="module")
def proposals(tmp_path_factory):
    """proposals[layout]: what is proposed for its files."""

    def make(name):
        paths = write_layout(LAYOUTS[name], tmp_path_factory.mktemp("layout"))
        return propose(read_exports(paths), COUNCIL, Year.parse(YEAR))

    return {name: make(name) for name in LAYOUTS}


def proposed_headings(table):
    """The heading of each column that is decided, as layouts.yaml names the column."""
    blocks = [("", table.matches)]
    blocks += [(f"stage_{stage.stage}.", stage.matches) for stage in table.stages]
    return {
        f"{prefix}{match.column.name}": match.best.column.heading
        for prefix, matches in blocks
        for match in matches
        if match.is_decided and not match.column.personal
    }


def column_score(layout, proposal) -> Score:
    right, wrong, undecided = 0, {}, []
    for table in proposal.tables:
        headings = layout["files"][table.table.name]
        expected = {column: heading for heading, column in headings.items() if column != NOT_USED}
        assert table.extract.name == extract_of(headings), table.table.name
        proposed = proposed_headings(table)
        if "stage_1.requested" not in expected:
            proposed.pop("stage_1.requested", None)  # the case's own date
        for column in {*expected, *proposed}:
            if column not in proposed:
                undecided.append(column)
            elif expected.get(column) != proposed[column]:
                wrong[column] = proposed[column]
            else:
                right += 1
    return Score(right, wrong, undecided)


def code_score(layout, proposal) -> Score:
    right, wrong, undecided = 0, {}, []
    for table in proposal.tables:
        for (extract, column), matches in table.codes.items():
            listed = layout["codes"].get(f"{extract}.{column}", layout["codes"].get(column, {}))
            ours_by_theirs = {theirs: ours for ours, theirs in listed.items()}
            for match in matches:
                if match.theirs not in ours_by_theirs:
                    continue
                if not match.is_decided:
                    undecided.append(f"{column}: {match.theirs}")
                elif match.code != ours_by_theirs[match.theirs]:
                    wrong[f"{column}: {match.theirs}"] = match.code
                else:
                    right += 1
    return Score(right, wrong, undecided)


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout_has_its_columns_proposed_and_none_wrongly(name, proposals):
    score = column_score(LAYOUTS[name], proposals[name])
    assert score.wrong == {}
    assert score.undecided == LAYOUTS[name].get("undecided", {}).get("columns", [])
    assert score.share >= MIN_COLUMNS


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout_has_its_codes_proposed_and_none_wrongly(name, proposals):
    score = code_score(LAYOUTS[name], proposals[name])
    assert score.wrong == {}
    assert score.undecided == LAYOUTS[name].get("undecided", {}).get("codes", [])
    assert score.share >= MIN_CODES


def test_worked_example_of_the_page_is_what_map_writes():
    page = (REPOSITORY / "docs" / "mapping.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", page, flags=re.DOTALL)[1]
    tables = read_exports([REPOSITORY / "docs" / "wide-export.csv"])
    assert council_lines(propose(tables, COUNCIL, Year.parse("2021-22"))) == example
    assert len(example.splitlines()) > 50
