"""The language of the narrative: what it refuses, with the line, and what it keeps out."""

from __future__ import annotations

import pytest

from pipeline.report.narrative.language import Language
from pipeline.report.narrative.markdown import markdown_to_html

# fmt: off
TYPED_DIGITS = [
    "There were 4 complaints.", "{{ 4 }}", '{{ "4" }}',
    '{{ complaints.received | counted("2 complaint") }}', "x²", "½ of them", "٣ complaints",
    "\uff14 complaints", "Ⅳ", "&#52; complaints", "&frac12; of them", "{% raw %}4{% endraw %}",
    "1. a list", "{% if complaints.received.number().value > 4 %}many{% endif %}",
    '{{ ["4"] | listing }}', "<b title='4'>x</b>",
]
MISTAKES = {
    "{{ complaints.recieved }}":
        'complaints.recieved: there is no such figure. Did you mean "received"?',
    "{{ complants.received }}": "'complants' is undefined. Did you mean \"complaints\"?",
    "{{ complaints.received | shares }}": "No filter named 'shares'.",
    "{{ complaints.received": "unexpected end of template",
    "{% if complaints.received %}": "Unexpected end of template",
    '{{ complaints.by_outcome["uphold"] }}':
        'complaints.by_outcome: there is no "uphold" in this figure. Did you mean "upheld"?',
    '{{ complaints.received["upheld"] }}':
        'complaints.received: there is no "upheld" in this figure.',
    "{{ complaints.received.number().previous.previous }}":
        "complaints.received: 2019-20 is outside the years compared",
    "{{ council.authorty }}": "has no attribute 'authorty'",
    "{{ year | counted }}": "this filter needs a figure before it",
    "{{ complaints.received.number() | rank }}": "this filter needs a whole figure before it",
    "{{ complaints.received | counted(oops) }}": "'oops' is undefined",
    "{{ complaints.received.number().value }}": "is a number without its figure",
    "{{ report.exempt }}": "not something that can be printed",
}
ESCAPES = [
    "{{ ''.__class__.__mro__ }}", "{{ year.__init__.__globals__ }}", "{{ complaints.__class__ }}",
    "{{ complaints._figures }}", "{{ complaints.received.published }}",
    "{{ complaints.received.rows.to_csv('stolen.csv') }}", "{{ complaints.received.rows }}",
    "{{ complaints['received'].rows['year'] }}", "{{ council.model_dump() }}",
    "{{ council.__dict__ }}", "{{ stated.__globals__ }}", "{{ council.authority.format }}",
    "{{ limits.pop('stage_x') }}", "{{ self }}", "{{ cycler }}", "{{ lipsum() }}",
    "{{ namespace() }}", "{{ complaints.received | attr('rows') }}",
    "{{ complaints.received | map(attribute='rows') }}", "{% include 'council.yaml' %}",
    "{% import 'os' as os %}", "{% extends 'x' %}", "{{ complaints.received.figure }}",
    "{{ year.starts.replace() }}", "{{ complaints.received.number }}",
    "{% for n in complaints.received.over_the_years %}{{ loop.index }}{% endfor %}",
]
CALCULATIONS = [
    "{{ 'a' * 10**9 }}", "{{ 'a' * true }}", "{{ 'a' ~ 'b' }}", "{{ true + true }}", "{{ -true }}",
    "{% for a in range(10**9) %}a{% endfor %}", "{{ range(99999) | listing }}",
    "{% for a in complaints.received.over_the_years %}"
    "{% for b in complaints.received.over_the_years %}b{% endfor %}{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{% set a = 'aaaaaaaa' %}{{ a }}",
    "{% set a %}aaaaaaaaaaaaaaaa{% endset %}", "{{ 'a'.replace('a', 'aa') }}",
    "{{ 'aaaa'.center(complaints.received.number().value) }}",
    "{% filter capital %}a{% endfilter %}",
    "{% for a in [complaints] recursive %}{{ loop([complaints]) }}{% endfor %}",
    "{{ " + "(" * 5000 + "year" + ")" * 5000 + " }}",
]
# fmt: on


@pytest.mark.parametrize("template", TYPED_DIGITS)
def test_digit_typed_by_hand_is_refused_with_its_line(narrative_problem, template):
    problem = narrative_problem(f"Words.\n\n{template}\n")
    assert problem.where == "line 3"
    assert "is typed by hand" in problem.what


def test_digit_in_a_category_or_a_comment_is_allowed(read_narrative):
    figures = {"complaints.by_stage": {"stage 1": [3]}}
    template = '{# 4 years ago #}{{ complaints.by_stage["stage 1"] }}'
    assert read_narrative(template, figures) == "3"


@pytest.mark.parametrize("template", MISTAKES)
def test_mistake_is_named_with_its_line(narrative_problem, template):
    figures = {"complaints.by_outcome": {"upheld": [1, 2]}, "complaints.received": [3, 4]}
    problem = narrative_problem(f"Words.\n\nMore words.\n{template}", figures)
    assert problem.where == "line 4"
    assert MISTAKES[template] in problem.what


@pytest.mark.parametrize("template", ESCAPES)
def test_narrative_cannot_reach_the_program(narrative_problem, template, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    narrative_problem(template)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("template", CALCULATIONS, ids=lambda template: template[:30])
def test_narrative_always_ends_and_calculates_nothing(narrative_problem, template):
    narrative_problem(template)


def test_section_prints_its_commentary_as_markdown(a_settings, published):
    settings = a_settings(comparison_years="1")
    figures = published({"complaints.received": [4]}, settings=settings)
    language = Language(figures, settings.council, settings.report)
    commentary = language.render("**Listening** to {{ complaints.received | counted }}", str)
    section = language.render("{{ commentary }}", str, commentary=commentary)
    assert markdown_to_html(section).startswith("<p><strong>Listening</strong> to <data ")
