"""The models of `council.yaml` and `report.yaml`: every key, with its type, its limits and its default."""

from __future__ import annotations

from datetime import date, datetime
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

from pipeline.settings.colour import contrast_ratio
from pipeline.year import Year


def _parse_day(given: Any) -> Any:
    """A date as 2022-11-09 and in no other way: a bare number would be taken for the seconds since 1970."""
    try:
        return given if isinstance(given, date) else datetime.strptime(given, "%Y-%m-%d").date()
    except (TypeError, ValueError):
        raise PydanticCustomError("date_type", "not a date") from None


def _parse_year(given: Any) -> Any:
    """A year as 2021-22."""
    try:
        return Year.parse(given)
    except (TypeError, ValueError):
        raise PydanticCustomError("year_type", "not a financial year") from None


def _check_contrast(colour: str) -> str:
    """A colour on which white reads and which reads on a light ground: contrast 4.5 (WCAG 2.2, 1.4.3)."""
    worst = min(contrast_ratio(colour, ground) for ground in COLOUR_BACKGROUNDS)
    if worst < 4.5:
        raise PydanticCustomError("colour_contrast", "{worst}", {"worst": f"{worst:.1f}"})
    return colour


COLOUR_BACKGROUNDS = (
    "#FFFFFF",
    "#F3F5F7",
)  # what the page's colour stands on, or has writing of on it
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Code = Text
Day = Annotated[date, BeforeValidator(_parse_day)]
Colour = Annotated[
    str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$"), AfterValidator(_check_contrast)
]
Headings = Annotated[
    tuple[Text, ...], BeforeValidator(lambda given: (given,) if isinstance(given, str) else given)
]


class SettingsModel(BaseModel):
    """What every part of the settings has in common: unknown keys are refused and nothing changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Contact(SettingsModel):
    """Whom a reader may ask: a role and an address, never a private person."""

    role: Text
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
    telephone: Text | None = None


class TimeLimits(SettingsModel):
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


class BankHolidays(SettingsModel):
    """Days that the holiday calendar of England lacks or has wrongly, such as a one-off bank holiday."""

    add: tuple[Day, ...] = ()
    remove: tuple[Day, ...] = ()


class Disclosure(SettingsModel):
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
            raise ValueError(
                "round_to goes with `policy: suppress`: under `publish` every count is shown as it is"
            )
        return self


class Equality(SettingsModel):
    """The codes the council records of complainants; a column without codes is not collected."""

    age_band: tuple[Code, ...] = ()
    gender: tuple[Code, ...] = ()
    disability: tuple[Code, ...] = ()
    ethnicity: tuple[Code, ...] = ()
    sexual_orientation: tuple[Code, ...] = ()


class ReportSections(SettingsModel):
    """The parts of the report in the order in which they are printed: `front` plain, `main` numbered."""

    front: tuple[Code, ...] = (
        "at_a_glance",
        "why",
        "key_points",
        "courses_of_action",
        "contact_officer",
        "exemption",
    )
    main: tuple[Code, ...] = (
        "overview", "service_areas", "young_people", "complainants", "learning", "compliments", "training", "about_the_data",
        "contact",
    )  # fmt: skip


class StageHeadings(SettingsModel):
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


class WideExport(SettingsModel):
    """How one row a case becomes one row a stage."""

    stage_1: StageHeadings = StageHeadings()
    stage_2: StageHeadings = StageHeadings()
    stage_3: StageHeadings = StageHeadings()

    @property
    def mapped(self) -> dict[str, StageHeadings]:
        """Number of the stage → its headings, for the stages that have any."""
        return {name.removeprefix("stage_"): stage for name, stage in self if stage.headings}


class SeriesBreak(SettingsModel):
    """A year from which a figure counts something else than before, so that the years cannot be compared across it."""

    figure: Code
    from_year: Annotated[Year, BeforeValidator(_parse_year)]
    note: Text


class Council(SettingsModel):
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
    sections: ReportSections = ReportSections()
    series_breaks: tuple[SeriesBreak, ...] = ()
    empty_commentary: Text | None = None
    notice: Text | None = None
    columns: dict[Text, dict[Text, Headings]] = {}
    values: dict[Text, dict[Text, str]] = {}
    stages: WideExport = WideExport()
    dates: Literal["day first", "month first"] | None = None


class AcceptedWarning(SettingsModel):
    """A warning that somebody has looked at: its rule, why the report may be final all the same, and who says so."""

    rule: Code
    reason: Text
    name: Text


class AllowedName(SettingsModel):
    """A word that is a name in the records and not one in the report: why it may stand there, and who says so."""

    words: Text
    reason: Text
    name: Text


class Report(SettingsModel):
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
            raise ValueError(
                "an exempt report needs `exempt_reason`: the paragraph of Schedule 12A that applies"
            )
        return self
