"""The run record once more, as an RO-Crate: for programs that read that format (Process Run Crate profile) and not ours."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rocrate.model.contextentity import ContextEntity
from rocrate.model.entity import Entity
from rocrate.rocrate import ROCrate

if TYPE_CHECKING:
    from pipeline.run.record import FileRecord, RunRecord

CRATE_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
EXTRA_TERMS = {
    "sha256": "https://w3id.org/ro/terms/workflow-run#sha256"
}  # which the context of RO-Crate 1.1 lacks
AUDIT_PREFIX = "audit/"
RESTRICTED_NOTICE = "For the council's officers and its auditor: the audit holds references of cases and is not for publication."


def build_crate(record: RunRecord) -> bytes:
    """The `ro-crate-metadata.json` of a run, for the audit's folder: all that it says is in the record.

    Files of the audit are named by where they lie. What lies outside it, which is what was read and what is published, is named
    by its content (RFC 6920), with its path as its name: so nothing tells where the workspace is, and the audit may be moved.
    """
    crate = ROCrate(version="1.1")
    crate.metadata.extra_terms.update(EXTRA_TERMS)
    root, report = crate.root_dataset, record.report
    council = _add_entity(crate, "#council", "Organization", name=record.council["authority"])
    root["name"] = f"{report['subject']}, {record.asked.year}: the audit"
    root["description"] = (
        f"What the report of {record.council['authority']} was made of, by what, and what came out."
    )
    root["datePublished"] = record.finished
    root["license"] = _add_entity(
        crate, "#terms", "CreativeWork", name="Not for publication", description=RESTRICTED_NOTICE
    )
    root["author"] = root["publisher"] = council
    root["conformsTo"] = _add_entity(
        crate, CRATE_PROFILE, "CreativeWork", name="Process Run Crate", version="0.5"
    )

    inputs, outputs = _add_files(crate, record.inputs), _add_files(crate, record.outputs)
    crate.add_file(
        dest_path="run.json",
        properties={"name": "The run record", "description": "All of this, and the settings."},
    )
    software = _add_software(crate, record)
    same = {"agent": council, "actionStatus": "http://schema.org/CompletedActionStatus"}
    done = [_add_entity(
        crate, "#run", "CreateAction", name=f"annual-report run {record.asked.year}",
        description="From the extracts to the report and its audit.", instrument=software, object=inputs, result=outputs,
        endTime=record.finished, **same,
    )]  # fmt: skip
    for step in record.steps:
        notebook = _add_file(crate, f"notebooks/{step.name}.ipynb", step.notebook_sha256, ["File", "SoftwareSourceCode"],
                         version=record.software.version)  # fmt: skip
        done.append(_add_entity(
            crate, f"#{step.name}", "CreateAction", name=step.name, description="A step of the run, with papermill.",
            instrument=notebook, result=crate.get(f"{step.name}.ipynb"), **same,
        ))  # fmt: skip
    root["mentions"] = done
    return (json.dumps(crate.metadata.generate(), indent=1, ensure_ascii=False) + "\n").encode(
        "utf-8"
    )


def _add_software(crate: ROCrate, record: RunRecord) -> Entity:
    """What ran, named by its commit (SWHID) where it was that commit and nothing else."""
    used = record.software
    changes = {True: "", False: ", with changes", None: ""}[used.clean]
    needs = [
        _add_entity(
            crate, "#python", "SoftwareApplication", name="Python", softwareVersion=used.python
        )
    ]
    if used.lock_sha256:
        needs.append(_add_file(crate, "requirements.lock", used.lock_sha256))
    return _add_entity(
        crate, f"swh:1:rev:{used.commit}" if used.clean else "#annual-report", "SoftwareApplication", name="annual-report",
        softwareVersion=used.version, softwareRequirements=needs, operatingSystem=used.platform,
        description=f"Commit {used.commit or 'not known'}{changes}; SHA-256 of the package: {used.code_sha256}",
    )  # fmt: skip


def _add_files(crate: ROCrate, files: Iterable[FileRecord]) -> list[Entity]:
    """The files, those with the same content as one that has several names."""
    named: dict[str, dict[str, FileRecord]] = {}
    for one in files:
        inside = one.path.removeprefix(AUDIT_PREFIX) if one.path.startswith(AUDIT_PREFIX) else ""
        named.setdefault(inside or one.sha256, {})[one.path] = one
    entities = []
    for held in named.values():
        first, *others = held
        entities.append(
            _add_file(
                crate,
                [first, *others] if others else first,
                held[first].sha256,
                contentSize=str(held[first].bytes),
            )
        )
    return entities


def _add_file(
    crate: ROCrate, name: str | list[str], sha256: str, kind: str | list[str] = "File", **more: Any
) -> Entity:
    first = name if isinstance(name, str) else name[0]
    place = (
        {"dest_path": first.removeprefix(AUDIT_PREFIX)}
        if first.startswith(AUDIT_PREFIX)
        else {"source": _content_uri(sha256)}
    )
    return crate.add_file(
        **place, properties={"@type": kind, "name": name, "sha256": sha256, **more}
    )


def _content_uri(sha256: str) -> str:
    return f"ni:///sha-256;{base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip('=')}"


def _add_entity(crate: ROCrate, id: str, kind: str, **properties: Any) -> Entity:
    return crate.add(ContextEntity(crate, id, properties={"@type": kind, **properties}))
