"""Small cleaned tables of a council that does not exist, with the extracts it supplied."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import pandas as pd
import pytest
from builders import CHILDREN, make_council, make_settings, typed_extract

from pipeline.aggregate.cleaned_data import EXTRACT_OF_TABLE, CleanedData
from pipeline.aggregate.figure_table import build_figure_table
from pipeline.clean.reconcile import TABLE_OF_EXTRACT
from pipeline.clean.timeliness import timeliness_types
from pipeline.settings import Council, Settings
from pipeline.validate.dictionary import EXTRACTS_BY_NAME

EXTRACT_NAMES = [name for name in EXTRACTS_BY_NAME if name != "published"]
FINDING_TYPES = dict.fromkeys(("year", "extract", "file", "severity", "reason"), "str") | {
    "row": "Int64",
    "stands_for": "Int64",
}
AVAILABLE_YEARS = ("2020-21", "2021-22")


@pytest.fixture(scope="session")
def council() -> Council:
    return make_council(comparison_years="3")


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A workspace with extracts of the last two of the three years compared."""
    workspace = tmp_path_factory.mktemp("workspace")
    for year in AVAILABLE_YEARS:
        (workspace / "data" / "raw" / year).mkdir(parents=True)
    return make_settings(workspace, comparison_years="3")


@pytest.fixture(scope="session")
def data(settings: Settings) -> Callable[..., CleanedData]:
    """data(cases=[{...}], compliments=[...]): every extract was supplied for both years.

    without: pairs of year and extract that were not supplied. An extract supplied for no year has
    no table at all.
    """

    def build(
        without: Collection[tuple[str, str]] = (), **rows: list[dict[str, Any]]
    ) -> CleanedData:
        supplied = {(year, name) for year in AVAILABLE_YEARS for name in EXTRACT_NAMES}
        supplied -= set(without)
        tables = {}
        for extract in {name for _, name in supplied}:
            table = TABLE_OF_EXTRACT.get(extract, extract)
            assert EXTRACT_OF_TABLE.get(table, table) == extract
            added = timeliness_types(CHILDREN) if extract == "investigations" else {}
            tables[table] = typed_extract(extract, rows.get(table, []), added)
        findings = pd.DataFrame(rows.get("findings", []), columns=list(FINDING_TYPES))
        tables["findings"] = findings.astype(FINDING_TYPES)
        return CleanedData(tables, frozenset(supplied), settings)

    return build


@pytest.fixture(scope="session")
def published_csv() -> Callable[..., pd.DataFrame]:
    """published_csv(("2019-20", "complaints.received", "", 9)): rows of published.csv, typed.

    A value may also be a shorthand, such as "c".
    """

    def build(*rows: tuple[str, str, str, float | str]) -> pd.DataFrame:
        records = [
            {
                "year": year,
                "figure": figure,
                "category": category or None,
                "value": None if isinstance(value, str) else value,
                "shorthand": value if isinstance(value, str) else None,
                "source": "Annual report",
            }
            for year, figure, category, value in rows
        ]
        return typed_extract("published", records)

    return build


@pytest.fixture
def numbers_of(data, published_csv):
    """numbers_of("complaints.received", cases=[…]): the value of each category in 2021-22.

    `[x]` and the like are in place of a missing value; categories with a 0 are left out.
    """

    tables: dict[str, pd.DataFrame] = {}

    def build(id: str, year: str = "2021-22", published=(), **rows) -> dict[str, float | str]:
        key = repr((published, rows))
        if key not in tables:
            tables[key] = build_figure_table(data(**rows), published_csv(*published))
        table = tables[key]
        numbers = {}
        for row in table[(table["figure"] == id) & (table["year"] == year)].itertuples():
            if pd.isna(row.value):
                numbers[row.category] = f"[{row.shorthand}]"
            elif row.value or not row.category:
                numbers[row.category] = row.value
        return numbers

    return build
