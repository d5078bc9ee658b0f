"""Whatever the numbers, the sentence, the table, the chart and its description say the same."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from pipeline.report import charts, tables, wording

NAMES = ("upheld", "not upheld", "withdrawn", "open")
YEARS = 3
NUMBERS = st.one_of(st.integers(0, 3), st.integers(0, 40_000))
SOME = examples(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def outcomes(draw) -> dict[str, list[int | None]]:
    """Numbers by category for each year; a year may be missing as a whole, the last never."""
    missing = [draw(st.booleans()) for _ in range(YEARS - 1)] + [False]
    return {name: [None if gone else draw(NUMBERS) for gone in missing] for name in NAMES}


def read(number: str) -> int:
    return (
        {"none": 0, "one": 1}.get(number)
        if number in ("none", "one")
        else int(number.replace(",", ""))
    )


@SOME
@given(numbers=outcomes())
def test_sentence_table_chart_and_description_agree(numbers, published, say):
    totals = [
        None if numbers["open"][year] is None else sum(of[year] for of in numbers.values())
        for year in range(YEARS)
    ]
    figures, bases = (
        {"complaints.by_outcome": numbers, "complaints.received": totals},
        {"complaints.by_outcome": "complaints.received"},
    )
    figure = published(figures, bases)["complaints.by_outcome"]
    now = {name: of[-1] for name, of in numbers.items() if of[-1]}

    text = re.sub(
        r"<[^>]*>", "", say("{{ complaints.by_outcome | breakdown }}", figures, bases)
    ).replace("&#44;", ",")
    said = {
        name: read(found[1])
        for name in NAMES
        if (found := re.search(rf"(?:^| )(one|[\d,]+) {name}(?:,| and|$)", text))
    }
    assert said == now

    html = tables.by_year(
        figure,
        "Outcomes",
        "Outcome",
        "2021 to 2022",
        published(figures, bases)["complaints.received"],
    )
    rows = dict(re.findall(r'<th scope="row">([^<]*)</th>(.*?)</tr>', html))
    shown = {
        name: [read(cell) for cell in re.findall(r"<data[^>]*>([^<]*)</data>", cells)]
        for name, cells in rows.items()
    }
    known = [year for year in range(YEARS) if totals[year] is not None]
    expected = {
        name.capitalize(): [of[year] for year in known]
        for name, of in numbers.items()
        if any(of[year] for year in known)
    }
    if expected:
        assert shown == expected | {"Total": [totals[year] for year in known]}
        assert [sum(cells) for cells in zip(*expected.values(), strict=True)] == shown["Total"]

    chart = charts.bars(figure)
    if now:
        with chart.canvas() as canvas:
            drawn = [bar.get_width() for bar in canvas.axes[0].patches]
        assert drawn == sorted(now.values(), reverse=True)
    assert all(
        f"{name.capitalize()} {wording.numeral(number)}" in chart.alt
        for name, number in now.items()
    )
