"""Random councils: cleaned extracts of some years that break no rule, and a policy to suppress.

The same seed gives the same council. Nothing is written: a council is ready for the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from builders import make_settings, typed_extract

from pipeline.aggregate.figure import CleanedData
from pipeline.clean import clean
from pipeline.settings import Settings
from pipeline.validate.dictionary import (
    DECIDED_OUTCOMES,
    DECISIONS,
    EXTRACTS_BY_NAME,
    OUTCOMES,
)
from pipeline.year import Year

YEARS = ("2019-20", "2020-21", "2021-22")
AS_AT = pd.Timestamp("2022-06-30")
LEAST_COMPLAINTS, MOST_COMPLAINTS = 4, 400
THRESHOLDS = (1, 2, 3, 5, 7, 10)
ROUNDINGS = (1, 1, 1, 3, 5, 10)
SENSITIVE = (
    ("characteristics", "breakdowns"),
    ("characteristics", "breakdowns"),
    ("characteristics", "breakdowns", "totals"),
    ("characteristics",),
)
AREAS = ("Early Help", "Looked After Children", "Fostering", "Assessment", "Disability")
THEMES = ("delay", "staff", "communication", "decision", "finance")
EXTRACTS = (
    "complaints",
    "investigations",
    "ombudsman",
    "compliments",
    "concerns",
    "learning",
    "training",
    "activity",
)
FINDING_TYPES = dict.fromkeys(("year", "extract", "file", "severity", "reason"), "str") | {
    "row": "Int64",
    "stands_for": "Int64",
}
Row = dict[str, Any]


@dataclass(frozen=True)
class RandomCouncil:
    """A council that does not exist: its cleaned tables and its settings."""

    data: CleanedData
    settings: Settings
    complaints_per_year: int


class Extracts:
    """Rows that a run would accept without a warning, of so many complaints each year."""

    def __init__(self, random: np.random.Generator, complaints_per_year: int) -> None:
        self.random = random
        self.size = complaints_per_year
        # Some councils have few of what others have many of.
        self.chances: dict[str, np.ndarray] = {}

    def choose(self, name: str, values: Any) -> Any:
        """One of some values, which are as skewed as real ones; the same skew for one name."""
        name = f"{name} of {len(values)}"
        if name not in self.chances:
            weights = self.random.gamma(0.5, 1.0, len(values)) + 1e-3
            self.chances[name] = weights / weights.sum()
        return values[int(self.random.choice(len(values), p=self.chances[name]))]

    def happens(self, name: str, chance: float) -> bool:
        if name not in self.chances:
            spread = float(np.clip(self.random.beta(4 * chance, 4 * (1 - chance)), 0, 1))
            self.chances[name] = np.array([spread])
        return bool(self.random.random() < self.chances[name][0])

    def code(self, extract: str, column: str) -> str:
        return self.choose(column, EXTRACTS_BY_NAME[extract].column(column).codes)

    def day_in(self, year: str) -> pd.Timestamp:
        first = pd.Timestamp(Year.parse(year).first_day)
        return first + pd.Timedelta(days=int(self.random.integers(365)))

    def later(self, day: pd.Timestamp, most_days: int) -> pd.Timestamp:
        return min(day + pd.Timedelta(days=int(self.random.integers(most_days))), AS_AT)

    def complaint(self, year: str, number: int) -> tuple[Row, list[Row]]:
        """A complaint and its investigations."""
        received = self.day_in(year)
        reference = f"{year}/{number}"
        is_accepted = self.happens("accepted", 0.85)
        is_open = self.happens("open", 0.15)
        outcome = None
        if is_accepted and not is_open:
            outcome = self.choose("outcome", OUTCOMES)
        stages = self.stages(reference, received, outcome, is_open) if is_accepted else []
        last = max([received, *(row["responded"] for row in stages if row["responded"])])
        themes = [self.choose("theme", THEMES) for _ in range(int(self.random.integers(1, 4)))]
        row = {
            "reference": reference,
            "received": received,
            "service_area": self.choose("area", AREAS),
            "team": self.choose("team", ["North", "South", None]),
            "complainant_type": self.code("complaints", "complainant_type"),
            "route": self.code("complaints", "route"),
            "method": self.code("complaints", "method") if self.happens("method", 0.8) else None,
            "theme": "; ".join(dict.fromkeys(themes)),
            "accepted": "yes" if is_accepted else "no",
            "not_accepted_reason": None
            if is_accepted
            else self.code("complaints", "not_accepted_reason"),
            "status": "open" if is_open else "closed",
            "outcome": outcome,
            "closed": None if is_open else self.later(last, 90),
            "age_band": self.choose("age", ["under 18", "18 and over", None]),
            "gender": self.choose("gender", ["female", "male", "other", None]),
            "disability": self.choose("disability", ["yes", "no", None]),
        }
        return row, stages

    def stages(
        self, reference: str, received: pd.Timestamp, outcome: str | None, is_open: bool
    ) -> list[Row]:
        """The investigations of an accepted complaint; the last has the complaint's outcome."""
        if not is_open and outcome not in DECIDED_OUTCOMES and self.happens("no stage", 0.4):
            return []
        is_bypassed = self.happens("bypass", 0.1)
        stages = ["2"] if is_bypassed else ["1"]
        if is_bypassed or self.happens("stage 2", 0.2):
            stages = ["2"] if is_bypassed else ["1", "2"]
            if self.happens("stage 3", 0.3):
                stages.append("3")
        rows = []
        requested = received
        for stage in stages:
            is_last = stage == stages[-1]
            row = self.investigation(reference, stage, requested)
            row["bypassed"] = "yes" if is_bypassed and stage == "2" else "no"
            if is_last:
                row["outcome"] = outcome
                is_unanswered = (
                    is_open
                    if outcome is None
                    else (outcome == "withdrawn" and self.happens("withdrawn early", 0.5))
                )
                if is_open and self.happens("answered", 0.3):
                    is_unanswered = False
                    row["outcome"] = self.choose("outcome", DECIDED_OUTCOMES)
                if is_unanswered:
                    row |= {"responded": None, "outcome": None}
                    if row["panel_reported"] is not None and self.happens("early panel", 0.5):
                        row |= {"panel_reported": None}
            else:
                row["outcome"] = self.choose("outcome", DECIDED_OUTCOMES)
            rows.append(row)
            requested = self.later(row["responded"] or requested, 40)
        return rows

    def investigation(self, reference: str, stage: str, requested: pd.Timestamp) -> Row:
        is_extended = self.happens(f"extended {stage}", 0.2)
        typical = {"1": 25, "2": 100, "3": 70}[stage]
        panel_met = self.later(requested, 60) if stage == "3" else None
        panel_reported = self.later(panel_met, 12) if stage == "3" else None
        start = panel_reported if stage == "3" else requested
        responded = self.later(start, 30 if stage == "3" else typical)
        has_cost = stage != "1" and self.happens(f"cost {stage}", 0.6)
        return {
            "complaint": reference,
            "stage": stage,
            "requested": requested,
            "responded": responded,
            "extended": "yes" if is_extended else "no",
            "extension_ground": "complex" if is_extended else None,
            "cost": float(self.random.integers(100, 5000)) if has_cost else None,
            "panel_met": panel_met,
            "panel_reported": panel_reported,
        }

    def ombudsman_case(self, year: str, number: int) -> Row:
        received = self.day_in(year)
        decision = self.choose("decision", DECISIONS)
        is_decided = decision != DECISIONS[0]
        return {
            "reference": f"{year}/{number}",
            "received": received,
            "decided": self.later(received, 400) if is_decided else None,
            "decision": decision,
            "service_area": self.choose("area", AREAS),
            "subject": self.choose("subject", ["delay", "staff", "money"]),
            "in_scope": "yes" if self.happens("scope", 0.5) else "no",
        }

    def compliment(self, year: str, number: int) -> Row:
        return {
            "reference": f"{year}/{number}",
            "received": self.day_in(year),
            "service_area": self.choose("area", AREAS),
            "source": self.code("compliments", "source") if self.happens("source", 0.9) else None,
            "approved_text": f"Thank you {number}." if self.happens("quoted", 0.2) else None,
        }

    def rows_of_year(self, year: str, is_exact: bool) -> dict[str, list[Row]]:
        count = self.size if is_exact else int(self.random.poisson(self.size)) or 1
        complaints = [self.complaint(year, number) for number in range(count)]
        cases = int(self.random.poisson(1 + self.size / 10))
        compliments = int(self.random.poisson(2 + self.size / 2))
        concerns = int(self.random.poisson(1 + self.size / 4))
        return {
            "complaints": [row for row, _ in complaints],
            "investigations": [row for _, rows in complaints for row in rows],
            "ombudsman": [self.ombudsman_case(year, number) for number in range(cases)],
            "compliments": [self.compliment(year, number) for number in range(compliments)],
            "concerns": [
                {
                    "received": self.day_in(year),
                    "service_area": AREAS[0],
                    "settled": self.day_in(year) if self.happens("settled", 0.8) else None,
                }
                for _ in range(concerns)
            ],
            "learning": [],
            "training": [],
            "activity": [{"measure": "children in need", "count": 1500, "as_at": AS_AT}],
        }


