"""Who the council is and which year is reported: read once, checked once, frozen.

`data/raw/council.yaml` holds what stays from year to year and `data/raw/<year>/report.yaml` what belongs to one report.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    StringConstraints,
    model_validator,
)  # fmt: skip
from pydantic_core import PydanticCustomError

from pipeline.colour import contrast
from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.settings_file import read_model
from pipeline.year import Year


def _day(given: Any) -> Any:
    """A date as 2022-11-09 and in no other way: a bare number would be taken for the seconds since 1970."""
    try:
        return given if isinstance(given, date) else datetime.strptime(given, "%Y-%m-%d").date()
    except (TypeError, ValueError):
        raise PydanticCustomError("date_type", "not a date") from None


def _year(given: Any) -> Any:
    """A year as 2021-22."""
    try:
        return Year.parse(given)
    except (TypeError, ValueError):
        raise PydanticCustomError("year_type", "not a financial year") from None


def _readable(colour: str) -> str:
    """A colour on which white reads and which reads on a light ground: contrast 4.5 (WCAG 2.2, 1.4.3)."""
    worst = min(contrast(colour, ground) for ground in GROUNDS)
    if worst < 4.5:
        raise PydanticCustomError("colour_contrast", "{worst}", {"worst": f"{worst:.1f}"})
    return colour


GROUNDS = ("#FFFFFF", "#F3F5F7")  # what the page's colour stands on, or has writing of on it
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Code = Text
Day = Annotated[date, BeforeValidator(_day)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$"), AfterValidator(_readable)]
Headings = Annotated[tuple[Text, ...], BeforeValidator(lambda given: (given,) if isinstance(given, str) else given)]


class Section(BaseModel):
    """What every part of the settings has in common: unknown keys are refused and nothing changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Contact(Section):
    """Whom a reader may ask: a role and an address, never a private person."""

    role: Text
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
    telephone: Text | None = None


class TimeLimits(Section):
    """Working days allowed for each step of the procedure.

    Children Act 1989 Representations Procedure (England) Regulations 2006, regs 14 to 20, and the guidance "Getting the Best
    from Complaints" (2006). Councils differ only in when the stage 2 clock starts.
    """

    stage_1: PositiveInt = 10
    stage_1_extended: PositiveInt = 20
    stage_2_request: PositiveInt = 20
    stage_2: PositiveInt = 25
    stage_2_extended: PositiveInt = 65
    stage_2_clock: Literal["requested", "agreed"] = "requested"
    stage_3_request: PositiveInt = 20
    stage_3_panel: PositiveInt = 30
    stage_3_report: PositiveInt = 5
    stage_3_response: PositiveInt = 15

    @model_validator(mode="after")
    def _extended_is_longer(self):
        if self.stage_1_extended <= self.stage_1 or self.stage_2_extended <= self.stage_2:
            raise ValueError("an extended limit must be longer than the limit it extends")
        return self


class BankHolidays(Section):
    """Days that the holiday calendar of England lacks or has wrongly, such as a one-off bank holiday."""

    add: tuple[Day, ...] = ()
    remove: tuple[Day, ...] = ()


class Disclosure(Section):
    """How small numbers are published, and why: a decision of the council, kept on record.

    threshold: the largest small number. sensitive: groups of figures, or ids of figures, whose small numbers are withheld;
    any other number is withheld only where it would give one of these away. show_zero: a 0 is not small. protection: how far
    apart the least and the largest value must be that a reader can work out for a withheld number. round_to: what counts of
    people are rounded to, once the small ones are withheld; 1 where they are not.
    """

    policy: Literal["publish", "suppress"]
    reason: Text
    threshold: PositiveInt = 5
    sensitive: tuple[Code, ...] = ("characteristics", "breakdowns")
    show_zero: bool = True
    protection: PositiveInt = 2
    round_to: PositiveInt = 1

    @model_validator(mode="after")
    def _rounding_belongs_to_withholding(self):
        if self.policy == "publish" and self.round_to > 1:
            raise ValueError("round_to goes with `policy: suppress`: under `publish` every count is shown as it is")
        return self


class Equality(Section):
    """The codes the council records of complainants; a column without codes is not collected."""

    age_band: tuple[Code, ...] = ()
    gender: tuple[Code, ...] = ()
    disability: tuple[Code, ...] = ()
    ethnicity: tuple[Code, ...] = ()
    sexual_orientation: tuple[Code, ...] = ()


class Sections(Section):
    """The parts of the report in the order in which they are printed: `front` plain, `main` numbered."""

    front: tuple[Code, ...] = ("at_a_glance", "why", "key_points", "courses_of_action", "contact_officer", "exemption")
    main: tuple[Code, ...] = (
        "overview", "service_areas", "young_people", "complainants", "learning", "compliments", "training", "about_the_data",
        "contact",
    )  # fmt: skip


class Stage(Section):
    """The headings of a wide export that hold one stage of a case; a stage without headings is not unfolded.

    reached: headings of which at least one is filled where the case came to this stage; without them, the stage's own headings
    below (those that no column of `complaints` uses). The rest are the columns of `investigations`.
    """

    reached: Headings = ()
    requested: Text | None = None
    agreed: Text | None = None
    bypassed: Text | None = None
    extended: Text | None = None
    extension_ground: Text | None = None
    panel_met: Text | None = None
    panel_reported: Text | None = None
    responded: Text | None = None
    outcome: Text | None = None
    cost: Text | None = None

    @property
    def headings(self) -> dict[str, str]:
        """Column of `investigations` → heading, for the columns that the export holds."""
        return {name: value for name, value in self if name != "reached" and value}


