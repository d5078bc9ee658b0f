"""Charts of lines over the years compared."""

from __future__ import annotations

from functools import partial
from math import ceil

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.report import wording
from pipeline.report.chart_image import Chart
from pipeline.report.charts.axes import (
    ACCENT,
    BLUE,
    LINE_INCHES,
    add_label,
    is_narrow,
    round_ticks,
    spread_labels,
    text_inches,
    values_by_year,
)
from pipeline.report.charts.descriptions import (
    category_label,
    describe_lines,
    wrap_label,
    year_span,
)
from pipeline.report.figure import PublishedFigure

COLOURS = (BLUE, ACCENT, "#6B6B6B")
SCALES_DIFFER_FROM = 4  # times: a line that stays in the lowest quarter of a chart looks flat
YEAR_INCHES = 0.7  # a year below a line, with the space to the next
GAP_INCHES = 0.12  # between a line and its number
TICK_INCHES = 0.45  # the numbers left of an axis
AXIS_INCHES = 0.6  # the years below, with the margins
PANEL_INCHES = 1.85
NARROW_PANEL_INCHES = 1.55
TOGETHER_INCHES = 2.9
SPARK_INCHES = (1.7, 0.6)


def trend(figure: PublishedFigure, year_style: str) -> Chart:
    """A line for each category over the years compared, with its first and its last number.

    If their scales differ, each has a panel of its own. A year without data leaves a gap.
    """
    lines = values_by_year(figure, year_style)
    alt = f"Line chart, {year_span(figure, year_style)}. "
    alt += describe_lines(figure, list(lines), year_style)
    lines.columns = pd.Index([category_label(figure, name) if name else "" for name in lines])
    count = len(lines.columns)
    if count in (2, 3) and not _scales_differ(lines):
        draw = partial(_draw_together, lines=lines)
        return Chart(draw, TOGETHER_INCHES, alt, narrow_height_inches=TOGETHER_INCHES)
    height, narrow_height = (
        TOGETHER_INCHES if count < 2 else inches * ceil(count / _panels_per_row(count, narrow))
        for inches, narrow in ((PANEL_INCHES, False), (NARROW_PANEL_INCHES, True))
    )
    draw = partial(_draw_panels, lines=lines)
    return Chart(draw, height, alt, narrow_height_inches=narrow_height)


def spark(figure: PublishedFigure, year_style: str) -> Chart:
    """A small line of one number over the years compared, with its first and its last number."""
    lines = values_by_year(figure, year_style)
    width, height = SPARK_INCHES

    def draw(canvas: Figure) -> None:
        axes = canvas.subplots()
        for name in lines:
            _draw_line(axes, lines[name], _label_widths(lines), width)
        axes.axis("off")

    alt = f"Line, {year_span(figure, year_style)}. {describe_lines(figure, [''], year_style)}"
    return Chart(draw, height, alt, width_inches=width)


def _scales_differ(lines: pd.DataFrame) -> bool:
    highest = lines.max()
    return bool(highest.max() >= SCALES_DIFFER_FROM * highest.min())


def _panels_per_row(count: int, narrow: bool) -> int:
    if narrow:
        return 1 if count < 4 else 2
    return 2 if count == 4 else min(max(count, 1), 3)


def _draw_panels(canvas: Figure, lines: pd.DataFrame) -> None:
    """Each line in a panel of its own, on its own axis from 0."""
    count = len(lines.columns)
    columns = _panels_per_row(count, is_narrow(canvas))
    width = canvas.get_figwidth() / columns
    panels = list(canvas.subplots(ceil(count / columns) or 1, columns, squeeze=False).flat)
    label_widths = _label_widths(lines)
    for axes, name in zip(panels, lines, strict=False):
        axes.set_title(wrap_label(name, int(width * 12)))
        round_ticks(axes.yaxis, 3 if count > 1 else 5)
        _draw_line(axes, lines[name], label_widths, width - TICK_INCHES)
    if not count:
        _set_years(panels[0], lines, label_widths, width)
        round_ticks(panels[0].yaxis, 1)
    for axes in panels[max(count, 1) :]:
        axes.remove()


def _label_widths(lines: pd.DataFrame) -> tuple[float, float]:
    """The widths of the widest first and of the widest last number, in inches."""
    known = [lines[name].dropna() for name in lines]
    first, last = (
        [text_inches(wording.numeral(line.iloc[end])) for line in known] for end in (0, -1)
    )
    return max(first, default=0.0), max(last, default=0.0)


