"""Which files of a year hold which extract, and whether they may be opened."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pipeline.problem import did_you_mean
from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS
from pipeline.validate.findings import Finding
from pipeline.validate.reading.sheet_worker import normalise_name
from pipeline.validate.reading.table_source import TableSource, UnreadableSource
from pipeline.validate.reading.text_file import TextFile
from pipeline.validate.reading.workbook import read_workbook
from pipeline.year import Year

TEXT_ENDINGS = (".csv", ".tsv")
WORKBOOK_ENDINGS = (".xlsx", ".xls", ".ods")
OTHER_TABLES = (
    ".xlsm",
    ".xlsb",
    ".xltx",
    ".txt",
    ".tab",
    ".json",
    ".xml",
    ".parquet",
    ".numbers",
    ".zip",
)
MAX_FILE_BYTES = 2_000_000_000  # bytes; a year of the largest council is a few million
EXTRACT_NAMES = [extract.name for extract in EXTRACTS]


@dataclass(frozen=True)
class Source:
    """Where one extract of one year is.

    name: what findings and the `file` column say: the path inside the workspace and, for a workbook, " · " and the sheet.
    """

    name: str
    table: TableSource


def find_sources(
    settings: Settings, year: Year
) -> tuple[dict[str, Source], set[str], list[Finding]]:
    """The source of each extract in the year's folder, the extracts that are there but cannot be read, and what is wrong."""
    found: dict[str, list[Source | str]] = {}
    findings: list[Finding] = []
    for path in sorted((settings.raw / str(year)).iterdir(), key=lambda path: path.name):
        name, ending = path.relative_to(settings.workspace).as_posix(), path.suffix.casefold()
        if (
            path.name.startswith((".", "~"))
            or ending not in TEXT_ENDINGS + WORKBOOK_ENDINGS + OTHER_TABLES
        ):
            continue
        extract = normalise_name(path.stem) if normalise_name(path.stem) in EXTRACT_NAMES else ""
        held: list[tuple[str, Source | str]] = []
        try:
            check_file(path, settings.workspace)
            if ending in WORKBOOK_ENDINGS:
                held, of_sheets = _workbook_sources(path, name, extract)
                findings += of_sheets
            elif ending in TEXT_ENDINGS and extract:
                held = [(extract, Source(name, TextFile(path)))]
            else:
                findings.append(_unknown_file_finding(path, name, ending))
        except UnreadableSource as trouble:
            findings.append(
                _source_finding(
                    "critical", "file.readable", extract, name, trouble.what, trouble.remedy
                )
            )
            held = [(extract, name)] if extract else []
        for one, source in held:
            found.setdefault(one, []).append(source)
    for extract, sources in found.items():
        if len(sources) > 1:
            names = " and ".join(
                source if isinstance(source, str) else source.name for source in sources
            )
            findings.append(_source_finding(
                "critical", "file.once", extract, f"data/raw/{year}", f"{extract} is there more than once: {names}",
                "Keep the one that is right and take the others out of the folder.",
            ))  # fmt: skip
    ready = {
        name: held[0]
        for name, held in found.items()
        if len(held) == 1 and isinstance(held[0], Source)
    }
    return ready, set(found) - set(ready), findings


def _workbook_sources(
    path: Path, name: str, extract: str
) -> tuple[list[tuple[str, Source | str]], list[Finding]]:
    """The sources in one workbook, and what is said of its sheets."""
    sheets, others = read_workbook(path, EXTRACT_NAMES, is_one_extract=bool(extract))
    held: list[tuple[str, Source | str]] = []
    findings: list[Finding] = []
    for sheet, grid in sheets.items():
        of = normalise_name(sheet) if normalise_name(sheet) in EXTRACT_NAMES else extract
        where = f"{name} · {sheet}"
        if isinstance(grid, UnreadableSource):
            findings.append(
                _source_finding("critical", "file.readable", of, where, grid.what, grid.remedy)
            )
        held.append((of, where if isinstance(grid, UnreadableSource) else Source(where, grid)))
    for sheet in others:
        hint = did_you_mean(normalise_name(sheet), EXTRACT_NAMES)
        if hint or not sheets:
            findings.append(_source_finding(
                "warning", "file.known", "", f"{name} · {sheet}",
                f"no extract has the name of this sheet, so it is not read.{hint}",
                "Name the sheet after its extract: " + ", ".join(EXTRACT_NAMES) + ".",
            ))  # fmt: skip
    return held, findings


def _unknown_file_finding(path: Path, name: str, ending: str) -> Finding:
    if ending in OTHER_TABLES:
        what, remedy = (
            f"a file that ends in {ending} is not read",
            "Save it as .csv or .xlsx, or take it out of the folder.",
        )
    else:
        what = f"no extract has the name of this file, so it is not read.{did_you_mean(normalise_name(path.stem), EXTRACT_NAMES)}"
        remedy = "Name the file after its extract: " + ", ".join(EXTRACT_NAMES) + "."
    return _source_finding("warning", "file.known", "", name, what, remedy)


def check_file(path: Path, workspace: Path) -> None:
    """Raise Unreadable for what must not be opened: a link out of the workspace, no ordinary file, or one too large."""
    # realpath, since resolve() raises for a link to itself
    if not Path(os.path.realpath(path)).is_relative_to(workspace.resolve()):
        raise UnreadableSource(
            "this is a link to a file outside the workspace",
            "Copy the file itself into the folder.",
        )
    if not path.is_file():
        raise UnreadableSource(
            "this is not an ordinary file", "Put a file of that name in its place."
        )
    if not os.access(path, os.R_OK):
        raise UnreadableSource(
            "you have no permission to read this file",
            "Ask whoever put it there, or copy it from its source.",
        )
    if path.stat().st_size > MAX_FILE_BYTES:
        raise UnreadableSource(
            f"the file is larger than {MAX_FILE_BYTES // 10**9} GB, the most that is read",
            "Export one year only.",
        )


def _source_finding(
    severity: str, rule: str, extract: str, file: str, what: str, remedy: str
) -> Finding:
    return Finding(
        severity,
        f"{extract}.{rule}" if extract else rule,
        extract,
        file,
        None,
        None,
        None,
        what,
        remedy,
    )
