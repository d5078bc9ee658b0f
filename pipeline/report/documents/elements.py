"""Elements of a parsed page, where an absent one or a list of values would be a fault of ours."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag


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
