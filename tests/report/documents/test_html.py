"""The page has what the notebook published, in the settings' order, and all of the commentary."""

from __future__ import annotations

import re
from base64 import b64encode

import nbformat
import pytest
from PIL import Image

from pipeline.problem import Problem
from pipeline.report.documents.html import printed_sections, render_html
from pipeline.report.tables import html_table

SECTIONS = {"front": ["why"], "main": ["overview", "contact"]}
WHY = ("why", "", "<h2>Why</h2>")
OVERVIEW = ("overview", "{{ commentary }}", "<h2>Overview</h2>")
CONTACT = ("contact", "", "<h2>Contact</h2>")


@pytest.fixture
def settings(a_settings):
    settings = a_settings(sections=SECTIONS)
    commentary = settings.workspace / "data/raw/2021-22/commentary.md"
    commentary.write_text("## overview\n\nOurs.\n")
    return settings


def notebook(*cells: tuple[str, str, str]) -> nbformat.NotebookNode:
    """A report notebook of narrative cells: section, source, what it published."""
    nodes = []
    for section, source, html in cells:
        metadata = {"text/html": {"published": {"section": section}}}
        output = nbformat.v4.new_output("display_data", {"text/html": html}, metadata=metadata)
        nodes.append(
            nbformat.v4.new_code_cell(f"%%narrative {section}\n{source}", outputs=[output])
        )
    return nbformat.v4.new_notebook(cells=nodes)


def test_sections_follow_the_settings_order_and_are_numbered(settings):
    sections = printed_sections(notebook(CONTACT, OVERVIEW, WHY), settings)
    assert [(section.id, section.number, section.title) for section in sections] == [
        ("why", "", "Why"),
        ("overview", "1", "1 Overview"),
        ("contact", "2", "2 Contact"),
    ]


def test_section_headings_get_anchors_and_part_numbers(settings):
    parts = "<h2>Overview</h2><h3>Early</h3><h3>Late</h3>"
    overview = ("overview", "{{ commentary }}", parts)
    why = ("why", "", "<h2>Why</h2><h3>Part</h3>")
    front, main, _ = printed_sections(notebook(why, overview, CONTACT), settings)
    assert front.html == '<h2 id="why">Why</h2><h3 id="why-1">Part</h3>'
    assert main.html == (
        '<h2 id="overview"><span class="number">1</span> Overview</h2>'
        '<h3 id="overview-1"><span class="number">1.1</span> Early</h3>'
        '<h3 id="overview-2"><span class="number">1.2</span> Late</h3>'
    )


def test_contents_list_the_parts_of_numbered_sections(settings):
    overview = ("overview", "{{ commentary }}", "<h2>Overview</h2><h3>Early <em>on</em></h3>")
    why = ("why", "", "<h2>Why</h2><h3>Part</h3>")
    html = render_html(notebook(why, overview, CONTACT), settings)
    contents = html[html.index("<nav") : html.index("</nav>")]
    assert re.findall(r'<a href="#([^"]*)">([^<]*)</a>', contents) == [
        ("why", "Why"),
        ("overview", "1 Overview"),
        ("overview-1", "1.1 Early on"),
        ("contact", "2 Contact"),
    ]


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("<p>Write to a.b@example.org.</p>", True),
        ('<p><a href="mailto:a.b@example.org">a.b@example.org</a></p>', False),
        ('<p title="a.b@example.org">Write</p>', False),
        ("<p>At 5 @ the office</p>", False),
    ],
    ids=["in a sentence", "a link already", "in an attribute", "no address"],
)
def test_email_address_in_the_text_becomes_a_link_once(text, linked, settings):
    why = ("why", "", f"<h2>Why</h2>{text}")
    section = printed_sections(notebook(why, OVERVIEW, CONTACT), settings)[0]
    link = '<a href="mailto:a.b@example.org">a.b@example.org</a>'
    expected = text.replace("a.b@example.org", link) if linked else text
    assert section.html == f'<h2 id="why">Why</h2>{expected}'


@pytest.mark.parametrize(
    ("columns", "numeric", "is_stop"),
    [(3, True, False), (4, True, True), (2, False, False), (3, False, True)],
)
def test_only_table_too_wide_for_a_phone_is_a_keyboard_stop(columns, numeric, is_stop, settings):
    cells = ["4"] * (columns - 1)
    headings = [str(number) for number in range(columns)]
    table = html_table("Numbers", headings, [("Upheld", cells)], kind="numbers" if numeric else "")
    why = ("why", "", f"<h2>Why</h2>{table}")
    section = printed_sections(notebook(why, OVERVIEW, CONTACT), settings)[0]
    assert ('tabindex="0"' in section.html) == is_stop
    assert ('role="region"' in section.html) == is_stop


