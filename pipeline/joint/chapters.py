"""The chapter on a procedure: what its own report published, under headings one level lower."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

import nbformat

from pipeline.artifacts import AUDIT_FOLDER, REPORT_STEP
from pipeline.report.outputs import PublishedOutput, published_outputs
from pipeline.settings import Settings

HEADING_TAG = re.compile(r"(</?h)([2-4])\b")
FIGURE_ATTRIBUTE = re.compile(r'(data-(?:figure|base)=")(?=[a-z])')
ANCHOR = re.compile(r'(\b(?:id|aria-labelledby|aria-describedby)="(?:chart|glance)-)')


def chapter_outputs(procedure: Settings, sections: tuple[str, ...]) -> Iterator[PublishedOutput]:
    """What the procedure's report published in these sections, as outputs of a chapter.

    procedure: the settings of the procedure, whose executed notebook is read.
    """
    path = procedure.published_folder / AUDIT_FOLDER / f"{REPORT_STEP}.ipynb"
    outputs = published_outputs(nbformat.read(path, as_version=4))
    for section in sections:
        for output in outputs:
            if output.place["section"] == section:
                yield _as_output_of_chapter(output, procedure)


def _as_output_of_chapter(output: PublishedOutput, procedure: Settings) -> PublishedOutput:
    name = procedure.procedure
    html = HEADING_TAG.sub(lambda tag: f"{tag[1]}{int(tag[2]) + 1}", output.html)
    html = FIGURE_ATTRIBUTE.sub(rf"\g<1>{name}.", html)
    html = ANCHOR.sub(rf"\g<1>{name.replace('_', '-')}-", html)
    place = output.place
    if "alt" in place:
        alt = f"{procedure.council.procedure.heading}. {place['alt']}"
        html = html.replace(escape(place["alt"]), escape(alt))
        place = place | {"alt": alt}
    return output._replace(data=output.data | {"text/html": html}, place=place)
