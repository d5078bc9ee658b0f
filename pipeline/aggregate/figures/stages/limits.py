"""How the investigations of a year and the complaints that they concern limit each other.

A complaint ends with the outcome of its last stage, stage 1 begins on the day of receipt, and no
stage comes before the one below it: rules of the data, of which a break is critical or a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.aggregate.figures.complaints import DECIDED_OUTCOMES, UPHELD_OUTCOMES
from pipeline.aggregate.figures.registry import NOT_RECORDED
from pipeline.aggregate.terms import Limit, Term
from pipeline.validate.dictionary import OUTCOMES

AT_STAGE_1 = Term("complaints.at_stage_1")
AT_STAGE_2 = Term("complaints.at_stage_2")
AT_STAGE_3 = Term("complaints.escalated", "went on to stage 3")
INVESTIGATED_1, INVESTIGATED_2, INVESTIGATED_3 = (
    Term(f"stage_{stage}.investigated") for stage in (1, 2, 3)
)
OPEN = Term("complaints.by_outcome", "open")
# The complaints of a year that are open, or at a later stage, may still end otherwise.
UNSETTLED: dict[str, tuple[Term, ...]] = {
    "1": (Term("complaints.went_on_to_stage_2"), OPEN),
    "2": (AT_STAGE_3, OPEN),
    "3": (OPEN,),
}
# Only stage 1 is always asked for in the year of its complaint.
INVESTIGATED_LIMITS: dict[str, tuple[Limit, ...]] = {
    "1": (
        Limit((INVESTIGATED_1,), (AT_STAGE_1,), is_equal=True),
        Limit((INVESTIGATED_1,), (AT_STAGE_1,), is_cumulative=True),
    ),
    "2": (Limit((INVESTIGATED_2,), (AT_STAGE_2,), is_equal=True, is_cumulative=True),),
    "3": (
        Limit((INVESTIGATED_3,), (AT_STAGE_3,), is_equal=True, is_cumulative=True),
        Limit((INVESTIGATED_3,), (INVESTIGATED_2,), is_cumulative=True),
    ),
}


def outcome_limits(stage: str) -> tuple[Limit, ...]:
    """The limits between the outcomes of a stage and those of the complaints."""
    return (
        *_limits_of_ends(stage),
        # A stage without a response belongs to a complaint that is open or was not decided.
        Limit(
            (Term(f"stage_{stage}.by_outcome", "open"),),
            (
                OPEN,
                Term("complaints.by_outcome", "resolved before investigation"),
                Term("complaints.by_outcome", "not progressed"),
            ),
            is_cumulative=stage != "1",
        ),
        # Every response has an outcome.
        Limit((Term(f"stage_{stage}.by_outcome", NOT_RECORDED),)),
    )


def _limits_of_ends(stage: str) -> Iterator[Limit]:
    for outcomes in (*((outcome,) for outcome in OUTCOMES), UPHELD_OUTCOMES, DECIDED_OUTCOMES):
        of_stage = _terms(f"stage_{stage}.by_outcome", outcomes)
        of_complaints = _terms("complaints.by_outcome", outcomes)
        yield Limit(of_stage, (*of_complaints, *UNSETTLED[stage]), is_cumulative=stage != "1")
        if not set(outcomes) <= set(DECIDED_OUTCOMES):
            continue
        if stage == "1":
            yield Limit(of_complaints, (*of_stage, AT_STAGE_2))
        if stage == "3":
            # Stages of the years' complaints that were asked for later are not in these years.
            of_stages = (
                term
                for number in (1, 2, 3)
                for term in _terms(f"stage_{number}.by_outcome", outcomes)
            )
            yield Limit(
                (*of_complaints, INVESTIGATED_2, INVESTIGATED_3),
                (*of_stages, AT_STAGE_2, AT_STAGE_3),
                is_cumulative=True,
            )


def _terms(figure: str, categories: tuple[str, ...]) -> tuple[Term, ...]:
    return tuple(Term(figure, category) for category in categories)
