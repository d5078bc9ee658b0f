"""What is up to date: the key of each step, compared with that of the last run."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from pipeline.artifacts import AUDIT_FOLDER, DOCUMENTS_STEP, VALIDATE_STEP
from pipeline.problem import Problem
from pipeline.run import steps
from pipeline.run.reachable_code import reachable_files
from pipeline.run.record import (
    FileRecord,
    RunOptions,
    RunRecord,
    StepRecord,
    file_digest,
    file_record,
    installed_distributions,
    load_record,
    lock_digest,
    output_files,
    package_digest,
    table_files,
)
from pipeline.run.steps import (
    STEP_DEPENDENCIES,
    notebook_parameters,
    notebook_path,
    other_entries,
    step_reads,
)
from pipeline.settings import Settings

# Why a step is stale, by the part of its key that has changed.
STALE_REASONS = {
    "notebook": "its notebook changed",
    "code": "the package changed",
    "parameters": "its parameters changed",
    "settings": "council.yaml or report.yaml changed",
    "libraries": "Python or its libraries changed",
    "asked": "other formats, or a final report instead of a draft, are asked for",
}
MAX_INPUTS_NAMED = 3


@dataclass
class Freshness:
    """What a year's run depends on now, next to what the last run depended on.

    settings: of the inputs that are read: a run reads a copy, see `snapshot.py`.
    options: what the run is to make.
    force: whether nothing is taken from the last run.
    target: the settings of the workspace that the report is for, if a copy of it is read.
    """

    settings: Settings
    options: RunOptions
    force: bool = False
    target: Settings | None = None

    @property
    def published_folder(self) -> Path:
        """The folder of the last run's report."""
        return (self.target or self.settings).published_folder

    @property
    def processed(self) -> Path:
        """The folder of the last run's tables."""
        return (self.target or self.settings).processed

    @cached_property
    def inputs(self) -> list[FileRecord]:
        """Every input by its content, before anything is read."""
        workspace = self.settings.workspace
        return [file_record(path, workspace) for path in steps.input_files(self.settings)]

    @cached_property
    def other_names(self) -> list[str]:
        """The names of what else is in `data/raw`, of which findings tell."""
        workspace = self.settings.workspace
        return [path.relative_to(workspace).as_posix() for path in other_entries(self.settings)]

    @cached_property
    def last_record(self) -> RunRecord | None:
        """The record of the last run; None if there is none that can be relied on."""
        try:
            return None if self.force else load_record(self.published_folder)
        except Problem:
            return None

    def step_key(self, step: str, table_digests: Mapping[str, str]) -> dict[str, str]:
        """The digests of all that a step depends on, by part.

        table_digests: of the tables that the steps before it made, by step.
        """
        workspace = self.settings.workspace
        notebook = notebook_path(step, workspace)
        inputs = [file for file in self.inputs if step_reads(step, workspace / file.path)]
        parts = [(file.path, file.sha256) for file in inputs]
        if step == VALIDATE_STEP:
            parts += [(path, "") for path in self.other_names]
        dependencies = STEP_DEPENDENCIES.get(step, ())
        return {
            "notebook": file_digest(notebook),
            "code": self._reachable_code_digest(step, notebook),
            **self._shared_key_parts,
            "inputs": _combined_digest(parts),
            **{dependency: table_digests[dependency] for dependency in dependencies},
        }

    def documents_key(
        self, notebook_digests: Mapping[str, str], table_digests: Mapping[str, str]
    ) -> dict[str, str]:
        """The digests of all that the documents depend on, which is everything.

        notebook_digests: of the executed notebooks, by step.
        """
        return {
            "code": self._package_digest,
            **self._shared_key_parts,
            "asked": self.options.model_dump_json(),
            "inputs": _combined_digest((file.path, file.sha256) for file in self.inputs),
            **{step: f"{text} {table_digests[step]}" for step, text in notebook_digests.items()},
        }

    def is_current(self, step: str, key: Mapping[str, str]) -> bool:
        """Whether the last run left what this key would make."""
        return step in self.reusable_steps and self.reusable_steps[step].key == key

    def documents_are_current(self, key: Mapping[str, str]) -> bool:
        """Whether the last run left the documents that this key would make."""
        record = self.last_record
        return record is not None and self.documents_are_intact and record.documents_key == key

    @cached_property
    def reusable_steps(self) -> dict[str, StepRecord]:
        """The steps of the last run whose tables and executed notebook are intact, by name."""
        audit = self.published_folder / AUDIT_FOLDER
        reusable = {}
        for step in self.last_record.steps if self.last_record else []:
            has_tables = tables_digest(step.name, self.processed) == step.made_sha256
            notebook = audit / f"{step.name}.ipynb"
            has_notebook = notebook.is_file() and file_digest(notebook) == step.executed_sha256
            if has_tables and has_notebook:
                reusable[step.name] = step
        return reusable

    @cached_property
    def documents_are_intact(self) -> bool:
        """Whether every file of the last run's report and audit is as the run left it."""
        if self.last_record is None:
            return False
        folder = self.published_folder
        files = {file_record(path, folder) for path in output_files(folder)}
        return files == set(self.last_record.outputs)

    @cached_property
    def _package_digest(self) -> str:
        return package_digest()

    @cached_property
    def _shared_key_parts(self) -> dict[str, str]:
        """The parts that all keys have in common."""
        settings = self.settings
        texts = [settings.council.model_dump_json(), settings.report.model_dump_json()]
        return {
            "parameters": _combined_digest(notebook_parameters(settings).items()),
            "settings": _combined_digest([*texts, *settings.available_years]),
            "libraries": _libraries_digest(),
        }

    def _reachable_code_digest(self, step: str, notebook: Path) -> str:
        """The digest of the code that a step can reach.

        It is the last run's if neither the package nor the notebook has changed, because reading
        all imports takes a while.
        """
        record = self.last_record
        if record and record.software.code_sha256 == self._package_digest:
            for last_step in record.steps:
                is_same_notebook = last_step.notebook_sha256 == file_digest(notebook)
                if last_step.name == step and is_same_notebook:
                    return last_step.key["code"]
        return reachable_code_digest(notebook, file_digest(notebook), self._package_digest)


