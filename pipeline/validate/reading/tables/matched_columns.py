"""The columns of a source: which of the dictionary's are at which positions of its heading."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pipeline.settings import Council
from pipeline.validate.definitions import PROCEDURE, Extract
from pipeline.validate.findings import Finding
from pipeline.validate.reading.columns.headings import FileHeading, HeadingRow
from pipeline.validate.reading.layout.accounts import REACHED
from pipeline.validate.reading.layout.parts import Source
from pipeline.validate.reading.layout.sheet_marks import is_error_text
from pipeline.validate.reading.mapping import match_headings
from pipeline.validate.reading.wide_export import StageBlock, stage_blocks


@dataclass(frozen=True)
class MatchedColumns:
    """The columns of a source, by their positions in its heading.

    heading: as the file has it, without errors of a spreadsheet.
    matched: the positions of each column of the extract that the file has.
    chosen: those of them that are converted.
    blocks: the columns of each stage in a wide export.
    only: the positions by which `only:` tells the extract's rows from others.
    positions: of everything that is read: also what shows which rows are records.
    unnamed: positions whose heading is empty.
    """

    heading: list[str]
    matched: dict[str, list[int]]
    chosen: dict[str, list[int]]
    blocks: list[StageBlock]
    only: set[int]
    positions: list[int]
    unnamed: list[int]
    findings: list[Finding]
    block_findings: list[Finding]

    @property
    def stage_positions(self) -> set[int]:
        """The positions that tell of a stage, or only that it was reached."""
        return _stage_positions(self.blocks)

    def by_position(self) -> dict[int, str]:
        """The column that is read from each position; for a stage's column any name it has."""
        names = {position: self.heading[position] for position in self.only}
        names |= {
            position: name for block in self.blocks for name, position in block.columns.items()
        }
        for block in self.blocks:
            names = dict.fromkeys(block.reached_positions, REACHED) | names
        for name, positions in self.chosen.items():
            names |= dict.fromkeys(positions, name)
        return names


def match_columns(
    extract: Extract, source: Source, council: Council, names: Collection[str] | None
) -> MatchedColumns:
    """The columns of the extract in the heading of a source that can be read.

    names: the columns to convert; all if None.
    """
    area = source.readable_table.area
    heading = [cell if not is_error_text(cell) else "" for cell in area.heading]
    blocks: list[StageBlock] = []
    block_findings: list[Finding] = []
    if extract.name == "complaints":
        blocks, block_findings = stage_blocks(heading, council, source.name)
    stage_positions = _stage_positions(blocks)
    row = HeadingRow(heading)
    layout = source.place.layout if source.place else None
    only = {position for name in (layout.only if layout else ()) for position in row.find(name)}
    file_heading = FileHeading(extract, source.name, row, council.columns.get(extract.name, {}))
    matched, findings = match_headings(file_heading, stage_positions, only)
    # Without these it is not known which rows are records.
    required = [
        matched[column.name]
        for column in extract.columns
        if (column.required or column.name == PROCEDURE) and column.name in matched
    ]
    chosen = matched
    if names and not blocks:
        chosen = {name: places for name, places in matched.items() if name in names}
    unnamed = [
        position
        for position, cell in enumerate(heading)
        if not cell and position not in area.outside
    ]
    return MatchedColumns(
        heading=heading,
        matched=matched,
        chosen=chosen,
        blocks=blocks,
        only=only,
        positions=sorted(stage_positions.union(*chosen.values(), *required, unnamed, only)),
        unnamed=unnamed,
        findings=findings,
        block_findings=block_findings,
    )


def _stage_positions(blocks: list[StageBlock]) -> set[int]:
    positions: set[int] = set()
    for block in blocks:
        positions.update(block.columns.values(), block.reached_positions)
    return positions
