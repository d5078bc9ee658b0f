"""Rates and shares of the council and of those that it is compared with, and where they are from.

The council's own numbers are those that the report publishes, so nothing that is withheld can be
worked out from a comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import mean
from typing import Literal, NamedTuple

from pipeline.open_data.authorities import authorities
from pipeline.reference.areas import Areas
from pipeline.reference.checks import NUMBER
from pipeline.reference.store import Reference, ReferenceRow
from pipeline.report.figures import Published
from pipeline.settings import Settings
from pipeline.significance import binomial_interval, poisson_interval

Kind = Literal["rate", "share"]
COMPLAINTS = "complaints.received"


class AreaValue(NamedTuple):
    """The value of one authority: cases for `per` of a base, or a share of it in percent.

    low, high: its 95% interval. sources: the file and row of each number that it is made of.
    """

    code: str
    name: str
    cases: int
    base: int
    value: float
    low: float
    high: float
    sources: str


class Group(NamedTuple):
    """The authorities of one kind that have a value: their mean, the lowest and the highest.

    size: how many there are of that kind, with and without a value.
    """

    name: str
    size: int
    values: list[AreaValue]

    @property
    def mean(self) -> float:
        return mean(one.value for one in self.values)

    @property
    def lowest(self) -> float:
        return min(one.value for one in self.values)

    @property
    def highest(self) -> float:
        return max(one.value for one in self.values)


@dataclass(frozen=True)
class Measure:
    """What is compared.

    counted, base: what is counted, and of what, in words. per: the multiple of a rate.
    terms: the measures of the reference data that make the count, and those that make the base.
    """

    id: str
    title: str
    counted: str
    base: str
    kind: Kind
    per: int
    terms: tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Comparison:
    """A measure in the reported year: the council's value, and groups of others."""

    measure: Measure
    own: AreaValue
    groups: tuple[Group, ...]


UPHELD = Measure(
    id="ombudsman_upheld",
    title="Upheld by the Ombudsman, all services",
    counted="upheld",
    base="investigations",
    kind="share",
    per=100,
    terms=(("ombudsman_upheld",), ("ombudsman_upheld", "ombudsman_not_upheld")),
)
COMPLIED = Measure(
    id="remedies_complied",
    title="Remedies of the Ombudsman that were carried out, all services",
    counted="carried out",
    base="cases",
    kind="share",
    per=100,
    terms=(("remedies_complied",), ("remedies_complied", "remedies_not_complied")),
)
RATES = (
    Measure(
        id="complaints",
        title="Complaints per 1,000 children in need",
        counted="complaints",
        base="children in need",
        kind="rate",
        per=1_000,
        terms=(("complaints",), ("children_in_need",)),
    ),
    Measure(
        id="children_in_need",
        title="Children in need on 31 March, per 10,000 children",
        counted="children in need",
        base="children",
        kind="rate",
        per=10_000,
        terms=(("children_in_need",), ("children",)),
    ),
    Measure(
        id="children_looked_after",
        title="Children looked after on 31 March, per 10,000 children",
        counted="children looked after",
        base="children",
        kind="rate",
        per=10_000,
        terms=(("children_looked_after",), ("children",)),
    ),
)


def compare(
    measure: Measure, reference: Reference, areas: Areas, published: Published, settings: Settings
) -> Comparison | None:
    """The comparison of a measure; None without the council's own value, or any other's.

    A value is left out if it is made of fewer cases than `statistics.rate_from`.
    """
    year = published.year
    names = dict.fromkeys((*measure.terms[0], *measure.terms[1]))
    rows = {name: reference.values(name, str(year)) for name in names}
    own_code = areas.own.new_la_code
    if "complaints" in rows:
        rows["complaints"] = rows["complaints"] | _own_complaints(published, areas)
    least = settings.council.statistics.rate_from

    def value_of(code: str) -> AreaValue | None:
        value = _area_value(measure, code, rows)
        if value is None:
            return None
        return value if (value.cases if measure.kind == "rate" else value.base) >= least else None

    own = value_of(own_code)
    if own is None:
        return None
    groups = tuple(
        group
        for name, codes in (
            ("statistical neighbours", areas.neighbours),
            (f"others in {areas.own.region_name}", areas.region),
        )
        if (group := _group(name, codes, value_of)).values
    )
    return Comparison(measure, own, groups) if groups else None


def _group(name: str, codes: tuple[str, ...], value_of: Callable[[str], AreaValue | None]) -> Group:
    values = [value_of(code) for code in codes]
    return Group(name, len(codes), [value for value in values if value])


def _own_complaints(published: Published, areas: Areas) -> dict[str, ReferenceRow]:
    """The council's complaints as this report publishes them, like a row of the reference data."""
    number = published[COMPLAINTS].number()
    if number.value is None:
        return {}
    own = areas.own
    place = ("", "complaints", str(published.year), own.new_la_code, own.la_name)
    row = ReferenceRow(*place, f"{number.value:.0f}", COMPLAINTS, "")
    return {own.new_la_code: row}


def _area_value(
    measure: Measure, code: str, rows: Mapping[str, Mapping[str, ReferenceRow]]
) -> AreaValue | None:
    """The value of an authority; None if a number of it is missing or not published."""
    used = {name: row for name in rows if (row := rows[name].get(code))}
    if len(used) < len(rows) or not all(NUMBER.fullmatch(row.value) for row in used.values()):
        return None
    count, base = (sum(int(float(used[name].value)) for name in names) for names in measure.terms)
    if not base:
        return None
    interval = poisson_interval(count) if measure.kind == "rate" else binomial_interval(count, base)
    scale = measure.per / base if measure.kind == "rate" else measure.per
    sources = "; ".join(
        f"{row.file}, row {row.row}: {row.value}" if row.row else f"{row.file}: {row.value}"
        for row in used.values()
    )
    low, high = (scale * end for end in interval)
    name = authorities()[code].la_name
    return AreaValue(code, name, count, base, count / base * measure.per, low, high, sources)
