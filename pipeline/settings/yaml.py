"""YAML as a person writes it: text, lists and keys, with no tags, no aliases and no key twice.

Every value comes back as text, so that `no`, `2021-22` and `1:30` mean what they say; the settings models give them types.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from pipeline.problem import Kind, Problem

MAX_SETTINGS_BYTES = 1_000_000  # bytes; a settings file is a few thousand


def read_yaml(path: Path, name: str) -> tuple[dict[str, Any], dict[tuple[str, ...], int]]:
    """The content of a settings file, and the line on which each key stands.

    name: the path to show in an error. Raises a Problem for a missing, unreadable or unsafe file.
    """
    if not path.is_file():
        raise Problem(
            Kind.SETTINGS,
            name,
            "the file is not there",
            "Put it back, or copy it from another year or council.",
        )
    if path.stat().st_size > MAX_SETTINGS_BYTES:
        raise Problem(
            Kind.SETTINGS,
            name,
            f"the file is larger than {MAX_SETTINGS_BYTES:,} bytes",
            "Settings are short: check the file.",
        )
    try:
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        raise Problem(
            Kind.SETTINGS, name, "the file is not UTF-8 text", "Save it as UTF-8 in a text editor."
        ) from None
    except OSError as error:
        raise Problem(
            Kind.SETTINGS,
            name,
            f"the file cannot be read: {error.strerror}",
            "Check who may read it.",
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}, line {mark.line + 1}" if mark else name
        what = getattr(error, "problem", None) or "this is not YAML"
        raise Problem(
            Kind.SETTINGS,
            where,
            what,
            "Check indentation, colons and quotes on this line and the one before.",
        ) from None
    except RecursionError:
        raise Problem(
            Kind.SETTINGS,
            name,
            "lists stand within lists too deep to read",
            "Settings are simple: check the file.",
        ) from None
    lines: dict[tuple[str, ...], int] = {}
    content = _plain_value(root, (), name, lines, set()) if root else {}
    if not isinstance(content, dict):
        raise Problem(
            Kind.SETTINGS,
            name,
            "the file is not a list of keys and values",
            "Write `key: value` on each line.",
        )
    return content, lines


def _plain_value(
    node: yaml.Node, place: tuple[str, ...], name: str, lines: dict, seen: set[int]
) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    where = f"{name}, line {node.start_mark.line + 1}"
    if id(node) in seen:
        raise Problem(
            Kind.SETTINGS,
            where,
            "an alias (*name) is not allowed here",
            "Write the value out in full.",
        )
    seen.add(id(node))
    if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
        raise Problem(
            Kind.SETTINGS,
            where,
            f"the tag {node.tag} is not allowed here",
            "Remove the tag and write plain text.",
        )
    if isinstance(node, yaml.ScalarNode):
        return None if node.tag.endswith(":null") else node.value
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain_value(item, (*place, str(index)), name, lines, seen)
            for index, item in enumerate(node.value)
        ]
    content: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise Problem(
                Kind.SETTINGS,
                where,
                "a key here is not plain text",
                "Write each key as a single word.",
            )
        if key.value in content:
            line = key.start_mark.line + 1
            raise Problem(
                Kind.SETTINGS, f"{name}, line {line}, {'.'.join((*place, key.value))}", "this key stands twice",
                f"Keep one of them; the first is on line {lines[(*place, key.value)]}.",
            )  # fmt: skip
        lines[*place, key.value] = key.start_mark.line + 1
        content[key.value] = _plain_value(value, (*place, key.value), name, lines, seen)
    # A key with nothing after it is the same as no key, so that the default or "is needed" applies.
    return {key: value for key, value in content.items() if value is not None}
