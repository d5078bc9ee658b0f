"""Whatever the numbers, the sentence, the table, the chart and its description agree."""

from __future__ import annotations

import re

from builders import share_of_examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from pipeline.report import charts, tables, wording

NAMES = ("upheld", "not upheld", "withdrawn", "open")
YEAR_COUNT = 3
BASES = {"complaints.by_outcome": "complaints.received"}
NUMBERS = st.one_of(st.integers(0, 3), st.integers(0, 40_000))
Outcomes = dict[str, list[int | None]]  # numbers by category, one per year


@st.composite
def outcomes(draw) -> Outcomes:
    """Numbers by category and year; a whole year may be missing, but never the last."""
    missing = [draw(st.booleans()) for _ in range(YEAR_COUNT - 1)] + [False]
    return {
        name: [None if is_missing else draw(NUMBERS) for is_missing in missing] for name in NAMES
    }


def totals(numbers: Outcomes) -> list[int | None]:
    years = zip(*numbers.values(), strict=True)
    return [None if None in values else sum(values) for values in years]


def read_number(text: str) -> int:
    words = {"none": 0}
    return words[text] if text in words else int(text.replace(",", ""))


def numbers_in_sentence(html: str) -> dict[str, int]:
    """The number before each category that the sentence names."""
    text = re.sub(r"<[^>]*>", "", html).replace("&#44;", ",")
    numbers = {}
    for name in NAMES:
        match = re.search(rf"(?:^| )([\d,]+) {name}(?:,| and|$)", text)
        if match:
            numbers[name] = read_number(match[1])
    return numbers


def numbers_in_table(html: str) -> dict[str, list[int]]:
    """The numbers of each row by the row's name."""
    rows = re.findall(r'<th scope="row">([^<]*)</th>(.*?)</tr>', html)
    return {
        name: [read_number(text) for text in re.findall(r"<data[^>]*>([^<]*)</data>", cells)]
        for name, cells in rows
    }


@share_of_examples(0.4, deadline=None, suppress_health_check=list(HealthCheck))
@given(numbers=outcomes())
def test_sentence_table_chart_and_description_agree(numbers, published, render_narrative):
    figures = {"complaints.by_outcome": numbers, "complaints.received": totals(numbers)}
    report = published(figures, BASES)
    figure = report["complaints.by_outcome"]
    current = {name: values[-1] for name, values in numbers.items() if values[-1]}

    sentence = render_narrative("{{ complaints.by_outcome | breakdown }}", figures, BASES)
    assert numbers_in_sentence(sentence) == current

    table = tables.by_year(
        figure, "Outcomes", "Outcome", "2021 to 2022", report["complaints.received"]
    )
    expected = {
        name.capitalize(): [value for value in values if value is not None]
        for name, values in numbers.items()
        if any(values)
    }
    if expected:
        rows = numbers_in_table(table)
        expected_totals = [total for total in totals(numbers) if total is not None]
        assert rows == expected | {"Total": expected_totals}
        assert [sum(column) for column in zip(*expected.values(), strict=True)] == rows["Total"]

    chart = charts.bars(figure)
    if current:
        with chart.canvas() as canvas:
            lengths = [bar.get_width() for bar in canvas.axes[0].patches]
        assert lengths == sorted(current.values(), reverse=True)
    for name, number in current.items():
        assert f"{name.capitalize()} {wording.numeral(number)}" in chart.alt
