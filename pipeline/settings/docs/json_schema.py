"""The JSON Schemas of council.yaml and report.yaml, with which an editor checks and explains them.

`python -m pipeline.settings.docs.json_schema` rebuilds the files in the folder `schemas`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from pipeline.settings.models import Council, Report

SCHEMAS_FOLDER = Path(__file__).parent / "schemas"
MODELS: dict[str, type[BaseModel]] = {"council": Council, "report": Report}
# Every value is read as text first (pipeline/settings/yaml.py), so that a number or a yes without
# quotation marks is a text, too.
TEXT_TYPES = ["string", "number", "boolean"]
YES_NO = [True, False, "yes", "no", "true", "false"]


@cache
def key_notes() -> dict[str, dict[str, dict[str, str]]]:
    """By model and key, what it means, with an example as YAML."""
    text = Path(__file__).with_name("key_notes.yaml").read_text(encoding="utf-8")
    notes: dict[str, dict[str, dict[str, str]]] = yaml.load(text, yaml.BaseLoader)
    return notes


def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema of a settings file; name: "council" or "report"."""
    model = MODELS[name]
    schema = model.model_json_schema()
    schema["title"] = f"{name}.yaml"
    for title, section in [(model.__name__, schema), *schema.get("$defs", {}).items()]:
        _describe(section, key_notes().get(title, {}))
    for part in _parts(schema):
        _loosen(part)
    return schema


def schema_text(name: str) -> str:
    """The file of a schema."""
    return json.dumps(schema_of(name), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _describe(section: dict[str, Any], notes: dict[str, dict[str, str]]) -> None:
    """Put the notes in place of what docstrings tell programmers."""
    section.pop("description", None)
    for key, value in section.get("properties", {}).items():
        value.pop("title", None)
        if key in notes:
            value["description"] = f"{notes[key]['meaning']} Example: {notes[key]['example']}"


def _parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Every part of a schema that describes a value."""
    if isinstance(schema, dict):
        if isinstance(schema.get("type"), str):
            yield schema
        for value in schema.values():
            yield from _parts(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _parts(value)


def _loosen(part: dict[str, Any]) -> None:
    """Allow what YAML reads as another type and the settings read as text."""
    if part["type"] == "string" and "enum" not in part and "const" not in part:
        part["type"] = TEXT_TYPES
    elif part["type"] == "boolean":
        del part["type"]
        part["enum"] = YES_NO


if __name__ == "__main__":
    SCHEMAS_FOLDER.mkdir(exist_ok=True)
    for file_name in MODELS:
        path = SCHEMAS_FOLDER / f"{file_name}.json"
        path.write_text(schema_text(file_name), encoding="utf-8", newline="\n")
