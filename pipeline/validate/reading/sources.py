"""Which files of a year hold which extract, and whether they may be opened."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.problem import did_you_mean
from pipeline.settings import Settings
from pipeline.settings.workspace import REFERENCE_FOLDER
from pipeline.system.folders import leads_outside
from pipeline.validate.findings import Finding
from pipeline.validate.reading.formats.json_file import read_json
from pipeline.validate.reading.formats.xml_file import read_xml
from pipeline.validate.reading.layout.parts import Source, mismatch_findings
from pipeline.validate.reading.layout.sheet_choice import choose_sheets
from pipeline.validate.reading.layout.source_names import (
    EXTRACT_NAMES,
    SourceName,
    parse_source_name,
)
from pipeline.validate.reading.layout.unread import (
    hidden_sheet_finding,
    missing_sheet_findings,
    unread_folder_finding,
    unread_sheet_finding,
)
from pipeline.validate.reading.shared_files.declared_files import (
    missing_file_findings,
    source_names,
)
from pipeline.validate.reading.sheet_worker import normalise_name
from pipeline.validate.reading.table_source import TableSource, UnreadableSource
from pipeline.validate.reading.tables.headings import KnownHeadings
from pipeline.validate.reading.tables.locate import SourcePlace, locate_table
from pipeline.validate.reading.text_file import TextFile
from pipeline.validate.reading.workbook import Sheet, read_workbook
from pipeline.year import Year

TEXT_ENDINGS = (".csv", ".tsv")
WORKBOOK_ENDINGS = (".xlsx", ".xls", ".ods")
RECORD_READERS = {".json": read_json, ".xml": read_xml}
# fmt: off
OTHER_TABLES = (
    ".xlsm", ".xlsb", ".xltx", ".xlt", ".fods", ".sxc", ".dif", ".prn", ".txt", ".tab",
    ".html", ".htm", ".parquet", ".numbers", ".mdb", ".accdb", ".dbf", ".bak", ".zip",
    ".gz", ".7z", ".rar",
)
# fmt: on
NOT_EXTRACTS = ("published.csv", REFERENCE_FOLDER)
READ_ENDINGS = (*TEXT_ENDINGS, *WORKBOOK_ENDINGS, *RECORD_READERS)
KNOWN_ENDINGS = (*READ_ENDINGS, *OTHER_TABLES)
MAX_FILE_BYTES = 2_000_000_000  # a year of the largest council is a few million


def find_sources(
    settings: Settings, year: Year
) -> tuple[dict[str, list[Source]], set[str], list[Finding]]:
    """The sources of each extract in the year's folder, and what is wrong with the others.

    Returns the readable sources of each extract by name (several where it comes in parts with the
    same headings), the names of the extracts that are there but cannot be read, and the findings.
    """
    folder = _YearFolder(settings, year)
    for path in visible_entries(settings.raw / str(year)):
        folder.add(path)
    folder.add_hidden_sheets()
    folder.add_missing_files()
    readable: dict[str, list[Source]] = {}
    for extract, sources in folder.sources.items():
        mismatches = mismatch_findings(extract, sources, year)
        folder.findings += mismatches
        tables = [source for source in sources if source.table is not None]
        if tables and not mismatches:
            readable[extract] = tables
    return readable, set(folder.sources) - set(readable), folder.findings


def visible_entries(folder: Path) -> list[Path]:
    """The files and folders in a folder, by name, without hidden and temporary ones."""
    paths = sorted(folder.iterdir(), key=lambda path: path.name)
    return [path for path in paths if not path.name.startswith((".", "~"))]


def find_stray_tables(settings: Settings) -> list[Finding]:
    """The findings for tables outside the years' folders, and in folders of no year."""
    findings: list[Finding] = []
    for path in sorted(settings.raw.iterdir(), key=lambda path: path.name):
        name = path.relative_to(settings.workspace).as_posix()
        if path.name.startswith((".", "~")) or path.name in NOT_EXTRACTS:
            continue
        if path.is_dir():
            if not Year.is_name(path.name):
                finding = unread_folder_finding(path, name, KNOWN_ENDINGS)
                findings += [finding] if finding else []
        elif path.suffix.casefold() in READ_ENDINGS:
            findings.append(_stray_table_finding(name))
    return findings


def _stray_table_finding(name: str) -> Finding:
    return Finding(
        severity="warning",
        rule="file.known",
        extract="",
        file=name,
        what="a table outside the years' folders is not read",
        remedy=(
            "Put an extract into the folder of its year; published totals are read from "
            "data/raw/published.csv alone."
        ),
    )


