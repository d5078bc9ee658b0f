"""The run record as an RO-Crate, for programs that read that format (Process Run Crate profile)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.model.entity import Entity
from rocrate.rocrate import ROCrate

from pipeline.run.record.models import FileRecord, RunRecord

CRATE_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
# Terms that the context of RO-Crate 1.1 lacks.
EXTRA_TERMS = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
AUDIT_PREFIX = "audit/"
RESTRICTED_NOTICE = (
    "For the council's officers and its auditor: the audit contains references of cases and is not "
    "for publication."
)
COMPLETED = "http://schema.org/CompletedActionStatus"


def build_crate(record: RunRecord) -> bytes:
    """The `ro-crate-metadata.json` of a run, for the audit's folder. The record says the same.

    A file of the audit is named by its place. A file outside it, an input or a published one, is
    named by its content (RFC 6920), with its path as its name: so nothing tells where the workspace
    is, and the audit may be moved.
    """
    crate = ROCrate(version="1.1")
    crate.metadata.extra_terms.update(EXTRA_TERMS)
    council = _add_entity(crate, "#council", "Organization", name=record.council["authority"])
    _describe_root(crate, record, council)
    inputs = _add_files(crate, record.inputs)
    outputs = _add_files(crate, record.outputs)
    crate.add_file(
        dest_path="run.json",
        properties={"name": "The run record", "description": "All of this, and the settings."},
    )
    shared = {"agent": council, "actionStatus": COMPLETED}
    run = _add_entity(
        crate,
        "#run",
        "CreateAction",
        name=f"annual-report run {record.asked.year}",
        description="From the extracts to the report and its audit.",
        instrument=_add_software(crate, record),
        object=inputs,
        result=outputs,
        endTime=record.finished,
        **shared,
    )
    actions = [run]
    for step in record.steps:
        notebook = _add_file(
            crate,
            [f"notebooks/{step.name}.ipynb"],
            step.notebook_sha256,
            types=["File", "SoftwareSourceCode"],
            version=record.software.version,
        )
        action = _add_entity(
            crate,
            f"#{step.name}",
            "CreateAction",
            name=step.name,
            description="A step of the run, with papermill.",
            instrument=notebook,
            result=crate.get(f"{step.name}.ipynb"),
            **shared,
        )
        actions.append(action)
    crate.root_dataset["mentions"] = actions
    text = json.dumps(crate.metadata.generate(), indent=1, ensure_ascii=False) + "\n"
    return text.encode("utf-8")


def _describe_root(crate: ROCrate, record: RunRecord, council: Entity) -> None:
    authority = record.council["authority"]
    root = crate.root_dataset
    root["name"] = f"{record.report['subject']}, {record.asked.year}: the audit"
    root["description"] = (
        f"What the report of {authority} was made from, with which software, and the result."
    )
    root["datePublished"] = record.finished
    root["license"] = _add_entity(
        crate, "#terms", "CreativeWork", name="Not for publication", description=RESTRICTED_NOTICE
    )
    root["author"] = council
    root["publisher"] = council
    root["conformsTo"] = _add_entity(
        crate, CRATE_PROFILE, "CreativeWork", name="Process Run Crate", version="0.5"
    )


def _add_software(crate: ROCrate, record: RunRecord) -> Entity:
    """What ran; its id is the commit (SWHID) if nothing was changed since that commit."""
    software = record.software
    changes = ", with changes" if software.clean is False else ""
    python = _add_entity(
        crate, "#python", "SoftwareApplication", name="Python", softwareVersion=software.python
    )
    requirements = [python]
    if software.lock_sha256:
        requirements.append(_add_file(crate, ["requirements.lock"], software.lock_sha256))
    return _add_entity(
        crate,
        f"swh:1:rev:{software.commit}" if software.clean else "#annual-report",
        "SoftwareApplication",
        name="annual-report",
        softwareVersion=software.version,
        softwareRequirements=requirements,
        operatingSystem=software.platform,
        description=f"Commit {software.commit or 'not known'}{changes}; "
        f"SHA-256 of the package: {software.code_sha256}",
    )


def _add_files(crate: ROCrate, files: Iterable[FileRecord]) -> list[Entity]:
    """The files; those with the same content become one that has several names."""
    by_id: dict[str, dict[str, FileRecord]] = {}
    for file in files:
        is_of_audit = file.path.startswith(AUDIT_PREFIX)
        file_id = file.path.removeprefix(AUDIT_PREFIX) if is_of_audit else file.sha256
        by_id.setdefault(file_id, {})[file.path] = file
    entities = []
    for by_path in by_id.values():
        first = next(iter(by_path.values()))
        size = str(first.bytes)
        entities.append(_add_file(crate, [*by_path], first.sha256, contentSize=size))
    return entities


def _add_file(
    crate: ROCrate,
    names: list[str],
    sha256: str,
    types: list[str] | None = None,
    **properties: Any,
) -> Entity:
    """A file entity; properties are added to its type, its names and its digest."""
    first = names[0]
    if first.startswith(AUDIT_PREFIX):
        place = {"dest_path": first.removeprefix(AUDIT_PREFIX)}
    else:
        place = {"source": _content_uri(sha256)}
    described = {
        "@type": types or "File",
        "name": names if len(names) > 1 else first,
        "sha256": sha256,
    }
    return crate.add_file(**place, properties=described | properties)


def _content_uri(sha256: str) -> str:
    encoded = base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode()
    return f"ni:///sha-256;{encoded.rstrip('=')}"


def _add_entity(crate: ROCrate, entity_id: str, entity_type: str, **properties: Any) -> Entity:
    described = {"@type": entity_type, **properties}
    return crate.add(ContextEntity(crate, entity_id, properties=described))
