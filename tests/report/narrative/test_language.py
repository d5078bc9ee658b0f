"""The language of the narrative: what it says of 0, 1, 2 and many, and what it refuses, with the line."""

from __future__ import annotations

import re

import pytest
from lxml import html as lxml_html

from pipeline.problem import Kind, Problem
from pipeline.report.narrative.language import Language
from pipeline.report.narrative.markdown import markdown_to_html

X, C = None, "c"
OUTCOMES = "complaints.by_outcome"


def text(said: str) -> str:
    """What a reader reads: Markdown made to HTML, without its tags."""
    return lxml_html.fromstring(f"<div>{markdown_to_html(said)}</div>").text_content().strip()


@pytest.fixture
def read(say):
    """What a narrative reads like."""
    return lambda *given, **more: text(say(*given, **more))


@pytest.fixture
def refused(say):
    """The problem that a narrative raises."""

    def ask(template, *given, **more) -> Problem:
        with pytest.raises(Problem) as raised:
            say(template, *given, **more)
        assert raised.value.kind == Kind.NOTEBOOK
        assert raised.value.remedy.endswith(".")
        return raised.value

    return ask


def received(*values):
    return {"complaints.received": list(values)}


@pytest.mark.parametrize(("number", "said"), [
    (0, "No complaints were received."), (1, "One complaint was received."), (2, "2 complaints were received."),
    (1234, "1,234 complaints were received."), (X, "[x] complaints were received."),
])  # fmt: skip
def test_a_sentence_agrees_with_its_number(read, number, said):
    template = (
        "{{ complaints.received | counted | capital }} {{ complaints.received | was }} received."
    )
    assert read(template, received(9, number)) == said


@pytest.mark.parametrize(("number", "said"), [(0, "none have"), (1, "one has"), (2, "2 have")])
def test_a_number_alone_agrees_too(read, number, said):
    assert (
        read("{{ complaints.received }} {{ complaints.received | has }}", received(9, number))
        == said
    )


def test_a_noun_may_be_another_than_the_figures_own(read):
    assert (
        read('{{ complaints.received | counted("child", "children") }}', received(1, 2))
        == "2 children"
    )


@pytest.mark.parametrize(("values", "said"), [
    ((12, 4), "down from 12 in 2020 to 2021"), ((4, 12), "up from 4 in 2020 to 2021"), ((1, 2), "up from one in 2020 to 2021"),
    ((4, 4), "the same as in 2020 to 2021"), ((0, 0), "the same as in 2020 to 2021"), ((0, 1), "up from none in 2020 to 2021"),
    ((3, X, 4), "with no figure to compare in 2020 to 2021"), ((4, X), "with no figure to compare in 2020 to 2021"),
    ((4,), "with no earlier year to compare"), ((X, 4), "with no earlier year to compare"),
])  # fmt: skip
def test_a_change_says_its_direction_and_what_it_is_measured_against(read, values, said):
    assert read("{{ complaints.received | change }}", received(*values)) == said


SHARE = "{{ complaints.concluded | share }}"


@pytest.mark.parametrize(("part", "base", "said"), [
    (2, 3, "2 of 3"), (19, 19, "19 of 19"), (15, 20, "75%, 15 of 20"), (0, 40, "0%, 0 of 40"),
    (999, 1000, "over 99%, 999 of 1,000"), (0, 0, "0 of 0"), (X, 3, "[x]"), (2, X, "[x]"),
])  # fmt: skip
def test_a_share_carries_its_base_and_a_small_base_gets_no_percentage(read, part, base, said):
    figures = {"complaints.concluded": [part], "complaints.received": [base]}
    assert read(SHARE, figures, {"complaints.concluded": "complaints.received"}) == said


def test_how_small_a_base_is_small_is_the_councils_decision(read):
    figures = {"complaints.concluded": [2], "complaints.received": [3]}
    assert (
        read(SHARE, figures, {"complaints.concluded": "complaints.received"}, small_base="3")
        == "67%, 2 of 3"
    )


