"""Columns that are not read, and by which some rows of a file are other records than the rest."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from pipeline.validate.findings import Finding, count_rows, quotable_text
from pipeline.validate.reading.layout.parts import Source
from pipeline.validate.reading.shared_files.record_kinds import OTHER, kinds_told, may_tell_kinds
from pipeline.validate.reading.table_source import UnreadableSource
from pipeline.validate.reading.tables.locate import TablePlace

# By extract, the kinds of which its rows may be. The other extracts are not kept with complaints,
# or may come of them, as learning does.
KINDS_OF_EXTRACT = {
    "complaints": {"complaints"},
    "investigations": {"complaints"},
    "compliments": {"compliments"},
    "concerns": {"concerns", OTHER},
}
EXTRACTS_KEPT_TOGETHER = ("complaints", "compliments", "concerns")  # with a row for each record
MAX_LISTED_TEXTS = 6
PLAIN_SCALAR = re.compile(r"[^\W\d_][\w ./()-]*")
NOT_A_TEXT = {"yes", "no", "true", "false", "on", "off", "null", "y", "n"}  # in YAML


def mixed_kind_findings(
    source: Source, extract: str, read: Collection[int], records: np.ndarray
) -> list[Finding]:
    """A finding for each column by which some of the records are not of the extract.

    read: the positions of the columns that are read. records: the numbers of the records' rows.
    """
    if source.place is None or extract not in KINDS_OF_EXTRACT or not len(records):
        return []
    candidates = _candidates(source, read)
    if not candidates:
        return []
    try:
        rows = source.readable_table.read_columns(candidates)
    except UnreadableSource:  # which is a finding of its own
        return []
    is_record = pa.array(np.isin(rows.row_numbers, records))
    findings = []
    for position, cells in zip(candidates, rows.columns, strict=True):
        texts = (text.strip() for text in cells.filter(is_record).to_pylist())
        counts = Counter(text for text in texts if text)
        kinds = kinds_told(counts, len(records))
        if kinds and not kinds.keys() <= KINDS_OF_EXTRACT[extract]:
            heading = source.readable_table.area.heading[position]
            findings.append(_finding(source.place, heading, counts, kinds))
    return findings


def _candidates(source: Source, read: Collection[int]) -> list[int]:
    """The positions of columns that are not read, and whose first cells name kinds of records."""
    table = source.readable_table
    area = table.area
    first = [row for row in table.head if row.number > area.heading_rows[-1]]
    skipped = {*read, *area.outside}
    return [
        position
        for position, heading in enumerate(area.heading)
        if heading
        and position not in skipped
        and may_tell_kinds(
            Counter(
                row.cells[position].strip()
                for row in first
                if position < len(row.cells) and row.cells[position].strip()
            )
        )
    ]


def _finding(
    place: TablePlace, heading: str, counts: Mapping[str, int], kinds: Mapping[str, Sequence[str]]
) -> Finding:
    extract = place.source.extract
    usual = sorted(counts, key=lambda text: (-counts[text], text))
    listed = [f'"{quotable_text(text)}" ({count_rows(counts[text])})' for text in usual]
    more = f" and {len(listed) - MAX_LISTED_TEXTS} more" if len(listed) > MAX_LISTED_TEXTS else ""
    own = [text for kind in sorted(KINDS_OF_EXTRACT[extract]) for text in kinds.get(kind, ())]
    others = [name for name in EXTRACTS_KEPT_TOGETHER if name != extract and kinds.get(name)]
    rows_of_extract = only_rows_text(heading, own or ["…"])
    has_entry = place.layout is not None and (
        place.layout.file or place.layout.headings or place.layout.only
    )
    line = f"`only: {rows_of_extract}`"
    if not has_entry:
        line = place.source.lines(only=rows_of_extract)
    where = f"Add to the entry of {extract} under `tables:` in" if has_entry else "Add to"
    elsewhere = (
        f" Entries for {' and '.join(others)} read the other rows of the same file."
        if others
        else ""
    )
    finding = place.source.finding(
        "critical",
        "rows.kinds",
        f'all rows are read as {extract}, but by the column "{heading}", which is not read, they '
        f"are not all of one kind: {', '.join(listed[:MAX_LISTED_TEXTS])}{more}",
        f"{where} council.yaml which rows are {extract}: {line}.{elsewhere} If all of them are "
        f"{extract}, list every text.",
    )
    return replace(finding, column=heading)


def only_rows_text(heading: str, texts: Sequence[str]) -> str:
    """What `only:` in council.yaml says, on one line: which rows are of an extract."""
    scalars = [_scalar(text) for text in texts]
    listed = scalars[0] if len(scalars) == 1 else f"[{', '.join(scalars)}]"
    return f"{{{_scalar(heading)}: {listed}}}"


def _scalar(text: str) -> str:
    line = " ".join(text.split())
    is_plain = PLAIN_SCALAR.fullmatch(line) and line.casefold() not in NOT_A_TEXT
    return line if is_plain else json.dumps(line, ensure_ascii=False)
