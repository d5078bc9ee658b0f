"""Which files of a year hold which extract, and whether they may be opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.problem import did_you_mean
from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS
from pipeline.validate.findings import Finding
from pipeline.validate.grid import Grid, Unreadable
from pipeline.validate.text_file import TextFile
from pipeline.year import Year

TEXT_ENDINGS = (".csv", ".tsv")
WORKBOOK_ENDINGS = (".xlsx", ".xls", ".ods")
OTHER_TABLES = (".xlsm", ".xlsb", ".xltx", ".txt", ".tab", ".json", ".xml", ".parquet", ".numbers", ".zip")
LARGEST = 2_000_000_000  # bytes; a year of the largest council is a few million
NAMES = [extract.name for extract in EXTRACTS]


@dataclass(frozen=True)
class Source:
    """Where one extract of one year is.

    name: what findings and the `file` column say: the path inside the workspace and, for a workbook, " · " and the sheet.
    """

    name: str
    grid: Grid


def find_sources(settings: Settings, year: Year) -> tuple[dict[str, Source], set[str], list[Finding]]:
    """The source of each extract in the year's folder, the extracts that are there but cannot be read, and what is wrong."""
    found: dict[str, list[Source | str]] = {}
    findings: list[Finding] = []
    folder = settings.raw / str(year)
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        stem, ending = path.stem.casefold(), path.suffix.casefold()
        if path.name.startswith((".", "~")) or ending not in TEXT_ENDINGS + WORKBOOK_ENDINGS + OTHER_TABLES:
            continue
        name = path.relative_to(settings.workspace).as_posix()
        if ending in OTHER_TABLES:
            findings.append(_about(
                "warning", "file.known", stem if stem in NAMES else "", name,
                f"a file that ends in {ending} is not read", "Save it as .csv or .xlsx, or take it out of the folder.",
            ))  # fmt: skip
        elif ending in TEXT_ENDINGS and stem not in NAMES:
            findings.append(_about(
                "warning", "file.known", "", name,
                f"no extract has the name of this file, so it is not read.{did_you_mean(stem, NAMES)}",
                "Name the file after its extract: " + ", ".join(NAMES) + ".",
            ))  # fmt: skip
        else:
            try:
                check_file(path, settings.workspace)
                held = {stem: Source(name, TextFile(path))} if ending in TEXT_ENDINGS else {}
            except Unreadable as trouble:
                findings.append(
                    _about("critical", "file.readable", stem if stem in NAMES else "", name, trouble.what, trouble.remedy)
                )
                held = {stem: name}
            for extract, source in held.items():
                found.setdefault(extract, []).append(source)
    for extract, sources in found.items():
        if len(sources) > 1:
            names = " and ".join(source if isinstance(source, str) else source.name for source in sources)
            findings.append(_about(
                "critical", "file.once", extract, f"data/raw/{year}", f"{extract} is there more than once: {names}",
                "Keep the one that is right and take the others out of the folder.",
            ))  # fmt: skip
    ready = {name: held[0] for name, held in found.items() if len(held) == 1 and isinstance(held[0], Source)}
    return ready, set(found) - set(ready), findings


def check_file(path: Path, workspace: Path) -> None:
    """Raise Unreadable for what must not be opened: a link out of the workspace, no ordinary file, or one too large."""
    if not path.resolve().is_relative_to(workspace.resolve()):
        raise Unreadable("this is a link to a file outside the workspace", "Copy the file itself into the folder.")
    if not path.is_file():
        raise Unreadable("this is not an ordinary file", "Put a file of that name in its place.")
    if path.stat().st_size > LARGEST:
        raise Unreadable(f"the file is larger than {LARGEST // 10**9} GB, the most that is read", "Export one year only.")


def _about(severity: str, rule: str, extract: str, file: str, what: str, remedy: str) -> Finding:
    return Finding(severity, f"{extract}.{rule}" if extract else rule, extract, file, None, None, None, what, remedy)
