"""Zipped documents (Word, spreadsheets) as the same bytes whenever and wherever they are made."""

from __future__ import annotations

import io
from datetime import date
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo


def stable(document: bytes, day: date, now: bytes = b"", then: bytes = b"") -> bytes:
    """The document with each of its parts dated `day`, in the order in which they stand, and `then` written for `now` in them.

    A part that is stored as it is stays so: OpenDocument wants its media type readable first of all.
    """
    out = io.BytesIO()
    with ZipFile(io.BytesIO(document)) as given, ZipFile(out, "w") as made:
        for part in given.infolist():
            dated = ZipInfo(part.filename, (day.year, day.month, day.day, 0, 0, 0))
            dated.compress_type, dated.external_attr = part.compress_type and ZIP_DEFLATED, 0o644 << 16
            made.writestr(dated, given.read(part).replace(now, then) if now else given.read(part))
    return out.getvalue()
