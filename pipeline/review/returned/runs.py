"""The text of a run, with what a reader put into it that is no text of a report."""

from __future__ import annotations

from collections.abc import Iterator

from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree

from pipeline.report.paragraphs.text import PICTURE

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
ALTERNATIVES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
TEXT_TAGS = {qn("w:t"), qn("w:delText")}
SPACE_TAGS = {qn("w:tab"), qn("w:br"), qn("w:cr"), qn("w:ptab")}
HYPHEN_TAGS = {qn("w:noBreakHyphen"): "-", qn("w:softHyphen"): ""}
PICTURE_TAGS = {qn("w:drawing"), qn("w:pict"), qn("w:object")}
EQUATION_TAGS = {f"{MATH}oMath", f"{MATH}oMathPara"}
FILE_TAGS = {qn("w:altChunk"), qn("w:subDoc")}
TEXT_BOX = qn("w:txbxContent")
# What a report never has, and is shown in brackets in its place.
NOTE_KINDS = ("footnote", "endnote")
OBJECT_KINDS = (*NOTE_KINDS, "text box", "equation", "symbol", "embedded file")
# Letters without a width, which nobody sees: a soft hyphen, a word joiner and others.
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))


def run_text(run: etree._Element) -> str:
    """The text of a run, with its text boxes and symbols in brackets, and a sign for a picture."""
    return "".join(_texts(run)).translate(INVISIBLE)


def _texts(run: etree._Element) -> Iterator[str]:
    for node in run:
        tag = node.tag
        if tag in TEXT_TAGS:
            yield node.text or ""
        elif tag in SPACE_TAGS:
            yield " "
        elif tag in HYPHEN_TAGS:
            yield HYPHEN_TAGS[tag]
        elif tag == qn("w:sym"):
            yield bracketed("symbol", node.get(qn("w:char"), "?"))
        elif tag in PICTURE_TAGS or tag == ALTERNATIVES:
            yield _drawn_text(node)
        elif tag in (qn("w:ruby"), qn("w:rubyBase"), qn("w:rt"), qn("w:r")):
            yield from _texts(node)


def _drawn_text(drawing: etree._Element) -> str:
    """The words of a text box, or the sign of a picture; older programs' copy of it is left out."""
    box = next(drawing.iter(TEXT_BOX), None)
    if box is None:
        return PICTURE
    words = " ".join("".join(_all_text(paragraph)) for paragraph in box.iter(qn("w:p")))
    return bracketed("text box", words)


def object_text(node: etree._Element) -> str:
    """An equation or an embedded file, in brackets; nothing for any other element."""
    if node.tag in EQUATION_TAGS:
        return bracketed("equation", "".join(_all_text(node)))
    return bracketed("embedded file", "not read") if node.tag in FILE_TAGS else ""


def note_texts(document: Document) -> dict[tuple[str, str], str]:
    """The text of each footnote and endnote, by its kind and number: our file has none."""
    notes: dict[tuple[str, str], str] = {}
    for part in document.part.package.iter_parts():
        for kind in NOTE_KINDS:
            if str(part.partname).endswith(f"/{kind}s.xml"):
                parser = etree.XMLParser(resolve_entities=False)
                for note in etree.fromstring(part.blob, parser).iter(qn(f"w:{kind}")):
                    text = "".join(node.text or "" for node in note.iter(qn("w:t")))
                    notes[kind, note.get(qn("w:id"), "")] = " ".join(text.split())
    return notes


def bracketed(kind: str, text: str) -> str:
    """What a report has no place for, as it is shown in its text."""
    return f" [{kind}: {' '.join(text.split())}]"


def _all_text(element: etree._Element) -> Iterator[str]:
    return (node.text or "" for node in element.iter(qn("w:t"), f"{MATH}t"))
