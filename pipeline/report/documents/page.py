"""The finished page, with what everyone who looks at it needs, and its parsed elements."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bs4 import BeautifulSoup, Tag

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


def attribute_text(element: Tag, name: str) -> str:
    """The attribute's value, several values separated by spaces; empty if it is absent."""
    value = element.get(name)
    if value is None:
        return ""
    return value if isinstance(value, str) else " ".join(value)


def select_required(element: Tag, selector: str) -> Tag:
    """The first element within that the CSS selector matches; AssertionError if there is none."""
    match = element.select_one(selector)
    assert match is not None, f"no {selector} in <{element.name}>"
    return match


def parse_element(html: str) -> Tag:
    """The one element that a piece of HTML consists of."""
    element = BeautifulSoup(html, "html.parser").contents[0]
    assert isinstance(element, Tag)
    return element
