"""A change between two reports, whether in a file, a figure or a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Change(NamedTuple):
    """What was at a place and what is there now; None where there was or is nothing."""

    where: str
    old: str | None
    new: str | None


class DiffSection(NamedTuple):
    """The changes of one kind, under a heading.

    is_prose: the changes are in texts, to be read word by word.
    """

    title: str
    changes: list[Change]
    is_prose: bool = False


def diff_mappings(old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    """The differences between two mappings from a place to its content.

    In the order of the new mapping, followed by the places that only the old one has.
    """
    places = [*new, *(place for place in old if place not in new)]
    return [
        Change(place, old.get(place), new.get(place))
        for place in places
        if old.get(place) != new.get(place)
    ]
