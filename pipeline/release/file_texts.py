"""What a finished file says to whoever opens it, a person or a program: its text, and what it says of itself."""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from bs4 import BeautifulSoup
from PIL import Image

NON_TEXT_ATTRIBUTES = ("src", "style", "class")  # attributes that hold no words
BLOCK_ENDS = re.compile(
    r"</(?:w:p|w:tc|si|c|text:p|table:table-cell|config:config-item)>|<w:(?:tab|br)/>"
)  # of what is read in one go
SHA256_HASH = re.compile(
    r"sha256:[0-9a-f]{64}\b"
)  # says nothing, and its digits may look like anything
PDF_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
XMP_PACKET = re.compile(rb"<x:xmpmeta.*?</x:xmpmeta>", re.DOTALL)


def file_texts(name: str, content: bytes) -> Iterator[str]:
    """All that a file says: its text, its attributes, its metadata and those of the images in it.

    Text is given twice where marks stand in it, with and without a space for each: a word may be set in two weights.
    """
    if name.endswith(".html"):
        page = BeautifulSoup(content, "html.parser")
        yield page.get_text(" ")
        for cell in page.find_all(("td", "th")):  # numbers of neighbouring cells are not one number
            cell.append("\n")
        yield page.get_text("")
        yield from (
            " ".join(value) if isinstance(value, list) else value
            for element in page.find_all(True)
            for key, value in element.attrs.items()
            if key not in NON_TEXT_ATTRIBUTES
        )
    elif name.endswith(".pdf"):
        yield document_text(name, content)
        yield from _pdf_metadata_texts(content)
    elif zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for part in parts.namelist():
                held = parts.read(part)
                if part.endswith((".xml", ".rels")):
                    text = held.decode("utf-8", "replace")
                    yield html.unescape(re.sub("<[^>]*>", " ", text))
                    yield _xml_text_without_tags(text)
                    yield from (
                        html.unescape(value)
                        for value in re.findall(r'(?:descr|title|alt)="([^"]*)"', text)
                    )
                elif part.lower().endswith((".png", ".jpg", ".jpeg")):
                    with Image.open(io.BytesIO(held)) as image:
                        yield from (str(value) for value in image.info.values())
    elif name.endswith(".csv"):
        yield content.decode("utf-8", "replace").replace(
            ",", "\n"
        )  # lest a comma between numbers be taken for one of thousands
    else:
        yield SHA256_HASH.sub("", content.decode("utf-8", "replace"))


def document_text(name: str, content: bytes) -> str:
    """What stands in a PDF or a Word document, as it is read."""
    if name.endswith(".docx"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return _xml_text_without_tags(parts.read("word/document.xml").decode("utf-8"))
    import pypdfium2

    with pypdfium2.PdfDocument(content) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def _xml_text_without_tags(xml: str) -> str:
    return html.unescape(re.sub("<[^>]*>", "", BLOCK_ENDS.sub("\n", xml)))


def _pdf_metadata_texts(content: bytes) -> Iterator[str]:
    """A PDF's properties, its outline, and its XMP packet, which pdfium does not read."""
    import pypdfium2

    with pypdfium2.PdfDocument(content) as document:
        yield from document.get_metadata_dict(skip_empty=True).values()
        yield from (entry.get_title() for entry in document.get_toc())
    for stream in PDF_STREAM.findall(content):
        try:
            held = zlib.decompress(stream)
        except zlib.error:
            held = stream
        for packet in XMP_PACKET.findall(held):
            yield html.unescape(re.sub("<[^>]*>", " ", packet.decode("utf-8", "replace")))
