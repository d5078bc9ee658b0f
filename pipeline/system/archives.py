"""Zip archives (Word, spreadsheets, bundles for an auditor) with reproducible bytes."""

from __future__ import annotations

import io
import lzma
import struct
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

from pipeline.problem import Kind, Problem
from pipeline.system.errors import DISK_FULL_ERRNOS, PERMISSION_ERRNOS

FILE_MODE = 0o644
UNIX_SYSTEM = 3  # in the format's list of systems, to which the mode belongs
FIRST_ZIP_DAY = date(1980, 1, 1)
LAST_ZIP_DAY = date(2107, 12, 31)
# Of an archive that somebody gives us. A large council's bundle has 5,000 files and 100 MB.
MAX_ENTRIES = 50_000
MAX_UNPACKED_BYTES = 1_000_000_000
# What the library raises for an archive that is damaged, encrypted, compressed in a way that it
# does not know, or whose names no file can have.
UNREADABLE_ZIP_ERRORS = (
    OSError,
    BadZipFile,
    LargeZipFile,
    RuntimeError,
    NotImplementedError,
    EOFError,
    ValueError,
    KeyError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
)


def reproducible_zip(
    document: bytes, day: date, replacements: Iterable[tuple[bytes, bytes]] = ()
) -> bytes:
    """The document as an archive with the same bytes whenever it is written.

    document: the bytes of a zip archive. Its entries keep their order.
    day: the date that every entry gets.
    replacements: pairs of what is replaced in every entry, and by what.
    """
    archive = io.BytesIO()
    with ZipFile(io.BytesIO(document)) as original, ZipFile(archive, "w") as copy:
        for part in original.infolist():
            entry = _zip_entry(part.filename, day)
            if part.compress_type == ZIP_STORED:
                # OpenDocument requires its media type to be readable without decompression.
                entry.compress_type = ZIP_STORED
            content = original.read(part)
            for replaced, replacement in replacements:
                content = content.replace(replaced, replacement)
            copy.writestr(entry, content)
    return archive.getvalue()


def zip_files(files: Mapping[str, bytes], day: date) -> bytes:
    """An archive of files.

    files: content of each file, by its name in the archive.
    day: the date that every entry gets.
    """
    archive = io.BytesIO()
    with ZipFile(archive, "w") as bundle:
        for name, content in sorted(files.items()):
            bundle.writestr(_zip_entry(name, day), content)
    return archive.getvalue()


def extract_zip(archive: Path, folder: Path, names: Collection[str] | None = None) -> None:
    """Extract an archive's files into a folder, and none outside it.

    names: those to extract, where the archive has them; by default all.
    Raises Problem if the file is no archive that can be read, or unpacks to too much.
    """
    if not archive.is_file():
        what = "this is not an ordinary file" if archive.exists() else "there is no such file"
        raise _unreadable(archive, what)
    try:
        with ZipFile(archive) as bundle:
            entries = [
                entry for entry in bundle.infolist() if names is None or entry.filename in names
            ]
            _check_size(archive, entries)
            bundle.extractall(folder, entries)  # drops ".." and roots from the names
    except UNREADABLE_ZIP_ERRORS as error:
        if isinstance(error, OSError) and error.errno in DISK_FULL_ERRNOS | PERMISSION_ERRNOS:
            raise
        raise _unreadable(archive, f"this cannot be read as an archive: {error}") from None


def _check_size(archive: Path, entries: Sequence[ZipInfo]) -> None:
    """Raise a Problem for an archive that unpacks to too much; no entry gives more than it says."""
    if len(entries) > MAX_ENTRIES:
        raise _unreadable(archive, f"this archive has more than {MAX_ENTRIES:,} files")
    size = sum(entry.file_size for entry in entries)
    if size > MAX_UNPACKED_BYTES:
        what = (
            f"this archive unpacks to {size:,} bytes, more than the {MAX_UNPACKED_BYTES:,} allowed"
        )
        raise _unreadable(archive, what)


def _unreadable(archive: Path, what: str) -> Problem:
    return Problem(
        kind=Kind.DIFFERS,
        where=str(archive),
        what=what,
        remedy="Use a file that was made with annual-report verify --bundle.",
    )


def _zip_entry(name: str, day: date) -> ZipInfo:
    """An entry of an archive; the format has no day before its first and after its last one."""
    day = min(max(day, FIRST_ZIP_DAY), LAST_ZIP_DAY)
    entry = ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
    entry.create_system = UNIX_SYSTEM  # by default the one that this runs on
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = FILE_MODE << 16
    return entry
