"""Writes the extracts of the second sample: `python tests/sample/make_whole_council.py [FOLDER]`.

Without a folder, it writes them to the example in the package. The result is always the same.
There is no real case data: whole_council.yaml says what happened at a council that does not exist,
and these modules work out dates and people. Nobody has such a name, e-mail address, telephone
number or postcode (see make_sample).
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import yaml
from make_sample import FIRST_NAMES, WORKERS, RandomChoice
from whole_council_cases import Draw, ProcedureYear, add_working_days
from whole_council_remedies import (
    with_compliance,
    with_partners,
    with_remedies,
    with_words_on_the_ombudsman,
)

from pipeline.procedures.model import UNDER_INVESTIGATION
from pipeline.validate.dictionary import EXTRACTS_BY_NAME

EXAMPLE = Path(__file__).resolve().parents[2] / "pipeline/start/examples/whole-council"
PLAN_FILE = Path(__file__).with_name("whole_council.yaml")
INVENTED = "Invented for this sample"
ABSENT_COLUMNS = {"shorthand", "grade", "reopened", "closed_again", "sexual_orientation"}

# fmt: off
MORE_FIRST_NAMES = (
    "Bramwell", "Clemency", "Dorothea", "Evander", "Fenella", "Gideon", "Hesper", "Ignatius",
    "Jocasta", "Lysander", "Marisol", "Nerys", "Peregrine",
)
SURNAME_BEGINNINGS = (
    "Fable", "Mock", "Sham", "Sample", "Pretend", "Fiction", "Dummy", "Specimen", "Notion", "Figment",  # noqa: E501
)
SURNAME_ENDS = ("worth", "bury", "thorpe", "wick", "croft", "shaw", "combe")
THANKS = (
    "{worker} could not have been kinder.", "Please pass my thanks to {worker}.",
    "{worker} sorted it out the same day.", "Very helpful advice from {worker}.",
)
# fmt: on
DECISION_DAYS = {"not for us or not ready": (4, 15), "premature": (4, 15)}
USUAL_DECISION_DAYS = (25, 88)


def ombudsman(year: ProcedureYear) -> Iterator[dict]:
    cases = year.plan["ombudsman"][year.name][year.year]
    draw = Draw(f"ombudsman {year.name} {year.year}")
    span = year.span
    days = sorted(draw.working_day(span.first_day, span.last_day) for _ in cases)
    cases = draw.shuffled(cases)
    for number, (received, case) in enumerate(zip(days, cases, strict=True), 1):
        area, subject, decision, *rest = case
        remedy, payment = [*rest, "", ""][:2]
        limits = DECISION_DAYS.get(decision, USUAL_DECISION_DAYS)
        decided = add_working_days(received, draw.between(limits))
        if decided > year.as_at:
            decided, decision, remedy, payment = None, UNDER_INVESTIGATION, "", ""
        yield {
            "reference": year.reference("-OMB", number),
            "complaint": complaint_about(year, area, received),
            "received": received,
            "service_area": area,
            "subject": subject,
            "in_scope": "yes",
            "decision": decision,
            "decided": decided,
            "remedy": remedy,
            "payment": f"{payment}.00" if payment else "",
            "procedure": year.name,
        }


def complaint_about(year: ProcedureYear, area: str, latest_day: date, upheld: bool = False) -> str:
    """The latest complaint on an area that was closed before a day, if there is one."""
    references = [
        row["reference"]
        for row in year.complaints
        if row["service_area"] == area
        and row.get("closed")
        and row["closed"] < latest_day
        and row.get("outcome") in year.decided
        and not row.get("linked_to")
        and (not upheld or not row["outcome"].startswith("not"))
    ]
    return references[-1] if references else ""


def learning(year: ProcedureYear) -> Iterator[dict]:
    names = ("lesson", "action", "owner", "due", "status", "completed", "reason")
    for number, (area, *rest) in enumerate(year.plan["learning"][year.name][year.year], 1):
        row = dict(zip(names, [*rest, "", ""], strict=False))
        yield {
            "reference": year.reference("-LRN", number),
            "complaint": complaint_about(year, area, row["due"], upheld=True),
            **row,
            "procedure": year.name,
        }


def compliments(year: ProcedureYear) -> list[dict]:
    draw = Draw(f"compliments {year.name} {year.year}")
    quoted = year.plan["quotations"][year.name][year.year]
    areas = year.of_procedure["areas"]
    number_of_others = year.of_procedure["compliments"][year.year] - len(quoted)
    rows = list(quoted)
    for _ in range(number_of_others):
        rows.append([draw.pick(list(areas)), draw.weighted(year.of_procedure["sources"]), ""])
    dated = [(draw.working_day(year.span.first_day, year.span.last_day), row) for row in rows]
    return [
        {
            "reference": year.reference("-CMP", number),
            "received": day,
            "service_area": area,
            "team": draw.pick(areas[area]["teams"]),
            "source": source,
            "text": draw.pick(THANKS).format(
                worker=f"{draw.pick(MORE_FIRST_NAMES)} {draw.pick(WORKERS)}"
            ),
            "approved_text": approved,
            "procedure": year.name,
        }
        for number, (day, (area, source, approved)) in enumerate(
            sorted(dated, key=lambda pair: pair[0]), 1
        )
    ]


def concerns(year: ProcedureYear) -> list[dict]:
    draw = Draw(f"concerns {year.name} {year.year}")
    weights = {n: area["weight"][year.year] for n, area in year.of_procedure["areas"].items()}
    rows: set[tuple[date, str, date | None]] = set()  # no two are the same in every column
    while len(rows) < year.of_procedure["concerns"][year.year]:
        day = draw.working_day(year.span.first_day, year.span.last_day)
        settled = add_working_days(day, 1 + draw.number(7)) if draw.happens(94) else None
        rows.add((day, draw.weighted(weights), settled))
    return [
        {"received": day, "service_area": area, "settled": settled, "procedure": year.name}
        for day, area, settled in sorted(rows, key=str)
    ]


def training(year: ProcedureYear) -> list[dict]:
    names = EXTRACTS_BY_NAME["training"].column_names
    rows = year.plan["training"][year.name][year.year]
    return [dict(zip(names, [*row, year.name], strict=True)) for row in rows]


def self_assessment(year: ProcedureYear) -> list[dict]:
    """The council against the Code, which is asked for under one procedure."""
    names = ("section", "requirement", "meets", "evidence", "action", "due")
    assessed = year.plan["self_assessment"].get(year.name, {}).get(year.year, [])
    rows = [dict(zip(names, row, strict=False)) for row in assessed]
    return [row | {"procedure": year.name} for row in rows]


def activity(year: ProcedureYear) -> list[dict]:
    day = {"as_at": year.span.last_day, "procedure": year.name}
    measured = year.plan["activity"][year.name][year.year]
    return [{"measure": measure, "count": count} | day for measure, count in measured]


def published(plan: dict[str, Any]) -> Iterator[dict]:
    """The rows of published.csv: the years without extracts."""
    for procedure, figures in plan["published"].items():
        for place, year in enumerate(plan["published_years"]):
            for figure, categories in figures.items():
                for category, values in categories.items():
                    row = {"year": year, "figure": figure, "category": category}
                    row |= {"value": values[place], "source": INVENTED, "procedure": procedure}
                    yield row


def complainants() -> Iterator[str]:
    """Names that nobody has, each once."""
    surnames = [first + last for first, last in product(SURNAME_BEGINNINGS, SURNAME_ENDS)]
    pairs = product((*FIRST_NAMES, *MORE_FIRST_NAMES), surnames)
    return (
        f"{first} {surname}" for first, surname in RandomChoice("whole council").shuffled(pairs)
    )


def write(folder: Path, extract: str, rows: Iterable[dict[str, Any]]) -> None:
    """One CSV in the dictionary's columns and order: UTF-8, line feeds, ISO dates."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{extract}.csv"
    names = EXTRACTS_BY_NAME[extract].column_names
    with path.open("w", encoding="utf-8", newline="") as file:
        columns = [name for name in names if name not in ABSENT_COLUMNS]
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(raw: Path) -> None:
    plan = yaml.safe_load(PLAN_FILE.read_text(encoding="utf-8"))
    write(raw, "published", published(plan))
    people = complainants()
    for year in plan["years"]:
        parts = {name: ProcedureYear(name, year, plan, people) for name in plan["procedures"]}
        for part in parts.values():
            part.make_complaints()
        for part in parts.values():
            part.move_complaints(parts)
        for part in parts.values():
            with_remedies(part)
            with_words_on_the_ombudsman(part.stages)
        with_partners(parts)
        extracts: dict[str, list[dict[str, Any]]] = {
            "complaints": [row for part in parts.values() for row in part.complaints],
            "investigations": [row for part in parts.values() for row in part.stages],
        }
        for make in (
            ombudsman,
            compliments,
            learning,
            concerns,
            training,
            activity,
            self_assessment,
        ):
            extracts[make.__name__] = [row for part in parts.values() for row in make(part)]
        as_at = next(iter(parts.values())).as_at
        extracts["ombudsman"] = list(with_compliance(extracts["ombudsman"], as_at))
        for extract, rows in extracts.items():
            write(raw / year, extract, rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLE)
