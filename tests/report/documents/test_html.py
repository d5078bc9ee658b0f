"""The page is made of what the notebook published, in the settings' order, and of all that was written for it."""

from __future__ import annotations

import nbformat
import pytest

from pipeline.problem import Problem
from pipeline.report.documents.html import printed_sections, render_html


@pytest.fixture
def settings(a_settings):
    made = a_settings(sections={"front": ["why"], "main": ["overview", "contact"]})
    (made.workspace / "data/raw/2021-22/commentary.md").write_text("## overview\n\nOurs.\n")
    return made


def notebook(*cells: tuple[str, str, str]) -> nbformat.NotebookNode:
    """A report notebook of narrative cells: section, source, what it published."""
    made = []
    for section, source, html in cells:
        place = {"text/html": {"published": {"section": section}}}
        output = nbformat.v4.new_output("display_data", {"text/html": html}, metadata=place)
        made.append(nbformat.v4.new_code_cell(f"%%narrative {section}\n{source}", outputs=[output]))
    return nbformat.v4.new_notebook(cells=made)


WHY, CONTACT = ("why", "", "<h2>Why</h2>"), ("contact", "", "<h2>Contact</h2>")


def test_sections_stand_in_the_settings_order_and_are_numbered(settings):
    printed = printed_sections(
        notebook(CONTACT, ("overview", "{{ commentary }}", "<h2>Overview</h2>"), WHY), settings
    )
    assert [(one.id, one.number, one.title) for one in printed] == [
        ("why", "", "Why"), ("overview", "1", "Overview"), ("contact", "2", "Contact"),
    ]  # fmt: skip


def test_a_section_that_no_cell_writes_is_named(settings):
    with pytest.raises(Problem, match='no cell writes the section "contact"'):
        printed_sections(
            notebook(WHY, ("overview", "{{ commentary }}", "<h2>Overview</h2>")), settings
        )


def test_commentary_that_no_cell_prints_is_named(settings):
    with pytest.raises(Problem, match='the words under "overview" would not be printed'):
        printed_sections(
            notebook(WHY, ("overview", "no commentary here", "<h2>Overview</h2>"), CONTACT),
            settings,
        )


PARTS = (WHY, ("overview", "{{ commentary }}", "<h2>Overview</h2>"), CONTACT)


def test_the_council_s_colour_and_logo_stand_in_the_page(a_settings):
    settings = a_settings(
        sections={"front": ["why"], "main": ["overview", "contact"]},
        colour="#551A8B",
        logo="our logo.png",
    )
    (settings.raw / "our logo.png").write_bytes(b"\x89PNG")
    page = render_html(notebook(*PARTS), settings)
    assert ":root{--brand:#551A8B}" in page
    assert (
        '<img class="logo" src="data:image/png;base64,iVBORw==" alt="Logo of Anyshire Council">'
        in page
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no file data/raw/logo.svg"),
        (b"x" * 50_001, "has 50,001 bytes.*\n.*at most 50,000"),
    ],
)
def test_a_logo_that_is_not_there_or_too_large_is_named(content, said, a_settings):
    settings = a_settings(
        sections={"front": ["why"], "main": ["overview", "contact"]}, logo="logo.svg"
    )
    if content:
        (settings.raw / "logo.svg").write_bytes(content)
    with pytest.raises(Problem, match=said):
        render_html(notebook(*PARTS), settings)


def test_the_sample_s_page_is_small_enough_for_any_connection(sample_report):
    assert sample_report.html.stat().st_size < 250_000