def test_a_share_of_a_figure_without_a_base_is_refused(refused):
    assert "this figure has no base" in refused("{{ complaints.received | share }}").what


@pytest.mark.parametrize(("values", "said"), [
    ((3, 9, 12), "the highest of the 3 years"), ((3, 9, 2), "the lowest of the 3 years"),
    ((12, 9, 12), "the joint highest of the 3 years"), ((3, 9, 3), "the joint lowest of the 3 years"),
    ((3, 9, 5), "neither the highest nor the lowest of the 3 years"), ((4, 4, 4), "the same in each of the 3 years"),
    ((4,), "the only one known of the years compared"), ((X, X, 4), "the only one known of the years compared"),
    ((3, X, 4), "the highest of the years for which there is a figure"), ((X, 3, 4), "the highest of the 2 years"),
    ((4, X, 4), "the same in each of the years for which there is a figure"),
    ((3, 9, X), "not available"), ((X, X, X), "not available"),
])  # fmt: skip
def test_a_rank_says_where_the_year_stands_and_among_which(read, values, said):
    assert read("{{ complaints.received | rank }}", received(*values)) == said


def outcomes(**values):
    by_outcome = {name.replace("_", " "): [value] for name, value in values.items()}
    return {OUTCOMES: by_outcome, "complaints.received": [sum(values.values())]}


BASED = {OUTCOMES: "complaints.received"}


@pytest.mark.parametrize(("values", "said"), [
    ({"upheld": 1, "not_upheld": 2, "open": 0}, "2 not upheld and one upheld"),
    ({"upheld": 1, "not_upheld": 1, "open": 1}, "one upheld, one not upheld and one open"),
    ({"upheld": 1}, "one upheld"), ({"upheld": 0}, "none"),
])  # fmt: skip
def test_a_breakdown_is_in_order_of_size_and_equals_in_order_of_print(read, values, said):
    assert read("{{ complaints.by_outcome | breakdown }}", outcomes(**values)) == said


def test_a_breakdown_may_have_a_word_between(read):
    assert (
        read('{{ complaints.by_outcome | breakdown("about") }}', outcomes(upheld=2))
        == "2 about upheld"
    )


@pytest.mark.parametrize(("before", "now", "said"), [
    (C, 0, "No complaints were received, with the number in 2020 to 2021 withheld to protect people."),
    (4, C, "An undisclosed number of complaints were received, not compared with 2020 to 2021 to protect people."),
])  # fmt: skip
def test_a_change_from_or_to_what_is_withheld_is_not_told(read, before, now, said):
    template = "{{ complaints.received | counted | capital }} were received, {{ complaints.received | change }}."
    assert read(template, received(before, now)) == said


@pytest.mark.parametrize(("part", "whole", "said"), [
    (C, 4, "an undisclosed number of the 4"), (0, C, "0 of an undisclosed number"), (C, C, "an undisclosed number"),
])  # fmt: skip
def test_a_share_says_of_its_two_numbers_whichever_is_not_withheld(read, part, whole, said):
    figures = {OUTCOMES: {"upheld": [part]}, "complaints.received": [whole]}
    assert read('{{ complaints.by_outcome["upheld"] | share }}', figures, BASED) == said


@pytest.mark.parametrize(("values", "said"), [
    ({"upheld": C, "not_upheld": C}, "upheld and not upheld, in undisclosed numbers"),
    ({"upheld": C, "not_upheld": 0}, "upheld, an undisclosed number"),
    ({"upheld": 6, "not_upheld": C, "open": C}, "6 upheld and undisclosed numbers (not upheld and open)"),
])  # fmt: skip
def test_a_breakdown_names_what_is_withheld(read, values, said):
    by_outcome = {name.replace("_", " "): [value] for name, value in values.items()}
    assert read("{{ complaints.by_outcome | breakdown }}", {OUTCOMES: by_outcome}) == said


