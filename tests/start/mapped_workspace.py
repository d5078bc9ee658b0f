"""A workspace whose extracts are replaced, and the figures that its year then has."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from further_forms import plain_heading
from layouts import NOT_USED, extract_of

from pipeline.aggregate.store import make_figures
from pipeline.clean import clean
from pipeline.clean.store import save as save_cleaned
from pipeline.settings import load_settings
from pipeline.start.mapping.exports import read_exports
from pipeline.start.mapping.proposal import complete, council_codes, draft_tables
from pipeline.start.mapping.questions import SKIP, ask_codes, ask_columns
from pipeline.start.mapping.writing.council_file import read_council, write_council
from pipeline.start.mapping.writing.yaml_text import council_lines
from pipeline.validate import check
from pipeline.validate.store import load_tables
from pipeline.validate.store import save as save_validated
from pipeline.year import Year


def figure_bytes(workspace: Path, year: str) -> bytes:
    """figures.csv of the year, made by the notebooks' steps."""
    settings = load_settings(workspace, year)
    validated = check(settings)
    critical = [one for one in validated.findings if one.severity == "critical"]
    assert not critical, [(one.place, one.what) for one in critical]
    save_validated(validated, settings)
    save_cleaned(clean(load_tables(settings), settings), settings)
    make_figures(settings)
    return (settings.processed / "3_aggregate" / "figures.csv").read_bytes()


def write_own(workspace: Path, year: str, rows: Mapping[str, Sequence[dict[str, str]]]) -> None:
    """Our own extracts with these rows in place of those that there are."""
    for extract, of_extract in rows.items():
        path = workspace / "data" / "raw" / year / f"{extract}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(of_extract[0]))
            writer.writeheader()
            writer.writerows(of_extract)


class Analyst:
    """Somebody who knows what each heading and code of a layout means, and answers questions."""

    def __init__(self, layout: dict[str, Any]) -> None:
        self._headings: dict[str, str] = {}
        for headings in layout["files"].values():
            for heading, column in headings.items():
                place = column if "." in column else f"{extract_of(headings)}.{column}"
                if column != NOT_USED:
                    self._headings[place] = plain_heading(heading)
        self._codes = layout["codes"]
        self.answers = 0

    def answer(self, question: str, options: Sequence[str]) -> str:
        """The number of the right option; to skip where there is none."""
        self.answers += 1
        place, _, rest = (
            question.partition(": what does ")
            if ": what" in question
            else (question.partition(" (")[0], "", "")
        )
        right_option = self._code(place, rest) if rest else self._headings.get(place)
        for number, option in enumerate(options, 1):
            if (
                right_option is not None
                and option.partition(" (")[0] == right_option.partition(" (")[0]
            ):
                return str(number)
        return SKIP

    def _code(self, place: str, rest: str) -> str | None:
        theirs = rest.partition('"')[2].partition('" mean')[0]
        listed = self._codes.get(place, self._codes.get(place.partition(".")[2], {}))
        return next((ours for ours, word in listed.items() if word == theirs), theirs.casefold())


def write_mapped(
    workspace: Path, year: str, layout: dict[str, Any], exports: Sequence[Path]
) -> int:
    """The exports in place of the extracts, read as `map --write` says; the number of answers."""
    analyst = Analyst(layout)
    council = read_council(workspace, must_exist=True)
    parsed = Year.parse(year)
    drafts = ask_columns(draft_tables(read_exports(exports), council, parsed), analyst.answer)
    proposal = complete(drafts, council, parsed)
    proposal = ask_codes(proposal, dict(council_codes(council)), analyst.answer)
    left_alone = write_council(workspace, council_lines(proposal), lambda *_: False)
    assert not left_alone, left_alone
    folder = workspace / "data" / "raw" / year
    for export in exports:
        headings = layout["files"][export.name]
        extract = extract_of(headings)
        for old in folder.glob(f"{extract}.*"):
            old.unlink()
        if any(column.startswith("stage_") for column in headings.values()):
            (folder / "investigations.csv").unlink()
        shutil.copy(export, folder / f"{extract}{export.suffix}")
    return analyst.answers
