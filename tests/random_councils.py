"""Random councils: cleaned extracts of some years that break no rule, and a policy to suppress.

The same seed gives the same council. Nothing is written: a council is ready for the figures.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from builders import COUNCIL, REPORT, make_settings, typed_extract

from pipeline.aggregate.cleaned_data import CleanedData
from pipeline.clean import clean
from pipeline.procedures import Procedure
from pipeline.procedures.model import UNDER_INVESTIGATION, WITHDRAWN
from pipeline.settings import Settings, load_council
from pipeline.settings.procedures import DEFAULT, packaged_procedure
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
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
EQUALITY = {
    "age_band": ["under 18", "18 and over"],
    "gender": ["female", "male", "other"],
    "disability": ["yes", "no"],
}
REFERENCES = {"reference", "complaint"}
Row = dict[str, Any]


@dataclass(frozen=True)
class RandomCouncil:
    """A council that does not exist: its cleaned tables and its settings."""

    data: CleanedData
    settings: Settings
    complaints_per_year: int


class Extracts:
    """Rows that a run would accept without a warning, of so many complaints each year."""

    def __init__(
        self,
        random: np.random.Generator,
        complaints_per_year: int,
        procedure: Procedure | None = None,
    ) -> None:
        self.procedure = procedure or packaged_procedure(DEFAULT)
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
        declared = EXTRACTS_BY_NAME[extract].column(column)
        codes = declared.codes_of(self.procedure) if declared.from_procedure else declared.codes
        return self.choose(column, codes)

    def day_in(self, year: str) -> pd.Timestamp:
        first = pd.Timestamp(Year.parse(year).first_day)
        return first + pd.Timedelta(days=int(self.random.integers(365)))

    def later(self, day: pd.Timestamp, most_days: int) -> pd.Timestamp:
        return min(day + pd.Timedelta(days=int(self.random.integers(most_days))), AS_AT)

    def complaint(self, year: str, number: int) -> tuple[Row, list[Row]]:
        """A complaint and its investigations."""
        received = self.day_in(year)
        reference = f"CMP-{year}-{number:04d}C"  # its number could be a count in the report
        is_accepted = self.happens("accepted", 0.85)
        is_open = self.happens("open", 0.15)
        outcome = None
        if is_accepted and not is_open:
            outcome = self.choose("outcome", self.procedure.outcome_codes)
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
        is_undecided = not is_open and outcome not in self.procedure.decided
        if is_undecided and self.happens("no stage", 0.4):
            return []
        stages = self.stage_numbers()
        rows = []
        requested = received
        for stage in stages:
            is_last = stage == stages[-1]
            row = self.investigation(reference, stage, requested)
            row["bypassed"] = "yes" if stage == stages[0] != "1" else "no"
            if is_last:
                row["outcome"] = outcome
                is_unanswered = (
                    is_open
                    if outcome is None
                    else (outcome == WITHDRAWN and self.happens("withdrawn early", 0.5))
                )
                if is_open and self.happens("answered", 0.3):
                    is_unanswered = False
                    row["outcome"] = self.choose("outcome", self.procedure.decided)
                if is_unanswered:
                    row |= {"responded": None, "outcome": None}
                    if row.get("panel_reported") is not None and self.happens("early panel", 0.5):
                        row |= {"panel_reported": None}
            else:
                row["outcome"] = self.choose("outcome", self.procedure.decided)
            rows.append(row)
            requested = self.later(row["responded"] or requested, 40)
        return rows

    def stage_numbers(self) -> list[str]:
        """The stages that a complaint went through, in order."""
        numbers = self.procedure.stage_numbers
        begins = [number for number, stage in self.procedure.numbered_stages if stage.may_begin]
        first = begins[0] if begins and self.happens("bypass", 0.1) else "1"
        stages = [first]
        for number in numbers[numbers.index(first) + 1 :]:
            if not self.happens(f"stage {number}", 0.2 if number == "2" else 0.3):
                break
            stages.append(number)
        return stages

    def investigation(self, number: str, stage_number: str, requested: pd.Timestamp) -> Row:
        stage = self.procedure.stages[int(stage_number) - 1]
        is_extended = stage.response.can_be_extended and self.happens(
            f"extended {stage_number}", 0.2
        )
        row: Row = {"complaint": number, "stage": stage_number, "requested": requested}
        for clock in stage.clocks:
            start = row[clock.start]
            days = clock.limit.longest_days
            if clock == stage.response and stage.response.can_be_extended:
                days *= 2
            row[clock.end] = self.later(start, days + 2) if start is not None else None
        if "acknowledged" in row and row["responded"] < row["acknowledged"]:
            row["responded"] = row["acknowledged"]
        if stage.response.until_agreed and self.happens("agreed date", 0.3):
            row["agreed_due"] = self.later(requested, 300)
        has_cost = stage.has_cost and self.happens(f"cost {stage_number}", 0.6)
        return row | {
            "extended": "yes" if is_extended else "no",
            "extension_ground": stage.response.grounds[0] if is_extended else None,
            "cost": float(self.random.integers(100, 5000)) if has_cost else None,
        }

    def ombudsman_case(self, year: str, number: int) -> Row:
        received = self.day_in(year)
        decision = self.choose("decision", self.procedure.ombudsman_decisions)
        is_decided = decision != UNDER_INVESTIGATION
        return {
            "reference": f"OMB-{year}-{number:04d}",
            "received": received,
            "decided": self.later(received, 400) if is_decided else None,
            "decision": decision,
            "service_area": self.choose("area", AREAS),
            "subject": self.choose("subject", ["delay", "staff", "money"]),
            "in_scope": "yes" if self.happens("scope", 0.5) else "no",
        }

    def compliment(self, year: str, number: int) -> Row:
        return {
            "reference": f"CPL-{year}-{number:04d}",
            "received": self.day_in(year),
            "service_area": self.choose("area", AREAS),
            "source": self.code("compliments", "source") if self.happens("source", 0.9) else None,
            "approved_text": f"Thank you {number}." if self.happens("quoted", 0.2) else None,
        }

    def concern(self, year: str) -> Row:
        received = self.day_in(year)
        is_settled = self.happens("settled", 0.8)
        return {
            "received": received,
            "service_area": AREAS[0],
            "settled": self.later(received, 60) if is_settled else None,
        }

    def rows_of_year(self, year: str, is_exact: bool = False) -> dict[str, list[Row]]:
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
            "concerns": [self.concern(year) for _ in range(concerns)],
            "learning": [],
            "training": [],
            "activity": [{"measure": self.procedure.measures[0], "count": 1500, "as_at": AS_AT}],
        }


def random_council(
    seed: int,
    workspace: Path,
    procedure: str = DEFAULT,
    complaints: int | None = None,
    **policy: Any,
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
        procedures=[procedure],
        comparison_years=str(len(years)),
        service_areas=list(AREAS),
        themes=list(THEMES),
        equality=EQUALITY,
        disclosure=disclosure,
    )
    source = Extracts(random, complaints or size, settings.council.procedure)
    rows = rows_of_years(source, years, is_exact=complaints is not None)
    tables = {name: typed_extract(name, extract_rows) for name, extract_rows in rows.items()}
    cleaned = dict(clean(tables, settings).tables)
    cleaned["findings"] = pd.DataFrame(columns=list(FINDING_TYPES)).astype(FINDING_TYPES)
    supplied = frozenset((year, extract) for year in years for extract in EXTRACTS)
    return RandomCouncil(CleanedData(cleaned, supplied, settings), settings, source.size)


def rows_of_years(source: Extracts, years: Sequence[str], is_exact: bool) -> dict[str, list[Row]]:
    """The rows of each extract for some years, each with its year.

    is_exact: whether each year has as many complaints as the source says, not about as many.
    """
    rows: dict[str, list[Row]] = {name: [] for name in EXTRACTS}
    for year in years:
        for extract, extract_rows in source.rows_of_year(year, is_exact).items():
            rows[extract].extend({"year": year} | row for row in extract_rows)
    return rows


def write_random_workspace(
    workspace: Path, procedure: str, complaints_per_year: int, seed: int = 1, **changes: Any
) -> Path:
    """The workspace, with the extracts and settings of two years under a procedure.

    changes: keys of council.yaml.
    """
    raw = workspace / "data" / "raw"
    council = COUNCIL | {
        "procedures": [procedure],
        "service_areas": list(AREAS),
        "themes": list(THEMES),
        "equality": EQUALITY,
    }
    for year in YEARS[-2:]:
        (raw / year).mkdir(parents=True, exist_ok=True)
        report = REPORT | {"data_as_at": str(AS_AT.date())}
        (raw / year / "report.yaml").write_text(yaml.safe_dump(report), encoding="utf-8")
    (raw / "council.yaml").write_text(yaml.safe_dump(council | changes), encoding="utf-8")
    described = load_council(workspace).procedure
    source = Extracts(np.random.default_rng(seed), complaints_per_year, described)
    for extract, rows in rows_of_years(source, YEARS[-2:], is_exact=True).items():
        columns = [
            column.name for column in EXTRACTS_BY_NAME[extract].columns if not column.personal
        ]
        table = pd.DataFrame(rows, columns=["year", *columns])
        for year in YEARS[-2:]:
            of_year = table[table["year"] == year][columns]
            path = raw / year / f"{extract}.csv"
            of_year.to_csv(path, index=False, date_format="%Y-%m-%d")
    return workspace


def write_joint_workspace(workspace: Path, complaints: Mapping[str, int], **changes: Any) -> Path:
    """The workspace, with extracts of two years that several procedures share.

    complaints: how many there are in each year under each procedure. changes: of council.yaml.
    """
    for seed, (procedure, count) in enumerate(complaints.items(), 1):
        own = write_random_workspace(workspace / procedure, procedure, count, seed)
        for path in sorted((own / "data" / "raw").glob("*/*.csv")):
            table = pd.read_csv(path, dtype="str").assign(procedure=procedure)
            for column in REFERENCES & set(table):
                table[column] = f"{procedure}-" + table[column]
            shared = workspace / "data" / "raw" / path.parent.name / path.name
            shared.parent.mkdir(parents=True, exist_ok=True)
            table.to_csv(shared, mode="a", index=False, header=not shared.exists())
        report = own / "data" / "raw" / YEARS[-1] / "report.yaml"
        for year in YEARS[-2:]:
            shutil.copy(report, workspace / "data" / "raw" / year)
        council = yaml.safe_load((own / "data" / "raw" / "council.yaml").read_text("utf-8"))
        shutil.rmtree(own)
    council |= {"procedures": list(complaints)} | changes
    path = workspace / "data" / "raw" / "council.yaml"
    path.write_text(yaml.safe_dump(council), encoding="utf-8")
    return workspace
