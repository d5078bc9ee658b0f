"""The page's style is the council's, and the same in JupyterLab, where it leaves JupyterLab's own look alone."""

from __future__ import annotations

import nbformat

from pipeline.report.style import stylesheet


def test_the_council_s_colour_comes_last_so_that_it_holds(a_settings):
    assert stylesheet(a_settings(colour="#551A8B")).endswith(":root{--brand:#551A8B}")


def test_in_jupyterlab_the_style_reaches_outputs_only_and_is_not_published(sample_report):
    notebook = nbformat.read(sample_report.audit / "4_report.ipynb", as_version=4)
    outputs = [
        output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])
    ]
    (style,) = [
        output["text/html"] for output in outputs if "<style>" in output.get("text/html", "")
    ]
    assert style.startswith("<style>.jp-RenderedHTML{")
    assert style.endswith("}</style>")
    assert ":root" not in style
    assert "jp-RenderedHTML" not in sample_report.html.read_text(encoding="utf-8")
