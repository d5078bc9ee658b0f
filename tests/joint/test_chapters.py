"""A chapter has the numbers of the procedure's own report, under its own names and headings."""

from __future__ import annotations

import nbformat
import pytest

from pipeline.artifacts import AUDIT_FOLDER
from pipeline.joint.chapters import chapter_outputs
from pipeline.settings import load_settings

HTML = (
    '<h2>How it ended</h2><h3>By stage</h3><p><data value="4" data-figure="complaints.received" '
    'data-year="2021-22">4</data></p><figure class="chart" id="chart-complaints-by-outcome">'
    '<img alt="A chart of 4 complaints"></figure>'
)


@pytest.fixture
def procedure(joint_workspace):
    """The settings of a procedure whose report published a section, its last part first."""
    settings = load_settings(joint_workspace(), "2021-22/adult")
    outputs = []
    for section, html, place in (
        ("outcomes", "<p>moved to the end</p>", {"last": True}),
        ("outcomes", HTML, {"alt": "A chart of 4 complaints"}),
        ("equality", "<p>not in a chapter</p>", {}),
    ):
        metadata = {"text/html": {"published": {"section": section, **place}}}
        data = {"text/html": html, "image/png": "iVBOR"}
        outputs.append(nbformat.v4.new_output("display_data", data, metadata=metadata))
    outputs.append(nbformat.v4.new_output("display_data", {"text/html": "<p>not published</p>"}))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=outputs)])
    folder = settings.published_folder / AUDIT_FOLDER
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "4_report.ipynb")
    return settings


def test_chapter_has_the_parts_of_its_sections_in_their_order(procedure):
    parts = list(chapter_outputs(procedure, ("outcomes", "response_times")))
    assert len(parts) == 2
    assert parts[1].data["text/html"] == "<p>moved to the end</p>"
    assert all(part.data["image/png"] == "iVBOR" for part in parts)


def test_headings_figures_and_anchors_of_a_chapter_are_its_own(procedure):
    first, _ = chapter_outputs(procedure, ("outcomes",))
    html = first.data["text/html"]
    assert html.startswith("<h3>How it ended</h3><h4>By stage</h4>")
    assert 'data-figure="adult.complaints.received"' in html
    assert 'id="chart-adult-complaints-by-outcome"' in html
    assert 'alt="Adult social care. A chart of 4 complaints"' in html
    assert first.place["alt"] == "Adult social care. A chart of 4 complaints"
