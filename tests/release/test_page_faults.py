"""A sound page passes, and each fault of a page is found."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest

from pipeline.problem import Kind, Problem
from pipeline.release.page_faults import check_page_faults, page_faults
from pipeline.report.documents.page import Page
from pipeline.settings import load_settings

ALT = "Bar chart of complaints. Early Help 2."
IMAGE = f'<img src="data:image/svg+xml;base64,AAAA" alt="{ALT}">'
SOUND_PAGE = f"""<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:">
<title>Report</title><style>p{{color:#000}}</style></head>
<body><header><h1>Report</h1></header><nav aria-labelledby="c"><h2 id="c">Contents</h2>
<a href="#one">One</a></nav><main><h2 id="one">One</h2>
<p>None was late. Of 2.75 days, 1,234 were long.</p><h3>Part</h3>{IMAGE}
<table><caption>Complaints</caption>
<thead><tr><th scope="col">Kind</th><th scope="col">2021</th></tr></thead>
<tbody><tr><th scope="row">Upheld</th><td>[x]</td></tr></tbody></table></main>
<footer><p>End</p></footer></body></html>"""

# Case → what is replaced in the sound page, by what, and part of the sentence that names the fault.
# fmt: off
FAULTS = {
    "no language": (' lang="en-GB"', "", "does not state its language"),
    "no title": ("<title>Report</title>", "<title> </title>", "has no title"),
    "no policy": ("default-src 'none'; ", "", "no policy"),
    "no landmark": ("<footer><p>End</p></footer>", "", "no <footer>"),
    "two main landmarks": ("<footer>", "<main></main><footer>", "more than one <main>"),
    "two first headings": ("<h3>Part</h3>", "<h1>Part</h1>", "exactly one <h1>"),
    "skipped level": ("<h3>Part</h3>", "<h4>Part</h4>",
                      'heading "Part" skips from level 2 to 4'),
    "empty heading": ("<h3>Part</h3>", "<h3> </h3>", "heading of level 3 is empty"),
    "no alternative text": (f' alt="{ALT}"', "", "no alternative text"),
    "nbconvert's placeholder": (ALT, "No description has been provided for this image",
                                "describes nothing"),
    "file name as text": (ALT, "output_7.png", "describes nothing"),
    "one word as text": (ALT, "Chart", "describes nothing"),
    "same text twice": (IMAGE, IMAGE + IMAGE, "is used for 2 images"),
    "image from outside": ("data:image/svg+xml;base64,AAAA", "https://example.org/a.png",
                           "loads https://example.org/a.png"),
    "second image from outside": (
        IMAGE, f'<picture><source srcset="data:image/png;base64,AAAA 1x, https://example.org/a">'
        f"{IMAGE}</picture>", "A <source> loads data:"),
    "no caption": ("<caption>Complaints</caption>", "", "no caption"),
    "no scope": ('<th scope="row">', "<th>", 'heading "Upheld" has no scope'),
    "empty heading cell": ('<th scope="col">Kind</th>', '<th scope="col"></th>',
                           "a heading is empty"),
    "table without headings": ("</table>", "</table><table><caption>Bare</caption></table>",
                               'The table "Bare" has no headings'),
    "script": ("<footer>", "<script>1</script><footer>", "contains a <script>"),
    "script in an attribute": ("<h3>", '<h3 onclick="x()">', "runs a script (onclick)"),
    "style from outside": ("p{color:#000}", "@import 'https://example.org/a.css';",
                           "A style loads something"),
    "background from outside": ("p{color:#000}", "p{background:url(https://example.org/a)}",
                                "A style loads something"),
    "link that is a script": ('href="#one"', 'href="javascript:alert(1)"',
                              "A link leads to javascript:"),
    "link to nowhere": ('href="#one"', 'href="#two"', "leads to #two, which does not exist"),
    "link without words": (">One</a>", "></a>", "has no text"),
    "repeated id": ("<h3>Part</h3>", '<h3 id="one">Part</h3>', 'The id "one" is used 2 times'),
    "missing label": ('aria-labelledby="c"', 'aria-labelledby="d"', 'refers to "d"'),
    "not a number": ("[x]", "nan", '"nan" appears in the text'),
    "not a time": ("[x]", "NaT", '"NaT" appears in the text'),
    "None alone": ("[x]", "None", '"None" appears in the text'),
    "None in a sentence": ("None was late.", "It took None days.", '"None" appears in the text'),
    "long decimal": ("[x]", "0.6666", '"0.6666" appears in the text'),
    "long decimal in a description": ("Early Help 2.", "Early Help 0.6666.",
                                      '"0.6666" appears in the text'),
    "unfilled reference": ("None was late", "{{ late }} was late", '"{{" appears in the text'),
}
# fmt: on
STOCK_TEMPLATES = sorted(
    path.parent.name
    for path in Path(sys.prefix).glob("share/jupyter/nbconvert/templates/*/index.html.j2")
)


@pytest.fixture(scope="module")
def settings(sample_report):
    return load_settings(sample_report.workspace, sample_report.year)


def test_sound_page_has_no_fault(settings):
    assert page_faults(SOUND_PAGE) == []
    check_page_faults(Page(SOUND_PAGE, settings), {}, settings)


@pytest.mark.parametrize("case", FAULTS)
def test_each_fault_of_a_page_is_found(case):
    old, new, sentence = FAULTS[case]
    assert old in SOUND_PAGE
    faults = page_faults(SOUND_PAGE.replace(old, new, 1))
    assert [fault for fault in faults if sentence in fault], faults


def test_page_with_faults_is_refused_with_a_list_of_all(settings):
    html = SOUND_PAGE.replace("[x]", "nan").replace(' lang="en-GB"', "")
    with pytest.raises(Problem) as raised:
        check_page_faults(Page(html, settings), {}, settings)
    assert raised.value.kind == Kind.NOTEBOOK
    assert raised.value.where == "annual-report.html"
    assert "2 faults" in raised.value.what
    assert "does not state its language" in raised.value.what
    assert '"nan" appears in the text' in raised.value.what


def test_nbconvert_s_stock_templates_are_installed():
    assert {"basic", "classic", "lab", "reveal"} <= set(STOCK_TEMPLATES)


@pytest.mark.parametrize("template", STOCK_TEMPLATES)
def test_output_of_each_stock_template_is_refused(sample_report, template):
    from nbconvert import HTMLExporter

    notebook = nbformat.read(sample_report.audit / "4_report.ipynb", as_version=4)
    html, _ = HTMLExporter(template_name=template).from_notebook_node(notebook)
    faults = page_faults(html)
    assert len(faults) > 2
    assert any("policy" in fault for fault in faults)


def test_sample_report_has_no_fault(sample_report):
    assert page_faults(sample_report.html.read_text(encoding="utf-8")) == []
