"""What must hold of the extracts, in the project's own words; Great Expectations, which checks it, is not known here.

The rules of this module are made from the data dictionary, one column at a time. Those between columns, extracts and years are
in `rules_between.py`. A rule names its rows' failure by a sentence with the row's own values in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import pandas as pd

from pipeline.problem import did_you_mean
from pipeline.settings import Settings
from pipeline.validate.dictionary import BY_NAME, EXTRACTS, PUBLISHED, Column, Extract
from pipeline.validate.findings import Finding, Severity, plain
from pipeline.year import Year

LISTED = 10_000  # findings that one rule lists one by one; nobody reads more, and a million would fill the memory
EARLIEST = date(1990, 1, 1)  # the Children Act 1989 came into force in 1991: an earlier date is a slip
PLANNED = {("learning", "due")}  # dates that may lie ahead
DTYPES = {"date": "datetime64[us]", "whole number": "Int64", "pounds": "Float64", "number": "Float64"}


@dataclass(frozen=True)
class Held:
    """All that the rules look at: the typed extracts of every year held, published.csv and the settings."""

    tables: dict[str, pd.DataFrame]
    published: pd.DataFrame
    settings: Settings

    def table(self, name: str) -> pd.DataFrame:
        """An extract, without rows where it is absent."""
        if name in self.tables:
            return self.tables[name]
        types = {column.name: DTYPES.get(column.type, "str") for column in BY_NAME[name].columns}
        empty = pd.DataFrame(columns=["year", "file", "row", *types])
        return empty.astype({"year": "str", "file": "str", "row": "int64"} | types)

    @cached_property
    def complaints(self) -> pd.DataFrame:
        """The complaints by reference, each once."""
        table = self.table("complaints").dropna(subset="reference")
        return table.drop_duplicates("reference").set_index("reference")

    @cached_property
    def of_investigations(self) -> pd.DataFrame:
        """For each investigation what its complaint says, on the same index, missing where the complaint is not held."""
        wanted = self.complaints[["received", "accepted", "status", "outcome"]]
        found = wanted.reindex(self.table("investigations")["complaint"])
        return found.set_axis(self.table("investigations").index)


@dataclass(frozen=True)
class Rule:
    """One thing that must hold of each row of an extract.

    id: such as `complaints.outcome.allowed`. reason: what must hold, as a sentence for the auditor. what, remedy: the sentences
    of a finding, in which {value}, {evidence}, {hint} and the names of the row's columns are filled in. expects: `filled`,
    `one of` (allowed) and `unique` are asked of the column itself; `holds` of the answer that the function gives for each row.
    evidence: for the failing rows, a text each.
    """

    id: str
    extract: str
    column: str
    severity: Severity
    reason: str
    what: str
    remedy: str
    expects: Literal["filled", "one of", "unique", "holds"] = "holds"
    allowed: tuple[str, ...] = ()
    holds: Callable[[Held], pd.Series] | None = None
    evidence: Callable[[Held, pd.DataFrame], pd.Series] | None = None

    def findings(self, held: Held, failing: pd.DataFrame) -> Iterator[Finding]:
        """A finding for each failing row, and one for all beyond LISTED."""
        listed = failing.head(LISTED)
        evidence = self.evidence(held, listed) if self.evidence else pd.Series("", index=listed.index)
        for row, also in zip(listed.to_dict("records"), evidence, strict=True):
            said = {name: shown(value) for name, value in row.items()}
            value = None if pd.isna(row[self.column]) else said[self.column]
            said |= {"value": said[self.column], "evidence": also, "hint": did_you_mean(said[self.column], list(self.allowed))}
            yield Finding(
                self.severity, self.id, row.get("extract", self.extract), row["file"],
                None if pd.isna(row["row"]) else int(row["row"]), self.column, value,
                self.what.format_map(said), self.remedy.format_map(said),
            )  # fmt: skip
        if len(failing) > LISTED:
            more = f"{len(failing) - LISTED:,} more rows break this rule: {self.reason}"
            file = str(failing["file"].iloc[LISTED])
            yield Finding(self.severity, self.id, self.extract, file, None, self.column, None, more,
                          "Put the rows listed right first; the cause is most likely the same.")  # fmt: skip


def shown(value: object) -> str:
    """A value as it is quoted in a sentence: dates as 2021-04-30, whole pounds without decimals, nothing as "nothing"."""
    if pd.isna(value):
        return "nothing"
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    if isinstance(value, float) and value.is_integer():
        return f"{value:,.0f}"
    return plain(str(value))


def by_value(values: pd.Series, test: Callable[[str], bool]) -> pd.Series:
    """A test of each text, asked once for each different one; what is missing passes."""
    codes, texts = pd.factorize(values)
    answers = pd.Series([test(text) for text in texts] + [True], dtype=bool)  # the last for the code -1, missing
    return pd.Series(answers.to_numpy()[codes], index=values.index)


def listing(words: tuple[str, ...]) -> str:
    """The allowed words, or the first of very many."""
    return "; ".join(words[:30]) + (f"; and {len(words) - 30} more" if len(words) > 30 else "")


def from_dictionary(settings: Settings) -> list[Rule]:
    """The rules that the data dictionary makes: filled, allowed, unique, known, inside the year, possible."""
    rules = []
    for extract in (*EXTRACTS, PUBLISHED):
        for column in extract.columns:
            if not column.personal:
                rules += _of_column(extract, column, settings)
    return rules


def _of_column(extract: Extract, column: Column, settings: Settings) -> Iterator[Rule]:
    place, name, file = f"{extract.name}.{column.name}", column.name, f"{extract.name}"
    allowed = column.allowed(settings.council)
    if column.required:
        yield Rule(
            f"{place}.required", file, name, "critical", f"Every row has {name}: {column.meaning}.",
            f"{name} is empty", f"Fill in {name}: {column.meaning}.", "filled",
        )  # fmt: skip
    if column.required_when:
        # Without a ground an extension does not count and the response is late at the plain limit: a figure can still be made.
        severity = "warning" if place == "investigations.extension_ground" else "critical"
        when = " and ".join(f"{other} is {_any_of(values)}" for other, values in column.required_when)
        said = " and ".join(f"{other} is {{{other}}}" for other, _ in column.required_when)
        yield Rule(
            f"{place}.required", file, name, severity, f"A row has {name} when {when}: {column.meaning}.",
            f"{name} is empty although {said}", f"Fill in {name}, or correct {column.required_when[0][0]}.",
            holds=lambda held: _needed_and_there(held.table(extract.name), column),
        )  # fmt: skip
    if allowed:
        where = f"council.yaml, {column.from_settings}" if column.from_settings else "the data dictionary"
        remedy = f"Use one of: {listing(allowed).replace('{', '{{').replace('}', '}}')} (from {where})."
        if column.type == "codes":
            yield Rule(
                f"{place}.allowed", file, name, "critical", f"Each part of {name} is one of the codes in {where}.",
                f'{name} has "{{evidence}}", which is not one of its codes', remedy, allowed=allowed,
                holds=lambda held: by_value(held.table(extract.name)[name], lambda text: not _strange(text, allowed)),
                evidence=lambda held, rows: rows[name].map(lambda text: plain('" and "'.join(_strange(text, allowed)))),
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
            holds=lambda held: held.table(extract.name)[name].isna(),
        )  # fmt: skip
    if column.unique:
        yield _unique(extract.name, name)
    if column.refers_to and extract.name != "investigations":  # those have a rule of their own
        yield Rule(
            f"{place}.known", file, name, "warning", f"{name}, where given, is the reference of a complaint held.",
            f"there is no complaint {{value}} in {_years(settings)}",
            "Correct the reference; if the complaint is of an earlier year, there is nothing to do.",
            holds=lambda held: _known(held, held.table(extract.name)[name]),
        )  # fmt: skip
    if column.within_year:
        yield Rule(
            f"{place}.in_year", file, name, "critical", f"{name} lies in the financial year of the extract.",
            f"{name} {{value}} is not inside {{year}}, which runs from {{evidence}}",
            "Correct the date, or move the row to the extract of the year in which it belongs.",
            holds=lambda held: inside_year(held.table(extract.name), name),
            evidence=lambda held, rows: rows["year"].map(_span),
        )  # fmt: skip
    if column.type == "date":
        yield from _possible(extract.name, column, settings)
    if column.type in ("pounds", "whole number", "number"):
        yield Rule(
            f"{place}.not_negative", file, name, "critical", f"{name} is not below zero.",
            f"{name} is {{value}}, which is below zero", f"Correct {name}; leave it empty if it is not known.",
            holds=lambda held: ~(_frame(held, extract.name)[name] < 0).fillna(False).astype(bool),
        )  # fmt: skip


def _unique(extract: str, name: str) -> Rule:
    place = f"{extract}.{name}"
    said = f"{name} {{value}} stands more than once: {{evidence}}"
    remedy = "Keep one row for each, or give each its own reference."
    if extract in ("complaints", "compliments"):
        return Rule(f"{place}.unique", extract, name, "critical", f"No two rows have the same {name}, in any year.", said, remedy,
                    "unique", evidence=lambda held, rows: _others(held.table(extract), rows, [name]))  # fmt: skip
    # What is still open at the end of a year may be handed over again with the next.
    return Rule(
        f"{place}.unique", extract, name, "critical", f"No two rows of a year have the same {name}.", said, remedy,
        holds=lambda held: ~repeated(held.table(extract), ["year", name]),
        evidence=lambda held, rows: _others(held.table(extract), rows, ["year", name]),
    )  # fmt: skip


def _possible(extract: str, column: Column, settings: Settings) -> Iterator[Rule]:
    place, name, as_at = f"{extract}.{column.name}", column.name, settings.report.data_as_at
    if not column.within_year:
        yield Rule(
            f"{place}.not_ancient", extract, name, "critical", f"{name} is not before {EARLIEST.year}.",
            f"{name} {{value}} is before {EARLIEST.year}", "Correct the date: the year is most likely mistyped.",
            holds=lambda held: ~(held.table(extract)[name] < pd.Timestamp(EARLIEST)),
        )  # fmt: skip
    if (extract, name) not in PLANNED:
        # A session may be booked ahead; anything else that is dated after the data was taken cannot have happened.
        severity = "warning" if extract == "training" else "critical"
        yield Rule(
            f"{place}.not_future", extract, name, severity, f"{name} is not after {as_at}, the day on which the data was taken.",
            f"{name} {{value}} is after {as_at}, the day on which the data was taken",
            "Correct the date, leave it empty if it has not happened, or correct data_as_at in report.yaml.",
            holds=lambda held: ~(held.table(extract)[name] > pd.Timestamp(as_at))
            | (column.within_year & ~inside_year(held.table(extract), name)),
        )  # fmt: skip


def _any_of(values: tuple[str, ...]) -> str:
    return " or ".join(values)


def _frame(held: Held, extract: str) -> pd.DataFrame:
    return held.published if extract == "published" else held.table(extract)


def _needed_and_there(table: pd.DataFrame, column: Column) -> pd.Series:
    needed = pd.Series(True, index=table.index)
    for other, values in column.required_when:
        needed &= table[other].isin(values)
    return table[column.name].notna() | ~needed


def _strange(text: str, allowed: tuple[str, ...]) -> list[str]:
    return [part for part in (part.strip() for part in text.split(";")) if part and part not in allowed]


def _known(held: Held, references: pd.Series) -> pd.Series:
    return references.isna() | references.isin(held.complaints.index)


def _years(settings: Settings) -> str:
    return ", ".join(map(str, settings.years_held)) or str(settings.year)


def _span(year: str) -> str:
    known = Year.parse(year)
    return f"{known.first_day} to {known.last_day}"


def inside_year(table: pd.DataFrame, name: str) -> pd.Series:
    """Whether a date lies in the financial year of the extract it stands in; a missing date does."""
    fits = table[name].isna()
    for text in table["year"].unique():
        year = Year.parse(text)
        inside = table[name].between(pd.Timestamp(year.first_day), pd.Timestamp(year.last_day) + pd.Timedelta(hours=23))
        fits |= (table["year"] == text) & inside
    return fits


def repeated(table: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Whether another row has the same in all these columns; a row in which one is missing is like no other."""
    return table.duplicated(columns, keep=False) & table[columns].notna().all(axis=1)


def _others(table: pd.DataFrame, rows: pd.DataFrame, columns: list[str]) -> pd.Series:
    """For each row the places of all the rows that are the same in these columns: "rows 4 and 9"."""
    alike = table.loc[repeated(table, columns), ["file", "row", *columns]]
    alike = alike.merge(rows[columns].drop_duplicates(), on=columns)
    places = alike.groupby(columns, sort=False)[["file", "row"]].apply(_places)
    keys = rows[columns[0]] if len(columns) == 1 else pd.Series(list(zip(*(rows[c] for c in columns), strict=True)), rows.index)
    return keys.map(places)


def _places(rows: pd.DataFrame) -> str:
    said = [
        f"{'rows' if len(numbers) > 1 else 'row'} {' and '.join(str(n) for n in sorted(numbers)[:5])}"
        f"{' and more' if len(numbers) > 5 else ''} of {file}"
        for file, numbers in rows.groupby("file")["row"]
    ]
    return "; ".join(said)


places_of_alike = _others