def random_council(
    seed: int, workspace: Path, complaints: int | None = None, **policy: Any
) -> RandomCouncil:
    """The council of a seed: 4 to 400 complaints a year, one to three years, any policy.

    workspace: an empty folder, or that of another random council; only the names of years go there.
    complaints: how many there are in each year, if that is not left to chance.
    policy: what of the policy is not left to chance.
    """
    random = np.random.default_rng(seed)
    size = round(float(np.exp(random.uniform(*np.log([LEAST_COMPLAINTS, MOST_COMPLAINTS])))))
    years = YEARS[-int(random.integers(1, len(YEARS) + 1)) :]
    disclosure = {
        "policy": "suppress",
        "reason": "by decision of the panel",
        "threshold": int(random.choice(THRESHOLDS)),
        "round_to": int(random.choice(ROUNDINGS)),
        "sensitive": list(SENSITIVE[int(random.integers(len(SENSITIVE)))]),
        "show_zero": bool(random.random() < 0.85),
    } | policy
    for year in YEARS:
        (workspace / "data" / "raw" / year).mkdir(parents=True, exist_ok=True)
    settings = make_settings(
        workspace,
        comparison_years=str(len(years)),
        service_areas=list(AREAS),
        themes=list(THEMES),
        equality={
            "age_band": ["under 18", "18 and over"],
            "gender": ["female", "male", "other"],
            "disability": ["yes", "no"],
        },
        disclosure=disclosure,
    )
    source = Extracts(random, complaints or size)
    rows: dict[str, list[Row]] = {name: [] for name in EXTRACTS}
    for year in years:
        for extract, extract_rows in source.rows_of_year(year, complaints is not None).items():
            rows[extract].extend({"year": year} | row for row in extract_rows)
    tables = {name: typed_extract(name, extract_rows) for name, extract_rows in rows.items()}
    cleaned = dict(clean(tables, settings).tables)
    cleaned["findings"] = pd.DataFrame(columns=list(FINDING_TYPES)).astype(FINDING_TYPES)
    supplied = frozenset((year, extract) for year in years for extract in EXTRACTS)
    return RandomCouncil(CleanedData(cleaned, supplied, settings), settings, source.size)
