"""For each rule the rows that break it, and what its finding says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipeline.validate.definitions import Column, Extract
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.validate.rules.of_columns import FUTURE_DATE_COLUMNS

# fmt: off
# A good row of each extract, which no row of the good extracts is like.
GOOD_ROWS = {
    "complaints": {
        "received": "2021-11-01", "service_area": "Looked After Children",
        "complainant_type": "parent", "route": "direct", "theme": "delay", "accepted": "yes",
        "status": "closed", "outcome": "upheld", "closed": "2021-12-01", "reference": "C9",
    },
    "investigations": {
        "complaint": "C9", "stage": "1", "requested": "2021-11-01", "responded": "2021-11-15",
        "outcome": "upheld",
    },
    "ombudsman": {
        "reference": "O9", "received": "2021-10-01", "service_area": "Early Help",
        "subject": "Delay", "in_scope": "yes", "decision": "upheld", "decided": "2022-01-10",
    },
    "compliments": {"reference": "P9", "received": "2021-06-01", "service_area": "Early Help"},
    "learning": {
        "reference": "L9", "lesson": "Letters were late", "action": "Check weekly",
        "status": "in progress",
    },
    "concerns": {"received": "2021-05-01", "service_area": "Early Help"},
    "training": {"date": "2021-10-10", "title": "Answering well"},
    "activity": {"measure": "referrals", "count": 90, "as_at": "2022-03-31"},
    "self_assessment": {"section": "6.2", "requirement": "answer in time", "meets": "yes"},
    "published": {
        "year": "2021-22", "figure": "complaints.rare", "value": 3, "source": "note",
    },
}
# fmt: on
EARLIER = {"year": "2020-21", "file": "data/raw/2020-21/x.csv"}

NOT_FUTURE = "is after 2022-06-30, the day on which the data was taken"
IN_YEAR = "is not inside 2021-22, which runs from 2021-04-01 to 2022-03-31"


class AddedRow(NamedTuple):
    """A row added to the good extracts."""

    extract: str
    cells: dict


class RuleCase(NamedTuple):
    """Rows that break a rule.

    rows: the last of the rule's extract is the bad one.
    what: the sentence of its finding.
    """

    rule: str
    rows: list[AddedRow]
    what: str


def rows_by_extract(rows: list[AddedRow]) -> dict[str, list[dict]]:
    """The rows as the fixture `extracts` takes them."""
    added: dict[str, list[dict]] = {}
    for row in rows:
        added.setdefault(row.extract, []).append(row.cells)
    return added


def added_row(extract: str, changes: dict) -> AddedRow:
    """A good row with these cells changed."""
    return AddedRow(extract, GOOD_ROWS[extract] | changes)


def complaint(**changes) -> AddedRow:
    return added_row("complaints", changes)


def stage(**changes) -> AddedRow:
    return added_row("investigations", changes)


def ombudsman_case(**changes) -> AddedRow:
    return added_row("ombudsman", changes)


def compliment(**changes) -> AddedRow:
    return added_row("compliments", changes)


def action(**changes) -> AddedRow:
    return added_row("learning", changes)


def concern(**changes) -> AddedRow:
    return added_row("concerns", changes)


def session(**changes) -> AddedRow:
    return added_row("training", changes)


def measure(**changes) -> AddedRow:
    return added_row("activity", changes)


def requirement(**changes) -> AddedRow:
    return added_row("self_assessment", changes)


def total(**changes) -> AddedRow:
    return added_row("published", {"figure": "compliments.received"} | changes)


def dictionary_cases() -> Iterator[RuleCase]:
    """The cases of rules that are alike for every column."""
    for extract in EXTRACTS_BY_NAME.values():
        for column in extract.columns:
            for name, value, what in bad_cells(extract, column):
                row = added_row(extract.name, {column.name: value})
                yield RuleCase(f"{extract.name}.{column.name}.{name}", [row], what)


def bad_cells(extract: Extract, column: Column) -> Iterator[tuple[str, object, str]]:
    """Bad cells of a column, each with the last part of the rule's id and what is said."""
    name = column.name
    if column.personal:
        return
    if column.type == "date" and column.within_year:
        yield "in_year", "2021-03-31", f"{name} 2021-03-31 {IN_YEAR}"
        yield "in_year", "2022-04-01", f"{name} 2022-04-01 {IN_YEAR}"
    elif column.type == "date":
        if (extract.name, name) not in FUTURE_DATE_COLUMNS:
            yield "not_future", "2022-07-01", f"{name} 2022-07-01 {NOT_FUTURE}"
        yield "not_ancient", "1921-05-01", f"{name} 1921-05-01 is before 1990"
    elif column.type in ("pounds", "whole number", "number"):
        yield "not_negative", -1, f"{name} is -1, which is below zero"
    elif column.refers_to and extract.name != "investigations":
        yield "known", "C99", "there is no complaint C99 in 2021-22"
    elif column.from_settings and column.from_settings.startswith("equality"):
        yield (
            "not_collected",
            "anything",
            f"{name} is filled in but council.yaml lists no codes for it, so it is not reported",
        )


