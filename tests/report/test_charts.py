"""The content of the axes, the words of a chart, and the same bytes every time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from itertools import combinations, pairwise
from math import isnan

import pytest
from builders import COMMAND_SECONDS
from matplotlib.figure import Figure

from pipeline.report import charts
from pipeline.report.chart_image import Chart

UNKNOWN = None
KINDS = {"complaints": [9, 12, 4], "Ombudsman cases": [6, 0, 6], "compliments": [68, 44, 57]}
AWKWARD_NAME = "Looked After Child and SEND and Residential Homes"
AWKWARD = {
    "only zeros": {"a": [0, 0], "b": [0, 0]},
    "nothing known": {"a": [UNKNOWN, UNKNOWN], "b": [UNKNOWN, UNKNOWN]},
    "a single one": {"a": [0, 1]},
    "a single year": {"a": [3], "b": [5]},
    "a year unknown": {"a": [3, UNKNOWN], "b": [UNKNOWN, 5]},
    "eight categories": {
        f"category {letter}": [place, 2 * place] for place, letter in enumerate("abcdefgh", 1)
    },
    "five digits": {"a": [12_345, 99_999], "b": [10_000, 54_321]},
    "long names": {AWKWARD_NAME: [3, 5], "Assessment and Safeguarding": [3, 5]},
    "equal ends": {"a": [1, 5], "b": [2, 5], "c": [3, 5]},
    "no categories": {"": [3, 5]},
}
KINDS_OF_CHART = {
    "trend": lambda figure: charts.trend(figure, "2021/22"),
    "bars": charts.bars,
    "stacked_years": lambda figure: charts.stacked_years(figure, "2021/22"),
}


@pytest.fixture
def draw_chart(published):
    """draw_chart("trend", {...}): the axes, with everything placed, and the chart."""

    def make(kind: str, categories: dict):
        chart = KINDS_OF_CHART[kind](
            published({"representations.by_kind": categories})["representations.by_kind"]
        )
        with chart.canvas() as canvas:
            canvas.draw_without_rendering()
            return canvas.axes[0], chart

    return make


def labels(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def bars_of(axes) -> list[tuple[float, float]]:
    return [(bar.get_x(), bar.get_width()) for bar in axes.patches]


def test_trend_has_a_named_line_for_each_category(draw_chart):
    axes, _ = draw_chart("trend", KINDS)
    assert [list(line.get_ydata()) for line in axes.lines if len(line.get_ydata())] == [
        [9, 12, 4],
        [6, 0, 6],
        [68, 44, 57],
    ]
    assert labels(axes) == ["Complaints, 4", "Ombudsman cases, 6", "Compliments, 57"]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["2019/20", "2020/21", "2021/22"]
    assert [text.get_color() for text in axes.texts] == charts.COLOURS[:3]


@pytest.mark.parametrize("style", ["2021 to 2022", "2021/22"])
@pytest.mark.parametrize("years", [1, 2, 5, 6, 9, 17, 20])
def test_years_below_a_trend_keep_apart_up_to_the_reported_one(published, a_settings, years, style):
    categories = {AWKWARD_NAME: list(range(years))}  # which leaves the least room beside it
    figures = published(
        {"representations.by_kind": categories}, settings=a_settings(comparison_years=str(years))
    )
    with charts.trend(figures["representations.by_kind"], style).canvas() as canvas:
        canvas.draw_without_rendering()
        names = canvas.axes[0].get_xticklabels()
    boxes = [name.get_window_extent() for name in names]
    assert all(right.x0 - left.x1 > 3 for left, right in pairwise(boxes))
    assert names[-1].get_text().split() == style.split()


def test_unknown_year_is_a_gap_and_a_line_is_named_at_its_end(draw_chart):
    axes, _ = draw_chart("trend", {"a": [3, 4, UNKNOWN], "b": [5, UNKNOWN, 7]})
    assert [(text.get_text(), text.xy[0]) for text in axes.texts] == [("A, 4", 1), ("B, 7", 2)]
    assert 5.0 in axes.lines[1].get_ydata()
    assert 0 not in [value for line in axes.lines for value in line.get_ydata()], "unknown is not 0"


def test_label_of_a_line_that_ends_at_zero_is_above_the_axis(draw_chart):
    axes, _ = draw_chart("trend", {"a": [400, 2], "b": [200, 1]})
    assert all(
        text.get_window_extent().y0 >= axes.transData.transform((0, 0))[1] for text in axes.texts
    )
    above, below = (text.get_window_extent().y0 for text in axes.texts)
    assert above > below, "the order of the labels is that of the numbers"


def test_bars_start_at_zero_longest_first_with_their_numbers(draw_chart):
    axes, _ = draw_chart("bars", {"Early Help": [1], "SEND": [3], "Fostering": [0]})
    assert bars_of(axes) == [(0, 3), (0, 1)]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["SEND", "Early Help"]
    assert labels(axes) == ["3", "1"]
    assert axes.get_xlim()[0] == 0


def test_stacked_bar_adds_its_parts_from_zero(draw_chart):
    axes, _ = draw_chart("stacked_years", {"within limit": [5, 4], "late": [2, 0]})
    assert bars_of(axes) == [(0, 5), (0, 4), (5, 2), (4, 0)]
    assert axes.get_xlim()[0] == 0
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["2020/21", "2021/22"]
    assert axes.yaxis_inverted(), "the oldest year stands on top"
    assert [text.get_text() for text in axes.figure.legends[0].get_texts()] == [
        "Within limit",
        "Late",
    ]


@pytest.mark.parametrize("case", AWKWARD)
@pytest.mark.parametrize("kind", KINDS_OF_CHART)
def test_chart_of_awkward_figures_is_readable(draw_chart, kind, case):
    axes, chart = draw_chart(kind, AWKWARD[case])
    counts = axes.xaxis if kind != "trend" else axes.yaxis
    assert counts.get_view_interval()[0] == 0
    low, high = counts.get_view_interval()
    ticks = [tick for tick in counts.get_majorticklocs() if low <= tick <= high]
    assert all(float(tick).is_integer() for tick in ticks)
    assert len(ticks) >= 2
    assert not [one for one, other in combinations(axes.texts, 2) if overlap(one, other)], (
        "no label covers another"
    )
    assert not [text for text in axes.texts if outside(text)], "no label is cut off"
    assert chart.alt.endswith(".")
    assert "nan" not in chart.alt


@pytest.mark.parametrize(
    "dots_per_inch", [72, 200]
)  # as SVG, as PNG: laid out once, a label must not be wider in one of them
def test_long_name_is_not_cut_off_in_either_format(draw_chart, dots_per_inch):
    axes, chart = draw_chart("bars", AWKWARD["long names"])
    with chart.canvas() as canvas:
        canvas.set_dpi(dots_per_inch)
        canvas.draw_without_rendering()
        assert min(label.get_window_extent().x0 for label in axes.get_yticklabels()) > 0


def overlap(first, second) -> bool:
    first_box = first.get_window_extent().padded(-1)
    return first_box.overlaps(second.get_window_extent().padded(-1))


def outside(text) -> bool:
    box = text.get_window_extent()
    canvas = text.get_figure(root=True).bbox
    return box.x0 < -1 or box.x1 > canvas.x1 + 1 or box.y0 < -1 or box.y1 > canvas.y1 + 1


def test_eight_categories_of_a_bar_differ_in_colour(draw_chart):
    axes, _ = draw_chart("stacked_years", AWKWARD["eight categories"])
    assert len({bar.get_facecolor() for bar in axes.patches}) == 8


def test_thousands_in_labels_and_axis_have_commas(draw_chart):
    axes, _ = draw_chart("bars", AWKWARD["five digits"])
    assert labels(axes) == ["99,999", "54,321"]
    assert "100,000" in [tick.get_text() for tick in axes.get_xticklabels()]


THREE_YEARS = "Line chart, 2019/20 through 2021/22."
TWO_YEARS = "Line chart, 2020/21 through 2021/22."
# fmt: off
ALTERNATIVE_TEXTS = [
    ("trend", KINDS,
     f"{THREE_YEARS} Complaints fell from 9 to 4; "
     "Ombudsman cases began and ended at 6; Compliments fell from 68 to 57."),
    ("trend", {"a": [2, 3], "b": [4, 4]},
     f"{TWO_YEARS} A rose from 2 to 3; B stayed the same at 4."),
    ("trend", {"a": [3, 4, UNKNOWN]},
     f"{THREE_YEARS} A rose from 3 in 2019/20 to 4 in 2020/21."),
    ("trend", {"a": [3, UNKNOWN]}, f"{TWO_YEARS} A was 3 in 2020/21."),
    ("trend", {"a": [0, 0]}, f"{TWO_YEARS} No numbers to show."),
    ("bars", {"a": [1, 3], "b": [9, 0], "c": [1, 4]},
     "Bar chart of representations by kind. C 4 and A 3."),
    ("stacked_years", {"a": [1, 0, UNKNOWN], "b": [2, 0, UNKNOWN]},
     "Stacked bar chart, a bar for each year. "
     "2019/20: 1 a and 2 b; 2020/21: none; 2021/22: not available."),
]
SMALL_LINES = [
    ([43, 21, 4], "Small line. Complaints received fell from 43 to 4."),
    ([0, 0, 0], "Small line. Complaints received stayed the same at 0."),
    ([43, None, 4], "Small line. Complaints received fell from 43 to 4."),
    ([43, 21, None],
     "Small line. Complaints received fell from 43 in 2019 to 2020 to 21 in 2020 to 2021."),
]
# fmt: on


@pytest.mark.parametrize(("kind", "categories", "alt"), ALTERNATIVE_TEXTS)
def test_alternative_text_names_the_type_and_the_numbers(draw_chart, kind, categories, alt):
    assert draw_chart(kind, categories)[1].alt == alt


def test_alternative_text_with_markup_is_escaped(draw_chart):
    _, chart = draw_chart("bars", {'a"><script>': [1]})
    assert "<script>" not in chart.image_element()
    assert (
        'alt="Bar chart of representations by kind. A&quot;&gt;&lt;script&gt; 1."'
        in chart.image_element()
    )


@pytest.mark.parametrize("kind", KINDS_OF_CHART)
def test_letters_are_drawn_as_paths_and_need_no_font(draw_chart, kind):
    svg = draw_chart(kind, KINDS)[1].svg
    assert b"<text" not in svg
    assert b"<path" in svg


def test_chart_changes_no_global_state_of_matplotlib(draw_chart):
    import matplotlib
    import matplotlib.pyplot as plt

    settings_before = dict(matplotlib.rcParams)
    axes, _ = draw_chart("trend", KINDS)
    assert isinstance(axes.figure, Figure)
    assert plt.get_fignums() == []
    assert dict(matplotlib.rcParams) == settings_before


IN_ANOTHER_PROCESS = """
import sys, hashlib
from pathlib import Path
import pandas as pd
from pipeline.report import charts
from pipeline.report.figures import Published
from pipeline.year import Year
blank = {name: [""] for name in ("value", "once_published")}
rows = pd.read_csv(sys.argv[1], keep_default_na=False, na_values=blank, dtype={"shorthand": "str"})
figure = Published(rows, Year(2021), Year(2021).window(3))["representations.by_kind"]
trend = charts.trend(figure, "2021/22")
stacked = charts.stacked_years(figure, "2021/22")
for chart in (trend, charts.bars(figure), stacked):
    print(hashlib.sha256(chart.svg).hexdigest(), hashlib.sha256(chart.png).hexdigest())
