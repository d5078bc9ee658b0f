"""The complaints that were moved from one procedure to another, which the latter counts.

No procedure's own report counts those that it has passed on, so they are figures of the joint
report alone: `corporate.complaints.moved_to_adult`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from pipeline.aggregate.figure import round_to_multiple
from pipeline.aggregate.lineage import LINEAGE
from pipeline.artifacts import CLEAN_STEP, FROM_EXTRACTS
from pipeline.settings import Disclosure, Settings

MOVED_FILE = "moved.parquet"
RECEIVED = "complaints.received"


@dataclass(frozen=True)
class Move:
    """The complaints that one procedure has passed on to another.

    rows: of the year's extracts, with year, file and row.
    """

    source: Settings
    target: Settings
    rows: pd.DataFrame

    @property
    def id(self) -> str:
        """The id of the figure that counts them."""
        return f"{self.source.procedure}.complaints.moved_to_{self.target.procedure}"

    @property
    def relation(self) -> str:
        """What the figure cannot exceed, in words."""
        return f"{self.id} <= {self.target.procedure}.{RECEIVED}"

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
        wholes = figures[figures["figure"] == f"{self.target.procedure}.{RECEIVED}"]
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
        return pd.DataFrame(rows).assign(
            figure=self.id,
            title=f"Complaints moved from {source} to {target}",
            rule=f"Complaints that were received under {source} and moved to {target}, where they "
            "are counted.",
            source=FROM_EXTRACTS,
            once_published=float("nan"),
        )


def _is_small(value: float, disclosure: Disclosure) -> bool:
    if disclosure.policy == "publish" or (value == 0 and disclosure.show_zero):
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
