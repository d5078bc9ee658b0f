"""The cells of a report notebook and what they say, read without running them."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

NARRATIVE_MAGIC = re.compile(r"%%narrative\s+(\S+)")
COMMENTARY_REFERENCE = re.compile(r"{{[^}]*\bcommentary\b")
STAGE_REFERENCE = re.compile(r"{{[^}]*\bstage\b")
WORDS = ("headline", "subtitle", "caption")  # parameters that are a line of narrative each
# What a file that is no notebook raises.
DAMAGED_NOTEBOOK = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


def names_stage(heading: str) -> bool:
    """Whether the heading of a group stands for one group for each stage."""
    return bool(STAGE_REFERENCE.search(heading))


class CallWords(NamedTuple):
    """A text that a cell of Python passes by name: the parameter, the text and its line."""

    parameter: str
    text: str
    line: int


@dataclass(frozen=True)
class Cell:
    """A cell of code: its number, its text, and its notebook as messages name it."""

    number: int
    source: str
    notebook: str = ""

    @property
    def section(self) -> str | None:
        """The section of a cell of narrative."""
        magic = NARRATIVE_MAGIC.match(self.source)
        return magic[1] if magic else None

    @property
    def narrative(self) -> str:
        """The text below the first line, which names the section."""
        return self.source.partition("\n")[2]

    @property
    def place(self) -> str:
        first_line = next((line for line in self.source.splitlines() if line.strip()), "")
        return f'{self.notebook}, cell {self.number} ("{first_line[:50]}")'

    def locate_line(self, number: int) -> str:
        """The place of a line of the cell's narrative, which is below its first line."""
        return f"{self.place}, line {number + 1}"

    def call_words(self) -> Iterator[CallWords]:
        """The texts that a cell of Python passes by name; none if it is not Python."""
        with suppress(SyntaxError):
            for node in ast.walk(ast.parse(self.source)):
                if isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant):
                    value = node.value
                    if node.arg and isinstance(value.value, str):
                        yield CallWords(node.arg, value.value, value.lineno)


def notebook_name(path: Path) -> str:
    """A notebook as messages name it."""
    return f"notebooks/{path.name}"


def code_cells(notebook: Path) -> list[Cell]:
    """The cells of code; raises one of DAMAGED_NOTEBOOK if the file is no notebook."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [
        Cell(number, "".join(cell["source"]), notebook_name(notebook))
        for number, cell in enumerate(cells, 1)
        if cell["cell_type"] == "code"
    ]


def readable_cells(notebook: Path) -> list[Cell]:
    """The cells of code; none if there is no such file, or if it is no notebook."""
    with suppress(FileNotFoundError, *DAMAGED_NOTEBOOK):
        return code_cells(notebook)
    return []


def narrative_paragraphs(notebook: Path) -> Iterator[tuple[str, str]]:
    """Each text that a cell publishes, with its place; none if the notebook cannot be read."""
    for cell in readable_cells(notebook):
        if cell.section:
            yield cell.place, cell.narrative
        else:
            for words in cell.call_words():
                if words.parameter in (*WORDS, "heading"):
                    yield cell.place, words.text


def sections_with_commentary(sources: Iterable[str]) -> set[str]:
    """The sections in which a cell prints the analyst's commentary."""
    magics = ((NARRATIVE_MAGIC.match(source), source) for source in sources)
    return {magic[1] for magic, text in magics if magic and COMMENTARY_REFERENCE.search(text)}
