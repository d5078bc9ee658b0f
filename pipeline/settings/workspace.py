"""The settings of one year of a workspace: read once, checked once, frozen."""

from __future__ import annotations

from pathlib import Path

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.settings.models import Council, Report, SettingsModel
from pipeline.settings.reading import read_model
from pipeline.year import Year


class Settings(SettingsModel):
    """Everything a run needs to know before it opens an extract."""

    workspace: Path
    year: Year
    council: Council
    report: Report
    processed: Path

    @property
    def raw(self) -> Path:
        return self.workspace / "data" / "raw"

    @property
    def published_folder(self) -> Path:
        return self.workspace / "reports" / str(self.year)

    @property
    def earlier_report_folders(self) -> list[Path]:
        """The folders of the workspace's reports of earlier years, oldest first."""
        reports = self.published_folder.parent
        return [reports / str(year) for year in _year_folders(reports) if year < self.year]

    @property
    def window(self) -> tuple[Year, ...]:
        """The years compared, oldest first."""
        return self.year.window(self.council.comparison_years)

    @property
    def available_years(self) -> tuple[Year, ...]:
        """Those years of the window whose extracts are in the workspace."""
        held = set(years_in(self.workspace))
        return tuple(year for year in self.window if year in held)


def years_in(workspace: Path) -> list[Year]:
    """The years with a folder under `data/raw`, oldest first; a folder with another name is not a year."""
    return _year_folders(Path(workspace) / "data" / "raw")


def _year_folders(parent: Path) -> list[Year]:
    found = []
    for folder in sorted(parent.glob("*/")):
        try:
            found.append(Year.parse(folder.name))
        except ValueError:
            continue
    return found


def load_settings(
    workspace: Path | str, year: str, processed: Path | str | None = None
) -> Settings:
    """Read and check both settings files; `year` is one of the workspace's, or `latest`.

    processed: the folder for what the steps make, by default `data/processed/<year>`.

    Raises a Problem that names the file, the line, the key, what was found, what is allowed and the nearest key.
    """
    workspace = Path(workspace).resolve()
    chosen = _choose_year(workspace, year)
    council = load_council(workspace)
    report = load_report(workspace, chosen, council)
    processed = (
        Path(processed).resolve() if processed else workspace / "data" / "processed" / str(chosen)
    )
    return Settings(
        workspace=workspace, year=chosen, council=council, report=report, processed=processed
    )


def load_council(workspace: Path) -> Council:
    """Read and check `council.yaml`; a Problem also for a folder that is no workspace."""
    _check_workspace(workspace)
    return read_model(Council, workspace / "data" / "raw" / "council.yaml", workspace)


def _check_workspace(workspace: Path) -> None:
    if not (workspace / "data" / "raw").is_dir():
        raise Problem(
            Kind.SETTINGS, str(workspace), "there is no folder data/raw here, so this is not a workspace",
            "Change to the workspace's folder, or name it with --workspace. For a new one: annual-report init FOLDER.",
        )  # fmt: skip


def load_report(workspace: Path, year: Year, council: Council) -> Report:
    """Read and check the `report.yaml` of a year, also against the council's settings."""
    report = read_model(Report, workspace / "data" / "raw" / str(year) / "report.yaml", workspace)
    name = f"data/raw/{year}/report.yaml"
    for item in report.item_type:
        if item not in council.item_types:
            hint = did_you_mean(item, list(council.item_types))
            raise Problem(
                Kind.SETTINGS, f"{name}, item_type", f'found "{item}", which is not one of the item types in council.yaml.{hint}',
                "Use one of: " + "; ".join(council.item_types) + ".",
            )  # fmt: skip
    for key, day in (("data_as_at", report.data_as_at), ("meeting_date", report.meeting_date)):
        if day < year.first_day:
            raise Problem(
                Kind.SETTINGS, f"{name}, {key}", f"{day} is before the year begins, on {year.first_day}",
                "Write this report's date; most likely it was taken over from an earlier year.",
            )  # fmt: skip
    return report


def _choose_year(workspace: Path, text: str) -> Year:
    _check_workspace(workspace)
    held = years_in(workspace)
    if not held:
        raise Problem(
            Kind.NOTHING_TO_DO, "data/raw", "holds no year yet",
            "Begin one with: annual-report new 2021-22, or whichever year it is.",
        )  # fmt: skip
    if text == "latest":
        return held[-1]
    have = ", ".join(map(str, held))
    try:
        year = Year.parse(text)
    except ValueError as error:
        hint = did_you_mean(text, [str(one) for one in held])
        raise Problem(
            Kind.SETTINGS, "year", f"{error}.{hint}", f"This workspace holds {have}."
        ) from None
    if year not in held:
        raise Problem(
            Kind.SETTINGS, "year", f"there is no folder data/raw/{year}",
            f"This workspace holds {have}. To begin this one: annual-report new {year}.",
        )  # fmt: skip
    return year
