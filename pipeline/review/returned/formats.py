"""How the letters of a Word file are formatted, whatever style the format comes from."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree

# fmt: off
SWITCHES = {
    qn("w:b"): "bold", qn("w:i"): "italic", qn("w:strike"): "struck through",
    qn("w:dstrike"): "struck through", qn("w:vanish"): "hidden",
}
VALUES = {
    qn("w:u"): "underlined", qn("w:highlight"): "highlighted",
    qn("w:vertAlign"): "raised or lowered",
}
# fmt: on
PICTURE_REFERENCE = qn("a:blip")
OFF = {"0", "false", "off", "none", "baseline"}
HEADING_NAME = re.compile(r"heading (\d)")
ITEM, TITLE = "list item", "title"
Format = frozenset[str]


class Formats:
    """The formats of one document's letters and paragraphs, with those of its styles."""

    def __init__(self, document: Document) -> None:
        self._styles = {
            style.get(qn("w:styleId"), ""): style
            for style in document.styles.element.iter(qn("w:style"))
        }
        self._relations = document.part.rels
        self._of_styles: dict[str, dict[str, bool]] = {}

    def of_run(self, run: etree._Element) -> Format:
        """What is seen of a run's format: bold, a link to an address, and so on."""
        properties = run.find(qn("w:rPr"))
        own = {} if properties is None else _switched(properties)
        style = None if properties is None else properties.find(qn("w:rStyle"))
        paragraph = next(run.iterancestors(qn("w:p")), None)
        names = _style_name(paragraph), "" if style is None else style.get(qn("w:val"), "")
        switched: dict[str, bool] = {}
        for name in names:
            switched |= self._of_style(name)
        switched |= own
        return frozenset([*(name for name in switched if switched[name]), *self._links(run)])

    def kind_of(self, paragraph: etree._Element) -> str:
        """Whether a paragraph is a heading, of which level, or an item of a list; else nothing."""
        name = _style_name(paragraph)
        numbering = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
        for style in self._lineage(name):
            element = style.find(qn("w:name"))
            title = "" if element is None else element.get(qn("w:val"), "").casefold()
            if level := HEADING_NAME.fullmatch(title):
                return f"heading of level {level[1]}"
            if title == TITLE:
                return TITLE
            if numbering is None:
                numbering = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
        return ITEM if numbering is not None and numbering.get(qn("w:val")) != "0" else ""

    def _lineage(self, name: str) -> Iterator[etree._Element]:
        """A style, the one that it is based on, and so on, each once."""
        names = set()
        while name in self._styles and name not in names:
            names.add(name)
            yield self._styles[name]
            name = _based_on(self._styles[name])

    def _of_style(self, name: str) -> dict[str, bool]:
        if name not in self._of_styles:
            switched: dict[str, bool] = {}
            for style in self._lineage(name):
                properties = style.find(qn("w:rPr"))
                switched = ({} if properties is None else _switched(properties)) | switched
            self._of_styles[name] = switched
        return self._of_styles[name]

    def _links(self, run: etree._Element) -> Iterator[str]:
        """The address that a run links to, and the digest of each picture in it."""
        link = next(run.iterancestors(qn("w:hyperlink")), None)
        relation = None if link is None else self._relations.get(link.get(qn("r:id"), ""))
        if relation and relation.is_external:
            yield f"a link to {relation.target_ref}"
        for picture in run.iter(PICTURE_REFERENCE):
            relation = self._relations.get(picture.get(qn("r:embed"), ""))
            if relation and not relation.is_external:
                yield f"the picture {hashlib.sha256(relation.target_part.blob).hexdigest()}"


def _switched(properties: etree._Element) -> dict[str, bool]:
    """The formats that are switched on or off."""
    switched: dict[str, bool] = {}
    for node in properties:
        if node.tag in SWITCHES:
            is_on = node.get(qn("w:val"), "1") not in OFF
            switched[SWITCHES[node.tag]] = is_on or switched.get(SWITCHES[node.tag], False)
        elif node.tag in VALUES:
            switched[VALUES[node.tag]] = node.get(qn("w:val"), "none") not in OFF
    return switched


def _style_name(paragraph: etree._Element | None) -> str:
    style = None if paragraph is None else paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return "" if style is None else style.get(qn("w:val"), "")


def _based_on(style: etree._Element) -> str:
    base = style.find(qn("w:basedOn"))
    return "" if base is None else base.get(qn("w:val"), "")
