"""Errors that published reports of this kind contain: each is impossible, or caught."""

from __future__ import annotations

import re

import pytest

from pipeline.problem import Problem
from pipeline.report import charts, tables, wording
from pipeline.report.narrative.claims import unsupported_claims

OUTCOMES = {"upheld": [2, 1], "not upheld": [3, 2], "withdrawn": [1, 1]}
FIGURES = {
    "complaints.received": [6, 4],
    "complaints.by_outcome": OUTCOMES,
    "complaints.decided": [5, 3],
}
BASES = {"complaints.by_outcome": "complaints.received"}
COUNTED = "{{ complaints.received | counted }}"
UPHELD = '{{ complaints.by_outcome["upheld"] | share }}'
# The same errors as a writer might put them: the run stops, or there is a warning with the line.
# fmt: off
IN_WORDS = [
    ("wrong denominator", "Two of the three complaints were upheld.", "stopped"),
    ("wrong denominator", f"Half were upheld, {UPHELD}.", "stopped"),
    ("wrong denominator", f"Most were upheld: {UPHELD}.", "stopped"),
    ("wrong denominator", '{{ complaints.by_outcome["upheld"] | claim("most") }}', "stopped"),
    ("missing denominator", "{{ complaints.received }}% were upheld.", "stopped"),
    ("missing denominator", "Most complaints were upheld.", "warned"),
    ("missing denominator", '{{ complaints.decided | claim("all") }}', "stopped"),
    ("list that does not add up", "One was upheld, two were not.", "stopped"),
    ("list that does not add up", "One complaint was upheld, and the rest were not.", "stopped"),
    ("one stage for all", "All complaints were answered in time.", "warned"),
    ("one stage for all", "Every response was in time.", "warned"),
    ("one stage for all", "No complaint was late.", "warned"),
    ("one stage for all", "Complaints at stage two were late.", "stopped"),
    ("wrong period", "In the year to March twenty twenty-one.", "stopped"),
    ("wrong period", "In the last two years.", "stopped"),
    ("wrong period", "In MMXXI we listened.", "stopped"),
    ("restated", "Last year we reported twenty-one complaints.", "stopped"),
    ("doubled", "Complaints doubled.", "warned"),
    ("doubled", f"Complaints doubled to {COUNTED}.", "stopped"),
    ("doubled", "There were twice as many.", "stopped"),
    ("doubled", "There was a twofold change.", "stopped"),
    ("doubled", '{{ complaints.received | claim("doubled") }}', "stopped"),
    ("direction", "Complaints rose.", "warned"),
    ("direction", f"Complaints rose to {COUNTED}.", "stopped"),
    ("direction", "There were more complaints than last year.", "warned"),
    ("direction", f"We received {COUNTED}, the highest of the years compared.", "stopped"),
    ("direction", '{{ complaints.received | claim("rose") }}', "stopped"),
    ("disagreement", "The table shows seven complaints.", "stopped"),
    ("outside the table", "The lowest for many years.", "warned"),
    ("outside the table", f"The lowest ever: {COUNTED}.", "warned"),
    ("outside the table", "For the third year running.", "stopped"),
    ("outside the table", '{{ complaints.received | claim("lowest ever") }}', "stopped"),
    ("impossible percentage", "Thirty-three per cent were upheld.", "stopped"),
    ("impossible percentage", "A third were upheld.", "stopped"),
    ("impossible percentage", '{{ complaints.by_outcome["upheld"] | claim("half") }}', "stopped"),
]
# fmt: on
YEAR_STYLE = "2021 to 2022"


def visible_text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_share_with_a_wrong_or_missing_denominator(render_narrative):
    """The figure declares its base, and a sentence cannot choose it; without one no share."""
    share = render_narrative('{{ complaints.by_outcome["upheld"] | share }}', FIGURES, BASES)
    assert visible_text(share) == "1 of 4"
    with pytest.raises(Problem, match="this figure has no base, so there is no share"):
        render_narrative("{{ complaints.decided | share }}", FIGURES, BASES)


@pytest.mark.parametrize(
    ("part", "base", "percentage"), [(29, 43, "67%"), (41, 53, "77%"), (2, 3, "67%")]
)
def test_percentage_truncated_instead_of_rounded(part, base, percentage):
    """The shares are 67.4%, 77.4% and 66.7%; a report printed the last as 66%."""
    assert wording.percentage(part, base) == percentage


def test_list_that_does_not_add_up_to_its_total(render_narrative):
    """A list names all of the figure's categories that occurred; nobody chooses among them."""
    sentence = render_narrative("{{ complaints.by_outcome | breakdown }}", FIGURES, BASES)
    text = visible_text(sentence)
    assert text == "2 not upheld, 1 upheld and 1 withdrawn"
    numbers = [int(word) for word in re.findall(r"\d+", text)]
    assert sum(numbers) == 4


