"""Typed extracts as the validate step hands them over, made from the data dictionary."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipeline.settings import Council, Report, Settings
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.year import Year

DTYPES = {"date": "datetime64[us]", "whole number": "Int64", "pounds": "Float64"}


@pytest.fixture(scope="session")
def a_council():
    """A council with the regulations' limits, but for what a test names."""

    def make(**different) -> Council:
        return Council.model_validate({
            "authority": "Anyshire Council", "directorate": "Children", "service": "Social care", "panel": "Scrutiny",
            "report_of": "Director", "contact": {"role": "Complaints manager", "email": "complaints@example.org"},
            "service_areas": ["Early Help", "Looked After Children"], "themes": ["delay", "staff"], "item_types": ["Policy"],
            "disclosure": {"policy": "publish", "reason": "by decision of the panel"}, **different,
        })  # fmt: skip

    return make


@pytest.fixture(scope="session")
def council(a_council):
    return a_council()


@pytest.fixture(scope="session")
def settings(council):
    report = Report.model_validate({
        "subject": "Annual report", "meeting_date": "2022-11-09", "data_as_at": "2022-06-30", "author": "Complaints manager",
        "wards": "All", "item_type": ["Policy"], "exempt": "no", "members_are_asked": "to note",
    })  # fmt: skip
    nowhere = Path("/nowhere")
    return Settings(
        workspace=nowhere,
        year=Year(2021),
        council=council,
        report=report,
        processed=nowhere / "processed",
    )


@pytest.fixture(scope="session")
def extract():
    """extract("complaints", {...}, {...}): a typed row for each dict; what is unsaid is missing."""

    def make(name: str, *rows: dict, **of_all) -> pd.DataFrame:
        filled = [
            {"year": "2021-22", "file": f"data/raw/2021-22/{name}.csv", "row": place + 2}
            | of_all
            | row
            for place, row in enumerate(rows)
        ]
        columns = EXTRACTS_BY_NAME[name].columns
        table = pd.DataFrame(
            filled, columns=["year", "file", "row", *(column.name for column in columns)]
        )
        types = {column.name: DTYPES.get(column.type, "str") for column in columns}
        return table.astype({"year": "str", "file": "str", "row": "int64"} | types)

    return make
