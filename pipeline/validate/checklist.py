"""What the statutory guidance wants in the annual report, where this one says it, and on what data.

Children Act 1989 Representations Procedure (England) Regulations 2006, reg 13, and "Getting the Best from Complaints" (2006). The
words on changes not made, and the list of complainants' characteristics, are as councils quote them.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.settings import Settings
from pipeline.validate.dictionary import BY_NAME

EQUALITY = ("age_band", "gender", "disability", "sexual_orientation", "ethnicity")
COLUMNS = ["number", "asked_for", "sections", "data", "gap"]


@dataclass(frozen=True)
class Item:
    """One thing asked for: the sections that say it, the extracts it is made of, and columns of the first that may be empty."""

    asked_for: str
    sections: tuple[str, ...]
    extracts: tuple[str, ...]
    recorded: tuple[str, ...] = ()


ITEMS = (
    Item(
        "representations made to the authority",
        ("overview",),
        ("complaints", "ombudsman", "compliments"),
    ),
    Item(
        "complaints at each stage, and with the Ombudsman",
        ("service_areas",),
        ("investigations", "ombudsman"),
    ),
    Item("which customer groups complained", ("complainants",), ("complaints",)),
    Item("the types of complaint", ("service_areas",), ("complaints",)),
    Item("the outcomes", ("overview", "service_areas"), ("complaints", "investigations")),
    Item("advocacy under these arrangements", ("young_people", "complainants"), ("complaints",)),
    Item(
        "compliance with time limits, and agreed extensions",
        ("service_areas",),
        ("investigations",),
    ),
    Item("learning, and changes made and not made", ("learning",), ("learning",)),
    Item("statistical data on complainants", ("complainants",), ("complaints",), EQUALITY),
    Item(
        "how effective the procedure is",
        ("overview", "service_areas", "learning"),
        ("complaints", "investigations", "learning"),
    ),
)


def checklist(tables: dict[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """Each of ITEMS for the year reported: COLUMNS, with `gap` in words, empty where there is none.

    tables: the typed extracts by name, of which one that was not handed over is absent or without rows of the year.
    """
    of_year = {name: table[table["year"] == str(settings.year)] for name, table in tables.items()}
    order = settings.council.sections
    printed = {*order.front, *order.main}
    rows = []
    for number, item in enumerate(ITEMS, 1):
        held = {name: len(of_year.get(name, ())) for name in item.extracts}
        gaps = [
            f"the section {name} is not among the sections of council.yaml"
            for name in item.sections
            if name not in printed
        ]
        gaps += [
            f"{name} holds nothing for {settings.year}"
            for name, number in held.items()
            if not number
        ]
        gaps += list(_unrecorded(item, of_year, settings))
        data = ", ".join(f"{name} {number:,}" for name, number in held.items())
        rows.append((number, item.asked_for, ", ".join(item.sections), data, "; ".join(gaps)))
    return pd.DataFrame(rows, columns=COLUMNS)


def as_text(checked: pd.DataFrame) -> str:
    """The checklist as lines for a terminal."""
    lines = ["What the guidance asks for, where the report says it, and on what data:", ""]
    for row in checked.itertuples():
        lines.append(f"{row.number:>3}  {row.asked_for}: {row.sections} ({row.data})")
        lines += [f"     → {gap}" for gap in row.gap.split("; ") if gap]
    return "\n".join(lines)


def _unrecorded(item: Item, of_year: dict[str, pd.DataFrame], settings: Settings):
    extract = item.extracts[0]
    table = of_year.get(extract)
    for name in item.recorded:
        said = name.replace("_", " ")
        if not BY_NAME[extract].column(name).allowed(settings.council):
            yield f"{said} is not collected: council.yaml lists no codes for it"
        elif table is not None and table[name].isna().any():
            yield f"{said} was recorded for {table[name].notna().sum():,} of {len(table):,}"
