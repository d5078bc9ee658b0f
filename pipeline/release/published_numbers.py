"""What a reader takes from the published files: each number of a figure, and numbers in words and drawings.

It is what the attack knows. Nothing here asks how the files were made.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag

from pipeline.artifacts import TOTAL, NumberKey
from pipeline.report import wording
from pipeline.report.figures import Published
from pipeline.report.fonts import FONT_FACES, face_path

NUMERAL = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
LETTER_OR_NUMERAL = re.compile(rf"{NUMERAL.pattern}|[^\W\d_]")
CONTEXT_LENGTH = 12  # letters and numerals before a number by which it is known
PAGE_FURNITURE = re.compile(
    r"(?:Draft\s+)?Page \d+ of \d+|\bpage \d+\s*$", re.MULTILINE
)  # of the PDF: its pages' feet, its contents


def numeral_value(numeral: str) -> float:
    """The number of a numeral such as 1,234.5."""
    return float(numeral.replace(",", ""))


def numbers_in_page(page: BeautifulSoup) -> Iterator[tuple[NumberKey, float]]:
    """Every number that the page says of a figure; of one that is marked as withheld, also a number in its words."""
    for tag in page.find_all("data", attrs={"data-figure": True}):
        cell = (
            tag["data-figure"],
            tag["data-year"],
            tag.get("data-category", ""),
            tag.get("data-detail", ""),
        )
        for text in NUMERAL.findall(tag.get_text()) if tag["value"] == "c" else [tag["value"]]:
            if NUMERAL.fullmatch(text):
                yield cell, numeral_value(text)


def numbers_in_spreadsheet(
    content: bytes, published: Published, year_style: str
) -> Iterator[tuple[NumberKey, float]]:
    """Every number of the worksheets, .xlsx or .ods, by the titles of the figures and the names of the years."""
    from python_calamine import CalamineWorkbook

    figures = {published[id].title: id for id in published}
    years = {wording.year_name(year, year_style): str(year) for year in published.window}
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        headings: list = []
        for row in book.get_sheet_by_name(name).to_python():
            if "Figure" in row:
                headings = row
                continue
            of = dict(zip(headings, row, strict=False))
            for heading, held in of.items():
                if heading in years and NUMERAL.fullmatch(str(held)):
                    category = "" if of["Category"] == TOTAL else of["Category"]
                    yield (figures[of["Figure"]], years[heading], category, ""), float(held)


def numbers_missing_from_page(text: str, page: BeautifulSoup) -> list[str]:
    """The numbers of a document, with the words before them, that the page does not have there, or not so often."""
    rows = [
        [_visible_text(row) for row in table.find_all("tr")] for table in page.find_all("table")
    ]
    said = Counter(_numbers_with_context(page.get_text(" ")))
    for image in page.find_all("img", alt=True):
        said.update(_numbers_with_context(image["alt"]))
    # The heading of a table is printed again on each page, and a number at a glance stands behind its name.
    again = {
        one
        for head, *body in rows
        for row in body or [""]
        for one in _numbers_with_context(f"{head} {row}")
    }
    again |= {
        one
        for entry in page.select(".glance li")
        for one in _numbers_with_context(
            f"{_visible_text(entry.select_one('.what'))} {_visible_text(entry.select_one('.value'))} {_earlier_year_text(entry)}"
        )
    }
    # A document begins with its title, the page with the council.
    again |= set(
        _numbers_with_context(
            " ".join(
                _visible_text(one)
                for part in ("h1", ".authority", ".period")
                for one in page.select(f"header {part}")
            )
        )
    )
    found = Counter(_numbers_with_context(PAGE_FURNITURE.sub(" ", text)))
    return sorted(
        f"{one[0]} … {one[1]}"
        for one, times in found.items()
        if times > said[one] and one not in again
    )


def _numbers_with_context(text: str) -> Iterator[tuple[str, str]]:
    """Each number with the letters and numerals just before it."""
    signs = LETTER_OR_NUMERAL.findall(text)
    for place, sign in enumerate(signs):
        if sign[0].isdigit():
            yield "".join(signs[max(0, place - CONTEXT_LENGTH) : place]), sign


def _visible_text(element: Tag) -> str:
    return element.get_text(" ")


def _earlier_year_text(entry: Tag) -> str:
    before = entry.select_one(".before")
    return _visible_text(before) if before else ""


def numbers_in_chart(image: Tag) -> list[str]:
    """The numbers in what is said of a chart, and in what is drawn in it beside its scales."""
    drawn = BeautifulSoup(unquote(image["src"].partition(",")[2]), "html.parser")
    texts = [
        "".join(_glyph_character(sign["xlink:href"]) for sign in line.find_all("use"))
        for line in drawn.find_all("g")
        if line.find("use", recursive=False) and not line.find_parent(id=re.compile("^[xy]tick"))
    ]
    return [number for text in [image["alt"], *texts] for number in NUMERAL.findall(text)]


def _glyph_character(reference: str) -> str:
    """The character of a glyph that is drawn as a path: #DejaVuSans-15 is a 2."""
    font, _, glyph = reference.removeprefix("#").rpartition("-")
    return _glyph_characters().get((font, glyph), "")


@cache
def _glyph_characters() -> dict[tuple[str, str], str]:
    from matplotlib.ft2font import FT2Font

    fonts = [FT2Font(face_path(*which)) for which in FONT_FACES]
    return {
        (font.postscript_name, f"{glyph:x}"): chr(code)
        for font in fonts
        for code, glyph in font.get_charmap().items()
    }
