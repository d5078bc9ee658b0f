"""The check that no withheld number can be read in the published files or worked out from them.

It attacks the report as a reader would. It uses the published files, the relations between figures
in the words in which they are published, and what earlier publications contain. Of the search that
chose what to withhold it shares the linear solver alone, so it finds mistakes in it. A relation
that no figure declares is missing from both; tests/aggregate/disclosure looks for such relations
in random data.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import pandas as pd
from bs4 import BeautifulSoup

from pipeline.artifacts import (
    AGGREGATE_STEP,
    EARLIER_NUMBERS_FILE,
    OPEN_DATA,
    RELATIONS_FILE,
    REPORT_PAGE,
    REPORT_PDF,
    REPORT_WORD,
    NumberKey,
)
from pipeline.open_data.layout import read_open_data
from pipeline.problem import Kind, Problem
from pipeline.release.file_texts import document_text
from pipeline.release.inference import Interval, bounds, rounding_interval
from pipeline.release.published_numbers import (
    numbers_in_chart,
    numbers_in_page,
    numbers_in_spreadsheet,
    numbers_missing_from_page,
    numeral_value,
)
from pipeline.release.stated_relations import StatedRelations
from pipeline.report.documents.page import Page, attribute_text
from pipeline.report.figure import PublishedFigure
from pipeline.report.figures import Published
from pipeline.report.tables import anchor_id
from pipeline.settings import Settings

SPREADSHEET_FILES = ("figures.xlsx", "figures.ods")
DOCUMENT_FILES = (REPORT_PDF, REPORT_WORD)


def check_disclosure(page: Page, files: Mapping[str, bytes], settings: Settings) -> None:
    """Raise a Problem that lists every withheld number that the published files give away."""
    if not settings.council.disclosure.withholds:
        return
    published = page.figures
    all_numbers = [number for id in published for number in published[id].all_numbers]
    withheld = {number.key for number in all_numbers if number.withheld}
    # What these files do not show, and others made of this report may, is taken as known.
    known = {number.key: number.value for number in all_numbers if number.value is not None}
    disclosures: list[str] = []

    # 1. Is a withheld number readable where a file ties numbers to figures and years?
    read: dict[NumberKey, float] = {}
    for name, numbers in _numbers_by_file(page, files):
        for key, value in numbers:
            read.setdefault(key, value)
            if key in withheld:
                disclosures.append(f"{_describe_number(key)} appears in {name}.")
    # 2. Is it readable in a chart, or in a document whose text differs from the page's?
    disclosures += _chart_disclosures(page.tree, published)
    disclosures += _document_disclosures(page.tree, files)
    # 3. Can it be worked out from what is readable? A number that was read counts as it was read.
    counts = {
        number.key
        for id in published
        for number in published[id].all_numbers
        if published[id].measure == "count" and (number.known or number.withheld)
    }
    disclosures += _inferable_numbers(known | read, counts, withheld, settings)

    if disclosures:
        summary = f"{len(disclosures)} withheld numbers are given away, so nothing was published"
        raise Problem(
            kind=Kind.NOTEBOOK,
            where="disclosure control",
            what="\n".join([summary, *(f"  {disclosure}" for disclosure in disclosures)]),
            remedy="Remove the sentence, table or figure that gives them away, "
            "or withhold more under `disclosure` in council.yaml.",
        )


def _numbers_by_file(
    page: Page, files: Mapping[str, bytes]
) -> Iterator[tuple[str, Iterable[tuple[NumberKey, float]]]]:
    """The files that tie numbers to figures and years, each with its numbers.

    files: by name; those that were not made are passed over.
    """
    yield REPORT_PAGE, numbers_in_page(page.tree)
    if OPEN_DATA in files:
        yield OPEN_DATA, read_open_data(files[OPEN_DATA])
    year_style = page.settings.council.year_style
    for name in SPREADSHEET_FILES:
        if name in files:
            yield name, numbers_in_spreadsheet(files[name], page.figures, year_style)


def _document_disclosures(page: BeautifulSoup, files: Mapping[str, bytes]) -> Iterator[str]:
    """Numbers in a PDF or Word document that the page, whose numbers are all known, lacks."""
    for name in DOCUMENT_FILES:
        if name in files:
            for number in numbers_missing_from_page(document_text(name, files[name]), page):
                yield f"{number} appears in {name} but not in the page."


def _chart_disclosures(page: BeautifulSoup, published: Published) -> Iterator[str]:
    """Numbers in a chart's text or drawing that are neither published for its figure nor years."""
    figure_of_anchor: dict[str, PublishedFigure] = {}
    for id in published:
        for kind in ("chart", "glance"):
            figure_of_anchor[anchor_id(kind, id)] = published[id]
    for image in page.select("figure[id] img"):
        frame = image.find_parent("figure", id=True)
        assert frame is not None  # the selector asks for it
        figure = figure_of_anchor[attribute_text(frame, "id")]
        allowed = _numbers_allowed_in_chart(figure, published)
        names = " ".join(figure.categories)
        for numeral in numbers_in_chart(image):
            if numeral_value(numeral) not in allowed and numeral not in names:
                yield f"{figure.id}: {numeral} appears in its chart or in the chart's text."


