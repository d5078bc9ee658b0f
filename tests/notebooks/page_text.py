"""How the tests read text from a page."""

from __future__ import annotations


def one_line(element) -> str:
    """An element's text on one line, as a reader sees it."""
    return " ".join(element.text_content().split())
