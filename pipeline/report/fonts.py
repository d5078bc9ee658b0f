"""The one font of charts, PDF and Word: Source Sans 3, in the package with its licence.

Its files are those of the foundry, whole: its licence reserves the name for the unchanged font.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

if TYPE_CHECKING:
    from docx.document import Document

FONT_FAMILY = "Source Sans 3"
FONT_FOLDER = Path(__file__).parent / "templates" / "fonts"
FONT_FACES = {
    ("normal", 400): "SourceSans3-Regular.ttf",
    ("normal", 700): "SourceSans3-Bold.ttf",
    ("italic", 400): "SourceSans3-Italic.ttf",
}
WORD_FONT_ELEMENTS = {"embedRegular": ("normal", 400), "embedBold": ("normal", 700)}
FONT_RELATION_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/font"
OBFUSCATED_FONT_TYPE = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
OBFUSCATED_BYTES = 32  # at the start of the font (ECMA-376, part 4, 17.8.1)


def face_path(style: str, weight: int) -> Path:
    """The file of one face, such as ("normal", 400)."""
    return FONT_FOLDER / FONT_FACES[style, weight]


def embed_in_word(document: Document) -> None:
    """Put the font into a Word document, so that it looks the same on every machine.

    It replaces the fonts that the template lists (ECMA-376, part 4, 17.8).
    """
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import OxmlElement, parse_xml
    from docx.oxml.ns import qn
    from lxml import etree

    package = document.part.package
    font_table = next(
        part for part in package.iter_parts() if part.partname == "/word/fontTable.xml"
    )
    table = parse_xml(font_table.blob)
    for listed_font in table.findall(qn("w:font")):
        table.remove(listed_font)
    font = OxmlElement("w:font")
    font.set(qn("w:name"), FONT_FAMILY)
    table.append(font)
    for number, (element_name, face) in enumerate(WORD_FONT_ELEMENTS.items(), 1):
        key = uuid5(NAMESPACE_URL, FONT_FACES[face])
        content = _obfuscated(face_path(*face).read_bytes(), key.bytes)
        address = PackURI(f"/word/fonts/font{number}.odttf")
        part = Part(address, OBFUSCATED_FONT_TYPE, content, package)
        embedded = OxmlElement(f"w:{element_name}")
        embedded.set(qn("r:id"), font_table.relate_to(part, FONT_RELATION_TYPE))
        embedded.set(qn("w:fontKey"), f"{{{key}}}".upper())
        font.append(embedded)
    # python-docx has no public way to replace the content of a part that it does not parse.
    font_table._blob = etree.tostring(
        table, xml_declaration=True, encoding="UTF-8", standalone=True
    )
    # Word insists on the schema's order of settings.
    settings = document.settings.element
    predecessors = (qn("w:writeProtection"), qn("w:view"), qn("w:zoom"))
    position = len([setting for setting in settings if setting.tag in predecessors])
    settings.insert(position, OxmlElement("w:embedTrueTypeFonts"))


def _obfuscated(font: bytes, key: bytes) -> bytes:
    """A font with its first bytes combined with the reversed key, as Word requires."""
    content = bytearray(font)
    for position in range(OBFUSCATED_BYTES):
        content[position] ^= key[::-1][position % len(key)]
    return bytes(content)
