"""What a procedure is: who may complain, its stages, outcomes, words and required contents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from pipeline.procedures.stage import Name, ProcedureModel, Stage, Text

Meaning = Literal["fault", "no fault", "undecided"]
WITHDRAWN = "withdrawn"
# fmt: off
SHARED_COMPLIMENT_SOURCES = (
    "child or young person", "parent or carer", "foster carer", "professional", "another council",
    "police", "other",
)
# fmt: on
UNDER_INVESTIGATION = "under investigation"  # the Ombudsman's decision before it decides


def _pairs(value: Any) -> Any:
    """The entries of a mapping, in order."""
    return tuple(value.items()) if isinstance(value, dict) else value


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
    upheld: those by which it found fault, if it says how often that had been remedied before.
    older_decisions: its categories of earlier years, which can still be read. A year with one of
        them is before the break in the series.
    """

    name: Text
    decisions: Annotated[tuple[Text, ...], Field(min_length=2)]
    upheld: tuple[Text, ...] = ()
    older_decisions: tuple[Text, ...] = ()

    @property
    def current_decisions(self) -> tuple[str, ...]:
        """Its decisions that no earlier list of categories had, besides that there is none yet."""
        shared = {UNDER_INVESTIGATION, *self.upheld, *(f"not {one}" for one in self.upheld)}
        return tuple(one for one in self.decisions if one not in {*shared, *self.older_decisions})


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
    title: what its complaints are. heading: the service, as a heading or the label of a row.
    unverified: facts in the file that could not be checked at their source.
    days: the unit in which times are measured.
    complainants: who may complain, each with the word for several of them; `young_people`: the
        one of these that means a child.
    outcomes: each with its meaning.
    compliment_sources: who may pay a compliment, which council.yaml may replace.
    person, people: one whom the service is for, and many.
    measures: of the extract `activity`; `measures_by_area`: those of them that the report gives for
        each service area.
    """

    name: Name
    title: Text
    heading: Text
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
    compliment_sources: tuple[Text, ...] = SHARED_COMPLIMENT_SOURCES
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
        if not set(self.ombudsman.upheld) <= set(self.ombudsman.decisions):
            raise ValueError("what the ombudsman upheld is not among its decisions")
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

    @property
    def heading_in_sentence(self) -> str:
        """The service as a sentence names it, which does not begin with it."""
        return self.heading[:1].lower() + self.heading[1:]

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
        """The ombudsman's decisions, in order, with its older ones at the end."""
        ombudsman = self.ombudsman
        return tuple(dict.fromkeys((*ombudsman.decisions, *ombudsman.older_decisions)))

    @property
    def readable_sources(self) -> tuple[str, ...]:
        """Who may pay a compliment, with the sources that all procedures once had."""
        return tuple(dict.fromkeys((*self.compliment_sources, *SHARED_COMPLIMENT_SOURCES)))

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
