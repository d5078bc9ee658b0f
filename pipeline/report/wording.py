"""Numbers, years and lists in plain English. Pure text: nothing here knows a figure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING
from unicodedata import category

from pipeline.settings.years import is_internal
from pipeline.year import MONTHS, Year

if TYPE_CHECKING:
    from pipeline.settings import Settings

IRREGULAR_PLURALS = {"person": "people", "child": "children"}
JOINERS = "\u200c\u200d\u00ad"  # invisible, but some scripts cannot be spelt without them
SHORTHAND_MEANINGS = {
    "c": "withheld to protect people, and may stand for any number, even none",
    "x": "not available",
    "z": "not applicable",
    "r": "revised since it was published",
}
SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+(?=\S)")

# On every page of a report that is not final.
DRAFT_NOTICE = "Draft: numbers and words may still change"
DRAFT_MARK = "Draft"
PART_MARK = "Draft, year so far"
INTERNAL_MARK = "Not for publication, year so far"
INTERNAL_NOTICE = (
    "Not for publication: the difference from the annual report could give away a small number"
)
PART_NOTICE = (
    "Year so far, to {}, compared with the same part of earlier years, whose cases have had longer "
    "to be answered"
)
SMALLEST_PRINTED = 0.05  # a number below is printed as 0 with one decimal
ROUNDING_NOTE = (
    "Numbers of people and cases are rounded to the nearest {}, "
    "so parts may not add up to their total."
)


def single_line(text: str) -> str:
    """A text from settings or an extract on one line, without invisible characters.

    Control and direction characters could hide or reverse the text around them.
    """
    return "".join(
        character
        for character in " ".join(text.split())
        if category(character) not in ("Cc", "Cf") or character in JOINERS
    )


def capitalise(text: str) -> str:
    """The text with a capital at its start; the rest keeps its case, as in "SEND"."""
    return text[:1].upper() + text[1:]


def split_sentences(text: str) -> Iterator[tuple[int, str]]:
    """Each sentence of a text with the position at which it starts."""
    start = 0
    for gap in SENTENCE_ENDS.finditer(text):
        yield start, text[start : gap.start()]
        start = gap.end()
    yield start, text[start:]


def machine_number(value: float) -> str:
    """A number as a machine reads it: 4, 2.5, 1000000."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def numeral(value: float) -> str:
    """A number in figures: thousands with commas, at most one decimal, none if it is whole."""
    value = round(float(value), 1)
    return f"{value:,.0f}" if value.is_integer() else f"{value:,.1f}"


def pounds(value: float) -> str:
    """An amount of money: £2,850, with pence only if there are any."""
    return f"£{value:,.0f}" if float(value).is_integer() else f"£{value:,.2f}"


def number_word(value: float) -> str:
    """A number in running text: "none", then figures, since numbers are there to be compared."""
    if value == 0:
        return "none"
    if 0 < value < SMALLEST_PRINTED:
        return f"under {2 * SMALLEST_PRINTED:g}"  # "0" would be untrue
    return numeral(value)


def is_one(value: float | None) -> bool:
    """Whether a number is printed as one, so that its noun and its verb are singular."""
    return value is not None and round(value, 1) == 1


def counted(count: int, noun: str) -> str:
    """How many there are: "no files", "1 file", "2 files"."""
    return f"{count or 'no'} {plural(noun, count)}"


def decapitalised(text: str) -> str:
    """The text as it reads within a sentence: its first letter is small."""
    return text[:1].lower() + text[1:]


def plural(noun: str, value: float, plural_form: str | None = None) -> str:
    """The noun that agrees with a number: "complaint" for one, "complaints" for any other."""
    if is_one(value):
        return noun
    if plural_form:
        return plural_form
    if noun in IRREGULAR_PLURALS:
        return IRREGULAR_PLURALS[noun]
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def year_name(year: Year, style: str) -> str:
    """A year in prose, "2021 to 2022" or "2021/22" as the council's settings say."""
    if style == "2021/22":
        return str(year).replace("-", "/")
    return f"{year.starts} to {year.starts + 1}"


def short_year_name(year: Year, style: str) -> str:
    """A year where there is little room, such as above a column: "2021-22" or "2021/22"."""
    return year_name(year, style) if style == "2021/22" else str(year)


def date_text(value: date) -> str:
    """A date in prose, "4 June 2022"."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def draft_mark(settings: Settings) -> str:
    """What marks each page of a draft."""
    if is_internal(settings):
        return INTERNAL_MARK
    return PART_MARK if settings.is_part else DRAFT_MARK


def draft_notice(settings: Settings) -> str:
    """The notice on a draft."""
    notice = INTERNAL_NOTICE if is_internal(settings) else DRAFT_NOTICE
    if settings.to and settings.is_part:
        return f"{notice}. {PART_NOTICE.format(date_text(settings.to))}"
    return notice


def listing(items: Iterable[str], conjunction: str = "and") -> str:
    """Items in a sentence: "a", "a and b", "a, b and c"; empty if there are none."""
    texts = list(items)
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} {conjunction} {texts[-1]}"


def direction(current: float, previous: float) -> str:
    """How a number moved: "up", "down" or "the same"."""
    if current == previous:
        return "the same"
    return "up" if current > previous else "down"


def percentage(part: float, base: float) -> str:
    """A share as a whole percentage, rounded half up as a reader would.

    100% and 0% are only printed for all and for nothing.
    """
    exact = 100 * part / base
    rounded = int(exact + 0.5)
    if rounded == 100 and part < base:
        return "over 99%"
    if rounded == 0 and part > 0:
        return "under 1%"
    return f"{rounded}%"
