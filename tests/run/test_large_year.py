"""A large year runs as a small one does, and its report and audit do not grow with its rows."""

from __future__ import annotations

from pathlib import Path

import other_years
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from runs import YEAR, untimed_bytes

from pipeline.audit.evidence import MAX_ROWS_PER_NUMBER

COMPLAINTS = {"smaller": 2_000, "larger": 20_000}
MAX_GROWTH = 1.02  # for longer numerals and one more decimal
ROW_BYTES = 100  # of a row that is listed, for the rows that only the larger year fills
CRATE = "ro-crate-metadata.json"


@pytest.fixture(scope="module")
def workspaces(sample_workspace, annual_report, tmp_path_factory) -> dict[str, Path]:
    folders = {}
    for name, complaints in COMPLAINTS.items():
        workspace = sample_workspace(tmp_path_factory.mktemp(name))
        other_years.write_large_year(workspace / "data" / "raw", complaints)
        options = ("--formats", "html", "--workspace", workspace)
        finished = annual_report("run", YEAR, *options)
        assert finished.returncode == 0, finished.stderr
        folders[name] = workspace
    return folders


def file_sizes(workspace: Path) -> dict[str, int]:
    """The bytes of every file of the report and its audit, the record aside."""
    folder = workspace / "reports" / YEAR
    sizes = {path: len(content) for path, content in untimed_bytes(folder).items()}
    return sizes | {CRATE: (folder / "audit" / CRATE).stat().st_size}


@pytest.mark.slow
def test_no_file_of_a_large_year_grows_with_its_rows(workspaces):
    smaller = file_sizes(workspaces["smaller"])
    larger = file_sizes(workspaces["larger"])
    assert sorted(larger) == sorted(smaller)
    assert sum(larger.values()) <= MAX_GROWTH * sum(smaller.values())
    allowed = {
        path: MAX_GROWTH * size + MAX_ROWS_PER_NUMBER * ROW_BYTES for path, size in smaller.items()
    }
    assert [path for path, size in larger.items() if size > allowed[path]] == []


@pytest.mark.slow
def test_every_complaint_and_stage_of_a_large_year_is_counted(workspaces):
    tables = workspaces["larger"] / "data" / "processed" / YEAR
    figures = pd.read_csv(tables / "3_aggregate" / "figures.csv").query("year == @YEAR")
    totals = figures[figures["category"].isna()].set_index("figure")["value"]
    for figure in ("complaints.received", "stage_1.investigated", "stage_2.investigated"):
        assert totals[figure] == COMPLAINTS["larger"], figure
    by_area = figures[figures["figure"] == "complaints.by_service_area"]
    assert by_area["value"].sum() == COMPLAINTS["larger"]


@pytest.mark.slow
def test_first_rows_of_a_large_number_are_listed_and_all_counted(workspaces):
    folder = workspaces["larger"] / "reports" / YEAR / "audit" / "figures"
    page = BeautifulSoup((folder / "complaints.received.html").read_bytes(), "html.parser")
    numbers, *_, evidence = page.main.find_all("table")
    assert f"{COMPLAINTS['larger']:,}" in numbers.get_text(" ")
    texts = [row.get_text(" ", strip=True) for row in evidence.tbody.find_all("tr")]
    rows = [text for text in texts if YEAR in text]
    assert len(rows) == MAX_ROWS_PER_NUMBER
    assert rows[0].endswith("complaints.csv 2 C0000000")
    last = MAX_ROWS_PER_NUMBER - 1
    assert rows[-1].endswith(f"complaints.csv {last + 2} C{last:07}")
