"""What the gate lets through, and each thing that it does not."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest

from pipeline.problem import Kind, Problem
from pipeline.release.page_faults import check_page_faults, page_faults
from pipeline.report.documents.page import Page
from pipeline.settings import load_settings

GOOD = """<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:"><title>Report</title>
<style>p{color:#000}</style></head><body><header><h1>Report</h1></header><nav aria-labelledby="c"><h2 id="c">Contents</h2>
<a href="#one">One</a></nav><main><h2 id="one">One</h2><p>None was late. Of 2.75 days, 1,234 were long.</p>
<h3>Part</h3><img src="data:image/svg+xml;base64,AAAA" alt="Bar chart of complaints. Early Help 2.">
<table><caption>Complaints</caption><thead><tr><th scope="col">Kind</th><th scope="col">2021</th></tr></thead>
<tbody><tr><th scope="row">Upheld</th><td>[x]</td></tr></tbody></table></main><footer><p>End</p></footer></body></html>"""
IMAGE = '<img src="data:image/svg+xml;base64,AAAA" alt="Bar chart of complaints. Early Help 2.">'

BAD = {
    "no language": (' lang="en-GB"', "", "does not say its language"),
    "no title": ("<title>Report</title>", "<title> </title>", "has no title"),
    "no policy": ("default-src 'none'; ", "", "no policy"),
    "no landmark": ("<footer><p>End</p></footer>", "", "no <footer>"),
    "two first headings": ("<h3>Part</h3>", "<h1>Part</h1>", "exactly one <h1>"),
    "a level skipped": ("<h3>Part</h3>", "<h4>Part</h4>", 'heading "Part" skips from level 2 to 4'),
    "an empty heading": ("<h3>Part</h3>", "<h3> </h3>", "heading of level 3 is empty"),
    "no alternative text": (' alt="Bar chart of complaints. Early Help 2."', "", "no alternative text"),
    "nbconvert's filler": ("Bar chart of complaints. Early Help 2.", "No description has been provided for this image",
                           "describes nothing"),
    "a file name": ("Bar chart of complaints. Early Help 2.", "output_7.png", "describes nothing"),
    "a word": ("Bar chart of complaints. Early Help 2.", "Chart", "describes nothing"),
    "the same text twice": (IMAGE, IMAGE + IMAGE, "stands for 2 images"),
    "an image from outside": ("data:image/svg+xml;base64,AAAA", "https://example.org/a.png", "loads https://example.org/a.png"),
    "no caption": ("<caption>Complaints</caption>", "", "no caption"),
    "no scope": ('<th scope="row">', "<th>", 'heading "Upheld" has no scope'),
    "an empty heading cell": ('<th scope="col">Kind</th>', '<th scope="col"></th>', "a heading is empty"),
    "a script": ("<footer>", "<script>1</script><footer>", "holds a <script>"),
    "a script in an attribute": ("<h3>", '<h3 onclick="x()">', "runs a script (onclick)"),
    "a style from outside": ("p{color:#000}", "@import 'https://example.org/a.css';", "A style loads something"),
    "a font from outside": ("p{color:#000}", "p{background:url(https://example.org/a)}", "A style loads something"),
    "a link that is a script": ('href="#one"', 'href="javascript:alert(1)"', "A link leads to javascript:"),
    "a link to nowhere": ('href="#one"', 'href="#two"', "leads to #two, which is not there"),
    "a link without words": (">One</a>", "></a>", "has no words"),
    "an id twice": ("<h3>Part</h3>", '<h3 id="one">Part</h3>', 'The id "one" stands 2 times'),
    "a label that is not there": ('aria-labelledby="c"', 'aria-labelledby="d"', 'refers to "d"'),
    "not a number": ("[x]", "nan", '"nan" stands in the text'),
    "no date": ("[x]", "NaT", '"NaT" stands in the text'),
    "nothing": ("[x]", "None", '"None" stands in the text'),
    "nothing in a sentence": ("None was late.", "It took None days.", '"None" stands in the text'),
    "a bare decimal": ("[x]", "0.6666", '"0.6666" stands in the text'),
    "one in a description": ("Early Help 2.", "Early Help 0.6666.", '"0.6666" stands in the text'),
    "a reference never filled in": ("None was late", "{{ late }} was late", '"{{" stands in the text'),
}  # fmt: skip


def test_a_good_page_has_no_fault(sample_report):
    settings = load_settings(sample_report.workspace, "2021-22")
    assert page_faults(GOOD) == []
    check_page_faults(Page(GOOD, settings), {}, settings)


@pytest.mark.parametrize("name", BAD)
def test_each_fault_is_found_and_said_once(name):
    old, new, said = BAD[name]
    assert GOOD.count(old) >= 1
    found = page_faults(GOOD.replace(old, new, 1))
    assert [fault for fault in found if said in fault], found


def test_a_page_with_faults_is_not_published_and_all_are_listed(sample_report):
    settings = load_settings(sample_report.workspace, "2021-22")
    bad = GOOD.replace("[x]", "nan").replace(' lang="en-GB"', "")
    with pytest.raises(Problem) as raised:
        check_page_faults(Page(bad, settings), {}, settings)
    assert raised.value.kind == Kind.NOTEBOOK
    assert raised.value.where == "annual-report.html"
    assert "2 faults" in raised.value.what
    assert "does not say its language" in raised.value.what
    assert '"nan" stands in the text' in raised.value.what


STOCK = sorted(
    path.parent.name
    for path in Path(sys.prefix).glob("share/jupyter/nbconvert/templates/*/index.html.j2")
)


def test_the_stock_templates_are_those_we_know_of():
    assert {"basic", "classic", "lab", "reveal"} <= set(STOCK)


@pytest.mark.parametrize("template", STOCK)
def test_the_output_of_each_stock_template_is_rejected(sample_report, template):
    from nbconvert import HTMLExporter

    notebook = nbformat.read(sample_report.audit / "4_report.ipynb", as_version=4)
    html, _ = HTMLExporter(template_name=template).from_notebook_node(notebook)
    found = page_faults(html)
    assert len(found) > 2
    assert any("policy" in fault for fault in found)


def test_the_sample_report_passes(sample_report):
    assert page_faults(sample_report.html.read_text(encoding="utf-8")) == []
