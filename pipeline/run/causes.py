"""What of the software has changed since a report was made, and so may have changed its files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.run.record import RunRecord, current_software, file_digest, load_record
from pipeline.run.steps import notebook_path
from pipeline.settings import Settings

ANOTHER = "is another one"
# What the message calls each field of the record's software that is a hash.
HASHED_SOFTWARE = {
    "code_sha256": "the package",
    "lock_sha256": "the versions of the libraries (requirements.lock)",
}
VERSIONED_SOFTWARE = {"python": "Python", "platform": "the kind of machine"}
OTHER_LIBRARIES = "the libraries that these use in turn"
SHA256_CHARACTERS = 64
SHOWN_CHARACTERS = 8  # of a hash: enough for a person to tell two apart


@dataclass(frozen=True)
class Cause:
    """Something of the software that has changed.

    what: such as "1.50.12 there, 1.52.0 here": there is where the report was made.
    format_name: the format whose files alone depend on it; empty for all files.
    """

    name: str
    what: str
    format_name: str = ""

    def __str__(self) -> str:
        return self.name if self.what == ANOTHER else f"{self.name} {self.what}"


def software_causes(
    settings: Settings, record: RunRecord, repeated: Path | None
) -> Iterator[Cause]:
    """What of the software in a record has changed.

    repeated: the report of a repeated run, whose record knows what its formats were made with.
    """
    repeated_record = load_record(repeated) if repeated else None
    old = record.software
    new = repeated_record.software if repeated_record else current_software()
    for field, name in HASHED_SOFTWARE.items():
        if getattr(old, field) != getattr(new, field):
            yield Cause(name, ANOTHER)
    for step in record.steps:
        if step.notebook_sha256 != file_digest(notebook_path(step.name, settings.workspace)):
            yield Cause(f"notebooks/{step.name}.ipynb", ANOTHER)
    for field, name in VERSIONED_SOFTWARE.items():
        yield from _changed_versions({name: getattr(old, field)}, {name: getattr(new, field)})
    yield from _changed_versions(old.libraries, new.libraries)
    keys = [_libraries_key(one) for one in (record, repeated_record or record)]
    if old.libraries == new.libraries and keys[0] != keys[1]:
        yield Cause(OTHER_LIBRARIES, ANOTHER)
    for format_name, versions in old.formats.items():
        if repeated_record and format_name not in new.formats:
            yield Cause(f"the software that makes {format_name}", "(missing here)", format_name)
        elif format_name in new.formats:
            yield from _changed_versions(versions, new.formats[format_name], format_name)


def _changed_versions(
    old: dict[str, str], new: dict[str, str], format_name: str = ""
) -> Iterator[Cause]:
    for name, version in old.items():
        if new.get(name) != version:
            what = f"{_shortened(version)} there, {_shortened(new.get(name, 'none'))} here"
            yield Cause(name, what, format_name)


def _libraries_key(record: RunRecord) -> set[str]:
    """What the keys of the steps say of all libraries that are installed."""
    return {step.key.get("libraries", "") for step in record.steps}


def _shortened(version: str) -> str:
    """A version, or the first characters of a hash."""
    return version[:SHOWN_CHARACTERS] if len(version) == SHA256_CHARACTERS else version
