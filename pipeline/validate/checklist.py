"""What the statutory guidance wants in the annual report, where this one says it, and on what data.

Children Act 1989 Representations Procedure (England) Regulations 2006, reg 13, and "Getting the Best from Complaints" (2006). The
words on changes not made, and the list of complainants' characteristics, are as councils quote them.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS_BY_NAME

EQUALITY_COLUMNS = ("age_band", "gender", "disability", "sexual_orientation", "ethnicity")
CHECKLIST_COLUMNS = ["number", "asked_for", "sections", "data", "gap"]


@dataclass(frozen=True)
class ChecklistItem:
    """One thing asked for: the sections that say it, the extracts it is made of, and columns of the first that may be empty."""

    requirement: str
    sections: tuple[str, ...]
    extracts: tuple[str, ...]
    optional_columns: tuple[str, ...] = ()


CHECKLIST_ITEMS = (
    ChecklistItem(
        "representations made to the authority",
        ("overview",),
        ("complaints", "ombudsman", "compliments"),
    ),
    ChecklistItem(
        "complaints at each stage, and with the Ombudsman",
        ("service_areas",),
        ("investigations", "ombudsman"),
    ),
    ChecklistItem("which customer groups complained", ("complainants",), ("complaints",)),
    ChecklistItem("the types of complaint", ("service_areas",), ("complaints",)),
    ChecklistItem("the outcomes", ("overview", "service_areas"), ("complaints", "investigations")),
    ChecklistItem(
        "advocacy under these arrangements", ("young_people", "complainants"), ("complaints",)
    ),
    ChecklistItem(
        "compliance with time limits, and agreed extensions",
        ("service_areas",),
        ("investigations",),
    ),
    ChecklistItem("learning, and changes made and not made", ("learning",), ("learning",)),
    ChecklistItem(
        "statistical data on complainants", ("complainants",), ("complaints",), EQUALITY_COLUMNS
    ),
    ChecklistItem(
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
    for number, item in enumerate(CHECKLIST_ITEMS, 1):
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
        gaps += list(_recording_gaps(item, of_year, settings))
        data = ", ".join(f"{name} {number:,}" for name, number in held.items())
        rows.append((number, item.requirement, ", ".join(item.sections), data, "; ".join(gaps)))
    return pd.DataFrame(rows, columns=CHECKLIST_COLUMNS)


def checklist_text(checklist: pd.DataFrame) -> str:
    """The checklist as lines for a terminal."""
    lines = ["What the guidance asks for, where the report says it, and on what data:", ""]
    for row in checklist.itertuples():
        lines.append(f"{row.number:>3}  {row.asked_for}: {row.sections} ({row.data})")
        lines += [f"     → {gap}" for gap in row.gap.split("; ") if gap]
    return "\n".join(lines)


def _recording_gaps(item: ChecklistItem, of_year: dict[str, pd.DataFrame], settings: Settings):
    extract = item.extracts[0]
    table = of_year.get(extract)
    for name in item.optional_columns:
        said = name.replace("_", " ")
        if not EXTRACTS_BY_NAME[extract].column(name).allowed_values(settings.council):
            yield f"{said} is not collected: council.yaml lists no codes for it"
        elif table is not None and table[name].isna().any():
            yield f"{said} was recorded for {table[name].notna().sum():,} of {len(table):,}"
