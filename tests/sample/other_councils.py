"""Invented councils of different names, sizes, references, years and policies; all get reports."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import yaml

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "raw"
AUTHORITIES = (
    "Bath",
    "King's Lynn & West <Norfolk> Council",
    'St Helens "Borough" Council',
    "Council 7",
)
SERVICES = ("CYPS", "Children's Services 0-25", "Families & Young People")
SIZES = (3, 15, 40, 60, 250, 900)
REFERENCES = ("{number}", "C/{year}/{number}", "1{year}{number:04d}", "CS-{year}-{number:05d}")
FIRST_NAMES = ("Odalys", "Quillon", "Thackeray", "Zarabel", "Ximena", "Ottoline")
LAST_NAMES = ("Dummythorpe", "Madeupton", "Fictionby", "Workerby", "Specimenham")
OUTCOMES = (
    "upheld",
    "partially upheld",
    "not upheld",
    "no finding",
    "withdrawn",
    "resolved before investigation",
)
COMPLAINANTS = ("child or young person", "parent", "foster carer", "care leaver", "other")


def write_council(workspace: Path, number: int) -> None:
    """Write settings and one to three years of extracts, the last 2021-22.

    The same number gives the same council.
    """
    random = np.random.default_rng(number)
    raw = workspace / "data" / "raw"
    raw.mkdir(parents=True)
    council = _settings(number)
    settings = yaml.safe_dump(council, sort_keys=False)
    (raw / "council.yaml").write_text(settings, encoding="utf-8")
    sample_report = (SAMPLE / "2021-22" / "report.yaml").read_text(encoding="utf-8")
    for year in (2019, 2020, 2021)[number % 3 :]:
        folder = raw / f"{year}-{year % 100 + 1}"
        folder.mkdir()
        report = sample_report.replace("2022-", f"{year + 1}-")
        report = report.replace("Complaints and representations: a", "A")
        (folder / "report.yaml").write_text(report, encoding="utf-8")
        for name, table in _extracts(random, council, year, number).items():
            table.to_csv(folder / f"{name}.csv", index=False)


def _settings(number: int) -> dict:
    council = yaml.safe_load((SAMPLE / "council.yaml").read_text(encoding="utf-8"))
    del council["notice"]
    policy = "suppress" if number % 3 else "publish"
    disclosure = {"policy": policy, "reason": "By decision of the panel."}
    if number % 6 == 5:
        disclosure["round_to"] = 5
    return council | {
        "authority": AUTHORITIES[number % 4],
        "service": SERVICES[number % 3],
        "panel": "Scrutiny Panel 2",
        "year_style": ("2021 to 2022", "2021/22")[number % 2],
        "service_areas": [
            *council["service_areas"][:4],
            "Leaving care 16+",
            "SEND 0 to 25",
            "Team 3",
        ],
        "themes": [
            *council["themes"][:5],
            "section 20 accommodation",
            "post-16 support, 18 to 25",
        ],
        "disclosure": disclosure,
    }


def _extracts(
    random: np.random.Generator, council: dict, year: int, number: int
) -> dict[str, pd.DataFrame]:
    """The extracts of one year, by name. The order of the random calls decides their contents."""
    complaint_count = max(1, int(SIZES[number % 6] * random.uniform(0.6, 1.5)))

    def any_of(*codes: str, count: int = complaint_count) -> np.ndarray:
        return random.choice(codes, count)

    def days(first: int, last: int, count: int = complaint_count) -> pd.TimedeltaIndex:
        return pd.to_timedelta(random.integers(first, last, count), unit="D")

    areas = council["service_areas"]
    themes = council["themes"]
    first_day = pd.Timestamp(year, 4, 1)
    received = first_day + days(0, 364)
    accepted = random.random(complaint_count) > 0.08
    is_open = random.random(complaint_count) < 0.05
    closed = pd.Series(received + days(5, 60)).where(~is_open)
    pattern = REFERENCES[number % 4]
    first_number = 1 + 1000 * (year - 2019)
    complaints = pd.DataFrame(
        {
            "reference": [
                pattern.format(year=year, number=first_number + place)
                for place in range(complaint_count)
            ],
            "received": received,
            "service_area": any_of(*areas),
            "complainant_type": any_of(*COMPLAINANTS),
            "route": any_of("direct", "advocate"),
            "method": any_of("email", "letter"),
            "accepted": np.where(accepted, "yes", "no"),
            "theme": [
                f"{theme}; {other}" if theme != other else theme
                for theme, other in zip(any_of(*themes), any_of(*themes), strict=True)
            ],
            "not_accepted_reason": np.where(
                accepted, "", any_of("other procedure", "over one year old")
            ),
            "status": np.where(is_open, "open", "closed"),
            "closed": closed,
            "outcome": np.where(accepted & ~is_open, any_of(*OUTCOMES), ""),
            "gender": any_of("female", "male", ""),
            "complainant_name": [
                f"{first} {last}"
                for first, last in zip(any_of(*FIRST_NAMES), any_of(*LAST_NAMES), strict=True)
            ],
            "telephone": [
                f"07700 900{digits:03d}" for digits in random.integers(0, 999, complaint_count)
            ],
        }
    )
    investigated = complaints[accepted]
    stage_1 = pd.DataFrame(
        {
            "complaint": investigated["reference"],
            "stage": 1,
            "requested": investigated["received"],
            "extended": "no",
            "responded": investigated["received"] + days(3, 40, len(investigated)),
            "outcome": any_of(*OUTCOMES[:3], count=len(investigated)),
        }
    )
    stage_2 = stage_1[: len(stage_1) // 6]
    stage_2_requested = stage_2["responded"] + pd.Timedelta(days=5)
    stage_2 = stage_2.assign(
        stage=2,
        requested=stage_2_requested,
        responded=stage_2_requested + days(10, 90, len(stage_2)),
        bypassed="no",
        cost=random.uniform(500, 4000, len(stage_2)).round(2),
    )
    case_count = random.integers(0, 12)
    compliment_count = random.integers(0, 3 * complaint_count)
    action_count = random.integers(0, 6)
    ombudsman = pd.DataFrame(
        {
            "reference": [f"O{year}{place}" for place in range(case_count)],
            "received": first_day + days(0, 364, case_count),
            "service_area": any_of(*areas, count=case_count),
            "subject": any_of("Delay", "Contact", count=case_count),
            "in_scope": any_of("yes", "no", count=case_count),
            "decision": "under investigation",
        }
    )
    compliments = pd.DataFrame(
        {
            "reference": [f"P{year}{place}" for place in range(compliment_count)],
            "received": first_day + days(0, 364, compliment_count),
            "service_area": any_of(*areas, count=compliment_count),
            "source": any_of("parent or carer", "police", count=compliment_count),
        }
    )
    learning = pd.DataFrame(
        {
            "reference": [f"L{year}{place}" for place in range(action_count)],
            "complaint": any_of(*complaints["reference"], count=action_count),
            "lesson": "Plans came late.",
            "action": "Send plans in time.",
            "status": "in progress",
        }
    )
    activity = pd.DataFrame(
        {
            "service_area": "",
            "measure": ["referrals", "children in need"],
            "count": [complaint_count * 9 + 1, complaint_count * 30 + 7],
            "as_at": f"{year + 1}-03-31",
        }
    )
    return {
        "complaints": complaints,
        "investigations": pd.concat([stage_1, stage_2]),
        "ombudsman": ombudsman,
        "compliments": compliments,
        "learning": learning,
        "activity": activity,
    }
