"""What the validate step saves and the others load.

The typed extracts without their personal columns, published.csv as read, what was supplied, and
the findings.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from pipeline.artifacts import (
    CHECKLIST_FILE,
    FINDINGS_FILE,
    FINDINGS_PAGE,
    LEFT_OUT_FILE,
    SOURCES_FILE,
    SUPPLIED_FILE,
    VALIDATE_STEP,
    write_table,
)
from pipeline.settings import Settings
from pipeline.system.folders import backup_path, replace_atomically, staging_path
from pipeline.system.temporary import deleted_if_killed
from pipeline.validate import Validated
from pipeline.validate.checklist import checklist
from pipeline.validate.dictionary import EXTRACTS, EXTRACTS_BY_NAME, extracts_of
from pipeline.validate.finding_tables import write_csv
from pipeline.validate.findings import Finding
from pipeline.validate.findings_page import findings_html
from pipeline.validate.left_out import LEFT_OUT_TYPES
from pipeline.validate.rules.evaluate import rules_by_extract

# The reason of the rules that the reading itself checks.
READING_REASON = "Files, headings and cells are as the data dictionary describes them."


def save(validated: Validated, settings: Settings) -> Path:
    """Write the step's folder as a whole; its path."""
    with replace_atomically(settings.processed / VALIDATE_STEP) as folder:
        for name, table in validated.tables.items():
            personal = EXTRACTS_BY_NAME[name].personal_columns
            table = table.drop(columns=list(personal))
            table.to_parquet(folder / f"{name}.parquet", index=False)
        validated.published.to_parquet(folder / "published.parquet", index=False)
        write_table(supplied(validated, settings), folder / SUPPLIED_FILE)
        write_table(source_table(validated), folder / SOURCES_FILE)
        write_table(validated.left_out, folder / LEFT_OUT_FILE)
        write_table(checklist(validated.tables, settings), folder / CHECKLIST_FILE)
        _write_findings(validated.findings, folder)
    return settings.processed / VALIDATE_STEP


def save_findings(validated: Validated, settings: Settings) -> Path:
    """Write the findings of a check into a folder next to the last run's data; its path.

    The data need not be fit for a report.
    """
    findings_folder = settings.processed.with_name(f"{settings.processed.name}.findings")
    unfinished = staging_path(findings_folder), backup_path(findings_folder)
    with deleted_if_killed(*unfinished), replace_atomically(findings_folder) as folder:
        _write_findings(validated.findings, folder)
    return findings_folder


def _write_findings(findings: list[Finding], folder: Path) -> None:
    write_csv(findings, folder / FINDINGS_FILE)
    (folder / FINDINGS_PAGE).write_text(findings_html(findings), encoding="utf-8", newline="\n")


def supplied(validated: Validated, settings: Settings) -> pd.DataFrame:
    """One row per extract and available year: year, extract, supplied (yes or no) and rows."""
    missing = {(str(year), name) for year, name in validated.missing_extracts}
    rows = []
    for year in map(str, settings.available_years):
        for extract in extracts_of(settings.council):
            table = validated.tables.get(extract.name)
            row_count = 0 if table is None else int((table["year"] == year).sum())
            is_supplied = "no" if (year, extract.name) in missing else "yes"
            rows.append((year, extract.name, is_supplied, row_count))
    return pd.DataFrame(rows, columns=["year", "extract", "supplied", "rows"])


def source_table(validated: Validated) -> pd.DataFrame:
    """One row per file, or sheet of a workbook, from which rows were read.

    Columns: extract, year, file, rows, and columns: how many of the dictionary's are filled.
    """
    rows = []
    for name, table in validated.tables.items():
        column_names = list(EXTRACTS_BY_NAME[name].column_names)
        for (year, file), part in table.groupby(["year", "file"], observed=True):
            filled_columns = int(part[column_names].notna().any().sum())
            rows.append((name, str(year), str(file), len(part), filled_columns))
    return pd.DataFrame(rows, columns=["extract", "year", "file", "rows", "columns"])


def format_supplied(supplied: pd.DataFrame) -> str:
    """The table of `supplied` as lines of text: a line per extract, a column per year.

    An extract that was not supplied has "none" in place of its number of rows.
    """
    is_supplied = supplied["supplied"] == "yes"
    row_counts = supplied["rows"].map("{:,}".format).where(is_supplied, "none")
    table = supplied.assign(shown=row_counts)
    table = table.pivot(index="extract", columns="year", values="shown")
    table = table.reindex(supplied["extract"].unique())
    text: str = table.rename_axis(index=None, columns=None).to_string()
    return text


def load_tables(
    settings: Settings, columns: Collection[str] | None = None
) -> dict[str, pd.DataFrame]:
    """The typed extracts by name, without their personal columns.

    columns: the columns to load, where an extract has them; all if None or empty.
    """
    tables = {}
    for extract in EXTRACTS:
        path = settings.processed / VALIDATE_STEP / f"{extract.name}.parquet"
        if path.is_file():
            chosen = None
            if columns:
                import pyarrow.parquet as pq  # late: `check` writes findings, but reads no tables

                chosen = [name for name in pq.read_schema(path).names if name in columns]
            tables[extract.name] = pd.read_parquet(path, columns=chosen)
    return tables


def load_left_out(settings: Settings) -> pd.DataFrame:
    """The rows of the files that are in no extract, and why."""
    path = settings.processed / VALIDATE_STEP / LEFT_OUT_FILE
    return pd.read_csv(path, dtype=LEFT_OUT_TYPES)


def load_published(settings: Settings) -> pd.DataFrame:
    """published.csv, typed."""
    return pd.read_parquet(settings.processed / VALIDATE_STEP / "published.parquet")


def load_supplied(settings: Settings) -> pd.DataFrame:
    """The table that `supplied` made."""
    path = settings.processed / VALIDATE_STEP / SUPPLIED_FILE
    return pd.read_csv(path, dtype={"year": "str", "extract": "str", "supplied": "str"})


def load_findings(settings: Settings) -> pd.DataFrame:
    """The findings with the `year` of their extract and the `reason` of their rule.

    The reason is a sentence that quotes no cell.
    """
    path = settings.processed / VALIDATE_STEP / FINDINGS_FILE
    findings = pd.read_csv(path, encoding="utf-8-sig", dtype="str")
    reasons: dict[str, str] = {}
    for rules in rules_by_extract(settings).values():
        reasons.update({rule.id: rule.reason for rule in rules})
    years = findings["file"].str.extract(r"^data/raw/(\d{4}-\d{2})/", expand=False)
    return findings.assign(
        year=years.fillna(str(settings.year)),
        row=findings["row"].astype("Int64"),
        stands_for=findings["stands_for"].astype("Int64"),
        reason=findings["rule"].map(reasons).fillna(READING_REASON),
    )
