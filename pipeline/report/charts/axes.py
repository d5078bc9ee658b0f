"""What all charts share: their colours, their numbers by year, ticks and labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline.report import wording
from pipeline.report.chart_image import FONT_POINTS, NARROW_INCHES
from pipeline.report.charts.descriptions import short_year
from pipeline.report.figure import PublishedFigure

BLUE = "#12436D"
ACCENT = "#C24E00"  # dark enough for text on white
TEXT_COLOUR = "#1A1A1A"
ROUND_STEPS = [1, 2, 5, 10]
LINE_INCHES = FONT_POINTS * 1.5 / 72  # the height of a line of text
LABEL_GAP_POINTS = 5
SIDES: dict[str, dict[str, Any]] = {
    "left": {"xytext": (-LABEL_GAP_POINTS, 0), "ha": "right", "va": "center"},
    "right": {"xytext": (LABEL_GAP_POINTS, 0), "ha": "left", "va": "center"},
    "above": {"xytext": (0, LABEL_GAP_POINTS), "ha": "center", "va": "bottom"},
    "on": {"xytext": (0, 0), "ha": "center", "va": "center"},
}


def values_by_year(figure: PublishedFigure, year_style: str) -> pd.DataFrame:
    """The numbers by year (rows) and category (columns), without categories that are always 0."""
    occurring = {number.category for number in figure.all_numbers if number.value}
    window = figure.published.window
    values = {
        name: [figure.number(year, name).value for year in window]
        for name in figure.categories or [""]
        if name in occurring
    }
    index = [short_year(year, year_style) for year in window]
    return pd.DataFrame(values, index=index, dtype="float64")


def is_narrow(canvas: Figure) -> bool:
    """Whether this is the drawing for a phone."""
    return canvas.get_figwidth() <= NARROW_INCHES


def text_inches(text: str) -> float:
    """About the width of a bold text on one line; figures are of one width."""
    return len(text) * 0.55 * FONT_POINTS / 72


def round_ticks(axis: Axis, count: int) -> None:
    """Whole, round numbers with commas, at no more than so many places after 0."""
    axis.set_major_locator(MaxNLocator(integer=True, nbins=count, steps=ROUND_STEPS))
    axis.set_major_formatter(lambda value, _: wording.numeral(value))


def add_label(
    axes: Axes, text: str, point: tuple[float, float], side: str, colour: str = TEXT_COLOUR
) -> None:
    """Write a text in bold on one side of a point; nothing if it is empty.

    side: one of SIDES.
    """
    if not text:
        return
    axes.annotate(
        text,
        point,
        textcoords="offset points",
        color=colour,
        fontweight="bold",
        annotation_clip=False,
        **SIDES[side],
    )


def spread_labels(positions: Sequence[float], min_gap: float, lowest: float) -> list[float]:
    """Positions moved up just enough that labels do not touch and none is below the lowest.

    positions: of the labels' centres; the result has the same order. min_gap: between two centres.
    """
    spread = list(positions)
    previous = lowest - min_gap
    for index in sorted(range(len(spread)), key=lambda index: spread[index]):
        spread[index] = max(spread[index], previous + min_gap)
        previous = spread[index]
    return spread
