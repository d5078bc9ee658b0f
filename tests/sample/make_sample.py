"""Write the sample workspace's extracts and published.csv, always the same: `python tests/sample/make_sample.py [FOLDER]`.

No real case data exists. `sample_plan` says what happened; here are made the dates that follow, and the names, addresses and
notes that a case system would hold: all obviously fictitious, with example.org addresses (RFC 2606), telephone numbers that
Ofcom keeps for drama, and postcodes of the area ZZ, which is nowhere.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from random import Random

import holidays
import numpy as np
import sample_plan as plan

from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.year import Year

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"
DAYS_OFF = sorted(holidays.country_holidays("GB", subdiv="ENG", years=range(2020, 2024)))

FIRST_NAMES = (
    "Zarabel",
    "Quillon",
    "Wystan",
    "Yrsa",
    "Odalys",
    "Thackeray",
    "Ximena",
    "Ephrem",
    "Isolde",
    "Caspian",
    "Ottoline",
)
SURNAMES = (
    "Samplington",
    "Fictionby",
    "Testerby",
    "Madeupton",
    "Examplewick",
    "Dummythorpe",
    "Inventley",
    "Notarealson",
)
WORKERS = (
    "Workerby",
    "Staffington",
    "Teamsworth",
    "Dutyford",
)  # other surnames, so that nobody stands on both sides
STREETS = ("Example Street", "Sample Row", "Specimen Lane", "Placeholder Avenue", "Fiction Close")
NOTES = (
    "{adult} rang and would like to be answered by e-mail.", "Spoke to {adult}; manager told the same day.",
    "{adult} asked that the school of {child} be kept informed.", "Letter from {adult} scanned and filed.",
)  # fmt: skip
NOTES_OF_CHILDREN = (
    "Spoke to {adult}; manager told the same day.",
    "{adult} would like a visit after school or work.",
)
KINDNESSES = {
    plan.CHILD: (
        "{worker} is kind and always turns up.", "I like that {worker} listens to me.", "{worker} helped me with school.",
    ),
    plan.PARENT: (
        "Thank you to {worker}, who never gave up on us.", "{worker} explained every step and was always honest with us.",
        "We are doing so much better, and that is down to {worker}.", "{worker} treated our family with respect.",
    ),
    plan.CARER: ("{worker} rang back the same day, every time.", "Please thank {worker} for standing by this placement."),
    plan.PROFESSIONAL: (
        "{worker} prepared the meeting superbly.", "A pleasure to work with {worker}, who keeps the child at the centre.",
        "The report by {worker} was clear, fair and in time.",
    ),
    plan.COUNCIL: ("Thank you to {worker} for helping our authority out.",),
    plan.POLICE: ("{worker} and colleagues acted quickly and calmly.", "Thanks to {worker} for the help on a difficult night."),
    plan.OTHER: ("I saw how patient {worker} was and wanted to say so.",),
}  # fmt: skip


class Chance:
    """Choices that are the same on every machine and every Python: only `random()` is promised never to change."""

    def __init__(self, seed: str):
        self._random = Random(seed).random

    def number(self, below: int) -> int:
        return int(self._random() * below)

    def pick(self, items: Sequence):
        return items[self.number(len(items))]

    def shuffled(self, items: Iterable) -> list:
        return sorted(items, key=lambda _: self._random())

    def day(self, first: date, last: date) -> date:
        """A day from Monday to Friday that is no bank holiday."""
        while True:
            found = first + timedelta(days=self.number((last - first).days + 1))
            if np.is_busday(found, holidays=DAYS_OFF):
                return found


def later(day: date, working_days: int) -> date:
    """The day on which so many working days have passed; the day itself is day 0."""
    return (
        np.busday_offset(day, working_days, roll="backward", holidays=DAYS_OFF).item()
        if working_days
        else day
    )


def complaints(year: str, names: Iterator[tuple[str, str]]) -> tuple[list[dict], list[dict]]:
    """The rows of `complaints` and of `investigations`; names: first name and surname of each complainant in turn."""
    rows, stages = [], []
    for number, case in enumerate(plan.COMPLAINTS[year], 1):
        reference, received = f"CYP-{year[2:4]}-{number:03d}", date.fromisoformat(case.received)
        through = list(investigations(reference, received, case.stages))
        stages += through
        accepted = not case.turned_away
        closed = through[-1]["responded"] if case.ended is None else later(received, case.ended)
        age_band, gender, disability, ethnicity = case.recorded
        rows.append({
            "reference": reference, "received": received, "service_area": case.service_area, "team": case.team,
            "complainant_type": case.complainant_type, "route": case.route, "method": case.method, "theme": case.theme,
            "accepted": "yes" if accepted else "no", "not_accepted_reason": case.turned_away, "status": "closed",
            "outcome": case.outcome, "closed": closed, "age_band": age_band, "gender": gender, "disability": disability,
            "ethnicity": ethnicity, **person(case, *next(names), Chance(reference)),
        })  # fmt: skip
    return rows, stages


def investigations(
    reference: str, received: date, stages: tuple[plan.Stage, ...]
) -> Iterator[dict]:
    last = received
    for stage in stages:
        requested = later(last, stage.asked)
        met = later(requested, stage.panel[0]) if stage.panel else None
        reported = later(met, stage.panel[1]) if stage.panel else None
        last = None if stage.taken is None else later(reported or requested, stage.taken)
        yield {
            "complaint": reference, "stage": stage.number, "requested": requested,
            "agreed": None if stage.agreed is None else later(requested, stage.agreed),
            "bypassed": ("yes" if stage.bypassed else "no") if stage.number == 2 else "",
            "extended": "" if stage.number == 3 else "yes" if stage.ground else "no", "extension_ground": stage.ground,
            "panel_met": met, "panel_reported": reported, "responded": last, "outcome": stage.outcome,
            "cost": None if stage.cost is None else f"{stage.cost}.00",
        }  # fmt: skip


def person(case: plan.Complaint, first: str, surname: str, chance: Chance) -> dict:
    """The personal columns of a complaint: somebody who does not exist."""
    adult, dialling = f"{first} {surname}", chance.pick(("01632 960", "07700 900"))
    own = case.complainant_type in ("child or young person", "care leaver")
    child = (
        adult
        if own
        else f"{chance.pick([name for name in FIRST_NAMES if name != first])} {surname}"
    )
    age = case.aged or 3 + chance.number(13)
    birthday = date.fromisoformat(case.received) - timedelta(days=age * 366 + chance.number(300))
    return {
        "complainant_name": adult, "child_name": child, "date_of_birth": birthday,
        "address": f"{1 + chance.number(90)} {chance.pick(STREETS)}, Calderbrook, ZZ{1 + chance.number(9)} {chance.number(10)}ZZ",
        "email": f"{first}.{surname}@example.org".lower(), "telephone": f"{dialling}{chance.number(1000):03d}",
        "notes": chance.pick(NOTES_OF_CHILDREN if own else NOTES).format(adult=adult, child=child),
    }  # fmt: skip


def ombudsman(year: str) -> list[dict]:
    names = [name for name in EXTRACTS_BY_NAME["ombudsman"].column_names if name != "reference"]
    return [
        {"reference": f"OMB-{year[2:4]}-{number:02d}", **dict(zip(names, row, strict=True))}
        for number, row in enumerate(plan.OMBUDSMAN[year], 1)
    ]


def compliments(year: str) -> list[dict]:
    """One row for each compliment of the plan, in order of date; those with an approved text are among them."""
    chance, span = Chance(f"compliments {year}"), Year.parse(year)
    areas, sources = (
        spread(plan.COMPLIMENTS_BY_AREA[year]),
        spread(plan.COMPLIMENTS_BY_SOURCE[year]),
    )
    for area, source, _ in plan.QUOTATIONS[year]:
        areas.remove(area)
        sources.remove(source)
    pairs = [
        (area, source, "") for area, source in zip(areas, chance.shuffled(sources), strict=True)
    ]
    dated = sorted(
        (
            (chance.day(span.first_day, span.last_day), one)
            for one in (*plan.QUOTATIONS[year], *pairs)
        ),
        key=lambda pair: pair[0],
    )
    return [
        {
            "reference": f"CMP-{year[2:4]}-{number:03d}", "received": received, "service_area": area,
            "team": chance.pick(plan.TEAMS[area]), "source": source,
            "text": chance.pick(KINDNESSES[source]).format(worker=f"{chance.pick(FIRST_NAMES)} {chance.pick(WORKERS)}"),
            "approved_text": approved,
        }
        for number, (received, (area, source, approved)) in enumerate(dated, 1)
    ]  # fmt: skip


def learning(year: str) -> list[dict]:
    names = [name for name in EXTRACTS_BY_NAME["learning"].column_names if name != "reference"]
    return [
        {"reference": f"LRN-{year[2:4]}-{number:02d}", **dict(zip(names, row, strict=True))}
        for number, row in enumerate(plan.LEARNING[year], 1)
    ]


def concerns(year: str) -> list[dict]:
    chance, span = Chance(f"concerns {year}"), Year.parse(year)
    areas = chance.shuffled(spread(plan.CONCERNS_BY_AREA[year]))
    days = sorted(chance.day(span.first_day, span.last_day) for _ in areas)
    return [
        {"received": day, "service_area": area, "settled": later(day, 1 + chance.number(8))}
        for day, area in zip(days, areas, strict=True)
    ]


def training(year: str) -> list[dict]:
    return [
        dict(zip(EXTRACTS_BY_NAME["training"].column_names, row, strict=True))
        for row in plan.TRAINING[year]
    ]


def activity(year: str) -> list[dict]:
    names = EXTRACTS_BY_NAME["activity"].column_names
    return [
        dict(zip(names, (*row, Year.parse(year).last_day), strict=True))
        for row in plan.ACTIVITY[year]
    ]


def published() -> list[dict]:
    return [
        {
            "year": year,
            "figure": figure,
            "category": category,
            "value": value,
            "source": plan.INVENTED,
        }
        for place, year in enumerate(plan.YEARS_PUBLISHED)
        for figure, (categories, values) in plan.PUBLISHED.items()
        for category, value in zip(categories, values[place], strict=True)
    ]


def spread(counts: dict[str, int]) -> list[str]:
    """Each name as often as its count says."""
    return [name for name, count in counts.items() for _ in range(count)]


def write(folder: Path, extract: str, rows: list[dict]) -> None:
    """One CSV with the dictionary's columns in its order: UTF-8, line feeds, ISO dates, empty where unknown."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{extract}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, EXTRACTS_BY_NAME[extract].column_names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"wrote {path}: {len(rows)} rows")


def main(raw: Path) -> None:
    write(raw, "published", published())
    names = iter(Chance("complainants").shuffled(product(FIRST_NAMES, SURNAMES)))
    for year in plan.COMPLAINTS:
        cases, stages = complaints(year, names)
        write(raw / year, "complaints", cases)
        write(raw / year, "investigations", stages)
        for make in (ombudsman, compliments, learning):
            write(raw / year, make.__name__, make(year))
        for make, held in (
            (concerns, plan.CONCERNS_BY_AREA),
            (training, plan.TRAINING),
            (activity, plan.ACTIVITY),
        ):
            if year in held:
                write(raw / year, make.__name__, make(year))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else RAW)
