"""What the report's notebook publishes of comparisons; nothing without reference data."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from html import escape
from typing import Any

from pipeline.reference.areas import Areas, areas_of, own_authority
from pipeline.reference.layouts import NEIGHBOURS
from pipeline.reference.store import Reference, Source, load_reference
from pipeline.reference.take import neighbours_of
from pipeline.report import charts, wording
from pipeline.report.comparisons.measures import (
    COMPLIED,
    RATES,
    UPHELD,
    Comparison,
    Measure,
    compare,
)
from pipeline.report.comparisons.served import served_groups, served_html
from pipeline.report.comparisons.words import rates_html, shares_html
from pipeline.report.figures import Published
from pipeline.settings import Settings

MIN_BARS = 4  # with fewer authorities a chart shows no more than the table


class ComparisonCells:
    """The part of a report that compares the council with similar authorities."""

    settings: Settings
    published: Published

    def _publish(self, html: str, images: dict[str, str] | None = None, **metadata: Any) -> None:
        raise NotImplementedError

    def compare_rates(self) -> None:
        """Publish the rates of the council next to others', with a chart of the first."""
        comparisons = self._comparisons(RATES)
        if not comparisons:
            return
        year = wording.year_name(self.settings.year, self.settings.council.year_style)
        names = {name for one in comparisons for terms in one.measure.terms for name in terms}
        self._publish("<h3>Compared with other authorities</h3>" + self._introduction)
        self._publish_authorities(comparisons[0])
        caption = f"Rates of similar authorities, {year}"
        self._publish(rates_html(comparisons, self._sources(names), caption))

    def compare_upheld(self) -> None:
        """Publish the shares of the Ombudsman's investigations and remedies, next to others'."""
        comparisons = self._comparisons((UPHELD, COMPLIED))
        if comparisons:
            names = {name for one in comparisons for name in one.measure.terms[1]}
            self._publish(shares_html(comparisons, self._sources(names)))

    def compare_served(self) -> None:
        """Publish who complained next to the children served."""
        if not self._reference.rows:
            return
        council = self.settings.council
        groups = served_groups(self._reference, self.published, council)
        if groups:
            year = wording.year_name(self.settings.year, council.year_style)
            caption = f"Complaints and children served, by characteristic, {year}"
            self._publish(served_html(groups, council, caption))

    @property
    def _introduction(self) -> str:
        """How to read the numbers."""
        return (
            "<p>Statistical neighbours are the authorities that DfE finds most similar to ours. A "
            "difference smaller than the 95% interval may be chance, and no difference says by "
            "itself whether a service is good.</p>"
        )

    def _comparisons(self, measures: Iterable[Measure]) -> list[Comparison]:
        """Those that the files have numbers for."""
        if not self._reference.rows:
            return []
        compared = [
            compare(measure, self._reference, self._areas, self.published, self.settings)
            for measure in measures
        ]
        return [comparison for comparison in compared if comparison]

    @cached_property
    def _reference(self) -> Reference:
        return load_reference(self.settings)

    @cached_property
    def _areas(self) -> Areas:
        return areas_of(own_authority(self.settings.council), neighbours_of(self._reference))

    def _sources(self, measures: set[str]) -> list[Source]:
        """The files that these measures come from, and that of the neighbours."""
        year = str(self.settings.year)
        keys = {
            row.source
            for row in self._reference.rows
            if row.measure in measures and row.year == year
        }
        return [one for one in self._reference.sources if one.key in {*keys, NEIGHBOURS}]

    def _publish_authorities(self, comparison: Comparison) -> None:
        """The chart of the closest group; nothing if it is small."""
        group = comparison.groups[0]
        if len(group.values) < MIN_BARS:
            return
        council = self.settings.council.authority
        title = comparison.measure.title
        chart = charts.authority_bars(comparison.own, group.values, title, council)
        html = (
            '<figure class="chart"><figcaption>'
            f'<p class="headline">{escape(title)}</p>'
            f'<p class="subtitle">{escape(council)} and its {escape(group.name)}</p></figcaption>'
            f'{chart.image_element()}<p class="source">Source: that of the table below.</p>'
            "</figure>"
        )
        self._publish(html, chart.images, alt=chart.alt)
