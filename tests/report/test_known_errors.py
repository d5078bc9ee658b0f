"""The errors that published reports of this kind really contain (domain.md): each is tried here, and is impossible or caught."""

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


def visible(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_a_wrong_or_missing_denominator(say):
    """A share names its base, which the figure declares and a sentence cannot choose; a figure without one has no share."""
    assert visible(say('{{ complaints.by_outcome["upheld"] | share }}', FIGURES, BASES)) == "1 of 4"
    with pytest.raises(Problem, match="this figure has no base, so there is no share"):
        say("{{ complaints.decided | share }}", FIGURES, BASES)


def test_truncation_instead_of_rounding(say):
    """29 of 43 is 67.4%, 41 of 53 is 77.4% and 2 of 3 is 66.7%: the last was printed as 66%."""
    assert [wording.percentage(part, base) for part, base in ((29, 43), (41, 53), (2, 3))] == [
        "67%",
        "77%",
        "67%",
    ]


def test_a_list_that_does_not_add_up_to_its_total(say):
    """A list is made of the figure's own categories, all that occurred; nobody chooses which to name."""
    said = visible(say("{{ complaints.by_outcome | breakdown }}", FIGURES, BASES))
    assert said == "2 not upheld, one upheld and one withdrawn"
    assert (
        sum({"one": 1}.get(number) or int(number) for number in re.findall(r"\bone\b|\d+", said))
        == 4
    )


def test_a_sentence_true_of_one_stage_said_of_all(say):
    """A number stands in the figure of one stage, and is tied to it; no figure mixes the stages' times."""
    html = say(
        "{{ stage_1.longest_days }}", {"stage_1.longest_days": [9], "stage_2.longest_days": [58]}
    )
    assert 'data-figure="stage_1.longest_days"' in html
    with pytest.raises(Problem, match="there is no such figure"):
        say(
            "{{ complaints.longest_days }}",
            {"stage_1.longest_days": [9], "complaints.received": [4]},
        )


def test_a_mislabelled_period(say):
    """The period comes from the year reported; a typed one stops the run."""
    assert visible(say("{{ year.starts }} to {{ year.ends }}")) == "1 April 2021 to 31 March 2022"
    with pytest.raises(Problem, match="typed by hand"):
        say("From April 2020 to March 2021")


def test_last_year_s_figure_restated_without_saying_so(published):
    """A number that differs from what was published bears [r] in its table, which explains the sign above it."""
    door = published(FIGURES)
    rows = door["complaints.received"].rows
    rows.loc[rows["year"] == "2020-21", ["shorthand", "once_published"]] = ["r", 5.0]
    html = tables.by_year(door["complaints.received"], "Complaints", "Kind", "2021 to 2022")
    assert "6 [r]" in visible(html)
    assert visible(html).startswith(
        "Not available"
    ) or "[r] means revised since it was published" in visible(html)
    (revised,) = door.revisions
    assert (revised.value, revised.before_revision.value) == (6, 5)


def test_doubled_when_it_did_not(say, a_settings):
    """The words for a change are made of the two numbers; a claim written by hand without any is a warning."""
    assert (
        visible(say("{{ complaints.received | change }}", FIGURES)) == "down from 6 in 2020 to 2021"
    )
    settings = a_settings()
    (settings.workspace / "data/raw/2021-22/commentary.md").write_text(
        "## overview\n\nComplaints doubled.\n"
    )
    assert [warning.what[:9] for warning in unsupported_claims(settings)] == ['"doubled"']


@pytest.mark.parametrize(
    ("numbers", "said"), [([6, 4], "down from 6"), ([4, 6], "up from 4"), ([4, 4], "the same as")]
)
def test_direction_reversed(say, numbers, said):
    """The direction is worked out, in prose and in a chart's description alike."""
    assert visible(
        say("{{ complaints.received | change }}", {"complaints.received": numbers})
    ).startswith(said)


def test_two_tables_of_one_report_that_disagree(published):
    """A number is the same wherever it stands: table, chart and description read the same figure."""
    figure = published(FIGURES)["complaints.by_outcome"]
    table = tables.by_year(figure, "Outcomes", "Outcome", "2021 to 2022")
    with charts.bars(figure).canvas() as canvas:
        drawn = sorted(bar.get_width() for bar in canvas.axes[0].patches)
    assert drawn == sorted(values[-1] for values in OUTCOMES.values())
    for name, (before, now) in OUTCOMES.items():
        cells = rf"{name.capitalize()}</th><td><data[^>]*>{before}</data></td><td><data[^>]*>{now}</data>"
        assert re.search(cells, table)


def test_prose_about_years_outside_the_table_s_window(say):
    """The year before the first compared has no figure, and asking for it stops the run; a typed year is refused."""
    with pytest.raises(Problem, match="is outside the years compared, 2021-22 to 2021-22"):
        say("{{ complaints.received.number().previous }}", {"complaints.received": [4]})
    with pytest.raises(Problem, match="typed by hand"):
        say("with a peak in 2016/17")


@pytest.mark.parametrize("base", range(1, 60))
def test_a_percentage_that_no_whole_number_of_cases_could_give(say, base):
    """A percentage is always made of two counts, prints both, and is printed only from `small_base` on."""
    figures = {"complaints.received": [base], "complaints.by_outcome": {"upheld": [base // 3]}}
    said = visible(say('{{ complaints.by_outcome["upheld"] | share }}', figures, BASES))
    assert said.endswith(f"{base // 3} of {base}")
    assert ("%" in said) == (base >= 20)
