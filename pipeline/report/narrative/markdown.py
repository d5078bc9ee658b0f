"""Clean HTML from the Markdown of narrative and commentary."""

from __future__ import annotations

import mistune
import nh3

# fmt: off
ALLOWED_TAGS = {
    "p", "ul", "ol", "li", "strong", "em", "h2", "h3", "blockquote", "a", "br",
    "data", "time", "span",
}
ALLOWED_ATTRIBUTES = {
    "a": {"href"},
    "data": {
        "value", "data-figure", "data-year", "data-category", "data-detail",
        "data-setting", "data-stated",
    },
    "time": {"datetime"},
    "span": {"data-name"},
}
# fmt: on
ALLOWED_URL_SCHEMES = {"https", "mailto"}


def markdown_to_html(markdown: str) -> str:
    """Clean HTML from a narrative's or commentary's Markdown; only plain prose is kept."""
    return nh3.clean(
        str(mistune.html(markdown)),
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        url_schemes=ALLOWED_URL_SCHEMES,
        link_rel=None,
    ).strip()
