"""Every published number in accessible worksheets, as .xlsx and .ods.

One table per worksheet, one heading row, no merged cells, no blank rows, a cover and notes: the
Analysis Function's guidance "Releasing statistics in spreadsheets", which gptables follows.
"""

from __future__ import annotations

import io
import warnings
from datetime import datetime, time
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.artifacts import TOTAL
from pipeline.report import wording
from pipeline.report.figure import PublishedFigure
from pipeline.report.figures import Published
from pipeline.report.number import Number
from pipeline.settings import Settings
from pipeline.system.archives import reproducible_zip

if TYPE_CHECKING:
    from gptables import Cover, GPTable
    from odfdo import Cell, Column, Document, Table
    from openpyxl.cell import Cell as WorkbookCell
    from openpyxl.worksheet.worksheet import Worksheet

# fmt: off
# Worksheet → what its figures' ids begin with.
WORKSHEETS = {
    "Representations": ("representations",),
    "Complaints": ("complaints",),
    "Stage 1": ("stage_1",),
    "Stage 2": ("stage_2",),
    "Stage 3": ("stage_3",),
    "Ombudsman": ("ombudsman",),
    "Compliments": ("compliments",),
    "Learning": ("learning",),
    "Other": ("concerns", "training", "activity"),
}
# fmt: on
CM_PER_CHARACTER = 0.2
MAX_COLUMN_CM = 18
SHORTHAND_LEGEND = [
    f"[{sign}] means {meaning}"
    for sign, meaning in wording.SHORTHAND_MEANINGS.items()
    if sign in "cxz"
]
BOLD = '<style:text-properties fo:font-weight="bold"/>'
WRAPPED = '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/>'


def spreadsheets(
    settings: Settings, published: Published, figures: list[PublishedFigure]
) -> dict[str, bytes]:
    """`figures.xlsx` and `figures.ods` of these figures, dated by the data."""
    workbook = _workbook(settings, published, figures)
    data_as_at = settings.report.data_as_at
    return {
        "figures.xlsx": reproducible_zip(workbook, data_as_at),
        "figures.ods": reproducible_zip(_convert_to_ods(workbook, settings), data_as_at),
    }


def _workbook(settings: Settings, published: Published, figures: list[PublishedFigure]) -> bytes:
    """The .xlsx file: a cover, a table of contents, a worksheet per subject, and notes."""
    import gptables

    sheets = {
        name: _subject_sheet(name, group, settings, published)
        for name, group in _figures_by_worksheet(figures).items()
    }
    sheets["Notes"] = _notes_sheet(figures, published)
    out = io.BytesIO()
    with warnings.catch_warnings():
        # gptables expects its own kind of notes sheet; ours lists every figure.
        warnings.simplefilter("ignore")
        book = gptables.produce_workbook(out, sheets, cover=_cover(settings), auto_width=True)
    properties = {
        "title": settings.report.subject,
        "author": settings.council.authority,
        "created": datetime.combine(settings.report.data_as_at, time()),
    }
    book.set_properties(properties)
    book.close()
    return out.getvalue()


def _figures_by_worksheet(figures: list[PublishedFigure]) -> dict[str, list[PublishedFigure]]:
    """Worksheet → its figures, without worksheets that would be empty.

    Raises AssertionError for a figure that belongs to no worksheet.
    """
    worksheet_of_subject = {
        subject: name for name, subjects in WORKSHEETS.items() for subject in subjects
    }
    groups: dict[str, list[PublishedFigure]] = {name: [] for name in WORKSHEETS}
    unplaced = []
    for figure in figures:
        subject = figure.id.partition(".")[0]
        if subject in worksheet_of_subject:
            groups[worksheet_of_subject[subject]].append(figure)
        else:
            unplaced.append(figure.id)
    if unplaced:
        raise AssertionError(f"figures on no worksheet: {unplaced}")
    return {name: group for name, group in groups.items() if group}


def _subject_sheet(
    name: str, figures: list[PublishedFigure], settings: Settings, published: Published
) -> GPTable:
    import gptables

    council = settings.council
    year = wording.year_name(settings.year, council.year_style)
    legend = list(SHORTHAND_LEGEND)
    if published.rounding_note:
        legend.append(published.rounding_note)
    return gptables.GPTable(
        table=_worksheet_table(figures, published, council.year_style),
        table_name=name.replace(" ", "_").lower(),
        title=f"{name}: {council.authority}, {year} and earlier years",
        instructions="This worksheet holds one table. "
        "How each figure is made is on the worksheet Notes.",
        legend=legend,
        source=f"{council.authority}, data as at {wording.date_text(settings.report.data_as_at)}",
        index_columns={2: 0},
    )


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
    return gptables.GPTable(
        table=pd.DataFrame(rows),
        table_name="notes",
        title="Notes: how each figure is made",
        instructions="This worksheet holds one table.",
        index_columns={2: 0},
    )


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
        intro=[
            f"Every number of the report for {year}, with the years compared. "
            "The same numbers for machines are in figures.csv."
        ],
        about=about,
        contact=[council.contact.role, council.contact.email],
    )


