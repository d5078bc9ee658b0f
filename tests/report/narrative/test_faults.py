"""Every fault of a template is reported at once, whether or not an {% if %} would print it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.report.narrative.language import Language

FIGURES = {
    "complaints.received": [None, None],
    "complaints.by_outcome": {"upheld": [None, None], "not upheld": [None, None]},
}
GUARDED = "{{% if complaints.received.number().occurs %}}{}{{% endif %}}"
# fmt: off
FAULTS = {
    "{{ complants.received }}": 'Did you mean "complaints"?',
    "{{ complaints.recieved }}": 'Did you mean "received"?',
    '{{ complaints.by_outcome["uphold"] | share }}': 'Did you mean "upheld"?',
    "{{ complaints.received | countd }}": 'Did you mean "counted"?',
    '{{ complaints.received | counted(nuon="x") }}': "got an unexpected keyword argument 'nuon'",
    '{{ complaints.received | counted("a", "b", "c") }}': "too many positional arguments",
    "{{ complaints.by_outcome | counted }}": "has categories",
    '{{ complaints.by_outcome["upheld"] | rank }}': "needs a whole figure",
    "{{ complaints.received | share }}": "this figure has no base",
    "{{ year | counted }}": "needs a figure before it",
    "{{ council.servce }}": "has no attribute 'servce'",
    "{{ limits.stage_4 }}": "has no attribute 'stage_4'",
    "{{ complaints.received.rows }}": "is unsafe",
    "{{ complaints.received.number().value }}": "is a number without its figure",
    '{{ stated(3, " ") }}': "needs its evidence",
    "{% for part in complaints.by_outcome.parts %}{{ part.categry }}{% endfor %}": "categry",
    "{% for part in complaints.by_outcome.numbers() %}{{ part | rank }}{% endfor %}":
        "needs a whole figure",
    "{% for number in revisions %}{{ number.figure.titel }}{% endfor %}": "titel",
    "{% for year in council.themes %}{{ loop.index }}{% endfor %}": "loop has no attribute 'index'",
    "{% if oops %}x{% endif %}": "'oops' is undefined",
    "{{ council.service if oops else council.panel }}": "'oops' is undefined",
    "{{ complaints.received.number().previous.before }}": "before",
}
SOUND = [
    "{{ complaints.received | counted | capital }} {{ complaints.received | was }}",
    "{{ complaints.received.number().previous.previous }}",
    "{% if report.exempt %}{{ report.exempt_reason }}{% endif %}",
    "{% for part in complaints.by_outcome.disclosed %}{{ part | share }}{% endfor %}",
    "{% for number in complaints.received.over_the_years %}{{ number.year }}{% endfor %}",
    '{{ stated(3, "counted in the log") }}', "{{ not_available | listing }}",
    '{{ complaints.by_outcome["upheld" if report.exempt else "not upheld"] }}',
    "{% for a in council.themes %}{% if not loop.last %}{{ a }}{% endif %}{% endfor %}",
    "{{ commentary }}",
]
# fmt: on


@pytest.fixture
def faults_in(a_settings, published) -> Callable[[str], list[str]]:
    """faults_in("{{ … }}"): "line: what" of each fault, where no number is known."""

    def find(template: str) -> list[str]:
        settings = a_settings(comparison_years="2", themes=("delay", "staff"))
        bases = {"complaints.by_outcome": "complaints.received"}
        figures = published(FIGURES, bases, settings)
        language = Language(figures, settings.council, settings.report)
        faults = language.faults(template, str, "commentary")
        assert all(fault.remedy for fault in faults)
        assert language.stated_numbers == []
        return [f"{fault.where}: {fault.what}" for fault in faults]

    return find


@pytest.mark.parametrize("reference", FAULTS)
def test_fault_is_found_in_words_that_are_not_printed(faults_in, reference):
    (fault,) = faults_in(f"Words.\n\n{GUARDED.format(reference)}")
    assert fault.startswith("3: ")
    assert FAULTS[reference] in fault


@pytest.mark.parametrize("reference", SOUND)
def test_sound_reference_has_no_fault_without_a_number(faults_in, reference):
    assert faults_in(f"Words.\n\n{GUARDED.format(reference)}") == []


def test_all_faults_of_a_template_are_listed_in_line_order(faults_in):
    template = "We had 4.\n{{ oops }} {{ council.servce }}\n{{ complaints.received | sare }}\n5"
    lines = [fault.partition(":")[0] for fault in faults_in(template)]
    assert lines == ["1", "2", "2", "3", "4"]


def test_typed_digits_are_listed_beside_forbidden_words(faults_in):
    faults = faults_in("We had 4.\n{% set a = oops %}\nAnd 5.")
    assert [fault.partition(":")[0] for fault in faults] == ["1", "2", "3"]


def test_faults_after_a_broken_reference_are_listed_too(faults_in):
    faults = faults_in("{{ complaints.received | }} and 4.\nWe had 5.\n{{ oops }\n{{ oops }}")
    assert [fault.partition(":")[0] for fault in faults] == ["1", "2", "3", "4"]


def test_one_problem_names_every_fault_and_its_remedy(narrative_problem):
    problem = narrative_problem("We had 4.\n\n{{ oops }}\n\nAnd 5 more.")
    assert problem.where == "line 1, line 3, line 5"
    assert problem.what.startswith("3 things to fix\n")
    assert 'line 5: the number in "And 5 more." is typed by hand\n  → Write' in problem.what
    assert "line 3: there is no such name: 'oops' is undefined." in problem.what


def test_figure_with_categories_says_that_one_is_needed(narrative_problem):
    problem = narrative_problem("{{ complaints.by_outcome | counted }}", FIGURES)
    assert "complaints.by_outcome: this figure has categories, and is not one number" in (
        problem.what
    )
    assert problem.remedy == 'Name one, such as complaints.by_outcome["upheld"].'
