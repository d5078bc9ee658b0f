"""The settings of one year of a workspace: read once, checked once, frozen."""

from __future__ import annotations

from datetime import date
from itertools import islice
from pathlib import Path

from pipeline.artifacts import DATA_PACKAGE, LEDGER_FOLDER, OPEN_DATA, is_final_package
from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.settings.fields import SettingsModel
from pipeline.settings.models import Council, Report
from pipeline.settings.reading import read_both, read_model
from pipeline.system.folders import check_text_names
from pipeline.year import Year, same_day

LATEST = "latest"
PART_SEPARATOR = ":"  # between a year and the last day of its part
REFERENCE_FOLDER = "reference"  # in data/raw: what other bodies publish


class Settings(SettingsModel):
    """All that a run needs to know before it opens an extract."""

    workspace: Path
    year: Year
    council: Council
    report: Report
    processed: Path
    to: date | None = None

    @property
    def raw(self) -> Path:
        return _raw_folder(self.workspace)

    @property
    def published_folder(self) -> Path:
        return self.workspace / "reports" / self.folder_name

    @property
    def folder_name(self) -> str:
        """The name of the report's folder: the year, or with the day to which its part goes."""
        return f"{self.year}-to-{self.to}" if self.to else str(self.year)

    @property
    def year_text(self) -> str:
        """The year as `load_settings` reads it, with the day to which its part goes."""
        return f"{self.year}{PART_SEPARATOR}{self.to}" if self.to else str(self.year)

    @property
    def is_part(self) -> bool:
        """Whether the report is on less than the whole year."""
        return self.to is not None and self.to < self.year.last_day

    def period_end(self, year: Year) -> date:
        """The last day of a year's part that is compared: of the whole year without `to`."""
        return same_day(self.to, year) if self.to else year.last_day

    @property
    def tables_name(self) -> str:
        """What a reader calls the folder of the steps' tables, wherever a run puts them first."""
        return f"data/processed/{self.folder_name}"

    @property
    def earlier_report_folders(self) -> list[Path]:
        """The folders of the workspace's reports on earlier years, oldest first."""
        reports = self.published_folder.parent
        return [reports / str(year) for year in _year_folders(reports) if year < self.year]

    @property
    def earlier_final_reports(self) -> list[Path]:
        """The folders of the last final report on each earlier year, oldest first.

        A final report that a draft has replaced is among the kept ones.
        """
        reports: list[Path] = []
        for folder in self.earlier_report_folders:
            replaced = sorted((folder.parent / "history" / folder.name).glob("*/"), reverse=True)
            final = (path for path in (folder, *replaced) if _is_final(path))
            reports += list(islice(final, 1))
        return reports

    @property
    def ledger(self) -> Path:
        """What the reports on this year have ever published, also if their files are gone."""
        return self.published_folder.parent / LEDGER_FOLDER / f"{self.folder_name}.csv"

    @property
    def earlier_ledgers(self) -> list[Path]:
        """The ledgers of earlier years, oldest first."""
        paths = self.ledger.parent.glob("????-??.csv")
        return sorted(path for path in paths if path.stem < str(self.year))

    @property
    def window(self) -> tuple[Year, ...]:
        """The years compared, oldest first."""
        return self.year.window(self.council.comparison_years)

    @property
    def available_years(self) -> tuple[Year, ...]:
        """The years of the window whose extracts are in the workspace, oldest first."""
        workspace_years = set(years_in(self.workspace))
        return tuple(year for year in self.window if year in workspace_years)


def years_in(workspace: Path) -> list[Year]:
    """The years with a folder in `data/raw`, oldest first; other folders are ignored."""
    return _year_folders(_raw_folder(Path(workspace)))


def load_settings(
    workspace: Path | str, year: str, processed: Path | str | None = None
) -> Settings:
    """The settings of a year, from council.yaml and the year's report.yaml.

    year: one of the workspace's years, or `latest`; for part of a year with the day to which it
        goes, as 2026-27:2026-12-31.
    processed: the folder for the tables of the steps, by default `data/processed/<year>`.
    Raises Problem with the file, the line, the key, what was found and what is allowed.
    """
    workspace_path = Path(workspace).resolve()
    name, _, day = year.partition(PART_SEPARATOR)
    chosen_year = _choose_year(workspace_path, name)
    check_text_names(_raw_folder(workspace_path).rglob("*"))
    report_path = _report_path(workspace_path, chosen_year)
    council, report = read_both(
        (Council, _council_path(workspace_path)), (Report, report_path), workspace_path
    )
    _check_report(report, council, chosen_year, workspace_path)
    settings = Settings(
        workspace=workspace_path,
        year=chosen_year,
        council=council,
        report=report,
        processed=workspace_path,
        to=_part_end(day, chosen_year, report) if day else None,
    )
    tables = Path(processed) if processed else workspace_path / settings.tables_name
    return settings.model_copy(update={"processed": tables.resolve()})


