"""The names of what steps and reports leave: folders, files and formats, each declared once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

DISTRIBUTION = "council-annual-report"  # another project has the name of our command
CODE_FOLDER = Path(__file__).resolve().parents[1]
PACKAGED_FOLDER = "packaged"  # of a wheel: what a checkout has next to the package
VALIDATE_STEP = "1_validate"
CLEAN_STEP = "2_clean"
AGGREGATE_STEP = "3_aggregate"
REPORT_STEP = "4_report"
SUPPLIED_FILE = "supplied.csv"
SOURCES_FILE = "sources.csv"
LEFT_OUT_FILE = "left_out.csv"
FINDINGS_FILE = "findings.csv"
FINDINGS_PAGE = "findings.html"
CHECKLIST_FILE = "checklist.csv"
RECONCILIATION_FILE = "reconciliation.csv"
DROPPED_ROWS_FILE = "dropped_rows.csv"
DROPPED_COLUMNS_FILE = "dropped_columns.csv"
FIGURES_FILE = "figures.csv"
LINEAGE_FILE = "lineage.parquet"
DECISIONS_FILE = "disclosure.csv"
RELATIONS_FILE = "relations.csv"
EARLIER_NUMBERS_FILE = "known.csv"
JOINT_STEP = "5_joint"  # the only step of a report on several procedures
STEPS = (VALIDATE_STEP, CLEAN_STEP, AGGREGATE_STEP, REPORT_STEP)
DOCUMENTS_STEP = "documents"  # the files made of the executed notebooks, after the steps
FORMATS = ("html", "pdf", "docx", "data")
OPEN_DATA = "figures.csv"
OPEN_DATA_META = "figures.meta.csv"
OPEN_DATA_GUIDE = "figures.guide.txt"
DATA_PACKAGE = "datapackage.json"
REPORT_PAGE = "annual-report.html"
REPORT_PDF = "annual-report.pdf"
REPORT_WORD = "annual-report.docx"
AUDIT_FOLDER = "audit"  # in the report's folder
RECORD_PATH = f"{AUDIT_FOLDER}/run.json"
SIGN_OFF_PATH = f"{AUDIT_FOLDER}/sign-off.json"
PARAGRAPHS_PATH = f"{AUDIT_FOLDER}/paragraphs.json"  # of the Word file
REPORT_ID_PROPERTY = "annual-report-id"  # of a Word file, from which report it comes
CRATE_PATH = f"{AUDIT_FOLDER}/ro-crate-metadata.json"  # the name that the format asks for
LEDGER_FOLDER = "numbers"  # in `reports`, what the reports of each year have ever published
LOCK_FILE = "requirements.lock"
FINAL = "final"  # the status of a data package whose report is no draft
FROM_EXTRACTS = "extracts"  # the source of a number that is made from the council's records
TOTAL = "Total"  # in place of a category if a figure has none
# Between the texts of a detail that has several; tables split it from the right.
DETAIL_SEPARATOR = " | "
SOURCE_NOT_SHOWN = "source not shown, to protect people"  # the detail of a quotation
STATEMENT_SEPARATOR = "; "  # between the relations of a figure
OVERALL = "Overall"  # in a spreadsheet, if the one number of a figure is no total
DECIMAL_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def folders_of_step(step: str) -> tuple[str, ...]:
    """The folders of a step's tables: its own, or those that the joint step makes instead."""
    return (VALIDATE_STEP, CLEAN_STEP, AGGREGATE_STEP) if step == JOINT_STEP else (step,)


def standard_notebooks(root: Path = CODE_FOLDER) -> Path:
    """The folder of the notebooks that a workspace has unless it has its own.

    root: the folder of the package, in a checkout or where a wheel is installed.
    """
    packaged = root / "pipeline" / PACKAGED_FOLDER / "notebooks"
    return packaged if packaged.is_dir() else root / "notebooks"


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table with the same bytes on every system."""
    table.to_csv(path, index=False, lineterminator="\n")


class NumberKey(NamedTuple):
    """What identifies a number among all numbers of a report."""

    figure: str
    year: str
    category: str = ""
    detail: str = ""


def is_final_package(content: bytes) -> bool:
    """Whether a data package is that of a final report, by its own account."""
    try:
        package = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(package, dict) and package.get("status") == FINAL


class FormatUnavailable(Exception):
    """A format that this machine cannot make: what is missing, and what installs it."""
