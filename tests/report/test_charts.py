"""The content of the axes, the words of a chart, and the same bytes every time."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from itertools import combinations, pairwise
from math import isnan
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from builders import COMMAND_SECONDS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from pipeline.report import charts
from pipeline.report.chart_image import Chart
from pipeline.report.charts.axes import ACCENT, BLUE
from pipeline.report.charts.bars import RECEDING_COLOURS

UNKNOWN = None
KINDS = {"complaints": [9, 12, 4], "Ombudsman cases": [6, 0, 6], "compliments": [68, 44, 57]}
STAGES = {"stage 1": [9, 12, 4], "stage 2": [6, 0, 6]}
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
    """draw_chart("trend", {...}): the axes, with everything placed, and the chart.

    narrow: whether as for a phone. totals: the base of the figure.
    """

    def make(kind: str, categories: dict, narrow: bool = False, totals: list | None = None):
        figures = {"representations.by_kind": categories}
        bases = {}
        if totals:
            figures["representations.received"] = totals
            bases["representations.by_kind"] = "representations.received"
        chart = KINDS_OF_CHART[kind](published(figures, bases)["representations.by_kind"])
        drawing = chart.narrow if narrow else chart
        with drawing.canvas() as canvas:
            canvas.draw_without_rendering()
            return canvas.axes[0], chart

    return make


def labels(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def bars_of(axes) -> list[tuple[float, float]]:
    return [(bar.get_x(), bar.get_width()) for bar in axes.patches]


def heights_of(line) -> list[float | None]:
    return [None if isnan(value) else value for value in line.get_ydata()]


def test_trend_of_one_scale_names_each_line_at_its_end(draw_chart):
    axes, _ = draw_chart("trend", STAGES)
    assert len(axes.figure.axes) == 1
    assert [heights_of(line) for line in axes.lines] == list(STAGES.values())
    assert labels(axes) == ["Stage 1 4", "9", "Stage 2 6", "6"]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["2019/20", "2020/21", "2021/22"]


def test_trend_of_different_scales_has_a_panel_each_from_0(draw_chart):
    axes, _ = draw_chart("trend", KINDS)
    panels = axes.figure.axes
    assert [panel.get_title(loc="left") for panel in panels] == [
        "Complaints",
        "Ombudsman cases",
        "Compliments",
    ]
    assert [heights_of(panel.lines[0]) for panel in panels] == list(KINDS.values())
    assert [labels(panel) for panel in panels] == [["4", "9", "12"], ["6", "6"], ["57", "68"]]
    assert {panel.get_ylim()[0] for panel in panels} == {0}
    assert len({panel.get_ylim()[1] for panel in panels}) == 3
    assert len({panel.get_position().y0 for panel in panels}) == 1, "in one row"


def test_panels_of_a_trend_are_in_one_column_on_a_phone(draw_chart):
    axes, _ = draw_chart("trend", KINDS, narrow=True)
    assert len({round(panel.get_position().y0, 3) for panel in axes.figure.axes}) == 3
    assert len({round(panel.get_position().x0, 2) for panel in axes.figure.axes}) == 1


def test_trend_of_two_series_uses_two_colours(draw_chart):
    axes, _ = draw_chart("trend", STAGES)
    assert {text.get_color() for text in axes.texts} == {BLUE, ACCENT}


@pytest.mark.parametrize("style", ["2021 to 2022", "2021/22"])
@pytest.mark.parametrize("years", [1, 2, 5, 6, 9, 17, 20])
def test_years_below_a_trend_keep_apart_up_to_the_reported_one(published, a_settings, years, style):
    categories = {AWKWARD_NAME: list(range(1, years + 1))}  # which leaves the least room beside it
    figures = published(
        {"representations.by_kind": categories}, settings=a_settings(comparison_years=str(years))
    )
    with charts.trend(figures["representations.by_kind"], style).canvas() as canvas:
        canvas.draw_without_rendering()
        names = canvas.axes[0].get_xticklabels()
    boxes = [name.get_window_extent() for name in names]
    assert all(right.x0 - left.x1 > 3 for left, right in pairwise(boxes))
    assert names[-1].get_text() == {"2021 to 2022": "2021-22", "2021/22": "2021/22"}[style]


def test_unknown_year_is_a_gap_and_a_line_is_named_at_its_end(draw_chart):
    axes, _ = draw_chart("trend", {"a": [3, 4, UNKNOWN], "b": [5, UNKNOWN, 7]})
    assert [(text.get_text(), text.xy[0]) for text in axes.texts] == [
        ("A 4", 1),
        ("3", 0),
        ("B 7", 2),
        ("5", 0),
    ]
    assert [heights_of(line) for line in axes.lines] == [[3, 4, None], [5, None, 7]]


@pytest.mark.parametrize("categories", [{"a": [400, 2], "b": [200, 1]}, {"a": [400, 0]}])
def test_label_of_a_line_that_ends_at_zero_is_above_the_axis(draw_chart, categories):
    axes, _ = draw_chart("trend", categories)
    baseline = axes.transData.transform((0, 0))[1]
    assert all(text.get_window_extent().y0 >= baseline - 1 for text in axes.texts)


def test_bars_start_at_zero_longest_first_with_their_numbers(draw_chart):
    axes, _ = draw_chart("bars", {"Early Help": [1], "SEND": [3], "Fostering": [0]})
    assert bars_of(axes) == [(0, 3), (0, 1)]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["SEND", "Early Help"]
    assert labels(axes) == ["3", "1"]
    assert axes.get_xlim()[0] == 0
    assert list(axes.get_xticks()) == [], "each bar has its number"


def test_stacked_bar_adds_its_parts_from_zero(draw_chart):
    axes, _ = draw_chart("stacked_years", {"within limit": [5, 4], "late": [2, 0]})
    assert bars_of(axes) == [(0, 5), (0, 4), (5, 2), (4, 0)]
    assert axes.get_xlim()[0] == 0
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["2020/21", "2021/22"]
    assert axes.yaxis_inverted(), "the oldest year stands on top"
    assert legend_of(axes) == ["Within limit", "Late"]


def legend_of(axes) -> list[str]:
    """The names of a legend as they are read, row by row."""
    texts = axes.figure.legends[0].get_texts()
    boxes = [text.get_window_extent() for text in texts]
    order = sorted(range(len(texts)), key=lambda index: (-round(boxes[index].y0), boxes[index].x0))
    return [texts[index].get_text() for index in order]


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_legend_is_read_in_the_order_of_the_parts(draw_chart, narrow):
    axes, _ = draw_chart("stacked_years", AWKWARD["eight categories"], narrow)
    assert legend_of(axes) == [f"Category {letter}" for letter in "abcdefgh"]


TIMELINESS = {"within limit": [350, 1], "late": [7, 3], "withdrawn": [30, 2]}


def test_late_part_stands_out_and_withdrawn_part_recedes(draw_chart):
    axes, _ = draw_chart("stacked_years", TIMELINESS)
    colours = [bar.get_facecolor() for bar in axes.patches[::2]]
    assert [to_hex(colour).upper() for colour in colours] == [BLUE, ACCENT, RECEDING_COLOURS[0]]


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_every_part_of_the_reported_year_has_its_number(draw_chart, narrow):
    axes, _ = draw_chart("stacked_years", TIMELINESS, narrow, totals=[387, 6])
    last_year = [text.get_text() for text in axes.texts if text.xy[1] >= 1]
    assert sorted(last_year) == ["1", "2", "3", "6"]
    assert "350" in labels(axes)
    assert "387" in labels(axes), "the total"
    assert overlapping(axes) == []


@given(categories=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), max_size=6))
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_labels_of_any_stack_keep_apart_and_name_each_part(draw_chart, categories):
    numbers = {f"part {place}": list(values) for place, values in enumerate(categories)}
    if not any(value for values in categories for value in values):
        return
    axes, _ = draw_chart("stacked_years", numbers, narrow=True)
    assert overlapping(axes) == []
    last_year = sorted(
        int(text.get_text().replace(",", "")) for text in axes.texts if text.xy[1] >= 1
    )
    assert last_year == sorted(current for _, current in categories if current)


def test_round_ticks_are_below_a_stack(draw_chart):
    axes, _ = draw_chart("stacked_years", {"within limit": [28, 3], "late": [8, 0]})
    ticks = [tick.get_text() for tick in axes.get_xticklabels()]
    assert ticks[:4] == ["0", "10", "20", "30"]


@pytest.mark.parametrize(
    ("categories", "is_understated"),
    [({"a": [3, 4], "b": [1, 2]}, False), ({"a": [3, 4], "b": ["c", 2]}, True)],
)
def test_bars_of_a_withheld_number_understate_it(published, categories, is_understated):
    figure = published({"stage_1.timeliness": categories})["stage_1.timeliness"]
    assert charts.understates(figure) is is_understated


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("case", AWKWARD)
@pytest.mark.parametrize("kind", KINDS_OF_CHART)
def test_chart_of_awkward_figures_is_readable(draw_chart, kind, case, narrow):
    axes, chart = draw_chart(kind, AWKWARD[case], narrow)
    counts = axes.xaxis if kind != "trend" else axes.yaxis
    assert counts.get_view_interval()[0] == 0
    low, high = counts.get_view_interval()
    ticks = [tick for tick in counts.get_majorticklocs() if low <= tick <= high]
    assert all(float(tick).is_integer() for tick in ticks)
    assert len(ticks) >= 2 or kind == "bars"
    assert overlapping(axes) == []
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


def overlapping(axes) -> list[tuple[str, str]]:
    """The labels that cover each other."""
    boxes = [(text.get_text(), text.get_window_extent().padded(-1)) for text in axes.texts]
    return [
        (one, two) for (one, box), (two, other) in combinations(boxes, 2) if box.overlaps(other)
    ]


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
    axes, _ = draw_chart("stacked_years", AWKWARD["five digits"])
    assert "100,000" in [tick.get_text() for tick in axes.get_xticklabels()]


THREE_YEARS = "Line chart, 2019/20 to 2021/22."
TWO_YEARS = "Line chart, 2020/21 to 2021/22."
# fmt: off
ALTERNATIVE_TEXTS = [
    ("trend", KINDS,
     f"{THREE_YEARS} Complaints fell from 9 to 4 (highest 12 in 2020/21); "
     "Ombudsman cases started and ended at 6; compliments fell from 68 to 57."),
    ("trend", {"a": [2, 3], "b": [4, 4]},
     f"{TWO_YEARS} A rose from 2 to 3; b stayed the same at 4."),
    ("trend", {"a": [3, 4, UNKNOWN]},
     f"{THREE_YEARS} A rose from 3 in 2019/20 to 4 in 2020/21."),
    ("trend", {"a": [3, UNKNOWN]}, f"{TWO_YEARS} A: 3 in 2020/21."),
    ("trend", {"a": [0, 0]}, f"{TWO_YEARS} No numbers to show."),
    ("bars", {"a": [1, 3], "b": [9, 0], "c": [1, 4]},
     "Bar chart. Representations by kind, 2021-22. C 4; A 3."),
    ("stacked_years", {"a": [1, 0, UNKNOWN], "b": [2, 0, UNKNOWN]},
     "Stacked bar chart, 2019/20 to 2021/22. "
     "In 2021/22: not available. In 2020/21: none. In 2019/20: 1 a and 2 b."),
    ("stacked_years", {"a": [4], "b": ["c"]},
     "Stacked bar chart, 2021/22. In 2021/22: 4 a and other numbers withheld."),
]
SMALL_LINES = [
    ([43, 21, 4], "Line, 2019-20 to 2021-22. Complaints received fell from 43 to 4."),
    ([0, 0, 0], "Line, 2019-20 to 2021-22. Complaints received stayed the same at 0."),
    ([43, None, 4], "Line, 2019-20 to 2021-22. Complaints received fell from 43 to 4."),
    ([43, 21, None],
     "Line, 2019-20 to 2021-22. Complaints received fell from 43 in 2019-20 to 21 in 2020-21."),
]
# fmt: on


@pytest.mark.parametrize(("kind", "categories", "alt"), ALTERNATIVE_TEXTS)
def test_alternative_text_names_the_type_and_the_numbers(draw_chart, kind, categories, alt):
    assert draw_chart(kind, categories)[1].alt == alt


def test_alternative_text_with_markup_is_escaped(draw_chart):
    _, chart = draw_chart("bars", {'a"><script>': [1]})
    assert "<script>" not in chart.image_element()
    assert (
        'alt="Bar chart. Representations by kind, 2021-22. A&quot;&gt;&lt;script&gt; 1."'
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
    three_years = a_settings(comparison_years="3")
    figure = published({"representations.by_kind": KINDS}, settings=three_years)[
        "representations.by_kind"
    ]
    digests = [
        f"{hashlib.sha256(chart.svg).hexdigest()} {hashlib.sha256(chart.png).hexdigest()}"
        for chart in (make(figure) for make in KINDS_OF_CHART.values())
    ]
    path = three_years.processed / "3_aggregate" / "figures.csv"
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
        assert [heights_of(line) for line in axes.lines] == ([numbers] if any(numbers) else [])
        known = [f"{number}" for number in numbers if number is not None]
        assert labels(axes) == ([known[-1], known[0]] if any(numbers) else [])


def test_chart_with_cached_images_is_not_drawn_again(tmp_path):
    drawings = []

    def chart_of(values: list[int], name: str) -> Chart:
        def draw(canvas) -> None:
            drawings.append(canvas.subplots().plot(values))

        path = tmp_path / name
        return Chart(draw, 1, "A line.", cache_path=path, narrow_height_inches=2)

    first = chart_of([1, 2], "drawing-1")
    first_images = (first.svg, first.png, first.image_element())
    repeated = chart_of([2, 1], "drawing-1")
    assert (repeated.svg, repeated.png, repeated.image_element()) == first_images
    assert len(drawings) == 2, "one for a phone"
    assert chart_of([2, 1], "drawing-2").svg != first.svg
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["drawing-1-narrow.svg", "drawing-1.png", "drawing-1.svg", "drawing-2.svg"]


def test_image_has_one_description_and_a_drawing_for_a_phone(draw_chart):
    _, chart = draw_chart("trend", KINDS)
    picture = BeautifulSoup(chart.image_element(), "html.parser").picture
    assert [image["alt"] for image in picture.find_all("img")] == [chart.alt]
    source = picture.source
    assert source["media"] == "(max-width: 34em)"
    assert unquote(source["srcset"].partition(",")[2]) == chart.narrow.svg.decode().replace(
        '"', "'"
    )
    assert not re.search(r"\s", source["srcset"]), "a space would end the address"
    assert int(source["width"]) < int(picture.img["width"])
