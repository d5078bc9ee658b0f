"""The sentences on a stage's response times: every time of a few, the median of many.

The thresholds are the council's `statistics`.
"""

from __future__ import annotations

from markupsafe import Markup

from pipeline.procedures.limits import clock_key
from pipeline.report import wording
from pipeline.report.figure import PublishedFigure
from pipeline.report.narrative.elements import (
    StageGroup,
    capitalise_html,
    data_element,
    numeral_element,
    stage_of,
)
from pipeline.report.narrative.filters.sentences import (
    NOT_PUBLISHED,
    SentenceFilters,
    none,
    whole,
)
from pipeline.report.narrative.filters.setting_elements import SettingNumber
from pipeline.report.number import Number
from pipeline.settings import Council


class ResponseTimes:
    """The filter `response_times`, bound to one council's settings."""

    def __init__(self, council: Council, sentences: SentenceFilters) -> None:
        self._limits = council.time_limits
        self._days = council.procedure.days
        self._statistics = council.statistics
        self._percentage = sentences.percentage

    def sentences(self, group: StageGroup) -> Markup:
        """`{{ stage_1 | response_times }}`: how many were answered, in time and how fast.

        "The 2 stage 1 responses took 9 and 18 working days. Both were in time, 1 of them after an
        extension."
        """
        if not isinstance(group, StageGroup):
            raise TypeError("this filter needs a stage before it, such as stage_1")
        stage = Markup(group.__html__())
        asked_for = group.investigated.number()
        answered = group.answered.number()
        if not (asked_for.known and answered.known):
            missing = asked_for if not asked_for.known else answered
            subject = data_element(missing, f"how many complaints were answered at {stage}")
            if missing.withheld:
                return Markup(f"We do not publish {subject}, {NOT_PUBLISHED}.")
            return Markup(f"We hold no record of {subject}.")
        if not asked_for.value:
            verb = stage_of(group)[1].verb
            return Markup(f"{data_element(asked_for, 'No')} complaint was {verb} at {stage}.")
        texts = self._of_answers(group, stage, answered)
        return Markup(" ".join([*texts, *_still_open(group, answered)]))

    def _of_answers(self, group: StageGroup, stage: str, answered: Number) -> list[str]:
        count = answered.known_value
        if not count:
            return [f"{data_element(answered, 'No')} complaint has been answered at {stage}."]
        if wording.is_one(count):
            return [self._of_one(group, stage, answered)]
        if count < self._statistics.range_from:
            days = _listed_days(group.by_days, count)
            took = f" took {days} {self._days}s" if days else " were sent"
            opening = f"The {numeral_element(answered)} {stage} responses{took}."
            return [opening, self._in_time(group, answered)]
        return [
            f"{capitalise_html(stage)} had {numeral_element(answered)} responses.",
            self._in_time(group, answered),
            self._spread(group, count),
        ]

    def _of_one(self, group: StageGroup, stage: str, answered: Number) -> str:
        only = f"The {data_element(answered, 'only')} {stage} response"
        longest = group.longest_days.number()
        took = "was sent"
        if longest.known:
            took = f"took {numeral_element(longest)} {self._in_days(longest)}"
        late = group.timeliness["late"]
        extended = group.timeliness["within extension"]
        if not (late.known and extended.known):
            return f"{only} {took}."
        limits = self._limits.durations
        number, rules = stage_of(group)
        key = clock_key(number, rules, rules.response)
        limit = f"{key}_extended" if extended.value else key
        if late.value:
            by = group.longest_late.number()
            days = f" by {numeral_element(by)} {self._in_days(by)}" if by.known else ""
            return f"{only} {took} and was late{days}."
        is_graded = key in self._limits.graded
        if rules.every_clock_counts or is_graded or limit not in limits:  # there are several limits
            return f"{only} {took} and was in time."
        days_allowed = SettingNumber(f"time_limits.{limit}", limits[limit].length).__html__()
        if limits[limit].unit != self._days:
            days_allowed += f" {limits[limit].units}"
        kind = "extended limit" if extended.value else "limit"
        return f"{only} {took}, within the {kind} of {days_allowed}."

    def _in_time(self, group: StageGroup, answered: Number) -> str:
        in_time = group.in_time.number()
        late = group.timeliness["late"]
        if not (in_time.known and late.known):
            missing = late if in_time.known else in_time
            subject = data_element(missing, "how many were in time")
            verb = "do not publish" if missing.withheld else "do not know"
            return f"We {verb} {subject}."
        extension = self._extension(group, in_time)
        if in_time.value == answered.value:
            return f"{whole(in_time)} were in time{extension}."
        if not in_time.value:
            nobody = none(in_time, answered.known_value, "was in time")
            return f"{nobody}{self._how_late_all(group)}."
        share = self._percentage(in_time)
        verb = "was" if wording.is_one(in_time.value) else "were"
        late_verb = "was" if wording.is_one(late.value) else "were"
        return (
            f"Of these, {numeral_element(in_time)} {verb} in time{share}{extension}, and "
            f"{numeral_element(late)} {late_verb} late{self._how_late(group)}."
        )

    def _extension(self, group: StageGroup, in_time: Number) -> str:
        """ ", 1 of them after an extension"; empty at a stage that cannot be extended."""
        extended = group.timeliness["within extension"]
        if not extended.known or not extended.value:
            return ""
        if wording.is_one(in_time.value):
            return f", {data_element(extended, 'after')} an extension"
        if extended.value == in_time.value:
            return f", {data_element(extended, 'each')} after an extension"
        return f", {numeral_element(extended)} of them after an extension"

    def _spread(self, group: StageGroup, count: float) -> str:
        longest = group.longest_days.number()
        shortest = group.shortest_days.number()
        median = group.median_days.number()
        if not longest.known:
            return ""
        if count >= self._statistics.median_from and median.known:
            slow = group.days_90th.number()
            most = f" nine in ten took {numeral_element(slow)} or fewer," if slow.known else ""
            days = self._in_days(median)
            return (
                f"The median response took {numeral_element(median)} {days},{most} and the longest "
                f"took {numeral_element(longest)}."
            )
        if not shortest.known or shortest.value == longest.value:
            return f"The longest took {numeral_element(longest)} {self._in_days(longest)}."
        days = f"{numeral_element(longest)} {self._days}s"
        return f"They took between {numeral_element(shortest)} and {days}."

    def _in_days(self, number: Number) -> str:
        return wording.plural(self._days, number.known_value)

    def _how_late(self, group: StageGroup) -> str:
        """ ", by up to 4 working days"; empty if that is not known."""
        late = group.timeliness["late"]
        longest = group.longest_late.number()
        if not longest.known:
            return ""
        up_to = "" if wording.is_one(late.value) else "up to "
        return f", by {up_to}{numeral_element(longest)} {self._in_days(longest)}"

    def _how_late_all(self, group: StageGroup) -> str:
        longest = group.longest_late.number()
        if not longest.known:
            return ""
        return f"; they were up to {numeral_element(longest)} {self._in_days(longest)} late"


def _listed_days(figure: PublishedFigure, count: float) -> str:
    """Every response's working days, "9 and 18", shortest first; empty if not all are published."""
    numbers = sorted(figure.disclosed, key=lambda number: float(number.category))
    if sum(number.known_value for number in numbers) != count:
        return ""
    return wording.listing(
        data_element(number, number.category)
        for number in numbers
        for _ in range(int(number.known_value))
    )


def _still_open(group: StageGroup, answered: Number) -> list[str]:
    still_open = group.timeliness["open"]
    if not still_open.known or not still_open.value:
        return []
    is_single = wording.is_one(still_open.value)
    if is_single and answered.value:
        return [f"{data_element(still_open, 'Another')} is still open."]
    opening = "Another" if answered.value else "So far"
    return [f"{opening} {numeral_element(still_open)} {'is' if is_single else 'are'} still open."]
