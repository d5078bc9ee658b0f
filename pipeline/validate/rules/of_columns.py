"""The rules that the data dictionary makes for a column."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from pipeline.settings import Settings
from pipeline.validate.definitions import NOT, Column, Extract, listed_values
from pipeline.validate.dictionary import EXTRACTS, PUBLISHED
from pipeline.validate.findings import Severity, quotable_text
from pipeline.validate.listings import is_repeated
from pipeline.validate.rules.context import RuleContext, is_inside_a_year, is_inside_year
from pipeline.validate.rules.duplicates import is_duplicated, locate_matches
from pipeline.validate.rules.rule import Rule, texts_pass
from pipeline.year import Year

EARLIEST_DATE = date(1990, 1, 1)  # the Children Act 1989 came into force in 1991
FUTURE_DATE_COLUMNS = {
    *(("learning", "due"), ("self_assessment", "due"), ("investigations", "agreed_due")),
    *(("complaints", "remedy_due"), ("ombudsman", "remedy_due")),
}
MAX_LISTED_CODES = 30


def rules_from_dictionary(settings: Settings) -> list[Rule]:
    """The rules of each column: filled, allowed, unique, known, inside the year, plausible."""
    rules: list[Rule] = []
    for extract in (*EXTRACTS, PUBLISHED):
        for column in extract.columns:
            if not column.personal:
                rules += _column_rules(extract, column, settings)
    return rules


def list_allowed(codes: tuple[str, ...]) -> str:
    """The allowed codes, or the first of very many."""
    listed = "; ".join(codes[:MAX_LISTED_CODES])
    if len(codes) > MAX_LISTED_CODES:
        listed += f"; and {len(codes) - MAX_LISTED_CODES} more"
    return listed


def _column_rules(extract: Extract, column: Column, settings: Settings) -> Iterator[Rule]:
    allowed = column.allowed_values(settings.council)
    if column.required:
        yield _required_rule(extract, column)
    if column.required_when:
        yield _required_when_rule(extract, column)
    if allowed:
        yield _allowed_rule(extract, column, allowed, settings.council.procedure.name)
    elif column.from_settings:
        yield _not_collected_rule(extract, column)
    if column.unique:
        yield _unique_rule(extract, column)
    if column.refers_to and extract.name != "investigations":  # those have rules of their own
        yield _known_reference_rule(extract, column)
    if column.within_year:
        yield _in_year_rule(extract, column)
    if column.type == "date":
        if not column.within_year:
            yield _not_ancient_rule(extract, column)
        if (extract.name, column.name) not in FUTURE_DATE_COLUMNS:
            yield _not_future_rule(extract, column, settings.report.data_as_at)
    if column.type in ("pounds", "whole number", "number"):
        yield _not_negative_rule(extract, column)


def _required_rule(extract: Extract, column: Column) -> Rule:
    return Rule(
        id=f"{extract.name}.{column.name}.required",
        severity="critical",
        reason=f"Every row has {column.name}: {column.meaning}.",
        what=f"{column.name} is empty",
        remedy=f"Fill in {column.name}: {column.meaning}.",
        expects="holds" if column.unless else "filled",
        passes=lambda context: _is_filled(context.table(extract.name), column),
    )


def _is_filled(table: pd.DataFrame, column: Column) -> pd.Series:
    is_filled = table[column.name].notna()
    return is_filled | table[column.unless].notna() if column.unless else is_filled


def _required_when_rule(extract: Extract, column: Column) -> Rule:
    severity: Severity = "critical"
    if (extract.name, column.name) == ("investigations", "extension_ground"):
        # Without a ground an extension does not count and the response is late at the plain
        # limit: a figure can still be made.
        severity = "warning"
    conditions = column.required_when
    when = " and ".join(f"{other} is {listed_values(values)}" for other, values in conditions)
    row_values = " and ".join(f"{other} is {{{other}}}" for other, _ in conditions)
    return Rule(
        id=f"{extract.name}.{column.name}.required",
        severity=severity,
        reason=f"A row has {column.name} when {when}: {column.meaning}.",
        what=f"{column.name} is empty although {row_values}",
        remedy=f"Fill in {column.name}, or correct {conditions[0][0]}.",
        passes=lambda context: _is_filled_when_required(context.table(extract.name), column),
    )


def _is_filled_when_required(table: pd.DataFrame, column: Column) -> pd.Series:
    is_required = pd.Series(True, index=table.index)
    for other, values in column.required_when:
        is_listed = table[other].isin(values)
        is_required &= (table[other].notna() & ~is_listed) if values[0] == NOT else is_listed
    return table[column.name].notna() | ~is_required


def _allowed_rule(
    extract: Extract, column: Column, allowed: tuple[str, ...], procedure: str
) -> Rule:
    name = column.name
    source = "the data dictionary"
    if column.from_settings:
        source = f"council.yaml, {column.from_settings}"
    elif column.from_procedure:
        source = f"the procedure {procedure}"
    codes = list_allowed(allowed).replace("{", "{{").replace("}", "}}")
    remedy = (
        f"Use one of: {codes} (from {source}). Text that stands for an empty cell belongs in "
        "council.yaml, under `placeholders:`."
    )
    if column.type != "codes":
        return Rule(
            id=f"{extract.name}.{name}.allowed",
            severity="critical",
            reason=f"{name} is one of the codes in {source}.",
            what=f'{name} is "{{value}}", which is not one of its codes.{{hint}}',
            remedy=remedy,
            expects="one of",
            allowed=allowed,
        )

    def has_only_known_codes(context: RuleContext) -> pd.Series:
        values = context.table(extract.name)[name]
        return texts_pass(values, lambda text: not _unknown_codes(text, allowed))

    def quote_unknown_codes(context: RuleContext, rows: pd.DataFrame) -> pd.Series:
        return rows[name].map(
            lambda text: quotable_text('" and "'.join(_unknown_codes(text, allowed)))
        )

    return Rule(
        id=f"{extract.name}.{name}.allowed",
        severity="critical",
        reason=f"Each part of {name} is one of the codes in {source}.",
        what=f'{name} has "{{evidence}}", which is not one of its codes.{{hint}}',
        remedy=remedy,
        allowed=allowed,
        passes=has_only_known_codes,
        evidence=quote_unknown_codes,
    )


def _unknown_codes(text: str, allowed: tuple[str, ...]) -> list[str]:
    parts = [part.strip() for part in text.split(";")]
    return [part for part in parts if part and part not in allowed]


def _not_collected_rule(extract: Extract, column: Column) -> Rule:
    name = column.name
    return Rule(
        id=f"{extract.name}.{name}.not_collected",
        severity="info",
        reason=f"{name} is empty, for council.yaml lists no codes for it.",
        what=(f"{name} is filled in but council.yaml lists no codes for it, so it is not reported"),
        remedy=(
            f"List the codes under {column.from_settings} in council.yaml, or leave {name} "
            "out of the export."
        ),
        passes=lambda context: context.table(extract.name)[name].isna(),
    )


def _unique_rule(extract: Extract, column: Column) -> Rule:
    what = f"{column.name} {{value}} appears more than once: {{evidence}}"
    remedy = "Keep one row for each, or give each its own reference."
    is_of_any_year = extract.name in ("complaints", "compliments")
    # A case still open at the end of a year may be supplied again with the next.
    key = [column.name] if is_of_any_year else ["year", column.name]

    def is_unique(context: RuleContext) -> pd.Series:
        table = context.table(extract.name)
        return ~(is_repeated(table) if extract.name == "complaints" else is_duplicated(table, key))

    years = ", in any year" if is_of_any_year else " of a year"
    return Rule(
        id=f"{extract.name}.{column.name}.unique",
        severity="critical",
        reason=f"No two rows have the same {column.name}{years}.",
        what=what,
        remedy=remedy,
        expects="unique" if extract.name == "compliments" else "holds",
        passes=None if extract.name == "compliments" else is_unique,
        evidence=lambda context, rows: locate_matches(context.table(extract.name), rows, key),
    )


def _known_reference_rule(extract: Extract, column: Column) -> Rule:
    def list_years(context: RuleContext, rows: pd.DataFrame) -> pd.Series:
        return pd.Series(", ".join(context.years) or "the years held", index=rows.index)

    return Rule(
        id=f"{extract.name}.{column.name}.known",
        severity="warning",
        reason=f"{column.name}, where given, is the reference of a complaint held.",
        what="there is no complaint {value} in {evidence}",
        remedy=(
            "Correct the reference; if the complaint is of an earlier year, no action is needed."
        ),
        passes=lambda context: _is_known_reference(
            context, context.table(extract.name)[column.name]
        ),
        evidence=list_years,
    )


def _is_known_reference(context: RuleContext, references: pd.Series) -> pd.Series:
    return references.isna() | (context.locate_complaints(references) >= 0)


def _in_year_rule(extract: Extract, column: Column) -> Rule:
    name = column.name
    return Rule(
        id=f"{extract.name}.{name}.in_year",
        severity="critical",
        reason=f"{name} lies in the financial year of the extract.",
        what=f"{name} {{value}} is not inside {{year}}, which runs from {{evidence}}",
        remedy="Correct the date, or move the row to the extract of the year in which it belongs.",
        passes=lambda context: is_inside_a_year(context, extract.name, name),
        evidence=lambda context, rows: rows["year"].map(_year_span),
    )


def _year_span(text: str) -> str:
    year = Year.parse(text)
    return f"{year.first_day} to {year.last_day}"


def _not_ancient_rule(extract: Extract, column: Column) -> Rule:
    name = column.name
    earliest = pd.Timestamp(EARLIEST_DATE)
    return Rule(
        id=f"{extract.name}.{name}.not_ancient",
        severity="critical",
        reason=f"{name} is not before {EARLIEST_DATE.year}.",
        what=f"{name} {{value}} is before {EARLIEST_DATE.year}",
        remedy="Correct the date: the year is most likely mistyped.",
        passes=lambda context: ~(context.table(extract.name)[name] < earliest),
    )


def _not_future_rule(extract: Extract, column: Column, data_as_at: date) -> Rule:
    name = column.name

    def is_not_future(context: RuleContext) -> pd.Series:
        table = context.table(extract.name)
        is_past = ~(table[name] > pd.Timestamp(data_as_at))
        if column.within_year and not is_past.all():
            is_past |= ~is_inside_year(table, name)  # which is a finding of `in_year`
        return is_past

    return Rule(
        id=f"{extract.name}.{name}.not_future",
        # A training session may be booked ahead; any other date after the data was taken is wrong.
        severity="warning" if extract.name == "training" else "critical",
        reason=f"{name} is not after {data_as_at}, the day on which the data was taken.",
        what=f"{name} {{value}} is after {data_as_at}, the day on which the data was taken",
        remedy=(
            "Correct the date, leave it empty if it has not happened, or correct data_as_at "
            "in report.yaml."
        ),
        passes=is_not_future,
    )


def _not_negative_rule(extract: Extract, column: Column) -> Rule:
    name = column.name

    def is_not_negative(context: RuleContext) -> pd.Series:
        return ~(context.table(extract.name)[name] < 0).fillna(False).astype(bool)

    return Rule(
        id=f"{extract.name}.{name}.not_negative",
        severity="critical",
        reason=f"{name} is not below zero.",
        what=f"{name} is {{value}}, which is below zero",
        remedy=f"Correct {name}; leave it empty if it is not known.",
        passes=is_not_negative,
    )
