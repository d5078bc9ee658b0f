"""What is up to date: each step's key, and whether it is what the last run had."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from pipeline.artifacts import DOCUMENTS_STEP, STEPS
from pipeline.problem import Problem
from pipeline.run.reachable_code import reachable_files
from pipeline.run.record import (
    FileRecord,
    RunOptions,
    RunRecord,
    StepRecord,
    file_digest,
    file_record,
    load_record,
    lock_digest,
    output_files,
    package_digest,
)
from pipeline.run.steps import (
    PROJECT_ROOT,
    STEP_DEPENDENCIES,
    input_files,
    notebook_parameters,
    notebook_path,
    step_reads,
)
from pipeline.settings import Settings

STALE_REASONS = {
    "notebook": "its notebook was changed", "code": "the package was changed", "parameters": "its parameters are others",
    "settings": "council.yaml or report.yaml was changed", "libraries": "Python or its libraries were changed",
    "asked": "other formats were asked for, or a final report instead of a draft",
}  # fmt: skip


@dataclass
class Freshness:
    """What a year's run depends on as it is now, beside what the last run had.

    asked: what the run is to make. force: whether nothing is to be taken from the last run.
    """

    settings: Settings
    options: RunOptions
    force: bool = False

    @cached_property
    def inputs(self) -> list[FileRecord]:
        """Every input by its content, before anything is read."""
        return [file_record(path, self.settings.workspace) for path in input_files(self.settings)]

    @cached_property
    def last_record(self) -> RunRecord | None:
        """The record of the last run; None where there is none that can be relied on."""
        try:
            return None if self.force else load_record(self.settings.published_folder)
        except Problem:
            return None

    def step_key(self, step: str, table_digests: Mapping[str, str]) -> dict[str, str]:
        """A step's key by its parts. made: by step, the digest of what it made."""
        notebook = notebook_path(step, self.settings.workspace)
        root = self.settings.workspace
        return {
            "notebook": file_digest(notebook),
            "code": self._reachable_code_digest(step, notebook),
            **self._shared_key_parts,
            "inputs": _combined_digest(
                (one.path, one.sha256) for one in self.inputs if step_reads(step, root / one.path)
            ),
            **{earlier: table_digests[earlier] for earlier in STEP_DEPENDENCIES.get(step, ())},
        }

    def documents_key(
        self, notebook_digests: Mapping[str, str], table_digests: Mapping[str, str]
    ) -> dict[str, str]:
        """The key of the documents, which are made of all there is. executed: by step, the digest of its executed notebook."""
        return {
            "code": self._package_digest,
            **self._shared_key_parts,
            "asked": self.options.model_dump_json(),
            "inputs": _combined_digest((one.path, one.sha256) for one in self.inputs),
            **{step: f"{notebook_digests[step]} {table_digests[step]}" for step in STEPS},
        }

    def is_current(self, step: str, key: Mapping[str, str]) -> bool:
        """Whether the last run left what this key would make."""
        return step in self.reusable_steps and self.reusable_steps[step].key == key

    def documents_are_current(self, key: Mapping[str, str]) -> bool:
        """The same of the report's files."""
        return self.documents_are_intact and self.last_record.documents_key == key

    @cached_property
    def reusable_steps(self) -> dict[str, StepRecord]:
        """The steps of the last run whose tables and executed notebook are still what it made."""
        settings, steps = self.settings, self.last_record.steps if self.last_record else []
        return {
            one.name: one for one in steps
            if tables_digest(one.name, settings.processed) == one.made_sha256
            and _digest_if_file(settings.published_folder / "audit" / f"{one.name}.ipynb") == one.executed_sha256
        }  # fmt: skip

    @cached_property
    def documents_are_intact(self) -> bool:
        """Whether every file of the last run's report and audit is still what it made."""
        folder = self.settings.published_folder
        return self.last_record is not None and {
            file_record(path, folder) for path in output_files(folder)
        } == set(self.last_record.outputs)

    @cached_property
    def _package_digest(self) -> str:
        return package_digest()

    @cached_property
    def _shared_key_parts(self) -> dict[str, str]:
        """The parts that all keys share."""
        council, report, held = (
            self.settings.council,
            self.settings.report,
            self.settings.available_years,
        )
        return {
            "parameters": _combined_digest(notebook_parameters(self.settings).items()),
            "settings": _combined_digest(
                [council.model_dump_json(), report.model_dump_json(), *held]
            ),
            "libraries": _libraries_digest(),
        }

    def _reachable_code_digest(self, step: str, notebook: Path) -> str:
        """The digest of the code that a step can reach: the last run's where neither the package nor the notebook has changed."""
        if self.last_record and self.last_record.software.code_sha256 == self._package_digest:
            for one in self.last_record.steps:
                if one.name == step and one.notebook_sha256 == file_digest(notebook):
                    return one.key["code"]
        return reachable_code_digest(notebook, file_digest(notebook), self._package_digest)


