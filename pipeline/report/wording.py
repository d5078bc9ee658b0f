"""Numbers, years and lists as a plain-English sentence says them. Pure text: nothing here knows a figure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from unicodedata import category

from pipeline.year import Year

# Not from the machine's locale, so that a report reads the same wherever it is made.
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
IRREGULAR_PLURALS = {"person": "people", "child": "children"}
JOINERS = "\u200c\u200d\u00ad"  # some scripts cannot be spelt without them
SHORTHAND_MEANINGS = {
    "c": "withheld to protect people",
    "x": "not available",
    "z": "not applicable",
    "r": "revised since it was published",
    "p": "provisional",
    "u": "based on a small number",
}

DRAFT_NOTICE = "Draft: numbers and words may still change"  # on every one that is not final
ROUNDING_NOTE = "Numbers of people and cases are rounded to the nearest {}, so parts may not add up to their total."


def single_line(text: str) -> str:
    """A text from settings or an extract on one line, without signs that nobody sees or that turn the text around them."""
    return "".join(
        sign
        for sign in " ".join(text.split())
        if category(sign) not in ("Cc", "Cf") or sign in JOINERS
    )


def machine_number(value: float) -> str:
    """A number as a machine reads it: 4, 2.5, 1000000."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def numeral(value: float) -> str:
    """A number in figures: thousands with commas, at most one decimal, and none where it is whole."""
    value = round(float(value), 1)
    return f"{value:,.0f}" if value.is_integer() else f"{value:,.1f}"


def pounds(value: float) -> str:
    """An amount of money: £2,850, with pence only where there are any."""
    return f"£{value:,.0f}" if float(value).is_integer() else f"£{value:,.2f}"


def number_word(value: float) -> str:
    """A number in running text: "none", "one", then figures from 2 upwards."""
    return {0: "none", 1: "one"}.get(value, numeral(value))


def plural(noun: str, value: float, plural_form: str | None = None) -> str:
    """The noun that agrees with a number: "complaint" for one, "complaints" for any other."""
    if value == 1:
        return noun
    if plural_form:
        return plural_form
    if noun in IRREGULAR_PLURALS:
        return IRREGULAR_PLURALS[noun]
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeiou" else noun + "s"


def count_phrase(value: float, noun: str, plural_form: str | None = None) -> str:
    """ "no complaints", "one complaint", "2 complaints"."""
    return f"{'no' if value == 0 else number_word(value)} {plural(noun, value, plural_form)}"


def year_name(year: Year, style: str) -> str:
    """A year in prose, "2021 to 2022" or "2021/22" as the council's settings say."""
    if style == "2021/22":
        return str(year).replace("-", "/")
    return f"{year.starts} to {year.starts + 1}"


def date_text(value: date) -> str:
    """A date in prose, "4 June 2022"."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def listing(items: Iterable[str]) -> str:
    """Items in a sentence: "a", "a and b", "a, b and c"."""
    items = list(items)
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def direction(current: float, previous: float) -> str:
    """How a number moved: "up", "down" or "the same"."""
    return "the same" if current == previous else "up" if current > previous else "down"


def percentage(part: float, base: float) -> str:
    """A share as a whole percentage, rounded half up as a reader would; 100% and 0% only when nothing or all is missing."""
    exact = 100 * part / base
    rounded = int(exact + 0.5)
    if rounded == 100 and part < base:
        return "over 99%"
    if rounded == 0 and part > 0:
        return "under 1%"
    return f"{rounded}%"