def _numbers_allowed_in_chart(figure: PublishedFigure, published: Published) -> set[float]:
    """The figure's published numbers, their base's, as rounded, and the parts of years' names."""
    allowed: set[float] = set()
    base = [published[figure.base]] if figure.base else []
    for year in published.window:
        allowed |= {year.starts, year.starts + 1, (year.starts + 1) % 100}
        for number in [number for part in (figure, *base) for number in part.numbers(year)]:
            if number.value is not None:
                allowed.add(round(number.value, 1))
    return allowed


def _inferable_numbers(
    published_numbers: Mapping[NumberKey, float],
    counts: Collection[NumberKey],
    withheld: Collection[NumberKey],
    settings: Settings,
) -> Iterator[str]:
    """Withheld numbers that a reader can bound too closely, one sentence each.

    counts: the numbers that may add up; withheld: those that are withheld.
    The reader may have this report alone, or earlier publications as well. What earlier
    publications give away by themselves cannot be withheld any more, and is not listed.
    """
    disclosure = settings.council.disclosure
    table = _read_aggregate_table(RELATIONS_FILE, settings)
    statements = dict(zip(table["figure"], table["relations"], strict=True))
    relations = StatedRelations(counts, withheld)
    sums = relations.sums(statements)

    def too_close(
        intervals: Mapping[NumberKey, Interval], targets: Collection[NumberKey] | None = None
    ) -> dict[NumberKey, str]:
        """The numbers whose bounds are narrower than the protection level → a sentence on each."""
        return {
            key: f"{_describe_number(key)} can be worked out: it is from {least:g} to {most:g}"
            for key, (least, most) in bounds(
                sums, intervals, targets, disclosure.protection
            ).items()
            if most - least < disclosure.protection and not relations.stands_for_texts(key)
        }

    this_report = {
        key: rounding_interval(value, disclosure.round_to)
        for key, value in published_numbers.items()
    }
    from_this_report = too_close(this_report)
    yield from (f"{sentence}." for sentence in from_this_report.values())
    earlier = _read_earlier_numbers(settings)
    if not earlier:
        return
    from_both = {
        key: sentence
        for key, sentence in too_close(this_report | earlier).items()
        if key not in from_this_report
    }
    from_earlier_alone = too_close(earlier, targets=from_both)
    for key, sentence in from_both.items():
        if key not in from_earlier_alone:
            yield f"{sentence}, from earlier publications as well."


def _read_earlier_numbers(settings: Settings) -> dict[NumberKey, Interval]:
    """The numbers in earlier publications, each as an interval of one point."""
    rows = _read_aggregate_table(EARLIER_NUMBERS_FILE, settings).itertuples()
    return {_key_of(row): (row.value, row.value) for row in rows}


def _key_of(row: Any) -> NumberKey:
    """The key of a row of the aggregate step's tables."""
    return NumberKey(row.figure, row.year, row.category, row.detail)


def _read_aggregate_table(name: str, settings: Settings) -> pd.DataFrame:
    types = dict.fromkeys(["figure", "year", "category", "detail"], "str")
    return pd.read_csv(
        settings.processed / AGGREGATE_STEP / name, dtype=types, keep_default_na=False
    )


def _describe_number(key: NumberKey) -> str:
    return ", ".join(part for part in key if part)
