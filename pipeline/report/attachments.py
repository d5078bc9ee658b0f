"""What is published with a report: documents that it links to, and the response to it as a page."""

from __future__ import annotations

from html import escape
from pathlib import Path

from pipeline.problem import Kind, Problem
from pipeline.report.style import stylesheet
from pipeline.settings import Settings
from pipeline.system.folders import check_own_file

RESPONSE_SOURCE = "response.md"
RESPONSE_PAGE = "response.html"
MAX_ATTACHMENT_BYTES = 20_000_000
PDF_SIGNATURE = b"%PDF-"
PAGE = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Response to: {title}</title>
<style>
{style}
</style>
</head>
<body>
<header><div class="page"><p class="authority">{authority}</p>
<h1>Response to: {title}</h1></div></header>
<main id="main" class="page">
{text}
</main>
</body>
</html>
"""


def attachments(settings: Settings) -> dict[str, bytes]:
    """The files that are published with the report, by name.

    Raises Problem for a document that is missing, too large or no PDF, and for a response that is
    no text.
    """
    folder = settings.raw / str(settings.year)
    files = {
        document.file: _pdf(folder / document.file, settings)
        for document in settings.report.documents
        if document.file
    }
    response = folder / RESPONSE_SOURCE
    check_own_file(response, settings.workspace)
    if response.is_file() and not settings.procedure:  # it answers the council's report as a whole
        files[RESPONSE_PAGE] = _response_page(response, settings).encode("utf-8")
    return files


def _pdf(path: Path, settings: Settings) -> bytes:
    where = f"data/raw/{settings.year}/report.yaml, documents"
    name = path.relative_to(settings.workspace).as_posix()
    check_own_file(path, settings.workspace)
    if not path.is_file():
        raise Problem(
            kind=Kind.SETTINGS,
            where=where,
            what=f"there is no file {name}",
            remedy="Put it there, or give a `link:` instead of the file.",
        )
    if path.stat().st_size > MAX_ATTACHMENT_BYTES:
        raise Problem(
            kind=Kind.SETTINGS,
            where=where,
            what=f"{name} has {path.stat().st_size:,} bytes",
            remedy=f"Make it smaller, at most {MAX_ATTACHMENT_BYTES:,} bytes, or give a `link:`.",
        )
    content = path.read_bytes()
    if not content.startswith(PDF_SIGNATURE):
        raise Problem(
            kind=Kind.SETTINGS,
            where=where,
            what=f"{name} is not a PDF file",
            remedy="Save it as PDF, or give a `link:`.",
        )
    return content


def _response_page(path: Path, settings: Settings) -> str:
    """The response as a page by itself, in the council's style."""
    from pipeline.report.narrative.markdown import markdown_to_html

    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Problem(
            kind=Kind.SETTINGS,
            where=path.relative_to(settings.workspace).as_posix(),
            what="the file is not UTF-8 text",
            remedy="Save it as UTF-8.",
        ) from None
    return PAGE.format(
        title=escape(settings.report.subject),
        authority=escape(settings.council.authority),
        style=stylesheet(settings),
        text=markdown_to_html(text),
    )