def _part_end(text: str, year: Year, report: Report) -> date:
    """The day to which part of a year goes. Raises Problem for one that cannot be reported."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        what = f'"{text}" is not a date'
    else:
        if not year.first_day <= day <= year.last_day:
            what = f"{day} is not a day of {year}"
        elif day > report.data_as_at:
            what = f"{day} is after {report.data_as_at}, when the data was taken (`data_as_at`)"
        else:
            return day
    raise Problem(
        kind=Kind.SETTINGS,
        where="--to",
        what=what,
        remedy="Write the last day of the part for which the extracts are complete, such as "
        f"{date(year.starts, 12, 31)}.",
    )


def load_council(workspace: Path) -> Council:
    """The settings in council.yaml.

    Raises Problem if they are wrong, or if the folder is not a workspace.
    """
    _check_workspace(workspace)
    return read_model(Council, _council_path(workspace), workspace)


def load_report(workspace: Path, year: Year, council: Council) -> Report:
    """The settings in the report.yaml of a year.

    Raises Problem if they are wrong in themselves, or do not fit the council's settings.
    """
    report = read_model(Report, _report_path(workspace, year), workspace)
    _check_report(report, council, year, workspace)
    return report


def _council_path(workspace: Path) -> Path:
    return _raw_folder(workspace) / "council.yaml"


def _report_path(workspace: Path, year: Year) -> Path:
    return _raw_folder(workspace) / str(year) / "report.yaml"


def _check_report(report: Report, council: Council, year: Year, workspace: Path) -> None:
    """Raise Problem if a report's settings do not fit the council's, or the year."""
    name = _report_path(workspace, year).relative_to(workspace).as_posix()
    _check_item_types(report, council, name)
    _check_dates(report, year, name)


def _check_item_types(report: Report, council: Council, name: str) -> None:
    for item_type in report.item_type:
        if item_type not in council.item_types:
            hint = did_you_mean(item_type, list(council.item_types))
            raise Problem(
                kind=Kind.SETTINGS,
                where=f"{name}, item_type",
                what=(
                    f'found "{item_type}", which is not one of the item types in '
                    f"council.yaml.{hint}"
                ),
                remedy=f"Use one of: {'; '.join(council.item_types)}.",
            )


def _check_dates(report: Report, year: Year, name: str) -> None:
    for key, day in (("data_as_at", report.data_as_at), ("meeting_date", report.meeting_date)):
        if day < year.first_day:
            raise Problem(
                kind=Kind.SETTINGS,
                where=f"{name}, {key}",
                what=f"{day} is before the year begins, on {year.first_day}",
                remedy="Write this report's date; it was probably copied from an earlier year.",
            )


def _check_workspace(workspace: Path) -> None:
    check_text_names([workspace])
    if not _raw_folder(workspace).is_dir():
        raise Problem(
            kind=Kind.SETTINGS,
            where=str(workspace),
            what="there is no folder data/raw here, so this is not a workspace",
            remedy=(
                "Change to the workspace's folder, or name it with --workspace. "
                "For a new one: annual-report init FOLDER."
            ),
        )


def _choose_year(workspace: Path, text: str) -> Year:
    """The year that a command names; it must be in the workspace."""
    _check_workspace(workspace)
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


def _raw_folder(workspace: Path) -> Path:
    return workspace / "data" / "raw"


def _is_final(report: Path) -> bool:
    package = report / DATA_PACKAGE
    has_numbers = package.is_file() and (report / OPEN_DATA).is_file()
    return has_numbers and is_final_package(package.read_bytes())


def _year_folders(parent: Path) -> list[Year]:
    years = []
    for folder in sorted(parent.glob("*/")):
        try:
            years.append(Year.parse(folder.name))
        except ValueError:
            continue
    return years
