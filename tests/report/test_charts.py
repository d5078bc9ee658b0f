"""What is drawn, not its pixels: the content of the axes, the words beside them, and the same bytes every time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from pipeline.report import charts

X = None
KINDS = {"complaints": [9, 12, 4], "Ombudsman cases": [6, 0, 6], "compliments": [68, 44, 57]}
AWKWARD_NAME = "Looked After Child and SEND and Residential Homes"
AWKWARD = {
    "only zeros": {"a": [0, 0], "b": [0, 0]},
    "nothing known": {"a": [X, X], "b": [X, X]},
    "a single one": {"a": [0, 1]},
    "a single year": {"a": [3], "b": [5]},
    "a year unknown": {"a": [3, X], "b": [X, 5]},
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
def drawn(published):
    """drawn("trend", {...}): the axes, with everything placed, and the chart."""

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


def test_a_trend_has_a_line_for_each_category_named_at_its_end(drawn):
    axes, _ = drawn("trend", KINDS)
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
def test_years_below_a_trend_do_not_run_into_each_other_and_the_reported_one_is_named(
    published, a_settings, years, style
):
    categories = {AWKWARD_NAME: list(range(years))}  # which leaves the least room beside it
    door = published(
        {"representations.by_kind": categories}, settings=a_settings(comparison_years=str(years))
    )
    with charts.trend(door["representations.by_kind"], style).canvas() as canvas:
        canvas.draw_without_rendering()
        names = canvas.axes[0].get_xticklabels()
    boxes = [name.get_window_extent() for name in names]
    assert all(after.x0 - before.x1 > 3 for before, after in pairwise(boxes))
    assert names[-1].get_text().split() == style.split()


def test_a_year_unknown_is_a_gap_and_a_line_that_stops_is_named_where_it_stops(drawn):
    axes, _ = drawn("trend", {"a": [3, 4, X], "b": [5, X, 7]})
    assert [(text.get_text(), text.xy[0]) for text in axes.texts] == [("A, 4", 1), ("B, 7", 2)]
    assert 5.0 in axes.lines[1].get_ydata()
    assert 0 not in [value for line in axes.lines for value in line.get_ydata()], "unknown is not 0"


def test_the_axis_strikes_through_no_label_of_a_line_that_ends_at_zero(drawn):
    axes, _ = drawn("trend", {"a": [400, 2], "b": [200, 1]})
    assert all(
        text.get_window_extent().y0 >= axes.transData.transform((0, 0))[1] for text in axes.texts
    )
    above, below = (text.get_window_extent().y0 for text in axes.texts)
    assert above > below, "the order of the labels is that of the numbers"


def test_bars_are_longest_first_from_zero_with_their_numbers(drawn):
    axes, _ = drawn("bars", {"Early Help": [1], "SEND": [3], "Fostering": [0]})
    assert bars_of(axes) == [(0, 3), (0, 1)]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["SEND", "Early Help"]
    assert labels(axes) == ["3", "1"]
    assert axes.get_xlim()[0] == 0


def test_a_stacked_bar_adds_its_parts_from_zero(drawn):
    axes, _ = drawn("stacked_years", {"within limit": [5, 4], "late": [2, 0]})
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
def test_a_chart_is_good_also_with(drawn, kind, case):
    axes, chart = drawn(kind, AWKWARD[case])
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
    "dots_an_inch", [72, 200]
)  # as SVG, as PNG: laid out once, a label must not be wider in one of them
def test_no_name_is_cut_off_in_either_format(drawn, dots_an_inch):
    axes, chart = drawn("bars", AWKWARD["long names"])
    with chart.canvas() as canvas:
        canvas.set_dpi(dots_an_inch)
        canvas.draw_without_rendering()
        assert min(label.get_window_extent().x0 for label in axes.get_yticklabels()) > 0


def overlap(one, other) -> bool:
    first, second = (text.get_window_extent().padded(-1) for text in (one, other))
    return first.overlaps(second)


def outside(text) -> bool:
    box, canvas = text.get_window_extent(), text.get_figure(root=True).bbox
    return box.x0 < -1 or box.x1 > canvas.x1 + 1 or box.y0 < -1 or box.y1 > canvas.y1 + 1


def test_colours_differ_where_eight_categories_share_a_bar(drawn):
    axes, _ = drawn("stacked_years", AWKWARD["eight categories"])
    assert len({bar.get_facecolor() for bar in axes.patches}) == 8


def test_thousands_have_commas(drawn):
    axes, _ = drawn("bars", AWKWARD["five digits"])
    assert labels(axes) == ["99,999", "54,321"]
    assert "100,000" in [tick.get_text() for tick in axes.get_xticklabels()]


ALT = [
    ("trend", KINDS, "Line chart, 2019/20 through 2021/22. Complaints fell from 9 to 4; "
                     "Ombudsman cases began and ended at 6; Compliments fell from 68 to 57."),
    ("trend", {"a": [2, 3], "b": [4, 4]}, "Line chart, 2020/21 through 2021/22. A rose from 2 to 3; B stayed the same at 4."),
    ("trend", {"a": [3, 4, X]}, "Line chart, 2019/20 through 2021/22. A rose from 3 in 2019/20 to 4 in 2020/21."),
    ("trend", {"a": [3, X]}, "Line chart, 2020/21 through 2021/22. A was 3 in 2020/21."),
    ("trend", {"a": [0, 0]}, "Line chart, 2020/21 through 2021/22. No numbers to show."),
    ("bars", {"a": [1, 3], "b": [9, 0], "c": [1, 4]}, "Bar chart of representations by kind. C 4 and A 3."),
    ("stacked_years", {"a": [1, 0, X], "b": [2, 0, X]},
     "Stacked bar chart, a bar for each year. 2019/20: 1 a and 2 b; 2020/21: none; 2021/22: not available."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "categories", "alt"), ALT)
def test_the_words_for_a_chart_name_its_type_and_agree_with_its_numbers(
    drawn, kind, categories, alt
):
    assert drawn(kind, categories)[1].alt == alt


def test_the_words_are_harmless_in_the_page(drawn):
    _, chart = drawn("bars", {'a"><script>': [1]})
    assert "<script>" not in chart.image_element()
    assert (
        'alt="Bar chart of representations by kind. A&quot;&gt;&lt;script&gt; 1."'
        in chart.image_element()
    )


@pytest.mark.parametrize("kind", KINDS_OF_CHART)
def test_letters_are_drawn_so_that_a_chart_looks_the_same_on_every_machine(drawn, kind):
    svg = drawn(kind, KINDS)[1].svg
    assert b"<text" not in svg
    assert b"<path" in svg


def test_a_chart_leaves_no_trace_in_matplotlib(drawn):
    import matplotlib
    import matplotlib.pyplot as plt

    before = dict(matplotlib.rcParams)
    axes, _ = drawn("trend", KINDS)
    assert isinstance(axes.figure, Figure)
    assert plt.get_fignums() == []
    assert dict(matplotlib.rcParams) == before


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
for chart in (charts.trend(figure, "2021/22"), charts.bars(figure), charts.stacked_years(figure, "2021/22")):
    print(hashlib.sha256(chart.svg).hexdigest(), hashlib.sha256(chart.png).hexdigest())
"""


