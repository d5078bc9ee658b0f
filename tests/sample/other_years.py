"""Other years that a report must suit: first, empty, large, and with small numbers withheld."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

YEAR = "2021-22"
EXTRACTS = (
    "complaints",
    "investigations",
    "ombudsman",
    "compliments",
    "learning",
    "concerns",
    "training",
)
AREAS = (
    "Early Help",
    "Looked After Children",
    "SEND",
    "Assessment and Safeguarding",
    "Fostering and Adoption",
    "Youth Justice",
    "Residential Homes",
)


def write_empty_year(raw: Path) -> None:
    """A year in which nothing was received: every extract has headings and no rows."""
    for name in EXTRACTS:
        path = raw / YEAR / f"{name}.csv"
        headings = path.read_text(encoding="utf-8").splitlines()[0]
        path.write_text(headings + "\n", encoding="utf-8")


def write_first_year(raw: Path) -> None:
    """A council's first report: no extracts and no published numbers of earlier years."""
    shutil.rmtree(raw / "2020-21")
    (raw / "published.csv").unlink()


def write_suppressed_year(raw: Path) -> None:
    """The sample, with small numbers withheld."""
    council = raw / "council.yaml"
    text = council.read_text(encoding="utf-8")
    assert "policy: publish" in text
    council.write_text(text.replace("policy: publish", "policy: suppress"), encoding="utf-8")


def write_large_year(raw: Path, complaint_count: int = 400, team_count: int = 40) -> None:
    """A valid year of many complaints about many teams, with two investigations for each."""
    folder = raw / YEAR
    for name in ("complaints", "investigations"):
        (folder / f"{name}.csv").unlink()
    with (folder / "learning.csv").open(encoding="utf-8", newline="") as file:
        headings = next(csv.reader(file))
    # The actions belong to complaints that no longer exist.
    (folder / "learning.csv").write_text(",".join(headings) + "\n", encoding="utf-8")
    random = np.random.default_rng(1)
    days = pd.to_timedelta(random.integers(0, 300, complaint_count), unit="D")
    received = pd.Timestamp("2021-04-01") + days
    references = [f"C{number:07d}" for number in range(complaint_count)]

    def any_of(*codes: str) -> np.ndarray:
        return random.choice(codes, complaint_count)

    outcome = any_of("upheld", "partially upheld", "not upheld")
    stage_2_requested = received + pd.Timedelta(days=30)
    stage_2_responded = received + pd.Timedelta(days=60)
    complaints = {
        "reference": references,
        "received": received,
        "service_area": any_of(*AREAS),
        "team": any_of(*(f"Team {number}" for number in range(team_count))),
        "complainant_type": any_of("parent", "foster carer", "other"),
        "route": any_of("direct", "advocate"),
        "method": any_of("email", "letter"),
        "theme": any_of("delay", "delay; placement"),
        "accepted": "yes",
        "status": "closed",
        "outcome": outcome,
        "closed": stage_2_responded,
        "gender": any_of("female", "male"),
        "complainant_name": [f"Nemo Nomen{number}" for number in range(complaint_count)],
    }
    stage_1_days = pd.to_timedelta(random.integers(1, 29, complaint_count), unit="D")
    stage_1 = {
        "complaint": references,
        "stage": 1,
        "requested": received,
        "outcome": outcome,
        "responded": received + stage_1_days,
    }
    stage_2 = {
        "complaint": references,
        "stage": 2,
        "requested": stage_2_requested,
        "outcome": outcome,
        "responded": stage_2_responded,
        "bypassed": "no",
        "cost": 1200,
    }
    pd.DataFrame(complaints).to_csv(folder / "complaints.csv", index=False)
    investigations = pd.concat([pd.DataFrame(stage_1), pd.DataFrame(stage_2)])
    investigations.to_csv(folder / "investigations.csv", index=False)
