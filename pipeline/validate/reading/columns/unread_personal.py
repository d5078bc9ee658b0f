"""The personal columns of a file that are mapped to none of ours, for the search alone.

The search of the report for personal data has to know the names in them. They are neither saved
nor published, and nothing else reads them.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.settings import Council
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.validate.personal.headings import WORD, personal_column
from pipeline.validate.reading.columns.extract_text import ExtractText
from pipeline.validate.reading.convert import convert
from pipeline.validate.reading.layout.parts import Source
from pipeline.validate.reading.table_source import UnreadableSource
from pipeline.year import Year

COMPLAINTS = EXTRACTS_BY_NAME["complaints"]
COLUMNS = ["year", "file", "row", *COMPLAINTS.personal_columns]
# fmt: off
PARTS_OF_A_NAME = frozenset({
    "forename", "forenames", "first", "firstname", "given", "surname", "last", "lastname", "family",
})
# fmt: on


def unread_personal(
    source: Source, year: Year, read: Collection[int], council: Council
) -> pd.DataFrame | None:
    """The personal columns of a source that are not read, as those of complaints; None without any.

    The columns are year, file and row, then the personal ones of complaints. A row of the file has
    a row for each of its columns, and for the parts of a name together.

    read: the positions of the columns that are read.
    """
    table = source.readable_table
    area = table.area
    skipped = {*read, *area.outside}
    records = [row for row in table.head if row.number > area.heading_rows[-1]]
    columns_by_position: dict[int, str] = {}
    for position, heading in enumerate(area.heading):
        if not heading or position in skipped:
            continue
        cells = [row.cells[position] for row in records if position < len(row.cells)]
        column = personal_column(heading, cells)
        if column:
            columns_by_position[position] = column
    if not columns_by_position:
        return None
    try:
        rows_read = table.read_columns(list(columns_by_position))
    except UnreadableSource:  # which is a finding of its own
        return None
    texts: list[dict[str, pa.ChunkedArray]] = []
    parts: dict[str, list[pa.ChunkedArray]] = {}
    for (position, column), cells in zip(
        columns_by_position.items(), rows_read.columns, strict=True
    ):
        texts.append({column: cells})
        words = {word.casefold() for word in WORD.findall(area.heading[position])}
        if words & PARTS_OF_A_NAME:
            parts.setdefault(column, []).append(cells)
    for column, name_parts in parts.items():
        if len(name_parts) > 1:
            texts.append({column: pc.binary_join_element_wise(*name_parts, " ")})
    converted = []
    for columns in texts:
        text = ExtractText(COMPLAINTS, year, source.name, columns, rows_read.row_numbers, {})
        rows, _ = convert(text, council)
        converted.append(rows[COLUMNS])
    return pd.concat(converted, ignore_index=True)
