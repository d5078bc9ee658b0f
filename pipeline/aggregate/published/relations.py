"""Numbers of published.csv that contradict each other by the definitions of their figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from pipeline.aggregate.catalogue import Catalogue, catalogue_of, numerator
from pipeline.aggregate.disclosure.relations import Declaration
from pipeline.aggregate.figure import Figure
from pipeline.aggregate.published.numbers import (
    PRINT_TOLERANCE,
    WITHHELD,
    PublishedNumbers,
    PublishedTotals,
    known_parts,
    known_values,
    published_totals,
)
from pipeline.aggregate.published.own_reports import final_numbers
from pipeline.aggregate.terms import Term
from pipeline.artifacts import NumberKey
from pipeline.settings import Settings
from pipeline.validate.dictionary import PUBLISHED, PUBLISHED_FILE
from pipeline.validate.findings import Finding, format_row_numbers

MAX_PARTS_LISTED = 12
MAX_DECIMALS = 6
LEAVE_OUT = (
    "Correct the number that is mistyped. If the earlier report does not add up itself, or counts "
    "by another rule, leave out the rows on which you cannot rely."
)


def contradiction_findings(published: pd.DataFrame, settings: Settings) -> list[Finding]:
    """A finding for each relation of the figures that the numbers of a year do not satisfy."""
    totals = published_totals(published, settings.council)
    numbers = totals.completed
    catalogue = catalogue_of(settings.council)
    findings = [_finding(relation, numbers) for relation in totals.contradictions]
    for key, number in totals.entered.items():
        figure = catalogue.get(key.figure)
        if figure is None or number.value is None:
            continue
        for other, what in _measure_faults(figure, key, totals, catalogue):
            findings.append(_finding_at(number.rows, what, numbers[other].rows))
    findings += _findings_of_own_reports(totals, settings)
    if not settings.council.disclosure.withholds:
        findings += _given_away_findings(totals)
    return findings


def _finding(relation: Declaration, numbers: PublishedNumbers) -> Finding:
    parts = known_parts(relation, numbers)
    whole = relation.whole
    whole_year = f" for {whole.year}" if whole.year != parts[0].year else ""
    whole_text = f"{_name(whole)}{whole_year} is {_value(whole, numbers)}"
    total = sum(numbers[part].value or 0.0 for part in parts)
    year = f"for {parts[0].year}"
    if len(parts) == 1:
        what = f"{_name(parts[0])} {year} is {total:,g}, and {whole_text}"
        ending = "; they are the same number" if relation.exhaustive else ", which contains it"
    else:
        listed = [f"{_short_name(part, parts)} {numbers[part].value:,g}" for part in parts]
        more = f" and {len(parts) - MAX_PARTS_LISTED} more" if len(parts) > MAX_PARTS_LISTED else ""
        figures = ", ".join(dict.fromkeys(part.figure for part in parts))
        what = (
            f"{figures} {year} adds up to {total:,g} ("
            f"{', '.join(listed[:MAX_PARTS_LISTED])}{more}), and {whole_text}"
        )
        is_complete = relation.exhaustive and len(parts) == len(relation.parts)
        ending = "; they should be the same" if is_complete else ", which contains them"
    part_rows = tuple(row for part in parts for row in numbers[part].rows)
    return _finding_at(numbers[whole].rows, what + ending, part_rows)


def _finding_at(rows: tuple[int, ...], what: str, other_rows: tuple[int, ...]) -> Finding:
    """A finding on the first of some rows that names all of them."""
    places = format_row_numbers([*rows, *other_rows])
    return Finding(
        severity="critical",
        rule="published.value.adds_up",
        extract=PUBLISHED.name,
        file=PUBLISHED_FILE,
        row=rows[0],
        column="value",
        what=f"{what}: see {places}",
        remedy=LEAVE_OUT,
    )


def _name(key: NumberKey) -> str:
    return f"{key.figure}, {key.category}," if key.category else key.figure


def _short_name(key: NumberKey, parts: Iterable[NumberKey]) -> str:
    is_one_figure = len({part.figure for part in parts}) == 1
    return key.category if is_one_figure and key.category else _name(key)


def _value(key: NumberKey, numbers: PublishedNumbers) -> str:
    return f"{numbers[key].value:,g}"


def _measure_faults(
    figure: Figure, key: NumberKey, totals: PublishedTotals, catalogue: Catalogue
) -> Iterator[tuple[NumberKey, str]]:
    """The other number and what is wrong, for a rate, a median, a longest time or a sum."""
    numbers = totals.completed
    value = numbers[key].value or 0.0
    for limit in figure.at_most:
        at_most = NumberKey(limit, key.year)
        if _exceeds(value, at_most, numbers):
            what = f"{figure.id} for {key.year} is {value:,g}, more than {limit}"
            yield at_most, f"{what}, {_value(at_most, numbers)}"
    for rows in _measured_rows(figure, key.year, catalogue) if value else ():
        if rows in numbers and numbers[rows].value == 0:
            yield (
                rows,
                f"{figure.id} for {key.year} is {value:,g}, and {_name(rows)} is 0, so that there "
                "is nothing to measure",
            )
            break
    if figure.measure == "rate" and figure.base and figure.per:
        count = NumberKey(numerator(figure, catalogue), key.year)
        yield from _rate_faults(figure, key, count, numbers)


def _measured_rows(figure: Figure, year: str, catalogue: Catalogue) -> Iterator[NumberKey]:
    """The number that counts the rows of a measure, and the one of which it is a part."""
    if figure.measured_rows:
        yield _key(figure.measured_rows, year)
        base = catalogue[figure.measured_rows.figure].base
        if base:
            yield NumberKey(base, year)


def _exceeds(value: float, limit: NumberKey, numbers: PublishedNumbers) -> bool:
    number = numbers.get(limit)
    return number is not None and number.value is not None and value > number.value


def _rate_faults(
    figure: Figure, key: NumberKey, count: NumberKey, numbers: PublishedNumbers
) -> Iterator[tuple[NumberKey, str]]:
    """Whether a rate is its count divided by its base, to the precision of the published rate."""
    base = NumberKey(figure.base or "", key.year)
    known = [numbers[one].value for one in (count, base) if one in numbers]
    if len(known) < 2 or known[0] is None or not known[1]:
        return
    rate = known[0] / known[1] * (figure.per or 1)
    value = numbers[key].value or 0.0
    decimals = next(count for count in range(MAX_DECIMALS + 1) if round(value, count) == value)
    if abs(value - rate) > 0.5 / 10**decimals + 1e-9:
        yield (
            base,
            f"{figure.id} for {key.year} is {value:,g}, but {known[0]:,g} ({count.figure}) for "
            f"{known[1]:,g} ({base.figure}) is {rate:,.{max(decimals, 1)}f} for each "
            f"{figure.per:,}",
        )


def _findings_of_own_reports(totals: PublishedTotals, settings: Settings) -> Iterator[Finding]:
    """A warning for each number that our own final report published otherwise."""
    own_numbers = final_numbers(settings)
    for key, value in known_values(totals.entered).items():
        own = own_numbers.get(key, value)
        if abs(own - value) >= PRINT_TOLERANCE:
            yield Finding(
                severity="warning",
                rule="published.value.own_report",
                extract=PUBLISHED.name,
                file=PUBLISHED_FILE,
                row=totals.entered[key].rows[0],
                column="value",
                what=f"{_name(key)} for {key.year} is {value:,g} here, and {own:,g} in our own "
                "final report; the report uses this file",
                remedy="Correct the row, or take it out: our own final reports are read anyway.",
            )


def _given_away_findings(totals: PublishedTotals) -> Iterator[Finding]:
    """A warning for each withheld number that the others of its table give away."""
    numbers = totals.completed
    for relation in totals.relations:
        keys = [*relation.parts, relation.whole]
        withheld = [key for key in keys if key in numbers and numbers[key].shorthand == WITHHELD]
        others = [key for key in keys if key not in withheld]
        is_known = all(key in numbers and numbers[key].value is not None for key in others)
        is_sound = relation.exhaustive and relation not in totals.contradictions
        if is_sound and len(withheld) == 1 and is_known:
            yield Finding(
                severity="warning",
                rule="published.shorthand.protects",
                extract=PUBLISHED.name,
                file=PUBLISHED_FILE,
                row=numbers[withheld[0]].rows[0],
                column="value",
                what=f"{_name(withheld[0])} for {relation.whole.year} is withheld, and the "
                "numbers around it give it away: see "
                f"{format_row_numbers(row for key in others for row in numbers[key].rows)}",
                remedy="Withhold another of these numbers as well, with [c], if the earlier report "
                "did; if it printed them all, the number is known and can be entered.",
            )


def _key(term: Term, year: str) -> NumberKey:
    return NumberKey(term.figure, year, term.category)
