"""Headings that are nearly the name of one of our columns, and hold something else."""

from __future__ import annotations

import csv
import itertools

import pytest
from layouts import YEAR, extract_rows
from scores import COUNCIL

from pipeline.start.mapping.exports import read_exports
from pipeline.start.mapping.proposal import propose
from pipeline.year import Year

OWN_COLUMNS = (
    *("reference", "received", "service_area", "complainant_type", "theme", "accepted"),
    *("status", "outcome", "closed"),
)
YES_NO, OUTCOMES, DATES = ("Yes", "No"), ("Upheld", "Not upheld"), ("2020-06-01", "2021-01-04")
NAMES = ("Ann Smith", "Bob Jones")
# fmt: off
TRAPS = {
    "Outcome letter sent": YES_NO, "Decision letter sent?": YES_NO, "Advocate offered": YES_NO,
    "Reopened?": YES_NO, "Linked?": YES_NO, "Complaint upheld at stage 2": YES_NO,
    "Consent received": YES_NO, "Court proceedings": YES_NO, "Parent disabled": YES_NO,
    "Child's disability": YES_NO, "Child's gender": ("Male", "Female"),
    "Staff gender": ("Male", "Female"), "Child ethnicity": ("White", "Asian"),
    "Child age group": ("under 18",), "Method of reply": ("Email", "Letter"),
    "Response method": ("Email", "Letter"), "Ombudsman outcome": OUTCOMES,
    "Desired outcome": OUTCOMES, "Previous reference": ("CYP-19-001", "CYP-19-004"),
    "Learning theme": ("Communication", "Delay"), "Risk status": ("Open", "Closed"),
    "Action status": ("Open", "Closed"), "Status date": DATES, "Date opened to team": DATES,
    "Review date": DATES, "Invoice received": DATES, "Case closed on Mosaic": DATES,
    "Team manager": NAMES, "Closed by": NAMES, "Received by": NAMES,
    "Social worker team": ("North", "South"), "School": ("Oak Primary", "Elm Academy"),
    "Stage reached": ("1", "2"), "Reason for complaint": ("Delay", "Communication"),
}
# fmt: on


@pytest.mark.parametrize("heading", TRAPS)
def test_heading_that_names_something_else_is_not_proposed(heading, tmp_path):
    path = tmp_path / "complaints.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*OWN_COLUMNS, heading])
        for row, cell in zip(
            extract_rows("complaints"), itertools.cycle(TRAPS[heading]), strict=False
        ):
            writer.writerow([*(row[column] for column in OWN_COLUMNS), cell])
    [table] = propose(read_exports([path]), COUNCIL, Year.parse(YEAR)).tables
    matches = [*table.matches, *(one for stage in table.stages for one in stage.matches)]
    proposed = [
        match.column.name
        for match in matches
        if match.is_decided
        and not match.column.personal
        and heading in [column.heading for column in match.columns]
    ]
    assert proposed == []
