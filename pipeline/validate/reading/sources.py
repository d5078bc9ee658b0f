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
# fmt: off
OTHER_TABLES = (
    ".xlsm", ".xlsb", ".xltx", ".txt", ".tab", ".json", ".xml", ".parquet", ".numbers", ".zip",
)
# fmt: on
KNOWN_ENDINGS = (*TEXT_ENDINGS, *WORKBOOK_ENDINGS, *OTHER_TABLES)
MAX_FILE_BYTES = 2_000_000_000  # a year of the largest council is a few million
EXTRACT_NAMES = [extract.name for extract in EXTRACTS]


@dataclass(frozen=True)
class Source:
    """Where one extract of one year is.

    name: as findings and the `file` column show it: the path inside the workspace and, for a
        workbook, " · " and the sheet.
    table: None where the source cannot be read.
    """

    name: str
    table: TableSource | None


def find_sources(
    settings: Settings, year: Year
) -> tuple[dict[str, Source], set[str], list[Finding]]:
    """The source of each extract in the year's folder, and what is wrong with the others.

    Returns the readable source of each extract by name, the names of the extracts that are there
    but cannot be read, and the findings.
    """
    sources: dict[str, list[Source]] = {}
    findings: list[Finding] = []
    folder = settings.raw / str(year)
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        is_temporary = path.name.startswith((".", "~"))
        if is_temporary or path.suffix.casefold() not in KNOWN_ENDINGS:
            continue
        in_file, of_file = _sources_in_file(path, settings.workspace)
        findings += of_file
        for extract, source in in_file:
            sources.setdefault(extract, []).append(source)
    readable: dict[str, Source] = {}
    for extract, extract_sources in sources.items():
        if len(extract_sources) > 1:
            findings.append(_repeated_extract_finding(extract, extract_sources, year))
        elif extract_sources[0].table is not None:
            readable[extract] = extract_sources[0]
    return readable, set(sources) - set(readable), findings


def _sources_in_file(path: Path, workspace: Path) -> tuple[list[tuple[str, Source]], list[Finding]]:
    """Each extract in a file with its source, and the findings about the file."""
    name = path.relative_to(workspace).as_posix()
    ending = path.suffix.casefold()
    # "" where the file is not named after an extract.
    extract = normalise_name(path.stem) if normalise_name(path.stem) in EXTRACT_NAMES else ""
    try:
        check_file(path, workspace)
        if ending in WORKBOOK_ENDINGS:
            return _sources_in_workbook(path, name, extract)
        if ending in TEXT_ENDINGS and extract:
            return [(extract, Source(name, TextFile(path)))], []
    except UnreadableSource as error:
        unreadable = [(extract, Source(name, None))] if extract else []
        return unreadable, [_unreadable_finding(extract, name, error)]
    return [], [_unknown_file_finding(path, name)]


def _sources_in_workbook(
    path: Path, name: str, extract: str
) -> tuple[list[tuple[str, Source]], list[Finding]]:
    """Each extract in a workbook with its source, and the findings about its sheets.

    extract: that the file is named after, or "".
    """
    sheets, other_sheets = read_workbook(path, EXTRACT_NAMES, is_one_extract=bool(extract))
    sources: list[tuple[str, Source]] = []
    findings: list[Finding] = []
    for sheet_name, sheet in sheets.items():
        sheet_extract = normalise_name(sheet_name)
        if sheet_extract not in EXTRACT_NAMES:
            sheet_extract = extract
        source_name = f"{name} · {sheet_name}"
        if isinstance(sheet, UnreadableSource):
            findings.append(_unreadable_finding(sheet_extract, source_name, sheet))
            sources.append((sheet_extract, Source(source_name, None)))
        else:
            sources.append((sheet_extract, Source(source_name, sheet)))
    for sheet_name in other_sheets:
        hint = did_you_mean(normalise_name(sheet_name), EXTRACT_NAMES)
        if hint or not sheets:
            findings.append(
                Finding(
                    severity="warning",
                    rule="file.known",
                    extract="",
                    file=f"{name} · {sheet_name}",
                    what=f"no extract has the name of this sheet, so it is not read.{hint}",
                    remedy=f"Name the sheet after its extract: {', '.join(EXTRACT_NAMES)}.",
                )
            )
    return sources, findings


def _repeated_extract_finding(extract: str, sources: list[Source], year: Year) -> Finding:
    names = " and ".join(source.name for source in sources)
    return Finding(
        severity="critical",
        rule=f"{extract}.file.once",
        extract=extract,
        file=f"data/raw/{year}",
        what=f"{extract} is supplied more than once: {names}",
        remedy="Keep the right one and remove the others from the folder.",
    )


def _unreadable_finding(extract: str, name: str, error: UnreadableSource) -> Finding:
    return Finding(
        severity="critical",
        rule=f"{extract}.file.readable" if extract else "file.readable",
        extract=extract,
        file=name,
        what=error.what,
        remedy=error.remedy,
    )


def _unknown_file_finding(path: Path, name: str) -> Finding:
    ending = path.suffix.casefold()
    if ending in OTHER_TABLES:
        what = f"a file that ends in {ending} is not read"
        remedy = "Save it as .csv or .xlsx, or remove it from the folder."
    else:
        hint = did_you_mean(normalise_name(path.stem), EXTRACT_NAMES)
        what = f"no extract has the name of this file, so it is not read.{hint}"
        remedy = f"Name the file after its extract: {', '.join(EXTRACT_NAMES)}."
    return Finding(
        severity="warning", rule="file.known", extract="", file=name, what=what, remedy=remedy
    )


def check_file(path: Path, workspace: Path) -> None:
    """Raise UnreadableSource for a file that must not be opened.

    That is a link out of the workspace, anything but an ordinary file, and one too large.
    """
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
            "Ask the person who put it there, or copy it from its source.",
        )
    if path.stat().st_size > MAX_FILE_BYTES:
        gigabytes = MAX_FILE_BYTES // 10**9
        raise UnreadableSource(
            f"the file is larger than {gigabytes} GB, the most that is read",
            "Export one year only.",
        )
