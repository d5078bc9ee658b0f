"""Other councils' years, to see that a report is good for them too: one without any complaint, one of a large council."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd

EXTRACTS = (
    "complaints",
    "investigations",
    "ombudsman",
    "compliments",
    "learning",
    "concerns",
    "training",
)


def of_nothing(raw: Path) -> None:
    """A year in which nothing was received: each extract has its headings and no row."""
    for name in EXTRACTS:
        path = raw / "2021-22" / f"{name}.csv"
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")


def of_a_large_council(raw: Path, complaints: int = 400, teams: int = 40) -> None:
    """A year of so many complaints about so many teams, with twice as many investigations, and nothing wrong with them."""
    for name in ("complaints", "investigations"):
        (raw / "2021-22" / f"{name}.csv").unlink()
    with (raw / "2021-22" / "learning.csv").open(encoding="utf-8", newline="") as file:
        headings = next(csv.reader(file))
    (raw / "2021-22" / "learning.csv").write_text(
        ",".join(headings) + "\n", encoding="utf-8"
    )  # of complaints that are gone
    chance = np.random.default_rng(1)
    received = pd.Timestamp("2021-04-01") + pd.to_timedelta(
        chance.integers(0, 300, complaints), unit="D"
    )
    references = [f"C{number:07d}" for number in range(complaints)]

    def some(*codes: str) -> np.ndarray:
        return chance.choice(codes, complaints)

    areas = ("Early Help", "Looked After Children", "SEND", "Assessment and Safeguarding", "Fostering and Adoption",
             "Youth Justice", "Residential Homes")  # fmt: skip
    outcome = some("upheld", "partially upheld", "not upheld")
    asked, answered = received + pd.Timedelta(days=30), received + pd.Timedelta(days=60)
    pd.DataFrame({
        "reference": references, "received": received, "service_area": some(*areas),
        "team": some(*(f"Team {number}" for number in range(teams))), "complainant_type": some("parent", "foster carer", "other"),
        "route": some("direct", "advocate"), "method": some("email", "letter"), "theme": some("delay", "delay; placement"),
        "accepted": "yes", "status": "closed", "outcome": outcome, "closed": answered, "gender": some("female", "male"),
        "complainant_name": [f"Nemo Nomen{number}" for number in range(complaints)],
    }).to_csv(raw / "2021-22" / "complaints.csv", index=False)  # fmt: skip
    first = pd.DataFrame({"complaint": references, "stage": 1, "requested": received, "outcome": outcome,
                          "responded": received + pd.to_timedelta(chance.integers(1, 29, complaints), unit="D")})  # fmt: skip
    second = pd.DataFrame({"complaint": references, "stage": 2, "requested": asked, "outcome": outcome, "responded": answered,
                           "bypassed": "no", "cost": 1200})  # fmt: skip
    pd.concat([first, second]).to_csv(raw / "2021-22" / "investigations.csv", index=False)
