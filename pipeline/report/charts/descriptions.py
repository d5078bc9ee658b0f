"""The words of a chart: its labels, and the alternative text for people who do not see it."""

from __future__ import annotations

from pipeline.report import wording
from pipeline.report.figure import PublishedFigure
from pipeline.report.number import Number
from pipeline.year import Year

NOTHING_TO_SHOW = "No numbers to show"


def short_year(year: Year, year_style: str) -> str:
    """A year as a label: "2021-22", or as the council writes it if that is as short."""
    name = wording.year_name(year, year_style)
    return str(year) if " " in name else name


def year_span(figure: PublishedFigure, year_style: str) -> str:
    """The years compared: "2017-18 to 2021-22", or the one year."""
    window = figure.published.window
    ends = [short_year(year, year_style) for year in (window[0], window[-1])]
    return " to ".join(dict.fromkeys(ends))


def describe_lines(figure: PublishedFigure, names: list[str], year_style: str) -> str:
    """How each line runs, in one sentence: "Complaints fell from 43 to 4; compliments …"."""
    lines = [_describe_line(figure, name, year_style) for name in names]
    return f"{wording.capitalise('; '.join(lines)) or NOTHING_TO_SHOW}."


def _describe_line(figure: PublishedFigure, name: str, year_style: str) -> str:
    """How a line runs from its first known number to its last, and the highest between them.

    The years are named where they are not the chart's own first and last.
    """
    window = figure.published.window
    known = [number for year in window if (number := figure.number(year, name)).known]
    first = known[0]
    last = known[-1]
    spans_chart = first.year == window[0] and last.year == window[-1]

    def in_words(number: Number) -> str:
        text = wording.numeral(number.known_value)
        return text if spans_chart else f"{text} in {short_year(number.year, year_style)}"

    label = name or figure.title
    if len(known) == 1:
        return f"{label}: {in_words(last)}"
    if len({number.value for number in known}) == 1:
        return f"{label} stayed {figure.published.about_prefix}the same at {in_words(last)}"
    if first.value == last.value:
        course = f"started and ended at {in_words(last)}"
    else:
        verb = "rose" if last.known_value > first.known_value else "fell"
        course = f"{verb} from {in_words(first)} to {in_words(last)}"
    highest = max(known, key=lambda number: (number.known_value, number.year))
    if highest.known_value > max(first.known_value, last.known_value):
        peak = wording.numeral(highest.known_value)
        course += f" (highest {peak} in {short_year(highest.year, year_style)})"
    return f"{label} {course}"


def describe_stacks(figure: PublishedFigure, year_style: str) -> str:
    """The parts of each year's bar, the newest first, a sentence each."""
    years = reversed(figure.published.window)
    return " ".join(
        f"In {short_year(year, year_style)}: {_describe_year(figure, year)}." for year in years
    )


def _describe_year(figure: PublishedFigure, year: Year) -> str:
    numbers = [number for number in figure.numbers(year) if number.known]
    parts = [
        f"{wording.numeral(number.known_value)} {number.category}".strip()
        for number in numbers
        if number.value
    ]
    if figure.withholds(year):
        parts.append("other numbers withheld")
    return wording.listing(parts) or ("none" if numbers else "not available")


def describe_bars(figure: PublishedFigure, parts: list[Number], year_style: str) -> str:
    """The bars of the reported year, the longest first."""
    numbers = "; ".join(
        f"{category_label(figure, part.category)} {wording.numeral(part.known_value)}"
        for part in parts
    )
    year = short_year(figure.published.year, year_style)
    return f"{figure.title}, {year}. {numbers or NOTHING_TO_SHOW}."


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
