"""The few charts that say what the text says, drawn with seaborn to the same look wherever they appear.

A chart is an image without words of its own: headline, subtitle, source and data table stand beside it in the page's text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import cycle
from math import ceil
from pathlib import Path
from urllib.parse import quote

import matplotlib
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline.report import wording
from pipeline.report.figures import PublishedFigure
from pipeline.report.fonts import FONT_FAMILY
from pipeline.year import Year

COLOURS = ["#12436D", "#28A197", "#801650", "#F46A25"]
TWO_COLOURS = ["#12436D", "#F46A25"]
ORDERED_COLOURS = ["#12436D", "#2073BC", "#6BACE6"]
NEUTRAL_COLOUR = "#BFBFBF"
STACKED_COLOURS = [*ORDERED_COLOURS, COLOURS[3], NEUTRAL_COLOUR, COLOURS[1], COLOURS[2], "#A285D1"]
WIDTH_INCHES = 5.2  # inches: at 11 points it reads on a phone
MAX_YEAR_LABELS = 5  # at most, below a line: more would run into each other
UNDRAWN_MARKUP = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL
)
SAFE_URL_CHARACTERS = (
    " /:=;,.'()-!*@~|[]^`{}$+?"  # in the address of an image, between double quotation marks
)
MATPLOTLIB_STYLE = {
    "font.family": FONT_FAMILY, "font.size": 11, "text.hinting": "no_hinting",  # or a text's width depends on the dots an inch
    "svg.fonttype": "path", "svg.hashsalt": "annual-report",
    "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False, "axes.grid": True,
    "grid.color": "#D9D9D9", "grid.linewidth": 0.8, "axes.axisbelow": True, "axes.edgecolor": "#3D3D3D",
    "text.color": "#1A1A1A", "axes.labelcolor": "#1A1A1A", "xtick.color": "#1A1A1A", "ytick.color": "#1A1A1A",
    "xtick.bottom": False, "ytick.left": False, "figure.facecolor": "white", "savefig.facecolor": "white",
}  # fmt: skip


@dataclass(frozen=True)
class Chart:
    """A chart: how it is drawn, its height and width in inches, and what it shows in words.

    kept: where its drawings are put, or are already, for whoever draws the same chart again.
    """

    draw: Callable[[Axes], None]
    height_inches: float
    alt: str
    width_inches: float = WIDTH_INCHES
    cache_path: Path | None = None

    @contextmanager
    def canvas(self) -> Iterator[Figure]:
        """The drawn chart while our style holds."""
        with matplotlib.rc_context(MATPLOTLIB_STYLE):
            yield self._laid_out_figure

    @cached_property
    def _laid_out_figure(self) -> Figure:
        """The chart laid out, once for every format: it takes as long as writing one."""
        canvas = Figure(figsize=(self.width_inches, self.height_inches), layout="constrained")
        self.draw(canvas.subplots())
        canvas.draw_without_rendering()
        canvas.set_layout_engine(None)  # or each format would be laid out once more
        return canvas

    @cached_property
    def svg(self) -> bytes:
        drawn = self._cached_bytes(format="svg", metadata={"Date": None, "Creator": None}).decode()
        return " ".join(UNDRAWN_MARKUP.sub("", drawn).split()).replace("> <", "><").encode()

    @cached_property
    def png(self) -> bytes:
        return self._cached_bytes(
            format="png", metadata={"Software": None}, dpi=200, pil_kwargs={"compress_level": 3}
        )

    def _cached_bytes(self, format: str, **how) -> bytes:
        there = self.cache_path and self.cache_path.with_suffix(f".{format}")
        if there and there.is_file():
            return there.read_bytes()
        with self.canvas() as canvas:
            content = io.BytesIO()
            canvas.savefig(content, format=format, **how)
        if there:
            aside = there.with_suffix(f".{format}.new")
            aside.write_bytes(content.getvalue())
            aside.rename(there)  # whole or not at all
        return content.getvalue()

    def image_element(self) -> str:
        """The SVG as one `<img>` that carries its own data."""
        data = quote(
            self.svg.decode().replace('"', "'"), safe=SAFE_URL_CHARACTERS
        )  # a third shorter than base64
        size = f'width="{round(self.width_inches * 96)}" height="{round(self.height_inches * 96)}"'
        return f'<img src="data:image/svg+xml,{data}" alt="{escape(self.alt)}" {size}>'


def trend(figure: PublishedFigure, year_style: str) -> Chart:
    """A line for each category over the years compared, each named at its end; a year without data leaves a gap."""
    names = _occurring_categories(figure)
    rows = [
        (year, name, figure.number(year, name).value)
        for year in figure.published.window
        for name in names
    ]
    data = pd.DataFrame(rows, columns=["year", "category", "value"])
    years = [wording.year_name(year, year_style) for year in figure.published.window]
    data["place"] = data["year"].map(
        {year: place for place, year in enumerate(figure.published.window)}
    )
    colours = _line_colours(len(names))

    def draw(axes: Axes) -> None:
        if names:
            sns.lineplot(data, x="place", y="value", hue="category", hue_order=names, palette=colours, marker="o", markersize=7,
                         markeredgewidth=0, linewidth=2.5, errorbar=None, legend=False, ax=axes)  # fmt: skip
        top = max(data["value"].max() if data["value"].notna().any() else 0, 1)
        axes.set(xlabel="", ylabel="", ylim=(0, top * 1.1), xlim=(-0.3, len(years) - 0.6))
        apart = max(1, ceil((len(years) - 1) / (MAX_YEAR_LABELS - 1)))
        named = range((len(years) - 1) % apart, len(years), apart)  # the reported one among them
        axes.set_xticks(named, [years[place].replace(" to ", "\nto\n") for place in named])
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.yaxis.set_major_formatter(lambda value, _: wording.numeral(value))
        axes.grid(axis="x", visible=False)
        # A line that stops early is named where it stops: a number beside the last year would be taken for that year's.
        ends = (
            data.dropna(subset="value")
            .groupby("category")[["place", "value"]]
            .last()
            .reindex(names)
        )
        said = [
            _wrap(f"{_capital(name)}, {wording.numeral(end.value)}".removeprefix(", "), 18)
            for name, end in ends.iterrows()
        ]
        lines = max((text.count("\n") + 1 for text in said), default=1)
        line = top * 0.085
        heights = _spread_labels(
            list(ends["value"]), lines * line, lines * line / 2
        )  # the axis strikes through no label
        for text, place, height, colour in zip(said, ends["place"], heights, colours, strict=True):
            axes.annotate(text, (place, height), xytext=(10, 0), textcoords="offset points", va="center", color=colour,
                          fontweight="bold", annotation_clip=False)  # fmt: skip

    said = (
        "; ".join(_describe_line(figure, name, year_style) for name in names)
        or "No numbers to show"
    )
    return Chart(draw, 3.6, f"Line chart, {years[0]} through {years[-1]}. {said}.")


def spark(figure: PublishedFigure, year_style: str) -> Chart:
    """A small line of one number over the years compared, without axes: its shape, with its end marked. Two years or more are
    known."""
    values = [number.value for number in figure.over_the_years]
    known = [(place, value) for place, value in enumerate(values) if value is not None]

    def draw(axes: Axes) -> None:
        axes.plot(
            range(len(values)),
            [float("nan") if value is None else value for value in values],
            color=COLOURS[0],
            linewidth=2,
        )
        axes.plot(*known[-1], marker="o", markersize=6, color=COLOURS[0], clip_on=False)
        axes.set(
            xlim=(-0.3, len(values) - 0.7), ylim=(0, max([1, *(value for _, value in known)]) * 1.2)
        )
        axes.axis("off")

    return Chart(
        draw, 0.5, f"Small line. {_describe_line(figure, '', year_style)}.", width_inches=1.7
    )


def bars(figure: PublishedFigure) -> Chart:
    """A bar for each category of the reported year that occurred, longest first, with its number at its end."""
    parts = [part for part in figure.parts if part.known]
    labels = [_wrap(_category_label(figure, part.category)) for part in parts]
    data = pd.DataFrame({"category": labels, "value": [part.value for part in parts]})

    def draw(axes: Axes) -> None:
        sns.barplot(
            data,
            x="value",
            y="category",
            color=COLOURS[0],
            saturation=1,
            width=0.62,
            errorbar=None,
            ax=axes,
        )
        axes.set(xlabel="", ylabel="", xlim=(0, max([1, *data["value"]]) * 1.12))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.xaxis.set_major_formatter(lambda value, _: wording.numeral(value))
        axes.grid(axis="y", visible=False)
        for place, value in enumerate(data["value"]):
            axes.annotate(wording.numeral(value), (value, place), xytext=(6, 0), textcoords="offset points", va="center",
                          fontweight="bold")  # fmt: skip

    said = (
        wording.listing(
            f"{_category_label(figure, part.category)} {wording.numeral(part.value)}"
            for part in parts
        )
        or "No numbers to show"
    )
    return Chart(draw, 0.7 + 0.48 * len(parts), f"Bar chart of {figure.title.lower()}. {said}.")


def stacked_years(figure: PublishedFigure, year_style: str) -> Chart:
    """A bar for each year compared, divided by category; parts wide enough say their number."""
    names = _occurring_categories(figure)
    colours = dict(zip(names, cycle(STACKED_COLOURS), strict=False))
    years = figure.published.window
    labels = [wording.year_name(year, year_style) for year in years]
    data = pd.DataFrame(
        {name: [figure.number(year, name).value or 0 for year in years] for name in names},
        index=labels,
    )

    def draw(axes: Axes) -> None:
        left = pd.Series(0.0, index=labels)
        longest = max(data.sum(axis=1).max(), 1)
        for name in names:
            axes.barh(labels, data[name], left=left, color=colours[name], height=0.62, edgecolor="white",
                      label=_category_label(figure, name))  # fmt: skip
            for place, value in enumerate(data[name]):
                if value and value / longest > 0.02 + 0.022 * len(
                    wording.numeral(value)
                ):  # wide enough for its number
                    dark = colours[name] in (ORDERED_COLOURS[0], ORDERED_COLOURS[1], COLOURS[2])
                    axes.annotate(wording.numeral(value), (left.iloc[place] + value / 2, place), ha="center", va="center",
                                  color="white" if dark else "#1A1A1A", fontweight="bold")  # fmt: skip
            left += data[name]
        for place, year in enumerate(years):
            if figure.withholds(year):
                axes.annotate(
                    "[c]",
                    (left.iloc[place], place),
                    xytext=(6, 0),
                    textcoords="offset points",
                    va="center",
                )
        axes.invert_yaxis()
        axes.set(xlabel="", ylabel="", xlim=(0, longest * 1.04))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.xaxis.set_major_formatter(lambda value, _: wording.numeral(value))
        axes.grid(axis="y", visible=False)
        if names:
            axes.figure.legend(loc="outside upper left", ncols=2, frameon=False, handlelength=0.9, columnspacing=1.2,
                               handletextpad=0.5)  # fmt: skip

    said = "; ".join(
        f"{label}: {_describe_year(figure, year)}"
        for year, label in zip(years, labels, strict=True)
    )
    return Chart(
        draw,
        0.4 + 0.5 * len(years) + 0.2 * ceil(len(names) / 2),
        f"Stacked bar chart, a bar for each year. {said}.",
    )


def _occurring_categories(figure: PublishedFigure) -> list[str]:
    """Categories that are not 0 in every year, in the order of print."""
    occurs = figure.rows[figure.rows["value"].fillna(0) > 0]["category"]
    return [name for name in dict.fromkeys(figure.rows["category"]) if name in set(occurs)]


def _line_colours(count: int) -> list[str]:
    return TWO_COLOURS if count == 2 else (COLOURS * (count // len(COLOURS) + 1))[:count]


def _spread_labels(heights: list[float], least: float, lowest: float) -> list[float]:
    """Heights moved up just enough that labels at them do not touch, and none is below the lowest; in the order given."""
    placed: dict[int, float] = {}
    below = lowest - least
    for index in sorted(range(len(heights)), key=lambda one: heights[one]):
        below = placed[index] = max(heights[index], below + least)
    return [placed[index] for index in range(len(heights))]


def _describe_line(figure: PublishedFigure, name: str, year_style: str) -> str:
    """How a line runs from its first known number to its last, with the years where these are not the chart's own."""
    known = [
        number for year in figure.published.window if (number := figure.number(year, name)).known
    ]
    first, last = known[0], known[-1]
    own = (first.year, last.year) == (figure.published.window[0], figure.published.window[-1])
    start, end = (
        wording.numeral(number.value)
        + ("" if own else f" in {wording.year_name(number.year, year_style)}")
        for number in (first, last)
    )
    label = _category_label(figure, name)
    if len(known) == 1:
        return f"{label} was {end}"
    if first.value == last.value:
        stayed = f"stayed {figure.published.about_prefix}the same"
        return f"{label} {stayed if len({n.value for n in known}) == 1 else 'began and ended'} at {end}"
    return f"{label} {'rose' if last.value > first.value else 'fell'} from {start} to {end}"


def _describe_year(figure: PublishedFigure, year: Year) -> str:
    numbers = [number for number in figure.numbers(year) if number.known]
    parts = [
        f"{wording.numeral(number.value)} {number.category}".strip()
        for number in numbers
        if number.value
    ]
    if figure.withholds(year):
        parts.append("some withheld")
    return wording.listing(parts) or ("none" if numbers else "not available")


def _category_label(figure: PublishedFigure, name: str) -> str:
    return _capital(name) or figure.title


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _wrap(name: str, width: int = 22) -> str:
    """A long name on two or more lines."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)
