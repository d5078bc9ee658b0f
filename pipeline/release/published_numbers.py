"""The numbers that a reader takes from the published files: of figures, in words and in drawings.

The disclosure attack knows these numbers and no others. Nothing here depends on how the files
were made.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag

from pipeline.artifacts import OVERALL, TOTAL, NumberKey
from pipeline.report import wording
from pipeline.report.documents.page import attribute_text
from pipeline.report.figures import Published
from pipeline.report.fonts import FONT_FACES, face_path

NUMERAL = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
LETTER_OR_NUMERAL = re.compile(rf"{NUMERAL.pattern}|[^\W\d_]")
WITHHELD = "c"  # in place of a value
# Letters and numerals before a number, which tell it from the same number elsewhere.
CONTEXT_LENGTH = 12
# At the foot of a PDF's pages.
PAGE_FURNITURE = re.compile(
    rf"(?:(?:{wording.INTERNAL_MARK}|{wording.PART_MARK}|{wording.DRAFT_MARK})\s+)?Page \d+ of \d+"
)
NumberInContext = tuple[str, str]  # the letters and numerals before a number, and the number


def numeral_value(numeral: str) -> float:
    """The number that a numeral such as 1,234.5 stands for."""
    return float(numeral.replace(",", ""))


def numbers_in_page(page: BeautifulSoup) -> Iterator[tuple[NumberKey, float]]:
    """Every number that the page ties to a figure, in the page's order.

    Where a number is marked as withheld, the numerals in its text are given as well.
    """
    for element in page.find_all("data", attrs={"data-figure": True}):
        key = NumberKey(
            attribute_text(element, "data-figure"),
            attribute_text(element, "data-year"),
            attribute_text(element, "data-category"),
            attribute_text(element, "data-detail"),
        )
        value = attribute_text(element, "value")
        numerals = NUMERAL.findall(element.get_text()) if value == WITHHELD else [value]
        for numeral in numerals:
            if NUMERAL.fullmatch(numeral):
                yield key, numeral_value(numeral)


def numbers_in_spreadsheet(
    content: bytes, published: Published, year_style: str
) -> Iterator[tuple[NumberKey, float]]:
    """Every number on the worksheets of an .xlsx or .ods file.

    published: tells each figure's id from its title. year_style: how the headings write a year.
    """
    from python_calamine import CalamineWorkbook

    id_of_title = {published[id].title: id for id in published}
    year_of_heading = {wording.year_name(year, year_style): str(year) for year in published.window}
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for sheet_name in workbook.sheet_names:
        headings: list[Any] = []
        for row in workbook.get_sheet_by_name(sheet_name).to_python():
            if "Figure" in row:
                headings = row
                continue
            cells = dict(zip(headings, row, strict=False))
            for heading, value in cells.items():
                if heading in year_of_heading and NUMERAL.fullmatch(str(value)):
                    category = cells["Category"]
                    category = "" if category in (TOTAL, OVERALL) else category
                    figure = id_of_title[cells["Figure"]]
                    yield NumberKey(figure, year_of_heading[heading], category, ""), float(value)


def numbers_missing_from_page(text: str, page: BeautifulSoup) -> list[str]:
    """The numbers of a document that the page lacks after the same words, or has less often.

    text: the document's, in reading order. Each number is given as "words before … number".
    """
    on_page = Counter(_numbers_with_context(page.get_text(" ")))
    for image in page.find_all("img", alt=True):
        on_page.update(_numbers_with_context(attribute_text(image, "alt")))
    repeated = _numbers_in_other_order(page)
    in_document = Counter(_numbers_with_context(_without_page_numbers(text, page)))
    return sorted(
        f"{number[0]} … {number[1]}"
        for number, times in in_document.items()
        if times > on_page[number] and number not in repeated
    )


def _without_page_numbers(text: str, page: BeautifulSoup) -> str:
    """A document's text without the numbers of its pages, at their feet and in the contents."""
    text = PAGE_FURNITURE.sub(" ", text)
    for link in page.select("nav a"):
        title = r"\s+".join(map(re.escape, _visible_text(link).split()))
        # Behind a long title the number stands on the next line.
        text = re.sub(rf"({title})\s+\d+[^\S\n]*$", r"\1", text, flags=re.MULTILINE)
    return text


