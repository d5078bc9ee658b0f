"""The audit's pages on a run: inputs, findings, rows, what was withheld, and decisions."""

from __future__ import annotations

import pandas as pd

from pipeline.aggregate.store import load_decisions
from pipeline.artifacts import (
    AGGREGATE_STEP,
    CLEAN_STEP,
    DECISIONS_FILE,
    DROPPED_COLUMNS_FILE,
    DROPPED_ROWS_FILE,
    FINDINGS_FILE,
    RECONCILIATION_FILE,
    SOURCES_FILE,
    SUPPLIED_FILE,
    VALIDATE_STEP,
)
from pipeline.audit.checklist import ContentRow
from pipeline.audit.pages import paragraph, text_table
from pipeline.report import wording
from pipeline.report.comments import (
    YES,
    ReaderComment,
    load_comments,
    open_comments,
    settlement_of,
)
from pipeline.report.narrative.claims import unsupported_claims
from pipeline.settings import Settings
from pipeline.validate import store as validate_store
from pipeline.validate.left_out import COUNTED


def kept_rows_summary(settings: Settings) -> str:
    """How many of the rows read were kept, as a sentence."""
    account = _load_reconciliation(settings)
    kept_count = _rule_rows(account, "rows kept")
    read_count = _rule_rows(account, "rows in")
    if kept_count < read_count:
        return f"{kept_count:,} of {read_count:,} rows kept, the others left out by named rules"
    return f"all {read_count:,} rows kept"


def inputs_body(settings: Settings) -> str:
    """The files that rows were read from, and the extracts that are missing."""
    sources = pd.read_csv(settings.processed / VALIDATE_STEP / SOURCES_FILE, dtype="str")
    files = sources[["file", "extract", "year", "rows", "columns"]]
    missing = validate_store.load_supplied(settings).query("supplied == 'no'")[["extract", "year"]]
    return (
        paragraph(
            "Every file, or sheet of a workbook, that rows were read from. "
            "The SHA-256 of each file is in run.json."
        )
        + text_table(
            "Files read",
            ["File", "Extract", "Year", "Rows", "Columns"],
            files.itertuples(index=False),
            "No file was read.",
            f"{settings.tables_name}/{VALIDATE_STEP}/{SOURCES_FILE}",
        )
        + text_table(
            "Extracts that were not supplied",
            ["Extract", "Year"],
            missing.itertuples(index=False),
            "Every extract was supplied.",
            f"{settings.tables_name}/{VALIDATE_STEP}/{SUPPLIED_FILE}",
        )
    )


def findings_body(settings: Settings) -> str:
    """All findings of the validation."""
    findings = validate_store.load_findings(settings)
    columns = findings[["severity", "file", "row", "rule", "what", "remedy"]]
    return paragraph(
        "Values of personal columns are masked. "
        "The same as a table: findings.csv, next to this page."
    ) + text_table(
        "Findings",
        ["Severity", "File", "Row", "Rule", "What", "What to do"],
        columns.itertuples(index=False),
        "Nothing was found.",
        FINDINGS_FILE,
    )


def reconciliation_body(settings: Settings) -> str:
    """The rows of each extract, and the rows and columns that were left out."""
    clean = settings.processed / CLEAN_STEP
    dropped_rows = pd.read_csv(clean / DROPPED_ROWS_FILE)
    dropped_columns = pd.read_csv(clean / DROPPED_COLUMNS_FILE)
    folder = f"{settings.tables_name}/{CLEAN_STEP}"
    return (
        text_table(
            "Rows of each extract",
            ["Extract", "Rule", "Rows"],
            _load_reconciliation(settings).itertuples(index=False),
            "No rows.",
            f"{folder}/{RECONCILIATION_FILE}",
        )
        + text_table(
            "Rows left out",
            ["Extract", "Rule", "Year", "File", "Row"],
            (
                (*rest, wording.counted(rows, "row") if row == COUNTED else row)
                for *rest, row, rows in dropped_rows.astype(object).itertuples(index=False)
            ),
            "No row was left out.",
            f"{folder}/{DROPPED_ROWS_FILE}",
        )
        + text_table(
            "Columns left out",
            ["Extract", "Column", "Reason"],
            dropped_columns.itertuples(index=False),
            "No column was left out.",
            f"{folder}/{DROPPED_COLUMNS_FILE}",
        )
    )


