"""Small cleaned tables of a council that does not exist, with what was supplied."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.aggregate.figure import CleanedData
from pipeline.clean.timeliness import TIMELINESS_TYPES
from pipeline.settings import Council, Report, Settings
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.year import Year

EXTRACT_OF = {"cases": "complaints"}
DTYPES = {"date": "datetime64[us]", "whole number": "Int64", "pounds": "Float64"}
MORE = {"investigations": TIMELINESS_TYPES}  # what the clean step adds


@pytest.fixture(scope="session")
def council():
    return Council.model_validate({
        "authority": "Anyshire Council", "directorate": "Children", "service": "Social care", "panel": "Scrutiny",
        "report_of": "Director", "contact": {"role": "Complaints manager", "email": "complaints@example.org"},
        "service_areas": ["Early Help", "Looked After Children"], "themes": ["delay", "staff"], "item_types": ["Policy"],
        "disclosure": {"policy": "publish", "reason": "by decision of the panel"}, "comparison_years": "3",
    })  # fmt: skip


@pytest.fixture(scope="session")
def settings(council, tmp_path_factory):
    """A workspace that holds 2020-21 and 2021-22 of the three years compared."""
    workspace = tmp_path_factory.mktemp("workspace")
    for year in ("2020-21", "2021-22"):
        (workspace / "data" / "raw" / year).mkdir(parents=True)
    report = Report.model_validate({
        "subject": "Annual report", "meeting_date": "2022-11-09", "data_as_at": "2022-06-30", "author": "Complaints manager",
        "wards": "All", "item_type": ["Policy"], "exempt": "no", "members_are_asked": "Members are asked to note.",
    })  # fmt: skip
    return Settings(
        workspace=workspace,
        year=Year(2021),
        council=council,
        report=report,
        processed=workspace / "processed",
    )


def table(name: str, rows: list[dict]) -> pd.DataFrame:
    extract = EXTRACT_OF.get(name, name)
    types = {
        column.name: DTYPES.get(column.type, "str") for column in EXTRACTS_BY_NAME[extract].columns
    } | MORE.get(name, {})
    filled = [
        {
            "year": "2021-22",
            "file": f"data/raw/{row.get('year', '2021-22')}/{extract}.csv",
            "row": place + 2,
        }
        | row
        for place, row in enumerate(rows)
    ]
    made = pd.DataFrame(filled, columns=["year", "file", "row", *types])
    return made.astype({"year": "str", "file": "str", "row": "int64"} | types)


@pytest.fixture(scope="session")
def data(settings):
    """data(cases=[{...}], compliments=[...]): every extract was supplied for both years but those named in `without`.

    `without` holds pairs of year and extract; an extract supplied for no year has no table at all.
    """

    def make(without=(), **rows: list[dict]) -> CleanedData:
        names = [name for name in EXTRACTS_BY_NAME if name != "published"]
        supplied = {(year, name) for year in ("2020-21", "2021-22") for name in names} - set(
            without
        )
        tables = {
            key: table(key, rows.get(key, []))
            for key in ("cases" if name == "complaints" else name for name in names)
            if any(name == EXTRACT_OF.get(key, key) for _, name in supplied)
        }
        types = dict.fromkeys(("year", "extract", "file", "severity", "reason"), "str") | {
            "row": "Int64",
            "stands_for": "Int64",
        }
        tables["findings"] = pd.DataFrame(rows.get("findings", []), columns=list(types)).astype(
            types
        )
        return CleanedData(tables, frozenset(supplied), settings)

    return make


@pytest.fixture(scope="session")
def published_csv():
    """published_csv(("2019-20", "complaints.received", "", 9)): rows of published.csv, typed."""

    def make(*rows) -> pd.DataFrame:
        made = [
            {"year": year, "figure": figure, "category": category or None, "value": value, "source": "Annual report",
             "file": "data/raw/published.csv", "row": place + 2}
            for place, (year, figure, category, value) in enumerate(rows)
        ]  # fmt: skip
        types = {
            "year": "str",
            "figure": "str",
            "category": "str",
            "value": "Float64",
            "source": "str",
            "row": "int64",
        }
        return pd.DataFrame(made, columns=["file", *types]).astype(types)

    return make
