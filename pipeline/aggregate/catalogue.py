"""Which figures there are. Each is declared once; counting, joining years and lineage are done for all in one place."""

from __future__ import annotations

import pandas as pd

from pipeline.aggregate.figure import PLACE, Data, Figure
from pipeline.clean.cases import TIMELINESS
from pipeline.settings import Council
from pipeline.validate.dictionary import BY_NAME, DECISIONS, OUTCOMES
from pipeline.year import years_of

CATALOGUE: dict[str, Figure] = {}

KINDS = {"cases": "complaints", "ombudsman": "Ombudsman cases", "compliments": "compliments"}
STAGES = ("stage 1", "stage 2", "stage 3")


def figure(id: str, title: str, **declared):
    """Declare a figure; the function below it selects the rows."""

    def declare(select):
        CATALOGUE[id] = Figure(id, title, select=select, **declared)
        return select

    return declare


def always(*categories: str):
    """Categories that are the same for every council."""
    return lambda council: categories


def _service_areas(council: Council) -> tuple[str, ...]:
    return council.service_areas


@figure(
    "representations.by_kind", "Representations by kind", unit="representation", by=("kind",),
    categories=always(*KINDS.values()), needs=("complaints", "ombudsman", "compliments"), base="representations.received",
    rule="Complaints, Ombudsman cases and compliments received in the year, each counted once.",
)  # fmt: skip
@figure(
    "representations.received", "Representations received", unit="representation",
    needs=("complaints", "ombudsman", "compliments"),
    rule="All complaints, Ombudsman cases and compliments received in the year.",
)  # fmt: skip
def _representations(data: Data) -> pd.DataFrame:
    received = {"cases": _complaints(data), "ombudsman": _ombudsman(data), "compliments": _compliments(data)}
    return pd.concat([rows[PLACE].assign(kind=KINDS[table]) for table, rows in received.items()], ignore_index=True)


@figure("complaints.received", "Complaints received", unit="complaint", needs=("complaints",),
        rule="Complaints received in the year, whether or not they were accepted under the procedure.")  # fmt: skip
def _complaints(data: Data) -> pd.DataFrame:
    return data.rows("cases")


@figure("complaints.concluded", "Complaints concluded", unit="complaint", needs=("complaints",), base="complaints.received",
        rule="Complaints received in the year that were closed when the data was taken.")  # fmt: skip
def _concluded(data: Data) -> pd.DataFrame:
    return data.rows("cases").query("status == 'closed'")


@figure(
    "complaints.by_outcome", "Complaints by outcome", unit="complaint", by=("outcome",), needs=("complaints",),
    categories=always(*OUTCOMES, "not accepted", "open"), base="complaints.received",
    rule="Complaints received in the year by final outcome; one that is not closed is open, one turned away is not accepted.",
)  # fmt: skip
def _by_outcome(data: Data) -> pd.DataFrame:
    cases = data.rows("cases")
    outcome = cases["outcome"].mask(cases["accepted"] == "no", "not accepted")
    return cases.assign(outcome=outcome.mask(cases["status"] == "open", "open"))


@figure(
    "complaints.by_service_area", "Complaints by service area", unit="complaint", by=("service_area",), needs=("complaints",),
    categories=_service_areas, base="complaints.received",
    rule="Complaints received in the year by the service area they were about.",
)  # fmt: skip
def _by_service_area(data: Data) -> pd.DataFrame:
    return data.rows("cases")


@figure(
    "complaints.from_young_people", "Complaints from children and young people", unit="complaint", needs=("complaints",),
    base="complaints.received",
    rule="Complaints received in the year that a child or young person made, directly or through an advocate.",
)  # fmt: skip
def _from_young_people(data: Data) -> pd.DataFrame:
    return data.rows("cases").query("complainant_type == 'child or young person'")


@figure(
    "complaints.by_route", "Complaints by route", unit="complaint", by=("route",), needs=("complaints",),
    categories=always(*BY_NAME["complaints"].column("route").codes), base="complaints.received",
    rule="Complaints received in the year by whether they came direct, through an advocate or through a representative.",
)  # fmt: skip
def _by_route(data: Data) -> pd.DataFrame:
    return data.rows("cases")


@figure(
    "complaints.by_stage", "Investigations by stage", unit="investigation", by=("stage_name",), categories=always(*STAGES),
    needs=("investigations",),
    rule="Investigations asked for in the year, by stage; a complaint that went through two stages counts at each.",
)  # fmt: skip
def _by_stage(data: Data) -> pd.DataFrame:
    investigations = data.rows("investigations")
    return investigations.assign(stage_name="stage " + investigations["stage"].astype("str"))


@figure("complaints.bypassed_stage_1", "Stage 2 investigations that bypassed stage 1", unit="investigation",
        needs=("investigations",),
        rule="Stage 2 investigations asked for in the year without one at stage 1 before.")  # fmt: skip
def _bypassed(data: Data) -> pd.DataFrame:
    return data.rows("investigations").query("stage.astype('str') == '2' and bypassed == 'yes'")


def _stage_1(data: Data) -> pd.DataFrame:
    return data.rows("investigations").query("stage.astype('str') == '1'")


