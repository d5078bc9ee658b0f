"""Every published number in accessible worksheets, as .xlsx and .ods.

One table per worksheet, one heading row, no merged cells, no blank rows, a cover and notes: the
Analysis Function's guidance "Releasing statistics in spreadsheets", which gptables follows.
"""

from __future__ import annotations

import io
import textwrap
import warnings
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

import pandas as pd

from pipeline.artifacts import OVERALL, TOTAL
from pipeline.report import wording
from pipeline.report.documents.data.rows import unit_of
from pipeline.report.documents.ods import convert_to_ods
from pipeline.report.figure import PublishedFigure
from pipeline.report.figures import Published
from pipeline.report.number import Number
from pipeline.settings import Settings
from pipeline.system.archives import reproducible_zip
from pipeline.year import Year

if TYPE_CHECKING:
    from gptables import Cover, GPTable

# fmt: off
# Worksheet → what its figures' ids begin with; of several, the longest.
WORKSHEETS = {
    "Representations": ("representations",),
    "Complaints": ("complaints",),
    "Outcomes": ("complaints.by_outcome", "complaints.decided", "complaints.upheld"),
    "Services and themes": ("complaints.by_service_area", "complaints.by_team",
                            "complaints.by_theme"),
    "Complainants": ("complaints.from_young_people", "complaints.by_complainant",
                     "complaints.by_route", "complaints.by_method"),
    "Equality": ("complaints.by_age_band", "complaints.with_age_band", "complaints.by_gender",
                 "complaints.with_gender", "complaints.by_disability",
                 "complaints.with_disability", "complaints.by_ethnicity",
                 "complaints.with_ethnicity", "complaints.by_sexual_orientation",
                 "complaints.with_sexual_orientation"),
    "Stage 1": ("stage_1",),
    "Stage 2": ("stage_2",),
    **{f"Stage {number}": (f"stage_{number}",) for number in range(3, 10)},
    "Ombudsman": ("ombudsman",),
    "Compliments": ("compliments",),
    "Learning": ("learning",),
    "Remedies": ("remedies",),
    "Other": ("concerns", "training", "activity", "self_assessment"),
}
# fmt: on
NOTES = "Notes"
MAX_SHEET_NAME = 31
REVISED = "Revised"
COUNTED_MEASURES = ("count", "sum", "given")  # whose one number may be called a total
LINE_POINTS = 16
A4 = 9  # as Excel numbers sizes of paper
# Characters per column that together fit the width of a page in landscape, in readable type.
FIGURE_WIDTH = 38
CATEGORY_WIDTH = 34
UNIT_WIDTH = 16
YEAR_WIDTH = 13
NOTES_WIDTHS = (38, 62, 34, 34)


def spreadsheets(
    settings: Settings, published: Published, figures: list[PublishedFigure]
) -> dict[str, bytes]:
    """`figures.xlsx` and `figures.ods` of these figures, dated by the data."""
    workbook = _workbook(settings, published, figures)
    data_as_at = settings.report.data_as_at
    return {
        "figures.xlsx": reproducible_zip(workbook, data_as_at),
        "figures.ods": reproducible_zip(convert_to_ods(workbook, settings), data_as_at),
    }


def _workbook(settings: Settings, published: Published, figures: list[PublishedFigure]) -> bytes:
    """The .xlsx file: a cover, a table of contents, a worksheet per subject, and notes."""
    import gptables

    sheets = {
        name: _subject_sheet(name, group, settings, published)
        for name, group in _figures_by_worksheet(figures, settings).items()
    }
    sheets[NOTES] = _notes_sheet(figures, published)
    cover = _cover(settings)
    out = io.BytesIO()
    with warnings.catch_warnings():
        # gptables expects its own kind of notes sheet; ours lists every figure.
        warnings.simplefilter("ignore")
        options = {"in_memory": True}  # files would have other line ends on Windows
        book = gptables.produce_workbook(out, sheets, cover=cover, workbook_options=options)
    for sheet in book.worksheets():
        _set_up_printing(sheet, sheets.get(sheet.name))
    # The rows that gptables writes; a heading is in larger type.
    cover_rows = [cover.title * 3, "", *cover.about, "", *cover.contact]
    for row, text in enumerate(cover_rows):
        _set_height(book.worksheets()[0], row, _line_count(text, cover.width) if text else 2)
    properties = {
        "title": settings.report.subject,
        "author": settings.council.authority,
        "created": datetime.combine(settings.report.data_as_at, time()),
    }
    book.set_properties(properties)
    book.close()
    return out.getvalue()


def _set_up_printing(sheet: Any, table: GPTable | None) -> None:
    """Print in landscape, one page wide, and repeat the heading row on every page.

    sheet: of xlsxwriter. table: what is on it; None for the cover and the contents.
    """
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RPage &P of &N")
    if table is None:
        return
    heading_row = 1 + len(table.legend) + sum(bool(x) for x in (table.instructions, table.source))
    sheet.repeat_rows(heading_row)
    years = len(table.table.columns) - 3
    widths = (FIGURE_WIDTH, CATEGORY_WIDTH, UNIT_WIDTH, *[YEAR_WIDTH] * years)
    if sheet.name == NOTES:
        widths = NOTES_WIDTHS
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    rows = [table.table.columns, *table.table.itertuples(index=False)]
    for number, row in enumerate(rows, heading_row):
        texts = [str(value) for value in row]
        _set_height(sheet, number, max(map(_line_count, texts, widths)))


def _set_height(sheet: Any, row: int, lines: int) -> None:
    """Set the height of a row, which not every program works out from wrapped text."""
    sheet.set_row(row, LINE_POINTS * lines)


