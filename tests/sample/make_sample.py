"""Writes the sample's extracts and published.csv: `python tests/sample/make_sample.py [FOLDER]`.

Without a folder, it writes them to data/raw, and copies that to the example in the package.

The result is always the same. There is no real case data. `sample_plan` says what happened; this
module works out the dates and invents the names, addresses and notes that a case system would
hold. All are obviously fictitious, with example.org addresses (RFC 2606), telephone numbers that
Ofcom reserves for drama, and postcodes in the non-existent area ZZ.
"""

from __future__ import annotations

import csv
import shutil
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

REPOSITORY = Path(__file__).resolve().parents[2]
RAW = REPOSITORY / "data" / "raw"
EXAMPLE = REPOSITORY / "pipeline" / "start" / "examples" / "children"
ABSENT_COLUMNS = {
    *("shorthand", "linked_to", "reopened", "closed_again", "grade", "acknowledged", "agreed_due"),
    *("procedure", "moved_to", "joint_with", "recommended_by"),
    *("complaints.remedy", "remedy_due", "remedy_done", "ombudsman_told"),
    *("early_remedy", "satisfactory_remedy"),
}
BANK_HOLIDAYS = sorted(holidays.country_holidays("GB", subdiv="ENG", years=range(2020, 2024)))

# fmt: off
FIRST_NAMES = (
    "Zarabel", "Quillon", "Wystan", "Yrsa", "Odalys", "Thackeray", "Ximena", "Ephrem", "Isolde",
    "Caspian", "Ottoline",
)
SURNAMES = (
    "Samplington", "Fictionby", "Testerby", "Madeupton", "Examplewick", "Dummythorpe", "Inventley",
    "Notarealson",
)
# Staff have other surnames, so that no surname belongs to both a member of staff and a complainant.
WORKERS = ("Workerby", "Staffington", "Teamsworth", "Dutyford")
STREETS = (
    "Example Street", "Sample Row", "Specimen Lane", "Placeholder Avenue", "Fiction Close",
)
DIALLING_CODES = ("01632 960", "07700 900")
NOTES = (
    "{adult} rang and would like to be answered by e-mail.",
    "Spoke to {adult}; manager told the same day.",
    "{adult} asked that the school of {child} be kept informed.",
    "Letter from {adult} scanned and filed.",
)
NOTES_OF_CHILDREN = (
    "Spoke to {adult}; manager told the same day.",
    "{adult} would like a visit after school or work.",
)
KINDNESSES = {
    plan.CHILD: (
        "{worker} is kind and always turns up.",
        "I like that {worker} listens to me.",
        "{worker} helped me with school.",
    ),
    plan.PARENT: (
        "Thank you to {worker}, who never gave up on us.",
        "{worker} explained every step and was always honest with us.",
        "We are doing so much better, and that is down to {worker}.",
        "{worker} treated our family with respect.",
    ),
    plan.CARER: (
        "{worker} rang back the same day, every time.",
        "Please thank {worker} for standing by this placement.",
    ),
    plan.PROFESSIONAL: (
        "{worker} prepared the meeting superbly.",
        "A pleasure to work with {worker}, who keeps the child at the centre.",
        "The report by {worker} was clear, fair and in time.",
    ),
    plan.COUNCIL: ("Thank you to {worker} for helping our authority out.",),
    plan.POLICE: (
        "{worker} and colleagues acted quickly and calmly.",
        "Thanks to {worker} for the help on a difficult night.",
    ),
    plan.OTHER: ("I saw how patient {worker} was and wanted to say so.",),
}
# fmt: on


class RandomChoice:
    """Choices that are the same on every machine and with every Python.

    Only `Random.random()` is guaranteed never to change.
    """

    def __init__(self, seed: str):
        self._random = Random(seed).random

    def number(self, below: int) -> int:
        return int(self._random() * below)

    def pick(self, items: Sequence):
        return items[self.number(len(items))]

    def shuffled(self, items: Iterable) -> list:
        return sorted(items, key=lambda _: self._random())

    def working_day(self, first: date, last: date) -> date:
        """A day from Monday to Friday that is not a bank holiday."""
        while True:
            day = first + timedelta(days=self.number((last - first).days + 1))
            if np.is_busday(day, holidays=BANK_HOLIDAYS):
                return day


def add_working_days(day: date, working_days: int) -> date:
    """The date so many working days later; the day itself is day 0."""
    if not working_days:
        return day
    offset = np.busday_offset(day, working_days, roll="backward", holidays=BANK_HOLIDAYS)
    return offset.item()


