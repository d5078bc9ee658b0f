"""What the law and guidance require in the annual report, and what data there is for it.

The procedure lists it. This is known before a report is made; what its page then says is in
`audit/checklist.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pipeline.procedures import Requirement
from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS_BY_NAME

CHECKLIST_COLUMNS = ["number", "asked_for", "sections", "data", "gap"]


def checklist(tables: dict[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """Each of the procedure's required contents for the year reported, with what is missing for it.

    The columns are CHECKLIST_COLUMNS; `gap` is in words, empty where there is none.
    tables: the typed extracts by name; one that was not supplied is absent or has no rows of the
        year.
    """
    year = str(settings.year)
    year_tables = {name: table[table["year"] == year] for name, table in tables.items()}
    printed_sections = settings.council.sections.names
    rows = []
    for number, item in enumerate(settings.council.procedure.contents, start=1):
        row_counts = {name: len(year_tables.get(name, ())) for name in item.extracts}
        gaps = [
            f"the section {name} is not among the sections of council.yaml"
            for name in item.sections
            if name not in printed_sections
        ]
        for name, row_count in row_counts.items():
            if not row_count:
                gaps.append(f"{name} has no rows for {year}")
        gaps += _recording_gaps(item, year_tables, settings)
        data = ", ".join(f"{name} {row_count:,}" for name, row_count in row_counts.items())
        rows.append((number, item.requirement, ", ".join(item.sections), data, "; ".join(gaps)))
    return pd.DataFrame(rows, columns=CHECKLIST_COLUMNS)


def checklist_text(checklist: pd.DataFrame) -> str:
    """The checklist as lines for a terminal."""
    lines = [
        "What the law and guidance require, the section for it, and the data that there is:",
        "",
    ]
    for row in checklist.itertuples():
        lines.append(f"{row.number:>3}  {row.asked_for}: {row.sections} ({row.data})")
        lines += [f"     → {gap}" for gap in row.gap.split("; ") if gap]
    return "\n".join(lines)


def _recording_gaps(
    item: Requirement, year_tables: dict[str, pd.DataFrame], settings: Settings
) -> Iterator[str]:
    """What is said of each column that may be empty and is, in some row or because of settings."""
    for name in item.optional_columns:
        extract = item.extracts[0]
        table = year_tables.get(extract)
        title = name.replace("_", " ")
        if not EXTRACTS_BY_NAME[extract].column(name).allowed_values(settings.council):
            yield f"{title} is not collected: council.yaml lists no codes for it"
        elif table is not None and table[name].isna().any():
            yield f"{title} was recorded for {table[name].notna().sum():,} of {len(table):,}"
