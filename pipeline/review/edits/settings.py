"""Edits of a text in council.yaml or report.yaml; every other letter of the file stays."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Sequence
from typing import Any

import yaml

from pipeline.report.wording import single_line
from pipeline.review.edits.commentary import CannotApply
from pipeline.review.edits.verdicts import SettingEdit

FOLDED_WIDTH = 130
PLAIN_START = re.compile(r"\w")
BLOCK_STYLES = ("|", ">")


def edited_settings(text: str, key: str, edits: Sequence[SettingEdit], recorded: str) -> str:
    """The text of a settings file with edits of one setting.

    key: its name, with those above it, separated by dots. recorded: its value in the draft that
    the reader had. Raises CannotApply if the file has another value, or none that is one text.
    """
    node = _scalar(yaml.compose(text, Loader=yaml.SafeLoader), key.split("."))
    value = single_line(node.value)
    edited = recorded
    for edit in sorted(set(edits), key=lambda each: each.start, reverse=True):
        edited = edited[: edit.start] + edit.new + edited[edit.end :]
    edited = " ".join(edited.split())
    if value == edited:
        raise CannotApply(f"{key} already says so")
    if value != recorded:
        raise CannotApply(f"{key} says something else since this draft was made")
    if not edited:
        raise CannotApply(f"{key} would be empty")
    start, end = node.start_mark.index, node.end_mark.index
    if node.style in BLOCK_STYLES:
        end = start + len(text[start:end].rstrip())
    indent = len(text[text.rfind("\n", 0, start) + 1 : start]) - len(
        text[text.rfind("\n", 0, start) + 1 : start].lstrip()
    )
    for written in _written(edited, node, indent):
        result = text[:start] + written + text[end:]
        if _is_only_change(text, result, key, edited):
            return result
    raise CannotApply(f"{key} cannot be written by a program")


def _written(value: str, node: yaml.ScalarNode, indent: int) -> list[str]:
    """The ways in which a value can be written, the one that is most like the file's first."""
    quoted = json.dumps(value, ensure_ascii=False)
    if node.style in BLOCK_STYLES:
        space = " " * (indent + 2)
        lines = textwrap.wrap(value, FOLDED_WIDTH, break_long_words=False, break_on_hyphens=False)
        return [f">-\n{space}" + f"\n{space}".join(lines), quoted]
    if node.style == "'":
        return ["'" + value.replace("'", "''") + "'", quoted]
    return [quoted] if node.style == '"' or not PLAIN_START.match(value) else [value, quoted]


def _scalar(root: yaml.Node | None, keys: Sequence[str]) -> yaml.ScalarNode:
    node = root
    for key in keys:
        children = node.value if isinstance(node, yaml.MappingNode) else []
        node = next((value for name, value in children if name.value == key), None)
    if not isinstance(node, yaml.ScalarNode):
        raise CannotApply(f"{'.'.join(keys)} is not in the file: add it there")
    return node


def _is_only_change(old: str, new: str, key: str, value: str) -> bool:
    """Whether a new file has this value, and in all else the content of the old one."""
    try:
        old_content, new_content = (yaml.load(text, Loader=yaml.BaseLoader) for text in (old, new))
    except yaml.YAMLError:
        return False
    expected = _replaced(old_content, key.split("."), value)
    return (
        bool(_replaced(new_content, key.split("."), value) == expected)
        and single_line(_value(new_content, key.split("."))) == value
    )


def _replaced(content: Any, keys: Sequence[str], value: str) -> Any:
    if not keys:
        return value
    return {**content, keys[0]: _replaced(content[keys[0]], keys[1:], value)}


def _value(content: Any, keys: Sequence[str]) -> str:
    for key in keys:
        content = content[key]
    return str(content)
