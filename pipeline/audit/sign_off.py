"""The sign-off of a final report: who accepted what, and a line for the minutes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from pipeline.artifacts import AUDIT_FOLDER, SIGN_OFF_PATH
from pipeline.audit.pages import PAGE_TITLES, PageFrame, heading, paragraph, text_table
from pipeline.report import wording
from pipeline.report.comments import open_comments
from pipeline.run.record import FileRecord, published_digest
from pipeline.settings import Settings

SIGN_OFF_PAGE = "sign-off.html"
DRAFT_NOTE = "This is a draft. A report is signed off when it is made with --final."


def sign_off_files(
    files: Mapping[str, bytes], settings: Settings, is_final: bool
) -> dict[str, bytes]:
    """The page of the sign-off, and of a final report the same for software, by path.

    files: the published ones, by path in the report's folder.
    """
    frame = PageFrame(settings)
    title = PAGE_TITLES[SIGN_OFF_PAGE]
    page_path = SIGN_OFF_PATH.replace("sign-off.json", SIGN_OFF_PAGE)
    if not is_final:
        count = len(open_comments(settings))
        note = paragraph(f"{DRAFT_NOTE} Open comments of readers: {count or 'none'}.")
        return {page_path: frame.render(SIGN_OFF_PAGE, title, note)}
    records = [
        FileRecord(path=path, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
        for path, content in files.items()
        if not path.startswith(f"{AUDIT_FOLDER}/")
    ]
    digest = published_digest(records)
    minutes = minutes_line(settings, digest)
    accepted = _accepted(settings)
    rows = [tuple(entry.values()) for entry in accepted]
    body = (
        paragraph("For the minutes of the meeting:")
        + f"<blockquote>{paragraph(minutes)}</blockquote>"
        + paragraph(
            "The digest is that of the list of the published files below. An archive of them is "
            "compared with it by: annual-report verify --from FILE --digest SHA256."
        )
        + text_table(
            "Accepted for this report",
            ["What", "Which", "Why", "By whom"],
            rows,
            "Nothing had to be accepted.",
        )
        + heading("The published files", "files")
        + text_table(
            "Files",
            ["File", "SHA-256"],
            [(record.path, record.sha256) for record in sorted(records, key=lambda one: one.path)],
            "",
        )
    )
    content = {
        "report": settings.report.subject,
        "year": str(settings.year),
        "accepted": accepted,
        "files": {record.path: record.sha256 for record in records},
        "published_sha256": digest,
        "minutes": minutes,
    }
    text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    return {page_path: frame.render(SIGN_OFF_PAGE, title, body), SIGN_OFF_PATH: text.encode()}


def minutes_line(settings: Settings, digest: str) -> str:
    """What the minutes of the meeting say of the report."""
    council, report = settings.council, settings.report
    year = wording.year_name(settings.year, council.year_style)
    return (
        f"{council.panel}, {wording.date_text(report.meeting_date)}: received "
        f'"{report.subject}, {year}", final version. SHA-256 of the published files: {digest}.'
    )


def _accepted(settings: Settings) -> list[dict[str, str]]:
    report = settings.report
    accepted = [
        ("warning", entry.rule, entry.reason, entry.name) for entry in report.accepted_warnings
    ]
    accepted += [
        ("name in the records", entry.words, entry.reason, entry.name)
        for entry in report.allowed_names
    ]
    accepted += [
        ("comment", f"{entry.author}: {entry.comment}", entry.reason, entry.name)
        for entry in report.settled_comments
    ]
    return [dict(zip(("what", "which", "why", "name"), entry, strict=True)) for entry in accepted]
