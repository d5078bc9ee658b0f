"""The chart of authorities: a bar for each, with the council's own in its colour."""

from __future__ import annotations

from matplotlib.figure import Figure

from pipeline.report.chart_image import Chart
from pipeline.report.charts.axes import BLUE, LINE_INCHES, add_label, is_narrow
from pipeline.report.charts.descriptions import wrap_label
from pipeline.report.comparisons.measures import AreaValue

OTHERS_COLOUR = "#B8C4CE"
BAR_INCHES = 0.27
THICKNESS = 0.72
NARROW_LABEL_WIDTH = 22  # characters
LABEL_WIDTH = 36


def authority_bars(own: AreaValue, others: list[AreaValue], title: str, name: str) -> Chart:
    """A bar for each authority, the largest value first, with its number and its interval.

    title: what is shown. name: what the council is called.
    """
    ordered = sorted([own, *others], key=lambda one: (-one.value, one.name))
    labels = [name if one == own else one.name for one in ordered]

    def draw(canvas: Figure) -> None:
        axes = canvas.subplots()
        width = NARROW_LABEL_WIDTH if is_narrow(canvas) else LABEL_WIDTH
        places = range(len(ordered))
        colours = [BLUE if one == own else OTHERS_COLOUR for one in ordered]
        axes.barh(places, [one.value for one in ordered], height=THICKNESS, color=colours)
        axes.set_yticks(places, [wrap_label(label, width) for label in labels])
        for text, area in zip(axes.get_yticklabels(), ordered, strict=True):
            text.set_fontweight("bold" if area == own else "normal")
        axes.invert_yaxis()
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
        axes.set_xticks([])
        axes.set(xlim=(0, ordered[0].value * 1.01))
        for place, area in zip(places, ordered, strict=True):
            add_label(axes, f"{area.value:,.1f}", (area.value, place), "right")

    rank = ordered.index(own)
    position = f"{rank} of {len(others)} have a higher value" if rank else "none has a higher value"
    values = "; ".join(
        f"{label} {area.value:,.1f}" for label, area in zip(labels, ordered, strict=True)
    )
    alt = f"Bar chart. {title}. {name} has {own.value:,.1f}; {position}. {values}."
    lines = max(wrap_label(label, NARROW_LABEL_WIDTH).count("\n") for label in labels)
    narrow = 0.1 + (BAR_INCHES + lines * LINE_INCHES) * len(ordered)
    return Chart(draw, 0.1 + BAR_INCHES * len(ordered), alt, narrow_height_inches=narrow)
