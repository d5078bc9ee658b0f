"""The HTML of narrative and commentary: plain prose, whatever their Markdown contains."""

from __future__ import annotations

import pytest

from pipeline.release.page_faults import page_faults
from pipeline.report.narrative.markdown import markdown_to_html
from pipeline.report.narrative.prose.text import table_faults

# fmt: off
MARKDOWN = [
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
    ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
    ("3. a\n4. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
    ('<data value="x" data-figure="y" onfocus="z">a</data>',
     '<p><data value="x" data-figure="y">a</data></p>'),
]
# fmt: on


@pytest.mark.parametrize(("markdown", "html"), MARKDOWN)
def test_only_plain_prose_is_kept(markdown, html):
    assert markdown_to_html(markdown) == html


TABLE = """Before.

Table: Complaints by area
| Area | Complaints | Late |
|------|-----------:|:----:|
| Early Help | {{ complaints.received }} | {{ complaints.received }} |
{% for number in complaints.received.over_the_years %}
| In {{ number.year }} | {{ number }} | {{ number }} |
{% endfor %}

After.
"""


def test_table_is_made_like_the_tables_of_the_report(render_narrative):
    html = markdown_to_html(render_narrative(TABLE, {"complaints.received": [12, 4]}))
    number = '<data value="4" data-figure="complaints.received" data-year="2021-22">4</data>'
    assert html.startswith(
        '<p>Before.</p>\n<div class="scroll" role="region" tabindex="0" '
        'aria-label="Complaints by area"><table class="numbers">'
        "<caption>Complaints by area</caption><thead><tr>"
        '<th scope="col">Area</th><th scope="col">Complaints</th><th scope="col">Late</th>'
    )
    assert f'<th scope="row">Early Help</th><td>{number}</td><td>{number}</td></tr>' in html
    assert '<th scope="row">In 2020 to 2021</th>' in html
    assert html.endswith("</table></div>\n<p>After.</p>")
    assert not [fault for fault in page_faults(html) if "table" in fault]


def test_table_of_words_is_not_aligned_like_numbers():
    html = markdown_to_html("Table: Who\n\na | b\n--- | ---\nc | *d*\n")
    assert "<table><caption>Who</caption>" in html
    assert '<tr><th scope="row">c</th><td><em>d</em></td></tr>' in html


@pytest.mark.parametrize(
    ("table", "line", "fault"),
    [
        ("| a | b |\n|---|---|\n| c | d |", 1, "the table has no caption"),
        ("Words.\n\n| a | b |\n|---|---|\n", 3, "the table has no caption"),
        ("Table: x\n|  | b |\n|---|---|\n| c | d |", 2, "a heading of the table is empty"),
        ("Table: x\n\n| a | b |\n|---|---|\n|   | d |", 5, "a heading of the table is empty"),
    ],
)
def test_table_that_is_not_accessible_is_refused(narrative_problem, table, line, fault):
    assert list(table_faults(table)) == [(line, fault)]
    problem = narrative_problem(table)
    assert (problem.where, problem.what) == (f"line {line}", fault)
    assert '"Table: Complaints by area"' in problem.remedy


def test_typed_number_in_a_cell_is_refused(narrative_problem):
    for cell in ("12", "twelve"):
        problem = narrative_problem(f"Table: x\n| a | b |\n|---|---|\n| c | {cell} |\n")
        assert "is typed by hand" in problem.what
