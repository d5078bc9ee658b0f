"""The authorities with children's services in England: their codes, and the regions they lie in.

`authorities.csv` is made from two files of the Department for Education (children in need, and
children looked after, 2025; Open Government Licence v3.0). An authority that was reorganised stays
in it, with the codes of its successors.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

ENGLAND = ("E92000001", "England")
UNKNOWN = "x"  # what the standard writes for a code that is not available


class Authority(NamedTuple):
    """An authority as official statistics name it.

    successors: the codes of the authorities that replaced it, separated by spaces; mostly none.
    """

    new_la_code: str
    old_la_code: str
    la_name: str
    region_code: str
    region_name: str
    successors: str = ""

    @property
    def geography(self) -> tuple[str, ...]:
        """Its cells under GEOGRAPHY_COLUMNS."""
        return (
            *ENGLAND,
            self.region_code,
            self.region_name,
            self.new_la_code,
            self.old_la_code,
            self.la_name,
        )


@cache
def authorities() -> dict[str, Authority]:
    """The authorities by their new codes."""
    path = Path(__file__).with_name("authorities.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [Authority(**row) for row in csv.DictReader(file)]
    return {row.new_la_code: row for row in rows}


@cache
def regions() -> dict[str, str]:
    """The names of the regions by their codes."""
    return {row.region_code: row.region_name for row in authorities().values()}


def authority_of(la_code: str | None, name: str) -> Authority:
    """The authority with a code, with `x` for the codes of one that is not in the list.

    name: what the council calls itself, for an authority that is not in the list.
    """
    known = authorities().get(la_code or "")
    return known or Authority(UNKNOWN, UNKNOWN, name, UNKNOWN, UNKNOWN)
