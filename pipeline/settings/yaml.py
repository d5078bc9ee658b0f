"""YAML as a person writes it: text, lists and keys, with no tags, no aliases and no duplicate keys.

Every value is returned as text, so that `no`, `2021-22` and `1:30` keep their meaning; the
settings models give them types.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from pipeline.problem import NOT_IN_DOCUMENTS, Kind, Problem

MAX_SETTINGS_BYTES = 250_000  # a settings file has a few thousand
YAML_TAGS = "tag:yaml.org,2002:"

KeyPath = tuple[str, ...]


def read_yaml(path: Path, name: str) -> tuple[dict[str, Any], dict[KeyPath, int]]:
    """The content of a settings file, and the line of each key.

    name: the path to show in an error.
    Raises Problem if the file is missing, unreadable or unsafe.
    """
    root = _parse(_read_text(path, name), name)
    if root is None:
        return {}, {}
    reader = _NodeReader(name)
    content = reader.read(root, ())
    if not isinstance(content, dict):
        raise Problem(
            kind=Kind.SETTINGS,
            where=name,
            what="the file is not a list of keys and values",
            remedy="Write `key: value` on each line.",
        )
    return content, reader.lines


def _read_text(path: Path, name: str) -> str:
    if not path.is_file():
        raise Problem(
            kind=Kind.SETTINGS,
            where=name,
            what="the file is missing",
            remedy="Put it back, or copy it from another year or council.",
        )
    if path.stat().st_size > MAX_SETTINGS_BYTES:
        raise Problem(
            kind=Kind.SETTINGS,
            where=name,
            what=f"the file is larger than {MAX_SETTINGS_BYTES:,} bytes",
            remedy="Settings are short: check the file.",
        )
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Problem(
            kind=Kind.SETTINGS,
            where=name,
            what="the file is not UTF-8 text",
            remedy="Save it as UTF-8 in a text editor.",
        ) from None
    except OSError as error:
        raise Problem(
            kind=Kind.SETTINGS,
            where=name,
            what=f"the file cannot be read: {error.strerror}",
            remedy="Check who may read it.",
        ) from None


def _parse(text: str, name: str) -> yaml.Node | None:
    """The root of the document; None if it is empty."""
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Problem(
            kind=Kind.SETTINGS,
            where=f"{name}, line {mark.line + 1}" if mark else name,
            what=getattr(error, "problem", None) or "this is not YAML",
            remedy="Check indentation, colons and quotes on this line and the one before.",
        ) from None
    except RecursionError:
        raise Problem(
            kind=Kind.SETTINGS,
            where=name,
            what="lists are nested too deeply to read",
            remedy="Settings are simple: check the file.",
        ) from None


class _NodeReader:
    """Turns the nodes of a document into text, lists and dictionaries.

    lines: the line of each key, filled while the document is read.
    """

    def __init__(self, name: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._name = name
        self._visited: set[int] = set()  # an alias is a node that is visited twice

    def read(self, node: yaml.Node, place: KeyPath) -> Any:
        """The value of a node.

        place: the keys above it. An entry of a list has its index for a key.
        """
        self.lines.setdefault(place, node.start_mark.line + 1)
        if id(node) in self._visited:
            raise self._problem(
                node, "an alias (*name) is not allowed here", "Write the value out in full."
            )
        self._visited.add(id(node))
        if not node.tag.startswith(YAML_TAGS) or "python" in node.tag:
            raise self._problem(
                node,
                f"the tag {node.tag} is not allowed here",
                "Remove the tag and write plain text.",
            )
        if isinstance(node, yaml.ScalarNode):
            self._check_text(node)
            return None if node.tag.endswith(":null") else node.value
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*place, str(index))) for index, item in enumerate(node.value)]
        return self._read_mapping(node, place)

    def _read_mapping(self, node: yaml.Node, place: KeyPath) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._problem(
                    node, "a key here is not plain text", "Write each key as a single word."
                )
            self._check_text(key)
            key_path = (*place, key.value)
            line = key.start_mark.line + 1
            if key.value in content:
                raise Problem(
                    kind=Kind.SETTINGS,
                    where=f"{self._name}, line {line}, {'.'.join(key_path)}",
                    what="this key appears twice",
                    remedy=f"Keep one of them; the first is on line {self.lines[key_path]}.",
                )
            self.lines[key_path] = line
            content[key.value] = self.read(value, key_path)
        # A key without a value counts as missing, so that its default applies, or the error
        # that it is required.
        return {key: value for key, value in content.items() if value is not None}

    def _check_text(self, node: yaml.ScalarNode) -> None:
        sign = NOT_IN_DOCUMENTS.search(node.value)
        if sign:
            raise self._problem(
                node,
                f"the character U+{ord(sign[0]):04X} cannot be in a document",
                "Remove it: it is a control character, or no character at all.",
            )

    def _problem(self, node: yaml.Node, what: str, remedy: str) -> Problem:
        where = f"{self._name}, line {node.start_mark.line + 1}"
        return Problem(kind=Kind.SETTINGS, where=where, what=what, remedy=remedy)
