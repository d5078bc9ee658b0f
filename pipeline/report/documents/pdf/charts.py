"""The charts as the PDF draws them: the same lines, in a form that WeasyPrint draws faster.

matplotlib draws a text as a reference to the outline of each letter, and puts each part of a chart
into groups of its own. WeasyPrint pays for every reference and group.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

# The address of a chart, whose drawing is readable in it; that of a logo is base64.
CHART_ADDRESS = re.compile(r'(?<= src=")data:image/svg\+xml,[^"]*')
NAMESPACE = "http://www.w3.org/2000/svg"
GROUP, PATH = f"{{{NAMESPACE}}}g", f"{{{NAMESPACE}}}path"
REFERENCE, DEFINITIONS = f"{{{NAMESPACE}}}use", f"{{{NAMESPACE}}}defs"
LINK = "{http://www.w3.org/1999/xlink}href"
# How matplotlib writes the size of an outline, its commands, all of them with absolute points, and
# the place of a letter.
OUTLINE_SCALE = re.compile(r"scale\(([\d.]+)\)")
OUTLINE = re.compile(r"[-MLQCz\d.,]*")
LETTER_PLACE = re.compile(r"translate\((-?[\d.]+) (-?[\d.]+)\)")
POINT = re.compile(r"(-?[\d.]+),(-?[\d.]+)")
ElementTree.register_namespace("", NAMESPACE)


def with_simpler_charts(html: str) -> str:
    """The page with each chart in the simpler form."""
    return CHART_ADDRESS.sub(_simpler_address, html)


def _simpler_address(address: re.Match[str]) -> str:
    kind, _, svg = address[0].partition(",")
    return f"{kind},{quote(simplify_chart(unquote(svg)))}"


def simplify_chart(svg: str) -> str:
    """The drawing with one path for each text, and without groups that change nothing.

    A drawing that is none, or has a text in another form, such as a formula, is returned as it is.
    """
    try:
        chart = ElementTree.fromstring(svg)
    except ElementTree.ParseError:  # WeasyPrint leaves such a picture out
        return svg
    outlines = {
        f"#{path.get('id')}": path
        for path in chart.iter(PATH)
        if path.get("id") and OUTLINE_SCALE.fullmatch(path.get("transform", ""))
    }
    for group in chart.iter(GROUP):
        letters = group.findall(REFERENCE)
        if not any(letter.get(LINK) in outlines for letter in letters):
            continue
        text = _joined_letters(letters, outlines)
        if text is None or any(part.tag not in (REFERENCE, DEFINITIONS) for part in group):
            return svg
        group[:] = [text]  # without the outlines that the group defined
    _remove_plain_groups(chart)
    return ElementTree.tostring(chart, encoding="unicode")


def _joined_letters(letters: list[Element], outlines: dict[str, Element]) -> Element | None:
    """One path that draws all letters; None if they are not all of one size, each at a place."""
    scales = set()
    lines = []
    for letter in letters:
        outline = outlines.get(letter.get(LINK, ""))
        place = LETTER_PLACE.fullmatch(letter.get("transform", "translate(0 0)"))
        if outline is None or not place or not OUTLINE.fullmatch(outline.get("d", "")):
            return None
        scale = outline.get("transform", "")
        scales.add(scale)
        size = float(OUTLINE_SCALE.sub(r"\1", scale))
        lines.append(_moved(outline.get("d", ""), float(place[1]) / size, float(place[2]) / size))
    if len(scales) > 1:
        return None
    return Element(PATH, {"d": "".join(lines), "transform": scales.pop()})


def _moved(line: str, right: float, up: float) -> str:
    """The commands of a line with each point moved."""

    def move(point: re.Match[str]) -> str:
        return f"{float(point[1]) + right:.10g},{float(point[2]) + up:.10g}"

    return POINT.sub(move, line) if right or up else line


def _remove_plain_groups(element: Element) -> None:
    """Put the parts of each group that has nothing but a name in the place of the group."""
    parts: list[Element] = []
    for part in element:
        _remove_plain_groups(part)
        is_plain = part.tag == GROUP and part.attrib.keys() <= {"id"}
        parts += part if is_plain else [part]
    element[:] = parts
