"""The check that the open data keeps the rules of the standard whose layout it has."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.artifacts import OPEN_DATA, OPEN_DATA_META
from pipeline.open_data.screener.screen import screen
from pipeline.problem import Kind, Problem
from pipeline.report.documents.page import Page
from pipeline.settings import Settings


def check_open_data(page: Page, files: Mapping[str, bytes], settings: Settings) -> None:
    """Raise a Problem that names each rule of the standard that the open data breaks."""
    if OPEN_DATA not in files:
        return
    violations = screen(OPEN_DATA, OPEN_DATA_META, files)
    if violations:
        raise Problem(
            kind=Kind.DATA,
            where=f"{OPEN_DATA} and {OPEN_DATA_META}",
            what="\n".join(
                ["the standard of official statistics would reject them", *map(str, violations)]
            ),
            remedy="Change the name in council.yaml or in the extract that the rule is about; "
            "docs/open-data.md explains each rule.",
        )
