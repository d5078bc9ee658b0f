"""docs/run-record.md, made from the record's own model: `python -m pipeline.run.record_docs > docs/run-record.md`."""

from __future__ import annotations

from pipeline.run.record import CRATE, RECORD, SCHEMA, RunRecord

START = f"""# The run record

`reports/<year>/{RECORD}` says of a report what ran, on what, and what came out. `annual-report verify` holds the report against
it. This page is made from `pipeline/run/record.py`; after a change there, make it anew with
`python -m pipeline.run.record_docs > docs/run-record.md`. This is version {SCHEMA} of the layout.

It names files, settings and counts, and nothing of a case; yet it is for the auditor and not for publication.

`{CRATE}` beside it tells programs the same as an [RO-Crate](https://w3id.org/ro/crate/1.1) of the
[Process Run Crate](https://w3id.org/ro/wfrun/process/0.5) profile: the run and its four steps as actions, with the software, what
each read and what came out. The audit's folder is the crate. A file outside it, an input or what is published, is named by its
content (`ni:///sha-256;...`, RFC 6920) with its path beside it. These two files alone hold times.
"""


def page() -> str:
    """The page as Markdown: the record, then each of its parts, a line a field."""
    record = RunRecord.model_json_schema()
    parts = {"The record": record, **record["$defs"]}
    return "\n".join(
        [START, *(line for name, described in parts.items() for line in _table(name, described))]
    )


def _table(name: str, described: dict) -> list[str]:
    lines = [
        f"## {name}",
        "",
        described["description"],
        "",
        "| field | is | says |",
        "| --- | --- | --- |",
    ]
    for field, of in described["properties"].items():
        lines.append(f"| `{field}` | {_kind(of)} | {of.get('description', '')} |")
    return [*lines, ""]


def _kind(of: dict) -> str:
    if "$ref" in of:
        return of["$ref"].rpartition("/")[2]
    if "anyOf" in of:
        return " or ".join(_kind(one) for one in of["anyOf"])
    if of.get("type") == "array":
        return f"list of {_kind(of['items'])}"
    if of.get("type") == "object":
        return (
            "object"
            if of.get("additionalProperties") is True
            else f"object of {_kind(of['additionalProperties'])}"
        )
    return {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(
        of["type"], of["type"]
    )


if __name__ == "__main__":
    print(page(), end="")
