"""What a rule is, and what it looks at; Great Expectations, which checks the rules, is not known here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from string import Formatter
from typing import Literal

import numpy as np
import pandas as pd

from pipeline.problem import did_you_mean
from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.validate.findings import Finding, Severity, quotable_text
from pipeline.year import Year

MAX_LISTED_FINDINGS = 10_000  # findings that one rule lists one by one; nobody reads more, and a million would fill the memory
DTYPES = {
    "date": "datetime64[us]",
    "whole number": "Int64",
    "pounds": "Float64",
    "number": "Float64",
}
COMPARED_PERSONAL_COLUMNS = {
    "complainant_name",
    "child_name",
    "text",
}  # the personal columns by which a row is known to stand twice
DECLARED_RULES: list[Rule] = []


@dataclass(frozen=True)
class RuleContext:
    """All that the rules look at: the typed extracts of every year held, published.csv and the settings."""

    tables: dict[str, pd.DataFrame]
    published: pd.DataFrame
    settings: Settings

    @classmethod
    def from_tables(
        cls, tables: dict[str, pd.DataFrame], published: pd.DataFrame, settings: Settings
    ) -> RuleContext:
        """The tables with rows numbered from 0 and without columns that no rule reads, codes as categories to save memory."""
        return cls(
            {name: _columns_for_rules(table, name) for name, table in tables.items()},
            _columns_for_rules(published, "published"),
            settings,
        )

    def table(self, name: str) -> pd.DataFrame:
        """An extract, without rows where it is absent; or what was published."""
        if name == "published":
            return self.published
        if name in self.tables:
            return self.tables[name]
        types = {
            column.name: DTYPES.get(column.type, "str") for column in EXTRACTS_BY_NAME[name].columns
        }
        empty = pd.DataFrame(columns=["year", "file", "row", *types])
        return empty.astype({"year": "str", "file": "str", "row": "int64"} | types)

    @cached_property
    def years(self) -> list[str]:
        """The years whose complaints are held."""
        return sorted(self.table("complaints")["year"].unique())

    @cached_property
    def complaints(self) -> pd.DataFrame:
        """The complaints that have a reference, each reference once, on the index of the extract."""
        return self.table("complaints").dropna(subset="reference").drop_duplicates("reference")

    @cached_property
    def complaint_positions(self) -> pd.Series:
        """For each investigation the position of its complaint in `complaints`, -1 where that is not held."""
        investigations = self.table("investigations")
        return pd.Series(
            self.locate_complaints(investigations["complaint"]), index=investigations.index
        )

    def locate_complaints(self, references: pd.Series) -> np.ndarray:
        """For each reference the position of its complaint in `complaints`, -1 where that is not held."""
        return self._reference_index.get_indexer(pd.Index(references.fillna("")))

    @cached_property
    def _reference_index(self) -> pd.Index:
        return pd.Index(self.complaints["reference"])

    @cached_property
    def complaint_of_investigation(self) -> pd.DataFrame:
        """For each investigation what its complaint says, on its index; missing where the complaint is not held."""
        said = self.complaints[["received", "accepted", "status", "outcome"]].reset_index(drop=True)
        return said.reindex(self.complaint_positions).set_axis(self.complaint_positions.index)

    @cached_property
    def last_stage(self) -> pd.DataFrame:
        """For each complaint `responded`, the last response, and `outcome`, that of the highest stage; missing without any."""
        table = self.table("investigations")[["year", "stage", "outcome", "responded"]].assign(
            case=self.complaint_positions
        )
        table = table[table["case"] >= 0]
        last = (
            table.sort_values(["case", "stage", "year"], kind="stable")
            .drop_duplicates("case", keep="last")
            .set_index("case")
        )
        last = last[["outcome"]].assign(responded=table.groupby("case")["responded"].max())
        by_place = last.reindex(range(len(self.complaints))).set_axis(self.complaints.index)
        return by_place.reindex(self.table("complaints").index)


def _columns_for_rules(table: pd.DataFrame, name: str) -> pd.DataFrame:
    columns = EXTRACTS_BY_NAME[name].columns
    unread = [
        column.name
        for column in columns
        if column.personal and column.name not in COMPARED_PERSONAL_COLUMNS
    ]
    codes = {
        column.name: "category" for column in columns if column.type in ("code", "codes", "yes/no")
    }
    return table.drop(columns=unread).reset_index(drop=True).astype(codes)


@dataclass(frozen=True)
class Rule:
    """One thing that must hold of each row of an extract.

    id: such as `complaints.outcome.allowed`. reason: what must hold, as a sentence for the auditor. what, remedy: the sentences
    of a finding, in which {value}, {evidence}, {hint} and the names of the row's columns are filled in. expects: `filled`,
    `one of` (allowed) and `unique` are asked of the column itself; `holds` of the answer that the function gives for each row.
    evidence: for the failing rows, a text each. quoted: whether the value may be repeated in the finding.
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
    passes: Callable[[RuleContext], pd.Series] | None = None
    evidence: Callable[[RuleContext, pd.DataFrame], pd.Series] | None = None
    quotes_value: bool = True

    def findings(self, context: RuleContext, failing_rows: pd.DataFrame) -> Iterator[Finding]:
        """A finding for each failing row, and one for all beyond LISTED."""
        listed = failing_rows.head(MAX_LISTED_FINDINGS)
        evidence = (
            self.evidence(context, listed) if self.evidence else pd.Series("", index=listed.index)
        )
        said_of = {
            name for text in (self.what, self.remedy) for _, name, _, _ in Formatter().parse(text)
        }
        needed = [
            name
            for name in listed.columns
            if name in said_of | {self.column, "extract", "file", "row"}
        ]
        for row, also in zip(listed[needed].to_dict("records"), evidence, strict=True):
            said = {name: format_value(value) for name, value in row.items()}
            value, number = said[self.column], row["row"]
            said |= {
                "value": value,
                "evidence": also,
                "hint": did_you_mean(value, list(self.allowed)),
            }
            whole_file = pd.isna(number)
            yield Finding(
                severity=self.severity,
                rule=self.id,
                extract=row.get("extract", self.extract),
                file=row["file"],
                row=None if whole_file else int(number),
                column=None if whole_file else self.column,
                value=value if self.quotes_value and not pd.isna(row[self.column]) else None,
                what=self.what.format_map(said),
                remedy=self.remedy.format_map(said),
            )
        if rest := len(failing_rows[MAX_LISTED_FINDINGS:]):
            yield Finding(
                severity=self.severity,
                rule=self.id,
                extract=self.extract,
                file=str(failing_rows["file"].iloc[MAX_LISTED_FINDINGS]),
                column=self.column,
                what=f"{rest:,} more rows break this rule: {self.reason}",
                remedy="Put the rows listed right first; the cause is most likely the same.",
                stands_for=rest,
            )


