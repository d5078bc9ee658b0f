"""The few charts that show what the text says, drawn with seaborn.

Headline, subtitle, source and data table are not drawn: they are text next to the image.
"""

from __future__ import annotations

from itertools import cycle, islice
from math import ceil

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator

from pipeline.report import wording
from pipeline.report.chart_descriptions import (
    category_label,
    describe_line,
    describe_year,
    wrap_label,
)
from pipeline.report.chart_image import Chart
from pipeline.report.figure import PublishedFigure

COLOURS = ["#12436D", "#28A197", "#801650", "#F46A25"]
TWO_COLOURS = ["#12436D", "#F46A25"]
ORDERED_COLOURS = ["#12436D", "#2073BC", "#6BACE6"]
NEUTRAL_COLOUR = "#BFBFBF"
STACKED_COLOURS = [*ORDERED_COLOURS, COLOURS[3], NEUTRAL_COLOUR, COLOURS[1], COLOURS[2], "#A285D1"]
DARK_COLOURS = {ORDERED_COLOURS[0], ORDERED_COLOURS[1], COLOURS[2]}
TEXT_COLOUR = "#1A1A1A"
MAX_YEAR_LABELS = 5  # below a line: more would run into each other
BAR_THICKNESS = 0.62  # of the distance between two bars
NOTHING_TO_SHOW = "No numbers to show"


def trend(figure: PublishedFigure, year_style: str) -> Chart:
    """A line for each category over the years compared, each named at its end.

    A year without data leaves a gap.
    """
    names = _occurring_categories(figure)
    window = figure.published.window
    years = [wording.year_name(year, year_style) for year in window]
    data = pd.DataFrame(
        {
            "position": [position for position in range(len(window)) for _ in names],
            "category": [name for _ in window for name in names],
            "value": [figure.number(year, name).value for year in window for name in names],
        }
    )

    def draw(axes: Axes) -> None:
        highest = max(data["value"].max() if data["value"].notna().any() else 0, 1)
        if names:
            _draw_lines(axes, data, names)
        axes.set(xlabel="", ylabel="", ylim=(0, highest * 1.1), xlim=(-0.3, len(years) - 0.6))
        _label_years(axes, years)
        _format_numbers(axes.yaxis)
        axes.grid(axis="x", visible=False)
        _label_line_ends(axes, data, names, highest)

    lines = "; ".join(describe_line(figure, name, year_style) for name in names)
    alt = f"Line chart, {years[0]} through {years[-1]}. {lines or NOTHING_TO_SHOW}."
    return Chart(draw, 3.6, alt)


def spark(figure: PublishedFigure, year_style: str) -> Chart:
    """A small line of one number over the years compared, without axes, with its end marked.

    At least two years must be known.
    """
    values = [number.value for number in figure.over_the_years]
    known = [(position, value) for position, value in enumerate(values) if value is not None]
    highest = max([1, *(value for _, value in known)])

    def draw(axes: Axes) -> None:
        heights = [float("nan") if value is None else value for value in values]
        axes.plot(range(len(values)), heights, color=COLOURS[0], linewidth=2)
        axes.plot(*known[-1], marker="o", markersize=6, color=COLOURS[0], clip_on=False)
        axes.set(xlim=(-0.3, len(values) - 0.7), ylim=(0, highest * 1.2))
        axes.axis("off")

    alt = f"Small line. {describe_line(figure, '', year_style)}."
    return Chart(draw, 0.5, alt, width_inches=1.7)


def bars(figure: PublishedFigure) -> Chart:
    """A bar for each category of the reported year that occurred, longest first.

    Each has its number at its end.
    """
    parts = figure.disclosed
    labels = [category_label(figure, part.category) for part in parts]
    data = pd.DataFrame(
        {
            "category": [wrap_label(label) for label in labels],
            "value": [part.known_value for part in parts],
        }
    )

    def draw(axes: Axes) -> None:
        sns.barplot(
            data,
            x="value",
            y="category",
            color=COLOURS[0],
            saturation=1,
            width=BAR_THICKNESS,
            errorbar=None,
            ax=axes,
        )
        axes.set(xlabel="", ylabel="", xlim=(0, max([1, *data["value"]]) * 1.12))
        _format_numbers(axes.xaxis)
        axes.grid(axis="y", visible=False)
        for position, value in enumerate(data["value"]):
            axes.annotate(
                wording.numeral(value),
                (value, position),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontweight="bold",
            )

    numbers = wording.listing(
        f"{label} {wording.numeral(part.known_value)}"
        for label, part in zip(labels, parts, strict=True)
    )
    alt = f"Bar chart of {figure.title.lower()}. {numbers or NOTHING_TO_SHOW}."
    return Chart(draw, 0.7 + 0.48 * len(parts), alt)


