"""Filters that make a whole sentence of a figure: natural for none, one, some and withheld numbers.

A sentence does not begin with a figure, and a withheld number is never replaced by a guess.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from pipeline.report import wording
from pipeline.report.figure import PublishedFigure
from pipeline.report.narrative.elements import (
    data_element,
    inert_text,
    missing_element,
    number_word_element,
    numeral_element,
    require_number,
    words_html,
    year_element,
)
from pipeline.report.narrative.filters.setting_elements import SettingNumber
from pipeline.report.number import Number
from pipeline.settings import Council

COMPARABLE_YEARS = 3  # of fewer years, "the lowest" tells no more than "down"
NOT_PUBLISHED = "to protect people"
IN_WHOLE_OR_PART = " in whole or in part"
THEY = "they"  # the noun of cases that the sentence before is about


class SentenceFilters:
    """The filters, bound to one council's settings."""

    def __init__(self, council: Council, about_prefix: str = "") -> None:
        """The filters of one report.

        about_prefix: "about " before "the same", if numbers are rounded.
        """
        self._year_style = council.year_style
        self._small_base = council.small_base
        self._about_prefix = about_prefix

    def by_name(self) -> dict[str, Callable[..., Any]]:
        """Each filter under the name by which a narrative calls it."""
        return {
            "change": self.change,
            "portion": self._portion,
            "reported": self._reported,
            "share": self.share,
        }

    def _reported(
        self,
        value: Number | PublishedFigure,
        start: str,
        noun: str = "",
        end: str = "",
        ranked: bool = False,
    ) -> Markup:
        """`{{ complaints.received | reported("We received") }}`: a sentence with its comparison.

        "We received 4 complaints, down from 21 the year before." noun: in place of the figure's own
        unit. end: words after the noun. ranked: whether it adds "and the lowest in the 5 years
        shown", where that is true.
        """
        number = require_number(value)
        many = wording.plural(noun or number.figure.unit, 0)
        end = f" {end}" if end else ""
        if not number.known:
            subject = data_element(number, f"the number of {words_html(many + end)}")
            if number.withheld:
                return Markup(f"We do not publish {subject}, {NOT_PUBLISHED}.")
            return Markup(f"We hold no record of {subject}.")
        count = "no" if number.value == 0 else wording.numeral(number.known_value)
        nouns = wording.plural(noun or number.figure.unit, number.known_value)
        sentence = f"{words_html(start)} {data_element(number, count)} {words_html(nouns + end)}"
        earlier = number.earlier
        is_compared = any(one.known for one in earlier) and not earlier[-1].withheld
        comparison = self.change(number) if is_compared else ""
        rank = self._rank_in_series(number) if ranked else ""
        clauses = " and ".join(clause for clause in (comparison, rank) if clause)
        return Markup(f"{sentence}, {clauses}." if clauses else f"{sentence}.")

    def change(self, value: Number | PublishedFigure) -> Markup:
        """`{{ compliments.received | change }}`: "up from 44 the year before"."""
        current = require_number(value)
        earlier = current.earlier
        if not earlier:
            return Markup("with no earlier year to compare")
        previous = earlier[-1]
        if current.withheld or previous.withheld:
            return Markup(f"not compared with the year before, {NOT_PUBLISHED}")
        if not previous.known:
            return self._compared_with_last_known(current)
        earlier_number = f"{number_word_element(previous)} the year before"
        if not current.known:
            return Markup(f"not to be compared with {earlier_number}")
        if current.series_break:
            note = inert_text(current.series_break.note.strip().rstrip("."))
            return Markup(f"not to be compared with {earlier_number}: {note}")
        direction = wording.direction(current.known_value, previous.known_value)
        if direction == "the same":
            return Markup(f"{self._about_prefix}the same as the year before")
        return Markup(f"{direction} from {earlier_number}")

    def _compared_with_last_known(self, current: Number) -> Markup:
        years = current.figure.comparable_years
        known = [number for number in current.earlier if number.known and number.year in years]
        if not known or not current.known:
            return Markup("with no figure for the year before to compare")
        last = known[-1]
        year = year_element(last.year, self._year_style)
        return Markup(
            f"compared with {number_word_element(last)} in {year}, the last year with a figure"
        )

    def _rank_in_series(self, current: Number) -> str:
        """ "the lowest in the 5 years shown"; empty if it is not remarkable."""
        numbers = [current.in_year(year) for year in current.figure.comparable_years]
        values = [number.known_value for number in numbers if number.known]
        if len(values) < max(COMPARABLE_YEARS, len(numbers)):
            return ""
        extreme = {max(values): "highest", min(values): "lowest"}.get(current.known_value)
        if extreme is None or values.count(current.known_value) > 1:
            return ""
        count = SettingNumber("comparison_years", len(values)).__html__()
        return f"the {extreme} in the {count} years shown"

    def _portion(
        self,
        value: Number | PublishedFigure,
        singular: str,
        plural: str,
        noun: str = "",
        nouns: str = "",
    ) -> Markup:
        """`{{ complaints.concluded | portion("is closed", "are closed") }}`: a sentence.

        "All 4 complaints are closed." "Of the 369 complaints, 352 are closed (95%)." Empty if there
        are no cases. noun: in place of the unit of the base; "they" of the cases that the sentence
        before is about: "All 4 are closed." nouns: its plural, if it does not end in s.
        """
        part = require_number(value)
        base = part.base
        again = noun == THEY
        unit = base.figure.unit if again else noun or base.figure.unit
        if not base.value:
            return Markup("")
        total = base.value
        units = words_html(wording.plural(unit, total, nouns or None))
        if not part.known:
            subject = data_element(part, f"how many of the {wording.numeral(total)} {units}")
            verb = "do not publish" if part.withheld else "do not know"
            ending = f", {NOT_PUBLISHED}" if part.withheld else ""
            return Markup(f"We {verb} {subject} {words_html(plural)}{ending}.")
        if wording.is_one(total):
            verb = singular if part.value else _negated(singular)
            return Markup(f"{only_case(part, units, again)} {words_html(verb)}.")
        if part.value == total:
            cases = "" if again else f" {units}"
            return Markup(f"{whole(part)}{cases} {words_html(plural)}.")
        counted_base = f"the {numeral_element(base)}" + ("" if again else f" {units}")
        if part.value == 0:
            rest = words_html(singular) if again else f"of {counted_base} {words_html(singular)}"
            return Markup(f"{none(part, total, rest)}.")
        verb = singular if wording.is_one(part.value) else plural
        count = numeral_element(part)
        return Markup(f"Of {counted_base}, {count} {words_html(verb)}{self.percentage(part)}.")

    def share(self, value: Number | PublishedFigure) -> Markup:
        """`{{ part | share }}`: "2 of 3", or "44 of 332 (13%)" if the base is not small.

        Below the setting `small_base` a percentage would suggest a precision it does not have.
        """
        part = require_number(value)
        base = part.base
        if not (part.known and base.known):
            return _share_with_missing(part, base)
        return Markup(f"{numeral_element(part)} of {numeral_element(base)}{self.percentage(part)}")

    def percentage(self, part: Number) -> str:
        """ " (13%)" of its base; empty if that is small."""
        base = part.base
        if base.known_value < self._small_base:
            return ""
        percentage = wording.percentage(part.known_value, base.known_value)
        return f" ({data_element(part, percentage)})"


