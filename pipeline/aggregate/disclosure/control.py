"""Disclosure control, once, at the door: which numbers are withheld, and why, before anybody writes with them.

The policy is the council's (`disclosure` in council.yaml). Where small numbers are withheld, so is whatever they could be worked
out from: totals of a breakdown, the same number under another name, what was published in earlier years.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline.aggregate.catalogue import CATALOGUE
from pipeline.aggregate.figure import Figure
from pipeline.aggregate.figure_table import PRINT_TOLERANCE, numbers_in_published_csv
from pipeline.aggregate.figures.complaints import DECIDED_OUTCOMES
from pipeline.aggregate.figures.registry import NOT_RECORDED
from pipeline.artifacts import OPEN_DATA, NumberKey, read_open_data
from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.settings import Council, Disclosure, Equality, Settings

WITHHELD = "c"
NUMBER_KEY_COLUMNS = ["figure", "year", "category", "detail"]
DECISION_COLUMNS = [*NUMBER_KEY_COLUMNS, "rule", "protects"]
RELATION_COLUMNS = ["sum", *NUMBER_KEY_COLUMNS, "times"]
KNOWN_COLUMNS = [*NUMBER_KEY_COLUMNS, "value"]
Relations = list[dict[NumberKey | int, int]]
SUPPRESSION_COSTS = {"characteristics": 1.0, "breakdowns": 2.0, "totals": 50.0}

# What adds up by its definition beside a breakdown and its base: the parts, and what they make together.
ADD_UP: list[tuple[list[tuple[str, str]], tuple[str, str]]] = [
    ([("complaints.received", "")], ("representations.by_kind", "complaints")),
    ([("ombudsman.received", "")], ("representations.by_kind", "Ombudsman cases")),
    ([("compliments.received", "")], ("representations.by_kind", "compliments")),
    ([("complaints.accepted", ""), ("complaints.turned_away", "")], ("complaints.received", "")),
    ([("complaints.concluded", ""), ("complaints.by_outcome", "open")], ("complaints.received", "")),
    ([("complaints.turned_away", "")], ("complaints.by_outcome", "not accepted")),
    ([("complaints.withdrawn", "")], ("complaints.by_outcome", "withdrawn")),
    ([("complaints.from_young_people", "")], ("complaints.by_complainant", "child or young person")),
    *(([("complaints.decided_by_outcome", outcome)], ("complaints.by_outcome", outcome)) for outcome in DECIDED_OUTCOMES),
    *(
        ([(f"complaints.with_{name}", ""), (f"complaints.by_{name}", NOT_RECORDED)], ("complaints.received", ""))
        for name in Equality.model_fields
    ),
    *(([(f"stage_{stage}.investigated", "")], ("complaints.by_stage", f"stage {stage}")) for stage in "123"),
    *(([(f"stage_{stage}.by_outcome", kind)], (f"stage_{stage}.timeliness", kind)) for stage in "123" for kind in
      ("open", "withdrawn")),
]  # fmt: skip
# What is part of another number by its definition, beside its base: who is told that the other is 0 knows that this one is.
PART_OF: list[tuple[tuple[str, str], str]] = [
    (("complaints.by_outcome", "open"), "complaints.open_at_year_end"),
    (("complaints.bypassed_stage_1", ""), "stage_2.investigated"),
]


@dataclass(frozen=True)
class DisclosureResult:
    """What disclosure control made of the figures.

    figures: as they go on, a withheld number missing and marked `c`. decisions: DECISIONS, a row for each number withheld. sums:
    SUMS, what a reader can add up; an empty figure stands for a number that is nowhere published. known: KNOWN, what a reader of
    earlier publications knows that is still so.
    """

    figures: pd.DataFrame
    decisions: pd.DataFrame
    relations: pd.DataFrame
    known_numbers: pd.DataFrame


def earlier_numbers(published: pd.DataFrame, settings: Settings) -> list[tuple[NumberKey, float]]:
    """What earlier publications told: published.csv, and the open data of this workspace's reports of earlier years."""
    told = [
        ((id, *key), value)
        for id, numbers in numbers_in_published_csv(published).items()
        for key, (value, _) in numbers.items()
    ]
    for folder in settings.earlier_report_folders:
        if (open_data := folder / OPEN_DATA).is_file():
            told += read_open_data(open_data.read_bytes())
    return told


