"""The complaints that concern two procedures: moved from one to the other, or answered jointly.

No procedure's own report counts those that it has passed on, or says with which other procedure it
answers jointly, so they are figures of the joint report alone:
`corporate.complaints.moved_to_adult` and `corporate.complaints.joint_with_adult`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
import pyarrow as pa

from pipeline.aggregate.figure import round_to_multiple
from pipeline.aggregate.figures.partners import COLUMN as JOINT_WITH
from pipeline.aggregate.figures.partners import OTHER_PROCEDURE
from pipeline.aggregate.lineage import LINEAGE
from pipeline.artifacts import CLEAN_STEP, FROM_EXTRACTS
from pipeline.settings import Disclosure, Settings

MOVED_FILE = "moved.parquet"
CASES_FILE = "cases.parquet"
RECEIVED = "complaints.received"
BY_PARTNER = "complaints.joint_by_partner"


@dataclass(frozen=True)
class Move:
    """The complaints that one procedure has passed on to another.

    rows: of the year's extracts, with year, file and row.
    """

    name: ClassVar = "moved_to"
    words: ClassVar = (
        "moved from {} to {}",
        "received under {} and moved to {}, where they are counted",
    )

    source: Settings
    target: Settings
    rows: pd.DataFrame

    @property
    def id(self) -> str:
        """The id of the figure that counts them."""
        return f"{self.source.procedure}.complaints.{self.name}_{self.target.procedure}"

    @property
    def whole(self) -> tuple[str, str]:
        """The figure of which they are a part, and its category."""
        return f"{self.target.procedure}.{RECEIVED}", ""

    @property
    def relation(self) -> str:
        """What the figure cannot exceed, in words."""
        figure, category = self.whole
        return f"{self.id} <= {figure}" + (f" [{category}]" if category else "")

    @property
    def lineage(self) -> pa.Table:
        """The rows behind the figure, as LINEAGE."""
        rows = self.rows.assign(figure=self.id, category="", detail="", extract="complaints")
        texts = {name: rows[name].astype("str") for name in LINEAGE.names if name != "row"}
        table = pa.Table.from_pandas(rows.assign(**texts)[LINEAGE.names], preserve_index=False)
        return table.cast(LINEAGE)

    def numbers(self, figures: pd.DataFrame) -> pd.DataFrame:
        """The figure in the columns of figures.csv.

        figures: those of all procedures. A number is withheld if it is small, or if the number of
        complaints of which it is a part is withheld: it is never less than this one.
        """
        figure, category = self.whole
        wholes = figures[(figures["figure"] == figure) & (figures["category"] == category)]
        counts = self.rows["year"].value_counts()
        available = {str(year) for year in self.source.available_years}
        rows = []
        for _, whole in wholes.iterrows():
            value, sign = float(counts.get(whole["year"], 0)), whole["shorthand"]
            if not sign and whole["year"] not in available:
                sign = "x"
            if not sign and _is_small(value, self.source.council.disclosure):
                sign = "c"
            rounded = round_to_multiple(value, self.source.council.disclosure.round_to)
            rows.append(whole.to_dict() | {"value": None if sign else rounded, "shorthand": sign})
        source, target = (one.council.procedure.heading for one in (self.source, self.target))
        title, rule = (words.format(source, target) for words in self.words)
        return pd.DataFrame(rows, columns=figures.columns).assign(
            figure=self.id,
            category="",
            base="",
            title=f"Complaints {title}",
            rule=f"Complaints that were {rule}.",
            source=FROM_EXTRACTS,
            once_published=float("nan"),
        )


class Partnership(Move):
    """The complaints of one procedure that are answered jointly with another, and counted once."""

    name: ClassVar = "joint_with"
    words: ClassVar = (
        "of {} answered jointly with {}",
        "received under {}, where they are counted, and answered jointly with {}",
    )

    @property
    def whole(self) -> tuple[str, str]:
        """The figure of which they are a part, and its category."""
        return f"{self.source.procedure}.{BY_PARTNER}", OTHER_PROCEDURE


def shared_cases(procedures: list[Settings]) -> list[Move]:
    """All that concern two procedures: those moved, then those answered jointly."""
    return [*moves_between(procedures), *partnerships_between(procedures)]


def shared_numbers(cases: list[Move], figures: pd.DataFrame) -> list[pd.DataFrame]:
    """The figure of each, in the columns of figures.csv.

    figures: those of all procedures. The partnerships of one procedure add up to a number that it
    publishes, so that a withheld one withholds the others of its year.
    """
    tables = [move.numbers(figures) for move in cases]
    for position, move in enumerate(cases):
        if not isinstance(move, Partnership):
            continue
        source_tables = [
            table
            for other, table in zip(cases, tables, strict=True)
            if isinstance(other, Partnership) and other.source is move.source
        ]
        signs = pd.concat(source_tables)[["year", "shorthand"]]
        withheld_years = set(signs.loc[signs["shorthand"] == "c", "year"])
        table = tables[position]
        is_withheld = table["year"].isin(withheld_years) & (table["shorthand"] == "")
        tables[position] = table.assign(
            value=table["value"].mask(is_withheld),
            shorthand=table["shorthand"].mask(is_withheld, "c"),
        )
    return tables


def _is_small(value: float, disclosure: Disclosure) -> bool:
    if not disclosure.withholds or (value == 0 and disclosure.show_zero):
        return False
    return value <= disclosure.largest_small


def moves_between(procedures: list[Settings]) -> Iterator[Move]:
    """The moves between procedures that occurred in any of the years compared."""
    for source in procedures:
        moved = pd.read_parquet(source.processed / CLEAN_STEP / MOVED_FILE)
        for target in procedures:
            rows = moved[moved["moved_to"] == target.procedure]
            if len(rows) and target is not source:
                yield Move(source, target, rows)


def partnerships_between(procedures: list[Settings]) -> Iterator[Partnership]:
    """The complaints of each procedure that are answered jointly with another, if there are any."""
    for source in procedures:
        columns = ["year", "file", "row", JOINT_WITH]
        cases = pd.read_parquet(source.processed / CLEAN_STEP / CASES_FILE, columns=columns)
        for target in procedures:
            rows = cases[(cases[JOINT_WITH] == target.procedure).fillna(False)]
            if len(rows) and target is not source:
                yield Partnership(source, target, rows)
