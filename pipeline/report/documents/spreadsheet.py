"""The spreadsheet annex: every published number in accessible worksheets, as .xlsx and .ods.

One table a worksheet, one heading row, no merged cells, no blank rows, a cover and notes: the Analysis Function's guidance
"Releasing statistics in spreadsheets", which gptables follows.
"""

from __future__ import annotations

import io
import warnings
from datetime import datetime, time
from functools import cache
from itertools import count

import pandas as pd

from pipeline.artifacts import TOTAL
from pipeline.report import wording
from pipeline.report.figures import Number, Published, PublishedFigure
from pipeline.settings import Settings
from pipeline.system.archives import reproducible_zip

# Worksheet → what its figures' ids begin with.
WORKSHEETS = {
    "Representations": ("representations",), "Complaints": ("complaints",), "Stage 1": ("stage_1",), "Stage 2": ("stage_2",),
    "Stage 3": ("stage_3",), "Ombudsman": ("ombudsman",), "Compliments": ("compliments",), "Learning": ("learning",),
    "Other": ("concerns", "training", "activity"),
}  # fmt: skip
CM_PER_CHARACTER = 0.2  # of a character's width
# What stands in place of a number.
SHORTHAND_LEGEND = [
    f"[{sign}] means {said}" for sign, said in wording.SHORTHAND_MEANINGS.items() if sign in "cxz"
]


def spreadsheets(
    settings: Settings, published: Published, figures: list[PublishedFigure]
) -> dict[str, bytes]:
    """`figures.xlsx` and `figures.ods` of the figures given, dated by the data."""
    workbook = _workbook(settings, published, figures)
    return {
        "figures.xlsx": reproducible_zip(workbook, settings.report.data_as_at),
        "figures.ods": _convert_to_ods(workbook, settings),
    }


def _workbook(settings: Settings, published: Published, figures: list[PublishedFigure]) -> bytes:
    import gptables

    council, report = settings.council, settings.report
    of = {
        name: [one for one in figures if one.id.partition(".")[0] in begins]
        for name, begins in WORKSHEETS.items()
    }
    left = [one.id for one in figures if not any(one in held for held in of.values())]
    if left:
        raise AssertionError(f"figures that stand on no worksheet: {left}")
    sheets = {
        name: gptables.GPTable(
            table=_worksheet_table(held, published, council.year_style),
            table_name=name.replace(" ", "_").lower(),
            title=f"{name}: {council.authority}, {wording.year_name(settings.year, council.year_style)} and earlier years",
            instructions="This worksheet holds one table. How each figure is made is on the worksheet Notes.",
            legend=[*SHORTHAND_LEGEND, *filter(None, [published.rounding_note])],
            source=f"{council.authority}, data as at {wording.date_text(report.data_as_at)}",
            index_columns={2: 0},
        )
        for name, held in of.items() if held
    }  # fmt: skip
    sheets["Notes"] = gptables.GPTable(
        table=pd.DataFrame([
            {"Figure": one.title, "How it is made": one.rule,
             "Share of": published[one.base].title if one.base else "not a share", "Name in the open data": one.id}
            for one in figures
        ]),
        table_name="notes", title="Notes: how each figure is made", instructions="This worksheet holds one table.",
        index_columns={2: 0},
    )  # fmt: skip
    cover = gptables.Cover(
        title=f"{report.subject}: {council.authority}",
        intro=[f"Every number of the report for {wording.year_name(settings.year, council.year_style)}, with the years compared. "
               "The same numbers for machines are in figures.csv."],
        about=[f"Data as at {wording.date_text(report.data_as_at)}.", *([wording.single_line(council.notice)] if council.notice else [])],
        contact=[council.contact.role, council.contact.email],
    )  # fmt: skip
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # gptables misses its own kind of notes sheet; ours lists every figure
        book = gptables.produce_workbook(out, sheets, cover=cover, auto_width=True)
    book.set_properties({
        "title": report.subject, "author": council.authority, "created": datetime.combine(report.data_as_at, time())
    })  # fmt: skip
    book.close()
    return out.getvalue()


def _worksheet_table(
    figures: list[PublishedFigure], published: Published, style: str
) -> pd.DataFrame:
    """A row for each figure and category, a column for each year compared, and the years whose number was revised."""
    rows = []
    for figure in figures:
        for first in figure.numbers():
            numbers = [figure.number(year, first.category) for year in published.window]
            revised = [
                wording.year_name(number.year, style)
                for number in numbers
                if number.shorthand == "r"
            ]
            rows.append(
                {
                    "Figure": figure.title,
                    "Category": first.category or TOTAL,
                    "Counted": figure.unit,
                }
                | {
                    wording.year_name(number.year, style): _worksheet_value(number)
                    for number in numbers
                }
                | {"Revised": wording.listing(revised) or "none"}
            )
    return pd.DataFrame(rows, dtype=object)


def _worksheet_value(number: Number) -> float | str:
    if not number.known:
        return f"[{number.shorthand}]"
    value = round(number.value, 2)
    return int(value) if value.is_integer() else value


def _convert_to_ods(workbook: bytes, settings: Settings) -> bytes:
    """The same worksheets in the open format, with the same widths, bold headings and folded lines."""
    import openpyxl
    from odfdo import Cell, Column, Document, Element, Row, Table

    book, document = openpyxl.load_workbook(io.BytesIO(workbook)), Document("spreadsheet")
    document.body.clear()

    @cache
    def style(family: str, properties: str) -> str:
        element = f'<style:style style:name="{next(names)}" style:family="{family}">{properties}</style:style>'
        return document.insert_style(Element.from_tag(element), automatic=True)

    names = (f"own{number}" for number in count(1))
    for sheet in book:
        table = Table(sheet.title)
        for column in sheet.iter_cols(max_row=1):
            width = sheet.column_dimensions[column[0].column_letter].width * CM_PER_CHARACTER
            table.append(
                Column(
                    style=style(
                        "table-column",
                        f'<style:table-column-properties style:column-width="{min(width, 18):.1f}cm"/>',
                    )
                )
            )
        for cells in sheet.iter_rows():
            row = Row()
            # What stands above a table alone in its row runs on to the right, as in the workbook.
            folds = sum(cell.value is not None for cell in cells) > 1 or sheet.max_column == 1
            for cell in cells:
                weight = '<style:text-properties fo:font-weight="bold"/>' if cell.font.b else ""
                wrap = (
                    '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/>'
                    if folds
                    else ""
                )
                made = Cell(
                    cell.value, style=style("table-cell", wrap + weight) if wrap + weight else None
                )
                row.append_cell(made, clone=False)
            table.append_row(row, clone=False)
        document.body.append(table)
    day = datetime.combine(settings.report.data_as_at, time())
    about = document.meta
    about.title, about.language, about.creation_date, about.date = (
        settings.report.subject,
        "en-GB",
        day,
        day,
    )
    about.initial_creator = about.creator = settings.council.authority
    about.generator, about.editing_cycles = "annual-report", 1
    out = io.BytesIO()
    document.save(out)
    return reproducible_zip(out.getvalue(), settings.report.data_as_at)
