"""What the rules look at: the typed extracts, the published totals and the settings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from pipeline.settings import Settings
from pipeline.validate.definitions import CODED_TYPES
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.validate.listings import is_listed_again
from pipeline.year import Year, financial_years

DTYPES = {
    "date": "datetime64[us]",
    "whole number": "Int64",
    "pounds": "Float64",
    "number": "Float64",
}
# The personal columns by which a row is recognised as entered twice.
COMPARED_PERSONAL_COLUMNS = {"complainant_name", "child_name", "text"}
# What the rules about investigations look up in their complaint.
CASE_COLUMNS = ["reference", "received", "accepted", "status", "outcome"]


@dataclass(frozen=True)
class RuleContext:
    """The typed extracts of every available year, published.csv and the settings."""

    tables: dict[str, pd.DataFrame]
    published: pd.DataFrame
    settings: Settings

    @classmethod
    def from_tables(
        cls, tables: dict[str, pd.DataFrame], published: pd.DataFrame, settings: Settings
    ) -> RuleContext:
        """The context of these tables, with rows numbered from 0.

        To save memory, columns that no rule reads are dropped and codes become categories.
        """
        compact = {name: _columns_for_rules(table, name) for name, table in tables.items()}
        return cls(compact, _columns_for_rules(published, "published"), settings)

    def table(self, name: str) -> pd.DataFrame:
        """An extract, without rows where it is absent; or the published totals."""
        if name == "published":
            return self.published
        if name in self.tables:
            return self.tables[name]
        columns = EXTRACTS_BY_NAME[name].columns
        types = {column.name: DTYPES.get(column.type, "str") for column in columns}
        empty = pd.DataFrame(columns=["year", "file", "row", *types])
        return empty.astype({"year": "str", "file": "str", "row": "int64"} | types)

    @cached_property
    def years(self) -> list[str]:
        """The years whose complaints are available, oldest first."""
        return sorted(self.table("complaints")["year"].unique())

    @cached_property
    def complaints(self) -> pd.DataFrame:
        """CASE_COLUMNS of complaints with a reference, each once, on the index of the extract.

        Of one that is in the extracts of two years, the later row.
        """
        complaints = self.table("complaints")
        references = complaints["reference"].mask(is_listed_again(complaints))
        return complaints.loc[references.notna() & ~references.duplicated(), CASE_COLUMNS]

    @cached_property
    def complaint_positions(self) -> pd.Series:
        """For each investigation the position of its complaint in `complaints`, or -1."""
        investigations = self.table("investigations")
        positions = self.locate_complaints(investigations["complaint"])
        return pd.Series(positions, index=investigations.index)

    def locate_complaints(self, references: pd.Series) -> np.ndarray:
        """For each reference the position of its complaint in `complaints`, -1 if there is none."""
        if references.isna().all():
            return np.full(len(references), -1)
        known = self.complaints["reference"]
        # Codes are in order of first appearance, so those of the complaints are their positions.
        codes, _ = pd.factorize(pd.concat([known, references], ignore_index=True))
        positions = codes[len(known) :]
        return np.where(positions < len(known), positions, -1)

    @cached_property
    def complaint_of_investigation(self) -> pd.DataFrame:
        """For each investigation its complaint's dates, status and outcome, on its own index.

        All are missing where the complaint is not in the extracts.
        """
        complaints = self.complaints.drop(columns="reference").reset_index(drop=True)
        positions = self.complaint_positions
        return complaints.reindex(positions).set_axis(positions.index)

    @cached_property
    def last_stage(self) -> pd.DataFrame:
        """For each complaint `responded`, its last response, and `outcome`, of its highest stage.

        Both are missing for a complaint without investigations.
        """
        investigations = self.table("investigations")[["year", "stage", "outcome", "responded"]]
        investigations = investigations.assign(case=self.complaint_positions)
        investigations = investigations[investigations["case"] >= 0]
        in_order = investigations.sort_values(["stage", "year"], kind="stable")
        last = in_order.drop_duplicates("case", keep="last").set_index("case")[["outcome"]]
        last = last.assign(responded=investigations.groupby("case")["responded"].max())
        # From the positions in `complaints` back to the rows of the extract.
        by_position = last.reindex(range(len(self.complaints))).set_axis(self.complaints.index)
        return by_position.reindex(self.table("complaints").index)


def is_inside_year(table: pd.DataFrame, column: str) -> pd.Series:
    """Whether a date lies in the financial year of its extract; a missing date passes."""
    is_inside = table[column].isna()
    for text in table["year"].unique():
        year = Year.parse(text)
        first = pd.Timestamp(year.first_day)
        last = pd.Timestamp(year.last_day) + pd.Timedelta(hours=23)
        is_inside |= (table["year"] == text) & table[column].between(first, last)
    return is_inside


def is_inside_a_year(context: RuleContext, extract: str, column: str) -> pd.Series:
    """Whether a date lies in the year of its extract; a complaint's may be another with extracts.

    Such a complaint is counted in the year received, with a warning.
    """
    table = context.table(extract)
    is_inside = is_inside_year(table, column)
    if extract == "complaints" and not is_inside.all():
        is_inside |= financial_years(table[column]).isin(context.years)
    return is_inside


def _columns_for_rules(table: pd.DataFrame, name: str) -> pd.DataFrame:
    columns = EXTRACTS_BY_NAME[name].columns
    unread = [
        column.name
        for column in columns
        if column.personal and column.name not in COMPARED_PERSONAL_COLUMNS
    ]
    coded = [column.name for column in columns if column.type in CODED_TYPES]
    compact = table.drop(columns=unread).reset_index(drop=True)
    # Not `astype`, which goes over all columns and joins them.
    return compact.assign(**{name: compact[name].astype("category") for name in coded})
