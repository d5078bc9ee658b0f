"""The report that a returned file comes from: the current one, or one that was kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docx.document import Document
from lxml import etree

from pipeline.artifacts import PARAGRAPHS_PATH, REPORT_ID_PROPERTY, REPORT_WORD
from pipeline.problem import Kind, Problem
from pipeline.report.paragraphs.record import ParagraphRecord, digest_of, read_record
from pipeline.review.returned.archive import open_word_file

REPORTS, HISTORY = "reports", "history"
YEAR_FOLDER = re.compile(r"\d{4}-\d\d")
CUSTOM_PROPERTIES = "/docProps/custom.xml"
START_OVER = "Send a copy of annual-report.docx, and ask for the changes in that file."


@dataclass(frozen=True)
class SentReport:
    """A report that was sent: its folder, and its paragraphs.

    procedure: of which it is the own report, where a workspace has several.
    """

    folder: Path
    record: ParagraphRecord
    procedure: str = ""

    @property
    def name(self) -> str:
        """As commands name it: 2025-26, or 2025-26/adult."""
        return "/".join(filter(None, (self.record.year, self.procedure)))


def find_sent_report(workspace: Path, path: Path, document: Document) -> SentReport:
    """The report of a workspace from which a file comes.

    Raises Problem if the file does not say, or comes from a report that is not here.
    """
    report_id = report_id_of(document)
    if not report_id:
        raise Problem(
            kind=Kind.DATA,
            where=str(path),
            what="this file does not say which report it comes from",
            remedy=f"{START_OVER} Text that was copied into another file cannot be compared.",
        )
    report = report_with_id(workspace, report_id)
    if report:
        return report
    raise Problem(
        kind=Kind.DATA,
        where=str(path),
        what="this file comes from a report that is neither the current one nor a kept one of "
        "this workspace",
        remedy=f"Name its workspace with --workspace. If it is no longer kept: {START_OVER}",
    )


def sent_document(report: SentReport, report_id: str) -> Document | None:
    """The Word file of a report that was sent; None if it is no longer there."""
    path = report.folder / REPORT_WORD
    document = open_word_file(path) if path.is_file() else None
    return document if document and report_id_of(document) == report_id else None


def report_with_id(workspace: Path, report_id: str) -> SentReport | None:
    """The report of a workspace with this id, the current one before those that are kept."""
    for candidate in _records(workspace):
        content = candidate.read_bytes()
        if digest_of(content) == report_id:
            name = candidate.relative_to(workspace).as_posix()
            first_folder = candidate.relative_to(workspace / REPORTS).parts[0]
            is_shared = YEAR_FOLDER.fullmatch(first_folder) or first_folder == HISTORY
            procedure = "" if is_shared else first_folder
            return SentReport(candidate.parents[1], read_record(content, name), procedure)
    return None


def report_id_of(document: Document) -> str:
    """The report that a Word file says it comes from; empty if it says none."""
    for part in document.part.package.iter_parts():
        if str(part.partname) == CUSTOM_PROPERTIES:
            for entry in etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False)):
                if entry.get("name") == REPORT_ID_PROPERTY:
                    return "".join(entry.itertext()).strip()
    return ""


def _records(workspace: Path) -> Iterator[Path]:
    """The records of the paragraphs of all reports of a workspace, current ones first."""
    reports = workspace / REPORTS
    for inner in (f"????-??/{PARAGRAPHS_PATH}", f"{HISTORY}/????-??/*/{PARAGRAPHS_PATH}"):
        for pattern in (inner, f"*/{inner}"):
            yield from sorted(reports.glob(pattern), reverse=True)
