"""The finished page, with what everyone who looks at it needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bs4 import BeautifulSoup

from pipeline.report.figures import Published
from pipeline.settings import Settings


@dataclass(frozen=True)
class Page:
    """The report as HTML. Its tree and its figures are read once for all checks and the audit.

    html: the page as it is published.
    settings: those of the run, whose processed folder contains the figures.
    known_figures: the figures, where they have been read already.
    """

    html: str
    settings: Settings
    known_figures: Published | None = None

    @cached_property
    def tree(self) -> BeautifulSoup:
        """The parsed page. It is shared, so nobody may change it."""
        return BeautifulSoup(self.html, "html.parser")

    @cached_property
    def figures(self) -> Published:
        """The figures that the page was written from."""
        return self.known_figures or Published.read(self.settings)
