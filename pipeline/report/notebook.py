"""What `4_report.ipynb` works with: the open report and its `%%narrative` cells.

The report's charts and tables know the section in which they are published.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pandas as pd
from IPython.core.getipython import get_ipython
from IPython.display import display

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.report import charts, tables
from pipeline.report.chart_image import Chart
from pipeline.report.charts.html import ChartWords, Drawings, chart_html
from pipeline.report.comparisons.cells import ComparisonCells
from pipeline.report.figure import PublishedFigure
from pipeline.report.figures import Published
from pipeline.report.narrative.commentary import read_commentary
from pipeline.report.narrative.language import Language
from pipeline.report.narrative.markdown import markdown_to_html
from pipeline.report.narrative.withheld import Omissions, without_withheld_sentences
from pipeline.report.style import stylesheet
from pipeline.settings import Settings

WORDS_OF_CELL = "a headline, subtitle, caption or heading of this cell"


class NotebookReport(ComparisonCells):
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
        self._omissions = Omissions()
        self._drawings = Drawings(settings)
        shell = get_ipython()
        assert shell is not None, "a report is opened in a notebook"
        register: Callable[..., None] = shell.register_magic_function
        register(self._narrative, magic_kind="cell", magic_name="narrative")

    def _narrative(self, line: str, cell: str) -> None:
        """`%%narrative SECTION`: Markdown with references to figures.

        line: the section, which must be named in the settings. cell: the Markdown.
        """
        section = line.strip()
        self._section = section
        allowed = list(self.settings.council.sections.names)
        if section not in allowed:
            raise Problem(
                kind=Kind.NOTEBOOK,
                where="line 1",
                what=f'there is no section "{section}".{did_you_mean(section, allowed)}',
                remedy="Use a section listed under `sections` in council.yaml:"
                f" {', '.join(allowed)}.",
            )
        markdown, has_withheld = without_withheld_sentences(
            self.language.render(
                cell, lambda number: f"line {number + 1}", commentary=self._commentary(section)
            )
        )
        if has_withheld:
            markdown += f"\n\n{self._omissions.line(section)}"
        self._publish(markdown_to_html(markdown))

    def stated_by_people(self) -> pd.DataFrame:
        """Each number that a person states, with their evidence; shown but not published."""
        return pd.DataFrame(self.language.stated_numbers, columns=["number", "evidence"])

    def _commentary(self, section: str) -> str:
        return self.commentary.get(section) or self.settings.council.empty_commentary or ""

    def trend(
        self,
        figure: str,
        headline: str,
        subtitle: str,
        caption: str = "",
        heading: str = "",
    ) -> None:
        """Publish a line for each category over the years, with its data table.

        If only one year is known, publish the table alone. Without a caption there is no table.
        """
        published_figure = self.published[figure]
        table = self._table_of_chart(published_figure, caption, heading)
        chart = self._chart_over_years(published_figure, charts.trend)
        self._publish_chart(published_figure, chart, headline, subtitle, table)

    def bars(
        self,
        figure: str,
        headline: str,
        subtitle: str,
        caption: str = "",
        heading: str = "",
    ) -> None:
        """Publish a bar for each of this year's categories, with the table of all years.

        If the year has few cases or few categories, publish the table alone. Without a caption
        there is no table.
        """
        published_figure = self.published[figure]
        table = self._table_of_chart(published_figure, caption, heading)
        chart = None
        if self._has_enough_for_bars(published_figure):
            chart = charts.bars(published_figure, self._year_style)
        self._publish_chart(published_figure, chart, headline, subtitle, table)

    def _has_enough_for_bars(self, figure: PublishedFigure) -> bool:
        least = self.settings.council.statistics
        values = [part.known_value for part in figure.disclosed]
        return len(values) >= least.chart_categories_from and sum(values) >= least.chart_from

    def stacked_years(
        self,
        figure: str,
        headline: str,
        subtitle: str,
        caption: str = "",
        heading: str = "",
    ) -> None:
        """Publish a bar for each year divided by category, with its data table.

        If only one year is known, or this year has no cases, publish the table alone. Without a
        caption there is no table.
        """
        published_figure = self.published[figure]
        chart = None
        if any(number.occurs for number in published_figure.numbers()):
            chart = self._chart_over_years(published_figure, charts.stacked_years)
        table = self._table_of_chart(published_figure, caption, heading, with_total=False)
        self._publish_chart(published_figure, chart, headline, subtitle, table)

    def _chart_over_years(
        self, figure: PublishedFigure, draw: Callable[[PublishedFigure, str], Chart]
    ) -> Chart | None:
        return draw(figure, self._year_style) if len(figure.years_with_numbers) > 1 else None

    def _table_of_chart(
        self, figure: PublishedFigure, caption: str, heading: str, with_total: bool = True
    ) -> str:
        return self._table_by_year(figure, caption, heading, with_total) if caption else ""

    def table(
        self,
        caption: str,
        groups: dict[str, tuple[str, ...]],
        size: str = "",
        last_years: int | None = None,
        *,
        annex: bool = True,
    ) -> None:
        """Publish a table of several figures over the years compared, in groups of rows.

        groups: the ids of the figures of each group by its heading, which may be empty. An id may
            be a pattern, such as `stage_*.by_outcome`. A heading with `{{ stage }}` stands for a
            group for each stage that has such figures.
        size: the figure that counts the year's cases: if they are fewer than the setting
            `statistics.table_from`, or withheld, the table goes into the annex.
        last_years: how many years it shows; all by default. Such a table is left out if it would
            show no case of the reported year.
        annex: whether it goes into the annex at all; if not, only the open data has it.
        """
        expanded = tables.expand_groups(groups, self.published, self.language.stages)
        rendered = {self._render_line(text, **words): ids for text, words, ids in expanded}
        figures = [self.published[id] for ids in rendered.values() for id in ids]
        years = self.published.window[-(last_years or len(self.published.window)) :]
        html = ""
        if not last_years or any(figure.has_published_cases for figure in figures):
            html = tables.grouped(
                self.published, rendered, years, self._render_line(caption), self._year_style
            )
        cases = self.published[size].number() if size else None
        is_small = cases is not None and (
            not cases.known or cases.known_value < self.settings.council.statistics.table_from
        )
        if is_small and not annex:
            return
        section = self._annex if is_small else self._section
        html = html or self._omissions.line_for(section, figures)
        self._publish(html, section=section, last=is_small)

    @property
    def _annex(self) -> str:
        """The section for tables that leave the body; the current one if there is no annex."""
        return next(iter(self.settings.council.sections.annex), self._section)

    def by_year(self, figure: str, caption: str, heading: str) -> None:
        """Publish a table of a figure's categories over the years compared."""
        self._publish(self._table_by_year(self.published[figure], caption, heading))

    def texts(
        self, figure: str, caption: str, headings: tuple[str, ...], *, complete: bool = True
    ) -> None:
        """Publish a table of words, such as subjects and decisions, with every row if complete."""
        most = None if complete else self.settings.council.statistics.list_up_to
        for heading in headings:
            self._render_line(heading)  # refused like any other words
        for id in self.published.matching([figure]):
            html = tables.texts(self.published[id], self._render_line(caption), headings, most)
            self._publish(html or self._omissions.line_for(self._section, [self.published[id]]))

    def glance(self, *figures: str) -> None:
        """Publish a few figures of one number each, with last year's and a line of all years."""
        entries = []
        for figure in (self.published[id] for id in figures):
            image = ""
            if len(figure.years_with_numbers) > 1:
                chart = charts.spark(figure, self._year_style)
                image = self._drawings.with_cache(figure.id, chart).image_element()
            entries.append((figure, image))
        self._publish(tables.glance(entries, self._year_style))

    def quotations(self, figure: str) -> None:
        """Publish texts approved for publication, as many as `statistics.list_up_to` says."""
        most = self.settings.council.statistics.list_up_to
        self._publish(tables.quotations(self.published[figure], most))

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
        return None if base.categories else base

    def _publish_chart(
        self, figure: PublishedFigure, chart: Chart | None, headline: str, subtitle: str, table: str
    ) -> None:
        """Publish a chart with its words and its table; the table alone if nothing can be drawn.

        chart: None if the year has too little for one.
        """
        # Axes with nothing on them would be taken for a fault.
        is_empty = not any(number.occurs for number in figure.all_numbers)
        if chart is None or is_empty or charts.understates(figure):
            self._publish(table)
            return
        chart = self._drawings.with_cache(figure.id, chart)
        words = ChartWords(self._render_line(headline), self._render_line(subtitle), table)
        html = chart_html(figure, chart, words, self._year_style)
        self._publish(html, chart.images, alt=chart.alt)

    def _render_line(self, template: str, **variables: Any) -> str:
        """The HTML of one line of narrative, such as a chart's headline."""
        markdown = self.language.render(template, lambda line: WORDS_OF_CELL, **variables)
        return re.sub(r"^<p>|</p>$", "", markdown_to_html(markdown))

    def _publish(self, html: str, images: dict[str, str] | None = None, **metadata: Any) -> None:
        """Show HTML and mark it for publication in the current section; nothing if it is empty.

        images: in further formats, by MIME type. metadata: of its place; `last`: at its end.
        """
        if html:
            place = {"section": self._section, **metadata}
            display(
                {"text/html": html, **(images or {})},
                raw=True,
                metadata={"text/html": {"published": place}},
            )


def open_report(settings: Settings) -> NotebookReport:
    """Open the report of one year on its published figures and register `%%narrative`."""
    show_style(settings)
    return NotebookReport(settings)


def show_style(settings: Settings) -> None:
    """Make what is published look in JupyterLab as on the page; the style is not published."""
    display({"text/html": f"<style>{_scope_to_outputs(stylesheet(settings))}</style>"}, raw=True)


def _scope_to_outputs(css: str) -> str:
    """The page's style for outputs only, so that JupyterLab itself keeps its own."""
    return f".jp-RenderedHTML{{{css.replace(':root', '&')}}}"
