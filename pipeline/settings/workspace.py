"""The settings of one year of a workspace: read once, checked once, frozen."""

from __future__ import annotations

from datetime import date
from itertools import islice
from pathlib import Path

from pipeline.artifacts import (
    DATA_PACKAGE,
    JOINT_STEP,
    LEDGER_FOLDER,
    OPEN_DATA,
    STEPS,
    is_final_package,
)
from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.settings.fields import SettingsModel
from pipeline.settings.models import Council, Report
from pipeline.settings.reading import SettingsFiles, read_both, read_model
from pipeline.settings.years import (
    PART_SEPARATOR,
    check_workspace,
    choose_year,
    part_end,
    raw_folder,
    year_folders,
    years_in,
)
from pipeline.system.folders import check_text_names
from pipeline.year import Year, same_day

COMMENTARY_FILE = "commentary.md"
COMMENTS_FILE = "comments.csv"  # of readers, in the folder of a review
REFERENCE_FOLDER = "reference"  # in data/raw: what other bodies publish


class Settings(SettingsModel):
    """All that a run needs to know before it opens an extract."""

    workspace: Path
    year: Year
    council: Council
    report: Report
    processed: Path
    procedure: str = ""  # the one that they are for, in a workspace with several
    to: date | None = None  # the last day of part of a year

    @property
    def raw(self) -> Path:
        return raw_folder(self.workspace)

    @property
    def published_folder(self) -> Path:
        return self.workspace / "reports" / self.procedure / self.folder_name

    @property
    def report_name(self) -> str:
        """What a reader calls the report's folder."""
        return Path("reports", self.procedure, self.folder_name).as_posix()

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
        return Path("data/processed", self.procedure, self.folder_name).as_posix()

    @property
    def name(self) -> str:
        """What a command calls the report: its year, with its procedure if there are several."""
        return f"{self.year_text}/{self.procedure}" if self.procedure else self.year_text

    @property
    def is_joint(self) -> bool:
        """Whether the report is on all procedures of a council that has several."""
        return len(self.council.procedures) > 1 and not self.procedure

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of a run, in order; the last one writes the report."""
        return (JOINT_STEP,) if self.is_joint else STEPS

    @property
    def commentary(self) -> Path:
        """What the analyst writes for the report, if there is such a file."""
        return _file_of_procedure(self.raw / str(self.year) / COMMENTARY_FILE, self.procedure)

    @property
    def earlier_report_folders(self) -> list[Path]:
        """The folders of the workspace's reports on earlier years, oldest first."""
        reports = self.published_folder.parent
        return [reports / str(year) for year in year_folders(reports) if year < self.year]

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
    def review_folder(self) -> Path:
        """Where a review of returned Word files leaves its table, comments and replaced texts."""
        return (self.workspace / self.tables_name).with_name(f"{self.year}.review")

    @property
    def reader_comments(self) -> Path:
        """The comments in the Word files that came back."""
        return self.review_folder / COMMENTS_FILE

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


def load_settings(
    workspace: Path | str,
    year: str,
    processed: Path | str | None = None,
    procedure: str | None = None,
) -> Settings:
    """The settings of a year, from council.yaml and the year's report.yaml.

    year: one of the workspace's years, or `latest`; for part of a year with the day to which it
        goes, as 2026-27:2026-12-31; with a procedure after a slash, as 2025-26/corporate.
    processed: the folder for the tables of the steps, by default `data/processed/<year>`.
    procedure: of several, the one that the settings are for: `council.<procedure>.yaml` and
        `report.<procedure>.yaml` replace keys of the two files. Without it: the joint report.
    Raises Problem with the file, the line, the key, what was found and what is allowed.
    """
    workspace_path = Path(workspace).resolve()
    year_name, _, name_after_year = year.partition("/")
    name, _, day = (year_name if name_after_year else year).partition(PART_SEPARATOR)
    chosen_year = choose_year(workspace_path, name)
    chosen = procedure or name_after_year
    check_text_names(raw_folder(workspace_path).rglob("*"))
    council_files, report_files = (
        _settings_files(path, workspace_path, chosen)
        for path in (_council_path(workspace_path), _report_path(workspace_path, chosen_year))
    )
    council, report = read_both((Council, council_files), (Report, report_files))
    _check_procedure(chosen, council)
    _check_report(report, council, chosen_year, workspace_path)
    settings = Settings(
        workspace=workspace_path,
        year=chosen_year,
        council=council,
        report=report,
        processed=workspace_path,
        procedure=chosen,
        to=part_end(day, chosen_year, report.data_as_at) if day else None,
    )
    tables = Path(processed) if processed else workspace_path / settings.tables_name
    council = council.as_joint() if settings.is_joint else council
    return settings.model_copy(update={"processed": tables.resolve(), "council": council})


def load_procedures(settings: Settings) -> list[Settings]:
    """The settings of each procedure, in the order of council.yaml, of those of a joint report.

    The tables and reports of procedures are in folders of their own, whatever the joint one's is.
    """
    return [
        load_settings(settings.workspace, settings.year_text, procedure=procedure.name)
        for procedure in settings.council.procedures
    ]


def load_council(workspace: Path) -> Council:
    """The settings in council.yaml.

    Raises Problem if they are wrong, or if the folder is not a workspace.
    """
    check_workspace(workspace)
    return read_model(Council, SettingsFiles((_council_path(workspace),), workspace))


def load_report(workspace: Path, year: Year, council: Council) -> Report:
    """The settings in the report.yaml of a year.

    Raises Problem if they are wrong in themselves, or do not fit the council's settings.
    """
    report = read_model(Report, SettingsFiles((_report_path(workspace, year),), workspace))
    _check_report(report, council, year, workspace)
    return report


def _settings_files(path: Path, workspace: Path, procedure: str) -> SettingsFiles:
    """A settings file, with the one that replaces keys of it for a procedure."""
    own = _file_of_procedure(path, procedure)
    paths = (path, own) if own != path and own.is_file() else (path,)
    return SettingsFiles(paths, workspace, procedure)


def _file_of_procedure(path: Path, procedure: str) -> Path:
    """The file with what one procedure has of its own: `council.corporate.yaml`."""
    return path.with_suffix(f".{procedure}{path.suffix}") if procedure else path


def _check_procedure(procedure: str, council: Council) -> None:
    """Raise Problem if a procedure is not one of several in council.yaml."""
    names = council.procedure_names
    if not procedure or (len(names) > 1 and procedure in names):
        return
    if len(names) > 1:
        what = f'there is no procedure "{procedure}".{did_you_mean(procedure, list(names))}'
        remedy = f"Use one of: {', '.join(names)}."
    else:
        what = f"council.yaml lists one procedure, {names[0]}, so its report has no other name"
        remedy = "Name the year alone."
    raise Problem(kind=Kind.SETTINGS, where="procedure", what=what, remedy=remedy)


def _council_path(workspace: Path) -> Path:
    return raw_folder(workspace) / "council.yaml"


def _report_path(workspace: Path, year: Year) -> Path:
    return raw_folder(workspace) / str(year) / "report.yaml"


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


def _is_final(report: Path) -> bool:
    package = report / DATA_PACKAGE
    has_numbers = package.is_file() and (report / OPEN_DATA).is_file()
    return has_numbers and is_final_package(package.read_bytes())
