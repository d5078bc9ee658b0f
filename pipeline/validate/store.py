"""What the validate step hands on: typed extracts, published.csv as read, what was supplied, and the findings."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from pipeline.settings import Settings
from pipeline.system.folders import replace_atomically
from pipeline.validate import Validated
from pipeline.validate.checklist import checklist
from pipeline.validate.dictionary import EXTRACTS, EXTRACTS_BY_NAME
from pipeline.validate.findings import Finding, write_csv
from pipeline.validate.findings_page import findings_html
from pipeline.validate.rules.of_columns import rules_by_extract

STEP = "1_validate"
READING_REASON = "Files, headings and cells are as the data dictionary describes them."  # what the rules of reading amount to


def save(validated: Validated, settings: Settings) -> Path:
    """Write the step's folder, whole; its path."""
    with replace_atomically(settings.processed / STEP) as folder:
        for name, table in validated.tables.items():
            table.to_parquet(folder / f"{name}.parquet", index=False)
        validated.published.to_parquet(folder / "published.parquet", index=False)
        supplied(validated, settings).to_csv(folder / "supplied.csv", index=False)
        source_table(validated).to_csv(folder / "sources.csv", index=False)
        checklist(validated.tables, settings).to_csv(folder / "checklist.csv", index=False)
        _write_findings(validated.findings, folder)
    return settings.processed / STEP


def save_findings(validated: Validated, settings: Settings) -> Path:
    """Write what a check found, of data that need not be fit for a report, beside what the last run left; the folder."""
    kept = settings.processed.with_name(f"{settings.processed.name}.findings")
    with replace_atomically(kept) as folder:
        _write_findings(validated.findings, folder)
    return kept


def _write_findings(findings: list[Finding], folder: Path) -> None:
    write_csv(findings, folder / "findings.csv")
    (folder / "findings.html").write_text(findings_html(findings), encoding="utf-8")


def supplied(validated: Validated, settings: Settings) -> pd.DataFrame:
    """Each extract of each year held: year, extract, supplied (yes or no) and rows."""
    absent = {(str(year), name) for year, name in validated.missing_extracts}
    found = []
    for year in map(str, settings.available_years):
        for extract in EXTRACTS:
            table = validated.tables.get(extract.name)
            rows = 0 if table is None else int((table["year"] == year).sum())
            found.append(
                (year, extract.name, "no" if (year, extract.name) in absent else "yes", rows)
            )
    return pd.DataFrame(found, columns=["year", "extract", "supplied", "rows"])


def source_table(validated: Validated) -> pd.DataFrame:
    """Each file, or sheet of a workbook, that rows were read from: extract, year, file, rows, columns of the dictionary."""
    read = [
        (
            name,
            str(year),
            str(file),
            len(part),
            int(part[list(EXTRACTS_BY_NAME[name].column_names)].notna().any().sum()),
        )
        for name, table in validated.tables.items()
        for (year, file), part in table.groupby(["year", "file"], observed=True)
    ]
    return pd.DataFrame(read, columns=["extract", "year", "file", "rows", "columns"])


def format_supplied(supplied: pd.DataFrame) -> str:
    """What was supplied as lines of text: an extract a line, a year a column, "none" where an extract was not handed over."""
    shown = supplied["rows"].map("{:,}".format).where(supplied["supplied"] == "yes", "none")
    table = supplied.assign(shown=shown).pivot(index="extract", columns="year", values="shown")
    table = table.reindex(supplied["extract"].unique())
    return table.rename_axis(index=None, columns=None).to_string()


def load_tables(
    settings: Settings, columns: Collection[str] | None = None
) -> dict[str, pd.DataFrame]:
    """The typed extracts by name; of columns, where some are asked for, those that each has."""
    folder = settings.processed / STEP
    held = {extract.name: folder / f"{extract.name}.parquet" for extract in EXTRACTS}

    def asked(path: Path) -> list[str] | None:
        return columns and [name for name in pq.read_schema(path).names if name in columns]

    return {
        name: pd.read_parquet(path, columns=asked(path))
        for name, path in held.items()
        if path.is_file()
    }


def load_published(settings: Settings) -> pd.DataFrame:
    """published.csv, typed."""
    return pd.read_parquet(settings.processed / STEP / "published.parquet")


def load_supplied(settings: Settings) -> pd.DataFrame:
    """What `supplied` found."""
    return pd.read_csv(
        settings.processed / STEP / "supplied.csv",
        dtype={"year": "str", "extract": "str", "supplied": "str"},
    )


def load_findings(settings: Settings) -> pd.DataFrame:
    """The findings with the `year` of their extract and the `reason` of their rule, a sentence that quotes no cell."""
    findings = pd.read_csv(
        settings.processed / STEP / "findings.csv", encoding="utf-8-sig", dtype="str"
    )
    reasons = {
        rule.id: rule.reason for asked in rules_by_extract(settings).values() for rule in asked
    }
    year = (
        findings["file"]
        .str.extract(r"^data/raw/(\d{4}-\d{2})/", expand=False)
        .fillna(str(settings.year))
    )
    return findings.assign(
        year=year,
        row=findings["row"].astype("Int64"),
        stands_for=findings["stands_for"].astype("Int64"),
        reason=findings["rule"].map(reasons).fillna(READING_REASON),
    )