class _YearFolder:
    """The sources in a year's folder, by extract, and the findings about its files."""

    def __init__(self, settings: Settings, year: Year) -> None:
        self.settings = settings
        self.year = year
        self.sources: dict[str, list[Source]] = {}
        self.findings: list[Finding] = []
        self.hidden_sheets: list[tuple[Sheet, str]] = []
        self.paths: list[str] = []
        self.known = KnownHeadings.of_any(settings.council).names

    def add(self, path: Path) -> None:
        """Add what a file or folder holds; a folder with an extract's name holds parts of it."""
        name = path.relative_to(self.settings.workspace).as_posix()
        ending = path.suffix.casefold()
        if path.is_dir() and ending not in KNOWN_ENDINGS:
            names = self._names(path, parse_source_name(path.name, self.year))
            if not path.is_symlink() and self._add_folder(path, names):
                return
            finding = unread_folder_finding(path, name, KNOWN_ENDINGS)
            self.findings += [finding] if finding else []
        else:
            self._add_file(path, self._names(path, parse_source_name(path.stem, self.year)))

    def _add_folder(self, path: Path, names: list[SourceName]) -> bool:
        """Add the files in a folder, and return whether any may be an extract.

        names: the extracts of which each file is a part. Without these, council.yaml names files.
        """
        is_read = bool(names)
        for inside in visible_entries(path):
            part = normalise_name(inside.stem)
            parts = [SourceName(one.extract, f"{one.part} {part}".strip()) for one in names]
            known = {one.extract for one in names}
            parts += [one for one in self._names(inside, None) if one.extract not in known]
            if parts or names:
                is_read = True
                self._add_file(inside, parts)
        return is_read

    def _names(self, path: Path, by_name: SourceName | None) -> list[SourceName]:
        """The extracts in a file or folder, by its name and by council.yaml."""
        below_raw = path.relative_to(self.settings.raw).as_posix()
        self.paths.append(below_raw)
        return source_names(below_raw, by_name, self.settings.council)

    def add_missing_files(self) -> None:
        """Add the findings about files that council.yaml names and that are not there."""
        self.findings += missing_file_findings(self.year, self.paths, self.settings.council)

    def _add_file(self, path: Path, names: list[SourceName]) -> None:
        """Add the extracts in a file; names: which these are by its name, or by council.yaml."""
        name = path.relative_to(self.settings.workspace).as_posix()
        ending = path.suffix.casefold()
        if ending not in KNOWN_ENDINGS:
            return
        try:
            check_file(path, self.settings.workspace)
            if ending in WORKBOOK_ENDINGS:
                self._add_workbook(path, name, names)
            elif ending in (*TEXT_ENDINGS, *RECORD_READERS) and names:
                table = self._read_file(path, ending)
                for extract_name in names:
                    self._add_source(extract_name, name, table)
            else:
                self.findings.append(_unknown_file_finding(path, name))
        except UnreadableSource as error:
            unreadable: list[SourceName | None] = [*names] or [None]
            for source_name in unreadable:
                self._add_unreadable(source_name, name, error)

    def _read_file(self, path: Path, ending: str) -> TableSource:
        if ending in TEXT_ENDINGS:
            return TextFile(path, self.known)
        return RECORD_READERS[ending](path)

    def _add_source(
        self, source_name: SourceName, name: str, table: TableSource | None, sheet: str = ""
    ) -> None:
        """Add a source, with its table located; without it where that is not certain."""
        place = None
        if table is not None:
            path = name.removesuffix(f" · {sheet}").removeprefix("data/raw/")
            source_place = SourcePlace(source_name.extract, name, path, sheet)
            table, place = locate_table(table, source_place, self.settings.council)
            if place.doubt:
                self.findings.append(place.doubt)
                table = None
        sources = self.sources.setdefault(source_name.extract, [])
        sources.append(Source(name, table, source_name.part, place))

    def _add_unreadable(
        self, source_name: SourceName | None, name: str, error: UnreadableSource
    ) -> None:
        if source_name:
            self._add_source(source_name, name, None)
        extract = source_name.extract if source_name else ""
        self.findings.append(_unreadable_finding(extract, name, error))

    def _add_workbook(self, path: Path, name: str, names: list[SourceName]) -> None:
        sheets = read_workbook(path)
        below_raw = path.relative_to(self.settings.raw).as_posix()
        chosen = choose_sheets(sheets, below_raw, names, self.settings.council)
        self.findings += missing_sheet_findings(
            name, below_raw, [sheet.name for sheet in sheets], self.settings.council
        )
        for source_name, sheet in chosen:
            sheet_name = f"{name} · {sheet.name}"
            if sheet.fault:
                self._add_unreadable(source_name, sheet_name, sheet.fault)
            else:
                self._add_source(source_name, sheet_name, sheet, sheet.name)
        read_names = {sheet.name for _, sheet in chosen}
        for sheet in sheets:
            sheet_name = f"{name} · {sheet.name}"
            if not sheet.is_visible:
                self.hidden_sheets.append((sheet, sheet_name))
            elif sheet.name not in read_names:
                finding = unread_sheet_finding(sheet, sheet_name, not chosen, self.settings.council)
                self.findings += [finding] if finding else []

    def add_hidden_sheets(self) -> None:
        """Add the findings about hidden sheets, once it is known what else there is."""
        for sheet, name in self.hidden_sheets:
            finding = hidden_sheet_finding(
                sheet, name, set(self.sources), self.settings.council, self.year
            )
            self.findings += [finding] if finding else []


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
    if leads_outside(path, workspace):
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
