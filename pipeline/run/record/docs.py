"""docs/run-record.md, made from the record's own model: `python -m pipeline.run.record.docs > docs/run-record.md`."""

from __future__ import annotations

from pipeline.run.record import CRATE_PATH, RECORD_PATH, RECORD_VERSION, RunRecord

INTRODUCTION = f"""# The run record

`reports/<year>/{RECORD_PATH}` says of a report what ran, on what, and what came out. `annual-report verify` holds the report against
it. This page is made from `pipeline/run/record/models.py`; after a change there, rebuild it with
`python -m pipeline.run.record.docs > docs/run-record.md`. This is version {RECORD_VERSION} of the layout.

It names files, settings and counts, and nothing of a case; yet it is for the auditor and not for publication.

`{CRATE_PATH}` beside it tells programs the same as an [RO-Crate](https://w3id.org/ro/crate/1.1) of the
[Process Run Crate](https://w3id.org/ro/wfrun/process/0.5) profile: the run and its four steps as actions, with the software, what
each read and what came out. The audit's folder is the crate. A file outside it, an input or what is published, is named by its
content (`ni:///sha-256;...`, RFC 6920) with its path beside it. These two files alone hold times.
"""


def record_docs() -> str:
    """The page as Markdown: the record, then each of its parts, a line a field."""
    record = RunRecord.model_json_schema()
    parts = {"The record": record, **record["$defs"]}
    return "\n".join(
        [
            INTRODUCTION,
            *(line for name, described in parts.items() for line in _field_table(name, described)),
        ]
    )


def _field_table(name: str, schema: dict) -> list[str]:
    lines = [
        f"## {name}",
        "",
        schema["description"],
        "",
        "| field | is | says |",
        "| --- | --- | --- |",
    ]
    for field, of in schema["properties"].items():
        lines.append(f"| `{field}` | {_type_name(of)} | {of.get('description', '')} |")
    return [*lines, ""]


def _type_name(schema: dict) -> str:
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_type_name(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type_name(schema['items'])}"
    if schema.get("type") == "object":
        return (
            "object"
            if schema.get("additionalProperties") is True
            else f"object of {_type_name(schema['additionalProperties'])}"
        )
    return {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(
        schema["type"], schema["type"]
    )


if __name__ == "__main__":
    print(record_docs(), end="")
