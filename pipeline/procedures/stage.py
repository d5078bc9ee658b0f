"""A stage of a procedure and its clocks."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

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

from pipeline.procedures.duration import Duration

Event = Literal["requested", "acknowledged", "agreed", "panel_met", "panel_reported", "responded"]
Text = Annotated[str, StringConstraints(min_length=1, max_length=5_000, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Length = Annotated[
    Duration,
    BeforeValidator(lambda value: value if isinstance(value, Duration) else Duration.parse(value)),
    PlainSerializer(str),
    WithJsonSchema({"type": "string"}),
]
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
    tells_ombudsman: whether, if it is extended, the complainant must be told how to reach the
        ombudsman.
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
    tells_ombudsman: bool = False
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
        if self.tells_ombudsman and not self.can_be_extended:
            raise ValueError(f"the clock {self.name} has tells_ombudsman but cannot be extended")
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