def apply_policy(
    figures: pd.DataFrame,
    earlier: Iterable[tuple[NumberKey, float]],
    row_counts: Mapping[tuple[str, str], int],
    council: Council,
) -> DisclosureResult:
    """The figures as the council's policy lets them be published, and the decisions.

    told: numbers of earlier publications. sizes: figure and year → of how many rows it was made.
    """
    policy = council.disclosure
    _check_sensitive(policy)
    if policy.policy == "publish":
        nothing = (
            pd.DataFrame(columns=columns, dtype="str")
            for columns in (DECISION_COLUMNS, RELATION_COLUMNS, KNOWN_COLUMNS)
        )
        return DisclosureResult(figures, *nothing)
    values = {
        (row.figure, row.year, row.category, row.detail): float(row.value)
        for row in figures.itertuples()
        if not pd.isna(row.value)
        and CATALOGUE[row.figure].measure == "count"
        and CATALOGUE[row.figure].disclosure_group != "nobody"
    }
    sums, hidden = build_relations(values)
    small = {
        cell for cell, value in values.items() if _is_primary(CATALOGUE[cell[0]], value, policy)
    }
    known = {
        cell: value
        for cell, value in earlier
        if cell in values and abs(values[cell] - value) < PRINT_TOLERANCE
    }
    withheld, lost = _suppress_numbers(values, hidden, sums, small, set(known), policy)
    reasons = {
        cell: "small number" if cell in small else "would give another away" for cell in withheld
    }
    reasons |= dict.fromkeys(lost & withheld, "small number, that earlier publications give away")
    reasons |= _dependent_measures(figures, withheld, row_counts, policy)
    return DisclosureResult(
        _round_figures(_withhold(figures, set(reasons)), set(values), policy.round_to),
        _decisions_table(figures, reasons, sums, withheld - small, withheld),
        _relations_table(sums, values),
        pd.DataFrame([(*cell, value) for cell, value in known.items()], columns=KNOWN_COLUMNS),
    )


def _dependent_measures(
    figures: pd.DataFrame,
    withheld: set[NumberKey],
    row_counts: Mapping[tuple[str, str], int],
    policy: Disclosure,
) -> dict[NumberKey, str]:
    """The numbers of people that are no counts and go with one: rates, and what is made of a small number of cases."""
    reasons = {}
    for row in figures.itertuples():
        figure = CATALOGUE[row.figure]
        if pd.isna(row.value) or figure.disclosure_group == "nobody" or figure.measure == "count":
            continue
        cell = (row.figure, row.year, row.category, row.detail)
        if figure.measure == "rate":
            if (_numerator(figure), row.year, "", "") in withheld:
                reasons[cell] = "would give another away"
        elif (
            row.source == "extracts"
            and 0 < row_counts.get((row.figure, row.year), 0) <= policy.threshold
        ):
            reasons[cell] = "made of a small number of cases"
    return reasons


def _decisions_table(
    figures: pd.DataFrame,
    reasons: Mapping[NumberKey, str],
    sums: Relations,
    protecting: set[NumberKey],
    withheld: set[NumberKey],
) -> pd.DataFrame:
    rows = [
        (
            *cell,
            reasons[cell],
            "; ".join(map(_label, _protected_numbers(cell, sums, withheld)))
            if cell in protecting
            else "",
        )
        for cell in map(tuple, figures[NUMBER_KEY_COLUMNS].itertuples(index=False))
        if cell in reasons
    ]
    return pd.DataFrame(rows, columns=DECISION_COLUMNS).astype("str")


def _relations_table(sums: Relations, values: Mapping[NumberKey, float]) -> pd.DataFrame:
    return pd.DataFrame([
        (number, *(cell if cell in values else ("", "", "", str(cell))), times)
        for number, terms in enumerate(sums)
        for cell, times in terms.items()
    ], columns=RELATION_COLUMNS)  # fmt: skip


def _check_sensitive(policy: Disclosure) -> None:
    for place, name in enumerate(policy.sensitive, 1):
        if name not in CATALOGUE and name not in SUPPRESSION_COSTS:
            raise Problem(
                Kind.SETTINGS, f"data/raw/council.yaml, disclosure, sensitive, entry {place}",
                f'there is no figure "{name}".{did_you_mean(name, [*SUPPRESSION_COSTS, *CATALOGUE])}',
                f"Use the id of a figure (docs/figures.md lists them) or one of: {', '.join(SUPPRESSION_COSTS)}.",
            )  # fmt: skip


def _is_primary(figure: Figure, value: float, policy: Disclosure) -> bool:
    if value > 0 == round_to_multiple(value, policy.round_to):  # it would read as none
        return True
    sensitive = figure.id in policy.sensitive or figure.disclosure_group in policy.sensitive
    return sensitive and (0 < value <= policy.threshold or (value == 0 and not policy.show_zero))


def round_to_multiple(value: float, multiple: int) -> float:
    """The nearest multiple, and the larger of two that are equally near."""
    return (value + multiple / 2) // multiple * multiple if multiple > 1 else value


def _round_figures(figures: pd.DataFrame, counts: set[NumberKey], multiple: int) -> pd.DataFrame:
    """The figures with counts of people rounded, and rates made anew of them, so that no rate tells what was rounded away."""
    if multiple == 1:
        return figures
    cells = [tuple(cell) for cell in figures[NUMBER_KEY_COLUMNS].itertuples(index=False)]
    exact = dict(zip(cells, figures["value"], strict=True))
    made = {
        cell: round_to_multiple(value, multiple) if cell in counts else value
        for cell, value in exact.items()
        if not pd.isna(value)
    }
    for id, year, *rest in made:
        figure = CATALOGUE[id]
        if figure.measure == "rate":
            counted, base = ((one, year, "", "") for one in (_numerator(figure), figure.base))
            made[id, year, *rest] = made[counted] / made[base] * figure.per
    return figures.assign(
        value=pd.array([made.get(cell, pd.NA) for cell in cells], dtype="Float64")
    )