def _numbers_in_other_order(page: BeautifulSoup) -> set[NumberInContext]:
    """Numbers as they follow each other in a document where that differs from the page's order."""
    texts: list[str] = []
    # The heading row of a table is printed again on each page, between any two rows.
    for table in page.find_all("table"):
        head, *body = [_visible_text(row) for row in table.find_all("tr")]
        for position in range(max(len(body), 1)):
            rows_above = body[max(0, position - CONTEXT_LENGTH) : position]
            rows_below = body[position : position + CONTEXT_LENGTH]
            texts.append(" ".join([*rows_above, head, *rows_below]))
    # A number at a glance follows its name.
    for entry in page.select(".glance li"):
        parts = [entry.select_one(part) for part in (".what", ".value", ".before")]
        texts.append(" ".join(_visible_text(part) if part else "" for part in parts))
    # A document begins with its title, the page with the council.
    opening = [
        *page.select("header h1"),
        *page.select("header .authority"),
        *page.select("header .period"),
    ]
    texts.append(" ".join(_visible_text(element) for element in opening))
    return {number for text in texts for number in _numbers_with_context(text)}


def _numbers_with_context(text: str) -> Iterator[NumberInContext]:
    """Each number with the letters and numerals just before it."""
    signs = LETTER_OR_NUMERAL.findall(text)
    for position, sign in enumerate(signs):
        if sign[0].isdigit():
            yield "".join(signs[max(0, position - CONTEXT_LENGTH) : position]), sign


def _visible_text(element: Tag) -> str:
    return element.get_text(" ")


def numbers_in_chart(image: Tag) -> list[str]:
    """The numerals in a chart's alternative text and in its drawing, without those of its scales.

    image: the <img> whose address carries the drawing as SVG; the <source> elements of its
        <picture> carry further drawings.
    """
    addresses = [attribute_text(image, "src")]
    picture = image.find_parent("picture")
    if picture:
        addresses += [attribute_text(source, "srcset") for source in picture.find_all("source")]
    texts = [attribute_text(image, "alt")]
    for address in addresses:
        texts += _texts_in_drawing(unquote(address.partition(",")[2]))
    return [numeral for text in texts for numeral in NUMERAL.findall(text)]


def _texts_in_drawing(svg: str) -> Iterator[str]:
    """The texts of a drawing, without those of its scales."""
    for group in BeautifulSoup(svg, "html.parser").find_all("g"):
        # Matplotlib draws a line of text as a group of references to glyphs.
        is_text = group.find("use", recursive=False) is not None
        if is_text and not group.find_parent(id=re.compile("^[xy]tick")):
            glyphs = group.find_all("use")
            references = [attribute_text(glyph, "xlink:href") for glyph in glyphs]
            yield "".join(_glyph_character(reference) for reference in references)


def _glyph_character(reference: str) -> str:
    """The character that a glyph draws, as of #SourceSans3-Bold-539 a 4; empty if unknown."""
    font, _, glyph = reference.removeprefix("#").rpartition("-")
    return _glyph_characters().get((font, glyph), "")


@cache
def _glyph_characters() -> dict[tuple[str, str], str]:
    """(name of the font, hexadecimal number of the glyph) → the character that it draws."""
    from matplotlib.ft2font import FT2Font

    characters: dict[tuple[str, str], str] = {}
    for style, weight in FONT_FACES:
        font = FT2Font(face_path(style, weight))
        for code, glyph in font.get_charmap().items():
            characters[font.postscript_name, f"{glyph:x}"] = chr(code)
    return characters
