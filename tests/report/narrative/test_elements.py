"""The elements of numbers, years and names, and texts that are printed without effect."""

from __future__ import annotations

import re

import pytest
from lxml import html

from pipeline.report.narrative.markdown import markdown_to_html

OUTCOMES = "complaints.by_outcome"
# fmt: off
HOSTILE_TEXT = (
    "<script>alert(1)</script> *a* _b_ [c](javascript:x) `d` # e | f ~~g~~ \\ "
    "{{ year }} <!-- h --> & \"i\" 'j'"
)
BLOCK_MARKUP = [
    "- a", "+ a", "1. a", "1) a", "# a", "> a", "a\n---", "a\n===", "    a", "---", "***",
    "```\na", "a\n\nb", ": a",
]
# fmt: on


def data_elements(markdown: str) -> list[html.HtmlElement]:
    return html.fromstring(f"<div>{markdown_to_html(markdown)}</div>").findall(".//data")


def test_number_names_its_figure_year_and_category(render_narrative):
    figures = {OUTCOMES: {"upheld": [7, 1_500_000]}}
    (number,) = data_elements(render_narrative('{{ complaints.by_outcome["upheld"] }}', figures))
    assert dict(number.attrib) == {
        "value": "1500000",
        "data-figure": OUTCOMES,
        "data-year": "2021-22",
        "data-category": "upheld",
    }
    assert number.text == "1,500,000"


def test_number_of_the_year_before_names_that_year(render_narrative):
    figures = {"complaints.received": [12, 4]}
    (number,) = data_elements(
        render_narrative("{{ complaints.received.number().previous }}", figures)
    )
    assert (number.get("data-year"), number.text) == ("2020-21", "12")


def test_number_that_is_not_available_is_unknown_in_words(render_narrative):
    figures = {"complaints.received": [None]}
    (number,) = data_elements(render_narrative("{{ complaints.received }}", figures))
    assert (number.get("value"), number.text) == ("x", "an unknown number")


def test_number_from_the_settings_names_its_key(render_narrative):
    element = '<data value="10" data-setting="time_limits.stage_1">10</data>'
    assert render_narrative("{{ limits.stage_1 }}") == element


def test_number_that_a_person_states_carries_its_evidence(render_narrative, narrative_problem):
    element = '<data value="3" data-stated="three &lt;case&gt; reviews">3</data>'
    assert render_narrative('{{ stated(3, "three <case> reviews") }}') == element
    assert "evidence" in narrative_problem('{{ stated(3, " ") }}').what


def test_person_may_state_a_number_in_words(render_narrative, narrative_problem):
    element = '<data value="0.5" data-stated="team log">half a day</data>'
    assert render_narrative('{{ stated(0.5, "team log", "half a day") }}') == element
    for words in ("two days", "several days"):
        problem = narrative_problem(f'{{{{ stated(0.5, "team log", "{words}") }}}}')
        assert f'does not say the same as "{words}"' in problem.what


def test_name_with_a_number_is_printed_as_it_is(render_narrative, narrative_problem):
    element = '<span data-name="section 20">section 20</span>'
    assert render_narrative('{{ name("section 20") }}') == element
    for text in ("20", "20 complaints", "two cases", "20 per cent"):
        assert "is not a name" in narrative_problem(f'{{{{ name("{text}") }}}}').what


def test_date_is_a_time_element_and_a_year_is_text(render_narrative):
    first_day = '<time datetime="2021-04-01">1 April 2021</time>'
    assert render_narrative("{{ year.starts }}") == first_day
    assert render_narrative("{{ year }}", year_style="2021/22") == "2021/22"
    assert render_narrative("{{ previous_year }}") == "2020 to 2021"


def test_text_from_the_settings_is_printed_as_it_is(render_narrative):
    markdown = render_narrative("{{ council.service }}.", service=HOSTILE_TEXT)
    tree = html.fromstring(f"<div>{markdown_to_html(markdown)}</div>")
    assert tree.text_content() == HOSTILE_TEXT + "."
    assert {element.tag for element in tree.iter()} == {"div", "p"}


@pytest.mark.parametrize("text", BLOCK_MARKUP)
def test_text_from_the_settings_never_starts_a_block(render_narrative, text):
    paragraph = markdown_to_html(render_narrative("{{ council.service }}", service=text))
    assert re.fullmatch(r"<p>[^<]*</p>", paragraph)
    assert html.fromstring(paragraph).text_content() == " ".join(text.split())


def test_invisible_characters_are_not_printed(read_narrative):
    service = "Early\u200b \u202eHelp\u2066"
    assert read_narrative("{{ council.service }}", service=service) == "Early Help"


def test_category_with_markup_is_printed_as_it_is(render_narrative):
    name = '<b onclick="x">Up</b> *rated* [a](b)'
    markdown = render_narrative("{{ complaints.by_outcome | breakdown }}", {OUTCOMES: {name: [1]}})
    tree = html.fromstring(markdown_to_html(markdown))
    assert tree.text_content() == f"1 {name}"
    assert tree.find(".//data").get("data-category") == name
    assert [element.tag for element in tree.iter()] == ["p", "data"]
