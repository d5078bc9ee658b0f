"""The attack: from what is published alone, how closely could a reader work out a withheld number?

It shares nothing with the search that chose what to withhold, so that a mistake there is found here.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping

import pandas as pd
from bs4 import BeautifulSoup

from pipeline.artifacts import OPEN_DATA, NumberKey, read_open_data
from pipeline.problem import Kind, Problem
from pipeline.release.file_texts import document_text
from pipeline.release.published_numbers import (
    numbers_in_chart,
    numbers_in_page,
    numbers_in_spreadsheet,
    numbers_missing_from_page,
    numeral_value,
)
from pipeline.report.documents.page import Page
from pipeline.report.figures import Published
from pipeline.report.tables import anchor_id
from pipeline.settings import Settings

SUMS_FILE = "3_aggregate/sums.csv"  # what a reader can add up, by the definitions of the figures
EARLIER_NUMBERS_FILE = "3_aggregate/known.csv"  # what earlier publications told
SPREADSHEET_FILES, DOCUMENT_FILES = (
    ("figures.xlsx", "figures.ods"),
    ("annual-report.pdf", "annual-report.docx"),
)
SOLVER_TOLERANCE = 1e-6
UNBOUNDED = 1e6  # more than any number of cases
MAX_UNKNOWNS = 50_000  # unknowns of a linear program
Interval = tuple[float, float]


def check_disclosure(page: Page, files: Mapping[str, bytes], settings: Settings) -> None:
    """Raise a Problem that lists every withheld number that stands in what is published, or can be worked out from it.

    page: the report. files: the files to publish, by name.
    """
    council = settings.council
    if council.disclosure.policy == "publish":
        return
    published = page.figures
    every = [one for id in published for one in published[id].all_numbers]
    withheld = {one.key for one in every if one.withheld}
    shown: dict[NumberKey, float] = {}
    found = []
    for name, numbers in _numbers_by_file(page.tree, files, published, council.year_style):
        for cell, value in numbers:
            shown.setdefault(cell, value)
            if cell in withheld:
                found.append(f"{_describe_number(cell)} stands in {name}.")
    found += _chart_disclosures(page.tree, published)
    found += [
        f"{number} stands in {name} and not in the page."
        for name in DOCUMENT_FILES
        if name in files
        for number in numbers_missing_from_page(document_text(name, files[name]), page.tree)
    ]
    # What these files do not show, and others of this report may, is taken as known.
    found += _inferable_numbers(
        {one.key: one.value for one in every if one.known} | shown, settings
    )
    if found:
        raise Problem(
            Kind.NOTEBOOK, "disclosure control", f"{len(found)} withheld numbers are given away, so nothing was published\n"
            + "\n".join(f"  {one}" for one in found),
            "Take out the sentence, table or figure that gives them away, or withhold more under `disclosure` in council.yaml.",
        )  # fmt: skip


def _numbers_by_file(
    page: BeautifulSoup, made: Mapping[str, bytes], published: Published, year_style: str
):
    """The published files that tell of what figure and year each number is, each with its numbers."""
    yield "annual-report.html", numbers_in_page(page)
    if OPEN_DATA in made:
        yield OPEN_DATA, read_open_data(made[OPEN_DATA])
    for name in SPREADSHEET_FILES:
        if name in made:
            yield name, numbers_in_spreadsheet(made[name], published, year_style)


def _chart_disclosures(page: BeautifulSoup, published: Published) -> Iterator[str]:
    """Numbers in the words and the drawing of a chart that are neither published numbers of its figure nor years."""
    of = {anchor_id(kind, id): published[id] for id in published for kind in ("chart", "glance")}
    for image in page.select("figure[id] img"):
        figure = of[image.find_parent("figure")["id"]]
        allowed = {
            part
            for year in published.window
            for part in (year.starts, year.starts + 1, (year.starts + 1) % 100)
        }
        allowed |= {
            round(one.value, 1)
            for year in published.window
            for one in figure.numbers(year)
            if one.known
        }
        names = " ".join(figure.rows["category"])
        for number in numbers_in_chart(image):
            if numeral_value(number) not in allowed and number not in names:
                yield f"{figure.id}: {number} stands in its chart or in the words of it."


def _inferable_numbers(shown: Mapping[NumberKey, float], settings: Settings) -> Iterator[str]:
    """Withheld numbers that a reader can bound too closely: of this report alone, or together with earlier publications.

    What earlier publications give away by themselves cannot be withheld any more.
    """
    interval = settings.council.disclosure.protection
    terms: dict[int, dict[NumberKey, float]] = {}
    for row in _read_aggregate_table(SUMS_FILE, settings).itertuples():
        terms.setdefault(row.sum, {})[row.figure, row.year, row.category, row.detail] = row.times
    sums = list(terms.values())
    known = {
        (row.figure, row.year, row.category, row.detail): (row.value,) * 2
        for row in _read_aggregate_table(EARLIER_NUMBERS_FILE, settings).itertuples()
    }
    ranges = {
        cell: rounding_interval(value, settings.council.disclosure.round_to)
        for cell, value in shown.items()
    }

    def pinned(
        by: Mapping[NumberKey, Interval], among: Collection[NumberKey] | None = None
    ) -> dict[NumberKey, str]:
        return {
            cell: f"{_describe_number(cell)} can be worked out: it is from {least:g} to {most:g}"
            for cell, (least, most) in bounds(sums, by, among).items()
            if most - least < interval
        }

    alone = pinned(ranges)
    yield from (f"{said}." for said in alone.values())
    if known:
        together = {
            cell: said for cell, said in pinned(ranges | known).items() if cell not in alone
        }
        lost = pinned(known, together)
        yield from (
            f"{said}, from earlier publications as well."
            for cell, said in together.items()
            if cell not in lost
        )


def _read_aggregate_table(name: str, settings: Settings) -> pd.DataFrame:
    types = dict.fromkeys(["figure", "year", "category", "detail"], "str")
    return pd.read_csv(settings.processed / name, dtype=types, keep_default_na=False)


def rounding_interval(value: float, round_to: int) -> Interval:
    """Between what a number is that is shown rounded; a 0 is one, for what would round to it is withheld."""
    return (value - round_to // 2, value + (round_to - 1) // 2) if value else (0, 0)


def bounds(
    sums: list[dict[NumberKey, float]],
    intervals: Mapping[NumberKey, Interval],
    targets: Collection[NumberKey] | None = None,
) -> dict[NumberKey, Interval]:
    """The least and the largest whole number that each number that is not shown can be, given those that are.

    sums: of each sum the numbers in it with their signs; they add up to 0. A number without a figure stands for one that is
    published nowhere, and is not asked for. shown: between what each number is, the same twice where it is shown as it is. among:
    those to ask for, by default all that are not shown.
    """
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import coo_array, eye_array, kron
    from scipy.sparse.csgraph import connected_components

    exact = {cell: least for cell, (least, most) in intervals.items() if least == most}
    cells = list(dict.fromkeys(cell for one in sums for cell in one if cell not in exact))
    asked_for = {cell for cell in cells if cell[0] and cell not in intervals}
    asked_for = asked_for if targets is None else asked_for.intersection(targets)
    if not asked_for:
        return {}
    place = {cell: number for number, cell in enumerate(cells)}
    sums = [one for one in sums if any(cell in place for cell in one)]
    entries = [
        (row, place[cell], times)
        for row, one in enumerate(sums)
        for cell, times in one.items()
        if cell in place
    ]
    rows, columns, times = zip(*entries, strict=True)
    matrix = coo_array(
        (np.array(times, dtype=float), (rows, columns)), shape=(len(sums), len(cells))
    ).tocsr()
    right = np.array(
        [-sum(times * exact[cell] for cell, times in one.items() if cell in exact) for one in sums],
        dtype=float,
    )
    between = np.array([intervals.get(cell, (0, UNBOUNDED)) for cell in cells], dtype=float)
    linked = abs(matrix)
    _, groups = connected_components(linked.T @ linked, directed=False)
    found = {}
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        part = matrix[:, members]
        own = np.flatnonzero(np.diff(part.indptr))
        asked = np.array(
            [at for at, member in enumerate(members) if cells[member] in asked_for], dtype=int
        )
        # One copy of the group for each number asked for, so that all are answered at once; in parts, for memory.
        for some in (
            np.array_split(asked, len(asked) * len(members) // MAX_UNKNOWNS + 1)
            if len(asked)
            else []
        ):
            way = np.zeros((len(some), len(members)))
            way[np.arange(len(some)), some] = 1
            copies = kron(eye_array(len(some)), part[own], format="csr")
            ends = []
            for sign in (1, -1):
                solved = linprog(sign * way.ravel(), A_eq=copies, b_eq=np.tile(right[own], len(some)),
                                 bounds=np.tile(between[members], (len(some), 1)))  # fmt: skip
                if solved.x is None:
                    raise AssertionError(f"what is published does not add up: {solved.message}")
                ends.append(solved.x.reshape(way.shape)[np.arange(len(some)), some])
            for at, least, most in zip(some, *ends, strict=True):
                found[cells[members[at]]] = (
                    math.ceil(least - SOLVER_TOLERANCE), math.inf if most > UNBOUNDED / 2 else math.floor(most + SOLVER_TOLERANCE),
                )  # fmt: skip
    return found


def _describe_number(cell: NumberKey) -> str:
    return ", ".join(part for part in cell if part)
