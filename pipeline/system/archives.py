"""Zip archives (Word, spreadsheets, bundles for an auditor) as the same bytes whenever and wherever they are made."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from pipeline.problem import Kind, Problem


def reproducible_zip(
    document: bytes, day: date, volatile: bytes = b"", fixed: bytes = b""
) -> bytes:
    """The document with each of its parts dated `day`, in the order in which they stand, and `then` written for `now` in them.

    A part that is stored as it is stays so: OpenDocument wants its media type readable first of all.
    """
    out = io.BytesIO()
    with ZipFile(io.BytesIO(document)) as given, ZipFile(out, "w") as made:
        for part in given.infolist():
            dated = _zip_entry(part.filename, day)
            dated.compress_type = part.compress_type and ZIP_DEFLATED
            made.writestr(
                dated, given.read(part).replace(volatile, fixed) if volatile else given.read(part)
            )
    return out.getvalue()


def zip_files(files: Mapping[str, Path], day: date) -> bytes:
    """An archive of files under the names given, each dated `day`."""
    out = io.BytesIO()
    with ZipFile(out, "w") as made:
        for name, path in sorted(files.items()):
            made.writestr(_zip_entry(name, day), path.read_bytes())
    return out.getvalue()


def extract_zip(archive: Path, folder: Path) -> None:
    """Put an archive's files into a folder, none outside it; a Problem where the file is no archive."""
    try:
        with ZipFile(archive) as given:
            given.extractall(folder)  # which leaves out "..", and roots
    except (OSError, BadZipFile) as error:
        raise Problem(
            Kind.DIFFERS, str(archive), f"this cannot be read as an archive: {error}",
            "Use a file that was made with annual-report verify --bundle.",
        ) from None  # fmt: skip


def _zip_entry(name: str, day: date) -> ZipInfo:
    dated = ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
    dated.compress_type, dated.external_attr = ZIP_DEFLATED, 0o644 << 16
    return dated
