"""A large year goes through the whole chain, and its report and audit are no longer than those of a tenth of it."""

from __future__ import annotations

from pathlib import Path

import other_years
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from pipeline.audit.evidence import MAX_ROWS_PER_NUMBER

COMPLAINTS = {"smaller": 2_000, "larger": 20_000}
YEAR = "2021-22"
GROWTH = 1.02  # longer numerals, and a decimal more


@pytest.fixture(scope="module")
def workspaces(sample_workspace, annual_report, tmp_path_factory) -> dict[str, Path]:
    made = {}
    for name, complaints in COMPLAINTS.items():
        made[name] = sample_workspace(tmp_path_factory.mktemp(name))
        other_years.write_large_year(made[name] / "data" / "raw", complaints)
        ended = annual_report("run", YEAR, "--formats", "html", "--workspace", made[name])
        assert ended.returncode == 0, ended.stderr
    return made


def sizes(workspace: Path) -> dict[str, int]:
    """The bytes of every file of the report and its audit, but for the record, which holds times."""
    folder = workspace / "reports" / YEAR
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in folder.rglob("*") if path.is_file() and path.name != "run.json"
    }  # fmt: skip


@pytest.mark.slow
def test_no_file_of_a_large_year_grows_with_its_rows(workspaces):
    smaller, larger = (sizes(workspaces[name]) for name in COMPLAINTS)
    assert sorted(larger) == sorted(smaller)
    assert sum(larger.values()) <= GROWTH * sum(smaller.values())
    longest = [
        name
        for name, size in larger.items()
        if size > GROWTH * smaller[name] + MAX_ROWS_PER_NUMBER * 100
    ]
    assert longest == []


@pytest.mark.slow
def test_every_complaint_and_every_stage_of_a_large_year_is_counted(workspaces):
    figures = pd.read_csv(
        workspaces["larger"] / "data" / "processed" / YEAR / "3_aggregate" / "figures.csv"
    )
    total = figures.query("year == @YEAR and category.isna()").set_index("figure")["value"]
    assert (
        total[["complaints.received", "stage_1.investigated", "stage_2.investigated"]].tolist()
        == [COMPLAINTS["larger"]] * 3
    )
    by_area = figures.query("year == @YEAR and figure == 'complaints.by_service_area'")
    assert by_area["value"].sum() == COMPLAINTS["larger"]


@pytest.mark.slow
def test_of_many_rows_the_first_are_named_and_all_are_counted(workspaces):
    path = (
        workspaces["larger"] / "reports" / YEAR / "audit" / "figures" / "complaints.received.html"
    )
    numbers, *_, named = BeautifulSoup(path.read_bytes(), "html.parser").main.find_all("table")
    assert f"{COMPLAINTS['larger']:,}" in numbers.get_text(" ")
    rows = [
        row.get_text(" ", strip=True)
        for row in named.tbody.find_all("tr")
        if YEAR in row.get_text()
    ]
    assert len(rows) == MAX_ROWS_PER_NUMBER
    assert rows[0].endswith("complaints.csv 2 C0000000")
    assert rows[-1].endswith(
        f"complaints.csv {MAX_ROWS_PER_NUMBER + 1} C{MAX_ROWS_PER_NUMBER - 1:07}"
    )
