"""A wide export: one row per case, with a block of columns per stage.

It is unfolded into investigations, one row per stage.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.problem import did_you_mean
from pipeline.settings import Council
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.validate.findings import Finding
from pipeline.validate.reading.convert import MAX_LISTED_ROWS, ExtractText
from pipeline.validate.reading.sheet_worker import normalise_name
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
    case_headings: set[str] = set()
    for headings in council.columns.get("complaints", {}).values():
        case_headings.update(normalise_name(heading) for heading in headings)
    positions: dict[str, int] = {}
    for position, cell in enumerate(heading):
        positions.setdefault(normalise_name(cell), position)
    stages = council.stages.mapped
    stage_headings = {
        stage: {normalise_name(name) for name in (*named.headings.values(), *named.reached)}
        - case_headings
        for stage, named in stages.items()
    }
    known = case_headings.union(*stage_headings.values())
    if positions.keys().isdisjoint(known - case_headings):
        return [], []
    unknown = [cell for cell in heading if normalise_name(cell) not in known]
    blocks: list[StageBlock] = []
    findings: list[Finding] = []
    for stage, named in stages.items():
        columns = {}
        for name, cell in named.headings.items():
            if normalise_name(cell) in positions:
                columns[name] = positions[normalise_name(cell)]
        # Without `reached:` a stage was reached where one of its own columns is filled.
        reached = {normalise_name(name) for name in named.reached} or stage_headings[stage]
        reached_positions = sorted(positions[name] for name in reached if name in positions)
        blocks.append(StageBlock(stage, columns, tuple(reached_positions)))
        expected = [*named.headings.items(), *(("reached", cell) for cell in named.reached)]
        for key, cell in expected:
            if normalise_name(cell) not in positions:
                hint = did_you_mean(cell, unknown)
                findings.append(
                    Finding(
                        severity="critical",
                        rule="investigations.heading.present",
                        extract="investigations",
                        file=file,
                        column=None if key == "reached" else key,
                        what=(
                            f'the heading "{cell}" that council.yaml names for stage {stage} is '
                            f"missing.{hint}"
                        ),
                        remedy=(
                            "Correct the heading in council.yaml, under stages, "
                            f"stage_{stage}, {key}; or remove the line."
                        ),
                    )
                )
    return blocks, findings


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
    )


def _is_reached(export: WideExportText, block: StageBlock) -> np.ndarray:
    """For each case whether it reached a stage."""
    is_reached = np.zeros(len(export.row_numbers), dtype=bool)
    for position in block.reached_positions:
        trimmed = pc.utf8_trim_whitespace(export.text[position])
        is_reached |= np.asarray(pc.not_equal(trimmed, ""))
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
