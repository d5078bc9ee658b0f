"""What PDF/UA-1 asks for and WeasyPrint leaves out, added before WeasyPrint writes the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pydyf
    from weasyprint import Document

MarkedContent = tuple[bytes, int]  # the reference of its page, and its number on that page


def finish_structure(document: Document, pdf: pydyf.PDF) -> None:
    """Give each table heading its scope, and mark what is in the margins as no content.

    A hook of WeasyPrint (`finisher`). Screen readers skip page numbers and the draft notice.
    """
    contents: set[MarkedContent] = set()
    root = _resolve(pdf.catalog["StructTreeRoot"], pdf)
    for element, ancestors in _elements(root, (), pdf):
        if element["S"] == "/TH":
            element["A"]["Scope"] = "/Column" if "/THead" in ancestors else "/Row"
        contents |= set(_marked_contents(element, pdf))
    for number in pdf.pages["Kids"][::3]:  # each page as its number, 0 and R
        _mark_artifacts(pdf, number, contents)


def _mark_artifacts(pdf: pydyf.PDF, number: int, contents: set[MarkedContent]) -> None:
    """Turn the marked content of a page that is not part of the structure into artifacts."""
    import pydyf

    page = pdf.objects[number]
    stream = _resolve(page["Contents"], pdf).stream
    for position, operand in enumerate(stream):
        is_content = isinstance(operand, pydyf.Dictionary) and stream[position + 1] == b"BDC"
        if is_content and (page.reference, operand["MCID"]) not in contents:
            properties = pydyf.Dictionary({"Type": "/Pagination"})
            stream[position - 1 : position + 1] = ["/Artifact", properties]


def _elements(
    element: dict[str, Any], ancestors: tuple[str, ...], pdf: pydyf.PDF
) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    """Each element below this one in the structure, with the kinds of those above it."""
    for child in _children(element, pdf):
        if isinstance(child, dict) and "S" in child:
            yield child, ancestors
            yield from _elements(child, (*ancestors, child["S"]), pdf)


def _marked_contents(element: dict[str, Any], pdf: pydyf.PDF) -> Iterator[MarkedContent]:
    for child in _children(element, pdf):
        if isinstance(child, int):
            yield element["Pg"], child


def _children(element: dict[str, Any], pdf: pydyf.PDF) -> list[Any]:
    return [_resolve(child, pdf) for child in element.get("K", [])]


def _resolve(value: Any, pdf: pydyf.PDF) -> Any:
    """The object that a reference such as b"12 0 R" names; any other value as it is."""
    return pdf.objects[int(value.split()[0])] if isinstance(value, bytes) else value