def test_sentence_true_of_one_stage_but_said_of_all(render_narrative):
    """A number belongs to the figure of one stage; no figure mixes the times of stages."""
    longest_days = {"stage_1.longest_days": [9], "stage_2.longest_days": [58]}
    html = render_narrative("{{ stage_1.longest_days }}", longest_days)
    assert 'data-figure="stage_1.longest_days"' in html
    figures = {"stage_1.longest_days": [9], "complaints.received": [4]}
    with pytest.raises(Problem, match="there is no such figure"):
        render_narrative("{{ complaints.longest_days }}", figures)


def test_period_with_the_wrong_years(render_narrative):
    """The period comes from the year reported; a typed one stops the run."""
    period = render_narrative("{{ year.starts }} to {{ year.ends }}")
    assert visible_text(period) == "1 April 2021 to 31 March 2022"
    with pytest.raises(Problem, match="typed by hand"):
        render_narrative("From April 2020 to March 2021")


def test_last_year_s_figure_restated_without_a_mark(published):
    """A revised number is marked [r] in its table, which explains the mark below it."""
    figures = published(FIGURES)
    complaints = figures["complaints.received"]
    complaints.rows[:] = [
        row._replace(shorthand="r", once_published=5.0) if row.year == "2020-21" else row
        for row in complaints.rows
    ]
    text = visible_text(tables.by_year(complaints, "Complaints", "Kind", YEAR_STYLE))
    assert text.endswith("[r] means revised since it was published.")
    assert "6 [r]" in text
    (revised,) = figures.revisions
    assert (revised.value, revised.before_revision.value) == (6, 5)


def test_doubled_when_it_did_not_double(render_narrative, a_settings):
    """The words for a change are made of two numbers; a claim without any is a warning."""
    change = render_narrative("{{ complaints.received | change }}", FIGURES)
    assert visible_text(change) == "down from 6 the year before"
    settings = a_settings()
    commentary = settings.workspace / "data/raw/2021-22/commentary.md"
    commentary.write_text("## overview\n\nComplaints doubled.\n")
    assert [warning.what[:9] for warning in unsupported_claims(settings)] == ['"doubled"']


@pytest.mark.parametrize(
    ("numbers", "direction", "verb"),
    [
        ([6, 4], "down from 6", "fell from 6 to 4"),
        ([4, 6], "up from 4", "rose from 4 to 6"),
        ([4, 4], "the same as", "stayed the same at 4"),
    ],
)
def test_direction_of_a_change_reversed(render_narrative, published, numbers, direction, verb):
    """The direction is worked out, in prose and in a chart's description alike."""
    figures = {"complaints.received": numbers}
    change = render_narrative("{{ complaints.received | change }}", figures)
    assert visible_text(change).startswith(direction)
    chart = charts.trend(published(figures)["complaints.received"], YEAR_STYLE)
    assert verb in chart.alt


def test_table_and_chart_of_one_report_that_disagree(published):
    """A number is the same everywhere: table and chart read the same figure."""
    figure = published(FIGURES)["complaints.by_outcome"]
    table = tables.by_year(figure, "Outcomes", "Outcome", YEAR_STYLE)
    with charts.bars(figure).canvas() as canvas:
        lengths = sorted(bar.get_width() for bar in canvas.axes[0].patches)
    assert lengths == sorted(values[-1] for values in OUTCOMES.values())
    for name, values in OUTCOMES.items():
        cells = "".join(rf"<td><data[^>]*>{value}</data></td>" for value in values)
        assert re.search(rf"{name.capitalize()}</th>{cells}", table)


def test_prose_about_years_outside_the_table(render_narrative):
    """The year before the first compared has no figure; asking for it stops the run."""
    figures = {"complaints.received": [4]}
    with pytest.raises(Problem, match="is outside the years compared, 2021-22 to 2021-22"):
        render_narrative("{{ complaints.received.number().previous }}", figures)
    with pytest.raises(Problem, match="typed by hand"):
        render_narrative("with a peak in 2016/17")


@pytest.mark.parametrize("base", range(1, 60))
def test_percentage_that_no_whole_number_of_cases_gives(render_narrative, base):
    """A percentage is made of two counts, prints both, and only from `small_base` on."""
    part = base // 3
    figures = {"complaints.received": [base], "complaints.by_outcome": {"upheld": [part]}}
    share = render_narrative('{{ complaints.by_outcome["upheld"] | share }}', figures, BASES)
    text = visible_text(share)
    assert text.startswith(f"{part} of {base}")
    assert ("%" in text) == (base >= 50)


@pytest.mark.parametrize(("error", "sentence", "result"), IN_WORDS)
def test_error_in_words_is_stopped_or_warned_of(
    error, sentence, result, render_narrative, a_settings
):
    """No variant in words passes unnoticed."""
    if result == "stopped":
        with pytest.raises(Problem) as stopped:
            render_narrative(f"Words.\n\n{sentence}\n", FIGURES, BASES)
        assert stopped.value.where == "line 3"
        assert stopped.value.remedy
        return
    render_narrative(sentence, FIGURES, BASES)
    settings = a_settings()
    commentary = settings.workspace / "data/raw/2021-22/commentary.md"
    commentary.write_text(f"## overview\n\n{sentence}\n")
    assert [warning.where for warning in unsupported_claims(settings)] == [
        "data/raw/2021-22/commentary.md, line 3"
    ]
