"""The rows of one extract in a file that holds other records too, as `only:` tells them apart."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import cached_property

import numpy as np
import pyarrow as pa

from pipeline.problem import did_you_mean
from pipeline.settings import Council
from pipeline.validate.findings import Finding, count_rows, format_row_numbers, quotable_text
from pipeline.validate.personal.headings import personal_column
from pipeline.validate.reading.columns.headings import HeadingRow, repeated_heading_text
from pipeline.validate.reading.columns.placeholders import normalise_placeholder
from pipeline.validate.reading.layout.sheet_marks import is_error_text
from pipeline.validate.reading.shared_files.record_kinds import kind_of
from pipeline.validate.reading.table_source import TableRows
from pipeline.validate.reading.tables.locate import TablePlace

LEFT_OUT = 'left out by "only"'
MAX_NAMED_TEXTS = 12  # a column with more is no column of kinds, and its texts are not repeated
MIN_LIKENESS = 0.85  # a ratio, as difflib counts it


@dataclass(frozen=True)
class OnlyRows:
    """The rows of a source that belong to the extract.

    left_out: the other rows, with the reason.
    """

    rows: TableRows
    left_out: dict[int, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class _Column:
    """A column that distinguishes the rows.

    name: the heading, as the file has it. texts: of each row. chosen: the texts of the
    extract's rows; elsewhere: those of other extracts in the same file; in_parts: those of the
    extract in other files. All are written as they are compared.
    """

    name: str
    texts: list[str]
    chosen: dict[str, str]
    elsewhere: set[str]
    in_parts: set[str]

    @property
    def is_chosen(self) -> np.ndarray:
        """For each row whether it has one of the texts."""
        return np.array([_compared(text) in self.chosen for text in self.texts], dtype=bool)

    @property
    def is_empty(self) -> np.ndarray:
        """For each row whether nothing says what it is: an empty cell, or an error in its place."""
        is_empty = {text: _is_empty(text) for text in set(self.texts)}
        return np.array([is_empty[text] for text in self.texts], dtype=bool)

    @cached_property
    def others(self) -> list[str]:
        """The texts that are not chosen, and not empty."""
        return sorted(
            text
            for text in set(self.texts)
            if _compared(text) not in self.chosen and not _is_empty(text)
        )

    @cached_property
    def is_personal(self) -> bool:
        """Whether the texts are of people, and must not be repeated."""
        return personal_column(self.name, self.others) is not None

    def reasons(self) -> dict[str, str]:
        """By text, why its row is left out."""
        is_named = len(self.others) <= MAX_NAMED_TEXTS and not self.is_personal
        return {
            text: f'{LEFT_OUT}: {self.name} is "{quotable_text(text)}"'
            if is_named
            else f"{LEFT_OUT}: {self.name} is another text"
            for text in self.others
        }

    def similar(self, chosen: Iterable[str]) -> list[str]:
        """The other texts that may mean one of these, and that no other extract chooses."""
        if self.is_personal:
            return []
        return [
            text
            for text in self.others
            if _compared(text) not in self.elsewhere
            and any(_is_like(_compared(text), one) for one in chosen)
        ]


def select_only(
    place: TablePlace,
    heading: Sequence[str],
    rows: TableRows,
    positions: Sequence[int],
    council: Council,
) -> OnlyRows:
    """The rows that `only:` in council.yaml says are of this extract; all rows without it.

    positions: of the columns of the rows. A row that does not say what it is stays, so that it is
    reported rather than lost.
    """
    if place.layout is None or not place.layout.only:
        return OnlyRows(rows)
    selection = OnlyRows(rows)
    heading_row = HeadingRow(list(heading))
    for name, texts in place.layout.only.items():
        places = heading_row.find(name)
        if len(places) != 1:
            selection.findings.append(_heading_finding(place, name, heading_row, places))
            continue
        column = _Column(
            heading_row.cells[places[0]],
            selection.rows.columns[positions.index(places[0])].to_pylist(),
            {_compared(text): text for text in texts},
            *_chosen_elsewhere(place, heading_row, places, council),
        )
        selection = _select(place, column, selection)
    return selection


def _select(place: TablePlace, column: _Column, selection: OnlyRows) -> OnlyRows:
    """The rows of a selection that have one of the chosen texts, or none."""
    rows = selection.rows
    is_empty = column.is_empty
    stays = column.is_chosen | is_empty
    reasons = column.reasons()
    numbers = rows.row_numbers.tolist()
    dropped = {
        number: text
        for number, text, remains in zip(numbers, column.texts, stays, strict=True)
        if not remains
    }
    findings = [
        *selection.findings,
        *_unused_text_findings(place, column),
        *_empty_findings(place, column, rows.row_numbers[is_empty].tolist()),
        *_left_out_findings(place, column, dropped, reasons),
    ]
    remaining = replace(
        rows,
        columns=[cells.filter(pa.array(stays)) for cells in rows.columns],
        row_numbers=rows.row_numbers[stays],
    )
    left_out = {number: reasons[text] for number, text in dropped.items()}
    return OnlyRows(remaining, selection.left_out | left_out, findings)


def _compared(text: str) -> str:
    """A text as it is compared: without case, outer spaces, or kinds of space and dash."""
    return normalise_placeholder(text)


def _is_empty(text: str) -> bool:
    is_visible = any(unicodedata.category(character)[0] not in "CZ" for character in text)
    return not is_visible or is_error_text(text)


def _is_like(text: str, chosen: str) -> bool:
    """Whether a text may mean a chosen one: it has the same words and others, or is misspelt."""
    kinds = kind_of(text), kind_of(chosen)
    if re.search(rf"\b{re.escape(chosen)}\b", text) or (kinds[0] and kinds[0] == kinds[1]):
        return True
    if all(kinds):
        return False
    return SequenceMatcher(None, text, chosen).ratio() >= MIN_LIKENESS


def _chosen_elsewhere(
    place: TablePlace, heading: HeadingRow, positions: Sequence[int], council: Council
) -> tuple[set[str], set[str]]:
    """The texts of a column for other extracts in the same file, and for this in other files."""
    of_others: set[str] = set()
    in_parts: set[str] = set()
    folder = place.source.path.partition("/")[0]
    for extract, layouts in council.tables.items():
        for layout in layouts:
            texts = {
                _compared(text)
                for name, listed in layout.only.items()
                if heading.find(name) == list(positions)
                for text in listed
            }
            if extract != place.source.extract and layout.applies_to(place.source.path):
                of_others |= texts
            elif extract == place.source.extract and layout is not place.layout:
                in_parts |= texts if (layout.file or folder).startswith(folder) else set()
    return of_others, in_parts


def _heading_finding(
    place: TablePlace, name: str, heading: HeadingRow, positions: Sequence[int]
) -> Finding:
    """The finding for a heading that a file lacks, or has several times."""
    if positions:
        what, example = repeated_heading_text(heading.cells, positions)
        remedy = f"Say which one under `only:` in council.yaml, such as `{example}`."
        return place.source.finding("critical", "only.heading", what, remedy)
    hint = did_you_mean(name, [cell for cell in heading.cells if cell])
    remedy = "Correct the heading under `only:` in council.yaml, or add the column to the export."
    if not (place.layout and place.layout.file):
        remedy += " If only one of the files has it, name that one with `file:` next to `only:`."
    what = f'the heading "{name}" that council.yaml names under `only:` is missing.{hint}'
    return place.source.finding("critical", "only.heading", what, remedy)


def _unused_text_findings(place: TablePlace, column: _Column) -> list[Finding]:
    """The findings for texts that no row has.

    Where the extract comes in several files or sheets, one without such rows is a warning, unless
    the text is like another.
    """
    layout, source = place.layout, place.source
    is_of_this_alone = bool(
        layout and layout.file == source.path and (layout.sheet or not source.sheet)
    )
    present = {_compared(text) for text in column.texts}
    findings = []
    for compared, text in column.chosen.items():
        if compared in present:
            continue
        hint = did_you_mean(text, list(map(quotable_text, column.similar([compared]))))
        is_certain = is_of_this_alone and compared not in column.in_parts
        findings.append(
            source.finding(
                "critical" if is_certain or hint else "warning",
                "only.text",
                f'no row has "{text}" under "{column.name}", which council.yaml names under '
                f"`only:`.{hint}",
                "Correct the text, or remove it if there are no such rows.",
            )
        )
    return findings


def _empty_findings(place: TablePlace, column: _Column, numbers: Sequence[int]) -> list[Finding]:
    if not numbers:
        return []
    finding = place.source.finding(
        "critical",
        "only.empty",
        f'nothing stands under "{column.name}" in {format_row_numbers(numbers)}, so it is not '
        f"known whether {'it is' if len(numbers) == 1 else 'they are'} of {place.source.extract}",
        f'Write in each what it is, such as "{next(iter(column.chosen.values()))}".',
        row=numbers[0] if len(numbers) == 1 else None,
    )
    return [replace(finding, column=column.name, stands_for=len(numbers))]


def _left_out_findings(
    place: TablePlace, column: _Column, dropped: Mapping[int, str], reasons: Mapping[str, str]
) -> list[Finding]:
    """How many rows were left out, and a warning for those that may be of this extract."""
    if not dropped:
        return []
    counts = Counter(reasons[text].removeprefix(f"{LEFT_OUT}: ") for text in dropped.values())
    listed = "; ".join(f"{reason} ({count_rows(count)})" for reason, count in counts.items())
    verb = "is" if len(dropped) == 1 else "are"
    findings = [
        replace(
            place.source.finding(
                "info",
                "only.rows",
                f'{count_rows(len(dropped))} {verb} left out by "only": {listed}',
                f"Nothing to do if none of them is of {place.source.extract}.",
            ),
            stands_for=len(dropped),
        )
    ]
    for text in column.similar(column.chosen):
        numbers = [number for number, of_row in dropped.items() if of_row == text]
        chosen = next(iter(column.chosen.values()))
        finding = place.source.finding(
            "warning",
            "only.similar",
            f'"{quotable_text(text)}" under "{column.name}" is like "{chosen}", and '
            f"{format_row_numbers(numbers)} with it "
            f"{'is' if len(numbers) == 1 else 'are'} left out",
            f"If {'it is' if len(numbers) == 1 else 'they are'} of {place.source.extract}, add the "
            "text to the list under `only:` in council.yaml.",
        )
        findings.append(replace(finding, column=column.name, stands_for=len(numbers)))
    return findings
