"""What of a run record can be recomputed: from its report, or by repeating the run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.artifacts import (
    AUDIT_FOLDER,
    CRATE_PATH,
    DATA_PACKAGE,
    JOINT_STEP,
    OPEN_DATA,
    RECORD_PATH,
    STEPS,
)
from pipeline.problem import Kind, Problem
from pipeline.run.record.models import FileRecord, RunRecord
from pipeline.run.record.software import current_software, file_digest, project_files_differ

# Of a record: what a repeated run cannot tell, in words.
UNPROVED = (
    "when the run finished, how long each step took, which steps it took from an earlier run, and "
    "which report it replaced"
)
# Compared elsewhere, file by file or library by library.
COMPARED_ELSEWHERE = {"outputs", "tables", "software", "manifest_sha256", "record_version"}
NOT_REPEATED = {"finished", "seconds", "replaced"}
DATA_FILES = (OPEN_DATA, DATA_PACKAGE)


def manifest_text(outputs: Iterable[FileRecord]) -> str:
    """The files of a report with their digests, a line for each, as `sha256sum --check` reads."""
    return "".join(f"{file.sha256}  {file.path}\n" for file in outputs)


def manifest_digest(outputs: Iterable[FileRecord]) -> str:
    return hashlib.sha256(manifest_text(outputs).encode("utf-8")).hexdigest()


def published_digest(outputs: Iterable[FileRecord]) -> str:
    """The digest of the list of a report's published files, without those of its audit."""
    published = (file for file in outputs if not file.path.startswith(f"{AUDIT_FOLDER}/"))
    return manifest_digest(sorted(published, key=lambda file: file.path))


def accepted_digests(report: Path, outputs: Sequence[FileRecord]) -> tuple[str, ...]:
    """The digests by which a report is known: of its record, its manifest and what is published."""
    record = file_digest(report / RECORD_PATH)
    return record, manifest_digest(outputs), published_digest(outputs)


def is_manifest(path: Path, outputs: Iterable[FileRecord]) -> bool:
    """Whether a file lists these outputs. One of another size is not read."""
    expected = manifest_text(outputs).encode("utf-8")
    is_as_long = path.is_file() and path.stat().st_size == len(expected)
    return is_as_long and path.read_bytes() == expected


def check_complete(record: RunRecord, where: str) -> None:
    """Raise a Problem for a record that lists less than any run makes, and so would prove less."""
    listed = {file.path for file in record.outputs}
    steps = tuple(step.name for step in record.steps)
    expected = {CRATE_PATH, *(f"{AUDIT_FOLDER}/{step}.ipynb" for step in steps)}
    for name in record.asked.formats:
        is_made = record.documents_key or name in record.software.formats
        if name == "data":
            expected.update(DATA_FILES)
        elif is_made:
            expected.add(f"annual-report.{name}")
    missing = sorted(expected - listed)
    if not missing and RECORD_PATH not in listed and steps in (STEPS, (JOINT_STEP,)):
        return
    lacks = f"it does not list {', '.join(missing)}" if missing else "its steps are incomplete"
    raise Problem(
        kind=Kind.DIFFERS,
        where=where,
        what=f"this record cannot prove anything: {lacks}",
        remedy="Ask for the archive again, and for the SHA-256 that was printed with it.",
    )


def record_faults(report_folder: Path, record: RunRecord) -> Iterator[tuple[str, str]]:
    """Name and what of everything in a record that its own report contradicts."""
    from pipeline.run.record.crate import build_crate  # late, because rocrate is slow to import

    if record.manifest_sha256 and record.manifest_sha256 != manifest_digest(record.outputs):
        yield f"{RECORD_PATH}, manifest_sha256", "is not that of its outputs"
    if not _is_of_this_software(record):
        return  # which may describe a report otherwise
    outputs = [file for file in record.outputs if file.path != CRATE_PATH]
    crate = report_folder / CRATE_PATH
    recorded = [file.sha256 for file in record.outputs if file.path == CRATE_PATH]
    expected = build_crate(record.model_copy(update={"outputs": outputs}))
    # One that is not as recorded is a changed output.
    is_as_recorded = crate.is_file() and file_digest(crate) in recorded
    if is_as_recorded and crate.read_bytes() != expected:
        yield CRATE_PATH, f"does not say the same as {RECORD_PATH}"
    software = record.software
    if software.commit and software.clean and project_files_differ(software.commit):
        yield (
            f"{RECORD_PATH}, software.commit",
            "is not the commit of the package that is installed",
        )


def _is_of_this_software(record: RunRecord) -> bool:
    """Whether the package, its libraries and Python are those of a record."""
    varying = {"formats", "commit", "clean"}
    return record.software.model_dump(exclude=varying) == current_software().model_dump(
        exclude=varying
    )


def changed_fields(record: RunRecord, repeated: RunRecord) -> Iterator[str]:
    """The fields of a record that a repeated run fills in otherwise, such as `findings`."""
    old, new = _repeatable(record), _repeatable(repeated)
    for name in old:
        if old[name] != new[name]:
            yield name
    if record.software.version != repeated.software.version:
        yield "software.version"


def _repeatable(record: RunRecord) -> dict[str, Any]:
    """What a record says that does not depend on when and after what the run was."""
    content = record.model_dump(exclude=COMPARED_ELSEWHERE | NOT_REPEATED)
    steps = content.pop("steps")
    for step in steps:
        name = step.pop("name")
        del step["status"], step["notebook_sha256"]  # a cause, such as a library
        content[f"steps, {name}"] = step
    content["steps"] = [step.name for step in record.steps]
    return content
