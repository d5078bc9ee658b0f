"""docs/settings.md: every key of council.yaml and report.yaml.

`python -m pipeline.settings.docs.settings_docs` prints the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.settings.docs.json_schema import key_notes, schema_of

INTRODUCTION = """\
# Settings

Every key of `data/raw/council.yaml`, which stays from year to year, and of `report.yaml` in the
folder of a year. This page is made from the models in `pipeline/settings/models.py` and from
`key_notes.yaml` next to them; after a change there, rebuild it with `python -m
pipeline.settings.docs.settings_docs > docs/settings.md`, and the JSON Schemas with `python -m
pipeline.settings.docs.json_schema`.

A file is YAML: `key: value` on a line of its own, entries of a list after a hyphen or in square
brackets. Keys with a section of their own have further keys below them, with two more spaces in
front. A mistake is reported with its line and what is allowed, and values that are missing in
both files are listed at once.

An editor with the YAML language server (such as Visual Studio Code with its YAML extension)
explains each key and marks mistakes: the first line of a new `council.yaml` and `report.yaml`
names the JSON Schema, which `annual-report init` puts next to them in `data/raw/.schemas`. No
network is needed.
"""
TEXT = "text"
NOUN = re.compile(r"^(text|date|whole number|number|financial year)\b")
FORMATS = {"date": "date, as 2022-11-09"}
PATTERNS = {
    r"^\d{4}-\d{2}$": "financial year, as 2021-22",
    r"^#[0-9A-Fa-f]{6}$": "colour, as #12436D in quotation marks",
    r"^E\d{8}$": "ONS code",
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$": "e-mail address",
    r"^[^./\\][^/\\]*\.(png|svg)$": "name of a file",
    r"^[A-Za-z]{1,3}$": "letters of a column",
}


def settings_page() -> str:
    """The page in Markdown: a table for each file, and for each key that has keys below it."""
    lines = [INTRODUCTION]
    for name in ("council", "report"):
        schema = schema_of(name)
        lines += [f"## {name}.yaml", "", *_table(schema, schema["properties"], _model(name)), ""]
        for title, section in schema.get("$defs", {}).items():
            if "properties" in section:
                places = ", ".join(f"`{key}`" for key in _keys_with(schema, title))
                lines += [f"### {title}", "", f"Below {places}.", ""]
                lines += [*_table(section, section["properties"], title), ""]
    return "\n".join(lines)


def _model(name: str) -> str:
    return name.capitalize()


def _table(section: dict[str, Any], properties: dict[str, Any], title: str) -> Iterator[str]:
    yield "| key | what it says | format | default | example |"
    yield "| --- | --- | --- | --- | --- |"
    for key, part in properties.items():
        note = key_notes()[title][key]
        is_required = key in section.get("required", ())
        default = "**required**" if is_required else _default(part.get("default"))
        cells = [f"`{key}`", note["meaning"], _format(part), default, f"`{note['example']}`"]
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _keys_with(schema: dict[str, Any], title: str) -> Iterator[str]:
    """The keys whose value, or entries, are described by a section."""
    sections = {"": schema, **schema["$defs"]}
    for name, section in sections.items():
        for key, part in section.get("properties", {}).items():
            if f"#/$defs/{title}" in _references(part):
                yield f"{key}" if not name else f"{key} of {name}"


def _references(part: Any) -> list[str]:
    """The sections that a part of a schema refers to."""
    if isinstance(part, dict):
        own = [part["$ref"]] if "$ref" in part else []
        return own + [reference for value in part.values() for reference in _references(value)]
    if isinstance(part, list):
        return [reference for value in part for reference in _references(value)]
    return []


def _format(part: dict[str, Any]) -> str:
    """What may be written, in words."""
    if "$ref" in part:
        return f"keys: see {part['$ref'].rpartition('/')[2]}"
    if "anyOf" in part:
        options = [_format(one) for one in part["anyOf"] if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(options))
    if "enum" in part:
        words = [str(one) for one in part["enum"]]
        return "yes or no" if "True" in words else " or ".join(words)
    match part.get("type"):
        case "array":
            return f"list of {_plural(_format(part.get('items', {})))}"
        case "object":
            return f"keys, then {_format(part.get('additionalProperties', {}))}"
        case "integer":
            return _number("whole number", part)
        case "number":
            return _number("number", part)
    return FORMATS.get(part.get("format", ""), PATTERNS.get(part.get("pattern", ""), TEXT))


def _plural(format_text: str) -> str:
    return NOUN.sub(r"\1s", format_text)


def _number(name: str, part: dict[str, Any]) -> str:
    lowest = part.get("minimum", part.get("exclusiveMinimum", -1) + 1)
    highest = part.get("maximum")
    return f"{name} from {lowest}" + (f" to {highest}" if highest is not None else "")


def _default(value: Any) -> str:
    """The default as one would write it; empty where there is none."""
    if value is None or value in ([], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "see there" if isinstance(value, dict) else str(value)


if __name__ == "__main__":
    print(settings_page(), end="")
