"""What an executed report notebook published: its marked outputs, in the order of print."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import nbformat


class PublishedOutput(NamedTuple):
    """An output that is marked for publication.

    cell: its number in the notebook. data: by MIME type. place: its `section`, whether it is moved
    to the `last` of it, and of a chart its `alt` text.
    """

    cell: int
    data: dict[str, Any]
    place: dict[str, Any]

    @property
    def html(self) -> str:
        html: str = self.data["text/html"]
        return html


def published_outputs(notebook: nbformat.NotebookNode) -> list[PublishedOutput]:
    """The published outputs in the order of the cells; those moved to an end come last."""
    return sorted(_marked_outputs(notebook), key=lambda output: bool(output.place.get("last")))


def _marked_outputs(notebook: nbformat.NotebookNode) -> Iterator[PublishedOutput]:
    for number, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", []):
            place = output.get("metadata", {}).get("text/html", {}).get("published")
            if place is not None:
                yield PublishedOutput(number, dict(output["data"]), dict(place))