@dataclass(frozen=True)
class Plan:
    """What a run would do: for each step, and for the documents, why it has to be done; empty where it has not."""

    reasons: dict[str, str]

    @property
    def stale_steps(self) -> list[str]:
        """The steps to run; of one that waits for another it may turn out that it need not."""
        return [step for step in STEPS if self.reasons[step]]

    @property
    def is_empty(self) -> bool:
        return not any(self.reasons.values())


def plan_run(freshness: Freshness) -> Plan:
    """What has to be done anew, and why."""
    if freshness.last_record is None:
        return Plan(
            dict.fromkeys(
                (*STEPS, DOCUMENTS_STEP),
                "all is made anew" if freshness.force else "no report was made before",
            )
        )
    because: dict[str, str] = {}
    made = {step: one.made_sha256 for step, one in freshness.reusable_steps.items()}
    for step in STEPS:
        if waits := [earlier for earlier in STEP_DEPENDENCIES.get(step, ()) if because[earlier]]:
            because[step] = f"works on what {waits[0]} makes"
        elif step not in freshness.reusable_steps:
            because[step] = "what it made was changed since, or is gone"
        else:
            because[step] = _first_change(
                freshness.reusable_steps[step].key, freshness.step_key(step, made), freshness
            )
    if running := [step for step in STEPS if because[step]]:
        because[DOCUMENTS_STEP] = f"made of what {running[0]} makes"
    elif not freshness.documents_are_intact:
        because[DOCUMENTS_STEP] = "a file of the report or its audit was changed since, or is gone"
    elif not freshness.last_record.documents_key:
        because[DOCUMENTS_STEP] = "a format could not be made"
    else:
        executed = {step: one.executed_sha256 for step, one in freshness.reusable_steps.items()}
        because[DOCUMENTS_STEP] = _first_change(
            freshness.last_record.documents_key, freshness.documents_key(executed, made), freshness
        )
    return Plan(because)


def _first_change(last_key: Mapping[str, str], key: Mapping[str, str], freshness: Freshness) -> str:
    """The first thing that is other than it was, in words; empty where nothing is."""
    for part in key:
        if last_key.get(part) != key[part]:
            return STALE_REASONS.get(part) or (
                _changed_inputs(freshness) if part == "inputs" else f"{part} made something else"
            )
    return ""


def _changed_inputs(freshness: Freshness) -> str:
    before, now = (
        {one.path: one.sha256 for one in files}
        for files in (freshness.last_record.inputs, freshness.inputs)
    )
    changed = [path for path in sorted({*before, *now}) if before.get(path) != now.get(path)]
    return f"{', '.join(changed[:3])}{' and more' if len(changed) > 3 else ''} changed"


def tables_digest(step: str, processed: Path) -> str:
    """The digest of what a step left among the processed tables; the same for one that leaves nothing."""
    folder = processed / step
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return _combined_digest(
        (path.relative_to(folder).as_posix(), file_digest(path)) for path in files
    )


@cache
def reachable_code_digest(notebook: Path, notebook_sha256: str, code_sha256: str) -> str:
    """The digest of the code that a notebook can reach, which takes long to find: worth keeping while neither has changed."""
    return _combined_digest(
        (path.relative_to(PROJECT_ROOT).as_posix(), file_digest(path))
        for path in reachable_files(notebook)
    )


def _libraries_digest() -> str:
    """The digest of what else decides the bytes: the lock, Python, and the versions that are really installed."""
    installed = sorted(path.name for place in sys.path for path in Path(place).glob("*.dist-info"))
    return _combined_digest(
        [
            lock_digest() or "",
            platform.python_version(),
            sys.platform,
            platform.machine(),
            *installed,
        ]
    )


def _digest_if_file(path: Path) -> str | None:
    return file_digest(path) if path.is_file() else None


def _combined_digest(parts: Iterable[object]) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
