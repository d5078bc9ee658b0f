"""A table of several figures over the years, in groups of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.report.figure import PublishedFigure
from pipeline.report.figures import Published
from pipeline.report.narrative.elements import StageGroup, name_of, short_year_element
from pipeline.report.narrative.notebook_cells import names_stage
from pipeline.report.number import Number
from pipeline.report.tables.by_year import has_numbers, hides_rows, occurring_rows
from pipeline.report.tables.html import html_table_of_groups, number_rows, with_notes
from pipeline.report.tables.notes import (
    hidden_rows_note,
    rounding_note,
    series_break_notes,
    shorthand_note,
)
from pipeline.year import Year


def grouped(
    published: Published,
    groups: Mapping[str, Sequence[str]],
    years: Sequence[Year],
    caption: str,
    year_style: str,
) -> str:
    """The figures down, in groups, and the years across; empty if nothing occurred.

    A figure with categories has a row for each that occurred in a year shown. A figure of one
    number has one row, under its title. A row of nothing but zeros is left out, and so is a year
    without any number.

    groups: the ids of the figures of each group by its heading, which is HTML and may be empty.
    caption: HTML.
    """
    figures = [published[id] for ids in groups.values() for id in ids]
    years = [year for year in years if any(has_numbers(one, year) for one in figures)]
    bodies = []
    printed: list[Number] = []
    for heading, ids in groups.items():
        rows = [row for id in ids for row in occurring_rows(published[id], years)]
        printed += [number for _, numbers in rows for number in numbers]
        if rows:
            bodies.append((heading, number_rows(rows)))
    headings = ["Category", *(short_year_element(year, year_style) for year in years)]
    table = html_table_of_groups(caption, headings, bodies)
    notes = _notes(figures, printed, year_style)
    if any(hides_rows(figure, years) for figure in figures):
        notes = hidden_rows_note() + notes
    return with_notes(notes, table)


def expand_groups(
    groups: Mapping[str, Sequence[str]], published: Published, stages: Sequence[StageGroup]
) -> Iterator[tuple[str, dict[str, StageGroup], list[str]]]:
    """The groups of rows with the ids of their figures, and the variables of their headings.

    groups: ids or patterns of ids by heading. A heading with `{{ stage }}` stands for a group for
        each stage that has such figures.
    """
    for heading, patterns in groups.items():
        ids = published.matching(patterns)
        if not names_stage(heading):
            yield heading, {}, ids
            continue
        for stage in stages:
            stage_ids = [id for id in ids if id.startswith(f"{name_of(stage)}.")]
            if stage_ids:
                yield heading, {"stage": stage}, stage_ids


def _notes(figures: Sequence[PublishedFigure], printed: list[Number], year_style: str) -> str:
    notes = shorthand_note(printed)
    rounding = {rounding_note(figure) for figure in figures} - {""}
    notes += "".join(rounding)
    return notes + "".join(
        dict.fromkeys(series_break_notes(figure, year_style) for figure in figures)
    )
