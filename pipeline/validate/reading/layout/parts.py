"""An extract that is read from several files or sheets: which they are, and what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.validate.definitions import Extract
from pipeline.validate.findings import Finding, format_row_numbers
from pipeline.validate.reading.layout.source_names import missing_numbers
from pipeline.validate.reading.sheet_worker import normalise_name
from pipeline.validate.reading.table_source import TableSource
from pipeline.validate.reading.tables.locate import TablePlace
from pipeline.year import Year


@dataclass(frozen=True)
class Source:
    """Where one extract of one year, or a part of it, is.

    name: as findings and the `file` column show it: the path inside the workspace and, for a
        workbook, " · " and the sheet.
    table: None where the source cannot be read.
    place: where the table is in it.
    part: which part of the extract it is; "" for the whole.
    """

    name: str
    table: TableSource | None
    part: str = ""
    place: TablePlace | None = None

    @property
    def readable_table(self) -> TableSource:
        """The table, of a source that can be read."""
        assert self.table is not None, self.name
        return self.table


def part_findings(
    extract: Extract, year: Year, names: Sequence[tuple[str, str]], tables: Sequence[pd.DataFrame]
) -> list[Finding]:
    """What was read together, and what is in it twice or most likely missing.

    names: of each source its name and which part it is.
    tables: the typed rows of each.
    """
    files = [name for name, _ in names]
    listed = [f"{name} ({len(table):,})" for name, table in zip(files, tables, strict=True)]
    total = sum(len(table) for table in tables)
    findings = [
        Finding(
            severity="info",
            rule=f"{extract.name}.file.parts",
            extract=extract.name,
            file=f"data/raw/{year}",
            what=(
                f"{extract.name} is read from {len(files)} sources together, {total:,} rows in "
                f"all: {', '.join(listed)}"
            ),
            remedy="Nothing to do if each is a part of the extract.",
        )
    ]
    missing = missing_numbers([part for _, part in names])
    if missing:
        findings.append(
            Finding(
                severity="warning",
                rule=f"{extract.name}.file.parts_complete",
                extract=extract.name,
                file=f"data/raw/{year}",
                what=(
                    f"{extract.name} comes in parts, and by their names these are not there: "
                    f"{', '.join(missing)}"
                ),
                remedy="Add the missing parts to the folder, or rename the others.",
            )
        )
    return findings + list(_repeated_rows(extract, files, tables))


def _repeated_rows(
    extract: Extract, files: Sequence[str], tables: Sequence[pd.DataFrame]
) -> Iterator[Finding]:
    """A finding for each source with rows that are in an earlier one, the same in every column."""
    columns = list(extract.column_names)
    has_key = any(column.unique for column in extract.columns) or extract.name == "investigations"
    keys = [
        pd.util.hash_pandas_object(table[columns].astype("str"), index=False) for table in tables
    ]
    for later in range(1, len(tables)):
        for earlier in range(later):
            is_repeated = keys[later].isin(keys[earlier]).to_numpy()
            rows = tables[later].loc[is_repeated, "row"].tolist()
            if not rows:
                continue
            is_whole = len(rows) == len(tables[later]) or keys[earlier].isin(keys[later]).all()
            if has_key and not is_whole:
                continue  # a rule names each reference that appears twice
            yield Finding(
                severity="critical" if is_whole else "warning",
                rule=f"{extract.name}.file.repeated",
                extract=extract.name,
                file=files[later],
                what=(
                    f"{format_row_numbers(rows)} "
                    f"{'are' if len(rows) > 1 else 'is'} also in {files[earlier]}, the same in "
                    "every column"
                ),
                remedy=(
                    "Remove one of the two from the folder: nothing may be counted twice."
                    if is_whole
                    else "Remove the rows from one of them, unless they are not the same case."
                ),
                stands_for=len(rows),
            )


def mismatch_findings(extract: str, sources: list[Source], year: Year) -> list[Finding]:
    """The findings for sources that cannot be read together."""
    by_part: dict[str, list[Source]] = {}
    for source in sources:
        by_part.setdefault(source.part, []).append(source)
    findings = [
        _repeated_extract_finding(extract, repeated, year)
        for repeated in by_part.values()
        if len(repeated) > 1
    ]
    headings = {
        source.name: frozenset(normalise_name(cell) for cell in source.table.area.heading if cell)
        for source in sources
        if source.table is not None
    }
    if findings or len(headings) < 2:
        return findings
    [(usual, _)] = Counter(headings.values()).most_common(1)
    usual_file = next(name for name, heading in headings.items() if heading == usual)
    return [
        _different_headings_finding(extract, name, usual_file, (usual - heading, heading - usual))
        for name, heading in headings.items()
        if heading != usual
    ]


def _repeated_extract_finding(extract: str, sources: list[Source], year: Year) -> Finding:
    names = " and ".join(source.name for source in sources)
    return Finding(
        severity="critical",
        rule=f"{extract}.file.once",
        extract=extract,
        file=f"data/raw/{year}",
        what=f"{extract} is supplied more than once: {names}",
        remedy=(
            "Keep the right one and remove the others from the folder. Parts of one extract are "
            f'read together if each name says which part it is: "{extract} Q1", "{extract} Q2".'
        ),
    )


def _different_headings_finding(
    extract: str, name: str, usual_file: str, differences: tuple[frozenset[str], frozenset[str]]
) -> Finding:
    missing, added = (", ".join(f'"{cell}"' for cell in sorted(cells)) for cells in differences)
    parts = [f"it lacks {missing}"] if missing else []
    parts += [f"it alone has {added}"] if added else []
    return Finding(
        severity="critical",
        rule=f"{extract}.file.headings_alike",
        extract=extract,
        file=name,
        what=f"its headings differ from those of {usual_file}: {' and '.join(parts)}",
        remedy=(
            f"Give all parts of {extract} the same headings, so that they can be read together, or "
            "remove the one that is no part of it."
        ),
    )
