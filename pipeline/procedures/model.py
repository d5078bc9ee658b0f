"""What a procedure is: who may complain, its stages with their clocks, outcomes and report."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from pipeline.procedures.duration import Duration, Unit

Event = Literal["requested", "acknowledged", "agreed", "panel_met", "panel_reported", "responded"]
Meaning = Literal["fault", "no fault", "undecided"]
Text = Annotated[str, StringConstraints(min_length=1, max_length=5_000, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Length = Annotated[
    Duration,
    BeforeValidator(lambda value: value if isinstance(value, Duration) else Duration.parse(value)),
    PlainSerializer(str),
    WithJsonSchema({"type": "string"}),
]


def _pairs(value: Any) -> Any:
    """The entries of a mapping, in order."""
    return tuple(value.items()) if isinstance(value, dict) else value


WITHDRAWN = "withdrawn"
UNDER_INVESTIGATION = "under investigation"  # the Ombudsman's decision before it decides
RESPONSE = "response"  # the clock that ends with the authority's response


class ProcedureModel(BaseModel):
    """The base of a procedure's parts: unknown keys are refused, and values cannot change."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Clock(ProcedureModel):
    """A time limit from one event of a stage to another.

    name: "response" if it ends with the response.
    start, end: columns of `investigations`.
    start_choice: the event that a council may choose as the start instead.
    extended: the limit in all if it is extended; `extension`: what is added to it.
    grounds: on which it may be extended; an extension without a recorded ground does not count.
    until_agreed: whether `agreed_due`, a date agreed with the complainant, is the limit if it is
        later.
    title, rule: of the figure that counts whether this clock was met, if the stage has several.
    sentence: how the report says that it was met, of one case and of several.
    source: where the limit comes from.
    """

    name: Name
    start: Event
    end: Event
    start_choice: Event | None = None
    limit: Length
    extended: Length | None = None
    extension: Length | None = None
    grounds: tuple[Text, ...] = ()
    until_agreed: bool = False
    title: Text | None = None
    rule: Text | None = None
    sentence: tuple[Text, ...] = ()
    source: Text

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.extended and self.extension:
            raise ValueError("extended and extension cannot both be there: one is the whole limit")
        if self.extension:
            _ = self.limit + self.extension
        if (self.name == RESPONSE) != (self.end == "responded"):
            raise ValueError("the clock that ends with the response is called response")
        if self.can_be_extended != bool(self.grounds):
            raise ValueError(f"the clock {self.name} needs grounds exactly if it can be extended")
        return self

    @property
    def can_be_extended(self) -> bool:
        """Whether there is a longer limit on a recorded ground."""
        return bool(self.extended or self.extension)


class Stage(ProcedureModel):
    """A stage of the procedure.

    noun, verb: of what is done at it: "investigation", "investigated".
    explanation: what happens at it, in the language of the narrative.
    every_clock_counts: whether it is late if any clock is; otherwise only the response counts.
    request_within: how long a complainant may ask for it after the answer of the stage before.
    may_begin: whether a complaint may begin at it without the stage before.
    has_cost: whether it costs money that the council reports.
    """

    noun: Text = "investigation"
    verb: Text = "investigated"
    explanation: Text
    clocks: Annotated[tuple[Clock, ...], Field(min_length=1)]
    every_clock_counts: bool = False
    request_within: Length | None = None
    may_begin: bool = False
    has_cost: bool = False

    @model_validator(mode="after")
    def _ends_with_response(self) -> Self:
        if [clock.end for clock in self.clocks].index("responded") != len(self.clocks) - 1:
            raise ValueError("the last clock of a stage, and only that, ends with the response")
        if self.every_clock_counts and len({clock.limit.unit for clock in self.clocks}) > 1:
            raise ValueError("where every clock counts, all limits have the same unit")
        if self.every_clock_counts and any(clock.can_be_extended for clock in self.clocks):
            raise ValueError("where every clock counts, no limit can be extended")
        for earlier, later in pairwise(self.clocks):
            starts = {earlier.end} if self.every_clock_counts else {earlier.end, earlier.start}
            if later.start not in starts:
                raise ValueError(f"the clock {later.name} does not start where {earlier.name} ends")
        for clock in self.counted_clocks:
            if len(clock.sentence) not in (0, 2):
                raise ValueError("sentence has two entries: of one case, and of several")
            if not (clock.title and clock.rule):
                raise ValueError(f"the clock {clock.name} has a figure, so it needs title and rule")
        return self

    @property
    def counted_clocks(self) -> tuple[Clock, ...]:
        """The clocks that have a figure of their own, besides the timeliness of the stage."""
        if len(self.clocks) == 1:
            return ()
        return self.clocks if self.every_clock_counts else self.clocks[:-1]

    @property
    def response(self) -> Clock:
        """The clock that ends with the authority's response."""
        return self.clocks[-1]

    @property
    def events(self) -> set[str]:
        """The events that its clocks name."""
        events: set[str] = set()
        for clock in self.clocks:
            events |= {clock.start, clock.end, clock.start_choice or clock.start}
        return events


class Content(ProcedureModel):
    """A part of a requirement, which a report meets if its page prints a number of it.

    figures: patterns of `figure/category`, one of which must match.
    if_any: whether it may be left out if there were none.
    """

    name: Text
    figures: Annotated[tuple[Text, ...], Field(min_length=1)]
    if_any: bool = False