def _numerator(rate: Figure) -> str:
    """The figure that counts the rows of a rate: who knows the base knows it from the rate."""
    return next(
        one.id
        for one in CATALOGUE.values()
        if one.select is rate.select and one.measure == "count" and not one.by
    )


def build_relations(values: Mapping[NumberKey, float]) -> tuple[Relations, dict[int, float]]:
    """What adds up to 0, with its signs; and the values of numbers that are published nowhere, such as "all the others"."""
    sums: Relations = []
    hidden: dict[int, float] = {}
    of: dict[tuple[str, str], list[NumberKey]] = {}
    for cell in values:
        of.setdefault(cell[:2], []).append(cell)

    def add(parts: Iterable[NumberKey], whole: NumberKey, all_of_it: bool) -> None:
        parts = [part for part in parts if part in values]
        if not parts or whole not in values:
            return
        rest = values[whole] - sum(values[part] for part in parts)
        terms: dict[NumberKey | int, int] = dict.fromkeys(parts, 1) | {whole: -1}
        if rest > 0 or (rest == 0 and not all_of_it):
            hidden[len(sums)] = rest
            terms[len(sums)] = 1
        elif rest < 0:  # no such sum among these numbers, so none for a reader
            return
        sums.append(terms)

    for (id, year), cells in of.items():
        figure = CATALOGUE[id]
        base = (figure.base or "", year, "", "")
        if figure.by and not figure.overlapping:
            add(cells, base, all_of_it=True)
        else:
            for cell in cells:
                add([cell], base, all_of_it=False)
        if figure.column_totals:
            for detail in dict.fromkeys(cell[3] for cell in cells):
                add(
                    [cell for cell in cells if cell[3] == detail],
                    (figure.column_totals, year, detail, ""),
                    all_of_it=True,
                )
    for year in dict.fromkeys(cell[1] for cell in values):
        for parts, (whole, name) in ADD_UP:
            listed = [(id, year, category, "") for id, category in parts]
            if all(part in values for part in listed) and sum(
                map(values.get, listed)
            ) == values.get((whole, year, name, "")):
                add(listed, (whole, year, name, ""), all_of_it=True)
        for (id, category), whole in PART_OF:
            add([(id, year, category, "")], (whole, year, "", ""), all_of_it=False)
    return sums, hidden


def _suppress_numbers(
    values: Mapping[NumberKey, float],
    hidden: Mapping[int, float],
    sums: Relations,
    small: set[NumberKey],
    known: set[NumberKey],
    policy: Disclosure,
) -> tuple[set[NumberKey], set[NumberKey]]:
    import numpy as np
    from scipy.sparse import csr_array

    from pipeline.aggregate.disclosure.suppress import LinkedNumbers, suppress

    cells = [*values, *hidden]
    place = {cell: number for number, cell in enumerate(cells)}
    terms = [
        (row, place[cell], times) for row, one in enumerate(sums) for cell, times in one.items()
    ]
    rows, columns, times = zip(*terms, strict=True) if terms else ((), (), ())
    table = LinkedNumbers(
        np.array([*values.values(), *hidden.values()]),
        np.array(
            [SUPPRESSION_COSTS[CATALOGUE[cell[0]].disclosure_group] for cell in values]
            + [0.0] * len(hidden)
        ),
        csr_array((np.array(times, dtype=float), (rows, columns)), shape=(len(sums), len(cells))),
    )
    mask, lost = suppress(
        table, [place[one] for one in small], policy.protection, [place[one] for one in known]
    )
    return {cell for cell, out in zip(cells, mask, strict=True) if out}, {
        cells[number] for number in lost
    }


def _protected_numbers(
    cell: NumberKey, sums: Relations, withheld: set[NumberKey]
) -> list[NumberKey]:
    """The withheld numbers that stand in a sum with this one."""
    return list(dict.fromkeys(
        other for terms in sums if cell in terms for other in terms if other != cell and other in withheld
    ))  # fmt: skip


def _label(cell: NumberKey) -> str:
    return f"{cell[0]} ({cell[2]})" if cell[2] else cell[0]


def _withhold(figures: pd.DataFrame, withheld: set[NumberKey]) -> pd.DataFrame:
    """The figures without the withheld numbers; of a list of texts the text goes as well, with one line in place of all."""
    out = pd.Series(
        [tuple(cell) in withheld for cell in figures[NUMBER_KEY_COLUMNS].itertuples(index=False)],
        index=figures.index,
    )
    figures = figures.copy()
    figures.loc[out, ["value", "once_published"]] = pd.NA
    figures.loc[out, "shorthand"] = WITHHELD
    texts = out & figures["figure"].map(
        lambda id: not CATALOGUE[id].categories and bool(CATALOGUE[id].by)
    )
    figures.loc[texts, ["category", "detail"]] = ""
    return figures[~(texts & figures.duplicated(NUMBER_KEY_COLUMNS))].reset_index(drop=True)
