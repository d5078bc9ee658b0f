"""The chapter on a procedure: what its own report published, under headings one level lower."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any, NamedTuple

import nbformat

from pipeline.artifacts import AUDIT_FOLDER, REPORT_STEP
from pipeline.settings import Settings

HEADING_TAG = re.compile(r"(</?h)([2-4])\b")
FIGURE_ATTRIBUTE = re.compile(r'(data-(?:figure|base)=")(?=[a-z])')
ANCHOR = re.compile(r'(\b(?:id|aria-labelledby|aria-describedby)="(?:chart|glance)-)')


class PublishedPart(NamedTuple):
    """An output that a report notebook published.

    data: by MIME type. metadata: of its place; see NotebookReport.
    """

    data: dict[str, Any]
    metadata: dict[str, Any]


def chapter_parts(procedure: Settings, sections: tuple[str, ...]) -> Iterator[PublishedPart]:
    """What the procedure's report published in these sections, as parts of a chapter.

    procedure: the settings of the procedure, whose executed notebook is read.
    """
    path = procedure.published_folder / AUDIT_FOLDER / f"{REPORT_STEP}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    parts = [part for cell in notebook.cells for part in _published_parts(cell)]
    for section in sections:
        of_section = [part for part in parts if part.metadata["section"] == section]
        # A table that was moved to the end of its section stays there.
        for part in sorted(of_section, key=lambda part: bool(part.metadata.get("last"))):
            yield _as_part_of_chapter(part, procedure)


def _published_parts(cell: nbformat.NotebookNode) -> Iterator[PublishedPart]:
    for output in cell.get("outputs", []):
        place = output.get("metadata", {}).get("text/html", {}).get("published")
        if place is not None:
            yield PublishedPart(dict(output["data"]), dict(place))


def _as_part_of_chapter(part: PublishedPart, procedure: Settings) -> PublishedPart:
    name = procedure.procedure
    html = HEADING_TAG.sub(lambda tag: f"{tag[1]}{int(tag[2]) + 1}", part.data["text/html"])
    html = FIGURE_ATTRIBUTE.sub(rf"\g<1>{name}.", html)
    html = ANCHOR.sub(rf"\g<1>{name.replace('_', '-')}-", html)
    metadata = part.metadata
    if "alt" in metadata:
        alt = f"{procedure.council.procedure.heading}. {metadata['alt']}"
        html = html.replace(escape(metadata["alt"]), escape(alt))
        metadata = metadata | {"alt": alt}
    return PublishedPart(part.data | {"text/html": html}, metadata)
