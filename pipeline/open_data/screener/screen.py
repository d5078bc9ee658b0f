"""Which rules of the standard two files break."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

from pipeline.open_data.screener import structure, values
from pipeline.open_data.screener.dataset import RULES, Dataset, ScreenerRule

__all__ = ["RULES", "Violation", "screen", "structure", "values"]

TEXT_RULE = "file_text"
MAX_PLACES = 3


class Violation(NamedTuple):
    """A rule that is broken: its name, what it asks, and the first places."""

    rule: str
    asks: str
    places: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.asks}. But {self.places}."


def screen(data_name: str, meta_name: str, files: Mapping[str, bytes]) -> list[Violation]:
    """The rules that a data file and its metadata file break, in the order of the rules.

    files: by name; both are among them.
    """
    try:
        dataset = Dataset.parse(data_name, meta_name, files)
    except (UnicodeDecodeError, csv.Error) as error:
        return [Violation(TEXT_RULE, "both files are CSV files in UTF-8", str(error))]
    violations = (_violation(rule, dataset) for rule in RULES.values())
    return [violation for violation in violations if violation]


def _violation(rule: ScreenerRule, dataset: Dataset) -> Violation | None:
    places = list(islice(rule.check(dataset), MAX_PLACES + 1))
    if not places:
        return None
    more = ["more"] if len(places) > MAX_PLACES else []
    return Violation(rule.name, rule.asks, "; ".join([*places[:MAX_PLACES], *more]))
