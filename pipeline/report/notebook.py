"""What `4_report.ipynb` works with: the open report and its `%%narrative` cells.

The report's charts and tables know the section in which they are published.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from dataclasses import replace
from html import escape
from pathlib import Path

import pandas as pd
from IPython.core.getipython import get_ipython
from IPython.display import display

from pipeline.artifacts import AGGREGATE_STEP, FIGURES_FILE
from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.report import charts, tables
from pipeline.report.chart_image import Chart
from pipeline.report.figure import PublishedFigure
from pipeline.report.figures import Published
from pipeline.report.narrative.commentary import read_commentary
from pipeline.report.narrative.language import Language
from pipeline.report.narrative.markdown import markdown_to_html
from pipeline.report.style import stylesheet
from pipeline.settings import Settings

# The environment variable that names a folder for drawings, set in the kernels of a run or preview.
# Without it, as in JupyterLab, every chart is drawn again.
DRAWINGS_VARIABLE = "ANNUAL_REPORT_DRAWINGS"


class NotebookReport:
    """One year's report being written.

    Narrative, charts and tables are shown in the notebook and marked for publication. Only what is
    shown through this object is published; anything else a cell prints stays in the notebook.

    The methods that publish take the id of a figure; headline, subtitle and caption are one line
    of narrative each, and heading is that of the column of categories.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.published = Published.read(settings)
        self.language = Language(self.published, settings.council, settings.report)
        self.commentary = read_commentary(settings, self.language)
        self._year_style = settings.council.year_style
        self._section = ""
        self._drawing_digest = _drawing_inputs_digest(settings)
        shell = get_ipython()
        assert shell is not None, "a report is opened in a notebook"
        # IPython's decorator hides the signature from the type checker.
        shell.register_magic_function(  # type: ignore[call-arg]
            self._narrative,  # type: ignore[arg-type]
            magic_kind="cell",
            magic_name="narrative",
        )

    def _narrative(self, line: str, cell: str) -> None:
        """`%%narrative SECTION`: Markdown with references to figures.

        line: the section, which must be named in the settings. cell: the Markdown.
        """
        section = line.strip()
        self._section = section
        sections = self.settings.council.sections
        allowed = [*sections.front, *sections.main]
        if section not in allowed:
            raise Problem(
                kind=Kind.NOTEBOOK,
                where="line 1",
                what=f'there is no section "{section}".{did_you_mean(section, allowed)}',
                remedy="Use a section listed under `sections` in council.yaml:"
                f" {', '.join(allowed)}.",
            )
        markdown = self.language.render(
            cell, lambda number: f"line {number + 1}", commentary=self._commentary(section)
        )
        self._publish(markdown_to_html(markdown))

    def stated_by_people(self) -> pd.DataFrame:
        """Each number that a person states, with their evidence; shown but not published."""
        return pd.DataFrame(self.language.stated_numbers, columns=["number", "evidence"])

    def _commentary(self, section: str) -> str:
        return self.commentary.get(section) or self.settings.council.empty_commentary or ""

    def trend(self, figure: str, headline: str, subtitle: str, caption: str, heading: str) -> None:
        """Publish a line for each category over the years, with its data table.

        If only one year is known, publish the table alone.
        """
        published_figure = self.published[figure]
        table = self._table_by_year(published_figure, caption, heading)
        if len(published_figure.years_with_numbers) > 1:
            chart = charts.trend(published_figure, self._year_style)
            self._publish_chart(published_figure, chart, headline, subtitle, table)
        else:
            self._publish(table)

    def bars(self, figure: str, headline: str, subtitle: str, caption: str, heading: str) -> None:
        """Publish a bar for each of this year's categories, with the table of all years."""
        published_figure = self.published[figure]
        table = self._table_by_year(published_figure, caption, heading)
        if published_figure.disclosed:
            chart = charts.bars(published_figure)
            self._publish_chart(published_figure, chart, headline, subtitle, table)
        else:
            self._publish(table)

    def stacked_years(
        self, figure: str, headline: str, subtitle: str, caption: str, heading: str
    ) -> None:
        """Publish a bar for each year divided by category, with its data table."""
        published_figure = self.published[figure]
        chart = charts.stacked_years(published_figure, self._year_style)
        table = self._table_by_year(published_figure, caption, heading, with_total=False)
        self._publish_chart(published_figure, chart, headline, subtitle, table)

    def by_year(self, figure: str, caption: str, heading: str) -> None:
        """Publish a table of a figure's categories over the years compared."""
        self._publish(self._table_by_year(self.published[figure], caption, heading))

    def texts(self, figure: str, caption: str, headings: tuple[str, ...]) -> None:
        """Publish a table of words, such as each subject and its decision; nothing if none."""
        for heading in headings:
            self._render_line(heading)  # refused like any other words
        self._publish(tables.texts(self.published[figure], self._render_line(caption), headings))

    def glance(self, *figures: str) -> None:
        """Publish a few figures of one number each, with last year's next to them.

        Each has a small line, if several years are known.
        """
        entries = []
        for id in figures:
            figure = self.published[id]
            image = ""
            if len(figure.years_with_numbers) > 1:
                chart = charts.spark(figure, self._year_style)
                image = self._with_cache(id, chart).image_element()
            entries.append((figure, image))
        self._publish(tables.glance(entries, self._year_style))

    def quotations(self, figure: str) -> None:
        """Publish texts approved for publication."""
        self._publish(tables.quotations(self.published[figure]))

    def _table_by_year(
        self, figure: PublishedFigure, caption: str, heading: str, with_total: bool = True
    ) -> str:
        """A table of categories over the years, closed by their total."""
        total = self._total_figure(figure) if with_total else None
        self._render_line(heading)  # refused like any other words
        return tables.by_year(figure, self._render_line(caption), heading, self._year_style, total)

    def _total_figure(self, figure: PublishedFigure) -> PublishedFigure | None:
        """The base of the figure, if its categories add up to it and it is a single number."""
        if not figure.base or figure.overlapping:
            return None
        base = self.published[figure.base]
        return None if base.rows["category"].any() else base

    def _with_cache(self, id: str, chart: Chart) -> Chart:
        """The chart with its place in the folder of drawings, if this kernel has one.

        The kernels of one run or preview then draw the same chart of the same figures only once.
        """
        folder = os.environ.get(DRAWINGS_VARIABLE)
        if not folder:
            return chart
        cache_key = "\n".join((self._drawing_digest, id, chart.alt))
        digest = hashlib.sha256(cache_key.encode()).hexdigest()
        return replace(chart, cache_path=Path(folder) / f"drawing-{digest}")

    def _publish_chart(
        self, figure: PublishedFigure, chart: Chart, headline: str, subtitle: str, table: str
    ) -> None:
        """Publish a chart with its words and its table; the table alone if nothing occurred."""
        if not any(number.occurs for number in figure.all_numbers):
            self._publish(table)  # axes with nothing on them would be taken for a fault
            return
        chart = self._with_cache(figure.id, chart)
        headline = self._render_line(headline)
        subtitle = self._render_line(subtitle)
        source = escape(tables.source_line(figure))
        breaks = tables.series_break_notes(figure, self._year_style)
        html = (
            f'<figure class="chart" id="{tables.anchor_id("chart", figure.id)}">'
            f'<figcaption><p class="headline">{headline}</p>'
            f'<p class="subtitle">{subtitle}</p></figcaption>'
            f"{chart.image_element()}{tables.withheld_note(figure)}{breaks}"
            f'<p class="source">Source: {source}.</p>'
            f"<details><summary>The numbers behind this chart</summary>{table}</details></figure>"
        )
        images = {
            "image/svg+xml": chart.svg.decode(),
            "image/png": base64.b64encode(chart.png).decode(),
        }
        self._publish(html, images, alt=chart.alt)

    def _render_line(self, template: str) -> str:
        """The HTML of one line of narrative, such as a chart's headline."""
        markdown = self.language.render(
            template, lambda line: "a headline, subtitle, caption or heading of this cell"
        )
        return re.sub(r"^<p>|</p>$", "", markdown_to_html(markdown))

    def _publish(self, html: str, images: dict[str, str] | None = None, **metadata: str) -> None:
        """Show HTML and mark it for publication in the current section; nothing if it is empty.

        images: the same in further formats, by MIME type.
        """
        if html:
            place = {"section": self._section, **metadata}
            display(
                {"text/html": html, **(images or {})},
                raw=True,
                metadata={"text/html": {"published": place}},
            )


def _drawing_inputs_digest(settings: Settings) -> str:
    """The digest of every figure and setting, and so of all that a chart may show."""
    digest = hashlib.sha256((settings.processed / AGGREGATE_STEP / FIGURES_FILE).read_bytes())
    digest.update(settings.model_dump_json(include={"year", "council"}).encode())
    return digest.hexdigest()


def open_report(settings: Settings) -> NotebookReport:
    """Open the report of one year on its published figures and register `%%narrative`.

    In JupyterLab published parts look as they will on the page; the style itself is not published.
    """
    display({"text/html": f"<style>{_scope_to_outputs(stylesheet(settings))}</style>"}, raw=True)
    return NotebookReport(settings)


def _scope_to_outputs(css: str) -> str:
    """The page's style for outputs only, so that JupyterLab itself keeps its own."""
    return f".jp-RenderedHTML{{{css.replace(':root', '&')}}}"
