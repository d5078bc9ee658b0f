"""The HTML of narrative and commentary: plain prose, whatever their Markdown contains."""

from __future__ import annotations

import pytest

from pipeline.report.narrative.markdown import markdown_to_html

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
    ('<data value="x" data-figure="y" onfocus="z">a</data>',
     '<p><data value="x" data-figure="y">a</data></p>'),
]
# fmt: on


@pytest.mark.parametrize(("markdown", "html"), MARKDOWN)
def test_only_plain_prose_is_kept(markdown, html):
    assert markdown_to_html(markdown) == html
