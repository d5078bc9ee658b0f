"""What a finished file tells a person or a program that opens it: its text and its metadata."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator

from bs4 import BeautifulSoup
from PIL import Image

NON_TEXT_ATTRIBUTES = ("src", "srcset", "style", "class")
# XML tags that end a paragraph, a cell or a line; other tags stand within a word or a sentence.
BLOCK_ENDS = re.compile(
    r"</(?:w:p|w:tc|si|c|text:p|table:table-cell|config:config-item)>|<w:(?:tab|br)/>"
)
TAG = re.compile("<[^>]*>")
# What Word puts into a place, such as a page number: `PAGEREF stage-1`.
FIELD_CODE = re.compile(r"<w:instrText[^>]*>[^<]*</w:instrText>")
WORDED_ATTRIBUTE = re.compile(r'(?:descr|title|alt)="([^"]*)"')
# Its digits can look like anybody's number. The open data has whole ones, a Word file half of one.
DIGEST = re.compile(r"\bsha256:[0-9a-f]{64}\b|\b(?=\d*[a-f])[0-9a-f]{32}\b")
COUNT = re.compile(r"\d+(?:\.\d+)?")
PDF_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
XMP_PACKET = re.compile(rb"<x:xmpmeta.*?</x:xmpmeta>", re.DOTALL)


def file_texts(name: str, content: bytes) -> Iterator[str]:
    """The texts of a file: what it shows, its attributes, its metadata and those of its images.

    Text with markup in it is given twice, with and without a space for each tag, because a word
    may be set in two weights.

    name: the file's name, which tells its format.
    """
    if name.endswith(".html"):
        yield from _html_texts(content)
    elif name.endswith(".pdf"):
        yield document_text(name, content)
        yield from _pdf_metadata_texts(content)
    elif zipfile.is_zipfile(io.BytesIO(content)):
        yield from _zip_texts(content)
    elif name.endswith(".csv"):
        yield from _csv_texts(content)
    else:
        text = DIGEST.sub("", content.decode("utf-8", "replace"))
        yield from _json_texts(text) if name.endswith(".json") else [text]


def _csv_texts(content: bytes) -> Iterator[str]:
    """Each cell once, on a line: a comma between two numbers is no thousands separator.

    Counts are a text of their own: after the cell "complaint", a count is no reference.
    """
    rows = csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline=""))
    cells = dict.fromkeys(cell for row in rows for cell in row)
    yield "\n".join(cell for cell in cells if not COUNT.fullmatch(cell))
    yield "\n".join(cell for cell in cells if COUNT.fullmatch(cell))


def document_text(name: str, content: bytes) -> str:
    """The text of a PDF or a Word document, in the order in which it is read.

    name: the file's name; one that ends with .docx is a Word document.
    """
    if name.endswith(".docx"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            document = parts.read("word/document.xml").decode("utf-8")
            return _xml_text_without_tags(FIELD_CODE.sub("", document))
    import pypdfium2

    with pypdfium2.PdfDocument(content) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def _html_texts(content: bytes) -> Iterator[str]:
    # A line of the source is no line of the page.
    source = " ".join(content.decode("utf-8", "replace").split())
    page = BeautifulSoup(source, "html.parser")
    yield page.get_text(" ")
    for cell in page.find_all(("td", "th")):
        cell.append("\n")  # numbers in neighbouring cells are not one number
    yield page.get_text("")
    for element in page.find_all(True):
        for key, value in element.attrs.items():
            if key not in NON_TEXT_ATTRIBUTES:
                yield " ".join(value) if isinstance(value, list) else value


def _json_texts(text: str) -> Iterator[str]:
    """Each value, without the escapes of the format; the whole text if it is not JSON.

    The names of values are those of the format and of our columns.
    """
    try:
        parts = [json.loads(text)]
    except (ValueError, RecursionError):
        yield text
        return
    while parts:
        part = parts.pop()
        if isinstance(part, list | dict):
            parts += part.values() if isinstance(part, dict) else part
        elif isinstance(part, str):
            yield part


def _zip_texts(content: bytes) -> Iterator[str]:
    """The texts of a Word document or a spreadsheet, and the metadata of the images in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for part in parts.namelist():
            part_bytes = parts.read(part)
            if part.endswith((".xml", ".rels")):
                xml = DIGEST.sub("", part_bytes.decode("utf-8", "replace"))
                yield _xml_text_with_spaces(xml)
                yield _xml_text_without_tags(xml)
                yield from (html.unescape(value) for value in WORDED_ATTRIBUTE.findall(xml))
            elif part.lower().endswith((".png", ".jpg", ".jpeg")):
                with Image.open(io.BytesIO(part_bytes)) as image:
                    yield from (str(value) for value in image.info.values())


def _xml_text_with_spaces(xml: str) -> str:
    return html.unescape(TAG.sub(" ", xml))


def _xml_text_without_tags(xml: str) -> str:
    """The text with a line break after each block and nothing in place of other tags."""
    return html.unescape(TAG.sub("", BLOCK_ENDS.sub("\n", xml)))


def _pdf_metadata_texts(content: bytes) -> Iterator[str]:
    """A PDF's properties, its outline, and its XMP packet, which pdfium does not read."""
    import pypdfium2

    with pypdfium2.PdfDocument(content) as document:
        yield from document.get_metadata_dict(skip_empty=True).values()
        yield from (entry.get_title() for entry in document.get_toc())
    for stream in PDF_STREAM.findall(content):
        try:
            stream_bytes = zlib.decompress(stream)
        except zlib.error:
            stream_bytes = stream  # it was not compressed
        for packet in XMP_PACKET.findall(stream_bytes):
            yield _xml_text_with_spaces(packet.decode("utf-8", "replace"))
