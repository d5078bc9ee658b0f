"""The complaints of the second sample, and the stages that they go through, with their dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import holidays
import numpy as np
from make_sample import DIALLING_CODES, FIRST_NAMES, STREETS, RandomChoice, yes_or_no

from pipeline.settings.procedures import packaged_procedure
from pipeline.year import Year

PLACE = "Wendlemere"
BANK_HOLIDAYS = sorted(holidays.country_holidays("GB", subdiv="ENG", years=range(2023, 2028)))
CALENDAR = np.busdaycalendar(holidays=BANK_HOLIDAYS)
GROUNDS = {
    "corporate": {"complex": 80, "other good reason": 20},
    "children": {"complex": 85, "advocate": 15},
}
KINDS = ("within", "extended", "late")
SAME_OUTCOME_PERCENT = 66  # of reviews that confirm the stage before

# fmt: off
AGE_BANDS = {"18 to 24": 8, "25 to 44": 34, "45 to 64": 34, "65 and over": 24}
CHARACTERISTICS = {
    "age_band": AGE_BANDS,
    "gender": {"female": 56, "male": 43, "in another way": 1},
    "disability": {"no": 72, "yes": 28},
    "ethnicity": {
        "White": 76, "Asian or Asian British": 11, "Black, Black British, Caribbean or African": 6,
        "Mixed or multiple ethnic groups": 4, "Other ethnic group": 3,
    },
}
SHARE_WITH_CHARACTERISTICS = 58
NOTES = (
    "{name} rang to ask when an answer would come.",
    "Form from {name} filed, copy sent to the manager.",
    "{name} prefers e-mail.",
)
# fmt: on


def add_working_days(day: date, working_days: int) -> date:
    """The date so many working days later; the day itself is day 0."""
    added = np.busday_offset(day, working_days, roll="backward", busdaycal=CALENDAR)
    return added.item()


class Draw(RandomChoice):
    """Weighted choices that are the same on every machine."""

    def weighted(self, weights: dict[str, int]) -> str:
        """One of the names, by weight."""
        place = self.number(sum(weights.values()))
        for name, weight in weights.items():
            place -= weight
            if place < 0:
                return name
        raise AssertionError("the weights are used up")

    def happens(self, percent: int) -> bool:
        return self.number(100) < percent

    def working_day(self, first: date, last: date) -> date:
        """A day from Monday to Friday that is not a bank holiday."""
        while True:
            day = first + timedelta(days=self.number((last - first).days + 1))
            if np.is_busday(day, busdaycal=CALENDAR):
                return day

    def between(self, limits: Sequence[int]) -> int:
        first, last = limits
        return first + self.number(last - first + 1)


class ProcedureYear:
    """The rows of one procedure in one year.

    plan: what whole_council.yaml says. people: the names of complainants, each used once.
    """

    def __init__(self, name: str, year: str, plan: dict[str, Any], people: Iterator[str]) -> None:
        self.name, self.year, self.plan = name, year, plan
        self.of_procedure = plan["procedures"][name]
        self.as_at: date = plan["years"][year]["as_at"]
        self.span = Year.parse(year)
        self.people = people
        self.draw = Draw(f"{name} {year}")
        self.decided = packaged_procedure(name).decided
        self.complaints: list[dict] = []
        self.stages: list[dict] = []

    def reference(self, kind: str, number: int) -> str:
        return f"{self.of_procedure['prefix']}{kind}-{self.year[2:4]}-{number:03d}"

    def make_complaints(self) -> None:
        areas = self.of_procedure["areas"]
        weights = {area: planned["weight"][self.year] for area, planned in areas.items()}
        pairs = []
        for _ in range(self.of_procedure["received"][self.year]):
            area = self.draw.weighted(weights)
            pairs.append((self.day_received(areas[area]["months"][self.year]), area))
        for number, (received, area) in enumerate(sorted(pairs), 1):
            self.make_complaint(self.reference("", number), received, area)
        self.link_complaints()

    def day_received(self, busy_months: list[int]) -> date:
        """A working day of the year; one of a busy month is four times as likely."""
        while True:
            day = self.draw.working_day(self.span.first_day, self.span.last_day)
            if day.month in busy_months or self.draw.happens(25):
                return day

    def make_complaint(self, reference: str, received: date, area: str) -> None:
        planned, of_area = self.of_procedure, self.of_procedure["areas"][area]
        themes = [self.draw.weighted(of_area["themes"])]
        others = {name: w for name, w in of_area["themes"].items() if name not in themes}
        if self.draw.happens(planned["several_themes"]):
            themes.append(self.draw.weighted(others))
        row = {
            "reference": reference,
            "received": received,
            "service_area": area,
            "team": self.draw.pick(of_area["teams"]),
            "complainant_type": self.draw.weighted(planned["complainants"]),
            "route": self.draw.weighted(planned["routes"]),
            "method": self.draw.weighted(planned["methods"]),
            "theme": "; ".join(themes),
            "joint_with": self.joint_with(),
            **self.characteristics(),
            **self.person(),
            "procedure": self.name,
        }
        if row["complainant_type"] == "child or young person":
            row |= {"age_band": "under 18", "child_name": row["complainant_name"]}
        is_refused = self.draw.happens(planned["refused"]["share"])
        row |= self.refusal(received) if is_refused else self.decision(row, of_area)
        self.complaints.append(row)

    def joint_with(self) -> str:
        for other, percent in self.of_procedure.get("joint_with", {}).items():
            if self.draw.happens(percent):
                return other
        return ""

    def characteristics(self) -> dict[str, str]:
        if not self.draw.happens(SHARE_WITH_CHARACTERISTICS):
            return {}
        return {name: self.draw.weighted(weights) for name, weights in CHARACTERISTICS.items()}

    def person(self) -> dict[str, Any]:
        """The personal columns, about somebody who does not exist."""
        name, draw = next(self.people), self.draw
        person = {
            "complainant_name": name,
            "address": f"{1 + draw.number(90)} {draw.pick(STREETS)}, {PLACE}, "
            f"ZZ{1 + draw.number(9)} {draw.number(10)}ZZ",
            "email": f"{name.replace(' ', '.')}@example.org".lower(),
            "telephone": f"{draw.pick(DIALLING_CODES)}{draw.number(1000):03d}",
            "notes": draw.pick(NOTES).format(name=name),
        }
        if self.name == "children":
            person["child_name"] = f"{draw.pick(FIRST_NAMES)} {name.split()[1]}"
            days = (4 + draw.number(13)) * 365 + draw.number(300)
            person["date_of_birth"] = self.span.first_day - timedelta(days=days)
        return person

    def refusal(self, received: date) -> dict[str, Any]:
        reason = self.draw.weighted(self.of_procedure["refused"]["reasons"])
        closed = add_working_days(received, 1 + self.draw.number(6))
        return {
            "accepted": "no",
            "not_accepted_reason": reason,
            "status": "closed",
            "closed": min(closed, self.as_at),
        }

    def decision(self, row: dict[str, Any], of_area: dict[str, Any]) -> dict[str, Any]:
        """Whether the complaint is open, and how it ended, after making its investigations."""
        weights = of_area.get("outcomes", self.of_procedure["outcomes"])
        outcome = self.draw.weighted(weights)
        received = row["received"]
        accepted = {"accepted": "yes", "status": "closed", "outcome": outcome}
        if outcome not in self.decided:
            closed = min(add_working_days(received, 2 + self.draw.number(8)), self.as_at)
            return accepted | {"closed": closed}
        outcomes = {name: weights[name] for name in weights if name in self.decided}
        stages = list(self.investigations(row, outcome, outcomes))
        self.stages += stages
        last = stages[-1]
        if last["responded"] is None:
            return accepted | {"status": "open", "outcome": ""}
        return accepted | {"outcome": last["outcome"], "closed": last["responded"]}

    def investigations(
        self, complaint: dict[str, Any], outcome: str, outcomes: dict[str, int]
    ) -> Iterator[dict[str, Any]]:
        """A row for each stage of a complaint, up to the first that is not answered.

        outcome: of the first stage. outcomes: weights of those that later stages may have.
        """
        requested = complaint["received"]
        for number, planned in enumerate(self.of_procedure["stages"], 1):
            if number > 1:
                requested = add_working_days(requested, self.draw.between(planned["requested"]))
                if requested > self.as_at or not self.draw.happens(planned["reached"]):
                    return
                if not self.draw.happens(SAME_OUTCOME_PERCENT):
                    outcome = self.draw.weighted(outcomes)
            row = self.investigation(planned, requested)
            is_answered = row["responded"] is not None
            yield row | {
                "complaint": complaint["reference"],
                "stage": str(number),
                "requested": requested,
                "bypassed": "no" if "cost" in planned and number == 2 else "",
                "outcome": outcome if is_answered else "",
                "cost": f"{self.draw.between(planned['cost'])}.00"
                if is_answered and "cost" in planned
                else "",
                "procedure": self.name,
            }
            if not is_answered:
                return
            requested = row["responded"]

    def investigation(self, planned: dict[str, Any], requested: date) -> dict[str, Any]:
        """The dates of a stage, of which those after the data was taken are missing."""
        draw = self.draw
        shares = dict(zip(KINDS, planned["shares"][self.year], strict=True))
        kind = draw.weighted(shares)
        row: dict[str, Any] = {}
        start = requested
        if "acknowledgement" in planned:
            first, limit, latest = planned["acknowledgement"]
            is_late = draw.happens(planned["late_acknowledgement"][self.year])
            days = draw.between((limit + 1, latest)) if is_late else draw.between((first, limit))
            row["acknowledged"] = add_working_days(requested, days)
            if self.name == "corporate":
                start = row["acknowledged"]
        if "panel" in planned:
            row["panel_met"] = add_working_days(start, draw.between(planned["panel"]))
            start = add_working_days(row["panel_met"], draw.between(planned["report"]))
            row["panel_reported"] = start
        responded = add_working_days(start, draw.between(planned[kind]))
        row["responded"] = max(responded, row.get("acknowledged", responded))
        if kind == "extended" and self.name == "adult":
            row["agreed_due"] = add_working_days(row["responded"], draw.number(5))
        row = {name: day if day <= self.as_at else None for name, day in row.items()}
        is_extended = kind == "extended" and self.name in GROUNDS
        if self.name in GROUNDS and "panel" not in planned:
            row["extended"] = yes_or_no(is_extended)
        if is_extended:
            row["extension_ground"] = draw.weighted(GROUNDS[self.name])
        return row

    def link_complaints(self) -> None:
        """Some complaints about one incident: the later is counted as the earlier."""
        first_of: dict[tuple, dict] = {}
        links_left = self.of_procedure["linked"][self.year]
        escalated = {row["complaint"] for row in self.stages if row["stage"] != "1"}
        for row in self.complaints:
            key = (row["service_area"], row["received"].isocalendar()[:2], row.get("outcome"))
            is_plain = row.get("outcome") in self.decided and row["reference"] not in escalated
            if not links_left or not is_plain:
                continue
            first = first_of.setdefault(key, row)
            if first is not row and "linked_to" not in first:
                row["linked_to"] = first["reference"]
                links_left -= 1

    def move_complaints(self, others: dict[str, ProcedureYear]) -> None:
        """Move some complaints to other procedures, which count them."""
        refused = [row for row in self.complaints if row["accepted"] == "no"]
        for row, target in zip(refused, self.of_procedure["moved"][self.year], strict=False):
            row |= {"moved_to": target, "not_accepted_reason": "other procedure"}
            other = others[target]
            day = min(add_working_days(row["received"], 2), self.span.last_day)
            areas = list(other.of_procedure["areas"])
            number = len(other.complaints) + 1
            other.make_complaint(other.reference("", number), day, other.draw.pick(areas))
            for column in ("complainant_name", "address", "email", "telephone", "notes"):
                other.complaints[-1][column] = row[column]
