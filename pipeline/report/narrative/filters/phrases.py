"""The filters of the narrative: `{{ complaints.received | counted }}` and the like.

Their names, and those of their parameters, are what councils write in their own narrative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from html import escape
from typing import Any

from markupsafe import Markup

from pipeline.report import wording
from pipeline.report.figure import PublishedFigure
from pipeline.report.figures import Published
from pipeline.report.narrative.elements import (
    AbsentFigure,
    capitalise_html,
    data_element,
    missing_element,
    numeral_element,
    require_figure,
    require_number,
    sentence_html,
)
from pipeline.report.narrative.filters.actions import next_due
from pipeline.report.narrative.filters.chance import chance_sentence
from pipeline.report.narrative.filters.distribution import Distribution
from pipeline.report.narrative.filters.response_times import ResponseTimes
from pipeline.report.narrative.filters.sentences import SentenceFilters
from pipeline.report.narrative.filters.setting_elements import SettingNumber
from pipeline.report.narrative.filters.stages import StageSentences
from pipeline.report.narrative.prose.claim_rules import check_claim
from pipeline.report.number import Number
from pipeline.settings import Council, Report
from pipeline.significance import poisson_interval


class Filters:
    """The filters, bound to one report's figures and settings."""

    def __init__(self, published: Published, council: Council, report: Report) -> None:
        self._published = published
        self._data_as_at = report.data_as_at
        self._distribution = Distribution(council)
        self._sentences = SentenceFilters(council, published.about_prefix)
        self._response_times = ResponseTimes(council, self._sentences)
        self._year_style = council.year_style
        self._rate_from = council.statistics.rate_from

    def by_name(self) -> dict[str, Callable[..., Any]]:
        """Each filter under the name by which a narrative calls it."""
        filters: dict[str, Callable[..., Any]] = {
            **self._sentences.by_name(),
            "breakdown": self._breakdown,
            "capital": capitalise_html,
            "chance": self._chance,
            "claim": self._claim,
            "counted": self._counted,
            "distribution": self._distribution.sentence,
            "has": _agreeing_verb("has", "have"),
            "listing": self._listing,
            "most": self._most,
            "next_due": next_due,
            "pounds": self._pounds,
            "rank": self._rank,
            "rate": self._rate,
            "response_times": self._response_times.sentences,
            "undisclosed": self._undisclosed,
            "was": _agreeing_verb("was", "were"),
        }
        filters |= StageSentences(self._published, filters, self._data_as_at).by_name()
        return {name: _empty_if_absent(function) for name, function in filters.items()}

    def _html(self, value: Any) -> str:
        return sentence_html(value, self._year_style)

    def _category_names(self, numbers: Iterable[Number], conjunction: str = "and") -> str:
        return wording.listing((self._html(number.category) for number in numbers), conjunction)

    def _listing(self, items: Iterable[Any], conjunction: str = "and") -> Markup:
        """`{{ council.themes | listing }}`: "delay, staff and cost"."""
        return Markup(wording.listing((self._html(item) for item in items), conjunction))

    def _counted(
        self, number: Number | PublishedFigure, noun: str | None = None, many: str | None = None
    ) -> Markup:
        """`{{ complaints.received | counted }}`: "no complaints", "1 complaint", "2 complaints".

        noun: in place of the figure's own unit. many: its plural, if it is irregular.
        """
        counted = require_number(number)
        noun = noun or counted.figure.unit
        if not counted.known:
            nouns = escape(wording.plural(noun, 0, many))
            return Markup(f"{missing_element(counted)} of {nouns}")
        value = counted.known_value
        count = "no" if value == 0 else wording.number_word(value)
        nouns = escape(wording.plural(noun, value, many))
        return Markup(f"{data_element(counted, count)} {nouns}")

    def _chance(self, number: Number | PublishedFigure) -> Markup:
        """`{{ complaints.received | chance }}`: how the number compares with the earlier years.

        "The number of complaints is lower than year-to-year variation would explain." Empty if
        there is nothing to compare, or if rounded numbers leave it open. TypeError if the figure is
        no count.
        """
        current = require_number(number)
        figure = current.figure
        if figure.measure != "count":
            raise TypeError("this filter needs a count before it, such as complaints.received")
        earlier = [one for one in current.earlier if one.year in figure.comparable_years]
        if not current.known or any(one.withheld for one in earlier):
            return Markup("")
        known = [one for one in earlier if one.known]
        cases = escape(wording.plural(figure.unit, 0))
        sentences = {
            chance_sentence(value, [one.possible_values[end] for one in known], cases)
            for value in current.possible_values
            for end in (0, 1)
        }
        return Markup(sentences.pop() if len(sentences) == 1 else "")

    def _rate(self, value: Number | PublishedFigure, counted: Number | PublishedFigure) -> Markup:
        """`{{ complaints.per_1000_children | rate(complaints.received) }}`: a sentence.

        "There were 2.7 complaints for each thousand children (95% interval 0.7 to 6.9)." Empty if
        there are too few cases for a rate to mean something. The interval is the exact one of a
        Poisson count. counted: the cases of which it is the rate.
        """
        rate = require_number(value)
        count = require_number(counted)
        if not (rate.known and count.known) or count.known_value < self._rate_from:
            return Markup("")
        scale = rate.known_value / count.known_value
        low, high = (scale * bound for bound in poisson_interval(int(count.known_value)))
        interval = f"{wording.numeral(low)} to {wording.numeral(high)}"
        title = escape(wording.decapitalised(rate.figure.title))
        return Markup(
            f"There were {numeral_element(rate)} {title}"
            f" (95% interval {data_element(rate, interval)})."
        )

    def _claim(
        self,
        number: Number | PublishedFigure,
        phrase: str,
        other: Number | PublishedFigure | None = None,
    ) -> Markup:
        """`{{ complaints.received | claim("fell") }}`: "fell", if the number did.

        phrase: one of `claim_rules.CLAIMS`. other: what the number is compared with, as in
            `claim("more than", compliments.received)`.
        """
        subject = require_number(number)
        check_claim(phrase, subject, None if other is None else require_number(other))
        return data_element(subject, escape(phrase))

    def _pounds(self, number: Number | PublishedFigure) -> Markup:
        """`{{ stage_2.cost | pounds }}`: "£2,850"."""
        amount = require_number(number)
        if not amount.known:
            return missing_element(amount, "amount")
        return data_element(amount, wording.pounds(amount.known_value))

    def _rank(self, figure: PublishedFigure) -> Markup:
        """`{{ complaints.received | rank }}`: "the lowest of the 5 years".

        The rank of the reported year among the years compared.
        """
        require_figure(figure)
        numbers = [figure.number(year) for year in figure.comparable_years]
        current = figure.number()
        if any(number.withheld for number in numbers):
            return Markup("not compared with other years to protect people")
        if not current.known:
            return Markup("not available")
        values = [number.known_value for number in numbers if number.known]
        since_break = " since the break in the series" if figure.breaks else ""
        if len(values) == 1:
            return Markup(f"the only one known of the years compared{since_break}")
        years = "years for which there is a figure"
        if len(values) == len(numbers):
            years = f"{SettingNumber('comparison_years', len(values)).__html__()} years"
        years += since_break
        highest = max(values)
        lowest = min(values)
        if lowest == highest:
            return Markup(f"{self._published.about_prefix}the same in each of the {years}")
        if current.known_value not in (highest, lowest):
            return Markup(f"neither the highest nor the lowest of the {years}")
        extreme = "highest" if current.known_value == highest else "lowest"
        if values.count(current.known_value) == 1:
            return Markup(f"the {extreme} of the {years}")
        # Equal rounded numbers may differ.
        article = "among the" if self._published.round_to > 1 else "the joint"
        return Markup(f"{article} {extreme} of the {years}")

    def _breakdown(self, figure: PublishedFigure, link: str = "") -> Markup:
        """`{{ complaints.by_outcome | breakdown }}`: "2 upheld and one withdrawn", by size.

        link: a word between number and category, such as "about" in "3 about SEND".
        """
        parts = require_figure(figure).disclosed
        between = f" {escape(link)} " if link else " "
        phrases = [f"{self._html(part)}{between}{self._html(part.category)}" for part in parts]
        if figure.undisclosed:
            if not phrases:
                return self._undisclosed(figure)
            return Markup(f"{wording.listing(phrases)}; we do not publish the other numbers")
        if phrases:
            return Markup(wording.listing(phrases))
        return Markup(_nothing_to_list(figure))

    def _undisclosed(self, figure: PublishedFigure, link: str = "") -> Markup:
        """`{{ complaints.by_theme | undisclosed }}`: "the number for delay is not shown".

        It is true of a 0 as well, which may be withheld to protect another number.

        link: what the categories say, as in `undisclosed("were about")`: "the numbers of those that
            were about delay and staff are not shown".
        """
        withheld = require_figure(figure).undisclosed
        if not withheld:
            return Markup("no number is withheld")
        names = self._category_names(part for part in withheld if part.category)
        is_single = len(withheld) == 1
        subject = "the number" if is_single else "the numbers"
        verb = "is" if is_single else "are"
        whose = f"of those that {escape(link)}" if link else "for"
        whose = f" {whose} {names}" if names else ""
        return Markup(f"{subject}{whose} {verb} not shown")

    def _most(self, figure: PublishedFigure) -> Markup:
        """`{{ complaints.by_service_area | most }}`: "Looked After Children, 2 of 4".

        All of them where several are equal.
        """
        parts = require_figure(figure).disclosed
        if figure.undisclosed and not _is_largest_disclosed(figure):
            # As a withheld number, it takes its sentence with it.
            return data_element(figure.undisclosed[0], "not shown, to protect people")
        if not parts:
            return Markup(_nothing_to_list(figure))
        largest = parts[0]
        leaders = [part for part in parts if part.value == largest.value]
        each = " each" if len(leaders) > 1 else ""
        share = f"{numeral_element(largest)}{each}"
        if figure.base and largest.base.known:
            share += f"{',' if each else ''} of {numeral_element(largest.base)}"
        return Markup(f"{self._category_names(leaders, 'or')}, {share}")


def _empty_if_absent(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that prints nothing of a figure that the procedure does not have."""

    @wraps(function)
    def filter_or_nothing(value: Any, *arguments: Any, **keywords: Any) -> Any:
        if isinstance(value, AbsentFigure):
            return Markup("")
        return function(value, *arguments, **keywords)

    return filter_or_nothing


def _agreeing_verb(singular: str, plural: str) -> Callable[[Any], str]:
    """A filter for the form of a verb: `{{ complaints.received | was }}`."""
    return lambda number: singular if wording.is_one(require_number(number).value) else plural


def _nothing_to_list(figure: PublishedFigure) -> str:
    """What a list says of a figure without a category above 0."""
    return "none" if any(number.known for number in figure.numbers()) else "not available"


def _is_largest_disclosed(figure: PublishedFigure) -> bool:
    """Whether no withheld part can be larger than, or as large as, the largest published one."""
    parts = figure.disclosed
    if not parts or figure.overlapping or not figure.base or not parts[0].base.known:
        return False
    withheld_total = max(parts[0].base.possible_values)
    withheld_total -= sum(min(part.possible_values) for part in parts)
    return min(parts[0].possible_values) > withheld_total
