"""A chart on the page: its words, picture and table; and where its drawing is kept meanwhile."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import NamedTuple

from pipeline.artifacts import AGGREGATE_STEP, FIGURES_FILE
from pipeline.report import tables
from pipeline.report.chart_image import Chart
from pipeline.report.figure import PublishedFigure
from pipeline.settings import Settings

# The environment variable that names a folder for drawings, set in the kernels of a run or preview.
# Without it, as in JupyterLab, every chart is drawn again.
DRAWINGS_VARIABLE = "ANNUAL_REPORT_DRAWINGS"


class ChartWords(NamedTuple):
    """The words around a chart, as HTML. table: its numbers; empty if they are elsewhere."""

    headline: str
    subtitle: str
    table: str


class Drawings:
    """The folder of drawings of one run, if this kernel has one."""

    def __init__(self, settings: Settings) -> None:
        # Every figure and setting, and so all that a chart may show.
        digest = hashlib.sha256((settings.processed / AGGREGATE_STEP / FIGURES_FILE).read_bytes())
        digest.update(settings.model_dump_json(include={"year", "council"}).encode())
        self._inputs_digest = digest.hexdigest()

    def with_cache(self, id: str, chart: Chart) -> Chart:
        """The chart with its place in the folder.

        The kernels of one run or preview then draw the same chart of the same figures only once.
        """
        folder = os.environ.get(DRAWINGS_VARIABLE)
        if not folder:
            return chart
        cache_key = "\n".join((self._inputs_digest, id, chart.alt))
        digest = hashlib.sha256(cache_key.encode()).hexdigest()
        return replace(chart, cache_path=Path(folder) / f"drawing-{digest}")


def chart_html(figure: PublishedFigure, chart: Chart, words: ChartWords, year_style: str) -> str:
    """The `<figure>` of a chart."""
    source = escape(tables.source_line(figure))
    breaks = tables.series_break_notes(figure, year_style)
    details = ""
    if words.table:
        summary = "<summary>The numbers behind this chart</summary>"
        details = f"<details>{summary}{words.table}</details>"
    return (
        f'<figure class="chart" id="{tables.anchor_id("chart", figure.id)}">'
        f'<figcaption><p class="headline">{words.headline}</p>'
        f'<p class="subtitle">{words.subtitle}</p></figcaption>'
        f"{chart.image_element()}{breaks}"
        f'<p class="source">Source: {source}.</p>{details}</figure>'
    )
