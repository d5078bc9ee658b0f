"""The last look at a page before it is published: what no reader should meet, found without a browser.

Stock nbconvert lets all of it through: filled-in alt text, scripts from outside, tables without captions. WCAG 2.2 names more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from bs4 import BeautifulSoup, Tag

from pipeline.artifacts import REPORT_PAGE
from pipeline.problem import Kind, Problem
from pipeline.report.documents.page import Page
from pipeline.settings import Settings

PLACEHOLDER_ALT = re.compile(
    r"no description|^(image|picture|figure|chart|graph|plot|photo|untitled|alt( text)?)\W*$|\.(png|svg|jpe?g)$",
    re.I,
)
LANDMARKS = ("header", "nav", "main", "footer")
FORBIDDEN_ELEMENTS = (
    "script",
    "iframe",
    "object",
    "embed",
    "link",
    "base",
    "form",
    "video",
    "audio",
    "source",
    "frame",
    "applet",
)
ID_REFERENCE_ATTRIBUTES = ("aria-labelledby", "aria-describedby", "aria-controls", "for", "headers")
# What a program prints where a number or a word should stand. "None" begins many a good sentence, but stands in none.
LEAKED_VALUES = re.compile(
    r"\b(?:nan|NaN|NaT|<NA>|undefined)\b|(?<=[^\s.!?:;>]\s)\bNone\b|^None$|\bTraceback\b|\{\{|\}\}"
)
LONG_DECIMAL = re.compile(r"(?<![\d.])\d+\.\d{3,}(?!\.?\d)")


def page_faults(html: str) -> list[str]:
    """What is wrong with a page, one sentence per fault."""
    return _faults_in_tree(BeautifulSoup(html, "html.parser"))


def _faults_in_tree(page: BeautifulSoup) -> list[str]:
    found = [
        *_document_faults(page),
        *_heading_faults(page),
        *_image_faults(page),
        *_table_faults(page),
        *_loading_faults(page),
        *_reference_faults(page),
    ]
    return [*found, *_text_faults(page)]


def check_page_faults(page: Page, files: Mapping[str, bytes], settings: Settings) -> None:
    """Raise a Problem that lists all faults of the page."""
    found = _faults_in_tree(page.tree)
    if found:
        raise Problem(
            Kind.NOTEBOOK, REPORT_PAGE, f"the page has {len(found)} faults, so it was not published\n"
            + "\n".join(f"  {fault}" for fault in found), "Mend the cell or the commentary that it comes from, and run again.",
        )  # fmt: skip


def _document_faults(page: BeautifulSoup) -> Iterator[str]:
    if not (page.html and page.html.get("lang", "").strip()):
        yield "The page does not say its language."
    if not (page.title and page.title.get_text(strip=True)):
        yield "The page has no title."
    for landmark in LANDMARKS:
        if not page.find(landmark):
            yield f"The page has no <{landmark}>."
    if len(page.find_all("main")) > 1:
        yield "The page has more than one <main>."
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    if not policy or "default-src 'none'" not in policy.get("content", ""):
        yield "The page has no policy that forbids it to load anything."


def _heading_faults(page: BeautifulSoup) -> Iterator[str]:
    headings = page.find_all(re.compile("^h[1-6]$"))
    if sum(one.name == "h1" for one in headings) != 1:
        yield "The page does not have exactly one <h1>."
    before = 0
    for heading in headings:
        level = int(heading.name[1])
        if level > before + 1:
            yield f'The heading "{_visible_text(heading)}" skips from level {before} to {level}.'
        if not _visible_text(heading):
            yield f"A heading of level {level} is empty."
        before = level


def _image_faults(page: BeautifulSoup) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for image in page.find_all(["img", "svg"]):
        alt = (image.get("alt") or image.get("aria-label") or "").strip()
        if not alt:
            yield "An image has no alternative text."
        elif PLACEHOLDER_ALT.search(alt):
            yield f'The alternative text "{alt[:60]}" describes nothing.'
        seen[alt] += 1
    yield from (
        f'The alternative text "{alt[:60]}" stands for {number} images.'
        for alt, number in seen.items()
        if alt and number > 1
    )


def _table_faults(page: BeautifulSoup) -> Iterator[str]:
    for table in page.find_all("table"):
        caption = table.find("caption")
        name = _visible_text(caption) if caption else ""
        if not name:
            yield "A table has no caption."
        for heading in table.find_all("th"):
            if heading.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
                yield f'In the table "{name}" the heading "{_visible_text(heading)}" has no scope.'
            if not _visible_text(heading):
                yield f'In the table "{name}" a heading is empty.'
        if not table.find("th"):
            yield f'The table "{name}" has no headings.'


def _loading_faults(page: BeautifulSoup) -> Iterator[str]:
    for element in page.find_all(True):
        if element.name in FORBIDDEN_ELEMENTS:
            yield f"The page holds a <{element.name}>."
        for name, value in element.attrs.items():
            value = " ".join(value) if isinstance(value, list) else str(value)
            if name.startswith("on"):
                yield f"A <{element.name}> runs a script ({name})."
            elif name in (
                "src",
                "srcset",
                "poster",
                "data",
                "action",
                "background",
            ) and not value.startswith("data:"):
                yield f"A <{element.name}> loads {value[:60]}."
            elif name in ("href", "xlink:href") and re.match(
                r"\s*(javascript|vbscript|data|file):", value, re.I
            ):
                yield f"A link leads to {value[:60]}."
    for style in [
        *(_style_text(one) for one in page.find_all("style")),
        *(one["style"] for one in page.find_all(style=True)),
    ]:
        if re.search(r"@import|url\((?!['\"]?(?:data:|#))", style, re.I):
            yield "A style loads something."


def _reference_faults(page: BeautifulSoup) -> Iterator[str]:
    elements = page.find_all(True)
    ids = Counter(element["id"] for element in elements if element.has_attr("id"))
    yield from (f'The id "{id}" stands {number} times.' for id, number in ids.items() if number > 1)
    for link in page.find_all("a", href=True):
        if link["href"].startswith("#") and link["href"] != "#" and link["href"][1:] not in ids:
            yield f'The link "{_visible_text(link)}" leads to {link["href"]}, which is not there.'
        if not (_visible_text(link) or link.get("aria-label")):
            yield f"A link to {link['href'][:60]} has no words."
    for element in elements:
        for name in filter(element.has_attr, ID_REFERENCE_ATTRIBUTES):
            value = element[name]
            for id in value if isinstance(value, list) else value.split():
                if id not in ids:
                    yield f'A <{element.name}> refers to "{id}", which is not there.'


def _text_faults(page: BeautifulSoup) -> Iterator[str]:
    texts = [
        str(text)
        for text in page.find_all(string=True)
        if text.parent.name not in ("style", "script")
    ]
    texts += [element["alt"] for element in page.find_all(alt=True)]
    for text in texts:
        for leak in [*LEAKED_VALUES.finditer(text.strip()), *LONG_DECIMAL.finditer(text)]:
            yield f'"{leak[0]}" stands in the text: "{" ".join(text.split())[:60]}".'


def _visible_text(element: Tag) -> str:
    return " ".join(element.get_text(" ", strip=True).split())


def _style_text(element: Tag) -> str:
    return element.string or ""
