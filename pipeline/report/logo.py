"""The council's logo."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from xml.etree import ElementTree

from pipeline.problem import Kind, Problem
from pipeline.settings import Settings
from pipeline.system.folders import check_own_file

MAX_LOGO_BYTES = 50_000
MAX_LOGO_SIDE = 4_000  # pixels: the file may be small and the picture large
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_SIZE = slice(16, 24)  # where a file says its width and height
ACTIVE_ELEMENTS = {"script", "foreignObject"}


def logo_data_url(settings: Settings) -> str:
    """The council's logo as an address that carries the file; empty if the council names none.

    Raises Problem if the file is missing, empty or too large for the page.
    """
    name = settings.council.logo
    if not name:
        return ""
    where = "data/raw/council.yaml, logo"
    path = settings.raw / name
    check_own_file(path, settings.workspace)
    content = path.read_bytes() if path.is_file() else b""
    if not content:
        raise Problem(
            kind=Kind.SETTINGS,
            where=where,
            what=f"there is no file data/raw/{name}",
            remedy="Add the file, or remove the line.",
        )
    if len(content) > MAX_LOGO_BYTES:
        raise Problem(
            kind=Kind.SETTINGS,
            where=where,
            what=f"data/raw/{name} has {len(content):,} bytes, and the page would carry them all",
            remedy=f"Make it smaller: at most {MAX_LOGO_BYTES:,} bytes.",
        )
    image_type = "svg+xml" if name.endswith(".svg") else "png"
    fault = _svg_fault(content) if image_type == "svg+xml" else _png_fault(content)
    if fault:
        raise Problem(
            kind=Kind.SETTINGS,
            where=where,
            what=f"data/raw/{name} {fault}",
            remedy=f"Save the picture again as .{name.rpartition('.')[2]}.",
        )
    return f"data:image/{image_type};base64,{base64.b64encode(content).decode()}"


def _png_fault(content: bytes) -> str:
    """What is wrong with a PNG file; empty if a reader can show it."""
    from PIL import Image, ImageFile, UnidentifiedImageError

    if len(content) >= PNG_SIZE.stop:
        width, height = struct.unpack(">II", content[PNG_SIZE])
        if content.startswith(PNG_SIGNATURE) and max(width, height) > MAX_LOGO_SIDE:
            return f"has {width:,} by {height:,} pixels, more than {MAX_LOGO_SIDE:,} on a side"
    allows_damage = ImageFile.LOAD_TRUNCATED_IMAGES  # WeasyPrint, once imported, sets it for all
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            image.load()
    except UnidentifiedImageError:
        return "is not a PNG picture"
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error):
        return "is damaged"
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = allows_damage
    return ""


def _svg_fault(content: bytes) -> str:
    """What is wrong with an SVG file; empty if it is one that stands alone."""
    if b"<!" in content.replace(b"<!--", b""):  # it could define entities
        return "has a document type, which a reader may not follow"
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError):
        return "is not an SVG picture"
    if root.tag.rpartition("}")[2] != "svg":
        return "is not an SVG picture"
    for element in root.iter():
        if element.tag.rpartition("}")[2] in ACTIVE_ELEMENTS:
            return "has a script, which the page may not carry"
        for name, value in element.attrib.items():
            if name.rpartition("}")[2] == "href" and not value.startswith(("#", "data:")):
                return "refers to another file, which the page may not carry"
    return ""
