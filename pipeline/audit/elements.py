"""Reading of a finished page: the text and the attributes of its elements."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag

SPACE_BEFORE_PUNCTUATION = re.compile(r" (?=[,.;:)])")


def main_element(page: BeautifulSoup) -> Tag:
    """The main part of a page, without header and footer.

    Raises ValueError if the page has none, which no page of ours lacks.
    """
    if page.main is None:
        raise ValueError("this page has no main element")
    return page.main


def element_text(element: Tag | None) -> str:
    """The words of an element on one line, as a screen reader says them; empty for no element."""
    if element is None:
        return ""
    return SPACE_BEFORE_PUNCTUATION.sub("", " ".join(element.get_text(" ").split()))


def attribute(element: Tag, name: str) -> str:
    """The value of an attribute; empty if the element does not have it."""
    return str(element.get(name, ""))
