"""The models of `council.yaml` and `report.yaml`: every key with its type, limits and default."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    PlainSerializer,
    PositiveInt,
    PrivateAttr,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from pipeline.problem import did_you_mean
from pipeline.procedures import Procedure
from pipeline.procedures.limits import TimeLimits
from pipeline.settings.fields import (
    AcceptedWarning,
    AllowedName,
    Code,
    Colour,
    Day,
    Document,
    FinancialYear,
    Headings,
    SettingsModel,
    SettledComment,
    Text,
)
from pipeline.settings.procedures import (
    DEFAULT,
    NamedProcedure,
    limits_of,
    packaged_procedure,
)
from pipeline.settings.sections import JOINT, JointSections, ReportSections
from pipeline.settings.tables import TableLayouts, WideExport


class Contact(SettingsModel):
    """Who answers questions about the report: a role and an address, never a private person."""

    role: Text
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
    telephone: Text | None = None


class RunLimits(SettingsModel):
    """How much one cell of a notebook, or one document, may take before the run stops.

    cell_minutes: of a cell. document_minutes: of the PDF, and of the Word file.
    memory_gigabytes: of a notebook, of the PDF, and of the Word file.
    """

    cell_minutes: Annotated[PositiveInt, Field(le=1440)] = 30
    document_minutes: Annotated[PositiveInt, Field(le=1440)] = 30
    memory_gigabytes: Annotated[PositiveInt, Field(le=1024)] = 8


class BankHolidays(SettingsModel):
    """Corrections to the calendar of England's bank holidays, such as a one-off holiday."""

    add: tuple[Day, ...] = ()
    remove: tuple[Day, ...] = ()


class Disclosure(SettingsModel):
    """How small numbers are published, and why: the council's decision, on record.

    threshold: the largest number that counts as small.
    sensitive: groups of figures, or ids of figures, whose small numbers are withheld. Any other
        number is withheld only if it would reveal one of these.
    show_zero: whether 0 is published, and does not count as small.
    protection: the protection level: the least distance between the lowest and the highest value
        that a reader can work out for a withheld number.
    round_to: what counts of people are rounded to after small ones are withheld; 1 for not at all.
    """

    policy: Literal["publish", "suppress"]
    reason: Text
    threshold: PositiveInt = 5
    sensitive: tuple[Code, ...] = ("characteristics", "breakdowns")
    show_zero: bool = True
    protection: PositiveInt = 2
    round_to: PositiveInt = 1

    @property
    def withholds(self) -> bool:
        """Whether small numbers are withheld."""
        return self.policy == "suppress"

    @property
    def largest_small(self) -> int:
        """The largest number that is withheld for its own size.

        A reader who knows that a number is withheld for its size must not know it more closely than
        the protection level. So it is no less than that level, or than one more where 0 is shown.
        """
        return max(self.threshold, self.protection + int(self.show_zero))

    @model_validator(mode="after")
    def _rounding_requires_suppression(self) -> Self:
        if not self.withholds and self.round_to > 1:
            raise ValueError(
                "round_to goes with `policy: suppress`: "
                "under `publish` every count is shown as it is"
            )
        return self


class Equality(SettingsModel):
    """The codes that the council records about complainants; a column without codes is not used."""

    age_band: tuple[Code, ...] = ()
    gender: tuple[Code, ...] = ()
    disability: tuple[Code, ...] = ()
    ethnicity: tuple[Code, ...] = ()
    sexual_orientation: tuple[Code, ...] = ()


class Statistics(SettingsModel):
    """From how many cases in the year the report shows what kind of statistic.

    range_from: counts with the shortest and the longest time; below it, every time is listed.
    median_from: the median. rate_from: a rate, with its interval. `small_base` is the least base
    of a percentage.
    table_from: a table in the body of the report; below it, the table is in the annex.
    chart_from, chart_categories_from: a bar chart, by its cases and by its categories.
    list_up_to: the most rows of a list that grows with the year, or quotations.
    """

    range_from: PositiveInt = 10
    median_from: PositiveInt = 20
    rate_from: PositiveInt = 20
    table_from: PositiveInt = 10
    chart_from: PositiveInt = 10
    chart_categories_from: PositiveInt = 4
    list_up_to: PositiveInt = 20