class Stages(Section):
    """How one row a case becomes one row a stage."""

    stage_1: Stage = Stage()
    stage_2: Stage = Stage()
    stage_3: Stage = Stage()

    @property
    def used(self) -> dict[str, Stage]:
        """Number of the stage → its headings, for the stages that have any."""
        return {name.removeprefix("stage_"): stage for name, stage in self if stage.headings}


class SeriesBreak(Section):
    """A year from which a figure counts something else than before, so that the years cannot be compared across it."""

    figure: Code
    from_year: Annotated[Year, BeforeValidator(_year)]
    note: Text


class Council(Section):
    """`council.yaml`: the authority, its words and its rules."""

    authority: Text
    directorate: Text
    service: Text
    panel: Text
    report_of: Text
    contact: Contact
    colour: Colour = "#12436D"
    logo: Annotated[str, StringConstraints(pattern=r"^[^/\\]+\.(png|svg)$")] | None = None
    la_code: Annotated[str, StringConstraints(pattern=r"^E\d{8}$")] | None = None
    service_areas: Annotated[tuple[Code, ...], Field(min_length=1)]
    themes: Annotated[tuple[Code, ...], Field(min_length=1)]
    item_types: Annotated[tuple[Text, ...], Field(min_length=1)]
    disclosure: Disclosure
    equality: Equality = Equality()
    comparison_years: Annotated[int, Field(ge=1, le=20)] = 5
    keep_runs: Annotated[int, Field(ge=0, le=90)] = 10
    year_style: Literal["2021 to 2022", "2021/22"] = "2021 to 2022"
    small_base: PositiveInt = 20
    row_count_tolerance: Annotated[float, Field(ge=0)] = 0.5
    time_limits: TimeLimits = TimeLimits()
    bank_holidays: BankHolidays = BankHolidays()
    sections: Sections = Sections()
    series_breaks: tuple[SeriesBreak, ...] = ()
    empty_commentary: Text | None = None
    notice: Text | None = None
    columns: dict[Text, dict[Text, Headings]] = {}
    values: dict[Text, dict[Text, str]] = {}
    stages: Stages = Stages()
    dates: Literal["day first", "month first"] | None = None


class AcceptedWarning(Section):
    """A warning that somebody has looked at: its rule, why the report may be final all the same, and who says so."""

    rule: Code
    reason: Text
    name: Text


class AllowedName(Section):
    """A word that is a name in the records and not one in the report: why it may stand there, and who says so."""

    words: Text
    reason: Text
    name: Text


class Report(Section):
    """`<year>/report.yaml`: one meeting, one report."""

    subject: Text
    meeting_date: Day
    data_as_at: Day
    author: Text
    wards: Text
    item_type: Annotated[tuple[Text, ...], Field(min_length=1)]
    exempt: bool
    exempt_reason: Text | None = None
    members_are_asked: Text
    accepted_warnings: tuple[AcceptedWarning, ...] = ()
    allowed_names: tuple[AllowedName, ...] = ()

    @model_validator(mode="after")
    def _an_exemption_has_a_reason(self):
        if self.exempt and not self.exempt_reason:
            raise ValueError("an exempt report needs `exempt_reason`: the paragraph of Schedule 12A that applies")
        return self


class Settings(Section):
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
    def published_before(self) -> list[Path]:
        """The folders of the workspace's reports of earlier years, oldest first."""
        reports = self.published_folder.parent
        return [reports / str(year) for year in _years_below(reports) if year < self.year]

    @property
    def window(self) -> tuple[Year, ...]:
        """The years compared, oldest first."""
        return self.year.window(self.council.comparison_years)

    @property
    def years_held(self) -> tuple[Year, ...]:
        """Those years of the window whose extracts are in the workspace."""
        held = set(years_in(self.workspace))
        return tuple(year for year in self.window if year in held)


def years_in(workspace: Path) -> list[Year]:
    """The years with a folder under `data/raw`, oldest first; a folder with another name is not a year."""
    return _years_below(Path(workspace) / "data" / "raw")


def _years_below(parent: Path) -> list[Year]:
    found = []
    for folder in sorted(parent.glob("*/")):
        try:
            found.append(Year.parse(folder.name))
        except ValueError:
            continue
    return found


def load_settings(workspace: Path | str, year: str, processed: Path | str | None = None) -> Settings:
    """Read and check both settings files; `year` is one of the workspace's, or `latest`.

    processed: the folder for what the steps make, by default `data/processed/<year>`.

    Raises a Problem that names the file, the line, the key, what was found, what is allowed and the nearest key.
    """
    workspace = Path(workspace).resolve()
    chosen = _choose_year(workspace, year)
    council = load_council(workspace)
    report = load_report(workspace, chosen, council)
    processed = Path(processed).resolve() if processed else workspace / "data" / "processed" / str(chosen)
    return Settings(workspace=workspace, year=chosen, council=council, report=report, processed=processed)


def load_council(workspace: Path) -> Council:
    """Read and check `council.yaml`; a Problem also for a folder that is no workspace."""
    _must_be_workspace(workspace)
    return read_model(Council, workspace / "data" / "raw" / "council.yaml", workspace)


def _must_be_workspace(workspace: Path) -> None:
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
    _must_be_workspace(workspace)
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
        raise Problem(Kind.SETTINGS, "year", f"{error}.{hint}", f"This workspace holds {have}.") from None
    if year not in held:
        raise Problem(
            Kind.SETTINGS, "year", f"there is no folder data/raw/{year}",
            f"This workspace holds {have}. To begin this one: annual-report new {year}.",
        )  # fmt: skip
    return year
