"""What the bytes of a format depend on besides our code and Python's libraries."""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Iterable
from concurrent.futures import Executor
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from pipeline.artifacts import REPORT_PAGE, REPORT_PDF, REPORT_WORD
from pipeline.report.fonts import FONT_FACES, face_path

NOT_INSTALLED, NOT_KNOWN = "not installed", "not known"
# Each library that lays out the PDF: the function that gives its version, and its file on Linux,
# on a Mac and on Windows.
LAYOUT_LIBRARIES = {
    "pango": (
        "pango_version_string",
        ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll"),
    ),
    "harfbuzz": (
        "hb_version_string",
        ("libharfbuzz.so.0", "libharfbuzz.0.dylib", "libharfbuzz-0.dll"),
    ),
    "harfbuzz_subset": (
        "hb_version_string",  # of harfbuzz, which the library is linked with
        ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll"),
    ),
}
PANDOC_PACKAGE = "pypandoc_binary"  # which brings a pandoc of its own


def format_software(
    files: Iterable[str], pdf_executor: Executor | None
) -> dict[str, dict[str, str]]:
    """Format → what it was made with → its version; for each format among the report's files.

    A page has charts, whose letters are drawn. pdf_executor: the process of the PDF, if any.
    """
    software: dict[str, dict[str, str]] = {}
    names = set(files)
    if {REPORT_PAGE, REPORT_PDF, REPORT_WORD} & names:
        fonts = {"fonts": fonts_digest()}
    if REPORT_PAGE in names:
        software["html"] = fonts
    if REPORT_PDF in names and pdf_executor:
        software["pdf"] = fonts | pdf_executor.submit(layout_versions).result()
    if REPORT_WORD in names:
        software["docx"] = fonts | {"pandoc": pandoc_version()}
    return software


def fonts_digest() -> str:
    """The SHA-256 of the files of the font, in the order of its faces."""
    combined = hashlib.sha256()
    for face in FONT_FACES:
        combined.update(face_path(*face).read_bytes())
    return combined.hexdigest()


def layout_versions() -> dict[str, str]:
    """The version of each of LAYOUT_LIBRARIES, in a process that has loaded them."""
    return {
        name: _library_version(function, file_names)
        for name, (function, file_names) in LAYOUT_LIBRARIES.items()
    }


def pandoc_version() -> str:
    """The package that pandoc is part of, with its version; otherwise what pandoc says."""
    import pypandoc

    path = Path(pypandoc.get_pandoc_path())
    if Path(pypandoc.__file__).parent in path.parents:
        return f"{PANDOC_PACKAGE} {version(PANDOC_PACKAGE)}"
    return str(pypandoc.get_pandoc_version())


def _library_version(function_name: str, file_names: tuple[str, ...]) -> str:
    version_text = NOT_INSTALLED
    for name in file_names:
        with suppress(OSError):
            library = ctypes.CDLL(name)
            version_text = NOT_KNOWN
            with suppress(AttributeError):
                function = getattr(library, function_name)
                function.restype = ctypes.c_char_p
                return str(function().decode("ascii"))
    return version_text
