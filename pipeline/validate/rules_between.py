"""Rules between columns, extracts and years."""

from __future__ import annotations

import pandas as pd

from pipeline.validate.rules import Held, Rule

BETWEEN: list[Rule] = []


def row_counts(held: Held) -> pd.DataFrame:
    return pd.DataFrame()


def order(extract: str, earlier: str, later: str) -> None:
    """A date that cannot come before another in the same row."""
    BETWEEN.append(Rule(
        f"{extract}.{later}.after_{earlier}", extract, later, "critical", f"{later} is not before {earlier}.",
        f"{later} {{value}} is before {earlier} {{{earlier}}}", "Correct whichever of the two dates is wrong.",
        holds=lambda held: ~(held.table(extract)[later] < held.table(extract)[earlier]),
    ))  # fmt: skip


order("complaints", "received", "closed")
for earlier, later in (
    ("requested", "agreed"), ("requested", "panel_met"), ("panel_met", "panel_reported"), ("panel_reported", "responded"),
    ("agreed", "responded"), ("requested", "responded"),
):  # fmt: skip
    order("investigations", earlier, later)
order("ombudsman", "received", "decided")
order("concerns", "received", "settled")
