"""A wide export, one row a case with a block of columns a stage, unfolded into investigations: one row a stage."""

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
    """One stage's columns of a wide export: column of investigations → place in the heading; `reached` are places too."""

    stage: str
    columns: dict[str, int]
    reached_positions: tuple[int, ...]


def stage_blocks(
    heading: list[str], council: Council, file: str
) -> tuple[list[StageBlock], list[Finding]]:
    """The stages that a complaints file holds, by `stages:` in council.yaml; none for a file that is not wide.

    A file is wide if it has a heading that only `stages:` names. A heading that a wide file lacks is a finding.
    """
    of_case = {
        normalise_name(name)
        for names in council.columns.get("complaints", {}).values()
        for name in names
    }
    places = {normalise_name(cell): place for place, cell in reversed(list(enumerate(heading)))}
    stages = council.stages.mapped
    own = {
        stage: {normalise_name(name) for name in (*said.headings.values(), *said.reached)} - of_case
        for stage, said in stages.items()
    }
    if not any(places.keys() & names for names in own.values()):
        return [], []
    free = [cell for cell in heading if normalise_name(cell) not in of_case.union(*own.values())]
    blocks, findings = [], []
    for stage, said in stages.items():
        columns = {
            name: places[normalise_name(cell)]
            for name, cell in said.headings.items()
            if normalise_name(cell) in places
        }
        evidence = {normalise_name(name) for name in said.reached} or own[stage]
        blocks.append(
            StageBlock(
                stage, columns, tuple(sorted(places[name] for name in evidence if name in places))
            )
        )
        for name, cell in [*said.headings.items(), *(("reached", cell) for cell in said.reached)]:
            if normalise_name(cell) not in places:
                findings.append(Finding(
                    "critical", "investigations.heading.present", "investigations", file, None,
                    None if name == "reached" else name, None,
                    f'the heading "{cell}" that council.yaml names for stage {stage} is not there.{did_you_mean(cell, free)}',
                    f"Put the heading right in council.yaml, under stages, stage_{stage}, {name}; or take the line out.",
                ))  # fmt: skip
    return blocks, findings


def unfold_stages(
    blocks: list[StageBlock], text: dict[int, pa.ChunkedArray], rows: np.ndarray, reference: pa.ChunkedArray,
    year: Year, file: str, heading: list[str],
) -> ExtractText:  # fmt: skip
    """The investigations in a wide export: case by case, and for each its stages in order; a stage not reached is no row.

    text: the export's columns by place. reference: of each case. A stage was reached where any `reached` column is filled.
    """
    names = [
        name
        for name in INVESTIGATIONS.column_names
        if any(name in block.columns for block in blocks)
    ]
    parts: dict[str, list[pa.Array]] = {name: [] for name in ["complaint", "stage", *names]}
    of_row: list[np.ndarray] = []
    for block in blocks:
        reached = np.zeros(len(rows), dtype=bool)
        for place in block.reached_positions:
            reached |= np.asarray(pc.not_equal(pc.utf8_trim_whitespace(text[place]), ""))
        chosen = pa.array(np.flatnonzero(reached))
        of_row.append(rows[reached])
        parts["complaint"].append(reference.take(chosen))
        parts["stage"].append(pa.chunked_array([pa.repeat(block.stage, len(chosen))]))
        for name in names:
            held = (
                text[block.columns[name]].take(chosen)
                if name in block.columns
                else pa.repeat("", len(chosen))
            )
            parts[name].append(
                held if isinstance(held, pa.ChunkedArray) else pa.chunked_array([held])
            )
    all_rows = np.concatenate(of_row)
    order = np.argsort(all_rows, kind="stable")  # the blocks come in the order of the stages
    columns = {
        name: pa.chunked_array([chunk for part in held for chunk in part.chunks], pa.string()).take(
            pa.array(order)
        )
        for name, held in parts.items()
    }
    headings = {
        name: " / ".join(heading[block.columns[name]] for block in blocks if name in block.columns)
        for name in names
    }
    return ExtractText(INVESTIGATIONS, year, file, columns, all_rows[order], headings)


def split_off_earlier_cases(
    complaints: pd.DataFrame, investigations: pd.DataFrame, year: Year, file: str
) -> tuple[pd.DataFrame, pd.DataFrame, list[Finding]]:
    """Cases of earlier years, which a wide export holds for the stages they reached since, are no complaints of this year.

    Returns the complaints without them, the investigations without their stages of earlier years, and a finding for each.
    """
    first_day = pd.Timestamp(year.first_day)
    earlier = complaints["received"] < first_day
    if not earlier.any():
        return complaints, investigations, []
    rows = complaints.loc[earlier, "row"]
    findings = [
        Finding(
            "warning", "complaints.received.carried_over", "complaints", file, int(row), "received", str(day.date()),
            "this case was received before the year: it is read for its stages of this year, and is no complaint of this year",
            "Nothing to do if the date is right; else correct it in the case system.",
        )
        for row, day in zip(rows[:MAX_LISTED_ROWS], complaints.loc[earlier, "received"][:MAX_LISTED_ROWS], strict=True)
    ]  # fmt: skip
    if len(rows) > MAX_LISTED_ROWS:
        findings.append(Finding(
            "warning", "complaints.received.carried_over", "complaints", file, None, "received", None,
            f"{len(rows) - MAX_LISTED_ROWS:,} more cases were received before the year",
            f"The first {MAX_LISTED_ROWS:,} are listed; look whether the export is of the right year.",
        ))  # fmt: skip
    before = investigations["row"].isin(rows) & (investigations["requested"] < first_day)
    return (
        complaints[~earlier].reset_index(drop=True),
        investigations[~before].reset_index(drop=True),
        findings,
    )
