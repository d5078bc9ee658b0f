"""What is other than it was, of whatever kind: a file, a figure, a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Change(NamedTuple):
    """What stood at a place and what stands there now; None where nothing stood, or stands."""

    where: str
    before: str | None
    now: str | None


class Part(NamedTuple):
    """What is compared of two reports under one heading. words: the changes are in texts, to be read word by word."""

    title: str
    changes: list[Change]
    words: bool = False


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[Change]:
    """Where two mappings from a place to what stands there differ: in the order of the later one, then what is gone."""
    places = [*now, *(place for place in before if place not in now)]
    return [
        Change(place, before.get(place), now.get(place))
        for place in places
        if before.get(place) != now.get(place)
    ]
