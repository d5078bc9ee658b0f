"""What the data dictionary is made of: extracts and their columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from pipeline.procedures import Procedure
from pipeline.settings import Council

ColumnType = Literal[
    "text", "date", "code", "codes", "yes/no", "whole number", "pounds", "number", "year"
]
CODED_TYPES = ("code", "codes", "yes/no")
NUMERIC_TYPES = ("whole number", "pounds", "number")

YES_NO = ("yes", "no")
NOT = "not"  # before the values of required_when: where the column holds any other
PROCEDURE = "procedure"  # the column by which several procedures share a file
PROCEDURE_NAMES = "procedure_names"  # what holds its codes
SHORTHANDS = ("c", "x", "z")  # in place of a number of published.csv


def listed_values(values: tuple[str, ...]) -> str:
    """The values of a condition in words: "yes or no", "not open"."""
    if values[0] == NOT:
        return f"{NOT} {' or '.join(values[1:])}"
    return " or ".join(values)


@dataclass(frozen=True)
class Column:
    """One column of an extract.

    codes: the allowed values, or None for a column that is not coded.
    from_settings: the list in council.yaml that holds the codes instead, such as `themes`.
    from_procedure: the attribute of the procedure that holds the codes instead.
    with_procedures: whether the names of the council's other procedures are codes as well.
    required: in every row.
    unless: the column that may be filled in instead of a required one.
    required_when: or in rows where each named column holds one of the named values or, if the
        first is NOT, any other.
    unique: whether no two rows may have the same value.
    refers_to: "extract.column" that must contain this value.
    within_year: a date inside the extract's financial year.
    personal: read for the checks, but neither saved nor published.
    """

    name: str
    meaning: str
    type: ColumnType = "text"
    required: bool = False
    unless: str | None = None
    required_when: tuple[tuple[str, tuple[str, ...]], ...] = ()
    codes: tuple[str, ...] | None = None
    from_settings: str | None = None
    from_procedure: str | None = None
    with_procedures: bool = False
    unique: bool = False
    refers_to: str | None = None
    within_year: bool = False
    personal: bool = False

    @property
    def description(self) -> str:
        """What the column holds and when it is required, in a sentence or two."""
        sentences = [self.meaning[0].upper() + self.meaning[1:]]
        if self.required:
            no_two = ", and no two rows have the same" if self.unique else ""
            unless = f" without {self.unless}" if self.unless else ""
            sentences.append(f"Required in every row{unless}{no_two}")
        if self.required_when:
            conditions = [
                f"{other} is {listed_values(values)}" for other, values in self.required_when
            ]
            sentences.append(f"Required where {' and '.join(conditions)}")
        if self.within_year:
            sentences.append("Inside the financial year")
        if self.personal:
            sentences.append("Personal: neither saved nor published")
        return ". ".join(sentences) + "."

    def allowed_values(self, council: Council) -> tuple[str, ...] | None:
        """The values this column may hold for a council, or None where any will do."""
        if self.type == "yes/no":
            return YES_NO
        if self.from_procedure:
            return self.codes_of(council.procedure)
        if self.with_procedures:
            others = (one for one in council.procedure_names if one != council.procedure.name)
            return (*(self.codes or ()), *others)
        if self.from_settings is None:
            return self.codes
        setting: Any = council
        for part in self.from_settings.split("."):
            setting = getattr(setting, part)
        codes: tuple[str, ...] = setting
        return codes

    def codes_of(self, procedure: Procedure) -> tuple[str, ...]:
        """The codes of a column that a procedure defines."""
        codes: tuple[str, ...] = getattr(procedure, self.from_procedure or "")
        return codes


PROCEDURE_COLUMN = Column(
    PROCEDURE,
    "the procedure of the row, in a workspace with several",
    "code",
    from_settings=PROCEDURE_NAMES,
)


@dataclass(frozen=True)
class Extract:
    """A file supplied by the case system or kept by the team."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    optional: bool = False

    def with_procedure(self) -> Extract:
        """The extract with the column in which several procedures share it."""
        return replace(self, columns=(*self.columns, PROCEDURE_COLUMN))

    def columns_of(self, council: Council) -> list[Column]:
        """Those that a council may use: some are only for several procedures."""
        unused = () if len(council.procedure_names) > 1 else (PROCEDURE_NAMES,)
        return [column for column in self.columns if column.from_settings not in unused]

    def column(self, name: str) -> Column:
        """The column with a name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def personal_columns(self) -> tuple[str, ...]:
        """The names of the columns with personal data, in order."""
        return tuple(column.name for column in self.columns if column.personal)
