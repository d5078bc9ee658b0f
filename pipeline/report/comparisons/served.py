"""Who complains, next to the children served: by each characteristic that is known of both."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from pipeline.reference.checks import NUMBER
from pipeline.reference.groups import NOT_RECORDED
from pipeline.reference.layouts import SERVED_MEASURE
from pipeline.reference.store import Reference, ReferenceRow
from pipeline.report import wording
from pipeline.report.comparisons.words import number_element
from pipeline.report.figures import Published
from pipeline.report.number import Number
from pipeline.report.tables.html import TableRow, html_table_of_groups, number_cell
from pipeline.settings import Council, Equality

HEADINGS = ["Category", "Complaints", "Children served", "Share of children"]
NOTE = (
    "Complaints are counted by what complainants told us about themselves, who are often parents, "
    "and children by our own records. The table shows who is heard, not who has reason to complain."
)


class ServedGroup(NamedTuple):
    """A category of a characteristic: the complaints, and the children served, if known."""

    complaints: Number
    children: ReferenceRow | None


def served_groups(
    reference: Reference, published: Published, council: Council
) -> dict[str, list[ServedGroup]]:
    """The groups of each characteristic that is recorded of complainants and of children.

    Under a policy of suppression a characteristic is left out if a number of children is small.
    """
    groups = {}
    for characteristic in Equality.model_fields:
        figure = published[f"complaints.by_{characteristic}"]
        year = str(published.year)
        served = {
            category: reference.values(f"{SERVED_MEASURE}.{characteristic}.{category}", year)
            for category in figure.categories
        }
        rows = {
            category: next(iter(by_code.values()), None) for category, by_code in served.items()
        }
        known = [row for row in rows.values() if row]
        numbers = figure.numbers()
        is_complete = all(rows.get(one.category) for one in numbers if one.category != NOT_RECORDED)
        if known and is_complete and _may_be_shown(known, council):
            groups[characteristic] = [ServedGroup(one, rows[one.category]) for one in numbers]
    return groups


def _may_be_shown(rows: list[ReferenceRow], council: Council) -> bool:
    if not all(NUMBER.fullmatch(row.value) for row in rows):
        return False
    policy = council.disclosure
    return not policy.withholds or all(
        float(row.value) == 0 or float(row.value) > policy.largest_small for row in rows
    )


def served_html(groups: dict[str, list[ServedGroup]], council: Council, caption: str) -> str:
    """The table of all characteristics, with its note."""
    bodies = [
        (escape(wording.capitalise(name.replace("_", " "))), list(_rows(parts, council)))
        for name, parts in groups.items()
    ]
    table = html_table_of_groups(caption, HEADINGS, bodies)
    return f'{table}<p class="source">{NOTE}</p>'


def _rows(groups: list[ServedGroup], council: Council) -> Iterator[TableRow]:
    total = sum(float(group.children.value) for group in groups if group.children)
    for group in groups:
        row = group.children
        cells = [number_cell(group.complaints)]
        if row is None:
            cells += ["[x]", "[x]"]
        else:
            count = float(row.value)
            sources = f"{row.file}, row {row.row}: {row.value}"
            percent = 100 * count / total if total else 0
            share = number_element(percent, sources, f"{percent:.0f}%")
            is_base = total >= council.small_base
            cells += [number_element(count, sources, f"{count:,.0f}"), share if is_base else "[u]"]
        yield escape(wording.capitalise(group.complaints.category)), cells