class Requirement(ProcedureModel):
    """Something that the law or guidance requires in the annual report.

    sections: of the report, that meet it.
    contents: what its page must print.
    extracts: that it is made from.
    optional_columns: of the first extract, which may be empty.
    """

    requirement: Text
    source: Text | None = None
    sections: tuple[Text, ...] = ()
    contents: tuple[Content, ...] = ()
    extracts: tuple[Text, ...] = ()
    optional_columns: tuple[Text, ...] = ()


class Ombudsman(ProcedureModel):
    """Who looks at a complaint after the last stage.

    decisions: so far, of which the first is that there is none yet.
    """

    name: Text
    decisions: Annotated[tuple[Text, ...], Field(min_length=2)]


class Denominator(ProcedureModel):
    """The people served, for a rate of complaints for each thousand of them.

    figure, rate_figure: the last parts of the ids of their number and of that rate.
    measure: of the extract `activity`, which names many of them.
    noun: one of them.
    sentence: how many there are, in the language of the narrative.
    """

    figure: Name
    rate_figure: Name
    measure: Text
    noun: Text
    sentence: Text


class ReportWords(ProcedureModel):
    """The words of the report that differ between procedures, in the language of the narrative.

    duty: the sentence that says why the report is made. accepted: "under the statutory procedure".
    upheld: what a complaint is by whose outcome there was fault. public: who pays compliments.
    next_stage: the sentence on what somebody can do who is unhappy with a response.
    """

    duty: Text
    accepted: Text
    upheld: Text = "upheld in whole or in part"
    public: Text = "residents"
    next_stage: Text | None = None


class Procedure(ProcedureModel):
    """The law and rules under which complaints are handled.

    name: by which settings and extracts call it.
    unverified: facts in the file that could not be checked at their source.
    days: the unit in which times are measured.
    complainants: who may complain, each with the word for several of them; `young_people`: the
        one of these that means a child.
    outcomes: each with its meaning.
    person, people: one whom the service is for, and many.
    measures: of the extract `activity`; `measures_by_area`: those of them that the report gives for
        each service area.
    """

    name: Name
    title: Text
    law: Text
    sources: Annotated[tuple[Text, ...], Field(min_length=1)]
    unverified: tuple[Text, ...] = ()
    days: Literal["working day", "calendar day"] = "working day"
    person: Text
    people: Text
    complainants_with_words: Annotated[
        tuple[tuple[Text, Text], ...],
        BeforeValidator(_pairs),
        Field(min_length=1, alias="complainants"),
    ]
    young_people: Text | None = None
    not_accepted_reasons: Annotated[tuple[Text, ...], Field(min_length=1)]
    stages: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=9)]
    outcomes: Annotated[tuple[tuple[Text, Meaning], ...], BeforeValidator(_pairs)]
    measures: tuple[Text, ...] = ()
    measures_by_area: tuple[Text, ...] = ()
    denominator: Denominator | None = None
    ombudsman: Ombudsman
    words: ReportWords
    contents: Annotated[tuple[Requirement, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if WITHDRAWN not in self.outcomes_meaning("undecided"):
            raise ValueError('outcomes need "withdrawn: undecided"')
        if self.ombudsman.decisions[0] != UNDER_INVESTIGATION:
            raise ValueError(f'the first decision of the ombudsman is "{UNDER_INVESTIGATION}"')
        for meaning in ("fault", "no fault"):
            if not self.outcomes_meaning(meaning):
                raise ValueError(f'no outcome means "{meaning}"')
        if self.stages[0].may_begin or (len(self.stages) > 1 and self.stages[-1].may_begin):
            raise ValueError("may_begin is for a stage between the first and the last")
        if self.young_people and self.young_people not in self.complainants:
            raise ValueError("young_people is not among the complainants")
        if self.denominator and self.denominator.measure not in self.measures:
            raise ValueError("the measure of the denominator is not among the measures")
        return self

    def outcomes_meaning(self, *meanings: Meaning) -> tuple[str, ...]:
        """The outcomes with one of these meanings, in order."""
        return tuple(outcome for outcome, meaning in self.outcomes if meaning in meanings)

    @property
    def complainants(self) -> tuple[str, ...]:
        """Who may complain, in order."""
        return tuple(code for code, _ in self.complainants_with_words)

    @property
    def outcome_codes(self) -> tuple[str, ...]:
        """All outcomes, in order."""
        return tuple(outcome for outcome, _ in self.outcomes)

    @property
    def ombudsman_decisions(self) -> tuple[str, ...]:
        """The ombudsman's decisions, in order."""
        return self.ombudsman.decisions

    @property
    def upheld(self) -> tuple[str, ...]:
        """The outcomes by which a complaint is upheld in whole or in part."""
        return self.outcomes_meaning("fault")

    @property
    def decided(self) -> tuple[str, ...]:
        """The outcomes by which something was decided."""
        return self.outcomes_meaning("fault", "no fault")

    @property
    def undecided(self) -> tuple[str, ...]:
        """The outcomes by which nothing was decided."""
        return self.outcomes_meaning("undecided")

    @property
    def stage_numbers(self) -> tuple[str, ...]:
        """The numbers of the stages, as the column `stage` has them."""
        return tuple(str(number) for number in range(1, len(self.stages) + 1))

    @property
    def numbered_stages(self) -> Iterator[tuple[str, Stage]]:
        """Each stage with its number."""
        return zip(self.stage_numbers, self.stages, strict=True)

    @property
    def grounds(self) -> tuple[str, ...]:
        """The grounds on which any clock may be extended."""
        clocks = (clock for stage in self.stages for clock in stage.clocks)
        return tuple(dict.fromkeys(ground for clock in clocks for ground in clock.grounds))

    @property
    def days_unit(self) -> Unit:
        """The unit in which times are measured."""
        return self.days
