"""The dates in a text, in every form in which people write a date of birth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from pipeline.year import MONTHS

MONTH_NAMES = tuple(map(str.lower, MONTHS))
# fmt: off
ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth", "twenty first", "twenty second", "twenty third",
    "twenty fourth", "twenty fifth", "twenty sixth", "twenty seventh", "twenty eighth",
    "twenty ninth", "thirtieth", "thirty first",
)
# fmt: on
MONTH_NUMBERS = {month[:3]: number for number, month in enumerate(MONTH_NAMES, 1)}
DAY_NUMBERS = {words: number for number, words in enumerate(ORDINALS, 1)}
MONTH = rf"(?P<month>{'|'.join(MONTH_NAMES)}|sept|{'|'.join(MONTH_NUMBERS)})(?![a-z])\.?"
DAY_IN_WORDS = "|".join(words.replace(" ", "[ -]") for words in reversed(ORDINALS))
DAY = rf"(?P<day>\d{{1,2}}(?:\s?(?:st|nd|rd|th))?|{DAY_IN_WORDS})"
GAP = r"[\s,./-]{0,3}"
YEAR = r"[''\u2018\u2019]?(?P<year>\d{4}|\d{2})(?!\d)"
FULL_DATE = (
    rf"(?<!\w){DAY}{GAP}(?:day\s)?(?:of\s)?{GAP}{MONTH}{GAP}{YEAR}",
    rf"\b{MONTH}{GAP}(?:the\s)?{DAY}(?:\s?,\s?|[\s/-]{{1,2}})(?:of\s)?{YEAR}",
    rf"\b(?P<year>\d{{4}}){GAP}{MONTH}{GAP}{DAY}(?!\w)",
)
HAS_MONTH = re.compile(rf"\b(?:{'|'.join(MONTH_NUMBERS)})|\d(?:{'|'.join(MONTH_NUMBERS)})", re.I)
NUMERIC_DATE = re.compile(
    r"(?<!\d)(?<!\d[.,/-])(?P<first>\d{4}|\d{1,2}) ?(?P<mark>[./ -]|\u2010|\u2011|\u2013) ?"
    r"(?P<second>\d{1,2}) ?(?P=mark) ?(?P<third>\d{4}|\d{1,2})(?!\d)"
)
COMPACT_DATE = re.compile(r"(?<!\d)(?:\d{8}|\d{6})(?!\d)")
CENTURIES = (1900, 2000)


def dates_in(text: str) -> set[date]:
    """Every date that the text may name; day and month, or a century, may be taken both ways."""
    return set(_numeric_dates(text)) | set(_worded_dates(text))


def _numeric_dates(text: str) -> Iterator[date]:
    for match in NUMERIC_DATE.finditer(text):
        first, second, third = match["first"], match["second"], match["third"]
        if len(first) == 4:
            yield from _dates(first, second, third)
        elif len(third) == 4 or (len(third) == 2 and match["mark"] != " "):
            yield from _dates(third, second, first)
            yield from _dates(third, first, second)
    for match in COMPACT_DATE.finditer(text):
        digits = match[0]
        if len(digits) == 8:
            yield from _dates(digits[:4], digits[4:6], digits[6:])
            yield from _dates(digits[4:], digits[2:4], digits[:2])


def _worded_dates(text: str) -> Iterator[date]:
    if not HAS_MONTH.search(text):
        return
    for pattern in FULL_DATE:
        for match in re.finditer(pattern, text, re.IGNORECASE):
            day = match["day"].casefold().replace("-", " ")
            number = DAY_NUMBERS.get(day) or re.sub(r"\D", "", day)
            month = MONTH_NUMBERS[match["month"][:3].casefold()]
            yield from _dates(match["year"], str(month), str(number))


def _dates(year: str, month: str, day: str) -> Iterator[date]:
    """The dates that these numbers may mean; none if there is no such day."""
    years = [int(year)] if len(year) == 4 else [century + int(year) for century in CENTURIES]
    for number in years:
        with suppress(ValueError):
            yield date(number, int(month), int(day))