@dataclass(frozen=True)
class Plan:
    """What a run would do.

    reasons: why each step, and the documents, have to be made; empty for what is up to date.
    """

    reasons: dict[str, str]

    @property
    def stale_steps(self) -> list[str]:
        """The steps to run. One that depends on another may still turn out to be up to date."""
        return [step for step, reason in self.reasons.items() if reason and step != DOCUMENTS_STEP]

    @property
    def is_empty(self) -> bool:
        return not any(self.reasons.values())


def plan_run(freshness: Freshness) -> Plan:
    """What has to be made, and why."""
    record = freshness.last_record
    if record is None:
        reason = "everything is rebuilt" if freshness.force else "there is no earlier run"
        return Plan(dict.fromkeys((*freshness.settings.steps, DOCUMENTS_STEP), reason))
    reasons: dict[str, str] = {}
    reusable = freshness.reusable_steps
    digests = {name: step.made_sha256 for name, step in reusable.items()}
    for step in freshness.settings.steps:
        stale = [name for name in STEP_DEPENDENCIES.get(step, ()) if reasons[name]]
        if stale:
            reasons[step] = f"depends on {stale[0]}"
        elif step not in reusable:
            reasons[step] = "its tables or its executed notebook have changed or are missing"
        else:
            key = freshness.step_key(step, digests)
            reasons[step] = _first_change(reusable[step].key, key, freshness)
    reasons[DOCUMENTS_STEP] = _documents_reason(freshness, record, reasons)
    return Plan(reasons)


def _documents_reason(freshness: Freshness, record: RunRecord, reasons: Mapping[str, str]) -> str:
    """Why the documents have to be made; empty if they are up to date."""
    stale = [step for step in freshness.settings.steps if reasons[step]]
    if stale:
        return f"depends on {stale[0]}"
    if not freshness.documents_are_intact:
        return "a file of the report or its audit has changed or is missing"
    if not record.documents_key:
        return "a format could not be made"
    reusable = freshness.reusable_steps
    executed = {name: step.executed_sha256 for name, step in reusable.items()}
    digests = {name: step.made_sha256 for name, step in reusable.items()}
    key = freshness.documents_key(executed, digests)
    return _first_change(record.documents_key, key, freshness)


def _first_change(last_key: Mapping[str, str], key: Mapping[str, str], freshness: Freshness) -> str:
    """The first part of a key that has changed, in words; empty if none has."""
    for part in key:
        if last_key.get(part) != key[part]:
            if part == "inputs":
                return _changed_inputs(freshness)
            return STALE_REASONS.get(part, f"the result of {part} changed")
    return ""


def _changed_inputs(freshness: Freshness) -> str:
    last_record = freshness.last_record
    last_inputs = {file.path: file.sha256 for file in last_record.inputs} if last_record else {}
    inputs = {file.path: file.sha256 for file in freshness.inputs}
    paths = sorted({*last_inputs, *inputs})
    changed = [path for path in paths if last_inputs.get(path) != inputs.get(path)]
    if not changed:
        return "files or folders next to the inputs were added or removed"
    more = " and more" if len(changed) > MAX_INPUTS_NAMED else ""
    return f"{', '.join(changed[:MAX_INPUTS_NAMED])}{more} changed"


def tables_digest(step: str, processed: Path) -> str:
    """The digest of a step's processed tables; the same for every step that leaves none."""
    return combined_tables_digest(table_files(step, processed))


def combined_tables_digest(tables: Iterable[FileRecord]) -> str:
    """The digest of tables, with their paths below the folder of their step."""
    return _combined_digest((table.path.partition("/")[2], table.sha256) for table in tables)


@cache
def reachable_code_digest(notebook: Path, notebook_sha256: str, code_sha256: str) -> str:
    """The digest of the code that a notebook can reach, kept while neither of the two changes."""
    files = reachable_files(notebook)
    root = steps.PROJECT_ROOT
    return _combined_digest(
        (path.relative_to(root).as_posix(), file_digest(path)) for path in files
    )


def _libraries_digest() -> str:
    """The digest of what else decides the bytes: the lock, Python and the installed versions."""
    machine = [platform.python_version(), sys.platform, platform.machine()]
    return _combined_digest([lock_digest() or "", *machine, *installed_distributions()])


def _combined_digest(parts: Iterable[object]) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