def _draw_line(
    axes: Axes, line: pd.Series, label_widths: tuple[float, float], width: float
) -> None:
    """One line with its first, its last and its highest number.

    The first number is to its left and the last to its right, where it crosses neither.

    width: of the axes, in inches.
    """
    known = line.reset_index(drop=True).dropna()
    first, last = known.index[0], known.index[-1]
    highest = known[::-1].idxmax()
    top = max(1, known.max()) * 1.25
    _plot(axes, line, BLUE)
    year_inches = _set_years(axes, line, label_widths, width)
    axes.set_ylim(0, top)
    for position, side in ((last, "right"), (first, "left"))[: len(known)]:
        height = max(known[position], top * 0.08)  # not struck through by the axis
        add_label(axes, wording.numeral(known[position]), (position, height), side)
    text = wording.numeral(known[highest])
    room = min(highest - first, last - highest) * year_inches
    if known[highest] > max(known[first], known[last]) and room > text_inches(text) / 2:
        add_label(axes, text, (highest, known[highest]), "above")


def _draw_together(canvas: Figure, lines: pd.DataFrame) -> None:
    """Lines of one scale on one axis, each named at its end."""
    axes = canvas.subplots()
    highest = max([1, *lines.max().dropna()])
    known = {name: lines[name].reset_index(drop=True).dropna() for name in lines}
    starts = [line.iloc[0] for line in known.values()]
    names = [
        wrap_label(
            f"{name} {wording.numeral(line.iloc[-1])}".strip(), 14 if is_narrow(canvas) else 22
        )
        for name, line in known.items()
    ]
    most_lines = max((name.count("\n") + 1 for name in names), default=1)
    height = canvas.get_figheight() - AXIS_INCHES
    last_values = [line.iloc[-1] for line in known.values()]
    ends, top = _spread_on_axis(last_values, most_lines * LINE_INCHES / height, highest * 1.1)
    start_heights, top = _spread_on_axis(starts, LINE_INCHES / height, top)
    name_inches = max((text_inches(part) for name in names for part in name.split("\n")), default=0)
    start_inches = max((text_inches(wording.numeral(start)) for start in starts), default=0)
    width = canvas.get_figwidth() - TICK_INCHES - name_inches
    _set_years(axes, lines, (start_inches, -GAP_INCHES / 2), width)
    axes.set_ylim(0, top)
    round_ticks(axes.yaxis, 5)
    for index, (line, colour) in enumerate(zip(known.values(), COLOURS, strict=False)):
        _plot(axes, lines.iloc[:, index], colour)
        add_label(axes, names[index], (line.index[-1], ends[index]), "right", colour)
        if len(line) > 1:
            start = wording.numeral(starts[index])
            add_label(axes, start, (line.index[0], start_heights[index]), "left", colour)


def _spread_on_axis(
    values: list[float], label_share: float, top: float
) -> tuple[list[float], float]:
    """Heights at which labels of values do not touch, and the top of an axis that has room for all.

    The lowest is half a label above 0, so that the axis does not strike it through.

    label_share: the height of a label as a share of the axis. top: the least top of the axis.
    """
    heights = values
    for _ in range(9):  # a longer axis is a smaller scale, on which labels move further apart
        gap = label_share * top
        heights = spread_labels(values, gap, gap / 2)
        top = max([top, *(height + gap / 2 for height in heights)])
    return heights, top


def _plot(axes: Axes, line: pd.Series, colour: str) -> None:
    axes.plot(
        range(len(line)),
        line,
        color=colour,
        linewidth=2.2,
        marker="o",
        markersize=4.5,
        clip_on=False,
    )


def _set_years(
    axes: Axes, lines: pd.DataFrame | pd.Series, label_inches: tuple[float, float], width: float
) -> float:
    """Make room for the labels on both sides, name the years below, and return inches per year.

    label_inches: the widths of the labels on the left and on the right. width: of the axes.
    """
    left, right = (inches + GAP_INCHES for inches in label_inches)
    last = len(lines) - 1
    year_inches = (width - left - right) / max(last, 1)
    axes.set_xlim(-left / year_inches, last + right / year_inches)
    min_step = max(1, ceil(YEAR_INCHES / year_inches))
    # If possible, steps from the first year to the reported one.
    steps = range(min_step, 2 * min_step + 1)
    step = next((step for step in steps if last % step == 0), min_step)
    positions = range(last % step, last + 1, step)
    axes.set_xticks(positions, [lines.index[position] for position in positions])
    axes.grid(axis="x", visible=False)
    return year_inches
