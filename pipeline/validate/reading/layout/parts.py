"""The findings for an extract that is read from several files or sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from pipeline.validate.dictionary import Extract
from pipeline.validate.findings import Finding, format_row_numbers
from pipeline.validate.reading.layout.source_names import missing_numbers
from pipeline.year import Year


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