def _line_count(text: str, width: int) -> int:
    """The lines that a text takes in a column of so many characters."""
    return len(textwrap.wrap(text, width)) or 1


def _figures_by_worksheet(
    figures: list[PublishedFigure], settings: Settings
) -> dict[str, list[PublishedFigure]]:
    """Worksheet → its figures, without worksheets that would be empty.

    A joint report has a worksheet for the council's totals, and one for each procedure.
    Raises AssertionError for a figure that belongs to no worksheet.
    """
    worksheet_of = {begin: name for name, begins in WORKSHEETS.items() for begin in begins}
    if settings.is_joint:
        worksheet_of = {"": "All procedures"}
        for name in (one.name for one in settings.council.procedures):
            worksheet_of[f"{name}."] = wording.capitalise(name.replace("_", " "))[:MAX_SHEET_NAME]
    groups: dict[str, list[PublishedFigure]] = {name: [] for name in worksheet_of.values()}
    for figure in figures:
        prefixes = [prefix for prefix in worksheet_of if figure.id.startswith(prefix)]
        assert prefixes, f"{figure.id} is on no worksheet"
        groups[worksheet_of[max(prefixes, key=len)]].append(figure)
    return {name: group for name, group in groups.items() if group}


def _subject_sheet(
    name: str, figures: list[PublishedFigure], settings: Settings, published: Published
) -> GPTable:
    import gptables

    council = settings.council
    year = wording.year_name(settings.year, council.year_style)
    years = _years_with_data(figures, published)
    table = _worksheet_table(figures, years, council.year_style)
    signs = set(table.to_numpy().ravel())
    legend = [
        f"[{sign}] means {meaning}"
        for sign, meaning in wording.SHORTHAND_MEANINGS.items()
        if f"[{sign}]" in signs
    ]
    if len(years) < len(published.window):
        legend.append("Years without any of these numbers are left out.")
    if published.rounding_note:
        legend.append(published.rounding_note)
    return gptables.GPTable(
        table=table,
        table_name=name.replace(" ", "_").lower(),
        title=f"{name}: {council.authority}, {year} and earlier years",
        instructions="This worksheet contains one table. "
        "The worksheet Notes says how each figure is made.",
        legend=legend,
        source=f"{council.authority}, data as at {wording.date_text(settings.report.data_as_at)}",
        index_columns={2: 0},
        additional_formatting=_top_aligned(table),
    )


def _years_with_data(figures: list[PublishedFigure], published: Published) -> list[Year]:
    """The years compared in which any of the figures has a number, and the reported year."""
    return [
        year
        for year in published.window
        if year == published.year
        or any(number.shorthand != "x" for figure in figures for number in figure.numbers(year))
    ]


def _notes_sheet(figures: list[PublishedFigure], published: Published) -> GPTable:
    import gptables

    rows = [
        {
            "Figure": figure.title,
            "How it is made": figure.rule,
            "Share of": published[figure.base].title if figure.base else "not a share",
            "Name in the open data": figure.id,
        }
        for figure in figures
    ]
    table = pd.DataFrame(rows)
    return gptables.GPTable(
        table=table,
        table_name="notes",
        title="Notes: how each figure is made",
        instructions="This worksheet contains one table.",
        index_columns={2: 0},
        additional_formatting=_top_aligned(table),
    )


def _top_aligned(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The format, for gptables, of cells next to longer ones."""
    return [{"column": {"columns": list(table.columns), "format": {"valign": "top"}}}]


def _cover(settings: Settings) -> Cover:
    import gptables

    council = settings.council
    report = settings.report
    year = wording.year_name(settings.year, council.year_style)
    about = [f"Data as at {wording.date_text(report.data_as_at)}."]
    if council.notice:
        about.append(wording.single_line(council.notice))
    return gptables.Cover(
        title=f"{report.subject}: {council.authority}",
        about=[
            f"Every number of the report for {year}, with the years compared. "
            "The same numbers for software are in figures.csv.",
            *about,
        ],
        contact=[council.contact.role, council.contact.email],
    )


def _worksheet_table(
    figures: list[PublishedFigure], years: list[Year], year_style: str
) -> pd.DataFrame:
    """A row per figure and category; a column per year, and one for revisions if there are any."""
    rows = []
    for figure in figures:
        for current in figure.numbers():
            row: dict[str, float | str] = {
                "Figure": figure.title,
                "Category": current.category or _single_number_label(figure),
                "Unit": _unit(figure, current.category),
            }
            revised = []
            for year in years:
                number = figure.number(year, current.category)
                heading = wording.year_name(year, year_style)
                row[heading] = _worksheet_value(number)
                if number.shorthand == "r":
                    revised.append(heading)
            row[REVISED] = wording.listing(revised) or "none"
            rows.append(row)
    table = pd.DataFrame(rows, dtype=object)
    return table if (table[REVISED] != "none").any() else table.drop(columns=REVISED)


def _single_number_label(figure: PublishedFigure) -> str:
    """The entry for the category of a figure without any: a median has no total."""
    return TOTAL if figure.measure in COUNTED_MEASURES and figure.unit != "pound" else OVERALL


def _unit(figure: PublishedFigure, category: str) -> str:
    unit = wording.plural(unit_of(figure, category), 2)
    return f"{unit} per 1,000" if figure.measure == "rate" else unit


def _worksheet_value(number: Number) -> float | str:
    """The number to two decimals, whole where it is, or the shorthand in its place."""
    if number.value is None:
        return f"[{number.shorthand}]"
    value = round(number.value, 2)
    return int(value) if value.is_integer() else value