def yes_or_no(condition: object) -> str:
    return "yes" if condition else "no"


def complaints(year: str, names: Iterator[tuple[str, str]]) -> tuple[list[dict], list[dict]]:
    """The rows of `complaints` and of `investigations`.

    names: the first name and surname of each complainant in turn.
    """
    complaint_rows = []
    all_stages = []
    for number, case in enumerate(plan.COMPLAINTS[year], 1):
        reference = f"CYP-{year[2:4]}-{number:03d}"
        received = date.fromisoformat(case.received)
        stages = list(investigations(reference, received, case.stages))
        all_stages += stages
        if case.closed_after is None:
            closed = stages[-1]["responded"]
        else:
            closed = add_working_days(received, case.closed_after)
        age_band, gender, disability, ethnicity = case.characteristics
        complaint_rows.append(
            {
                "reference": reference,
                "received": received,
                "service_area": case.service_area,
                "team": case.team,
                "complainant_type": case.complainant_type,
                "route": case.route,
                "method": case.method,
                "theme": case.theme,
                "accepted": yes_or_no(not case.refusal_reason),
                "not_accepted_reason": case.refusal_reason,
                "status": "closed",
                "outcome": case.outcome,
                "closed": closed,
                "age_band": age_band,
                "gender": gender,
                "disability": disability,
                "ethnicity": ethnicity,
                **personal_columns(case, *next(names), RandomChoice(reference)),
            }
        )
    return complaint_rows, all_stages


def investigations(
    reference: str, received: date, stages: tuple[plan.Stage, ...]
) -> Iterator[dict]:
    """A row of `investigations` for each stage of one complaint."""
    previous_answer = received
    for stage in stages:
        requested = add_working_days(previous_answer, stage.requested_after)
        met = reported = None
        if stage.panel:
            met = add_working_days(requested, stage.panel[0])
            reported = add_working_days(met, stage.panel[1])
        if stage.answered_after is None:
            responded = None
        else:
            responded = add_working_days(reported or requested, stage.answered_after)
        previous_answer = responded
        agreed = None
        if stage.agreed_after is not None:
            agreed = add_working_days(requested, stage.agreed_after)
        yield {
            "complaint": reference,
            "stage": stage.number,
            "requested": requested,
            "agreed": agreed,
            "bypassed": yes_or_no(stage.bypassed) if stage.number == 2 else "",
            "extended": "" if stage.number == 3 else yes_or_no(stage.extension_ground),
            "extension_ground": stage.extension_ground,
            "panel_met": met,
            "panel_reported": reported,
            "responded": responded,
            "outcome": stage.outcome,
            "cost": None if stage.cost is None else f"{stage.cost}.00",
        }


def personal_columns(case: plan.Complaint, first: str, surname: str, choice: RandomChoice) -> dict:
    """The personal columns of a complaint, about somebody who does not exist."""
    adult = f"{first} {surname}"
    dialling_code = choice.pick(DIALLING_CODES)
    is_own_complaint = case.complainant_type in ("child or young person", "care leaver")
    if is_own_complaint:
        child = adult
    else:
        child = f"{choice.pick([name for name in FIRST_NAMES if name != first])} {surname}"
    age = case.age or 3 + choice.number(13)
    age_in_days = timedelta(days=age * 366 + choice.number(300))
    house = f"{1 + choice.number(90)} {choice.pick(STREETS)}"
    postcode = f"ZZ{1 + choice.number(9)} {choice.number(10)}ZZ"
    notes = NOTES_OF_CHILDREN if is_own_complaint else NOTES
    return {
        "complainant_name": adult,
        "child_name": child,
        "date_of_birth": date.fromisoformat(case.received) - age_in_days,
        "address": f"{house}, Calderbrook, {postcode}",
        "email": f"{first}.{surname}@example.org".lower(),
        "telephone": f"{dialling_code}{choice.number(1000):03d}",
        "notes": choice.pick(notes).format(adult=adult, child=child),
    }


def numbered_rows(extract: str, prefix: str, year: str, rows: Sequence[tuple]) -> list[dict]:
    """Rows of the plan as dicts of the extract's columns, with references from 01."""
    names = [name for name in sample_columns(extract) if name != "reference"]
    return [
        {"reference": f"{prefix}-{year[2:4]}-{number:02d}", **dict(zip(names, row, strict=True))}
        for number, row in enumerate(rows, 1)
    ]