@pytest.mark.parametrize(("values", "said"), [
    ({"upheld": 3, "not_upheld": 1}, "upheld, 3 of 4"), ({"upheld": 2, "not_upheld": 2}, "upheld and not upheld, 2 each, of 4"),
    ({"upheld": 0}, "none"),
])  # fmt: skip
def test_the_most_are_all_of_them_where_several_are_equal(read, values, said):
    assert read("{{ complaints.by_outcome | most }}", outcomes(**values), BASED) == said


def test_a_capital_goes_to_the_first_letter_also_behind_a_tag(say):
    said = say("{{ complaints.received | counted | capital }}", received(1))
    assert re.fullmatch(r"<data [^>]*>One</data> complaint", said)


def test_every_number_stands_in_an_element_that_names_its_figure_year_and_category(say):
    said = say('{{ complaints.by_outcome["upheld"] }}', {OUTCOMES: {"upheld": [7, 1_500_000]}})
    found = lxml_html.fromstring(markdown_to_html(said)).find(".//data")
    assert dict(found.attrib) == {
        "value": "1500000", "data-figure": OUTCOMES, "data-year": "2021-22", "data-category": "upheld",
    }  # fmt: skip
    assert found.text == "1,500,000"


def test_a_number_of_last_year_names_last_year(say):
    found = lxml_html.fromstring(
        markdown_to_html(say("{{ complaints.received.number().previous }}", received(12, 4)))
    ).find(".//data")
    assert (found.get("data-year"), found.text) == ("2020-21", "12")


def test_a_number_that_is_not_available_says_so_in_its_element(say):
    found = lxml_html.fromstring(
        markdown_to_html(say("{{ complaints.received }}", received(X)))
    ).find(".//data")
    assert (found.get("value"), found.text) == ("x", "[x]")


def test_a_number_from_the_settings_names_its_key(say):
    assert (
        say("{{ limits.stage_1 }}")
        == '<data value="10" data-setting="time_limits.stage_1">10</data>'
    )


def test_a_number_that_a_person_states_carries_its_evidence(say, refused):
    said = say('{{ stated(3, "three <case> reviews") }}')
    assert said == '<data value="3" data-stated="three &lt;case&gt; reviews">3</data>'
    assert "evidence" in refused('{{ stated(3, " ") }}').what


def test_dates_and_years_are_told_from_numbers(say):
    assert say("{{ year.starts }}") == '<time datetime="2021-04-01">1 April 2021</time>'
    assert say("{{ year }}", year_style="2021/22") == "<time>2021/22</time>"
    assert say("{{ previous_year }}") == "<time>2020 to 2021</time>"


@pytest.mark.parametrize("template", [
    "There were 4 complaints.", "{{ 4 }}", '{{ "4" }}', '{{ complaints.received | counted("2 complaint") }}', "x²", "½ of them",
    "٣ complaints", "\uff14 complaints", "Ⅳ", "&#52; complaints", "&frac12; of them", "{% raw %}4{% endraw %}", "1. a list",
    "{% if complaints.received.number().value > 4 %}many{% endif %}", '{{ ["4"] | listing }}', "<b title='4'>x</b>",
])  # fmt: skip
def test_a_digit_typed_by_hand_stops_the_run_with_its_line(refused, template):
    found = refused("Words.\n\n" + template + "\n")
    assert found.where == "line 3"
    assert "is typed by hand" in found.what


def test_a_category_may_have_a_digit_in_its_name_and_a_comment_may_hold_one(read):
    figures = {"complaints.by_stage": {"stage 1": [3]}}
    assert read('{# 4 years ago #}{{ complaints.by_stage["stage 1"] }}', figures) == "3"


