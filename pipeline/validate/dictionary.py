"""The data dictionary: every extract and column the report can be made from, defined once.

The expectations, the typed reading, the blank templates, the documentation and the personal-data
check are all made from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from pipeline.procedures import Procedure
from pipeline.procedures.model import UNDER_INVESTIGATION
from pipeline.settings import Council

ColumnType = Literal[
    "text", "date", "code", "codes", "yes/no", "whole number", "pounds", "number", "year"
]
CODED_TYPES = ("code", "codes", "yes/no")
NUMERIC_TYPES = ("whole number", "pounds", "number")

YES_NO = ("yes", "no")
NOT = "not"  # before the values of required_when: where the column holds any other
PROCEDURE = "procedure"  # the column by which several procedures share a file
PROCEDURE_NAMES = "procedure_names"  # what holds its codes
SHORTHANDS = ("c", "x", "z")  # in place of a number of published.csv


def listed_values(values: tuple[str, ...]) -> str:
    """The values of a condition in words: "yes or no", "not open"."""
    if values[0] == NOT:
        return f"{NOT} {' or '.join(values[1:])}"
    return " or ".join(values)


@dataclass(frozen=True)
class Column:
    """One column of an extract.

    codes: the allowed values, or None for a column that is not coded.
    from_settings: the list in council.yaml that holds the codes instead, such as `themes`.
    from_procedure: the attribute of the procedure that holds the codes instead.
    required: in every row.
    unless: the column that may be filled in instead of a required one.
    required_when: or in rows where each named column holds one of the named values or, if the
        first is NOT, any other.
    unique: whether no two rows may have the same value.
    refers_to: "extract.column" that must contain this value.
    within_year: a date inside the extract's financial year.
    personal: read for the checks, but neither saved nor published.
    """

    name: str
    meaning: str
    type: ColumnType = "text"
    required: bool = False
    unless: str | None = None
    required_when: tuple[tuple[str, tuple[str, ...]], ...] = ()
    codes: tuple[str, ...] | None = None
    from_settings: str | None = None
    from_procedure: str | None = None
    unique: bool = False
    refers_to: str | None = None
    within_year: bool = False
    personal: bool = False

    @property
    def description(self) -> str:
        """What the column holds and when it is required, in a sentence or two."""
        sentences = [self.meaning[0].upper() + self.meaning[1:]]
        if self.required:
            no_two = ", and no two rows have the same" if self.unique else ""
            unless = f" without {self.unless}" if self.unless else ""
            sentences.append(f"Required in every row{unless}{no_two}")
        if self.required_when:
            conditions = [
                f"{other} is {listed_values(values)}" for other, values in self.required_when
            ]
            sentences.append(f"Required where {' and '.join(conditions)}")
        if self.within_year:
            sentences.append("Inside the financial year")
        if self.personal:
            sentences.append("Personal: neither saved nor published")
        return ". ".join(sentences) + "."

    def allowed_values(self, council: Council) -> tuple[str, ...] | None:
        """The values this column may hold for a council, or None where any will do."""
        if self.type == "yes/no":
            return YES_NO
        if self.from_procedure:
            return self.codes_of(council.procedure)
        if self.from_settings is None:
            return self.codes
        setting: Any = council
        for part in self.from_settings.split("."):
            setting = getattr(setting, part)
        codes: tuple[str, ...] = setting
        return codes

    def codes_of(self, procedure: Procedure) -> tuple[str, ...]:
        """The codes of a column that a procedure defines."""
        codes: tuple[str, ...] = getattr(procedure, self.from_procedure or "")
        return codes


@dataclass(frozen=True)
class Extract:
    """A file supplied by the case system or kept by the team."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    optional: bool = False

    def with_procedure(self) -> Extract:
        """The extract with the column in which several procedures share it."""
        return replace(self, columns=(*self.columns, PROCEDURE_COLUMN))

    def columns_of(self, council: Council) -> list[Column]:
        """The columns that a council may use: some are only for those with several procedures."""
        ignored = () if len(council.procedure_names) > 1 else (PROCEDURE_NAMES,)
        return [column for column in self.columns if column.from_settings not in ignored]

    def column(self, name: str) -> Column:
        """The column with a name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def personal_columns(self) -> tuple[str, ...]:
        """The names of the columns with personal data, in order."""
        return tuple(column.name for column in self.columns if column.personal)


def _equality_column(name: str, meaning: str) -> Column:
    return Column(name, meaning, "code", from_settings=f"equality.{name}")


# fmt: off
SERVICE_AREA = Column("service_area", "the part of the service concerned", "code", required=True,
                      from_settings="service_areas")
REFERENCE = Column("reference", "the reference by which the case is known", required=True,
                   unique=True)
COMPLAINT = Column("complaint", "reference of the complaint it belongs to, if any",
                   refers_to="complaints.reference")
PROCEDURE_COLUMN = Column(PROCEDURE, "the procedure of the row, in a workspace with several",
                          "code", from_settings=PROCEDURE_NAMES)
RECEIVED = Column("received", "date received", "date", required=True, within_year=True)

EXTRACTS = tuple(extract.with_procedure() for extract in (
    Extract("complaints", "one row per complaint received in the year", (
        REFERENCE,
        RECEIVED,
        SERVICE_AREA,
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
        Column("joint_with", "with whom the complaint is answered jointly", "code",
               codes=("NHS body", "another council", "provider", "other")),
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
        Column("remedy", "what the Ombudsman asked for"),
        Column("payment", "what was paid", "pounds"),
    )),
    Extract("compliments", "one row per compliment", (
        REFERENCE,
        RECEIVED,
        SERVICE_AREA,
        Column("team", "team within the service area"),
        Column("source", "who paid the compliment", "code", codes=(
            "child or young person", "parent or carer", "foster carer", "professional",
            "another council", "police", "other",
        )),
        Column("text", "the compliment as received", personal=True),
        Column("approved_text", "what may be published of it, if anything"),
    )),
    Extract("learning", "one row per action", (
        REFERENCE,
        COMPLAINT,
        Column("lesson", "what was learnt", required=True),
        Column("action", "what is to be done", required=True),
        Column("owner", "who is to do it: a role, which is published"),
        Column("due", "date due", "date"),
        Column("status", "how far it has come", "code", required=True,
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
    Extract("activity", "people served, for rates: one row a measure, for the whole service or "
            "a service area", (
        Column("service_area", "the part of the service; empty for the whole", "code",
               from_settings="service_areas"),
        Column("measure", "what is counted", "code", required=True,
               from_procedure="measures"),
        Column("count", "how many", "whole number", required=True),
        Column("as_at", "date counted", "date", required=True),
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

PUBLISHED_FILE = "data/raw/published.csv"
NAME_COLUMNS = {"complainant_name", "child_name"}
REFERENCE_COLUMNS = ("reference", "complaint", "linked_to")  # which name a case
EXTRACTS_BY_NAME = {extract.name: extract for extract in (*EXTRACTS, PUBLISHED)}