def test_the_bytes_are_the_same_in_another_process_at_another_time(published, a_settings):
    settings = a_settings(comparison_years="3")
    figure = published({"representations.by_kind": KINDS}, settings=settings)[
        "representations.by_kind"
    ]
    here = [
        f"{hashlib.sha256(chart.svg).hexdigest()} {hashlib.sha256(chart.png).hexdigest()}"
        for chart in (make(figure) for make in KINDS_OF_CHART.values())
    ]
    file = settings.processed / "3_aggregate" / "figures.csv"
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
    there = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS, str(file)], env=environment, cwd=Path(file).parent,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert there.stdout.splitlines() == here


# The small line of a number at a glance ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("numbers", "said"), [
    ([43, 21, 4], "Small line. Complaints received fell from 43 to 4."),
    ([0, 0, 0], "Small line. Complaints received stayed the same at 0."),
    ([43, None, 4], "Small line. Complaints received fell from 43 to 4."),
    ([43, 21, None], "Small line. Complaints received fell from 43 in 2019 to 2020 to 21 in 2020 to 2021."),
])  # fmt: skip
def test_a_small_line_is_drawn_through_what_is_known_and_says_it(published, numbers, said):
    chart = charts.spark(
        published({"complaints.received": numbers})["complaints.received"], "2021 to 2022"
    )
    assert chart.alt == said
    with chart.canvas() as canvas:
        (axes,) = canvas.axes
        drawn = [None if value != value else value for value in axes.lines[0].get_ydata()]
        assert drawn == numbers
        assert axes.get_ylim()[0] == 0
        assert axes.lines[1].get_ydata() == [
            [number for number in numbers if number is not None][-1]
        ], "its end is marked"


def test_a_chart_that_was_drawn_of_the_same_figures_is_not_drawn_again(tmp_path):
    """As in a preview: its drawings are taken as they were kept, whole."""
    drawn = []
    chart = charts.Chart(
        lambda axes: drawn.append(axes.plot([1, 2])),
        1,
        "A line.",
        cache_path=tmp_path / "drawing-1",
    )
    first = chart.svg, chart.png
    again = charts.Chart(
        lambda axes: drawn.append("again"), 1, "A line.", cache_path=tmp_path / "drawing-1"
    )
    assert (again.svg, again.png) == first
    assert len(drawn) == 1
    other = charts.Chart(
        lambda axes: drawn.append(axes.plot([2, 1])),
        1,
        "A line.",
        cache_path=tmp_path / "drawing-2",
    )
    assert other.svg != first[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "drawing-1.png",
        "drawing-1.svg",
        "drawing-2.svg",
    ]
