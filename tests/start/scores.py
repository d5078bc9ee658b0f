"""How many headings and codes of a layout `map` proposes rightly, wrongly, or leaves undecided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from builders import SAMPLE_RAW
from further_forms import plain_heading
from layouts import NOT_USED, YEAR, extract_of

from pipeline.start.mapping.draft import TableProposal
from pipeline.start.mapping.exports import read_exports
from pipeline.start.mapping.proposal import propose
from pipeline.year import Year

COUNCIL = yaml.load((SAMPLE_RAW / "council.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
COLUMNS_BEFORE = 2  # of a table that starts in column C


@dataclass
class LayoutScore:
    """columns, codes: how many are right. wrong, undecided: by name, what they were taken for."""

    columns: int = 0
    codes: int = 0
    wrong: dict[str, str] = field(default_factory=dict)
    undecided_columns: list[str] = field(default_factory=list)
    undecided_codes: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        """The numbers in columns."""
        wrong_codes = sum(": " in name for name in self.wrong)
        columns = (self.columns, len(self.wrong) - wrong_codes, len(self.undecided_columns))
        counts = (*columns, self.codes, wrong_codes, len(self.undecided_codes))
        return " ".join(f"{count:5}" for count in counts)


def score_layout(layout: dict[str, Any], exports: Sequence[Path]) -> LayoutScore:
    """What is proposed for the files of a layout, compared with what they mean."""
    score = LayoutScore()
    for table in propose(read_exports(list(exports)), COUNCIL, Year.parse(YEAR)).tables:
        name = table.table.files[0]
        assert table.extract.name == extract_of(layout["files"][name]), name
        _score_columns(score, layout, name, table)
        _score_codes(score, layout, table)
    return score


def _score_columns(
    score: LayoutScore, layout: dict[str, Any], name: str, table: TableProposal
) -> None:
    headings = list(layout["files"][name])
    first = COLUMNS_BEFORE if "start_c" in layout.get("style", {}).get(name, []) else 0
    expected = {
        column: position + first
        for position, column in enumerate(layout["files"][name].values())
        if column != NOT_USED
    }
    blocks = [("", table.matches)]
    blocks += [(f"stage_{stage.stage}.", stage.matches) for stage in table.stages]
    proposed = {
        f"{prefix}{match.column.name}": match.best.column
        for prefix, matches in blocks
        for match in matches
        if match.is_decided and not match.column.personal
    }
    if "stage_1.requested" not in expected:
        proposed.pop("stage_1.requested", None)  # the case's own date
    for column in dict.fromkeys((*expected, *proposed)):
        if column not in proposed:
            heading = plain_heading(headings[expected[column] - first])
            score.undecided_columns.append(f"{heading} ({column})")
        elif expected.get(column) != proposed[column].position:
            score.wrong[column] = proposed[column].heading
        else:
            score.columns += 1


def _score_codes(score: LayoutScore, layout: dict[str, Any], table: TableProposal) -> None:
    for (extract, column), matches in table.codes.items():
        listed = layout["codes"].get(f"{extract}.{column}", layout["codes"].get(column, {}))
        ours_by_theirs = {theirs: ours for ours, theirs in listed.items()}
        for match in matches:
            if match.theirs not in ours_by_theirs:
                continue
            if not match.is_decided:
                score.undecided_codes.append(f"{match.theirs} ({extract}.{column})")
            elif match.code != ours_by_theirs[match.theirs]:
                score.wrong[f"{column}: {match.theirs}"] = match.code
            else:
                score.codes += 1


def score_table(scores: Mapping[str, LayoutScore]) -> str:
    """A line for each layout with its numbers, and below it what is undecided."""
    lines = []
    for name, score in scores.items():
        lines.append(f"{name:48} {score.line}")
        for undecided in (score.undecided_columns, score.undecided_codes):
            if undecided:
                lines.append(f"    undecided: {', '.join(undecided)}")
    return "\n".join(lines) + "\n"
