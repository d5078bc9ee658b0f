"""What no reader should meet on a page, found without a browser before the page is published.

Stock nbconvert lets all of it through: placeholder alternative text, scripts from elsewhere,
tables without captions. WCAG 2.2 names more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from bs4 import BeautifulSoup, Tag

from pipeline.artifacts import REPORT_PAGE
from pipeline.problem import Kind, Problem
from pipeline.report.documents.page import Page, attribute_text
from pipeline.settings import Settings

PLACEHOLDER_ALT = re.compile(
    r"no description"
    r"|^(image|picture|figure|chart|graph|plot|photo|untitled|alt( text)?)\W*$"
    r"|\.(png|svg|jpe?g)$",
    re.IGNORECASE,
)
LANDMARKS = ("header", "nav", "main", "footer")
# fmt: off
FORBIDDEN_ELEMENTS = (
    "script", "iframe", "object", "embed", "link", "base", "form", "video", "audio", "frame",
    "applet",
)
# fmt: on
HEADING_SCOPES = ("col", "row", "colgroup", "rowgroup")
LOADING_ATTRIBUTES = ("src", "srcset", "poster", "data", "action", "background")
LINK_ATTRIBUTES = ("href", "xlink:href")
ID_REFERENCE_ATTRIBUTES = ("aria-labelledby", "aria-describedby", "aria-controls", "for", "headers")
FORBIDDEN_SCHEME = re.compile(r"\s*(javascript|vbscript|data|file):", re.IGNORECASE)
LOADING_STYLE = re.compile(r"@import|url\((?!['\"]?(?:data:|#))", re.IGNORECASE)
# What a program prints in place of a number or a word. A good sentence may begin with "None", but
# does not hold it further on.
LEAKED_VALUES = re.compile(
    r"\b(?:nan|NaN|NaT|<NA>|undefined)\b"
    r"|(?<=[^\s.!?:;>]\s)\bNone\b|^None$"
    r"|\bTraceback\b|\{\{|\}\}"
)
LONG_DECIMAL = re.compile(r"(?<![\d.])\d+\.\d{3,}(?!\.?\d)")
MAX_QUOTED = 60  # characters of a text that a message quotes


def page_faults(html: str) -> list[str]:
    """The faults of a page, one sentence each; empty for a page that may be published."""
    return _faults_in_tree(BeautifulSoup(html, "html.parser"))


def check_page_faults(page: Page, files: Mapping[str, bytes], settings: Settings) -> None:
    """Raise a Problem that lists all faults of the page."""
    faults = _faults_in_tree(page.tree)
    if faults:
        summary = f"the page has {len(faults)} faults, so it was not published"
        raise Problem(
            kind=Kind.NOTEBOOK,
            where=REPORT_PAGE,
            what="\n".join([summary, *(f"  {fault}" for fault in faults)]),
            remedy="Correct the cell or the commentary that it comes from, then run again.",
        )


def _faults_in_tree(page: BeautifulSoup) -> list[str]:
    return [
        *_document_faults(page),
        *_heading_faults(page),
        *_image_faults(page),
        *_table_faults(page),
        *_loading_faults(page),
        *_reference_faults(page),
        *_text_faults(page),
    ]


def _document_faults(page: BeautifulSoup) -> Iterator[str]:
    if not (page.html and attribute_text(page.html, "lang").strip()):
        yield "The page does not state its language."
    if not (page.title and page.title.get_text(strip=True)):
        yield "The page has no title."
    for landmark in LANDMARKS:
        if not page.find(landmark):
            yield f"The page has no <{landmark}>."
    if len(page.find_all("main")) > 1:
        yield "The page has more than one <main>."
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    if not policy or "default-src 'none'" not in attribute_text(policy, "content"):
        yield "The page has no policy that forbids it to load anything."


def _heading_faults(page: BeautifulSoup) -> Iterator[str]:
    headings = page.find_all(re.compile("^h[1-6]$"))
    if sum(heading.name == "h1" for heading in headings) != 1:
        yield "The page does not have exactly one <h1>."
    previous_level = 0
    for heading in headings:
        level = int(heading.name[1])
        text = _visible_text(heading)
        if level > previous_level + 1:
            yield f'The heading "{text}" skips from level {previous_level} to {level}.'
        if not text:
            yield f"A heading of level {level} is empty."
        previous_level = level


def _image_faults(page: BeautifulSoup) -> Iterator[str]:
    images_of_alt: Counter[str] = Counter()
    for image in page.find_all(["img", "svg"]):
        alt = attribute_text(image, "alt") or attribute_text(image, "aria-label")
        alt = alt.strip()
        if not alt:
            yield "An image has no alternative text."
            continue
        if PLACEHOLDER_ALT.search(alt):
            yield f'The alternative text "{alt[:MAX_QUOTED]}" describes nothing.'
        images_of_alt[alt] += 1
    for alt, number in images_of_alt.items():
        if number > 1:
            yield f'The alternative text "{alt[:MAX_QUOTED]}" is used for {number} images.'


def _table_faults(page: BeautifulSoup) -> Iterator[str]:
    for table in page.find_all("table"):
        caption = table.find("caption")
        name = _visible_text(caption) if caption else ""
        if not name:
            yield "A table has no caption."
        headings = table.find_all("th")
        for heading in headings:
            text = _visible_text(heading)
            if heading.get("scope") not in HEADING_SCOPES:
                yield f'In the table "{name}" the heading "{text}" has no scope.'
            if not text:
                yield f'In the table "{name}" a heading is empty.'
        if not headings:
            yield f'The table "{name}" has no headings.'


def _loading_faults(page: BeautifulSoup) -> Iterator[str]:
    """What the page would load or run: it must stand alone."""
    for element in page.find_all(True):
        if element.name in FORBIDDEN_ELEMENTS:
            yield f"The page contains a <{element.name}>."
        for name in element.attrs:
            address = attribute_text(element, name)
            if name.startswith("on"):
                yield f"A <{element.name}> runs a script ({name})."
            elif name in LOADING_ATTRIBUTES and not _is_data_address(address, name):
                yield f"A <{element.name}> loads {address[:MAX_QUOTED]}."
            elif name in LINK_ATTRIBUTES and FORBIDDEN_SCHEME.match(address):
                yield f"A link leads to {address[:MAX_QUOTED]}."
    styles = [element.string or "" for element in page.find_all("style")]
    styles += [attribute_text(element, "style") for element in page.find_all(style=True)]
    for style in styles:
        if LOADING_STYLE.search(style):
            yield "A style loads something."


def _is_data_address(address: str, attribute: str) -> bool:
    """Whether an attribute loads nothing but the data in it."""
    is_list = attribute == "srcset" and len(address.split()) > 1
    return address.startswith("data:") and not is_list


def _reference_faults(page: BeautifulSoup) -> Iterator[str]:
    elements = page.find_all(True)
    ids = Counter(attribute_text(element, "id") for element in elements if element.has_attr("id"))
    for id, number in ids.items():
        if number > 1:
            yield f'The id "{id}" is used {number} times.'
    for link in page.find_all("a", href=True):
        address = attribute_text(link, "href")
        text = _visible_text(link)
        if address.startswith("#") and address != "#" and address[1:] not in ids:
            yield f'The link "{text}" leads to {address}, which does not exist.'
        if not (text or link.get("aria-label")):
            yield f"A link to {address[:MAX_QUOTED]} has no text."
    for element in elements:
        for attribute in ID_REFERENCE_ATTRIBUTES:
            for id in attribute_text(element, attribute).split():
                if id not in ids:
                    yield f'A <{element.name}> refers to "{id}", which does not exist.'


def _text_faults(page: BeautifulSoup) -> Iterator[str]:
    """Values that were never turned into words: missing values, unrounded numbers, templates."""
    texts = [
        str(text)
        for text in page.find_all(string=True)
        if text.parent is None or text.parent.name not in ("style", "script")
    ]
    texts += [attribute_text(element, "alt") for element in page.find_all(alt=True)]
    for text in texts:
        for leak in [*LEAKED_VALUES.finditer(text.strip()), *LONG_DECIMAL.finditer(text)]:
            excerpt = " ".join(text.split())[:MAX_QUOTED]
            yield f'"{leak[0]}" appears in the text: "{excerpt}".'


def _visible_text(element: Tag) -> str:
    return " ".join(element.get_text(" ", strip=True).split())
