from __future__ import annotations

import pytest

from pipeline.problem import Kind, Problem
from pipeline.report.narrative.commentary import check_sections_printed, read_commentary
from pipeline.report.narrative.language import Language
from pipeline.report.narrative.markdown import markdown_to_html

FILE = "data/raw/2021-22/commentary.md"


@pytest.fixture
def write(a_settings, published):
    """write("## overview\\n…"): the commentary as the report receives it, by section."""

    def make(content: str | bytes | None) -> dict[str, str]:
        settings = a_settings(comparison_years="2")
        path = settings.workspace / FILE
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        language = Language(
            published({"complaints.received": [12, 4]}, settings=settings),
            settings.council,
            settings.report,
        )
        return {
            section: markdown_to_html(words)
            for section, words in read_commentary(settings, language).items()
        }

    return make


@pytest.fixture
def refused(write):
    def ask(content) -> Problem:
        with pytest.raises(Problem) as raised:
            write(content)
        assert raised.value.kind == Kind.SETTINGS
        return raised.value

    return ask


def test_each_section_has_its_words_and_may_speak_of_figures(write):
    written = write(
        "## overview\n\nWe had {{ complaints.received | counted }}.\n\n## learning\n**We** learn.\n"
    )
    assert list(written) == ["overview", "learning"]
    assert written["overview"].startswith("<p>We had <data ")
    assert written["learning"] == "<p><strong>We</strong> learn.</p>"


@pytest.mark.parametrize(
    "content", [None, "", "\n\n", "## overview\n", "## overview\n  \n\n## learning\n\n"]
)
def test_a_section_without_words_is_left_out(write, content):
    assert write(content) == {}


def test_an_unknown_section_is_refused_with_its_line_and_the_nearest(refused):
    found = refused("## overview\nWords.\n\n## learnings\nWords.\n")
    assert found.where == f"{FILE}, line 4"
    assert found.what == '"learnings" is not a section. Did you mean "learning"?'
    assert "overview, service_areas" in found.remedy


def test_a_section_that_stands_twice_is_refused_so_that_no_words_are_lost(refused):
    found = refused("## overview\nOne.\n\n## overview\nTwo.\n")
    assert found.where == f"{FILE}, line 4"
    assert found.what == '"overview" stands twice; the first is on line 1'


def test_words_before_the_first_heading_are_refused(refused):
    found = refused("\nDear members,\n\n## overview\nWords.\n")
    assert found.where == f"{FILE}, line 2"
    assert found.what == '"Dear members," stands before the first heading'


@pytest.mark.parametrize("gap", ["", "\n", "\n  \n\n"])
def test_a_mistake_is_named_with_its_line_in_the_file(refused, gap):
    content = f"## learning\nWords.\n\n## overview\n{gap}Words.\nWe had 4 complaints.\n"
    found = refused(content)
    assert found.where == f"{FILE}, line {content.splitlines().index('We had 4 complaints.') + 1}"
    assert 'the number in "We had 4 complaints." is typed by hand' in found.what


@pytest.mark.parametrize(
    "wrong",
    ["{{ complaints.recieved }}", "{{ complaints.received", "{{ complaints.received | shared }}"],
)
def test_a_mistake_in_a_reference_is_named_with_its_line_in_the_file(refused, wrong):
    assert refused(f"## overview\n\nWords.\n\n{wrong}\n").where == f"{FILE}, line 5"


def test_prompts_do_not_reach_the_report_and_may_say_anything(write):
    content = "<!-- Fill in by 4 June. -->\n## overview\n<!-- What changed in {{ 2021 }}?\n## not a heading\n-->\nIt was quiet.\n"
    assert write(content) == {"overview": "<p>It was quiet.</p>"}


def test_a_section_with_nothing_but_its_prompt_is_left_out(write):
    assert write("## overview\n<!-- What changed? -->\n") == {}


def test_lines_keep_their_numbers_after_a_prompt(refused):
    assert refused("## overview\n<!-- What\nchanged? -->\n\nWe had 4.\n").where == f"{FILE}, line 5"


def test_a_prompt_that_does_not_end_is_refused_with_the_line_where_it_begins(refused):
    found = refused("## overview\nWords.\n<!-- What changed?\n## learning\nWords.\n")
    assert found.where == f"{FILE}, line 3"
    assert found.what == "a comment begins here that does not end"


def test_another_encoding_is_refused(refused):
    assert refused("## overview\nCañada\n".encode("latin-1")).what == "the file is not UTF-8 text"


def test_a_mark_at_the_start_of_the_file_as_windows_leaves_it_does_no_harm(write):
    assert write("\ufeff## overview\r\nWords.\r\n".encode()) == {"overview": "<p>Words.</p>"}


def test_what_is_not_plain_prose_is_removed(write):
    assert write('## overview\nWords<script>alert()</script> <b onclick="x">said</b>.\n') == {
        "overview": "<p>Words said.</p>"
    }


# Words that no cell would print ---------------------------------------------------------------------------------------------


def test_words_under_a_section_whose_cells_do_not_print_them_are_refused(a_settings):
    settings = a_settings()
    (settings.workspace / FILE).write_text("## overview\n\nOurs.\n\n## contact\n\nRing us.\n")
    check_sections_printed(settings, {"overview", "contact"})
    with pytest.raises(Problem) as raised:
        check_sections_printed(settings, {"overview"})
    assert raised.value.where == f"{FILE}, line 7"
    assert raised.value.what == 'the words under "contact" would not be printed'
    assert "{{ commentary }} in the %%narrative contact cell" in raised.value.remedy
