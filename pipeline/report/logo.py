"""The council's logo."""

from __future__ import annotations

import base64

from pipeline.problem import Kind, Problem
from pipeline.settings import Settings
from pipeline.system.folders import check_own_file

MAX_LOGO_BYTES = 50_000


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
    return f"data:image/{image_type};base64,{base64.b64encode(content).decode()}"
