"""Where an extract's table is in its file, and which columns of it belong to a stage."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, PositiveInt, StringConstraints, model_validator

from pipeline.settings.fields import Headings, OneOrMore, SettingsModel, Text

MAX_HEADING_ROWS = 2


def _as_rows(value: Any) -> Any:
    """A single row as a list of one."""
    return (value,) if isinstance(value, str | int) else value


def _as_layouts(value: Any) -> Any:
    """A single layout as a list of one."""
    return (value,) if isinstance(value, dict) else value


HeadingRows = Annotated[
    tuple[PositiveInt, ...],
    BeforeValidator(_as_rows),
    Field(max_length=MAX_HEADING_ROWS),
    OneOrMore(),
]
ColumnLetters = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{1,3}$", to_upper=True)]


class TableLayout(SettingsModel):
    """Where the table of one extract is. Rows are numbered as a spreadsheet shows them.

    file: the file below data/raw, such as 2021-22/complaints.xlsx, or the folder of a year; by
        default every file of the extract.
    sheet: the sheet of a workbook that is the extract, whatever its name.
    headings: the row of the headings, or the two rows that they take.
    first_column, last_column: of the table, by their letters.
    last_row: the last row that is a record.
    ignore_rows: rows between the headings and the last row that are no records.
    only: by heading, the texts of the rows that are records of this extract.
    """

    file: Text | None = None
    sheet: Text | None = None
    headings: HeadingRows = ()
    first_column: ColumnLetters | None = None
    last_column: ColumnLetters | None = None
    last_row: PositiveInt | None = None
    ignore_rows: tuple[PositiveInt, ...] = ()
    only: dict[Text, Headings] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _rows_are_in_order(self) -> Self:
        if len(self.headings) > 1 and self.headings[1] != self.headings[0] + 1:
            raise ValueError("headings in two rows are in one row and the next, as in [4, 5]")
        if self.headings and self.last_row is not None and self.last_row < self.headings[-1]:
            raise ValueError("last_row is above the headings")
        if not all(self.only.values()):
            raise ValueError("only has a heading without a text")
        return self

    def applies_to(self, path: str) -> bool:
        """Whether this describes a file; path: below data/raw."""
        return self.file is None or path == self.file or path.startswith(f"{self.file}/")


TableLayouts = Annotated[tuple[TableLayout, ...], BeforeValidator(_as_layouts), OneOrMore()]


class StageHeadings(SettingsModel):
    """The headings of a wide export that belong to one stage of the procedure.

    A stage without headings is not unfolded.

    reached: headings of which at least one has a value if the case reached this stage. By
        default the stage's own headings below, except those that `complaints` uses too.
    The other fields are the columns of `investigations`.
    """

    reached: Headings = ()
    requested: Text | None = None
    acknowledged: Text | None = None
    agreed: Text | None = None
    agreed_due: Text | None = None
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
        """The heading of each column of `investigations` that the export contains."""
        return {name: value for name, value in self if name != "reached" and value}


class WideExport(SettingsModel):
    """How one row per case becomes one row per stage."""

    stage_1: StageHeadings = StageHeadings()
    stage_2: StageHeadings = StageHeadings()
    stage_3: StageHeadings = StageHeadings()

    @property
    def mapped(self) -> dict[str, StageHeadings]:
        """The headings of each stage that has any, by the number of the stage."""
        return {name.removeprefix("stage_"): stage for name, stage in self if stage.headings}