def stacked_years(figure: PublishedFigure, year_style: str) -> Chart:
    """A bar for each year compared, divided by category; wide parts carry their number."""
    names = _occurring_categories(figure)
    years = figure.published.window
    labels = [wording.year_name(year, year_style) for year in years]
    values = {name: [figure.number(year, name).value or 0 for year in years] for name in names}
    data = pd.DataFrame(values, index=labels)

    def draw(axes: Axes) -> None:
        longest = max(data.sum(axis=1).max(), 1)
        ends = _draw_stacked_bars(axes, data, longest, figure)
        for position, year in enumerate(years):
            if figure.withholds(year):
                axes.annotate(
                    "[c]",
                    (ends.iloc[position], position),
                    xytext=(6, 0),
                    textcoords="offset points",
                    va="center",
                )
        axes.invert_yaxis()
        axes.set(xlabel="", ylabel="", xlim=(0, longest * 1.04))
        _format_numbers(axes.xaxis)
        axes.grid(axis="y", visible=False)
        if names:
            axes.figure.legend(
                loc="outside upper left",
                ncols=2,
                frameon=False,
                handlelength=0.9,
                columnspacing=1.2,
                handletextpad=0.5,
            )

    bars_in_words = "; ".join(
        f"{label}: {describe_year(figure, year)}" for year, label in zip(years, labels, strict=True)
    )
    height = 0.4 + 0.5 * len(years) + 0.2 * ceil(len(names) / 2)
    return Chart(draw, height, f"Stacked bar chart, a bar for each year. {bars_in_words}.")


def _draw_lines(axes: Axes, data: pd.DataFrame, names: list[str]) -> None:
    sns.lineplot(
        data,
        x="position",
        y="value",
        hue="category",
        hue_order=names,
        palette=_line_colours(len(names)),
        marker="o",
        markersize=7,
        markeredgewidth=0,
        linewidth=2.5,
        errorbar=None,
        legend=False,
        ax=axes,
    )


def _label_years(axes: Axes, years: list[str]) -> None:
    """Label the years below a line, the reported one among them, without crowding."""
    last = len(years) - 1
    step = max(1, ceil(last / (MAX_YEAR_LABELS - 1)))
    positions = range(last % step, len(years), step)
    axes.set_xticks(
        positions, [years[position].replace(" to ", "\nto\n") for position in positions]
    )


def _label_line_ends(axes: Axes, data: pd.DataFrame, names: list[str], highest: float) -> None:
    """Name each line where it ends, with its last number.

    A line that stops early is named where it stops: a label at the right edge would be taken for
    the last year's number.
    """
    known = data.dropna(subset="value")
    ends = known.groupby("category")[["position", "value"]].last().reindex(names)
    texts = [
        wrap_label(
            f"{wording.capitalise(name)}, {wording.numeral(end.value)}".removeprefix(", "), 18
        )
        for name, end in ends.iterrows()
    ]
    most_lines = max((text.count("\n") + 1 for text in texts), default=1)
    label_height = most_lines * highest * 0.085
    # Half a label above 0, so that the axis does not strike through the lowest one.
    heights = _spread_labels(list(ends["value"]), label_height, label_height / 2)
    labels = zip(texts, ends["position"], heights, _line_colours(len(names)), strict=True)
    for text, position, height, colour in labels:
        axes.annotate(
            text,
            (position, height),
            xytext=(10, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            fontweight="bold",
            annotation_clip=False,
        )


def _draw_stacked_bars(
    axes: Axes, data: pd.DataFrame, longest: float, figure: PublishedFigure
) -> pd.Series:
    """Draw the parts of each year's bar and return where each bar ends.

    data: one row per year, one column per category. longest: the length of the longest bar.
    """
    left = pd.Series(0.0, index=data.index)
    for name, colour in zip(data, cycle(STACKED_COLOURS), strict=False):
        axes.barh(
            data.index,
            data[name],
            left=left,
            color=colour,
            height=BAR_THICKNESS,
            edgecolor="white",
            label=category_label(figure, name),
        )
        for position, value in enumerate(data[name]):
            text = wording.numeral(value)
            is_wide_enough = value / longest > 0.02 + 0.022 * len(text)
            if value and is_wide_enough:
                axes.annotate(
                    text,
                    (left.iloc[position] + value / 2, position),
                    ha="center",
                    va="center",
                    color="white" if colour in DARK_COLOURS else TEXT_COLOUR,
                    fontweight="bold",
                )
        left += data[name]
    return left


def _format_numbers(axis: Axis) -> None:
    """Whole numbers with commas, at about five places."""
    axis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axis.set_major_formatter(lambda value, _: wording.numeral(value))


def _occurring_categories(figure: PublishedFigure) -> list[str]:
    """Categories that are not 0 in every year, in the order of print."""
    occurring = set(figure.rows[figure.rows["value"].fillna(0) > 0]["category"])
    return [name for name in dict.fromkeys(figure.rows["category"]) if name in occurring]


def _line_colours(count: int) -> list[str]:
    """One colour per line, repeated if there are more lines than colours."""
    if count == 2:
        return TWO_COLOURS
    return list(islice(cycle(COLOURS), count))


def _spread_labels(heights: list[float], min_gap: float, lowest: float) -> list[float]:
    """Heights moved up just enough that labels do not touch and none is below the lowest.

    heights: of the labels' centres; the result has the same order. min_gap: between two centres.
    """
    spread = list(heights)
    previous = lowest - min_gap
    for index in sorted(range(len(heights)), key=lambda index: heights[index]):
        spread[index] = max(heights[index], previous + min_gap)
        previous = spread[index]
    return spread
