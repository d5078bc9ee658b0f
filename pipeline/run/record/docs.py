"""docs/run-record.md, made from the record's models.

`python -m pipeline.run.record.docs > docs/run-record.md` writes it.
"""

from __future__ import annotations

from typing import Any

from pipeline.artifacts import CRATE_PATH, RECORD_PATH
from pipeline.run.record.models import RECORD_VERSION, RunRecord

INTRODUCTION = f"""# The run record

`reports/<year>/{RECORD_PATH}` records what ran, on what, and what came out. `annual-report verify` compares the report with it.
This page is made from `pipeline/run/record/models.py`; after a change there, rebuild it with
`python -m pipeline.run.record.docs > docs/run-record.md`. This is version {RECORD_VERSION} of the layout.

The record names files, settings and counts, and contains nothing about a case. It is for the auditor and not for publication.

`{CRATE_PATH}` next to it tells programs the same as an [RO-Crate](https://w3id.org/ro/crate/1.1) of the
[Process Run Crate](https://w3id.org/ro/wfrun/process/0.5) profile: the run and its four steps as actions, with the software, the
inputs and the results. The audit's folder is the crate. A file outside it, an input or a published file, is named by its content
(`ni:///sha-256;...`, RFC 6920), with its path next to it. Only these two files contain times.
"""  # noqa: E501  Markdown is not broken at 100
TYPE_NAMES = {"string": "text", "integer": "whole number", "boolean": "true or false"}


def record_docs() -> str:
    """The page as Markdown: the record, then each of its parts, one line per field."""
    record = RunRecord.model_json_schema()
    parts = {"The record": record, **record["$defs"]}
    lines = [INTRODUCTION]
    for name, schema in parts.items():
        lines += _field_table(name, schema)
    return "\n".join(lines)


def _field_table(name: str, schema: dict[str, Any]) -> list[str]:
    lines = [f"## {name}", "", schema["description"], ""]
    lines += ["| field | type | meaning |", "| --- | --- | --- |"]
    for field, field_schema in schema["properties"].items():
        description = field_schema.get("description", "")
        lines.append(f"| `{field}` | {_type_name(field_schema)} | {description} |")
    return [*lines, ""]


def _type_name(schema: dict[str, Any]) -> str:
    """What a reader calls a field's type."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_type_name(choice) for choice in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type_name(schema['items'])}"
    if schema.get("type") == "object":
        values = schema.get("additionalProperties")
        return "object" if values is True else f"object of {_type_name(values or {})}"
    return TYPE_NAMES.get(schema["type"], schema["type"])


if __name__ == "__main__":
    print(record_docs(), end="")
