"""How the investigations of a year and the complaints that they concern limit each other.

A complaint ends with the outcome of its last stage, stage 1 begins on the day of receipt, and no
stage comes before the one below it: rules of the data, of which a break is critical or a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.aggregate.figures.registry import NOT_RECORDED
from pipeline.aggregate.terms import Limit, Term
from pipeline.procedures import Procedure
from pipeline.procedures.model import WITHDRAWN

OPEN = Term("complaints.by_outcome", "open")


class StageLimits:
    """The limits of a procedure's stages."""

    def __init__(self, procedure: Procedure) -> None:
        self._procedure = procedure
        self._numbers = procedure.stage_numbers
        self._last = procedure.stage_numbers[-1]

    def complaints_at(self, stage: str) -> Term:
        """The number of the year's complaints at a stage, in whichever year.

        No complaint begins at the last of several stages. If there is one only, it begins on the
        day of receipt, so that the year's investigations are those of the year's complaints.
        """
        if stage != self._last:
            return Term(f"complaints.at_stage_{stage}")
        if len(self._numbers) == 1:
            return investigated(stage)
        return Term("complaints.escalated", f"went on to stage {stage}")

    def of_investigations(self, stage: str) -> tuple[Limit, ...]:
        """The limits of the number of investigations at a stage."""
        here, complaints = investigated(stage), self.complaints_at(stage)
        if len(self._numbers) == 1:
            return self.of_all_investigated()
        if stage == "1":  # the only one that is always asked for in the year of its complaint
            return (
                Limit((here,), (complaints,), is_equal=True),
                Limit((here,), (complaints,), is_cumulative=True),
            )
        limits = [Limit((here,), (complaints,), is_equal=True, is_cumulative=True)]
        if not self._procedure.stages[int(stage) - 1].may_begin:
            limits.append(Limit((here,), (investigated(_before(stage)),), is_cumulative=True))
        return tuple(limits)

    def of_all_investigated(self) -> tuple[Limit, ...]:
        """Only a complaint that was accepted is investigated, and each that was decided was."""
        stages = self._procedure.numbered_stages
        later_starts = [number for number, stage in stages if stage.may_begin]
        # At a stage at which a complaint may begin are also those that went on to it.
        at_first_stages = tuple(map(self.complaints_at, ["1", *later_starts]))
        both = tuple(Term(f"complaints.went_on_to_stage_{number}") for number in later_starts)
        accepted = Term("complaints.accepted")
        decided = Term("complaints.decided")
        rejected = Term("complaints.by_outcome", "not accepted")
        turned_away = Term("complaints.turned_away")
        return (
            Limit(at_first_stages, at_most=(accepted, *both)),
            Limit((decided, *both), at_most=at_first_stages),
            Limit((decided, OPEN, rejected, *both), at_most=(*at_first_stages, turned_away)),
        )

    def of_outcomes(self, stage: str) -> tuple[Limit, ...]:
        """The limits between the outcomes of a stage and those of the complaints."""
        without_decision = (
            outcome for outcome in self._procedure.undecided if outcome != WITHDRAWN
        )
        return (
            *self._of_ends(stage),
            # A stage without a response belongs to a complaint that is open or was not decided.
            Limit(
                (Term(f"stage_{stage}.by_outcome", "open"),),
                (OPEN, *_terms("complaints.by_outcome", tuple(without_decision))),
                is_cumulative=stage != "1",
            ),
            # Every response has an outcome.
            Limit((Term(f"stage_{stage}.by_outcome", NOT_RECORDED),)),
        )

    def _unsettled(self, stage: str) -> tuple[Term, ...]:
        """The complaints that are open, or at a later stage, so that they may end otherwise."""
        if stage == self._last:
            return (OPEN,)
        following = str(int(stage) + 1)
        if stage == "1":
            return (Term("complaints.went_on_to_stage_2"), OPEN)
        return (self.complaints_at(following), OPEN)

    def _of_ends(self, stage: str) -> Iterator[Limit]:
        procedure = self._procedure
        groups = (
            *((outcome,) for outcome in procedure.outcome_codes),
            procedure.upheld,
            procedure.decided,
        )
        for outcomes in groups:
            stage_terms = _terms(f"stage_{stage}.by_outcome", outcomes)
            complaint_terms = _terms("complaints.by_outcome", outcomes)
            yield Limit(
                stage_terms, (*complaint_terms, *self._unsettled(stage)), is_cumulative=stage != "1"
            )
            if not set(outcomes) <= set(procedure.decided):
                continue
            if stage == "1":
                later = (self.complaints_at("2"),) if stage != self._last else ()
                yield Limit(complaint_terms, (*stage_terms, *later))
            elif stage == self._last:
                # Stages of the years' complaints that were asked for later are not in these years.
                stages_terms = (
                    term
                    for number in self._numbers
                    for term in _terms(f"stage_{number}.by_outcome", outcomes)
                )
                later_stages = self._numbers[1:]
                yield Limit(
                    (*complaint_terms, *map(investigated, later_stages)),
                    (*stages_terms, *map(self.complaints_at, later_stages)),
                    is_cumulative=True,
                )


def investigated(stage: str) -> Term:
    """The number of investigations at a stage."""
    return Term(f"stage_{stage}.investigated")


def _before(stage: str) -> str:
    return str(int(stage) - 1)


def _terms(figure: str, categories: tuple[str, ...]) -> tuple[Term, ...]:
    return tuple(Term(figure, category) for category in categories)
