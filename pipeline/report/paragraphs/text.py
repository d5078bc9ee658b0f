"""The text of a block as Word shows it, character by character, with where each comes from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar

from bs4 import Tag
from bs4.element import Comment, NavigableString

Source = TypeVar("Source")

PICTURE = "\ufffc"  # in place of a picture


def printed_characters(element: Tag) -> list[tuple[str, Tag | None]]:
    """Each character of an element, with the `<data>` around it; white space is single."""
    return single_spaced(list(_characters(element, None)))


def _characters(element: Tag, data: Tag | None) -> Iterator[tuple[str, Tag | None]]:
    for node in element.contents:
        if isinstance(node, Tag):
            if node.name == "br":
                yield " ", None
            elif node.name == "img":
                yield PICTURE, None
            else:
                yield from _characters(node, node if node.name == "data" else data)
        elif isinstance(node, NavigableString) and not isinstance(node, Comment):
            for character in node:
                yield character, data


def element_around(element: Tag, names: Collection[str]) -> Tag | None:
    """The nearest element around another that has one of these names."""
    return next((parent for parent in element.parents if parent.name in names), None)


def single_spaced(characters: list[tuple[str, Source]]) -> list[tuple[str, Source]]:
    """The characters with one space for each run of white space, and none at either end."""
    spaced: list[tuple[str, Source]] = []
    for character, origin in characters:
        if not character.isspace():
            spaced.append((character, origin))
        elif spaced and spaced[-1][0] != " ":
            spaced.append((" ", origin))
    if spaced and spaced[-1][0] == " ":
        spaced.pop()
    return spaced


def joined_text(characters: Sequence[tuple[str, Any]]) -> str:
    return "".join(character for character, _ in characters)
