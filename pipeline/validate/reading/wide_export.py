"""A wide export: one row per case, with a block of columns per stage.

It is unfolded into investigations, one row per stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.problem import did_you_mean
from pipeline.settings import Council
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.validate.findings import Finding
from pipeline.validate.reading.columns.extract_text import ExtractText
from pipeline.validate.reading.columns.headings import HeadingRow, repeated_heading_text
from pipeline.validate.reading.columns.placeholders import is_blank
from pipeline.validate.reading.convert import MAX_LISTED_ROWS
from pipeline.year import Year

INVESTIGATIONS = EXTRACTS_BY_NAME["investigations"]


@dataclass(frozen=True)
class StageBlock:
    """One stage's columns of a wide export.

    columns: by column of investigations, its position in the heading.
    reached_positions: of the columns that show that the stage was reached.
    """

    stage: str
    columns: dict[str, int]
    reached_positions: tuple[int, ...]


@dataclass(frozen=True)
class WideExportText:
    """A wide export as text.

    text: by position in the heading, the cells of the columns that are read.
    row_numbers: of each case, as a spreadsheet numbers them.
    """

    year: Year
    file: str
    heading: list[str]
    blocks: list[StageBlock]
    text: dict[int, pa.ChunkedArray]
    row_numbers: np.ndarray


def stage_blocks(
    heading: list[str], council: Council, file: str
) -> tuple[list[StageBlock], list[Finding]]:
    """The stages that a complaints file holds, by `stages:` in council.yaml.

    There are none in a file that is not wide. A file is wide if it has a heading that only
    `stages:` names; a heading that a wide file lacks is a finding.
    """
    row = HeadingRow(heading)
    case_positions = {
        position
        for headings in council.columns.get("complaints", {}).values()
        for name in headings
        for position in row.find(name)
    }
    stages = council.stages.mapped
    stage_positions = {
        stage: {
            position
            for name in (*named.headings.values(), *named.reached)
            for position in row.find(name)
        }
        - case_positions
        for stage, named in stages.items()
    }
    known = case_positions.union(*stage_positions.values())
    if known == case_positions:
        return [], []
    unknown = [cell for position, cell in enumerate(heading) if position not in known]
    blocks: list[StageBlock] = []
    findings: list[Finding] = []
    for stage, named in stages.items():
        columns = {}
        reached: set[int] = set()
        expected = [*named.headings.items(), *(("reached", name) for name in named.reached)]
        for key, name in expected:
            positions = row.find(name)
            place = _StageKey(file, stage, key)
            if not positions:
                findings.append(_missing_heading_finding(place, name, unknown))
            elif len(positions) > 1:
                findings.append(_repeated_heading_finding(place, heading, positions))
            elif key == "reached":
                reached.add(positions[0])
            else:
                columns[key] = positions[0]
        # Without `reached:` a stage was reached where one of its own columns is filled.
        shows_reached = reached if named.reached else stage_positions[stage]
        blocks.append(StageBlock(stage, columns, tuple(sorted(shows_reached))))
    return blocks, findings


class _StageKey(NamedTuple):
    """A key of `stages:`, and the file that is read by it."""

    file: str
    stage: str
    key: str

    def finding(self, rule: str, what: str, remedy: str) -> Finding:
        """A critical finding about the heading that the key names."""
        return Finding(
            severity="critical",
            rule=f"investigations.heading.{rule}",
            extract="investigations",
            file=self.file,
            column=None if self.key == "reached" else self.key,
            what=what,
            remedy=remedy,
        )


def _missing_heading_finding(place: _StageKey, name: str, unknown: list[str]) -> Finding:
    return place.finding(
        "present",
        what=(
            f'the heading "{name}" that council.yaml names for stage {place.stage} is '
            f"missing.{did_you_mean(name, unknown)}"
        ),
        remedy=(
            f"Correct the heading in council.yaml, under stages, stage_{place.stage}, "
            f"{place.key}; or remove the line."
        ),
    )


def _repeated_heading_finding(
    place: _StageKey, heading: list[str], positions: list[int]
) -> Finding:
    what, example = repeated_heading_text(heading, positions)
    return place.finding(
        "once",
        what=what,
        remedy=(
            "Remove or rename all but one of them, or say in council.yaml which one to read: under "
            f"stages, stage_{place.stage}, write `{place.key}: {example}`."
        ),
    )


def unfold_stages(export: WideExportText, reference: pa.ChunkedArray) -> ExtractText:
    """The investigations in a wide export: case by case, and the stages of each in order.

    reference: of each case.
    A stage was reached where one of its `reached_positions` is filled; otherwise it has no row.
    """
    blocks = export.blocks
    names = [
        name
        for name in INVESTIGATIONS.column_names
        if any(name in block.columns for block in blocks)
    ]
    chunks: dict[str, list[pa.Array]] = {name: [] for name in ["complaint", "stage", *names]}
    rows_of_stages: list[np.ndarray] = []
    for block in blocks:
        is_reached = _is_reached(export, block)
        cases = pa.array(np.flatnonzero(is_reached))
        rows_of_stages.append(export.row_numbers[is_reached])
        chunks["complaint"] += reference.take(cases).chunks
        chunks["stage"].append(pa.repeat(block.stage, len(cases)))
        for name in names:
            if name in block.columns:
                chunks[name] += export.text[block.columns[name]].take(cases).chunks
            else:
                chunks[name].append(pa.repeat("", len(cases)))
    row_numbers = np.concatenate(rows_of_stages)
    # The blocks are in the order of the stages, which a stable sort by row keeps.
    order = np.argsort(row_numbers, kind="stable")
    columns = {
        name: pa.chunked_array(parts, pa.string()).take(pa.array(order))
        for name, parts in chunks.items()
    }
    headings = {}
    for name in names:
        positions = [block.columns[name] for block in blocks if name in block.columns]
        headings[name] = " / ".join(export.heading[position] for position in positions)
    return ExtractText(
        extract=INVESTIGATIONS,
        year=export.year,
        file=export.file,
        columns=columns,
        row_numbers=row_numbers[order],
        headings=headings,
        blocks=np.repeat(np.arange(len(blocks)), [len(rows) for rows in rows_of_stages])[order],
    )


def _is_reached(export: WideExportText, block: StageBlock) -> np.ndarray:
    """For each case whether it reached a stage."""
    is_reached = np.zeros(len(export.row_numbers), dtype=bool)
    for position in block.reached_positions:
        is_reached |= ~is_blank(export.text[position])
    return is_reached


def split_off_earlier_cases(
    complaints: pd.DataFrame, investigations: pd.DataFrame, year: Year, file: str
) -> tuple[pd.DataFrame, pd.DataFrame, list[Finding]]:
    """Leave out what belongs to earlier years.

    A wide export also holds cases of earlier years, for the stages that they reached since; these
    are no complaints of this year. Returns the complaints without them, the investigations
    without their stages of earlier years, and a finding for each such case.
    """
    first_day = pd.Timestamp(year.first_day)
    is_earlier = complaints["received"] < first_day
    if not is_earlier.any():
        return complaints, investigations, []
    earlier = complaints[is_earlier]
    is_earlier_stage = investigations["row"].isin(earlier["row"]) & (
        investigations["requested"] < first_day
    )
    return (
        complaints[~is_earlier].reset_index(drop=True),
        investigations[~is_earlier_stage].reset_index(drop=True),
        _earlier_case_findings(earlier, file),
    )


def _earlier_case_findings(earlier: pd.DataFrame, file: str) -> list[Finding]:
    listed = earlier.head(MAX_LISTED_ROWS)
    findings = [
        Finding(
            severity="warning",
            rule="complaints.received.carried_over",
            extract="complaints",
            file=file,
            row=int(row),
            column="received",
            value=str(received.date()),
            what=(
                "this case was received before the year: it is read for its stages of this year, "
                "and is no complaint of this year"
            ),
            remedy="Nothing to do if the date is right; else correct it in the case system.",
        )
        for row, received in zip(listed["row"], listed["received"], strict=True)
    ]
    if len(earlier) > MAX_LISTED_ROWS:
        findings.append(
            Finding(
                severity="warning",
                rule="complaints.received.carried_over",
                extract="complaints",
                file=file,
                column="received",
                what=(
                    f"{len(earlier) - MAX_LISTED_ROWS:,} more cases were received before the year"
                ),
                remedy=(
                    f"The first {MAX_LISTED_ROWS:,} are listed; check that the export is of the "
                    "right year."
                ),
            )
        )
    return findings
