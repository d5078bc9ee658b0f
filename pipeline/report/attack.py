"""The attack: from what is published alone, how closely could a reader work out a withheld number?

It shares nothing with the search that chose what to withhold, so that a mistake there is found here.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping

import pandas as pd
from bs4 import BeautifulSoup

from pipeline.problem import Kind, Problem
from pipeline.report.published import Published
from pipeline.report.tables import anchor
from pipeline.settings import Settings

SUMS = "3_aggregate/sums.csv"  # what a reader can add up, by the definitions of the figures
Cell = tuple[str, str, str, str]  # figure, year, category, detail
NUMERAL = re.compile(r"\d[\d,]*(?:\.\d+)?")
CLOSE = 1e-6
ENDLESS = 1e6  # more than any number of cases


def must_not_give_away(page: str, made: Mapping[str, bytes], settings: Settings) -> None:
    """Raise a Problem that lists every withheld number that stands in what is published, or can be worked out from it.

    page: the report as HTML. made: the other files, by name.
    """
    if settings.council.disclosure.policy == "publish":
        return
    published = Published.read(settings)
    numbers = {
        (id, str(year), one.category, one.detail): one
        for id in published for year in published.window for one in published[id].numbers(year)
    }  # fmt: skip
    shown = {cell: one.value for cell, one in numbers.items() if one.known}
    read = BeautifulSoup(page, "html.parser")
    found = []
    for name, places in (("annual-report.html", of_page(read)), ("figures.csv", of_annex(made.get("figures.csv", b"")))):
        for cell, value in places:
            shown.setdefault(cell, value)
            if cell in numbers and numbers[cell].withheld:
                found.append(f"{_named(cell)} stands in {name}.")
    found += list(_alternatives(read, published))
    sums = pd.read_csv(settings.processed / SUMS, dtype=dict.fromkeys(["figure", "year", "category", "detail"], "str"),
                       keep_default_na=False)  # fmt: skip
    terms: dict[int, dict[Cell, float]] = {}
    for row in sums.itertuples():
        terms.setdefault(row.sum, {})[row.figure, row.year, row.category, row.detail] = row.times
    for cell, (least, most) in bounds(list(terms.values()), shown).items():
        if most - least < settings.council.disclosure.protection:
            found.append(f"{_named(cell)} can be worked out: it is from {least:g} to {most:g}.")
    if found:
        raise Problem(
            Kind.NOTEBOOK, "disclosure control", f"{len(found)} withheld numbers are given away, so nothing was published\n"
            + "\n".join(f"  {one}" for one in found),
            "Take out the sentence, table or figure that gives them away, or withhold more under `disclosure` in council.yaml.",
        )  # fmt: skip


def bounds(sums: list[dict[Cell, float]], shown: Mapping[Cell, float]) -> dict[Cell, tuple[float, float]]:
    """The least and the largest whole number that each number that is not shown can be, given those that are.

    sums: of each sum the numbers in it with their signs; they add up to 0. A number without a figure stands for one that is
    published nowhere, and is not asked for.
    """
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import coo_array, eye_array, kron
    from scipy.sparse.csgraph import connected_components

    cells = list(dict.fromkeys(cell for one in sums for cell in one if cell not in shown))
    if not cells:
        return {}
    place = {cell: number for number, cell in enumerate(cells)}
    sums = [one for one in sums if any(cell in place for cell in one)]
    entries = [(row, place[cell], times) for row, one in enumerate(sums) for cell, times in one.items() if cell in place]
    rows, columns, times = zip(*entries, strict=True)
    matrix = coo_array((np.array(times, dtype=float), (rows, columns)), shape=(len(sums), len(cells))).tocsr()
    right = np.array([-sum(times * shown[cell] for cell, times in one.items() if cell in shown) for one in sums], dtype=float)
    linked = abs(matrix)
    _, groups = connected_components(linked.T @ linked, directed=False)
    found = {}
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        part = matrix[:, members]
        own = np.flatnonzero(np.diff(part.indptr))
        asked = np.array([at for at, member in enumerate(members) if cells[member][0]], dtype=int)
        if not len(asked):
            continue
        # One copy of the group for each number asked for, so that all are answered at once.
        way = np.zeros((len(asked), len(members)))
        way[np.arange(len(asked)), asked] = 1
        copies = kron(eye_array(len(asked)), part[own], format="csr")
        ends = []
        for sign in (1, -1):
            solved = linprog(sign * way.ravel(), A_eq=copies, b_eq=np.tile(right[own], len(asked)), bounds=(0, ENDLESS))
            if solved.x is None:
                raise AssertionError(f"what is published does not add up: {solved.message}")
            ends.append(solved.x.reshape(way.shape)[np.arange(len(asked)), asked])
        for at, least, most in zip(asked, *ends, strict=True):
            found[cells[members[at]]] = (
                math.ceil(least - CLOSE), math.inf if most > ENDLESS / 2 else math.floor(most + CLOSE),
            )  # fmt: skip
    return found


def of_page(page: BeautifulSoup) -> Iterator[tuple[Cell, float]]:
    """Every number that the page says of a figure; of one that is marked as withheld, also a number in its words."""
    for tag in page.find_all("data", attrs={"data-figure": True}):
        cell = (tag["data-figure"], tag["data-year"], tag.get("data-category", ""), tag.get("data-detail", ""))
        for text in NUMERAL.findall(tag.get_text()) if tag["value"] == "c" else [tag["value"]]:
            if NUMERAL.fullmatch(text):
                yield cell, float(text.replace(",", ""))


def of_annex(content: bytes) -> Iterator[tuple[Cell, float]]:
    """Every number of the open data."""
    for row in csv.DictReader(io.StringIO(content.decode())):
        if NUMERAL.fullmatch(row["value"]):
            year = f"{row['time_period'][:4]}-{row['time_period'][4:]}"
            yield (row["figure"], year, "" if row["category"] == "Total" else row["category"], ""), float(row["value"])


def _alternatives(page: BeautifulSoup, published: Published) -> Iterable[str]:
    """Numbers in the words of a chart that are neither published numbers of a figure nor years."""
    for image in page.select("figure.chart img"):
        id = image.find_parent("figure")["id"]
        figure = next(published[one] for one in published if id == anchor("chart", one))
        allowed = {part for year in published.window for part in (year.starts, year.starts + 1, (year.starts + 1) % 100)}
        allowed |= {round(one.value, 1) for year in published.window for one in figure.numbers(year) if one.known}
        names = " ".join(figure.rows["category"])
        for text in NUMERAL.findall(image["alt"]):
            if float(text.replace(",", "")) not in allowed and text not in names:
                yield f"{figure.id}: {text} stands in the words of its chart."


def _named(cell: Cell) -> str:
    return ", ".join(part for part in cell if part)
