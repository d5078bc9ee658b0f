"""The findings for files and sheets that are not read, with the number of their rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from pipeline.problem import did_you_mean
from pipeline.settings import Council
from pipeline.validate.dictionary import EXTRACTS
from pipeline.validate.findings import Finding, Severity, count_rows
from pipeline.validate.reading.layout.sheet_choice import similar_extract
from pipeline.validate.reading.layout.source_names import EXTRACT_NAMES, parse_source_name
from pipeline.validate.reading.sheet_worker import normalise_name
from pipeline.validate.reading.workbook import Sheet
from pipeline.year import Year

# The sheets of our own templates other than the one to fill in, and their folder.
NOTES_SHEET = "notes"
NOTES_HEADING = ["column", "what it holds", "type", "codes"]
CODES_SHEET = "codes"
TEMPLATES_FOLDER = "templates"
COLUMN_NAMES = {column.name for extract in EXTRACTS for column in extract.columns}
NAME_REMEDY = f"after its extract: {', '.join(EXTRACT_NAMES)}."


def unread_sheet_finding(
    sheet: Sheet, name: str, is_only_hope: bool, council: Council
) -> Finding | None:
    """The finding for a visible sheet that is no extract; None for one without anything to report.

    name: of the workbook and the sheet.
    is_only_hope: no sheet of the workbook is read.
    """
    if _is_of_template(sheet):
        return None
    is_list = len(sheet.rows.column_names) <= 2 and not sheet.far  # a cover, notes, or nothing
    hint = "" if is_list else did_you_mean(normalise_name(sheet.name), EXTRACT_NAMES)
    extract = similar_extract(sheet, council)
    rows = count_rows(max(0, sheet.row_count - 1))
    what = f"no extract has the name of this sheet, so it is not read ({rows} below the first)"
    severity: Severity = "warning"
    if sheet.row_count > 1 and extract:
        what += f", although its headings are those of {extract}"
    elif not hint and not is_only_hope:
        if sheet.row_count <= 1 or is_list:
            return None
        severity = "info"
    return Finding(
        severity=severity,
        rule="file.known",
        extract="",
        file=name,
        what=f"{what}.{hint}",
        remedy=(
            "Nothing to do if it is no extract."
            if severity == "info"
            else f"Name the sheet {NAME_REMEDY} Remove it if it is none."
        ),
    )


def _is_of_template(sheet: Sheet) -> bool:
    """Whether a sheet is one of our own templates, other than the one to fill in."""
    if sheet.name == NOTES_SHEET:
        return sheet.area.heading == NOTES_HEADING
    return sheet.name == CODES_SHEET and COLUMN_NAMES.issuperset(sheet.area.heading)


def hidden_sheet_finding(
    sheet: Sheet, name: str, read_extracts: Collection[str], council: Council, year: Year
) -> Finding | None:
    """The finding for a hidden sheet, which is never read; None for one without rows.

    read_extracts: those that have another source.
    """
    if sheet.row_count <= 1:
        return None
    source_name = parse_source_name(sheet.name, year)
    extract = source_name.extract if source_name else similar_extract(sheet, council)
    severity: Severity = "info"
    what = f"this sheet is hidden, so it is not read ({count_rows(sheet.row_count - 1)})"
    if extract:
        severity = "warning" if extract in read_extracts else "critical"
        likeness = "name is that" if source_name else "headings are those"
        what += f", although its {likeness} of {extract}"
    return Finding(
        severity=severity,
        rule="file.hidden",
        extract=extract,
        file=name,
        what=what,
        remedy="Unhide the sheet if it is the extract, or delete it if it is not.",
    )


def missing_sheet_findings(
    name: str, path: str, sheets: Sequence[str], council: Council
) -> list[Finding]:
    """A finding for each sheet that `tables:` names in a workbook that does not have it.

    name: of the workbook; path: below data/raw.
    """
    present = set(map(normalise_name, sheets))
    return [
        Finding(
            severity="critical",
            rule=f"{extract}.table.sheet",
            extract=extract,
            file=name,
            what=(
                f'there is no sheet "{layout.sheet}", which council.yaml names under '
                f"`tables:`.{did_you_mean(layout.sheet, list(sheets))}"
            ),
            remedy="Correct the name of the sheet, or the file.",
        )
        for extract, layouts in council.tables.items()
        for layout in layouts
        if layout.file == path and layout.sheet and normalise_name(layout.sheet) not in present
    ]


def unread_folder_finding(path: Path, name: str, endings: Collection[str]) -> Finding | None:
    """The finding for a folder in which no extract is looked for; None without tables in it."""
    if path.is_symlink() or path.name == TEMPLATES_FOLDER:
        return None
    tables = [
        inside
        for inside in path.rglob("*")
        if inside.suffix.casefold() in endings and not inside.name.startswith((".", "~"))
    ]
    if not tables:
        return None
    files = "1 file" if len(tables) == 1 else f"{len(tables):,} files"
    return Finding(
        severity="warning",
        rule="file.known",
        extract="",
        file=name,
        what=f"this folder is not read; it has {files} that may be extracts",
        remedy=(
            "Put each extract directly into the folder of its year, such as 2021-22, or move it "
            "out."
        ),
    )