def _worksheet_table(
    figures: list[PublishedFigure], published: Published, year_style: str
) -> pd.DataFrame:
    """A row per figure and category; a column per year compared and one for revised years."""
    rows = []
    for figure in figures:
        for current in figure.numbers():
            row: dict[str, float | str] = {
                "Figure": figure.title,
                "Category": current.category or TOTAL,
                "Counted": figure.unit,
            }
            revised = []
            for year in published.window:
                number = figure.number(year, current.category)
                heading = wording.year_name(year, year_style)
                row[heading] = _worksheet_value(number)
                if number.shorthand == "r":
                    revised.append(heading)
            row["Revised"] = wording.listing(revised) or "none"
            rows.append(row)
    return pd.DataFrame(rows, dtype=object)


def _worksheet_value(number: Number) -> float | str:
    """The number to two decimals, whole where it is, or the shorthand in its place."""
    if number.value is None:
        return f"[{number.shorthand}]"
    value = round(number.value, 2)
    return int(value) if value.is_integer() else value


def _convert_to_ods(workbook: bytes, settings: Settings) -> bytes:
    """The same worksheets in the open format, with the same widths, bold headings and wrapping."""
    import openpyxl
    from odfdo import Document

    document = Document("spreadsheet")
    document.body.clear()
    styles = _OdsStyles(document)
    for sheet in openpyxl.load_workbook(io.BytesIO(workbook)):
        document.body.append(_ods_table(sheet, styles))
    _set_ods_metadata(document, settings)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


class _OdsStyles:
    """The styles of an .ods document, each inserted when it is first used."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._names: dict[tuple[str, str], str] = {}

    def name_of(self, family: str, properties: str) -> str:
        """The name of the style with these properties, given as XML."""
        key = (family, properties)
        if key not in self._names:
            name = f"own{len(self._names) + 1}"
            attributes = f'style:name="{name}" style:family="{family}"'
            xml = f"<style:style {attributes}>{properties}</style:style>"
            self._names[key] = self._document.insert_style(xml, automatic=True)
        return self._names[key]


def _ods_table(sheet: Worksheet, styles: _OdsStyles) -> Table:
    from odfdo import Row, Table

    table = Table(sheet.title)
    for column in sheet.iter_cols(max_row=1):
        letter = column[0].column_letter
        table.append(_ods_column(sheet.column_dimensions[letter].width, styles))
    for cells in sheet.iter_rows():
        row = Row()
        # Text alone in its row, above a table, runs on to the right, as in the workbook.
        is_wrapped = sum(cell.value is not None for cell in cells) > 1 or sheet.max_column == 1
        for cell in cells:
            row.append_cell(_ods_cell(cell, is_wrapped, styles), clone=False)
        table.append_row(row, clone=False)
    return table


def _ods_column(characters: float, styles: _OdsStyles) -> Column:
    """A column as wide as so many characters."""
    from odfdo import Column

    width = min(characters * CM_PER_CHARACTER, MAX_COLUMN_CM)
    properties = f'<style:table-column-properties style:column-width="{width:.1f}cm"/>'
    return Column(style=styles.name_of("table-column", properties))


def _ods_cell(cell: WorkbookCell, is_wrapped: bool, styles: _OdsStyles) -> Cell:
    from odfdo import Cell

    properties = (WRAPPED if is_wrapped else "") + (BOLD if cell.font.b else "")
    style = styles.name_of("table-cell", properties) if properties else None
    return Cell(cell.value, style=style)


def _set_ods_metadata(document: Document, settings: Settings) -> None:
    data_day = datetime.combine(settings.report.data_as_at, time())
    metadata = document.meta
    metadata.title = settings.report.subject
    metadata.language = "en-GB"
    metadata.creation_date = data_day
    metadata.date = data_day
    metadata.initial_creator = settings.council.authority
    metadata.creator = settings.council.authority
    metadata.generator = "annual-report"
    metadata.editing_cycles = 1
