"""The table of relations that the search needs, each with numbers that show it.

An entry is the relation and, on the lines below, each number as `figure [category | detail]`, with
"of the year before" or "of two years before" where that is meant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import yaml
from builders import CATALOGUE, typed_extract
from declared_relations import Values
from random_councils import YEARS, random_council

from pipeline.aggregate.figure_table import build_figure_table, counts_of_people
from pipeline.artifacts import NumberKey
from pipeline.settings import Council

TABLE = Path(__file__).parent / "aggregate" / "disclosure" / "needed_relations.yaml"
HEADING = """\
# Relations that the search for numbers to withhold needs, each with numbers of a council that show
# it: without the relation, the attack narrows one of those that the search withholds. Numbers from
# one to 5 are withheld, except totals. Made by tests/benchmarks/find_needed_relations.py.
"""
NUMBER = re.compile(
    r"(?P<figure>\S+)(?: \[(?P<category>[^|\]]+)(?: \| (?P<detail>.+))?\])?(?P<year> of .+)?"
)
YEAR_TEXTS = {YEARS[2]: "", YEARS[1]: " of the year before", YEARS[0]: " of two years before"}
SEED = 11  # of a council with three years
COMPLAINTS = 300
POLICY = {
    "threshold": 5,
    "round_to": 1,
    "show_zero": True,
    "sensitive": ["characteristics", "breakdowns"],
}


def council_with_all_numbers(workspace: Path) -> tuple[Council, Values]:
    """A large council of three years, and its counts of people."""
    council = random_council(SEED, workspace, complaints=COMPLAINTS, **POLICY)
    assert len(council.settings.window) == len(YEARS)
    figures = build_figure_table(council.data, typed_extract("published", []))
    return council.settings.council, counts_of_people(figures, CATALOGUE)


def read_table() -> dict[str, Values]:
    """The numbers by relation."""
    entries = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return {
        relation: {_key_of(text): float(value) for text, value in numbers.items()}
        for relation, numbers in entries.items()
    }


def write_table(table: Mapping[str, Values]) -> None:
    """Write it, sorted, with the numbers of one year said to be of the last."""
    entries = {
        relation: {_text_of(key): int(value) for key, value in numbers.items()}
        for relation, numbers in sorted(table.items())
    }
    text = yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=np.inf)
    TABLE.write_text(HEADING + text, encoding="utf-8")


def _text_of(key: NumberKey) -> str:
    detail = f" | {key.detail}" if key.detail else ""
    category = f" [{key.category}{detail}]" if key.category else ""
    return f"{key.figure}{category}{YEAR_TEXTS[key.year]}"


def _key_of(text: str) -> NumberKey:
    match = NUMBER.fullmatch(text)
    assert match, text
    [year] = [year for year, words in YEAR_TEXTS.items() if words == (match["year"] or "")]
    return NumberKey(match["figure"], year, match["category"] or "", match["detail"] or "")
