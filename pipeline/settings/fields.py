"""The types of the settings' values, and the base of their models."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from pipeline.settings.colour import contrast_ratio
from pipeline.year import Year

# The page sets text in the council's colour on these, and white text on the colour.
COLOUR_BACKGROUNDS = ("#FFFFFF", "#F3F5F7")
MIN_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3


def _parse_day(value: Any) -> Any:
    """The date written as 2022-11-09.

    pydantic alone would read a bare number as seconds since 1970.
    """
    if isinstance(value, date):
        return value
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()
    except (TypeError, ValueError):
        raise PydanticCustomError("date_type", "not a date") from None


def _parse_year(value: Any) -> Any:
    """The year written as 2021-22."""
    try:
        return Year.parse(value)
    except (TypeError, ValueError):
        raise PydanticCustomError("year_type", "not a financial year") from None


def _check_contrast(colour: str) -> str:
    """The colour, if it can be read on each background."""
    worst = min(contrast_ratio(colour, background) for background in COLOUR_BACKGROUNDS)
    if worst < MIN_CONTRAST:
        raise PydanticCustomError("colour_contrast", "{worst}", {"worst": f"{worst:.1f}"})
    return colour


def _as_tuple(value: Any) -> Any:
    """A single heading as a tuple of one."""
    return (value,) if isinstance(value, str) else value


class OneOrMore:
    """Says in the JSON Schema of a list that a single entry needs no list."""

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The schema of an entry, or of a list of them."""
        listed = handler(core_schema)
        return {"anyOf": [listed["items"], listed]}


# A long text, such as what members are asked to do, has a few hundred characters.
Text = Annotated[str, StringConstraints(min_length=1, max_length=5_000, strip_whitespace=True)]
Code = Text
Day = Annotated[date, BeforeValidator(_parse_day)]
Colour = Annotated[
    str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$"), AfterValidator(_check_contrast)
]
YEAR_SCHEMA = {"type": "string", "pattern": r"^\d{4}-\d{2}$"}
FinancialYear = Annotated[Year, BeforeValidator(_parse_year), WithJsonSchema(YEAR_SCHEMA)]
Headings = Annotated[tuple[Text, ...], BeforeValidator(_as_tuple), OneOrMore()]


class SettingsModel(BaseModel):
    """The base of all settings: unknown keys are refused, and values cannot change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AcceptedWarning(SettingsModel):
    """A warning that a person has accepted: its rule, the reason, and that person's name."""

    rule: Code
    reason: Text
    name: Text


class AllowedName(SettingsModel):
    """A name in the records that is an ordinary word in the report, with reason and decider."""

    words: Text
    reason: Text
    name: Text


class SettledComment(SettingsModel):
    """A reader's comment in Word that is settled: whose it is, its words, the reason, and by whom.

    comment: its words, or the first of them.
    """

    author: Text
    comment: Text
    reason: Text
    name: Text


class Document(SettingsModel):
    """A letter or report about the council, to which its own report links.

    link: where it is published; file: a PDF file in the year's folder, published with the report.
    """

    title: Text
    link: Annotated[str, StringConstraints(pattern=r"^https://\S+$")] | None = None
    file: Annotated[str, StringConstraints(pattern=r"^[^./\\][^/\\]*\.pdf$")] | None = None

    @model_validator(mode="after")
    def _is_in_one_place(self) -> Self:
        if bool(self.link) == bool(self.file):
            raise ValueError("a document has either a `link:` or a `file:`")
        return self
