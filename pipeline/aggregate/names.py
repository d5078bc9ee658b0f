"""Figures that the settings name and that do not exist."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.aggregate.catalogue import catalogue_of
from pipeline.aggregate.figure import SENSITIVE_GROUPS
from pipeline.problem import Kind, Problem, did_you_mean, joined
from pipeline.settings import Council

USE_AN_ID = "Use the id of a figure; docs/figures.md lists them."


def setting_faults(council: Council) -> Iterator[Problem]:
    """Each name under `series_breaks` and `disclosure.sensitive` that is no figure."""
    catalogue = catalogue_of(council)
    for position, series_break in enumerate(council.series_breaks, 1):
        if series_break.figure not in catalogue:
            hint = did_you_mean(series_break.figure, list(catalogue))
            yield Problem(
                kind=Kind.SETTINGS,
                where=f"data/raw/council.yaml, series_breaks, entry {position}",
                what=f'there is no figure "{series_break.figure}".{hint}',
                remedy=USE_AN_ID,
            )
    for position, name in enumerate(council.disclosure.sensitive, 1):
        if name not in catalogue and name not in SENSITIVE_GROUPS:
            hint = did_you_mean(name, [*SENSITIVE_GROUPS, *catalogue])
            yield Problem(
                kind=Kind.SETTINGS,
                where=f"data/raw/council.yaml, disclosure, sensitive, entry {position}",
                what=f'there is no figure "{name}".{hint}',
                remedy="Use the id of a figure (docs/figures.md lists them) or one of: "
                f"{', '.join(SENSITIVE_GROUPS)}.",
            )


def check_setting_names(council: Council) -> None:
    """Raise a Problem that lists each of these names."""
    faults = list(setting_faults(council))
    if faults:
        raise joined(faults)
