"""A year of extracts with nothing wrong, and the settings they are checked under."""

from __future__ import annotations

import builders
import pandas as pd
import pytest

from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.validate.rules.context import DTYPES, RuleContext

# fmt: off
COMPLAINT = {
    "received": "2021-05-04", "service_area": "Early Help", "complainant_type": "parent",
    "route": "direct", "theme": "delay", "accepted": "yes", "status": "closed",
    "outcome": "upheld", "closed": "2021-06-30",
}
OPEN_COMPLAINT = {"status": "open", "outcome": None, "closed": None}
ANSWERED_STAGE = {"requested": "2021-05-04", "responded": "2021-05-18", "outcome": "upheld"}

GOOD_EXTRACTS = {
    "complaints": [
        COMPLAINT | {"reference": "C1"},
        COMPLAINT | {"reference": "C2", "accepted": "no", "outcome": None,
                     "not_accepted_reason": "court proceedings"},
        COMPLAINT | OPEN_COMPLAINT | {"reference": "C3", "received": "2022-03-30"},
        COMPLAINT | {"reference": "C4", "outcome": "withdrawn", "theme": "delay; staff"},
        COMPLAINT | {"reference": "C5", "closed": "2021-12-24", "complainant_name": "Pat Example"},
        COMPLAINT | {"reference": "C6", "received": "2021-07-01", "outcome": "not upheld",
                     "closed": "2021-09-01"},
    ],
    "investigations": [
        ANSWERED_STAGE | {"complaint": "C1", "stage": "1"},
        {"complaint": "C3", "stage": "1", "requested": "2022-03-30"},
        ANSWERED_STAGE | {"complaint": "C5", "stage": "1", "extended": "yes",
                          "extension_ground": "complex"},
        {"complaint": "C5", "stage": "2", "requested": "2021-06-01", "agreed": "2021-06-08",
         "responded": "2021-07-20", "outcome": "partially upheld", "bypassed": "no",
         "cost": 1200.5},
        {"complaint": "C5", "stage": "3", "requested": "2021-08-02", "panel_met": "2021-09-06",
         "panel_reported": "2021-09-10", "responded": "2021-09-24", "outcome": "upheld"},
        {"complaint": "C6", "stage": "2", "requested": "2021-07-02", "agreed": "2021-07-05",
         "responded": "2021-08-02", "outcome": "not upheld", "bypassed": "yes"},
    ],
    "ombudsman": [
        {"reference": "O1", "complaint": "C5", "received": "2021-10-01",
         "service_area": "Early Help", "subject": "Delay", "in_scope": "yes",
         "decision": "upheld", "decided": "2022-01-10", "remedy": "Apology", "payment": 300.0},
        {"reference": "O2", "received": "2022-02-01", "service_area": "Early Help",
         "subject": "Funding", "in_scope": "no", "decision": "under investigation"},
    ],
    "compliments": [
        {"reference": "P1", "received": "2021-04-20", "service_area": "Early Help",
         "source": "parent or carer", "text": "Thank you Sam", "approved_text": "Thank you."},
        {"reference": "P2", "received": "2021-04-21", "service_area": "Early Help"},
    ],
    "learning": [
        {"reference": "L1", "complaint": "C1", "lesson": "Letters were late",
         "action": "Check weekly", "due": "2023-01-31", "status": "implemented",
         "completed": "2022-01-31"},
        {"reference": "L2", "lesson": "Calls were missed", "action": "Voicemail",
         "status": "not implemented", "reason": "Cost"},
    ],
    "concerns": [
        {"received": "2021-05-01", "service_area": "Early Help", "settled": "2021-05-03",
         "complaint": "C1"},
        {"received": "2021-05-02", "service_area": "Early Help"},
    ],
    "training": [
        {"date": "2021-10-10", "title": "Answering well", "attended": 12},
        {"date": "2021-11-10", "title": "Listening"},
    ],
    "activity": [
        {"measure": "care leavers", "count": 90, "as_at": "2022-03-31"},
        {"service_area": "Early Help", "measure": "care leavers", "count": 30,
         "as_at": "2022-03-31"},
    ],
    "self_assessment": [
        {"section": "6.1", "requirement": "Listen", "meets": "yes"},
        {"section": "8.1", "requirement": "Report", "meets": "no", "action": "Publish",
         "due": "2023-01-31"},
    ],
    "published": [
        {"year": "2020-21", "figure": "complaints.received", "value": 7,
         "source": "report of 2021"},
        {"year": "2021-22", "figure": "complaints.received", "value": 6,
         "source": "note to members"},
        {"year": "2021-22", "figure": "representations.by_kind", "category": "Ombudsman cases",
         "value": 2, "source": "note"},
    ],
}
# fmt: on


def typed(name: str, rows: list[dict]) -> pd.DataFrame:
    """An extract as the reader types it: row 2 is the first, what is not given is missing."""
    defaults = {"year": "2021-22", "file": f"data/raw/2021-22/{name}.csv"}
    columns = EXTRACTS_BY_NAME[name].columns
    column_names = list(
        dict.fromkeys(["year", "file", "row", *(column.name for column in columns)])
    )
    filled = [defaults | {"row": number} | row for number, row in enumerate(rows, start=2)]
    types = {column.name: DTYPES.get(column.type, "str") for column in columns}
    places = {"year": "str", "file": "category", "row": "int64"}
    return pd.DataFrame(filled, columns=column_names).astype(places | types)


@pytest.fixture(scope="session")
def make_settings():
    """make_settings(row_count_tolerance=0): the settings of GOOD_EXTRACTS, with a change."""

    def make(**changes) -> Settings:
        return builders.make_settings(**{"comparison_years": 1, **changes})

    return make


@pytest.fixture(scope="session")
def extracts():
    """extracts(complaints=[{...}]): a dict of all good tables, with rows added to that one."""
    good = {name: typed(name, rows) for name, rows in GOOD_EXTRACTS.items()}

    def make(**added: list[dict]) -> dict[str, pd.DataFrame]:
        tables = {name: table.copy() for name, table in good.items() if name not in added}
        extended = {name: typed(name, GOOD_EXTRACTS[name] + rows) for name, rows in added.items()}
        return {name: (tables | extended)[name] for name in good}

    return make


@pytest.fixture(scope="session")
def rule_context():
    """rule_context(settings, tables): what rules look at, with `published` among the tables."""

    def make(settings: Settings, tables: dict[str, pd.DataFrame]) -> RuleContext:
        extracts = {name: table for name, table in tables.items() if name != "published"}
        return RuleContext.from_tables(extracts, tables["published"], settings)

    return make