"""


def test_bytes_are_the_same_in_another_process_and_time_zone(published, a_settings):
    settings = a_settings(comparison_years="3")
    figure = published({"representations.by_kind": KINDS}, settings=settings)[
        "representations.by_kind"
    ]
    digests = [
        f"{hashlib.sha256(chart.svg).hexdigest()} {hashlib.sha256(chart.png).hexdigest()}"
        for chart in (make(figure) for make in KINDS_OF_CHART.values())
    ]
    path = settings.processed / "3_aggregate" / "figures.csv"
    elsewhere = {
        "PYTHONHASHSEED": "4711",
        "SOURCE_DATE_EPOCH": "86400",
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "MPLBACKEND": "svg",
    }
    environment = {
        key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ
    } | elsewhere
    other_process = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS, str(path)],
        env=environment,
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=COMMAND_SECONDS,
    )
    assert other_process.stdout.splitlines() == digests


@pytest.mark.parametrize(("numbers", "alt"), SMALL_LINES)
def test_small_line_shows_and_describes_the_known_numbers(published, numbers, alt):
    chart = charts.spark(
        published({"complaints.received": numbers})["complaints.received"], "2021 to 2022"
    )
    assert chart.alt == alt
    with chart.canvas() as canvas:
        (axes,) = canvas.axes
        heights = [None if isnan(value) else value for value in axes.lines[0].get_ydata()]
        assert heights == numbers
        assert axes.get_ylim()[0] == 0
        assert axes.lines[1].get_ydata() == [
            [number for number in numbers if number is not None][-1]
        ], "its end is marked"


def test_chart_with_cached_images_is_not_drawn_again(tmp_path):
    drawings = []

    def chart_of(values: list[int], name: str) -> Chart:
        def draw(axes) -> None:
            drawings.append(axes.plot(values))

        return Chart(draw, 1, "A line.", cache_path=tmp_path / name)

    first = chart_of([1, 2], "drawing-1")
    first_images = (first.svg, first.png)
    repeated = chart_of([2, 1], "drawing-1")
    assert (repeated.svg, repeated.png) == first_images
    assert len(drawings) == 1
    assert chart_of([2, 1], "drawing-2").svg != first.svg
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["drawing-1.png", "drawing-1.svg", "drawing-2.svg"]
