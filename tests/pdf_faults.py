"""Faults of a PDF that a validator of PDF/UA-1 reports: structure, tables, links, loose content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary

PAINT = ("f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "Tj", "TJ", "'", '"', "Do", "sh")
# Kind of element → the kinds that may be directly within it.
CHILDREN = {
    "/L": {"/L", "/LI", "/Caption"},
    "/LI": {"/Lbl", "/LBody"},
    "/Table": {"/TR", "/THead", "/TBody", "/TFoot", "/Caption"},
    "/THead": {"/TR"},
    "/TBody": {"/TR"},
    "/TFoot": {"/TR"},
    "/TR": {"/TH", "/TD"},
}
# Kind of element → the kinds that it may be directly within.
PARENTS = {
    "/LI": {"/L"},
    "/TR": {"/Table", "/THead", "/TBody", "/TFoot"},
    "/TD": {"/TR"},
    "/TH": {"/TR"},
}


def pdf_faults(path: Path) -> list[str]:
    """One sentence for each fault, with the clause of ISO 14289-1 where there is one."""
    with pikepdf.open(path) as pdf:
        root = pdf.Root.StructTreeRoot
        elements = list(_elements(root))
        faults = [
            fault for parent, element in elements for fault in _element_faults(parent, element)
        ]
        faults += _heading_faults([str(element.S) for _, element in elements])
        faults += _page_faults(pdf, {element.objgen for _, element in elements})
        if not str(pdf.Root.get("/Lang", "")):
            faults.append("7.2: no language")
    return faults


def _elements(element: Dictionary) -> Iterator[tuple[Dictionary, Dictionary]]:
    """Each element of the structure below this one, with its parent, in reading order."""
    children = element.get("/K", [])
    for child in children if isinstance(children, Array) else [children]:
        if isinstance(child, Dictionary) and "/S" in child:
            yield element, child
            yield from _elements(child)


def _element_faults(parent: Dictionary, element: Dictionary) -> Iterator[str]:
    kind = str(element.S)
    parent_kind = str(parent.get("/S", "root"))
    if kind not in CHILDREN.get(parent_kind, {kind}):
        yield f"7.2: {parent_kind} contains {kind}"
    if parent_kind not in PARENTS.get(kind, {parent_kind}):
        yield f"7.2: {kind} is within {parent_kind}"
    attributes = element.get("/A", {})
    if kind == "/TH" and "/Scope" not in attributes:
        yield "7.5: TH without Scope"
    if kind == "/TD" and not list(attributes.get("/Headers", [])):
        yield "7.5: TD without Headers"
    if kind == "/Figure" and "/Alt" not in element:
        yield "7.3: Figure without Alt"


def _heading_faults(kinds: list[str]) -> Iterator[str]:
    previous = 0
    for kind in kinds:
        if kind[1] == "H" and kind[2:].isdigit():
            level = int(kind[2:])
            if level > previous + 1:
                yield f"7.4.2: H{level} follows H{previous}"
            previous = level


def _page_faults(pdf: pikepdf.Pdf, structure: set[tuple[int, int]]) -> Iterator[str]:
    """Content that is neither in the structure nor an artifact, and links without a description.

    structure: the numbers of the elements that the structure contains.
    """
    owners_of_page = pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)
    for number, page in enumerate(pdf.pages, 1):
        owners = owners_of_page[int(page.StructParents)] if "/StructParents" in page else []
        for fault in _content_faults(page, owners, structure):
            yield f"page {number}: {fault}"
        annotations = page.get("/Annots", [])
        if len(annotations) and page.get("/Tabs") != "/S":
            yield f"page {number}: 7.18.3: tab order does not follow the structure"
        for annotation in annotations:
            if annotation.Subtype == "/Link" and "/Contents" not in annotation:
                yield f"page {number}: 7.18.5: a link has no description"


def _content_faults(
    page: pikepdf.Page, owners: Array | list, structure: set[tuple[int, int]]
) -> Iterator[str]:
    """owners: the element of each piece of marked content on the page."""
    is_known: list[bool] = []  # of each piece of marked content that is open
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        if operator in ("BDC", "BMC"):
            known = instruction.operands[0] == "/Artifact"
            properties = instruction.operands[1] if operator == "BDC" else {}
            if "/MCID" in properties:
                place = int(properties["/MCID"])
                known = place < len(owners) and owners[place].objgen in structure
                if not known:
                    yield "7.1: marked content is not in the structure"
            is_known.append(known)
        elif operator == "EMC":
            is_known.pop()
        elif operator in (*PAINT, "INLINE IMAGE") and not any(is_known):
            yield "7.1: content is neither in the structure nor an artifact"
