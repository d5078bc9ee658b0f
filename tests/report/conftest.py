"""Figures as the aggregate step hands them on, of a council that does not exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
import pytest
from builders import make_settings

from pipeline.report.figures import Published
from pipeline.report.narrative.language import Language
from pipeline.settings import Settings

UNITS = {
    "complaints": "complaint",
    "compliments": "compliment",
    "stage_1": "investigation",
    "ombudsman": "case",
}
NOT_AVAILABLE = None
WITHHELD = "c"
Values = Sequence[float | str | None]  # one per year, the reported one last
Figures = Mapping[str, Any]  # by id: values, or values by category


@pytest.fixture(scope="session")
def a_settings(tmp_path_factory) -> Callable[..., Settings]:
    """Settings of a workspace of its own, for 2021-22."""

    def make(**changes: Any) -> Settings:
        workspace = tmp_path_factory.mktemp("workspace")
        (workspace / "data" / "raw" / "2021-22").mkdir(parents=True)
        return make_settings(workspace, **changes)

    return make


@pytest.fixture(scope="session")
def published(a_settings) -> Callable[..., Published]:
    """published({"complaints.received": [1, 2, 3]}): numbers of the last years.

    The reported year is last. None is a number that is not available, "c" one that is withheld. A
    figure with categories is a dict of such lists; one that has a detail too has pairs for keys.

    bases: id → id of its base. sources: year → source of its numbers, in place of the extracts.
    """

    def make(
        figures: Figures,
        bases: Mapping[str, str] | None = None,
        settings: Settings | None = None,
        sources: Mapping[str, str] | None = None,
    ) -> Published:
        settings = settings or a_settings(comparison_years=str(year_count(figures)))
        rows = list(figure_rows(figures, bases or {}, settings))
        for row in rows:
            row["source"] = (sources or {}).get(row["year"], "extracts")
        folder = settings.processed / "3_aggregate"
        folder.mkdir(parents=True, exist_ok=True)
        pd.DataFrame(rows).astype({"value": "Float64"}).to_csv(folder / "figures.csv", index=False)
        return Published.read(settings)

    return make


@pytest.fixture(scope="session")
def render_narrative(published, a_settings) -> Callable[..., str]:
    """render_narrative("{{ complaints.received }}", {"complaints.received": [1, 2]}): its Markdown.

    council_changes: keys of council.yaml.
    """

    def render(
        template: str,
        figures: Figures | None = None,
        bases: Mapping[str, str] | None = None,
        **council_changes: Any,
    ) -> str:
        figures = figures or {"complaints.received": [12, 4]}
        settings = a_settings(comparison_years=str(year_count(figures)), **council_changes)
        language = Language(published(figures, bases, settings), settings.council, settings.report)
        return str(language.render(template, lambda line: f"line {line}"))

    return render


def values_by_category(figure: Any) -> Mapping[Any, Values]:
    return figure if isinstance(figure, Mapping) else {"": figure}


def year_count(figures: Figures) -> int:
    """The number of years of the longest figure."""
    lengths = []
    for figure in figures.values():
        lengths += [len(values) for values in values_by_category(figure).values()]
    return max(lengths)


def figure_rows(
    figures: Figures, bases: Mapping[str, str], settings: Settings
) -> Iterator[dict[str, Any]]:
    """The rows of figures.csv, one per number."""
    for id, figure in figures.items():
        words = {
            "figure": id,
            "title": id.replace(".", " ").replace("_", " ").capitalize(),
            "unit": UNITS.get(id.partition(".")[0], "row"),
            "rule": "A rule.",
            "measure": "count",
            "base": bases.get(id, ""),
            "overlapping": "",
            "once_published": None,
        }
        for key, values in values_by_category(figure).items():
            category, detail = key if isinstance(key, tuple) else (key, "")
            for year, value in zip(settings.window, values, strict=True):
                yield {
                    **words,
                    "year": str(year),
                    "category": category,
                    "detail": detail,
                    "value": None if value == WITHHELD else value,
                    "shorthand": shorthand_of(value),
                }


def shorthand_of(value: float | str | None) -> str:
    if value is NOT_AVAILABLE:
        return "x"
    return "c" if value == WITHHELD else ""
