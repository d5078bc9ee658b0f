"""The words for a category in a sentence, where the code of the records does not read well."""

from __future__ import annotations

from pipeline.procedures import Procedure
from pipeline.report.number import Number
from pipeline.settings import Council

OUTCOMES = {
    "no finding": "closed without a finding",
    "open": "still open",
    "not accepted": "not accepted under this procedure",
}
STATUSES = {"implemented": "complete", "not implemented": "not going ahead"}
DECISIONS = {"premature": "closed as premature", "closed after initial enquiries": "closed early"}
# By figure, also of what a list has in the other columns; the singular where it differs.
WORDS: dict[str, dict[str, str]] = {
    "complaints.by_outcome": OUTCOMES,
    "complaints.carried_over_by_outcome": OUTCOMES,
    "complaints.turned_away_by_reason": {
        "other procedure": "another procedure",
        "over one year old": "their age",
        "already considered": "an earlier decision",
        "no sufficient interest": "a lack of sufficient interest",
        "appeal or tribunal": "a right of appeal",
        "insurance claim": "an insurance claim",
        "service request": "being a first request for the service",
        "other": "another reason",
    },
    "complaints.by_method": {
        "email": "by email",
        "letter": "by letter",
        "telephone": "by telephone",
        "text": "by text message",
        "other": "in another way",
    },
    "complaints.by_theme": {"decision disagreed with": "a decision they disagreed with"},
    "complaints.joint_by_partner": {
        "NHS body": "an NHS body",
        "provider": "a provider of care",
        "another procedure of the council": "another service of the council",
        "other": "another organisation",
    },
    "remedies.by_kind": {
        "apology": "an apology",
        "service": "a service",
        "payment": "a payment",
        "review": "a review",
        "training": "training for staff",
        "other": "another remedy",
        "not recorded": "a remedy that is not recorded",
    },
    "remedies.by_progress": {"open without a due date": "still open, without a due date"},
    "ombudsman.compliance": {
        "provided in time": "met in time",
        "provided late": "met late",
        "provided without a due date": "met, without a due date",
        "open without a due date": "still open, without a due date",
    },
    "compliments.by_source": {
        "child or young person": "children or young people",
        "parent or carer": "parents or carers",
        "foster carer": "foster carers",
        "professional": "professionals",
        "police": "the police",
        "other": "others",
    },
    "ombudsman.by_decision": DECISIONS,
    "ombudsman.decided_by_decision": DECISIONS,
    "ombudsman.by_subject": DECISIONS,
    "ombudsman.decided_by_subject": DECISIONS,
    "learning.tracker": STATUSES,
    "learning.carried_over_tracker": STATUSES,
    "learning.by_status": STATUSES,
    "learning.carried_over_by_status": STATUSES,
}
SINGULARS: dict[str, dict[str, str]] = {
    "complaints.turned_away_by_reason": {"over one year old": "its age"},
    "complaints.by_theme": {"decision disagreed with": "a decision that was disagreed with"},
}


def detail_words(figure: str, detail: str) -> str:
    """What a list of texts prints of a detail, in the same words as the sentences about it."""
    return WORDS.get(figure, {}).get(detail, detail)


def category_words(number: Number, council: Council, is_single: bool) -> str:
    """The category of a number as a sentence names it.

    is_single: whether it is about one case in all.
    """
    if number.category in council.about:
        return council.about[number.category]
    if number.figure.id == "complaints.by_complainant":
        return _complainants(number.category, council.procedure, is_single)
    words = WORDS.get(number.figure.id, {})
    if number.figure.id == "compliments.by_source":
        words = dict(council.procedure.complainants_with_words) | words
    if is_single:
        words = words | SINGULARS.get(number.figure.id, {})
    return words.get(number.category, number.category)


def _complainants(code: str, procedure: Procedure, is_single: bool) -> str:
    """ "parents", or "a parent" of one."""
    if not is_single:
        return dict(procedure.complainants_with_words).get(code, code)
    if code == "other":
        return "someone else"
    article = "an" if code[0] in "aeiou" else "a"
    return f"{article} {code}"


def ombudsmen_words(council: Council) -> dict[str, str]:
    """How sentences about all procedures name their ombudsman, or ombudsmen."""
    names = {procedure.ombudsman.name for procedure in council.procedures}
    everyone = "The ombudsmen" if len(names) > 1 else "The Ombudsman"
    introduced = "Ombudsmen" if len(names) > 1 else f"The {names.pop()}"
    return {"heading": everyone, "received": f"{introduced} received", "made": f"{everyone} made"}
