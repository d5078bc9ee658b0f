"""What is other than it was, of whatever kind: a file, a figure, a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Change(NamedTuple):
    """What stood at a place and what stands there now; None where nothing stood, or stands."""

    where: str
    old: str | None
    new: str | None


class DiffSection(NamedTuple):
    """What is compared of two reports under one heading. words: the changes are in texts, to be read word by word."""

    title: str
    changes: list[Change]
    is_prose: bool = False


def diff_mappings(old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    """Where two mappings from a place to what stands there differ: in the order of the later one, then what is gone."""
    places = [*new, *(place for place in old if place not in new)]
    return [
        Change(place, old.get(place), new.get(place))
        for place in places
        if old.get(place) != new.get(place)
    ]