class SeriesBreak(SettingsModel):
    """A year from which a figure counts something else, so that it breaks the comparison."""

    figure: Code
    from_year: FinancialYear
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
    logo: Annotated[str, StringConstraints(pattern=r"^[^./\\][^/\\]*\.(png|svg)$")] | None = None
    la_code: Annotated[str, StringConstraints(pattern=r"^E\d{8}$")] | None = None
    service_areas: Annotated[tuple[Code, ...], Field(min_length=1)]
    themes: Annotated[tuple[Code, ...], Field(min_length=1)]
    about: dict[Code, Text] = Field(default_factory=dict)
    item_types: Annotated[tuple[Text, ...], Field(min_length=1)]
    disclosure: Disclosure
    equality: Equality = Equality()
    comparison_years: Annotated[int, Field(ge=1, le=20)] = 5
    keep_runs: Annotated[int, Field(ge=0, le=90)] = 10
    year_style: Literal["2021 to 2022", "2021/22"] = "2021 to 2022"
    small_base: PositiveInt = 50
    statistics: Statistics = Statistics()
    row_count_tolerance: Annotated[float, Field(ge=0)] = 0.5
    compliment_sources: tuple[Code, ...] = ()
    procedures: Annotated[tuple[NamedProcedure, ...], Field(min_length=1)] = Field(
        default_factory=lambda: (packaged_procedure(DEFAULT),), validate_default=True
    )
    reports: Annotated[tuple[Code, ...], Field(min_length=1)] = (JOINT,)
    time_limits: Annotated[
        TimeLimits,
        PlainSerializer(lambda limits: limits.as_settings),
        WithJsonSchema({"type": "object"}),
    ] = Field(default_factory=dict, validate_default=True)
    bank_holidays: BankHolidays = BankHolidays()
    run_limits: RunLimits = RunLimits()
    sections: ReportSections = ReportSections()
    joint_sections: JointSections = JointSections()
    series_breaks: tuple[SeriesBreak, ...] = ()
    empty_commentary: Text | None = None
    notice: Text | None = None
    columns: dict[Text, dict[Text, Headings]] = Field(default_factory=dict)
    values: dict[Text, dict[Text, str]] = Field(default_factory=dict)
    values_by_year: dict[FinancialYear, dict[Text, dict[Text, str]]] = Field(default_factory=dict)
    stages: WideExport = WideExport()
    tables: dict[Text, TableLayouts] = Field(default_factory=dict)
    placeholders: tuple[Text, ...] = ()
    separator: Annotated[Text, Field(max_length=10)] | None = None
    dates: Literal["day first", "month first"] | None = None
    reopened_clock: Literal["first closing", "last closing"] = "first closing"
    mixed_outcome: Code | None = None
    two_digit_years_from: Annotated[int, Field(ge=1900, le=2100)] | None = None
    _whole_years: frozenset[str] | None = PrivateAttr(default=None)

    @field_validator("procedures")
    @classmethod
    def _the_chosen_procedure_first(
        cls, value: tuple[Procedure, ...], info: ValidationInfo
    ) -> tuple[Procedure, ...]:
        names = [procedure.name for procedure in value]
        if len(set(names)) < len(names):
            raise ValueError("a procedure is listed twice")
        chosen = (info.context or {}).get("procedure")
        first, *others = sorted(value, key=lambda procedure: procedure.name != chosen)
        sources = info.data.get("compliment_sources")
        if sources:
            first = first.model_copy(update={"compliment_sources": sources})
        return (first, *others)

    @field_validator("reports")
    @classmethod
    def _reports_of_procedures(
        cls, value: tuple[str, ...], info: ValidationInfo
    ) -> tuple[str, ...]:
        allowed = (JOINT, *(procedure.name for procedure in info.data.get("procedures", ())))
        for name in value:
            if name not in allowed:
                raise ValueError(
                    f'there is no report "{name}".{did_you_mean(name, list(allowed))} '
                    f"It may be {', '.join(allowed)}"
                )
        return value

    @field_validator("time_limits", mode="plain")
    @classmethod
    def _limits_of_procedure(cls, value: Any, info: ValidationInfo) -> TimeLimits:
        procedures = info.data.get("procedures") or (packaged_procedure(DEFAULT),)
        return limits_of(value, procedures[0])

    @property
    def procedure(self) -> Procedure:
        """The procedure of the complaints; of several the one that the settings are for."""
        return self.procedures[0]

    def as_joint(self) -> Council:
        """The council's settings for the report on all its procedures."""
        names = {one.heading: one.heading_in_sentence for one in self.procedures}
        sections = self.joint_sections.of_report(self.procedures)
        return self.model_copy(update={"sections": sections, "about": names | self.about})

    def with_shared_complaints(self, whole_years: frozenset[str]) -> Council:
        """The settings for extracts in which a complaint is about several service areas.

        whole_years: those in whose extracts no complaint is.
        """
        council = self.model_copy()
        council._whole_years = whole_years
        return council

    @property
    def whole_years(self) -> frozenset[str] | None:
        """The years in which service areas are known not to overlap; None if they never do."""
        return self._whole_years

    @property
    def procedure_names(self) -> tuple[str, ...]:
        """The names of all the council's procedures: the codes of the column `procedure`."""
        return tuple(sorted(procedure.name for procedure in self.procedures))


class Report(SettingsModel):
    """`<year>/report.yaml`: one report to one meeting."""

    subject: Text
    meeting_date: Day
    data_as_at: Day
    author: Text
    wards: Text
    item_type: Annotated[tuple[Text, ...], Field(min_length=1)]
    exempt: bool
    exempt_reason: Text | None = None
    members_are_asked: Text
    documents: tuple[Document, ...] = ()
    accepted_warnings: tuple[AcceptedWarning, ...] = ()
    allowed_names: tuple[AllowedName, ...] = ()
    settled_comments: tuple[SettledComment, ...] = ()

    @model_validator(mode="after")
    def _an_exemption_has_a_reason(self) -> Self:
        if self.exempt and not self.exempt_reason:
            raise ValueError(
                "an exempt report needs `exempt_reason`: the paragraph of Schedule 12A that applies"
            )
        return self