def disclosure_body(settings: Settings) -> str:
    """The council's policy on small numbers, and the numbers withheld."""
    policy = [
        (name, value if isinstance(value, str | int) else ", ".join(value))
        for name, value in settings.council.disclosure
    ]
    return text_table("The council's policy", ["Setting", "Value"], policy, "") + text_table(
        "Numbers withheld",
        ["Figure", "Year", "Category", "Detail", "Rule", "Protects"],
        load_decisions(settings).itertuples(index=False),
        "No number was withheld.",
        f"{settings.tables_name}/{AGGREGATE_STEP}/{DECISIONS_FILE}",
    )


def checklist_body(rows: list[ContentRow]) -> str:
    """What the guidance asks of an annual report, and where the page says it."""
    return paragraph(
        "Read from the finished page: under which headings it prints a number of each content, and "
        "of what it prints none. Whether its words review the procedure, a person has to judge."
    ) + text_table(
        "What the guidance asks an annual report to say",
        ["Number", "Asked for", "Said under", "Missing"],
        rows,
        "",
    )


def decisions_body(settings: Settings) -> str:
    """The decisions in the settings, and the claims without a figure."""
    claims = [(problem.where, problem.what) for problem in unsupported_claims(settings)]
    return (
        text_table("Decided", ["What", "How", "By whom"], _decisions(settings), "")
        + text_table(
            "Claims in the commentary that no figure carries",
            ["Where", "What"],
            claims,
            "No claim without a figure was found.",
        )
        + _comments_table(settings)
    )


def _comments_table(settings: Settings) -> str:
    """The comments of readers in the files that came back, open ones first."""
    still_open = open_comments(settings)
    settled = [each for each in load_comments(settings) if each not in still_open]
    rows = [
        (comment.author, comment.section, comment.quoted, comment.text, _state(comment, settings))
        for comment in [*still_open, *settled]
    ]
    return text_table(
        "Comments of readers",
        ["Author", "Section", "About", "Comment", "State"],
        rows,
        "No returned file with comments has been reviewed.",
    )


def _state(comment: ReaderComment, settings: Settings) -> str:
    if comment.resolved == YES:
        return "resolved in Word"
    settlement = settlement_of(comment, settings)
    return f"settled by {settlement}" if settlement else "open"


def _decisions(settings: Settings) -> list[tuple[str, str, str]]:
    """What was decided, how, and by whom; the last is empty for the council's own settings."""
    council = settings.council
    report = settings.report
    decisions = [("Small numbers", council.disclosure.reason, "")]
    for series_break in council.series_breaks:
        text = f"{series_break.figure} from {series_break.from_year}: {series_break.note}"
        decisions.append(("Break in a series", text, ""))
    for warning in report.accepted_warnings:
        decisions.append(("Warning accepted", f"{warning.rule}: {warning.reason}", warning.name))
    for allowed in report.allowed_names:
        decisions.append(("Name allowed", f"{allowed.words}: {allowed.reason}", allowed.name))
    for settled in report.settled_comments:
        text = f"{settled.author}, {settled.comment}: {settled.reason}"
        decisions.append(("Comment settled", text, settled.name))
    for name, value in council.time_limits.as_settings.items():
        limit = f"{value} working days" if isinstance(value, int) else str(value)
        if isinstance(value, dict):
            limit = ", ".join(f"{grade} {length}" for grade, length in value.items())
        decisions.append(("Time limit", f"{name.replace('_', ' ')}: {limit}", ""))
    return decisions


def _load_reconciliation(settings: Settings) -> pd.DataFrame:
    return pd.read_csv(settings.processed / CLEAN_STEP / RECONCILIATION_FILE)


def _rule_rows(account: pd.DataFrame, rule: str) -> int:
    """The rows of all extracts to which a rule applied."""
    return int(account.loc[account["rule"] == rule, "rows"].sum())
