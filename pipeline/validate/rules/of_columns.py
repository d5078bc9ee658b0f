"""What must hold of the extracts, in the project's own words: all rules, and those made from the data dictionary.

Rules between columns, extracts and years are declared in `dates`, `procedure` and `totals`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS, PUBLISHED, Column, Extract
from pipeline.validate.findings import quotable_text
from pipeline.validate.rules import dates, procedure, totals
from pipeline.validate.rules.rule import (
    DECLARED_RULES,
    Rule,
    RuleContext,
    is_duplicated,
    is_inside_year,
    locate_matches,
    test_distinct_values,
)
from pipeline.year import Year

__all__ = ["dates", "procedure", "rules_by_extract", "totals"]

EARLIEST_DATE = date(
    1990, 1, 1
)  # the Children Act 1989 came into force in 1991: an earlier date is a slip
FUTURE_DATE_COLUMNS = {("learning", "due")}  # dates that may lie ahead


def rules_by_extract(settings: Settings) -> dict[str, list[Rule]]:
    """The rules that apply under these settings, by extract; `row_counts` is the table that `counts.row_counts` makes."""
    grouped: dict[str, list[Rule]] = {}
    for one in (*rules_from_dictionary(settings), *DECLARED_RULES):
        grouped.setdefault(one.extract, []).append(one)
    return grouped


def list_allowed(words: tuple[str, ...]) -> str:
    """The allowed words, or the first of very many."""
    return "; ".join(words[:30]) + (f"; and {len(words) - 30} more" if len(words) > 30 else "")


def rules_from_dictionary(settings: Settings) -> list[Rule]:
    """The rules that the data dictionary makes: filled, allowed, unique, known, inside the year, possible."""
    rules = []
    for extract in (*EXTRACTS, PUBLISHED):
        for column in extract.columns:
            if not column.personal:
                rules += _column_rules(extract, column, settings)
    return rules


def _column_rules(extract: Extract, column: Column, settings: Settings) -> Iterator[Rule]:
    place, name, file = f"{extract.name}.{column.name}", column.name, f"{extract.name}"
    allowed = column.allowed_values(settings.council)
    if column.required:
        yield Rule(
            f"{place}.required", file, name, "critical", f"Every row has {name}: {column.meaning}.",
            f"{name} is empty", f"Fill in {name}: {column.meaning}.", "filled",
        )  # fmt: skip
    if column.required_when:
        # Without a ground an extension does not count and the response is late at the plain limit: a figure can still be made.
        severity = "warning" if place == "investigations.extension_ground" else "critical"
        when = " and ".join(
            f"{other} is {_join_alternatives(values)}" for other, values in column.required_when
        )
        said = " and ".join(f"{other} is {{{other}}}" for other, _ in column.required_when)
        yield Rule(
            f"{place}.required", file, name, severity, f"A row has {name} when {when}: {column.meaning}.",
            f"{name} is empty although {said}", f"Fill in {name}, or correct {column.required_when[0][0]}.",
            passes=lambda held: _is_filled_when_required(held.table(extract.name), column),
        )  # fmt: skip
    if allowed:
        where = (
            f"council.yaml, {column.from_settings}"
            if column.from_settings
            else "the data dictionary"
        )
        remedy = f"Use one of: {list_allowed(allowed).replace('{', '{{').replace('}', '}}')} (from {where})."
        if column.type == "codes":
            yield Rule(
                f"{place}.allowed", file, name, "critical", f"Each part of {name} is one of the codes in {where}.",
                f'{name} has "{{evidence}}", which is not one of its codes', remedy, allowed=allowed,
                passes=lambda held: test_distinct_values(held.table(extract.name)[name], lambda text: not _unknown_codes(text, allowed)),
                evidence=lambda held, rows: rows[name].map(lambda text: quotable_text('" and "'.join(_unknown_codes(text, allowed)))),
            )  # fmt: skip
        else:
            yield Rule(
                f"{place}.allowed", file, name, "critical", f"{name} is one of the codes in {where}.",
                f'{name} is "{{value}}", which is not one of its codes.{{hint}}', remedy, "one of", allowed,
            )  # fmt: skip
    elif column.from_settings:
        yield Rule(
            f"{place}.not_collected", file, name, "info", f"{name} is empty, for council.yaml lists no codes for it.",
            f"{name} is filled in but council.yaml lists no codes for it, so it is not reported",
            f"List the codes under {column.from_settings} in council.yaml, or leave {name} out of the export.",
            passes=lambda held: held.table(extract.name)[name].isna(),
        )  # fmt: skip
    if column.unique:
        yield _unique_rule(extract.name, name)
    if column.refers_to and extract.name != "investigations":  # those have a rule of their own
        yield Rule(
            f"{place}.known", file, name, "warning", f"{name}, where given, is the reference of a complaint held.",
            "there is no complaint {value} in {evidence}",
            "Correct the reference; if the complaint is of an earlier year, there is nothing to do.",
            passes=lambda held: _is_known_reference(held, held.table(extract.name)[name]),
            evidence=lambda held, rows: pd.Series(", ".join(held.years) or "the years held", index=rows.index),
        )  # fmt: skip
    if column.within_year:
        yield Rule(
            f"{place}.in_year", file, name, "critical", f"{name} lies in the financial year of the extract.",
            f"{name} {{value}} is not inside {{year}}, which runs from {{evidence}}",
            "Correct the date, or move the row to the extract of the year in which it belongs.",
            passes=lambda held: is_inside_year(held.table(extract.name), name),
            evidence=lambda held, rows: rows["year"].map(_year_span),
        )  # fmt: skip
    if column.type == "date":
        yield from _plausible_date_rules(extract.name, column, settings)
    if column.type in ("pounds", "whole number", "number"):
        yield Rule(
            f"{place}.not_negative", file, name, "critical", f"{name} is not below zero.",
            f"{name} is {{value}}, which is below zero", f"Correct {name}; leave it empty if it is not known.",
            passes=lambda held: ~(held.table(extract.name)[name] < 0).fillna(False).astype(bool),
        )  # fmt: skip


def _unique_rule(extract: str, name: str) -> Rule:
    place = f"{extract}.{name}"
    said = f"{name} {{value}} stands more than once: {{evidence}}"
    remedy = "Keep one row for each, or give each its own reference."
    if extract in ("complaints", "compliments"):
        return Rule(f"{place}.unique", extract, name, "critical", f"No two rows have the same {name}, in any year.", said, remedy,
                    "unique", evidence=lambda held, rows: locate_matches(held.table(extract), rows, [name]))  # fmt: skip
    # What is still open at the end of a year may be handed over again with the next.
    return Rule(
        f"{place}.unique", extract, name, "critical", f"No two rows of a year have the same {name}.", said, remedy,
        passes=lambda held: ~is_duplicated(held.table(extract), ["year", name]),
        evidence=lambda held, rows: locate_matches(held.table(extract), rows, ["year", name]),
    )  # fmt: skip


def _plausible_date_rules(extract: str, column: Column, settings: Settings) -> Iterator[Rule]:
    place, name, as_at = f"{extract}.{column.name}", column.name, settings.report.data_as_at
    if not column.within_year:
        yield Rule(
            f"{place}.not_ancient", extract, name, "critical", f"{name} is not before {EARLIEST_DATE.year}.",
            f"{name} {{value}} is before {EARLIEST_DATE.year}", "Correct the date: the year is most likely mistyped.",
            passes=lambda held: ~(held.table(extract)[name] < pd.Timestamp(EARLIEST_DATE)),
        )  # fmt: skip
    if (extract, name) not in FUTURE_DATE_COLUMNS:
        # A session may be booked ahead; anything else that is dated after the data was taken cannot have happened.
        severity = "warning" if extract == "training" else "critical"
        yield Rule(
            f"{place}.not_future", extract, name, severity, f"{name} is not after {as_at}, the day on which the data was taken.",
            f"{name} {{value}} is after {as_at}, the day on which the data was taken",
            "Correct the date, leave it empty if it has not happened, or correct data_as_at in report.yaml.",
            passes=lambda held: ~(held.table(extract)[name] > pd.Timestamp(as_at))
            | (column.within_year & ~is_inside_year(held.table(extract), name)),
        )  # fmt: skip


def _join_alternatives(values: tuple[str, ...]) -> str:
    return " or ".join(values)


def _is_filled_when_required(table: pd.DataFrame, column: Column) -> pd.Series:
    needed = pd.Series(True, index=table.index)
    for other, values in column.required_when:
        needed &= table[other].isin(values)
    return table[column.name].notna() | ~needed


def _unknown_codes(text: str, allowed: tuple[str, ...]) -> list[str]:
    return [
        part for part in (part.strip() for part in text.split(";")) if part and part not in allowed
    ]


def _is_known_reference(held: RuleContext, references: pd.Series) -> pd.Series:
    return references.isna() | (held.locate_complaints(references) >= 0)


def _year_span(year: str) -> str:
    known = Year.parse(year)
    return f"{known.first_day} to {known.last_day}"
