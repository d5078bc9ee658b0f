"""JSON: a list of objects, alone or inside an object, or an object per line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.validate.reading.formats.record_file import (
    MAX_DEPTH,
    Fields,
    RecordFile,
    below,
    check_size,
    stage_number,
)
from pipeline.validate.reading.table_source import UnreadableSource


def read_json(path: Path) -> RecordFile:
    """The records of a JSON file; raises UnreadableSource if it is none."""
    check_size(path)
    try:
        encoded = path.read_bytes()
        text = encoded.decode(json.detect_encoding(encoded))
        content = _parse(text.removeprefix("\ufeff"))
        objects = max(_lists_of_objects(content, 0), key=len, default=[])
        return RecordFile([_fields(record, 0) for record in objects])
    except (ValueError, RecursionError):
        raise UnreadableSource(
            "this cannot be read as JSON: it is damaged, or nested too deeply",
            "Export it again, or save it as .csv or .xlsx.",
        ) from None


def _parse(text: str) -> Any:
    """The content, with numbers as they are written."""
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise
        return [json.loads(line, parse_int=str, parse_float=str) for line in lines]


def _lists_of_objects(content: Any, depth: int) -> Iterator[list[dict[str, Any]]]:
    """The lists of objects in the content that are not inside a record."""
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(content, list):
        yield [entry for entry in content if isinstance(entry, dict)]
    elif isinstance(content, dict):
        for value in content.values():
            yield from _lists_of_objects(value, depth + 1)


def _fields(record: dict[str, Any], depth: int) -> Fields:
    """The fields of an object, those inside others by their paths."""
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    fields: Fields = []
    for name, value in record.items():
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, dict):
                inner = _fields(entry, depth + 1)
                index = stage_number(inner) if isinstance(value, list) else ""
                fields += below(name, inner, index)
            else:
                fields.append((name, _text(entry)))
    return fields


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return json.dumps(value, ensure_ascii=False)
    return str(value)
