"""The one font of charts, PDF and Word: DejaVu Sans, pinned and with its licence, as matplotlib ships it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

FAMILY = "DejaVu Sans"
FACES = {
    ("normal", 400): "DejaVuSans.ttf",
    ("normal", 700): "DejaVuSans-Bold.ttf",
    ("italic", 400): "DejaVuSans-Oblique.ttf",
}
EMBEDDED = {"embedRegular": ("normal", 400), "embedBold": ("normal", 700)}
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/font"
OBFUSCATED = "application/vnd.openxmlformats-officedocument.obfuscatedFont"


def face(style: str, weight: int) -> Path:
    """The file of one face; matplotlib itself, which takes a while to import, is not asked for it."""
    return (
        Path(find_spec("matplotlib").origin).parent
        / "mpl-data"
        / "fonts"
        / "ttf"
        / FACES[style, weight]
    )


def embed(word) -> None:
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
    entry.set(qn("w:name"), FAMILY)
    table.append(entry)
    for number, (element, which) in enumerate(EMBEDDED.items(), 1):
        key = uuid5(NAMESPACE_URL, FACES[which])
        content = bytearray(face(*which).read_bytes())
        for place in range(32):
            content[place] ^= key.bytes[::-1][place % 16]
        part = Part(
            PackURI(f"/word/fonts/font{number}.odttf"),
            OBFUSCATED,
            bytes(content),
            word.part.package,
        )
        held = OxmlElement(f"w:{element}")
        held.set(qn("r:id"), fonts.relate_to(part, RELATION))
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
