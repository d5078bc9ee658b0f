"""What the headings of known case systems mean: one YAML file for each public schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.start.mapping.exports import ExportColumn
from pipeline.start.mapping.matching import Candidate, ColumnMatch, decided_as
from pipeline.start.mapping.words import read_data
from pipeline.validate.reading.columns.headings import normalise_heading

FOLDER = Path(__file__).parent / "presets"
MIN_MARKED_HEADINGS = 3
CONFIDENCE = 0.99


@dataclass(frozen=True)
class Preset:
    """A public schema: the headings of each column, the likeliest first."""

    name: str
    extract: str
    marks: tuple[str, ...]
    columns: Mapping[str, Sequence[str]]
    stages: Mapping[str, Sequence[str]]

    def applies_to(self, columns: Sequence[ExportColumn]) -> bool:
        """Whether enough headings of a table begin as those of the schema."""
        marks = tuple(mark.casefold() for mark in self.marks)
        marked = [one for one in columns if one.heading.casefold().startswith(marks)]
        return len(marked) >= MIN_MARKED_HEADINGS

    def decide(
        self, matches: Sequence[ColumnMatch], columns: Sequence[ExportColumn], stage: str = ""
    ) -> list[ColumnMatch]:
        """The matches with the headings that the schema names.

        stage: of a block of columns; "" for those of the case.
        """
        listed = self.stages if stage else self.columns
        by_heading: dict[str, list[ExportColumn]] = {}
        for column in columns:
            by_heading.setdefault(normalise_heading(column.heading), []).append(column)
        decided = []
        for match in matches:
            for heading in listed.get(match.column.name, ()):
                alike = by_heading.get(normalise_heading(heading.format(stage=stage)))
                if not alike:
                    continue
                candidate = Candidate(alike[0], CONFIDENCE, f"a heading of {self.name}")
                others = tuple(alike[1:]) if match.column.type == "codes" else ()
                match = decided_as(ColumnMatch(match.column, match.candidates, others), candidate)
                break
            decided.append(match)
        return decided


def find_preset(columns: Sequence[ExportColumn]) -> Preset | None:
    """The schema that a table's headings belong to; None for an unknown one."""
    for path in sorted(FOLDER.glob("*.yaml")):
        content = read_data(f"{FOLDER.name}/{path.name}")
        preset = Preset(
            content["name"],
            content["extract"],
            tuple(content["marks"]),
            content["columns"],
            content.get("stages", {}),
        )
        if preset.applies_to(columns):
            return preset
    return None
