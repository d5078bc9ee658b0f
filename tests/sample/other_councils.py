"""Councils that do not exist, each of other names, size, references, years and policy, to see that each gets its report."""

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


def of_another_council(workspace: Path, number: int) -> None:
    """Settings and one to three years of extracts, the last 2021-22; the same for the same number."""
    chance, raw = np.random.default_rng(number), workspace / "data" / "raw"
    raw.mkdir(parents=True)
    council = _settings(number)
    (raw / "council.yaml").write_text(yaml.safe_dump(council, sort_keys=False), encoding="utf-8")
    for year in (2019, 2020, 2021)[number % 3 :]:
        folder = raw / f"{year}-{year % 100 + 1}"
        folder.mkdir()
        of_a_year = (
            (SAMPLE / "2021-22" / "report.yaml")
            .read_text(encoding="utf-8")
            .replace("2022-", f"{year + 1}-")
        )
        (folder / "report.yaml").write_text(
            of_a_year.replace("Complaints and representations: a", "A"), encoding="utf-8"
        )
        for name, table in _extracts(chance, council, year, number).items():
            table.to_csv(folder / f"{name}.csv", index=False)


def _settings(number: int) -> dict:
    council = yaml.safe_load((SAMPLE / "council.yaml").read_text(encoding="utf-8"))
    del council["notice"]
    policy = {
        "policy": "suppress" if number % 3 else "publish",
        "reason": "By decision of the panel.",
    }
    return council | {
        "authority": AUTHORITIES[number % 4], "service": SERVICES[number % 3], "panel": "Scrutiny Panel 2",
        "year_style": ("2021 to 2022", "2021/22")[number % 2],
        "service_areas": [*council["service_areas"][:4], "Leaving care 16+", "SEND 0 to 25", "Team 3"],
        "themes": [*council["themes"][:5], "section 20 accommodation", "post-16 support, 18 to 25"],
        "disclosure": policy | ({"round_to": 5} if number % 6 == 5 else {}),
    }  # fmt: skip


def _extracts(
    chance: np.random.Generator, council: dict, year: int, number: int
) -> dict[str, pd.DataFrame]:
    many = max(1, int(SIZES[number % 6] * chance.uniform(0.6, 1.5)))

    def some(*codes: str, of: int = many) -> np.ndarray:
        return chance.choice(codes, of)

    def days(first: int, last: int, of: int = many) -> pd.TimedeltaIndex:
        return pd.to_timedelta(chance.integers(first, last, of), unit="D")

    begins = pd.Timestamp(year, 4, 1)
    received, accepted, is_open = (
        begins + days(0, 364),
        chance.random(many) > 0.08,
        chance.random(many) < 0.05,
    )
    closed = pd.Series(received + days(5, 60)).where(~is_open)
    complaints = pd.DataFrame({
        "reference": [REFERENCES[number % 4].format(year=year, number=1 + one + 1000 * (year - 2019)) for one in range(many)],
        "received": received, "service_area": some(*council["service_areas"]),
        "complainant_type": some("child or young person", "parent", "foster carer", "care leaver", "other"),
        "route": some("direct", "advocate"), "method": some("email", "letter"), "accepted": np.where(accepted, "yes", "no"),
        "theme": [f"{one}; {other}" if one != other else one
                  for one, other in zip(some(*council["themes"]), some(*council["themes"]), strict=True)],
        "not_accepted_reason": np.where(accepted, "", some("other procedure", "over one year old")),
        "status": np.where(is_open, "open", "closed"), "closed": closed,
        "outcome": np.where(accepted & ~is_open, some(*OUTCOMES), ""), "gender": some("female", "male", ""),
        "complainant_name": [f"{one} {other}" for one, other in zip(some(*FIRST_NAMES), some(*LAST_NAMES), strict=True)],
        "telephone": [f"07700 900{one:03d}" for one in chance.integers(0, 999, many)],
    })  # fmt: skip
    at_stage_1 = complaints[accepted]
    first = pd.DataFrame({
        "complaint": at_stage_1["reference"], "stage": 1, "requested": at_stage_1["received"], "extended": "no",
        "responded": at_stage_1["received"] + days(3, 40, len(at_stage_1)), "outcome": some(*OUTCOMES[:3], of=len(at_stage_1)),
    })  # fmt: skip
    second = first[: len(first) // 6]
    asked = second["responded"] + pd.Timedelta(days=5)
    second = second.assign(stage=2, requested=asked, responded=asked + days(10, 90, len(second)), bypassed="no",
                           cost=chance.uniform(500, 4000, len(second)).round(2))  # fmt: skip
    cases, kind, actions = (
        chance.integers(0, 12),
        chance.integers(0, 3 * many),
        chance.integers(0, 6),
    )
    return {
        "complaints": complaints,
        "investigations": pd.concat([first, second]),
        "ombudsman": pd.DataFrame({
            "reference": [f"O{year}{one}" for one in range(cases)], "received": begins + days(0, 364, cases),
            "service_area": some(*council["service_areas"], of=cases), "subject": some("Delay", "Contact", of=cases),
            "in_scope": some("yes", "no", of=cases), "decision": "under investigation",
        }),
        "compliments": pd.DataFrame({
            "reference": [f"P{year}{one}" for one in range(kind)], "received": begins + days(0, 364, kind),
            "service_area": some(*council["service_areas"], of=kind), "source": some("parent or carer", "police", of=kind),
        }),
        "learning": pd.DataFrame({
            "reference": [f"L{year}{one}" for one in range(actions)], "complaint": some(*complaints["reference"], of=actions),
            "lesson": "Plans came late.", "action": "Send plans in time.", "status": "in progress",
        }),
        "activity": pd.DataFrame({"service_area": "", "measure": ["referrals", "children in need"],
                                  "count": [many * 9 + 1, many * 30 + 7], "as_at": f"{year + 1}-03-31"}),
    }  # fmt: skip