def _share_with_missing(part: Number, base: Number) -> Markup:
    """A share of which one number or both are missing, without what could reveal them."""
    if base.known:
        return Markup(f"{missing_element(part)} of the {numeral_element(base)}")
    if part.known:
        return Markup(f"{numeral_element(part)} of {missing_element(base)}")
    return missing_element(part)


def none(part: Number, total: float, rest: str) -> str:
    """ "None is late", or "Neither is late" of two, of a part that is 0."""
    first, _, others = rest.partition(" ")
    # A page with the one word "None" would be taken for a fault of the program.
    nobody = "Neither" if total == 2 else "None"
    return f"{data_element(part, f'{nobody} {first}')} {others}"


def only_case(part: Number, unit: str, again: bool) -> str:
    """ "The only complaint"; "It" of one that the sentence before is about."""
    return data_element(part, "It") if again else f"The {data_element(part, 'only')} {unit}"


def whole(part: Number) -> str:
    """ "All 4" or "Both", of a part that is its whole base."""
    if part.value == 2:
        return str(data_element(part, "Both"))
    return f"All {numeral_element(part)}"


def _negated(verb: str) -> str:
    """The verb phrase denied: "is closed" → "is not closed".

    "was upheld in whole or in part" → "was upheld neither in whole nor in part", for "not upheld in
    whole" would be less.
    """
    if verb.endswith(IN_WHOLE_OR_PART):
        return f"{verb.removesuffix(IN_WHOLE_OR_PART)} neither in whole nor in part"
    first, _, rest = verb.partition(" ")
    return f"{first} not {rest}".rstrip()
