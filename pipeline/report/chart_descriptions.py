"""The words of a chart: its labels, and the alternative text for people who do not see it."""

from __future__ import annotations

from pipeline.report import wording
from pipeline.report.figure import PublishedFigure
from pipeline.report.number import Number
from pipeline.year import Year


def describe_line(figure: PublishedFigure, name: str, year_style: str) -> str:
    """How a line runs from its first known number to its last.

    The years are named where they are not the chart's own first and last.
    """
    window = figure.published.window
    numbers = [figure.number(year, name) for year in window]
    known = [number for number in numbers if number.known]
    first = known[0]
    last = known[-1]
    spans_chart = first.year == window[0] and last.year == window[-1]

    def in_words(number: Number) -> str:
        text = wording.numeral(number.known_value)
        return text if spans_chart else f"{text} in {wording.year_name(number.year, year_style)}"

    label = category_label(figure, name)
    if len(known) == 1:
        return f"{label} was {in_words(last)}"
    if first.known_value == last.known_value:
        is_constant = len({number.value for number in known}) == 1
        about = figure.published.about_prefix
        course = f"stayed {about}the same" if is_constant else "began and ended"
        return f"{label} {course} at {in_words(last)}"
    verb = "rose" if last.known_value > first.known_value else "fell"
    return f"{label} {verb} from {in_words(first)} to {in_words(last)}"


def describe_year(figure: PublishedFigure, year: Year) -> str:
    """The parts of one year's bar: "5 within limit and 2 late"."""
    numbers = [number for number in figure.numbers(year) if number.known]
    parts = [
        f"{wording.numeral(number.known_value)} {number.category}".strip()
        for number in numbers
        if number.value
    ]
    if figure.withholds(year):
        parts.append("the other numbers not shown")
    return wording.listing(parts) or ("none" if numbers else "not available")


def category_label(figure: PublishedFigure, name: str) -> str:
    """The name of a category as a label; without one the figure's title."""
    return wording.capitalise(name) or figure.title


def wrap_label(name: str, width: int = 22) -> str:
    """A long name on two or more lines of at most width characters."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)
