"""The few charts that say what the text says, drawn with seaborn to the same look wherever they appear.

A chart is an image without words of its own: headline, subtitle, source and data table stand beside it in the page's text.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from html import escape

import matplotlib
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline.report import words
from pipeline.report.published import PublishedFigure

COLOURS = ["#12436D", "#28A197", "#801650", "#F46A25"]
TWO_COLOURS = ["#12436D", "#F46A25"]
ORDERED = ["#12436D", "#2073BC", "#6BACE6"]
REST = "#BFBFBF"
WIDTH = 5.2  # inches: at 11 points it reads on a phone
STYLE = {
    "font.family": "DejaVu Sans", "font.size": 11, "svg.fonttype": "path", "svg.hashsalt": "annual-report",
    "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False, "axes.grid": True,
    "grid.color": "#D9D9D9", "grid.linewidth": 0.8, "axes.axisbelow": True, "axes.edgecolor": "#3D3D3D",
    "text.color": "#1A1A1A", "axes.labelcolor": "#1A1A1A", "xtick.color": "#1A1A1A", "ytick.color": "#1A1A1A",
    "xtick.bottom": False, "ytick.left": False, "figure.facecolor": "white", "savefig.facecolor": "white",
}  # fmt: skip


@dataclass(frozen=True)
class Chart:
    """A chart: how it is drawn, its height in inches, and what it shows in words."""

    draw: Callable[[Axes], None]
    inches: float
    alt: str

    @contextmanager
    def canvas(self) -> Iterator[Figure]:
        """The drawn chart while our style holds."""
        with matplotlib.rc_context(STYLE):
            canvas = Figure(figsize=(WIDTH, self.inches), layout="constrained")
            self.draw(canvas.subplots())
            yield canvas

    @cached_property
    def svg(self) -> bytes:
        return self._saved(format="svg", metadata={"Date": None, "Creator": None})

    @cached_property
    def png(self) -> bytes:
        return self._saved(format="png", metadata={"Software": None}, dpi=200)

    def _saved(self, **how) -> bytes:
        with self.canvas() as canvas:
            content = io.BytesIO()
            canvas.savefig(content, **how)
        return content.getvalue()

    def image(self) -> str:
        """The SVG as one `<img>` that carries its own data."""
        data = base64.b64encode(self.svg).decode("ascii")
        return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(self.alt)}" width="{round(WIDTH * 96)}" height="{round(self.inches * 96)}">'


def trend(figure: PublishedFigure, year_style: str) -> Chart:
    """A line for each category over the years compared, each named at its end; a year without data leaves a gap."""
    names = _occurring(figure)
    rows = [(year, name, figure.number(year, name).value) for year in figure.door.window for name in names]
    data = pd.DataFrame(rows, columns=["year", "category", "value"])
    years = [words.year_name(year, year_style) for year in figure.door.window]
    data["place"] = data["year"].map({year: place for place, year in enumerate(figure.door.window)})
    colours = _colours(len(names))

    def draw(axes: Axes) -> None:
        sns.lineplot(data, x="place", y="value", hue="category", hue_order=names, palette=colours, marker="o", markersize=7,
                     markeredgewidth=0, linewidth=2.5, errorbar=None, legend=False, ax=axes)  # fmt: skip
        top = max(data["value"].max() if data["value"].notna().any() else 0, 1)
        axes.set(xlabel="", ylabel="", ylim=(0, top * 1.1), xlim=(-0.3, len(years) - 0.6))
        axes.set_xticks(range(len(years)), [name.replace(" to ", "\nto ") for name in years])
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.yaxis.set_major_formatter(lambda value, _: words.numeral(value))
        axes.grid(axis="x", visible=False)
        ends = data.dropna(subset="value").groupby("category")["value"].last().reindex(names).dropna()
        for (name, value), height in zip(ends.items(), _apart(list(ends), top * 0.085), strict=True):
            axes.annotate(f"{_capital(name)}, {words.numeral(value)}", (len(years) - 1, height), xytext=(10, 0),
                          textcoords="offset points", va="center", color=colours[names.index(name)], fontweight="bold",
                          annotation_clip=False)  # fmt: skip

    said = "; ".join(_from_to(figure, name) for name in names)
    return Chart(draw, 3.4, f"Line chart, {years[0]} through {years[-1]}. {said}.")


def bars(figure: PublishedFigure) -> Chart:
    """A bar for each category of the reported year that occurred, longest first, with its number at its end."""
    parts = figure.parts
    data = pd.DataFrame({"category": [_wrapped(_capital(part.category)) for part in parts], "value": [p.value for p in parts]})

    def draw(axes: Axes) -> None:
        sns.barplot(data, x="value", y="category", color=COLOURS[0], saturation=1, width=0.62, errorbar=None, ax=axes)
        axes.set(xlabel="", ylabel="", xlim=(0, max(data["value"].max(), 1) * 1.12))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.xaxis.set_major_formatter(lambda value, _: words.numeral(value))
        axes.grid(axis="y", visible=False)
        for place, value in enumerate(data["value"]):
            axes.annotate(words.numeral(value), (value, place), xytext=(6, 0), textcoords="offset points", va="center",
                          fontweight="bold")  # fmt: skip

    said = words.listing(f"{_capital(part.category)} {words.numeral(part.value)}" for part in parts)
    return Chart(draw, 0.7 + 0.48 * len(parts), f"Bar chart of {figure.title.lower()}. {said}.")


def stacked_years(figure: PublishedFigure, year_style: str) -> Chart:
    """A bar for each year compared, divided by category; parts wide enough say their number."""
    names = _occurring(figure)
    colours = dict(zip(names, [*ORDERED, COLOURS[3], REST][: len(names)], strict=False))
    years = figure.door.window
    labels = [words.year_name(year, year_style) for year in years]
    data = pd.DataFrame({name: [figure.number(year, name).value or 0 for year in years] for name in names}, index=labels)

    def draw(axes: Axes) -> None:
        left = pd.Series(0.0, index=labels)
        longest = max(data.sum(axis=1).max(), 1)
        for name in names:
            axes.barh(labels, data[name], left=left, color=colours[name], height=0.62, label=_capital(name), edgecolor="white")
            for place, value in enumerate(data[name]):
                if value and value / longest > 0.045:
                    dark = colours[name] in (ORDERED[0], ORDERED[1])
                    axes.annotate(words.numeral(value), (left.iloc[place] + value / 2, place), ha="center", va="center",
                                  color="white" if dark else "#1A1A1A", fontweight="bold")  # fmt: skip
            left += data[name]
        axes.invert_yaxis()
        axes.set(xlabel="", ylabel="", xlim=(0, longest * 1.04))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.xaxis.set_major_formatter(lambda value, _: words.numeral(value))
        axes.grid(axis="y", visible=False)
        axes.figure.legend(loc="outside upper left", ncols=2, frameon=False, handlelength=0.9, columnspacing=1.2,
                           handletextpad=0.5)  # fmt: skip

    said = "; ".join(
        f"{label}: " + (words.listing(f"{words.numeral(row[name])} {name}" for name in names if row[name]) or "none")
        for label, row in data.iterrows()
    )
    return Chart(draw, 3.3, f"Stacked bar chart, a bar for each year. {said}.")


def _occurring(figure: PublishedFigure) -> list[str]:
    """Categories that are not 0 in every year, in the order of print."""
    occurs = figure.rows[figure.rows["value"].fillna(0) > 0]["category"]
    return [name for name in dict.fromkeys(figure.rows["category"]) if name in set(occurs)]


def _colours(count: int) -> list[str]:
    return TWO_COLOURS if count == 2 else (COLOURS * (count // len(COLOURS) + 1))[:count]


def _apart(heights: list[float], least: float) -> list[float]:
    """Heights moved up just enough that labels at them do not touch, in the order given."""
    placed: dict[int, float] = {}
    below = float("-inf")
    for index in sorted(range(len(heights)), key=lambda one: heights[one]):
        below = placed[index] = max(heights[index], below + least)
    return [placed[index] for index in range(len(heights))]


def _from_to(figure: PublishedFigure, name: str) -> str:
    known = [number for year in figure.door.window if (number := figure.number(year, name)).known]
    first, last = known[0], known[-1]
    way = {"up": "rose", "down": "fell", "the same": "stayed the same"}[words.direction(last.value, first.value)]
    moved = f"at {words.numeral(last.value)}" if way.startswith("stayed") else (
        f"from {words.numeral(first.value)} to {words.numeral(last.value)}"
    )  # fmt: skip
    return f"{_capital(name)} {way} {moved}"


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _wrapped(name: str, width: int = 22) -> str:
    """A long name on two or more lines."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)
