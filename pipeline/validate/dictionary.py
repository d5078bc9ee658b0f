"""The data dictionary: every extract and column the report can be made from, defined once.

The expectations, the typed reading, the blank templates, the documentation and the personal-data
check are all made from it.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.procedures.model import UNDER_INVESTIGATION
from pipeline.settings import Council
from pipeline.validate.definitions import (
    NOT,
    PROCEDURE_NAMES,
    SHORTHANDS,
    YES_NO,
    Column,
    Extract,
)


def _equality_column(name: str, meaning: str) -> Column:
    return Column(name, meaning, "code", from_settings=f"equality.{name}")


SELF_ASSESSMENT = "self_assessment"  # which only some procedures ask for
# fmt: off
SERVICE_AREA = Column("service_area", "the part of the service concerned", "code", required=True,
                      from_settings="service_areas")
SERVICE_AREAS = replace(
    SERVICE_AREA, type="codes",
    meaning="the part of the service concerned: one or more, separated by semicolons")
REFERENCE = Column("reference", "the reference by which the case is known", required=True,
                   unique=True)
COMPLAINT = Column("complaint", "reference of the complaint it belongs to, if any",
                   refers_to="complaints.reference")
RECEIVED = Column("received", "date received", "date", required=True, within_year=True)

EXTRACTS = tuple(extract.with_procedure() for extract in (
    Extract("complaints", "one row per complaint received in the year", (
        REFERENCE,
        RECEIVED,
        SERVICE_AREAS,
        Column("team", "team within the service area, which is published"),
        Column("complainant_type", "who complained, in relation to the person served", "code",
               required=True, from_procedure="complainants"),
        Column("route", "whether the complaint came direct or through somebody", "code",
               required=True, codes=("direct", "advocate", "representative")),
        Column("method", "how it was made", "code",
               codes=("email", "letter", "online", "telephone", "in person", "text", "other")),
        Column("theme", "what it was about: one or more, separated by semicolons", "codes",
               required=True, from_settings="themes"),
        Column("accepted", "whether it was accepted under this procedure", "yes/no", required=True),
        Column("not_accepted_reason", "why it was not accepted", "code",
               required_when=(("accepted", ("no",)),), from_procedure="not_accepted_reasons"),
        Column("status", "whether it is open or closed", "code", required=True,
               codes=("open", "closed")),
        Column("grade", "grade of the complaint, if the council's time limits depend on it"),
        Column("outcome", "the final outcome", "code", from_procedure="outcome_codes",
               required_when=(("status", ("closed",)), ("accepted", ("yes",)))),
        Column("closed", "date closed, the first time", "date",
               required_when=(("status", ("closed",)),)),
        Column("reopened", "date reopened, if it was", "date"),
        Column("closed_again", "date closed after it was reopened", "date"),
        Column("linked_to", "reference of the case that it was merged into or is linked to, as "
               "which it is counted", refers_to="complaints.reference"),
        Column("moved_to", "the procedure that the case was moved to, and that counts it", "code",
               from_settings=PROCEDURE_NAMES),
        Column("joint_with", "with whom the complaint is answered jointly: another organisation, "
               "or the name of another procedure of the council", "code",
               codes=("NHS body", "another council", "provider", "other"), with_procedures=True),
        Column("remedy", "what was agreed to put things right: one or more, separated by "
               "semicolons", "codes",
               codes=("apology", "service", "payment", "review", "training", "other")),
        Column("remedy_due", "date by which the remedy was to be provided", "date"),
        Column("remedy_done", "date on which the whole remedy had been provided", "date"),
        _equality_column("age_band", "age band of the complainant"),
        _equality_column("gender", "gender of the complainant"),
        _equality_column("disability", "whether the complainant is disabled"),
        _equality_column("ethnicity", "ethnicity of the complainant"),
        _equality_column("sexual_orientation", "sexual orientation of the complainant"),
        Column("complainant_name", "name of the complainant", personal=True),
        Column("child_name", "name of the child", personal=True),
        Column("date_of_birth", "date of birth of the child", "date", personal=True),
        Column("address", "address of the complainant", personal=True),
        Column("email", "e-mail address of the complainant", personal=True),
        Column("telephone", "telephone number of the complainant", personal=True),
        Column("notes", "notes of the complaints team", personal=True),
    )),
    Extract("investigations", "one row for each stage a complaint went through", (
        Column("complaint", "reference of the complaint, of this year or an earlier one",
               required=True, refers_to="complaints.reference"),
        Column("stage", "stage of the procedure", "code", required=True,
               from_procedure="stage_numbers"),
        Column("requested", "date the stage was asked for; at stage 1 the date received", "date",
               required=True),
        Column("acknowledged", "date acknowledged", "date"),
        Column("agreed", "date the statement of complaint was agreed", "date"),
        Column("agreed_due", "date of the response agreed with the complainant", "date"),
        Column("bypassed", "the stage was reached without the one before", "yes/no"),
        Column("extended", "the time limit was extended", "yes/no"),
        Column("extension_ground", "why it was extended", "code",
               required_when=(("extended", ("yes",)),), from_procedure="grounds"),
        Column("ombudsman_told", "the complainant was told how to contact the Ombudsman when the "
               "time limit was extended", "yes/no"),
        Column("panel_met", "date the panel met", "date"),
        Column("panel_reported", "date of the panel's report", "date"),
        Column("responded", "date of the authority's response", "date"),
        Column("outcome", "outcome of this stage", "code", from_procedure="outcome_codes"),
        Column("cost", "what the investigation cost", "pounds"),
    )),
    Extract("ombudsman", "one row per case with the Ombudsman", (
        REFERENCE,
        COMPLAINT,
        Column("received", "date the Ombudsman received it", "date", required=True),
        SERVICE_AREA,
        Column("subject", "what it is about, in words fit for publication", required=True),
        Column("in_scope", "it falls under this procedure", "yes/no", required=True),
        Column("decision", "the Ombudsman's decision so far", "code", required=True,
               from_procedure="ombudsman_decisions"),
        Column("decided", "date of the decision", "date",
               required_when=(("decision", (NOT, UNDER_INVESTIGATION)),)),
        Column("early_remedy", "upheld, and settled early because the council agreed to put it "
               "right", "yes/no"),
        Column("satisfactory_remedy", "upheld, but the council had provided a satisfactory remedy "
               "before the complaint reached the Ombudsman", "yes/no"),
        Column("remedy", "what the Ombudsman asked for"),
        Column("remedy_due", "date by which the council was to comply with it", "date"),
        Column("remedy_done", "date on which the council had complied with all of it", "date"),
        Column("payment", "what was paid", "pounds"),
    )),
    Extract("compliments", "one row per compliment", (
        REFERENCE,
        RECEIVED,
        SERVICE_AREA,
        Column("team", "team within the service area"),
        Column("source", "who paid the compliment", "code", from_procedure="readable_sources"),
        Column("text", "the compliment as received", personal=True),
        Column("approved_text", "what may be published of it, if anything"),
    )),
    Extract("learning", "one row per action", (
        REFERENCE,
        COMPLAINT,
        Column("lesson", "what was learnt", required=True),
        Column("action", "what is to be done", required=True),
        Column("recommended_by", "who recommended it", "code", codes=(
            "members", "investigators", "review panels", "the Ombudsman", "managers")),
        Column("owner", "who is to do it: a role, which is published"),
        Column("due", "date due", "date"),
        Column("status", "whether it has been done", "code", required=True,
               codes=("implemented", "in progress", "not implemented")),
        Column("completed", "date completed", "date",
               required_when=(("status", ("implemented",)),)),
        Column("reason", "why it was not implemented",
               required_when=(("status", ("not implemented",)),)),
    )),
    Extract("concerns", "one row per informal concern settled before the procedure", (
        RECEIVED,
        SERVICE_AREA,
        Column("settled", "date settled", "date"),
        Column("complaint", "reference of the complaint it became, if it did",
               refers_to="complaints.reference"),
    ), optional=True),
    Extract("training", "one row per training session", (
        Column("date", "date of the session", "date", required=True, within_year=True),
        Column("title", "title of the session", required=True),
        Column("audience", "for whom"),
        Column("attended", "how many came", "whole number"),
    ), optional=True),
    Extract("activity", "people served, for rates: one row per measure, for the whole service or "
            "a service area", (
        Column("service_area", "the part of the service; empty for the whole", "code",
               from_settings="service_areas"),
        Column("measure", "what is counted", "code", required=True,
               from_procedure="measures"),
        Column("count", "how many", "whole number", required=True),
        Column("as_at", "date counted", "date", required=True),
    ), optional=True),
    Extract(SELF_ASSESSMENT, "the council against a code: one row for each requirement", (
        Column("section", "the section of the code", required=True),
        Column("requirement", "what it requires", required=True),
        Column("meets", "whether we meet it", "code", required=True, codes=(*YES_NO, "partly")),
        Column("evidence", "how that can be seen"),
        Column("action", "what is to be done", required_when=(("meets", (NOT, "yes")),)),
        Column("due", "date due", "date"),
    ), optional=True),
))

PUBLISHED = Extract("published", "totals of years without extracts, or as once published", (
    Column("year", "financial year", "year", required=True),
    Column("figure", "id of a figure, such as complaints.by_outcome", required=True),
    Column("category", "category within the figure; empty for a total"),
    Column("value", "the number published, or a shorthand such as [c] in its place", "number",
           required=True, unless="shorthand"),
    Column("source", "where it was published", required=True),
    Column("shorthand", "what stands in place of a number: c withheld, x not available, z not "
           "applicable. It is usually entered as the value", "code", codes=SHORTHANDS),
)).with_procedure()
# fmt: on


def extracts_of(council: Council) -> tuple[Extract, ...]:
    """The extracts that reports of the council's procedures are made of."""
    contents = [content for procedure in council.procedures for content in procedure.contents]
    names = {name for content in contents for name in content.extracts}
    return tuple(
        extract for extract in EXTRACTS if extract.name != SELF_ASSESSMENT or extract.name in names
    )


PUBLISHED_FILE = "data/raw/published.csv"
NAME_COLUMNS = {"complainant_name", "child_name"}
REFERENCE_COLUMNS = ("reference", "complaint", "linked_to")  # which name a case
EXTRACTS_BY_NAME = {extract.name: extract for extract in (*EXTRACTS, PUBLISHED)}