def ombudsman(year: str) -> list[dict]:
    return numbered_rows("ombudsman", "OMB", year, plan.OMBUDSMAN[year])


def learning(year: str) -> list[dict]:
    return numbered_rows("learning", "LRN", year, plan.LEARNING[year])


def compliments(year: str) -> list[dict]:
    """One row per compliment of the plan, in order of date, including the quotations."""
    choice = RandomChoice(f"compliments {year}")
    span = Year.parse(year)
    areas = repeated(plan.COMPLIMENTS_BY_AREA[year])
    sources = repeated(plan.COMPLIMENTS_BY_SOURCE[year])
    for area, source, _ in plan.QUOTATIONS[year]:
        areas.remove(area)
        sources.remove(source)
    unquoted = [
        (area, source, "") for area, source in zip(areas, choice.shuffled(sources), strict=True)
    ]
    dated = [
        (choice.working_day(span.first_day, span.last_day), compliment)
        for compliment in (*plan.QUOTATIONS[year], *unquoted)
    ]
    dated.sort(key=lambda pair: pair[0])
    rows = []
    for number, (received, (area, source, approved)) in enumerate(dated, 1):
        team = choice.pick(plan.TEAMS[area])
        text = choice.pick(KINDNESSES[source])
        worker = f"{choice.pick(FIRST_NAMES)} {choice.pick(WORKERS)}"
        rows.append(
            {
                "reference": f"CMP-{year[2:4]}-{number:03d}",
                "received": received,
                "service_area": area,
                "team": team,
                "source": source,
                "text": text.format(worker=worker),
                "approved_text": approved,
            }
        )
    return rows


def concerns(year: str) -> list[dict]:
    choice = RandomChoice(f"concerns {year}")
    span = Year.parse(year)
    areas = choice.shuffled(repeated(plan.CONCERNS_BY_AREA[year]))
    days = sorted(choice.working_day(span.first_day, span.last_day) for _ in areas)
    return [
        {
            "received": day,
            "service_area": area,
            "settled": add_working_days(day, 1 + choice.number(8)),
        }
        for day, area in zip(days, areas, strict=True)
    ]


def training(year: str) -> list[dict]:
    names = sample_columns("training")
    return [dict(zip(names, row, strict=True)) for row in plan.TRAINING[year]]


def activity(year: str) -> list[dict]:
    names = sample_columns("activity")
    counted_on = Year.parse(year).last_day
    return [dict(zip(names, (*row, counted_on), strict=True)) for row in plan.ACTIVITY[year]]


def published() -> list[dict]:
    """The rows of published.csv: the years without extracts."""
    rows = []
    for place, year in enumerate(plan.YEARS_PUBLISHED):
        for figure, (categories, values) in plan.PUBLISHED.items():
            for category, value in zip(categories, values[place], strict=True):
                row = {"year": year, "figure": figure, "category": category, "value": value}
                rows.append(row | {"source": plan.INVENTED})
    return rows


def repeated(counts: dict[str, int]) -> list[str]:
    """Each name as often as its count says."""
    names = []
    for name, count in counts.items():
        names += [name] * count
    return names


def sample_columns(extract: str) -> list[str]:
    """The columns that the invented council's system exports, in the dictionary's order."""
    names = EXTRACTS_BY_NAME[extract].column_names
    return [name for name in names if not {name, f"{extract}.{name}"} & ABSENT_COLUMNS]


def write(folder: Path, extract: str, rows: list[dict]) -> None:
    """One CSV with the dictionary's columns in its order: UTF-8, line feeds, ISO dates."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{extract}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, sample_columns(extract), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"wrote {path}: {len(rows)} rows")


def main(raw: Path) -> None:
    write(raw, "published", published())
    names = iter(RandomChoice("complainants").shuffled(product(FIRST_NAMES, SURNAMES)))
    optional = (
        (concerns, plan.CONCERNS_BY_AREA),
        (training, plan.TRAINING),
        (activity, plan.ACTIVITY),
    )
    for year in plan.COMPLAINTS:
        complaint_rows, stages = complaints(year, names)
        write(raw / year, "complaints", complaint_rows)
        write(raw / year, "investigations", stages)
        for extract in (ombudsman, compliments, learning):
            write(raw / year, extract.__name__, extract(year))
        for extract, planned in optional:
            if year in planned:
                write(raw / year, extract.__name__, extract(year))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else RAW)
    if len(sys.argv) == 1:
        shutil.rmtree(EXAMPLE)
        shutil.copytree(RAW, EXAMPLE)
