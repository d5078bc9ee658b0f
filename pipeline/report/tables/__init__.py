"""Tables, quotations and their notes, as HTML."""

from pipeline.report.tables.by_year import by_year
from pipeline.report.tables.grouped import expand_groups, grouped
from pipeline.report.tables.html import TableRow, anchor_id, html_table, with_shorthand
from pipeline.report.tables.notes import series_break_notes, source_line
from pipeline.report.tables.side_by_side import side_by_side
from pipeline.report.tables.texts import glance, quotations, texts

__all__ = [
    "TableRow",
    "anchor_id",
    "by_year",
    "expand_groups",
    "glance",
    "grouped",
    "html_table",
    "quotations",
    "series_break_notes",
    "side_by_side",
    "source_line",
    "texts",
    "with_shorthand",
]
