"""council.yaml with what was proposed, and every comment where it was."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.tokens import CommentToken

from pipeline.settings.yaml import read_yaml
from pipeline.system.folders import check_own_file, rename_durably

COUNCIL_FILE = "data/raw/council.yaml"
INDENTED_LIST = re.compile(r"^\w+:\s*\n(?:\s*#.*\n)*( *)- ", re.MULTILINE)
VALUE_PLACE, ITEM_PLACE = 2, 0  # where ruamel keeps the comment after a key's value, or an item
NEVER_FOLD = 10_000  # characters
# Asks whether an entry may be replaced: its key, what stands there and what is proposed.
MayReplace = Callable[[str, Any, Any], bool]


def merge_council(text: str, lines: str, may_replace: MayReplace) -> tuple[str, list[str]]:
    """The text of council.yaml with the proposed lines in it, and the keys that were left alone.

    text: of the file. lines: of `council_lines`.
    """
    reader = _reader(text)
    document = reader.load(text)
    if not isinstance(document, CommentedMap):
        document = CommentedMap()
    left_alone: list[str] = []
    addition: dict[str, Any] = {}
    for block in lines.strip().split("\n\n"):
        addition |= reader.load(block) or {}  # nothing where it is comments alone
    merger = _Merger(may_replace, left_alone)
    new = {key: value for key, value in addition.items() if key not in document}
    merger.merge(document, {key: addition[key] for key in addition if key in document}, "")
    output = io.StringIO()
    reader.dump(document, output)
    merged = _without_answered(output.getvalue(), merger.added) if merger.added else text
    return _appended(merged, _blocks(lines, set(new))), left_alone


def read_council(workspace: Path, must_exist: bool) -> dict[str, Any]:
    """What council.yaml says so far, as text, even if it is incomplete.

    must_exist: whether it is a Problem that there is no such file; otherwise it says nothing.
    """
    path = workspace / COUNCIL_FILE
    if not must_exist and not path.exists():
        return {}
    check_own_file(path, workspace)
    return read_yaml(path, COUNCIL_FILE)[0]


def write_council(workspace: Path, lines: str, may_replace: MayReplace) -> list[str]:
    """Add the proposed lines to council.yaml; returns the keys that were left alone."""
    path = workspace / COUNCIL_FILE
    content = path.read_bytes().decode("utf-8-sig")
    line_end = "\r\n" if "\r\n" in content else "\n"
    text = content.replace("\r\n", "\n")
    merged, left_alone = merge_council(text, lines, may_replace)
    staging = path.with_name(f".{path.name}.new")
    staging.write_text(merged, encoding="utf-8", newline=line_end)
    shutil.copymode(path, staging)
    rename_durably(staging, path)
    return left_alone


class _Merger:
    """Adds entries to a document; one with another value is replaced only if that is allowed."""

    def __init__(self, may_replace: MayReplace, left_alone: list[str]) -> None:
        self._may_replace = may_replace
        self._left_alone = left_alone
        self.added: list[str] = []

    def merge(self, document: CommentedMap, addition: Mapping[str, Any], place: str) -> None:
        """Add what a part of the document lacks. place: its key and those above it."""
        spelling = {str(key).casefold(): key for key in document}
        for name, value in addition.items():
            key = spelling.get(str(name).casefold(), name)
            key_path = f"{place}{key}"
            current = document.get(key)
            if current is None or current == [] or current == "":
                _set(document, key, value)
                self.added.append(key_path)
            elif isinstance(current, CommentedMap) and isinstance(value, Mapping):
                self.merge(current, value, f"{key_path}.")
            elif _plain(current) != _plain(value):
                if self._may_replace(key_path, _plain(current), _plain(value)):
                    _set(document, key, value)
                    self.added.append(key_path)
                else:
                    self._left_alone.append(key_path)


def _set(document: CommentedMap, key: str, value: Any) -> None:
    """Give a key a value; what stood below it, or below the last key, stays below."""
    is_section = isinstance(value, CommentedMap | CommentedSeq) and not value.fa.flow_style()
    below = None
    if key not in document:
        below = _detach_comment(document)
    elif is_section:
        below = _detach_part(document, key, VALUE_PLACE)
    document[key] = value
    if below is not None:
        _attach_comment(document if key == list(document)[-1] else value, below)


def _last_entry(node: CommentedMap | CommentedSeq) -> tuple[Any, Any, int]:
    """The innermost last entry: what it is in, its key or position, where its comment is kept."""
    last = list(node)[-1] if isinstance(node, CommentedMap) else len(node) - 1
    value = node[last]
    if isinstance(value, CommentedMap | CommentedSeq) and value and not value.fa.flow_style():
        return _last_entry(value)
    return node, last, VALUE_PLACE if isinstance(node, CommentedMap) else ITEM_PLACE


def _detach_comment(node: CommentedMap) -> CommentToken | None:
    """Take the comment lines that follow the last entry."""
    return _detach_part(*_last_entry(node)) if node else None


def _detach_part(node: Any, key: Any, place: int) -> CommentToken | None:
    """Take the comment lines after an entry, without a comment on its own line."""
    marks = node.ca.items.get(key)
    token = marks[place] if marks else None
    if token is None:
        return None
    own_line, _, below = token.value.partition("\n")
    marks[place] = CommentToken(f"{own_line}\n", token.start_mark, None) if own_line else None
    return CommentToken(f"\n{below}", token.start_mark, None) if below else None


def _attach_comment(node: CommentedMap | CommentedSeq, comment: CommentToken) -> None:
    """Put comment lines after the last entry."""
    owner, key, place = _last_entry(node)
    marks = owner.ca.items.setdefault(key, [None, None, None, None])
    if marks[place] is None:
        marks[place] = comment
    else:
        marks[place].value = marks[place].value.rstrip("\n") + comment.value


def _plain(value: Any) -> Any:
    """A value without what ruamel keeps about its form."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value)


def _reader(text: str) -> YAML:
    reader = YAML()
    reader.preserve_quotes = True
    reader.width = NEVER_FOLD
    indented = INDENTED_LIST.search(text)
    offset = len(indented[1]) if indented else 2
    reader.indent(mapping=2, sequence=offset + 2, offset=offset)
    return reader


def _without_answered(text: str, added: list[str]) -> str:
    """The text without the comment that a key is undecided, once it is decided."""
    for key in added:
        name = re.escape(key.rpartition(".")[2])
        pattern = re.compile(rf"^ *# {name}:.*  # undecided.*\n", re.MULTILINE)
        if len(pattern.findall(text)) == 1:
            text = pattern.sub("", text)
    return text


def _appended(text: str, lines: str) -> str:
    if not lines or lines.strip() in text:
        return text
    return f"{text.rstrip()}\n\n{lines.strip()}\n"


def _blocks(lines: str, keys: set[str]) -> str:
    """Of the proposed lines, the blocks with these keys, and those that are comments alone."""
    blocks = lines.strip().split("\n\n")
    chosen = [block for block in blocks if block.startswith("#") or block.partition(":")[0] in keys]
    return "\n\n".join(chosen)