def format_value(value: object) -> str:
    """A value as it is quoted in a sentence: dates as 2021-04-30, whole pounds without decimals, nothing as "nothing"."""
    if pd.isna(value):
        return "nothing"
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    if isinstance(value, float) and value.is_integer():
        return f"{value:,.0f}"
    return quotable_text(str(value))


def test_distinct_values(values: pd.Series, test: Callable[[str], bool]) -> pd.Series:
    """A test of each text, asked once for each different one; what is missing passes."""
    codes, texts = pd.factorize(values)
    answers = pd.Series(
        [test(text) for text in texts] + [True], dtype=bool
    )  # the last for the code -1, missing
    return pd.Series(answers.to_numpy()[codes], index=values.index)


RowTest = Callable[[RuleContext], pd.Series]


def rule(
    id: str, severity: Severity, reason: str, what: str, remedy: str, **more
) -> Callable[[RowTest], RowTest]:
    """Declare a rule `extract.column.name`; the function below it says of each row whether it holds."""

    def declare(holds: RowTest) -> RowTest:
        extract, column, _ = id.split(".")
        DECLARED_RULES.append(
            Rule(id, extract, column, severity, reason, what, remedy, passes=holds, **more)
        )
        return holds

    return declare


def is_inside_year(table: pd.DataFrame, column: str) -> pd.Series:
    """Whether a date lies in the financial year of the extract it stands in; a missing date does."""
    fits = table[column].isna()
    for text in table["year"].unique():
        year = Year.parse(text)
        inside = table[column].between(
            pd.Timestamp(year.first_day), pd.Timestamp(year.last_day) + pd.Timedelta(hours=23)
        )
        fits |= (table["year"] == text) & inside
    return fits


def is_duplicated(table: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Whether another row has the same in all these columns; a row in which one is missing is like no other."""
    return table.duplicated(columns, keep=False) & table[columns].notna().all(axis=1)


def locate_matches(table: pd.DataFrame, rows: pd.DataFrame, columns: list[str]) -> pd.Series:
    """For each of the rows the places of all that are the same in these columns: "rows 4 and 9 of data/raw/…"; or missing.

    table: the extract, or a copy of it on the same index with columns made for comparing.
    """
    alike = table.loc[is_duplicated(table, columns)]
    keys = pd.Series(pd.MultiIndex.from_frame(alike[columns]).to_flat_index(), index=alike.index)
    wanted = keys.reindex(rows.index)
    alike = alike[keys.isin(wanted.dropna())]
    places: dict[tuple, dict[str, list[int]]] = {}
    for key, file, row in zip(keys[alike.index], alike["file"], alike["row"], strict=True):
        places.setdefault(key, {}).setdefault(file, []).append(row)
    return wanted.map({key: format_rows(files, 5) for key, files in places.items()}).astype("str")


def format_rows(files: Mapping[str, list[int]], max_rows: int) -> str:
    """Rows by file: "rows 4, 9 and 12 of data/raw/…"; of each file so many at most."""
    said = []
    for file, rows in files.items():
        *first, last = [f"{row:,}" for row in rows[:max_rows]] + ["more"] * (len(rows) > max_rows)
        listed = f"{', '.join(first)} and {last}" if first else last
        said.append(f"row{'s' * (len(rows) > 1)} {listed} of {file}")
    return "; ".join(said)