@pytest.mark.parametrize("exempt", [False, True])
def test_cover_names_contact_exemption_and_type_of_item(exempt, settings):
    report = settings.report.model_copy(
        update={"exempt": exempt, "exempt_reason": "Paragraph 1 & 2" if exempt else None}
    )
    html = render_html(
        notebook(WHY, OVERVIEW, CONTACT), settings.model_copy(update={"report": report})
    )
    cover = html[html.index('<section class="cover"') : html.index("</section>")]
    email = settings.council.contact.email
    assert f'<a href="mailto:{email}">{email}</a>' in cover
    exemption = "Yes: Paragraph 1 &amp; 2" if exempt else "No"
    assert f'<th scope="row">Exempt</th><td>{exemption}</td>' in cover
    assert "<li><strong>✓ Policy</strong></li>" in cover


@pytest.mark.parametrize("html", ["<p>Ours</p>", "<h2>Overview</h2><h2>Again</h2>"])
def test_section_without_exactly_one_heading_is_named(html, settings):
    overview = ("overview", "{{ commentary }}", html)
    with pytest.raises(Problem, match=r"section overview: it has [02] headings that start with ##"):
        printed_sections(notebook(WHY, overview, CONTACT), settings)


def test_section_that_no_cell_writes_is_named(settings):
    with pytest.raises(Problem, match='no cell writes the section "contact"'):
        printed_sections(notebook(WHY, OVERVIEW), settings)


def test_part_of_the_annex_with_nothing_but_its_heading_is_left_out(a_settings):
    """A year may be so small that all of its tables are in the body."""
    settings = a_settings(sections=SECTIONS | {"annex": ["tables", "equality"]})
    tables = ("tables", "", "<h2>Tables</h2>")
    equality = ("equality", "", "<h2>Equality</h2><p>Nobody told us.</p>")
    sections = printed_sections(notebook(WHY, OVERVIEW, CONTACT, tables, equality), settings)
    assert sections[-1].title == "A Equality"
    assert len(sections) == 4


def test_commentary_that_no_cell_prints_is_named(settings):
    overview = ("overview", "no commentary here", "<h2>Overview</h2>")
    with pytest.raises(Problem, match='the words under "overview" would not be printed'):
        printed_sections(notebook(WHY, overview, CONTACT), settings)


def test_page_carries_the_colour_and_logo_of_the_council(a_settings):
    settings = a_settings(sections=SECTIONS, colour="#551A8B", logo="our logo.png")
    logo = settings.raw / "our logo.png"
    Image.new("RGB", (1, 1)).save(logo)
    data = b64encode(logo.read_bytes()).decode()
    page = render_html(notebook(WHY, OVERVIEW, CONTACT), settings)
    assert ":root{--brand:#551A8B}" in page
    image = f'src="data:image/png;base64,{data}" alt="Logo of Anyshire Council"'
    assert f'<img class="logo" {image}>' in page


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no file data/raw/logo.svg"),
        (b"x" * 50_001, "has 50,001 bytes.*\n.*at most 50,000"),
    ],
    ids=["missing", "too large"],
)
def test_missing_or_too_large_logo_is_named(content, message, a_settings):
    settings = a_settings(sections=SECTIONS, logo="logo.svg")
    if content:
        (settings.raw / "logo.svg").write_bytes(content)
    with pytest.raises(Problem, match=message):
        render_html(notebook(WHY, OVERVIEW, CONTACT), settings)


COUNTED = "Cases are counted from the council's records."
PUBLISHED_BEFORE = "Numbers of years without records are as published at the time."
SETTINGS = "Time limits come from the council's settings."
STATED = "Some numbers were stated by people, with their evidence."
ELEMENT = '<data value="4" data-figure="complaints.received" data-year="{}">4</data>'


@pytest.mark.parametrize(
    ("html", "sentences"),
    [
        ("No numbers.", []),
        (ELEMENT.format("2021-22"), [COUNTED]),
        (ELEMENT.format("2020-21"), [PUBLISHED_BEFORE]),
        (ELEMENT.format("2020-21") + ELEMENT.format("2021-22"), [COUNTED, PUBLISHED_BEFORE]),
        ('<data value="10" data-setting="time_limits.stage_1">10</data>', [SETTINGS]),
        ('<data value="3" data-stated="team log">3</data>', [STATED]),
    ],
)
def test_footer_names_only_sources_of_numbers_on_the_page(a_settings, published, html, sentences):
    settings = a_settings(sections=SECTIONS, comparison_years="2")
    figures = {"complaints.received": [12, 4], "compliments.received": [None, 7]}
    published(figures, settings=settings, sources={"2020-21": "Annual report"})
    overview = ("overview", "{{ commentary }}", f"<h2>Overview</h2><p>{html}</p>")
    page = render_html(notebook(WHY, overview, CONTACT), settings)
    footer = page.partition("<footer>")[2]
    for sentence in (COUNTED, PUBLISHED_BEFORE, SETTINGS, STATED):
        assert (sentence in footer) == (sentence in sentences)
    assert "none is typed by hand" not in page


def test_sample_page_is_small_enough_for_a_slow_connection(sample_report):
    assert sample_report.html.stat().st_size < 250_000
