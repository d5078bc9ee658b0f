"""The sentences on the stages of the procedure: how many complaints were at each, and went on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import takewhile
from typing import Any

from markupsafe import Markup

from pipeline.report import wording
from pipeline.report.figure import PublishedFigure
from pipeline.report.figures import Published
from pipeline.report.narrative.elements import (
    StageGroup,
    capitalise_html,
    data_element,
    missing_element,
    number_word_element,
    numeral_element,
    require_figure,
    stage_of,
)
from pipeline.report.narrative.filters.sentences import whole
from pipeline.report.number import Number

Filter = Callable[..., Any]


class StageSentences:
    """The filters, bound to one report's figures and the filters that they use.

    data_as_at: the day up to which the council's records go.
    """

    def __init__(self, published: Published, filters: dict[str, Filter], data_as_at: date) -> None:
        self._published = published
        self._filters = filters
        self._data_as_at = data_as_at

    def by_name(self) -> dict[str, Callable[..., Any]]:
        """Each filter under the name by which a narrative calls it."""
        return {
            "clocks": self._clocks,
            "cost": self._cost,
            "investigated": self._investigated,
            "on_time": self._on_time,
            "taken_further": self._taken_further,
        }

    def _investigated(self, figure: PublishedFigure, stages: Sequence[StageGroup]) -> Markup:
        """`{{ complaints.by_stage | investigated(each_stage) }}`: a sentence.

        "During the year 4 complaints were investigated at stage 1 and none at stage 2."
        """
        if require_figure(figure).undisclosed:
            return self._investigated_each(figure, stages)
        parts: list[str] = []
        for stage in stages:
            number = require_figure(figure)[f"stage {stage_of(stage)[0]}"]
            if not parts:
                counted = self._filters["counted"](number, "complaint")
                verb = self._filters["was"](number)
                parts.append(f"{counted} {verb} investigated at {stage.__html__()}")
                continue
            count = number_word_element(number) if number.known else missing_element(number)
            parts.append(f"{count} at {stage.__html__()}")
        sentences = [f"During the year {wording.listing(parts)}."]
        for stage in stages:
            position, rules = stage_of(stage)
            if rules.may_begin:
                bypassed = self._published[f"complaints.bypassed_stage_{int(position) - 1}"]
                at_stage = require_figure(figure)[f"stage {position}"]
                sentences += _straight_there(stage, bypassed.number(), at_stage)
        return Markup(" ".join(sentences))

    def _investigated_each(self, figure: PublishedFigure, stages: Sequence[StageGroup]) -> Markup:
        """A sentence for each stage, so that a withheld number takes only its own with it."""
        sentences = []
        for stage in stages:
            number, rules = stage_of(stage)
            start = f"At stage {number} we {rules.verb}"
            sentences.append(
                self._filters["reported"](figure[f"stage {number}"], start, "complaint")
            )
        return Markup(" ".join(sentences))

    def _taken_further(self, stages: StageGroup | Sequence[StageGroup]) -> Markup:
        """`{{ stage | taken_further }}`: how many complaints were taken on to this stage.

        "Of the 3 complaints investigated at stage 1, 2 were taken to stage 2." Empty at stage 1. Of
        `each_stage`: a sentence for each, or "No complaint was taken to a later stage." Where the
        year's investigations are not all of the year's complaints: "Of the 3 complaints received in
        the year and investigated at stage 1, 2 were taken to stage 2 by 30 June 2026."
        """
        if isinstance(stages, StageGroup):
            return self._taken_to(stages)
        sentences = {stage: self._taken_to(stage) for stage in stages}
        went_on = [
            self._published[f"complaints.went_on_to_stage_{stage_of(stage)[0]}"].number()
            for stage, sentence in sentences.items()
            if sentence
        ]
        if went_on and all(number.known and not number.occurs for number in went_on):
            received, until = self._cohort_words()
            nobody = data_element(went_on[0], f"No complaint{received}")
            return Markup(f"{nobody} was taken to a later stage{until}.")
        return Markup(" ".join(filter(None, sentences.values())))

    def _taken_to(self, stage: StageGroup) -> Markup:
        later, _ = stage_of(stage)
        earlier = int(later) - 1
        if not earlier or not self._published[f"complaints.at_stage_{earlier}"].number().occurs:
            return Markup("")
        received, until = self._cohort_words()
        investigated = f"{received} and investigated" if received else " investigated"
        sentence: Markup = self._filters["portion"](
            self._published[f"complaints.went_on_to_stage_{later}"],
            f"was taken to stage {later}{until}",
            f"were taken to stage {later}{until}",
            f"complaint{investigated} at stage {earlier}",
            f"complaints{investigated} at stage {earlier}",
        )
        return sentence

    def _cohort_words(self) -> tuple[str, str]:
        """What says of which complaints a sentence is, and until when it followed them.

        Both are empty if as many were investigated at each stage in the year: nothing else could
        be meant. A number that is not known may be another.
        """
        for in_year in require_figure(self._published["complaints.by_stage"]).numbers():
            stage = in_year.category.replace(" ", "_")
            ids = (f"complaints.at_{stage}", f"complaints.went_on_to_{stage}")
            of_year = self._published[next(id for id in ids if id in self._published)].number()
            if not (in_year.known and of_year.known and in_year.value == of_year.value):
                return " received in the year", f" by {wording.date_text(self._data_as_at)}"
        return "", ""

    def _clocks(self, stage: StageGroup) -> Markup:
        """`{{ stage | clocks }}`: whether the steps before the response were taken in time.

        "Of the 5 stage 1 investigations, 4 were acknowledged in time." Empty at a stage whose file
        gives no sentence for them.
        """
        number, rules = stage_of(stage)
        if not stage.investigated.number().occurs:
            return Markup("")
        sentences = [
            self._filters["portion"](
                self._published[f"stage_{number}.{clock.name}"]["within limit"],
                *clock.sentence,
                f"stage {number} {rules.noun}",
            )
            for clock in rules.counted_clocks
            if clock.sentence
        ]
        figure = f"stage_{number}.ombudsman_told"
        if figure in self._published:
            verb = "came with the Ombudsman's contact details"
            extension = f"stage {number} extension"
            sentences.append(
                self._filters["portion"](self._published[figure], verb, verb, extension)
            )
        return Markup(" ".join(sentences))

    def _on_time(self, stages: Sequence[StageGroup]) -> Markup:
        """`{{ each_stage | on_time }}`: whether the responses of each stage were on time.

        With what a stage cost, and that no complaint went to the last one.
        """
        answered = [stage for stage in stages if stage.answered.number().occurs]
        are_all_on_time = len(answered) > 1 and all(map(_is_all_on_time, answered))
        sentences = []
        if are_all_on_time:
            counts = wording.listing(
                f"{numeral_element(stage.in_time.number())} at {stage.__html__()}"
                for stage in answered
            )
            sentences.append(Markup(f"All responses were in time: {counts}."))
        for stage in answered:
            if not are_all_on_time:
                sentences.append(self._in_time(stage))
            sentences.append(self._cost(stage))
        unreached = list(takewhile(self._is_unreached, reversed(stages[1:])))
        if unreached:
            names = wording.listing((stage.__html__() for stage in reversed(unreached)), "or")
            sentences.append(Markup(f"No complaint went to {names}."))
        return Markup(" ".join(filter(None, sentences)))

    def _is_unreached(self, stage: StageGroup) -> bool:
        """Whether no complaint is known to have been there in the year, or to have gone since."""
        went_on = self._published[f"complaints.went_on_to_stage_{stage_of(stage)[0]}"].number()
        investigated = stage.investigated.number()
        return all(number.known and not number.occurs for number in (investigated, went_on))

    def _in_time(self, stage: StageGroup) -> Markup:
        response = f"stage {stage_of(stage)[0]} response"
        sentence: Markup = self._filters["portion"](
            stage.in_time, "was in time", "were in time", response
        )
        return sentence

    def _cost(self, stage: StageGroup) -> Markup:
        """`{{ stage | cost }}`: "Stage 2 cost £2,850."; empty if there is none."""
        _, rules = stage_of(stage)
        if not rules.has_cost or not stage.investigated.number().occurs:
            return Markup("")
        if not stage.cost.number().known:
            return Markup("")
        amount = self._filters["pounds"](stage.cost)
        recorded = self._recorded_for(stage.costed.number(), stage.investigated.number())
        return Markup(f"{capitalise_html(stage)} cost {amount}{recorded}.")

    def _recorded_for(self, costed: Number, investigated: Number) -> str:
        if costed.value == investigated.value:
            return ""
        return f" (the cost is recorded for {self._filters['share'](costed)})"


def _straight_there(stage: StageGroup, number: Number, at_stage: Number) -> list[str]:
    """ "The stage 2 complaint went straight there."; empty if none did.

    at_stage: the complaints investigated at the stage.
    """
    if not number.occurs:
        return []
    if number.known and number.value == at_stage.value:
        if wording.is_one(number.value):
            only = data_element(number, f"The {stage.__html__()} complaint")
            return [f"{only} went straight there."]
        return [f"{whole(number)} at {stage.__html__()} went straight there."]
    count = number_word_element(number) if number.known else missing_element(number)
    return [f"Of those at {stage.__html__()}, {count} went straight there."]


def _is_all_on_time(stage: StageGroup) -> bool:
    in_time = stage.in_time.number()
    return in_time.known and in_time.value == stage.answered.number().value