figure("stage_1.investigated", "Stage 1 investigations", unit="investigation", needs=("investigations",),
       rule="Stage 1 investigations asked for in the year.")(_stage_1)  # fmt: skip
figure(
    "stage_1.timeliness", "Stage 1 response times", unit="investigation", by=("timeliness",), categories=always(*TIMELINESS),
    needs=("investigations",), base="stage_1.investigated",
    rule="Stage 1 investigations asked for in the year, by whether the response came within the limit, within an extension "
         "agreed on a recorded ground, or late.",
)(_stage_1)  # fmt: skip
figure("stage_1.median_days", "Median working days to a stage 1 response", unit="working day", needs=("investigations",),
       measure="median", of="working_days",
       rule="Half of the stage 1 investigations asked for in the year and answered took this many working days or fewer.",
)(lambda data: _stage_1(data).query("working_days.notna()"))  # fmt: skip
figure("stage_1.longest_days", "Longest stage 1 response in working days", unit="working day", needs=("investigations",),
       measure="longest", of="working_days",
       rule="The most working days that any stage 1 investigation asked for in the year and answered took.",
)(lambda data: _stage_1(data).query("working_days.notna()"))  # fmt: skip


@figure("ombudsman.received", "Ombudsman cases received", unit="case", needs=("ombudsman",),
        rule="Cases that the Local Government and Social Care Ombudsman received in the year.")  # fmt: skip
@figure("ombudsman.by_decision", "Ombudsman cases by decision", unit="case", by=("decision",), needs=("ombudsman",),
        categories=always(*DECISIONS), base="ombudsman.received",
        rule="Cases that the Ombudsman received in the year, by its decision when the data was taken.")  # fmt: skip
@figure("ombudsman.by_service_area", "Ombudsman cases by service area", unit="case", by=("service_area",), needs=("ombudsman",),
        categories=_service_areas, base="ombudsman.received",
        rule="Cases that the Ombudsman received in the year, by the service area they were about.")  # fmt: skip
@figure("ombudsman.by_subject", "Ombudsman cases by subject and decision", unit="case", by=("subject", "decision"),
        needs=("ombudsman",), base="ombudsman.received",
        rule="Cases that the Ombudsman received in the year, by subject and decision when the data was taken.")  # fmt: skip
def _ombudsman(data: Data) -> pd.DataFrame:
    cases = data.rows("ombudsman")
    # An extract may hold a case of an earlier year that is still with the Ombudsman.
    return cases.assign(year=years_of(cases["received"]))


@figure("learning.recorded", "Learning actions recorded", unit="action", needs=("learning",),
        rule="Actions that came of the year's complaints.")  # fmt: skip
@figure("learning.by_status", "Learning actions by status", unit="action", by=("status",), needs=("learning",),
        categories=always(*BY_NAME["learning"].column("status").codes), base="learning.recorded",
        rule="Actions that came of the year's complaints, by how far they have come.")  # fmt: skip
@figure("learning.actions", "Learning actions", unit="action", by=("action", "status"), needs=("learning",),
        rule="Each action that came of the year's complaints, with how far it has come.")  # fmt: skip
def _learning(data: Data) -> pd.DataFrame:
    return data.rows("learning")


@figure("compliments.received", "Compliments received", unit="compliment", needs=("compliments",),
        rule="Compliments received in the year.")  # fmt: skip
@figure("compliments.by_service_area", "Compliments by service area", unit="compliment", by=("service_area",),
        needs=("compliments",), categories=_service_areas, base="compliments.received",
        rule="Compliments received in the year by the service area they praised.")  # fmt: skip
def _compliments(data: Data) -> pd.DataFrame:
    return data.rows("compliments")


@figure("compliments.quotations", "Compliments in people's own words", unit="compliment", by=("approved_text", "source"),
        needs=("compliments",), rule="Compliments received in the year with a text approved for publication.")  # fmt: skip
def _quotations(data: Data) -> pd.DataFrame:
    return data.rows("compliments").query("approved_text.notna()").fillna({"source": "other"})


@figure("training.sessions", "Training sessions", unit="session", needs=("training",),
        rule="Training sessions on complaints held in the year.")  # fmt: skip
@figure("training.attended", "People who attended training", unit="person", needs=("training",), measure="sum", of="attended",
        rule="People who attended those sessions; somebody who came twice counts twice.")  # fmt: skip
def _training(data: Data) -> pd.DataFrame:
    return data.rows("training")


@figure("concerns.received", "Informal concerns", unit="concern", needs=("concerns",),
        rule="Concerns raised in the year and dealt with before the complaints procedure.")  # fmt: skip
def _concerns(data: Data) -> pd.DataFrame:
    return data.rows("concerns")


@figure("data_quality.warnings", "Expectations of the data that were not met", unit="row", by=("reason", "records"), needs=(),
        rule="Rows, or whole files, of the year's extracts that miss an expectation which does not stop the report.")  # fmt: skip
def _warnings(data: Data) -> pd.DataFrame:
    findings = data.rows("findings").query("severity == 'warning'")
    return findings.assign(records=findings["extract"])
