"""The years of a workspace, and which of them a command names."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.system.file_states import check_no_special_files
from pipeline.system.folders import check_text_names
from pipeline.year import Year

if TYPE_CHECKING:
    from pipeline.settings.workspace import Settings

LATEST = "latest"
PART_SEPARATOR = ":"  # between a year and the last day of its part
# What runs read and write besides `data/raw`, where each reader has a finding for what is no file.
OPENED_FOLDERS = ("notebooks", "reports", "data/processed")


def years_in(workspace: Path) -> list[Year]:
    """The years with a folder in `data/raw`, oldest first; other folders are ignored."""
    return year_folders(raw_folder(Path(workspace)))


def check_workspace(workspace: Path) -> None:
    """Raise Problem for a folder that is no workspace, or has something that must not be opened."""
    check_text_names([workspace])
    if not raw_folder(workspace).is_dir():
        raise Problem(
            kind=Kind.SETTINGS,
            where=str(workspace),
            what="there is no folder data/raw here, so this is not a workspace",
            remedy=(
                "Change to the workspace's folder, or name it with --workspace. "
                "For a new one: annual-report init FOLDER."
            ),
        )
    check_no_special_files(workspace, *OPENED_FOLDERS)


def choose_year(workspace: Path, text: str) -> Year:
    """The year that a command names; it must be in the workspace."""
    check_workspace(workspace)
    available = years_in(workspace)
    if not available:
        raise Problem(
            kind=Kind.NOTHING_TO_DO,
            where="data/raw",
            what="there is no year here yet",
            remedy="Start one with: annual-report new 2021-22 (or another year).",
        )
    if text == LATEST:
        return available[-1]
    names = [str(year) for year in available]
    overview = f"This workspace contains {', '.join(names)}."
    try:
        year = Year.parse(text)
    except ValueError as error:
        raise Problem(
            kind=Kind.SETTINGS,
            where="year",
            what=f"{error}.{did_you_mean(text, names)}",
            remedy=overview,
        ) from None
    if year not in available:
        raise Problem(
            kind=Kind.SETTINGS,
            where="year",
            what=f"there is no folder data/raw/{year}",
            remedy=f"{overview} To start this one: annual-report new {year}.",
        )
    return year


def raw_folder(workspace: Path) -> Path:
    return workspace / "data" / "raw"


def year_folders(parent: Path) -> list[Year]:
    years = []
    for folder in sorted(parent.glob("*/")):
        try:
            years.append(Year.parse(folder.name))
        except ValueError:
            continue
    return years


def part_end(text: str, year: Year, data_as_at: date) -> date:
    """The day to which part of a year goes. Raises Problem for one that cannot be reported."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        what = f'"{text}" is not a date'
    else:
        if not year.first_day <= day <= year.last_day:
            what = f"{day} is not a day of {year}"
        elif day > data_as_at:
            what = f"{day} is after {data_as_at}, when the data was taken (`data_as_at`)"
        else:
            return day
    raise Problem(
        kind=Kind.SETTINGS,
        where="--to",
        what=what,
        remedy="Write the last day of the part for which the extracts are complete, such as "
        f"{date(year.starts, 12, 31)}.",
    )


def is_internal(settings: Settings) -> bool:
    """Whether a report is not to be published, because it gives small numbers away.

    What the annual report has more than the report on a part of its year may be a small number.
    """
    return settings.is_part and settings.council.disclosure.withholds
