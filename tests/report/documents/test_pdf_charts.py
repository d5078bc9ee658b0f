"""The charts of the PDF look as on the page, and take fewer elements."""

from __future__ import annotations

import base64
from collections import Counter
from xml.etree import ElementTree

import pypdfium2
import pytest

from pipeline.artifacts import FormatUnavailable
from pipeline.report.chart_image import Chart
from pipeline.report.documents.pdf import render_pdf
from pipeline.report.documents.pdf.charts import simplify_chart, with_simpler_charts

DIFFERENT = 60  # of 255: less is the edge of a line


def draw_bars(canvas):
    axes = canvas.subplots()
    axes.barh(["Looked After Children", "SEND & 'T' <25", "Übung"], [12, 7, 1234])
    axes.set_xlabel("Cases")
    axes.set_ylabel("Service area")  # turned by 90 degrees
    axes.text(600, 1, "1,234 (5%)", weight="bold", alpha=0.5)
    axes.plot([3, 400, 700], [0, 1, 2], marker="o", label="Trend")
    axes.legend()


def draw_formula(canvas):
    canvas.subplots().set_title("of all $x^2$ complaints")


@pytest.fixture(scope="module")
def chart():
    return Chart(draw_bars, height_inches=3, alt="Bars")


def pixels(address):
    """The first page of a PDF that has the picture at an address, in shades of grey."""
    html = f'<html lang="en-GB"><title>T</title><img alt="Bars" src="{address}"></html>'
    try:
        pdf = render_pdf(html)
    except FormatUnavailable as error:
        pytest.skip(str(error))
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].render(scale=2, grayscale=True).to_numpy().astype(int)


def tags(svg):
    return Counter(element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter())


def test_simpler_chart_looks_the_same(chart):
    encoded = base64.b64encode(chart.svg).decode()
    page = pixels(f"data:image/svg+xml;base64,{encoded}")
    pdf = pixels(chart._address)
    assert (page < 128).sum() > 5_000
    assert (abs(page - pdf) > DIFFERENT).sum() < 50


def test_each_text_is_one_path_and_no_group_is_plain(chart):
    on_page, in_pdf = tags(chart.svg), tags(simplify_chart(chart.svg.decode()))
    assert on_page["use"] > 80
    assert in_pdf["use"] == 4  # three points, and one in the legend
    assert in_pdf["g"] < on_page["g"] / 2


@pytest.mark.parametrize("svg", ["<svg", "", "no picture"])
def test_what_is_no_drawing_stays_as_it_is(svg):
    assert simplify_chart(svg) == svg


def test_drawing_with_a_formula_stays_as_it_is():
    svg = Chart(draw_formula, height_inches=1, alt="Formula").svg.decode()
    assert simplify_chart(svg) == svg


def test_logo_stays_as_it_is():
    html = '<img class="logo" src="data:image/svg+xml;base64,PHN2Zz4=" alt="Logo">'
    assert with_simpler_charts(html) == html
