"""The one font of charts, PDF and Word: DejaVu Sans, pinned and with its licence, as matplotlib ships it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

FONT_FAMILY = "DejaVu Sans"
FONT_FACES = {
    ("normal", 400): "DejaVuSans.ttf",
    ("normal", 700): "DejaVuSans-Bold.ttf",
    ("italic", 400): "DejaVuSans-Oblique.ttf",
}
WORD_FONT_ELEMENTS = {"embedRegular": ("normal", 400), "embedBold": ("normal", 700)}
FONT_RELATION_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/font"
OBFUSCATED_FONT_TYPE = "application/vnd.openxmlformats-officedocument.obfuscatedFont"


def face_path(style: str, weight: int) -> Path:
    """The file of one face; matplotlib itself, which takes a while to import, is not asked for it."""
    return (
        Path(find_spec("matplotlib").origin).parent
        / "mpl-data"
        / "fonts"
        / "ttf"
        / FONT_FACES[style, weight]
    )


def embed_in_word(word) -> None:
    """Put the font into a Word document, so that it looks the same where nobody has installed it (ECMA-376, part 4, 17.8)."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import OxmlElement, parse_xml
    from docx.oxml.ns import qn
    from lxml import etree

    fonts = next(
        part for part in word.part.package.iter_parts() if part.partname == "/word/fontTable.xml"
    )
    table = parse_xml(fonts.blob)
    for known in table.findall(qn("w:font")):
        table.remove(known)
    entry = OxmlElement("w:font")
    entry.set(qn("w:name"), FONT_FAMILY)
    table.append(entry)
    for number, (element, which) in enumerate(WORD_FONT_ELEMENTS.items(), 1):
        key = uuid5(NAMESPACE_URL, FONT_FACES[which])
        content = bytearray(face_path(*which).read_bytes())
        for place in range(32):
            content[place] ^= key.bytes[::-1][place % 16]
        part = Part(
            PackURI(f"/word/fonts/font{number}.odttf"),
            OBFUSCATED_FONT_TYPE,
            bytes(content),
            word.part.package,
        )
        held = OxmlElement(f"w:{element}")
        held.set(qn("r:id"), fonts.relate_to(part, FONT_RELATION_TYPE))
        held.set(qn("w:fontKey"), f"{{{key}}}".upper())
        entry.append(held)
    fonts._blob = etree.tostring(table, xml_declaration=True, encoding="UTF-8", standalone=True)
    first = [
        one
        for one in word.settings.element
        if one.tag in (qn("w:writeProtection"), qn("w:view"), qn("w:zoom"))
    ]
    word.settings.element.insert(
        len(first), OxmlElement("w:embedTrueTypeFonts")
    )  # Word insists on the schema's order
