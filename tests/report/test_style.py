"""The page's style is the council's, and in JupyterLab it reaches the outputs alone."""

from __future__ import annotations

import nbformat

from pipeline.report.style import stylesheet


def test_colour_of_the_council_comes_last_and_so_applies(a_settings):
    assert stylesheet(a_settings(colour="#551A8B")).endswith(":root{--brand:#551A8B}")


def test_style_in_jupyterlab_is_for_outputs_and_not_published(sample_report):
    notebook = nbformat.read(sample_report.audit / "4_report.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    html_outputs = [output.get("data", {}).get("text/html", "") for output in outputs]
    (style,) = [html for html in html_outputs if "<style>" in html]
    assert style.startswith("<style>.jp-RenderedHTML{")
    assert style.endswith("}</style>")
    assert ":root" not in style
    assert "jp-RenderedHTML" not in sample_report.html.read_text(encoding="utf-8")