# fmt: off
OWN_CASES = [
    RuleCase("complaints.not_accepted_reason.required", [complaint(accepted="no")],
             "not_accepted_reason is empty although accepted is no"),
    RuleCase("complaints.outcome.required", [complaint(outcome=None)],
             "outcome is empty although status is closed and accepted is yes"),
    RuleCase("complaints.closed.required", [complaint(closed=None)],
             "closed is empty although status is closed"),
    RuleCase("complaints.theme.allowed", [complaint(theme="delay; noise; {x}")],
             'theme has "noise" and "{x}", which is not one of its codes.'),
    RuleCase("complaints.service_area.allowed", [complaint(service_area="Early Help; Elsewhere")],
             'service_area has "Elsewhere", which is not one of its codes. '
             'Did you mean "Early Help"?'),
    RuleCase("complaints.remedy.allowed", [complaint(remedy="apology; flowers")],
             'remedy has "flowers", which is not one of its codes. Did you mean "apology"?'),
    RuleCase("complaints.reference.unique", [complaint(), complaint()],
             "reference C9 appears more than once: "
             "rows 8 and 9 of data/raw/2021-22/complaints.csv"),
    RuleCase("complaints.closed.after_received", [complaint(closed="2021-10-31")],
             "closed 2021-10-31 is before received 2021-11-01"),
    RuleCase("complaints.reopened.after_closed", [complaint(reopened="2021-11-30")],
             "reopened 2021-11-30 is before closed 2021-12-01"),
    RuleCase("complaints.closed_again.after_reopened",
             [complaint(reopened="2021-12-06", closed_again="2021-12-05")],
             "closed_again 2021-12-05 is before reopened 2021-12-06"),
    RuleCase("complaints.outcome.open", [complaint(status="open")],
             'outcome is "upheld" although status is open'),
    RuleCase("complaints.closed.open", [complaint(status="open")],
             "closed is 2021-12-01 although status is open"),
    RuleCase("complaints.outcome.not_accepted", [complaint(accepted="no")],
             'outcome is "upheld" although accepted is no; it is reported as not accepted'),
    RuleCase("complaints.not_accepted_reason.accepted", [complaint(not_accepted_reason="other")],
             'not_accepted_reason is "other" although accepted is yes'),
    RuleCase("complaints.outcome.last_stage", [complaint(), stage(outcome="not upheld")],
             'outcome is "upheld" but that of its last stage is "not upheld"'),
    RuleCase("complaints.closed.responded", [complaint(), stage(responded="2021-12-02")],
             "closed 2021-12-01 is before the last response, of 2021-12-02"),
    RuleCase("complaints.outcome.withdrawn",
             [complaint(outcome="withdrawn"), stage(responded="2021-12-02")],
             "the complaint was withdrawn and closed on 2021-12-01, but a response followed on "
             "2021-12-02"),
    RuleCase("complaints.reference.investigated", [complaint()],
             'complaint C9 is closed as "upheld" but has no row in investigations'),
    RuleCase("complaints.reference.under_way",
             [complaint(status="open", outcome=None, closed=None)],
             "complaint C9 is open but has no row in investigations"),
    RuleCase("complaints.reference.alike", [complaint(), complaint(reference="C10")],
             "complaint C10 is very similar to another: rows 8 and 9 of "
             "data/raw/2021-22/complaints.csv"),
    RuleCase("complaints.reference.alike",
             [
                 complaint(complainant_name="Pat  EXAMPLE"),
                 complaint(reference="C10", complainant_name="pat example", team="North"),
             ],
             "complaint C10 is very similar to another: rows 8 and 9 of "
             "data/raw/2021-22/complaints.csv"),
    RuleCase("complaints.reference.alike",
             [
                 complaint(complainant_name="Zoë STRASSE\u00a0Example"),
                 complaint(reference="C10", complainant_name="ZOË Straße Example", team="North"),
             ],
             "complaint C10 is very similar to another: rows 8 and 9 of "
             "data/raw/2021-22/complaints.csv"),
    RuleCase("investigations.extension_ground.required", [complaint(), stage(extended="yes")],
             "extension_ground is empty although extended is yes"),
    RuleCase("investigations.agreed.after_requested", [complaint(), stage(agreed="2021-10-30")],
             "agreed 2021-10-30 is before requested 2021-11-01"),
    RuleCase("investigations.acknowledged.after_requested",
             [complaint(), stage(acknowledged="2021-10-30")],
             "acknowledged 2021-10-30 is before requested 2021-11-01"),
    RuleCase("investigations.agreed_due.after_requested",
             [complaint(), stage(agreed_due="2021-10-30")],
             "agreed_due 2021-10-30 is before requested 2021-11-01"),
    RuleCase("investigations.responded.after_acknowledged",
             [complaint(), stage(acknowledged="2021-11-16")],
             "responded 2021-11-15 is before acknowledged 2021-11-16"),
    RuleCase("investigations.panel_met.after_requested",
             [complaint(), stage(panel_met="2021-10-30")],
             "panel_met 2021-10-30 is before requested 2021-11-01"),
    RuleCase("investigations.panel_reported.after_panel_met",
             [complaint(), stage(panel_met="2021-11-09", panel_reported="2021-11-08")],
             "panel_reported 2021-11-08 is before panel_met 2021-11-09"),
    RuleCase("investigations.responded.after_panel_reported",
             [complaint(), stage(panel_reported="2021-11-16")],
             "responded 2021-11-15 is before panel_reported 2021-11-16"),
    RuleCase("investigations.responded.after_agreed", [complaint(), stage(agreed="2021-11-16")],
             "responded 2021-11-15 is before agreed 2021-11-16"),
    RuleCase("investigations.responded.after_requested",
             [complaint(), stage(responded="2021-10-30")],
             "responded 2021-10-30 is before requested 2021-11-01"),
    RuleCase("investigations.requested.after_received",
             [complaint(), stage(requested="2021-10-31")],
             "stage 1 was asked for on 2021-10-31, before complaint C9 was received on 2021-11-01"),
    RuleCase("investigations.requested.stage_1", [complaint(), stage(requested="2021-11-03")],
             "stage 1 was asked for on 2021-11-03 but complaint C9 was received on 2021-11-01; "
             "its time is counted from 2021-11-03"),
    RuleCase("investigations.requested.stage_before",
             [complaint(), stage(requested="2021-11-09"), stage(stage="2", requested="2021-11-08")],
             "stage 2 of C9 was asked for on 2021-11-08, before the stage that goes before it"),
    RuleCase("investigations.requested.year", [complaint(), stage(requested="2022-04-01")],
             "stage 1 of C9 was asked for on 2022-04-01, after 2021-22; it counts in the year in "
             "which it was asked for"),
    RuleCase("investigations.outcome.missing", [complaint(), stage(outcome=None)],
             "outcome is empty although stage 1 of C9 was answered on 2021-11-15"),
    RuleCase("investigations.responded.missing", [complaint(), stage(responded=None)],
             "responded is empty although stage 1 of C9 was decided or its complaint is closed; "
             "it counts as open"),
    RuleCase("investigations.responded.missing", [complaint(), stage(responded=None, outcome=None)],
             "responded is empty although stage 1 of C9 was decided or its complaint is closed; "
             "it counts as open"),
    RuleCase("investigations.stage.twice", [complaint(), stage(), stage()],
             "stage 1 of C9 appears more than once: rows 8 and 9 of "
             "data/raw/2021-22/investigations.csv"),
    RuleCase("investigations.stage.twice",
             [complaint(), stage(**EARLIER), stage(requested="2021-11-02")],
             "stage 1 of C9 appears more than once: row 8 of data/raw/2020-21/x.csv; row 9 of "
             "data/raw/2021-22/investigations.csv"),
    RuleCase("investigations.stage.without_stage_1", [complaint(), stage(stage="2")],
             "C9 is at stage 2 without a row for stage 1, and bypassed is not yes"),
    RuleCase("investigations.stage.without_stage_2", [complaint(), stage(), stage(stage="3")],
             "C9 is at stage 3 without a row for stage 2"),
    RuleCase("investigations.bypassed.stage_1_there",
             [complaint(), stage(), stage(stage="2", bypassed="yes")],
             "bypassed is yes although there is a row for stage 1 of C9"),
    RuleCase("investigations.bypassed.stage", [complaint(), stage(bypassed="yes")],
             "bypassed is yes at stage 1, where it has no meaning"),
    RuleCase("investigations.agreed.stage", [complaint(), stage(agreed="2021-11-02")],
             "agreed is 2021-11-02 at stage 1, where it has no meaning"),
    RuleCase("investigations.acknowledged.stage", [complaint(), stage(acknowledged="2021-11-02")],
             "acknowledged is 2021-11-02 at stage 1, where it has no meaning"),
    RuleCase("investigations.agreed_due.stage", [complaint(), stage(agreed_due="2021-12-01")],
             "agreed_due is 2021-12-01 at stage 1, where it has no meaning"),
    RuleCase("investigations.panel_met.stage", [complaint(), stage(panel_met="2021-11-02")],
             "panel_met is 2021-11-02 at stage 1, where it has no meaning"),
    RuleCase("investigations.panel_reported.stage",
             [complaint(), stage(panel_reported="2021-11-02")],
             "panel_reported is 2021-11-02 at stage 1, where it has no meaning"),
    RuleCase("investigations.extension_ground.extended",
             [complaint(), stage(extension_ground="complex")],
             'extension_ground is "complex" although extended is not yes; the extension does not '
             "count"),
    RuleCase("investigations.complaint.known", [stage()],
             "there is no complaint C9, though its stage 1 was asked for on 2021-11-01, in a "
             "year whose complaints are held"),
    RuleCase("investigations.complaint.earlier", [stage(stage="2")],
             "there is no complaint C9 in the years held; it may be of an earlier year"),
    RuleCase("investigations.complaint.earlier", [stage(requested="2021-03-31")],
             "there is no complaint C9 in the years held; it may be of an earlier year"),
    RuleCase("investigations.complaint.not_accepted", [complaint(accepted="no"), stage()],
             "complaint C9 was not accepted, yet it has stage 1"),
    RuleCase("ombudsman.reference.unique", [ombudsman_case(), ombudsman_case()],
             "reference O9 appears more than once: rows 4 and 5 of data/raw/2021-22/ombudsman.csv"),
    RuleCase("ombudsman.reference.carried_over", [ombudsman_case(**EARLIER), ombudsman_case()],
             "case O9 appears in the extracts of more than one year: row 4 of "
             "data/raw/2020-21/x.csv; row 5 of data/raw/2021-22/ombudsman.csv"),
    RuleCase("ombudsman.decided.required", [ombudsman_case(decided=None)],
             "decided is empty although decision is upheld"),
    RuleCase("ombudsman.decided.after_received", [ombudsman_case(decided="2021-09-30")],
             "decided 2021-09-30 is before received 2021-10-01"),
    RuleCase("ombudsman.received.year", [ombudsman_case(received="2021-03-31")],
             "received 2021-03-31 is not inside 2021-22, although the case is in that year's "
             "extract"),
    RuleCase("ombudsman.decided.under_investigation",
             [ombudsman_case(decision="under investigation")],
             "decided is 2022-01-10 although decision is under investigation"),
    RuleCase("investigations.ombudsman_told.stage", [complaint(), stage(ombudsman_told="yes")],
             "ombudsman_told is yes at stage 1, where it has no meaning"),
    RuleCase("complaints.remedy_due.after_received", [complaint(remedy="service",
             remedy_due="2021-10-30")], "remedy_due 2021-10-30 is before received 2021-11-01"),
    RuleCase("complaints.remedy_done.after_received", [complaint(remedy="service",
             remedy_done="2021-10-30")], "remedy_done 2021-10-30 is before received 2021-11-01"),
    RuleCase("complaints.remedy.missing", [complaint(remedy_due="2021-12-30")],
             "remedy is empty although a date of it is given; it counts as not recorded"),
    RuleCase("complaints.remedy.not_accepted", [complaint(accepted="no", remedy="apology")],
             'remedy is "apology" although accepted is no'),
    RuleCase("ombudsman.remedy_due.after_received", [ombudsman_case(remedy_due="2021-09-30")],
             "remedy_due 2021-09-30 is before received 2021-10-01"),
    RuleCase("ombudsman.remedy_done.after_received", [ombudsman_case(remedy_done="2021-09-30")],
             "remedy_done 2021-09-30 is before received 2021-10-01"),
    RuleCase("ombudsman.remedy_due.under_investigation",
             [ombudsman_case(decision="under investigation", decided=None,
                             remedy_due="2022-03-01")],
             "remedy_due is 2022-03-01 although decision is under investigation; it does not count "
             "until there is a decision"),
    RuleCase("ombudsman.early_remedy.upheld",
             [ombudsman_case(decision="not upheld", early_remedy="yes")],
             "early_remedy is yes although decision is not upheld; it does not count"),
    RuleCase("ombudsman.satisfactory_remedy.upheld",
             [ombudsman_case(decision="not upheld", satisfactory_remedy="yes")],
             "satisfactory_remedy is yes although decision is not upheld; it does not count"),
    RuleCase("complaints.team.personal", [complaint(team="Mrs Example's team")],
             "team is meant for publication and holds what looks like a name with a title"),
    RuleCase("ombudsman.subject.personal", [ombudsman_case(subject="Mr Smith's funding")],
             "subject is meant for publication and holds what looks like a name with a title"),
    RuleCase("ombudsman.remedy.personal", [ombudsman_case(remedy="write to a.b@example.org")],
             "remedy is meant for publication and holds what looks like an e-mail address"),
    RuleCase("compliments.reference.alike",
             [compliment(text="Kind"), compliment(text="Kind", reference="P10")],
             "compliment P10 has the same date, service area and text as another: rows 4 and 5 "
             "of data/raw/2021-22/compliments.csv"),
    RuleCase("compliments.approved_text.without_text", [compliment(approved_text="Thank you.")],
             "there are words for publication but none as received: have the cells of this row "
             "moved?"),
    RuleCase("compliments.approved_text.personal",
             [compliment(approved_text="Ring 01632 960123, SW1A 1AA")],
             "approved_text is meant for publication and holds what looks like a postcode and a "
             "telephone number"),
    RuleCase("learning.reference.unique", [action(), action()],
             "reference L9 appears more than once: rows 4 and 5 of data/raw/2021-22/learning.csv"),
    RuleCase("learning.completed.required", [action(status="implemented")],
             "completed is empty although status is implemented"),
    RuleCase("learning.reason.required", [action(status="not implemented")],
             "reason is empty although status is not implemented"),
    RuleCase("learning.completed.status", [action(completed="2022-01-01")],
             "completed is 2022-01-01 although status is in progress"),
    RuleCase("learning.lesson.personal", [action(lesson="J. was not told")],
             "lesson is meant for publication and holds what looks like somebody's initials"),
    RuleCase("learning.action.personal", [action(action="see AB 12 34 56 C")],
             "action is meant for publication and holds what looks like a National Insurance "
             "number"),
    RuleCase("learning.owner.personal", [action(owner="Ms Example, Head of Service")],
             "owner is meant for publication and holds what looks like a name with a title"),
    RuleCase("learning.reason.personal", [action(reason="NHS 943 476 5919")],
             "reason is meant for publication and holds what looks like an NHS number"),
    RuleCase("concerns.settled.after_received", [concern(settled="2021-04-30")],
             "settled 2021-04-30 is before received 2021-05-01"),
    RuleCase("concerns.received.alike", [concern(), concern()],
             "this concern is the same as another in every column: rows 4 and 5 of "
             "data/raw/2021-22/concerns.csv"),
    RuleCase("training.title.alike", [session(), session()],
             "this session is the same as another in every column: rows 4 and 5 of "
             "data/raw/2021-22/training.csv"),
    RuleCase("activity.measure.twice", [measure(), measure(count=91)],
             "referrals is given more than once: rows 4 and 5 of data/raw/2021-22/activity.csv"),
    RuleCase("self_assessment.requirement.personal", [requirement(requirement="NHS 943 476 5919")],
             "requirement is meant for publication and holds what looks like an NHS number"),
    RuleCase("self_assessment.action.required", [requirement(meets="partly")],
             "action is empty although meets is partly"),
    RuleCase("self_assessment.action.personal", [requirement(action="NHS 943 476 5919")],
             "action is meant for publication and holds what looks like an NHS number"),
    RuleCase("published.figure.twice", [total(), total()],
             "compliments.received for 2021-22 is given more than once: rows 5 and 6 of "
             "data/raw/2021-22/published.csv"),
    RuleCase("published.value.required", [total(value=None)], "value is empty"),
    RuleCase("published.value.agrees", [total()],
             "compliments.received for 2021-22 was published as 3, but the extract has 2; the "
             "report uses the extract"),
    RuleCase("published.value.agrees",
             [total(figure="representations.by_kind", category="compliments")],
             "representations.by_kind for 2021-22 was published as 3, but the extract has 2 "
             "compliments; the report uses the extract"),
    RuleCase("published.value.agrees", [total(figure="representations.received")],
             "representations.received for 2021-22 was published as 3, but the extract has 10; "
             "the report uses the extract"),
]
# fmt: on
CASES = [*dictionary_cases(), *OWN_CASES]
