"""What the statutory guidance requires in the annual report, and what data there is for it.

This is known before a report is made. What its page then says is in `audit/checklist.py`.

Children Act 1989 Representations Procedure (England) Regulations 2006, reg 13, and "Getting the
Best from Complaints" (2006). The words on changes not made, and the list of complainants'
characteristics, are as councils quote them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS_BY_NAME

EQUALITY_COLUMNS = ("age_band", "gender", "disability", "sexual_orientation", "ethnicity")
CHECKLIST_COLUMNS = ["number", "asked_for", "sections", "data", "gap"]


class Content(NamedTuple):
    """A part of a requirement, which a report meets if its page prints a number of it.

    figures: patterns of `figure/category`, one of which must match.
    if_any: whether it may be left out if there were none.
    """

    name: str
    figures: tuple[str, ...]
    if_any: bool = False


@dataclass(frozen=True)
class ChecklistItem:
    """One requirement of the guidance.

    sections: of the report, that meet it.
    contents: what its page must print.
    extracts: that it is made from.
    optional_columns: of the first extract, which may be empty.
    """

    requirement: str
    sections: tuple[str, ...]
    contents: tuple[Content, ...]
    extracts: tuple[str, ...]
    optional_columns: tuple[str, ...] = ()


CHECKLIST_ITEMS = (
    ChecklistItem(
        requirement="representations made to the authority",
        sections=("overview",),
        contents=(
            Content("complaints", ("complaints.received/*",)),
            Content("compliments", ("compliments.received/*",)),
        ),
        extracts=("complaints", "ombudsman", "compliments"),
    ),
    ChecklistItem(
        requirement="complaints at each stage, and with the Ombudsman",
        sections=("outcomes", "ombudsman"),
        contents=(
            Content(
                "stage 1",
                (
                    "stage_1.*",
                    "complaints.by_stage/stage 1",
                ),
            ),
            Content(
                "stage 2",
                (
                    "stage_2.*",
                    "complaints.by_stage/stage 2",
                ),
            ),
            Content(
                "stage 3",
                (
                    "stage_3.*",
                    "complaints.by_stage/stage 3",
                ),
            ),
            Content(
                "the Ombudsman",
                (
                    "ombudsman.received/*",
                    "ombudsman.by_decision/*",
                ),
            ),
        ),
        extracts=("investigations", "ombudsman"),
    ),
    ChecklistItem(
        requirement="which customer groups complained",
        sections=("complainants",),
        contents=(Content("who complained", ("complaints.by_complainant/*",)),),
        extracts=("complaints",),
    ),
    ChecklistItem(
        requirement="the types of complaint",
        sections=("service_areas",),
        contents=(Content("what complaints were about", ("complaints.by_theme/*",)),),
        extracts=("complaints",),
    ),
    ChecklistItem(
        requirement="the outcomes",
        sections=("key_points", "outcomes"),
        contents=(
            Content(
                "outcomes",
                (
                    "complaints.by_outcome/*",
                    "complaints.decided_by_outcome/*",
                ),
            ),
        ),
        extracts=("complaints", "investigations"),
    ),
    ChecklistItem(
        requirement="advocacy under these arrangements",
        sections=("young_people",),
        contents=(Content("advocates", ("complaints.by_route/*",)),),
        extracts=("complaints",),
    ),
    ChecklistItem(
        requirement="compliance with time limits, and agreed extensions",
        sections=("response_times",),
        contents=(
            Content("stage 1", ("stage_1.timeliness/*", "stage_1.in_time/*")),
            Content("stage 2", ("stage_2.timeliness/*", "stage_2.in_time/*")),
            Content("stage 3", ("stage_3.timeliness/*", "stage_3.in_time/*", "stage_3.panel/*")),
        ),
        extracts=("investigations",),
    ),
    ChecklistItem(
        requirement="learning, and changes made and not made",
        sections=("learning",),
        contents=(
            Content(
                "actions",
                (
                    "learning.recorded/*",
                    "learning.actions/*",
                ),
            ),
            Content("how far they have come", ("learning.by_status/*",)),
            Content("changes not made", ("learning.not_implemented/*",), if_any=True),
        ),
        extracts=("learning",),
    ),
    ChecklistItem(
        requirement="statistical data on complainants",
        sections=("equality",),
        contents=(
            Content("age band", ("complaints.by_age_band/*",)),
            Content("gender", ("complaints.by_gender/*",)),
            Content("disability", ("complaints.by_disability/*",)),
            Content("sexual orientation", ("complaints.by_sexual_orientation/*",)),
            Content("ethnicity", ("complaints.by_ethnicity/*",)),
        ),
        extracts=("complaints",),
        optional_columns=EQUALITY_COLUMNS,
    ),
    ChecklistItem(
        requirement="how effective the procedure is",
        sections=("outcomes", "response_times", "learning"),
        contents=(
            Content(
                "how many went on to a later stage",
                ("complaints.escalated/*", "complaints.went_on_to_*"),
            ),
            Content(
                "how many were upheld",
                (
                    "complaints.decided_by_outcome/*",
                    "complaints.upheld_wholly_or_partly/*",
                    "complaints.by_outcome/*upheld",
                ),
            ),
        ),
        extracts=("complaints", "investigations", "learning"),
    ),
)


def checklist(tables: dict[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """Each of CHECKLIST_ITEMS for the year reported, with what is missing for it.

    The columns are CHECKLIST_COLUMNS; `gap` is in words, empty where there is none.
    tables: the typed extracts by name; one that was not supplied is absent or has no rows of the
        year.
    """
    year = str(settings.year)
    year_tables = {name: table[table["year"] == year] for name, table in tables.items()}
    printed_sections = settings.council.sections.names
    rows = []
    for number, item in enumerate(CHECKLIST_ITEMS, start=1):
        row_counts = {name: len(year_tables.get(name, ())) for name in item.extracts}
        gaps = [
            f"the section {name} is not among the sections of council.yaml"
            for name in item.sections
            if name not in printed_sections
        ]
        for name, row_count in row_counts.items():
            if not row_count:
                gaps.append(f"{name} has no rows for {year}")
        gaps += _recording_gaps(item, year_tables, settings)
        data = ", ".join(f"{name} {row_count:,}" for name, row_count in row_counts.items())
        rows.append((number, item.requirement, ", ".join(item.sections), data, "; ".join(gaps)))
    return pd.DataFrame(rows, columns=CHECKLIST_COLUMNS)


def checklist_text(checklist: pd.DataFrame) -> str:
    """The checklist as lines for a terminal."""
    lines = ["What the guidance requires, the section for it, and the data that there is:", ""]
    for row in checklist.itertuples():
        lines.append(f"{row.number:>3}  {row.asked_for}: {row.sections} ({row.data})")
        lines += [f"     → {gap}" for gap in row.gap.split("; ") if gap]
    return "\n".join(lines)


def _recording_gaps(
    item: ChecklistItem, year_tables: dict[str, pd.DataFrame], settings: Settings
) -> Iterator[str]:
    """What is said of each column that may be empty and is, in some row or because of settings."""
    extract = item.extracts[0]
    table = year_tables.get(extract)
    for name in item.optional_columns:
        title = name.replace("_", " ")
        if not EXTRACTS_BY_NAME[extract].column(name).allowed_values(settings.council):
            yield f"{title} is not collected: council.yaml lists no codes for it"
        elif table is not None and table[name].isna().any():
            yield f"{title} was recorded for {table[name].notna().sum():,} of {len(table):,}"
