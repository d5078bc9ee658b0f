"""Which extract, and which part of it, a file or a sheet is named after."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.validate.dictionary import EXTRACTS
from pipeline.validate.reading.sheet_worker import normalise_name
from pipeline.year import MONTHS, Year

EXTRACT_NAMES = [extract.name for extract in EXTRACTS]
MONTH_NAMES = tuple(map(str.lower, MONTHS))
# fmt: off
PART_WORDS = {
    *MONTH_NAMES, *(month[:3] for month in MONTH_NAMES),
    "sept", "q", "qtr", "quarter", "h", "half", "p", "pt", "part", "period", "m", "month",
    "w", "wk", "week", "term", "sheet", "page", "file", "st", "nd", "rd", "th", "first",
    "second", "third", "fourth", "one", "two", "three", "four", "i", "ii", "iii", "iv",
    "spring", "summer", "autumn", "winter", "to", "and", "until", "of", "from", "no", "fy",
}
# fmt: on
JOINING_WORDS = {"to", "and", "until", "of", "from", "no"}
QUARTER_WORDS = {"q", "qtr", "quarter"}


@dataclass(frozen=True)
class SourceName:
    """An extract's name, and what else the name of its file or sheet says.

    part: which part of the extract it is, such as "q 1" or "april to june"; "" for the whole.
    """

    extract: str
    part: str


def parse_source_name(name: str, year: Year) -> SourceName | None:
    """What a file or sheet in a year's folder is named after; None where that is no extract.

    Beside the extract's name there may be a quarter, months, a number, or this year.
    """
    normalised = normalise_name(name)
    match = re.fullmatch(rf"(.*?)({'|'.join(EXTRACT_NAMES)})(.*)", normalised)
    if match is None:
        return None
    part = parse_part(f"{match[1]} {match[3]}", year)
    return None if part is None else SourceName(match[2], part)


def parse_part(text: str, year: Year) -> str | None:
    """The words of a name that says only which part it is; None for any other name."""
    text = normalise_name(text).replace("_", " ")
    words = re.findall(r"[^\W\d]+|\d+", text)
    if not all(word.isdigit() or word in PART_WORDS for word in words):
        return None
    if not all(_is_of_year(number, year) for number in re.findall(r"\d{4}(?: \d{2,4})?", text)):
        return None
    return " ".join(words)


def part_in(name: str) -> str:
    """What the name of a workbook says of parts, among other words: "q 1" of "Return Q1"."""
    words = re.findall(r"[^\W\d]+|\d+", normalise_name(name).replace("_", " "))
    chosen = [word for word in words if word.isdigit() or word in PART_WORDS]
    return "" if JOINING_WORDS.issuperset(chosen) else " ".join(chosen)


def _is_of_year(number: str, year: Year) -> bool:
    """Whether "2021" or "2021 22" may be in the name of a part of this year."""
    first, _, second = number.partition(" ")
    if second and (int(first) + 1) % 100 == int(second) % 100:
        return int(first) == year.first_day.year
    return int(first) in (year.first_day.year, year.last_day.year)


def missing_numbers(parts: list[str]) -> list[str]:
    """The parts that are most likely missing from these: "q 3" from "q 1", "q 2" and "q 4"."""
    shapes = {re.sub(r"\d+", "#", part) for part in parts}
    numbers = [re.findall(r"\d+", part) for part in parts]
    if len(shapes) != 1 or any(len(one) != 1 for one in numbers):
        return []
    [shape] = shapes
    present = {int(one[0]) for one in numbers}
    last = 4 if QUARTER_WORDS & set(shape.split()) else max(present)
    if last > len(parts) * 3:  # such numbers do not count parts
        return []
    return [
        shape.replace("#", str(number)) for number in range(1, last + 1) if number not in present
    ]
