"""What `4_report.ipynb` works with: the open report, its `%%narrative` cells, and charts and tables that know their section."""

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

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.report import charts, tables
from pipeline.report.figures import FIGURES_FILE, Published
from pipeline.report.narrative.commentary import read_commentary
from pipeline.report.narrative.language import Language, markdown_to_html
from pipeline.report.style import stylesheet
from pipeline.settings import Settings

DRAWINGS_VARIABLE = "ANNUAL_REPORT_DRAWINGS"  # names the folder for them in a kernel of ours; by hand all is drawn anew


class NotebookReport:
    """One year's report being written: narrative, charts and tables are shown in the notebook and marked for publication.

    Only what is shown through this object is published; anything else a cell prints stays in the notebook.
    """

    def __init__(self, settings: Settings):
        self.settings = settings
        self.published = Published.read(settings)
        self.language = Language(self.published, settings.council, settings.report)
        self.commentary = read_commentary(settings, self.language)
        self._year_style = settings.council.year_style
        self._section = ""
        self._drawing_digest = _drawing_inputs_digest(settings)
        get_ipython().register_magic_function(
            self._narrative, magic_kind="cell", magic_name="narrative"
        )

    def _narrative(self, line: str, cell: str) -> None:
        """`%%narrative SECTION`: Markdown with references to figures, in a section named in the settings."""
        self._section = section = line.strip()
        sections = self.settings.council.sections
        known = [*sections.front, *sections.main]
        if section not in known:
            raise Problem(Kind.NOTEBOOK, "line 1", f'there is no section "{section}".{did_you_mean(section, known)}',
                          "Use a section listed under `sections` in council.yaml: " + ", ".join(known) + ".")  # fmt: skip
        markdown = self.language.render(
            cell, lambda number: f"line {number + 1}", commentary=self._commentary(section)
        )
        self._publish(markdown_to_html(markdown))

    def stated_by_people(self) -> pd.DataFrame:
        """Each number that a person states, with their evidence; shown in the notebook and not published."""
        return pd.DataFrame(self.language.stated_numbers, columns=["number", "evidence"])

    def _commentary(self, section: str) -> str:
        return self.commentary.get(section) or self.settings.council.empty_commentary or ""

    def trend(self, figure: str, headline: str, subtitle: str, caption: str, heading: str) -> None:
        """Publish a line for each category over the years, with its data table; of one year alone the table."""
        found = self.published[figure]
        table = tables.by_year(
            found, self._render_line(caption), heading, self._year_style, self._total_figure(figure)
        )
        if len(found.years_with_numbers) > 1:
            self._publish_chart(
                figure, charts.trend(found, self._year_style), headline, subtitle, table
            )
        else:
            self._publish(table)

    def bars(self, figure: str, headline: str, subtitle: str, caption: str, heading: str) -> None:
        """Publish a bar for each of this year's categories, with the table of all years compared."""
        found = self.published[figure]
        table = tables.by_year(
            found, self._render_line(caption), heading, self._year_style, self._total_figure(figure)
        )
        if any(part.known for part in found.parts):
            self._publish_chart(figure, charts.bars(found), headline, subtitle, table)
        else:
            self._publish(table)

    def stacked_years(
        self, figure: str, headline: str, subtitle: str, caption: str, heading: str
    ) -> None:
        """Publish a bar for each year divided by category, with its data table."""
        found = self.published[figure]
        self._publish_chart(figure, charts.stacked_years(found, self._year_style), headline, subtitle,
                     tables.by_year(found, self._render_line(caption), heading, self._year_style))  # fmt: skip

    def by_year(self, figure: str, caption: str, heading: str) -> None:
        """Publish a table of a figure's categories over the years compared."""
        self._publish(
            tables.by_year(
                self.published[figure],
                self._render_line(caption),
                heading,
                self._year_style,
                self._total_figure(figure),
            )
        )

    def texts(self, figure: str, caption: str, headings: tuple[str, ...]) -> None:
        """Publish a table of words, such as each subject and its decision; nothing where there are none."""
        self._publish(tables.texts(self.published[figure], self._render_line(caption), headings))

    def glance(self, *figures: str) -> None:
        """Publish a few figures of one number each, with last year's beside them and a small line, if several are known."""
        found = [self.published[id] for id in figures]
        drawn = [
            (
                one,
                self._with_cache(one.id, charts.spark(one, self._year_style)).image_element()
                if len(one.years_with_numbers) > 1
                else "",
            )
            for one in found
        ]
        self._publish(tables.glance(drawn, self._year_style))

    def quotations(self, figure: str) -> None:
        """Publish texts approved for publication."""
        self._publish(tables.quotations(self.published[figure]))

    def _total_figure(self, figure: str):
        base = self.published[figure].base
        total = self.published[base] if base and not self.published[figure].overlapping else None
        return total if total and not total.rows["category"].any() else None

    def _with_cache(self, name: str, chart: charts.Chart) -> charts.Chart:
        """The chart, which is not drawn again while kernels of one run or preview draw it of the same figures."""
        place = os.environ.get(DRAWINGS_VARIABLE)
        if not place:
            return chart
        told = "\n".join((self._drawing_digest, name, chart.alt))
        return replace(
            chart, cache_path=Path(place) / f"drawing-{hashlib.sha256(told.encode()).hexdigest()}"
        )

    def _publish_chart(
        self, name: str, chart: charts.Chart, headline: str, subtitle: str, table: str
    ) -> None:
        if not any(number.occurs for number in self.published[name].all_numbers):
            self._publish(table)  # axes with nothing on them would be taken for a fault
            return
        chart = self._with_cache(name, chart)
        said = [self._render_line(text) for text in (headline, subtitle)]
        source = escape(tables.source_line(self.published[name]))
        breaks = tables.series_break_notes(self.published[name], self._year_style)
        id = tables.anchor_id("chart", name)
        html = (
            f'<figure class="chart" id="{id}"><figcaption><p class="headline">{said[0]}</p><p class="subtitle">{said[1]}</p>'
            f'</figcaption>{chart.image_element()}{tables.withheld_note(self.published[name])}{breaks}<p class="source">Source: {source}.</p>'
            f"<details><summary>The numbers behind this chart</summary>{table}</details></figure>"
        )
        self._publish(
            html,
            {
                "image/svg+xml": chart.svg.decode(),
                "image/png": base64.b64encode(chart.png).decode(),
            },
            alt=chart.alt,
        )

    def _render_line(self, template: str) -> str:
        """One line of narrative, such as a chart's headline."""
        html = markdown_to_html(
            self.language.render(
                template, lambda line: "a headline, subtitle or caption of this cell"
            )
        )
        return re.sub(r"^<p>|</p>$", "", html)

    def _publish(self, html: str, images: dict | None = None, **about: str) -> None:
        if html:
            place = {"section": self._section, **about}
            display(
                {"text/html": html, **(images or {})},
                raw=True,
                metadata={"text/html": {"published": place}},
            )


def _drawing_inputs_digest(settings: Settings) -> str:
    """Of every figure and every setting: what a chart may show, and more."""
    told = hashlib.sha256((settings.processed / FIGURES_FILE).read_bytes())
    told.update(settings.model_dump_json(include={"year", "council"}).encode())
    return told.hexdigest()


def open_report(settings: Settings) -> NotebookReport:
    """Open the report of one year on its published figures, and make `%%narrative` known to the notebook.

    In JupyterLab what is published looks as it will on the page; the style itself is not published.
    """
    display({"text/html": f"<style>{_scope_to_outputs(stylesheet(settings))}</style>"}, raw=True)
    return NotebookReport(settings)


def _scope_to_outputs(css: str) -> str:
    """The page's style for outputs only, so that JupyterLab itself keeps its own."""
    return f".jp-RenderedHTML{{{css.replace(':root', '&')}}}"
