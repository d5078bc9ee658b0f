"""The report's page as whoever looks at it reads it."""

from __future__ import annotations

from functools import lru_cache

from bs4 import BeautifulSoup


@lru_cache(1)
def parse_page(html: str) -> BeautifulSoup:
    """The page, parsed once for all who look at it; to be looked at only, and not to be changed."""
    return BeautifulSoup(html, "html.parser")
