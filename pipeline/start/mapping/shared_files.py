"""An export with records of several kinds, as one table for each extract that has some of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.start.mapping.contents import Surroundings
from pipeline.start.mapping.draft import TableProposal, draft_table
from pipeline.start.mapping.exports import ExportColumn, ExportTable, Selection
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.validate.reading.shared_files.mixed_kinds import (
    EXTRACTS_KEPT_TOGETHER,
    KINDS_OF_EXTRACT,
)
from pipeline.validate.reading.shared_files.record_kinds import kinds_told


def split_by_kind(draft: TableProposal, surroundings: Surroundings) -> list[TableProposal]:
    """A draft for each extract that has records in the table; the draft alone if only one has."""
    if draft.extract.name not in EXTRACTS_KEPT_TOGETHER:
        return [draft]
    for column in draft.table.columns:
        kinds = kinds_told(column.counts, draft.table.row_count)
        if kinds and not kinds.keys() <= KINDS_OF_EXTRACT[draft.extract.name]:
            return [
                draft_table(part, EXTRACTS_BY_NAME[name], surroundings)
                for name, part in _parts(draft.table, column, kinds, surroundings).items()
            ]
    return [draft]


def _parts(
    table: ExportTable,
    column: ExportColumn,
    kinds: Mapping[str, Sequence[str]],
    surroundings: Surroundings,
) -> dict[str, ExportTable]:
    """By extract, the rows of its kind, without the column that tells the kinds apart."""
    texts = {name: tuple(kinds[name]) for name in EXTRACTS_KEPT_TOGETHER if name in kinds}
    chosen = {text for listed in texts.values() for text in listed}
    others = {text: count for text, count in column.counts.items() if text not in chosen}
    blank = table.row_count - column.filled
    parts: dict[str, ExportTable] = {}
    for name, listed in texts.items():
        is_of_kind = pc.is_in(column.cells, value_set=pa.array(listed, pa.string()))
        columns = tuple(
            ExportColumn(one.heading, one.position, one.cells.filter(is_of_kind))
            for one in table.columns
            if one is not column
        )
        selection = Selection(
            heading=table.heading_key(column),
            texts=listed,
            folder=str(surroundings.year),
            others=(others | ({"": blank} if blank else {})) if not parts else {},
        )
        parts[name] = replace(table, columns=columns, selection=selection)
    return parts