MISTAKES = {
    "{{ complaints.recieved }}": 'complaints.recieved: there is no such figure. Did you mean "received"?',
    "{{ complants.received }}": "'complants' is undefined. Did you mean \"complaints\"?",
    "{{ complaints.received | shares }}": "No filter named 'shares'.",
    "{{ complaints.received": "unexpected end of template",
    "{% if complaints.received %}": "Unexpected end of template",
    '{{ complaints.by_outcome["uphold"] }}': 'complaints.by_outcome: there is no "uphold" in this figure. Did you mean "upheld"?',
    '{{ complaints.received["upheld"] }}': 'complaints.received: there is no "upheld" in this figure.',
    "{{ complaints.received.number().previous.previous }}": "complaints.received: 2019-20 is outside the years compared",
    "{{ council.authorty }}": "has no attribute 'authorty'",
    "{{ year | counted }}": "this filter needs a figure before it",
    "{{ complaints.received.number() | rank }}": "this filter needs a whole figure before it",
    "{{ complaints.received | counted(oops) }}": "'oops' is undefined",
    "{{ complaints.received.number().value }}": "is a number without its figure",
    "{{ report.exempt }}": "not something that can be printed",
}  # fmt: skip


@pytest.mark.parametrize("template", MISTAKES)
def test_a_mistake_is_named_with_its_line(refused, template):
    found = refused(
        "Words.\n\nMore words.\n" + template,
        {OUTCOMES: {"upheld": [1, 2]}, "complaints.received": [3, 4]},
    )
    assert found.where == "line 4"
    assert MISTAKES[template] in found.what


ESCAPES = [
    "{{ ''.__class__.__mro__ }}", "{{ year.__init__.__globals__ }}", "{{ complaints.__class__ }}", "{{ complaints._figures }}",
    "{{ complaints.received.published }}", "{{ complaints.received.rows.to_csv('stolen.csv') }}", "{{ complaints.received.rows }}",
    "{{ complaints['received'].rows['year'] }}", "{{ council.model_dump() }}", "{{ council.__dict__ }}",
    "{{ stated.__globals__ }}", "{{ council.authority.format }}", "{{ limits.pop('stage_x') }}",
    "{{ self }}", "{{ cycler }}", "{{ lipsum() }}",
    "{{ namespace() }}", "{{ complaints.received | attr('rows') }}", "{{ complaints.received | map(attribute='rows') }}",
    "{% include 'council.yaml' %}", "{% import 'os' as os %}", "{% extends 'x' %}", "{{ complaints.received.figure }}",
    "{{ year.starts.replace() }}", "{% for n in complaints.received.over_the_years %}{{ loop.index }}{% endfor %}",
    "{{ complaints.received.number }}",
]  # fmt: skip


