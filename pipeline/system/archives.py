"""Zip archives (Word, spreadsheets, bundles for an auditor) with reproducible bytes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pipeline.problem import Kind, Problem

FILE_MODE = 0o644


def reproducible_zip(
    document: bytes, day: date, volatile: bytes = b"", fixed: bytes = b""
) -> bytes:
    """The document as an archive with the same bytes whenever it is written.

    document: the bytes of a zip archive. Its entries keep their order.
    day: the date that every entry gets.
    volatile, fixed: a text that differs from run to run, and what replaces it in every entry.
    """
    archive = io.BytesIO()
    with ZipFile(io.BytesIO(document)) as original, ZipFile(archive, "w") as copy:
        for part in original.infolist():
            entry = _zip_entry(part.filename, day)
            if part.compress_type == ZIP_STORED:
                # OpenDocument requires its media type to be readable without decompression.
                entry.compress_type = ZIP_STORED
            content = original.read(part)
            if volatile:
                content = content.replace(volatile, fixed)
            copy.writestr(entry, content)
    return archive.getvalue()


def zip_files(files: Mapping[str, Path], day: date) -> bytes:
    """An archive of files.

    files: path of each file, by its name in the archive.
    day: the date that every entry gets.
    """
    archive = io.BytesIO()
    with ZipFile(archive, "w") as bundle:
        for name, path in sorted(files.items()):
            bundle.writestr(_zip_entry(name, day), path.read_bytes())
    return archive.getvalue()


def extract_zip(archive: Path, folder: Path, names: Iterable[str] | None = None) -> None:
    """Extract an archive's files into a folder, and none outside it.

    names: those to extract, where the archive has them; by default all.
    Raises Problem if the file is not an archive.
    """
    try:
        with ZipFile(archive) as bundle:
            members = None if names is None else set(names) & set(bundle.namelist())
            bundle.extractall(folder, members)  # drops ".." and roots from the names
    except (OSError, BadZipFile) as error:
        raise Problem(
            kind=Kind.DIFFERS,
            where=str(archive),
            what=f"this cannot be read as an archive: {error}",
            remedy="Use a file that was made with annual-report verify --bundle.",
        ) from None


def _zip_entry(name: str, day: date) -> ZipInfo:
    entry = ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = FILE_MODE << 16
    return entry
