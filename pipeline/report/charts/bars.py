"""Charts of bars: one for each category, or one for each year divided by category."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle
from math import ceil

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from pipeline.report import wording
from pipeline.report.chart_image import NARROW_INCHES, WIDTH_INCHES, Chart
from pipeline.report.charts.axes import (
    ACCENT,
    BLUE,
    LINE_INCHES,
    TEXT_COLOUR,
    add_label,
    is_narrow,
    round_ticks,
    spread_labels,
    text_inches,
    values_by_year,
)
from pipeline.report.charts.descriptions import (
    category_label,
    describe_bars,
    describe_stacks,
    wrap_label,
    year_span,
)
from pipeline.report.figure import PublishedFigure
from pipeline.system.imports import modules_hidden
from pipeline.year import Year

with modules_hidden("scipy.cluster", "scipy.stats"):  # no chart has a density or clusters
    import seaborn as sns

# fmt: off
# Neighbours differ in lightness.
COLOURS = (
    BLUE, "#8DBBE3", "#2F78B7", "#CFE2F3", "#3D3D3D", "#A6A6A6", "#586A7C", "#E6E6E6", "#7A7A7A",
)
# fmt: on
RECEDING_COLOURS = ("#C4C4C4", "#E2E2E2", "#9B9B9B")
WHITE_TEXT_ON = {BLUE, ACCENT, "#2F78B7", "#3D3D3D", "#586A7C", "#7A7A7A"}
ACCENTED = ("late",)
RECEDING = ("open", "withdrawn", "not recorded")
THICKNESS = 0.68  # of the distance between two bars
BAR_INCHES = 0.38
LABEL_WIDTH = 36  # characters
NARROW_LABEL_WIDTH = 20
YEAR_INCHES = 0.7


def understates(figure: PublishedFigure) -> bool:
    """Whether bars would be shorter than the numbers that they represent.

    Where part of a year is withheld, its shorter bar would look like fewer cases.
    """
    return figure.withholds(*figure.published.window)


def bars(figure: PublishedFigure, year_style: str = "") -> Chart:
    """A bar for each category of the reported year that occurred, longest first.

    Each has its number at its end, and so there is no axis.
    """
    parts = figure.disclosed
    labels = [category_label(figure, part.category) for part in parts]
    values = [part.known_value for part in parts]

    def draw(canvas: Figure) -> None:
        axes = canvas.subplots()
        width = NARROW_LABEL_WIDTH if is_narrow(canvas) else LABEL_WIDTH
        sns.barplot(
            x=values,
            y=[wrap_label(label, width) for label in labels],
            color=BLUE,
            saturation=1,
            width=THICKNESS,
            errorbar=None,
            ax=axes,
        )
        axes.set(xlabel="", ylabel="", xlim=(0, max([1, *values]) * 1.01))
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
        axes.set_xticks([])
        for position, value in enumerate(values):
            add_label(axes, wording.numeral(value), (value, position), "right")

    alt = f"Bar chart. {describe_bars(figure, parts, year_style)}"
    count = max(len(parts), 1)
    most_lines = max(
        (wrap_label(label, NARROW_LABEL_WIDTH).count("\n") for label in labels), default=0
    )
    narrow_height = 0.1 + (BAR_INCHES + most_lines * LINE_INCHES) * count
    return Chart(draw, 0.1 + BAR_INCHES * count, alt, narrow_height_inches=narrow_height)


def stacked_years(
    figure: PublishedFigure,
    year_style: str,
    accented: Sequence[str] = ACCENTED,
    receding: Sequence[str] = RECEDING,
) -> Chart:
    """A bar for each year compared, divided by category, with its total at its end.

    Every part of the reported year has its number, and others where there is room.

    accented, receding: the categories that stand out, and those that stay in the background.
    """
    parts = values_by_year(figure, year_style)
    colours = list(_stack_colours(list(parts), accented, receding))
    legend = {
        category_label(figure, name): colour for name, colour in zip(parts, colours, strict=True)
    }
    ends = [_end_label(figure, year) for year in figure.published.window]

    def draw(canvas: Figure) -> None:
        axes = canvas.subplots()
        lengths = parts.sum(axis=1)
        room = max(text_inches(end) for end in ends) + 0.15
        units_per_inch = max(1, lengths.max()) / (canvas.get_figwidth() - YEAR_INCHES - room)
        has_labels_below = _draw_parts(axes, parts.fillna(0), colours, units_per_inch)
        for position, (length, end) in enumerate(zip(lengths, ends, strict=True)):
            add_label(axes, end, (length, position), "right")
        axes.set(xlim=(0, max(1, lengths.max()) + room * units_per_inch))
        axes.set(ylim=(len(parts) - (0.05 if has_labels_below else 0.5), -0.5))
        axes.set_yticks(range(len(parts)), parts.index)
        round_ticks(axes.xaxis, 5)
        axes.grid(axis="y", visible=False)
        _draw_legend(canvas, legend)

    alt = f"Stacked bar chart, {year_span(figure, year_style)}. "
    alt += describe_stacks(figure, year_style)
    height, narrow_height = (
        0.5
        + BAR_INCHES * len(parts)
        + 1.25 * LINE_INCHES * ceil(len(legend) / _legend_columns(legend, width))
        for width in (WIDTH_INCHES, NARROW_INCHES)
    )
    return Chart(draw, height, alt, narrow_height_inches=narrow_height)


def _stack_colours(
    names: Sequence[str], accented: Sequence[str], receding: Sequence[str]
) -> Iterator[str]:
    """The colour of each category."""
    ordinary = cycle(COLOURS)
    background = cycle(RECEDING_COLOURS)
    for name in names:
        if name in accented:
            yield ACCENT
        else:
            yield next(background if name in receding else ordinary)


def _end_label(figure: PublishedFigure, year: Year) -> str:
    """The total of a year, as published; empty where none is."""
    if not any(number.known for number in figure.numbers(year)):
        return "not available"
    if not figure.base or figure.overlapping:
        return ""
    (total, *categories) = figure.published[figure.base].numbers(year)
    return "" if categories or total.value is None else wording.numeral(total.value)


def _draw_parts(
    axes: Axes, parts: pd.DataFrame, colours: Sequence[str], units_per_inch: float
) -> bool:
    """Draw and label the parts of each year's bar; whether there are labels below the last.

    A part of the reported year that is too narrow for its number has it below.

    parts: one row per year, one column per category.
    """
    left = pd.Series(0.0, index=parts.index)
    last = len(parts) - 1
    below: list[tuple[float, str]] = []
    for name, colour in zip(parts, colours, strict=True):
        values = parts[name]
        axes.barh(
            range(len(parts)), values, left=left, height=THICKNESS, color=colour, edgecolor="white"
        )
        for position, (start, value) in enumerate(zip(left, values, strict=True)):
            text = wording.numeral(value)
            centre = start + value / 2
            if value and value > (text_inches(text) + 0.02) * units_per_inch:
                text_colour = "white" if colour in WHITE_TEXT_ON else TEXT_COLOUR
                add_label(axes, text, (centre, position), "on", text_colour)
            elif value and position == last:
                below.append((centre, text))
        left += values
    gap = max((text_inches(text) + 0.1 for _, text in below), default=0) * units_per_inch
    centres = spread_labels([centre for centre, _ in below], gap, gap / 2)
    for centre, (_, text) in zip(centres, below, strict=True):
        add_label(axes, text, (centre, last + 0.65), "on")
    return bool(below)


def _draw_legend(canvas: Figure, legend: dict[str, str]) -> None:
    """Name the colours above the bars, in the order of the parts, row by row."""
    if not legend:
        return
    columns = _legend_columns(legend, canvas.get_figwidth())
    patches = [Patch(color=colour, label=label) for label, colour in legend.items()]
    canvas.legend(
        # matplotlib fills one column after another.
        handles=[patch for column in range(columns) for patch in patches[column::columns]],
        loc="outside upper left",
        ncols=columns,
        frameon=False,
        handlelength=0.9,
        columnspacing=1.2,
        handletextpad=0.5,
        borderpad=0,
    )


def _legend_columns(legend: dict[str, str], width: float) -> int:
    """The most columns of a legend that fit into so many inches."""
    entries = [0.85 * text_inches(label) + 0.4 for label in legend]  # not in bold
    for columns in range(len(entries), 1, -1):
        if sum(max(entries[column::columns]) for column in range(columns)) <= width:
            return columns
    return 1