@pytest.mark.parametrize("template", ESCAPES)
def test_there_is_no_way_from_a_narrative_into_the_program(
    refused, template, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    refused(template)
    assert not list(tmp_path.iterdir())


ENDLESS = [
    "{{ 'a' * 10**9 }}", "{{ 'a' * true }}", "{{ 'a' ~ 'b' }}", "{{ true + true }}", "{{ -true }}",
    "{% for a in range(10**9) %}a{% endfor %}", "{{ range(99999) | listing }}",
    "{% for a in complaints.received.over_the_years %}{% for b in complaints.received.over_the_years %}b{% endfor %}{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{% set a = 'aaaaaaaa' %}{{ a }}",
    "{% set a %}aaaaaaaaaaaaaaaa{% endset %}", "{{ 'aaaa'.center(complaints.received.number().value) }}",
    "{{ 'a'.replace('a', 'aa') }}",
    "{% filter capital %}a{% endfilter %}", "{% for a in [complaints] recursive %}{{ loop([complaints]) }}{% endfor %}",
    "{{ " + "(" * 5000 + "year" + ")" * 5000 + " }}",
]  # fmt: skip


@pytest.mark.parametrize("template", ENDLESS, ids=lambda template: template[:30])
def test_a_narrative_always_ends_and_calculates_nothing(refused, template):
    refused(template)


HOSTILE = "<script>alert(1)</script> *a* _b_ [c](javascript:x) `d` # e | f ~~g~~ \\ {{ year }} <!-- h --> & \"i\" 'j'"


def test_a_value_from_the_settings_is_printed_as_it_stands_and_does_nothing(say):
    html = markdown_to_html(say("{{ council.service }}.", service=HOSTILE))
    tree = lxml_html.fromstring(f"<div>{html}</div>")
    assert tree.text_content() == HOSTILE + "."
    assert {element.tag for element in tree.iter()} == {"div", "p"}


@pytest.mark.parametrize("value", [
    "- a", "+ a", "1. a", "1) a", "# a", "> a", "a\n---", "a\n===", "    a", "---", "***", "```\na", "a\n\nb", ": a",
])  # fmt: skip
def test_a_value_never_becomes_a_heading_a_list_or_a_block(say, value):
    html = markdown_to_html(say("{{ council.service }}", service=value))
    assert re.fullmatch(r"<p>[^<]*</p>", html)
    assert lxml_html.fromstring(html).text_content() == " ".join(value.split())


def test_signs_that_nobody_sees_are_not_printed(read):
    assert read("{{ council.service }}", service="Early\u200b \u202eHelp\u2066") == "Early Help"


def test_a_category_is_harmless_too_and_still_names_itself(say):
    name = '<b onclick="x">Up</b> *held* [a](b)'
    html = markdown_to_html(say("{{ complaints.by_outcome | breakdown }}", {OUTCOMES: {name: [1]}}))
    tree = lxml_html.fromstring(html)
    assert tree.text_content() == f"one {name}"
    assert tree.find(".//data").get("data-category") == name
    assert [element.tag for element in tree.iter()] == ["p", "data"]


def test_a_section_that_asks_for_its_commentary_has_its_markdown(a_settings, published):
    settings = a_settings(comparison_years="1")
    language = Language(
        published(received(4), settings=settings), settings.council, settings.report
    )
    commentary = language.render("**Listening** to {{ complaints.received | counted }}", str)
    html = markdown_to_html(language.render("{{ commentary }}", str, commentary=commentary))
    assert html.startswith("<p><strong>Listening</strong> to <data ")


@pytest.mark.parametrize(("markdown", "html"), [
    ("a<script>alert()</script>", "<p>a</p>"),
    ("a<style>p{}</style>", "<p>a</p>"),
    ('<p onclick="x" style="y" class="z" id="w">a</p>', "<p>a</p>"),
    ("[a](javascript:alert())", '<p><a href="#harmful-link">a</a></p>'),
    ('<a href="data:text/html,x">a</a>', "<p><a>a</a></p>"),
    ("[a](https://example.org)", '<p><a href="https://example.org">a</a></p>'),
    ("[a](mailto:a@example.org)", '<p><a href="mailto:a@example.org">a</a></p>'),
    ("![a](https://example.org/a.png)", "<p></p>"),
    ("a<iframe src='x'></iframe><img src=x onerror=y>", "<p>a</p>"),
    ("a <!-- b --> c", "<p>a  c</p>"),
    ("# a", "a"),
    ("## a", "<h2>a</h2>"),
    ('<data value="x" data-figure="y" onfocus="z">a</data>', '<p><data value="x" data-figure="y">a</data></p>'),
])  # fmt: skip
def test_only_plain_prose_comes_through(markdown, html):
    assert markdown_to_html(markdown) == html


def test_rounded_numbers_that_are_equal_are_about_the_same(say):
    rounded = {"disclosure": {"policy": "suppress", "reason": "decided", "round_to": "5"}}
    assert say(
        "{{ complaints.received | change }}", {"complaints.received": [10, 10]}, **rounded
    ).startswith("about the same as")
    assert say(
        "{{ complaints.received | rank }}", {"complaints.received": [10, 10]}, **rounded
    ).startswith("about the same in each")
