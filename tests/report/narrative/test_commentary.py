"""The analyst's commentary: read by section, and refused with its line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.problem import Kind, Problem
from pipeline.report.narrative.commentary import check_sections_printed, read_commentary
from pipeline.report.narrative.language import Language
from pipeline.report.narrative.markdown import markdown_to_html

FILE = "data/raw/2021-22/commentary.md"
EMPTY_COMMENTARIES = [None, "", "\n\n", "## overview\n", "## overview\n  \n\n## learning\n\n"]
WRONG_REFERENCES = [
    "{{ complaints.recieved }}",
    "{{ complaints.received",
    "{{ complaints.received | shared }}",
]


@pytest.fixture
def write_and_read(a_settings, published) -> Callable[[str | bytes | None], dict[str, str]]:
    """write_and_read("## overview\\n…"): the commentary's HTML by section; None writes no file."""

    def write(content: str | bytes | None) -> dict[str, str]:
        settings = a_settings(comparison_years="2")
        if content is not None:
            content = content.encode() if isinstance(content, str) else content
            (settings.workspace / FILE).write_bytes(content)
        figures = published({"complaints.received": [12, 4]}, settings=settings)
        language = Language(figures, settings.council, settings.report)
        commentary = read_commentary(settings, language)
        return {section: markdown_to_html(markdown) for section, markdown in commentary.items()}

    return write


@pytest.fixture
def problem_in(write_and_read) -> Callable[[str | bytes], Problem]:
    """problem_in("## overview\\n…"): the problem that a commentary raises."""

    def write(content: str | bytes) -> Problem:
        with pytest.raises(Problem) as raised:
            write_and_read(content)
        assert raised.value.kind == Kind.SETTINGS
        return raised.value

    return write


def test_each_section_has_its_words_with_figures_filled_in(write_and_read):
    commentary = write_and_read(
        "## overview\n\nWe had {{ complaints.received | counted }}.\n\n## learning\n**We** learn.\n"
    )
    assert list(commentary) == ["overview", "learning"]
    assert commentary["overview"].startswith("<p>We had <data ")
    assert commentary["learning"] == "<p><strong>We</strong> learn.</p>"


@pytest.mark.parametrize("content", EMPTY_COMMENTARIES)
def test_section_without_words_is_left_out(write_and_read, content):
    assert write_and_read(content) == {}


def test_unknown_section_is_refused_with_its_line_and_the_nearest(problem_in):
    problem = problem_in("## overview\nWords.\n\n## learnings\nWords.\n")
    assert problem.where == f"{FILE}, line 4"
    assert problem.what == '"learnings" is not a section. Did you mean "learning"?'
    assert "overview, service_areas" in problem.remedy


def test_repeated_section_is_refused_so_that_no_words_are_lost(problem_in):
    problem = problem_in("## overview\nSome.\n\n## overview\nOthers.\n")
    assert problem.where == f"{FILE}, line 4"
    assert problem.what == '"overview" appears twice; the first is on line 1'


def test_words_before_the_first_heading_are_refused(problem_in):
    problem = problem_in("\nDear members,\n\n## overview\nWords.\n")
    assert problem.where == f"{FILE}, line 2"
    assert problem.what == '"Dear members," appears before the first heading'


@pytest.mark.parametrize("gap", ["", "\n", "\n  \n\n"])
def test_typed_digit_is_named_with_its_line_in_the_file(problem_in, gap):
    content = f"## learning\nWords.\n\n## overview\n{gap}Words.\nWe had 4 complaints.\n"
    problem = problem_in(content)
    line = content.splitlines().index("We had 4 complaints.") + 1
    assert problem.where == f"{FILE}, line {line}"
    assert 'the number in "We had 4 complaints." is typed by hand' in problem.what


@pytest.mark.parametrize("reference", WRONG_REFERENCES)
def test_wrong_reference_is_named_with_its_line_in_the_file(problem_in, reference):
    assert problem_in(f"## overview\n\nWords.\n\n{reference}\n").where == f"{FILE}, line 5"


def test_all_faults_of_the_file_are_in_one_message(problem_in):
    problem = problem_in(
        "Dear members,\n## overview\nWe had 4.\n\n## learnings\n{{ oops }}\n\n## overview\n5\n"
    )
    assert problem.where == FILE
    assert problem.what.startswith("6 things to fix\n")
    for line in (1, 3, 5, 6, 8, 9):
        assert f"\n  {FILE}, line {line}: " in problem.what


def test_prompt_is_not_printed_and_may_contain_anything(write_and_read):
    commentary = write_and_read(
        "<!-- Fill in by 4 June. -->\n## overview\n"
        "<!-- What changed in {{ 2021 }}?\n## not a heading\n-->\nIt was quiet.\n"
    )
    assert commentary == {"overview": "<p>It was quiet.</p>"}


def test_section_with_nothing_but_its_prompt_is_left_out(write_and_read):
    assert write_and_read("## overview\n<!-- What changed? -->\n") == {}


def test_lines_after_a_prompt_keep_their_numbers(problem_in):
    problem = problem_in("## overview\n<!-- What\nchanged? -->\n\nWe had 4.\n")
    assert problem.where == f"{FILE}, line 5"


def test_prompt_without_end_is_refused_with_its_first_line(problem_in):
    problem = problem_in("## overview\nWords.\n<!-- What changed?\n## learning\nWords.\n")
    assert problem.where == f"{FILE}, line 3"
    assert problem.what == "a comment begins here that does not end"


def test_file_in_another_encoding_is_refused(problem_in):
    problem = problem_in("## overview\nCañada\n".encode("latin-1"))
    assert problem.what == "the file is not UTF-8 text"


def test_file_saved_by_windows_is_read_like_any_other(write_and_read):
    commentary = write_and_read("\ufeff## overview\r\nWords.\r\n".encode())
    assert commentary == {"overview": "<p>Words.</p>"}


def test_everything_but_plain_prose_is_removed(write_and_read):
    commentary = write_and_read(
        '## overview\nWords<script>alert()</script> <b onclick="x">said</b>.\n'
    )
    assert commentary == {"overview": "<p>Words said.</p>"}


def test_section_that_no_cell_prints_is_refused(a_settings):
    settings = a_settings()
    (settings.workspace / FILE).write_text("## overview\n\nOurs.\n\n## training\n\nRing us.\n")
    check_sections_printed(settings, {"overview", "training"})
    with pytest.raises(Problem) as raised:
        check_sections_printed(settings, {"overview"})
    assert raised.value.where == f"{FILE}, line 7"
    assert raised.value.what == 'the words under "training" would not be printed'
    assert "{{ commentary }} in the %%narrative training cell" in raised.value.remedy
