"""What is up to date: each step's key, and whether it is what the last run had."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from pipeline.artifacts import DOCUMENTS, STEPS
from pipeline.problem import Problem
from pipeline.run.reachable_code import reached_from
from pipeline.run.record import (
    Asked,
    File,
    RunRecord,
    Step,
    as_file,
    code_digest,
    digest,
    load_record,
    lock_digest,
    outputs_of,
)
from pipeline.run.steps import PROJECT, READS, inputs_of, notebook_of, parameters_of, reads
from pipeline.settings import Settings

SAID = {
    "notebook": "its notebook was changed", "code": "the package was changed", "parameters": "its parameters are others",
    "settings": "council.yaml or report.yaml was changed", "libraries": "Python or its libraries were changed",
    "asked": "other formats were asked for, or a final report instead of a draft",
}  # fmt: skip


@dataclass
class State:
    """What a year's run depends on as it is now, beside what the last run had.

    asked: what the run is to make. force: whether nothing is to be taken from the last run.
    """

    settings: Settings
    asked: Asked
    force: bool = False

    @cached_property
    def inputs(self) -> list[File]:
        """Every input by its content, before anything is read."""
        return [as_file(path, self.settings.workspace) for path in inputs_of(self.settings)]

    @cached_property
    def before(self) -> RunRecord | None:
        """The record of the last run; None where there is none that can be relied on."""
        try:
            return None if self.force else load_record(self.settings.published_folder)
        except Problem:
            return None

    def key(self, step: str, made: Mapping[str, str]) -> dict[str, str]:
        """A step's key by its parts. made: by step, the digest of what it made."""
        notebook = notebook_of(step, self.settings.workspace)
        root = self.settings.workspace
        return {
            "notebook": digest(notebook),
            "code": self._reached(step, notebook),
            **self._common,
            "inputs": _hashed(
                (one.path, one.sha256) for one in self.inputs if reads(step, root / one.path)
            ),
            **{earlier: made[earlier] for earlier in READS.get(step, ())},
        }

    def documents_key(self, executed: Mapping[str, str], made: Mapping[str, str]) -> dict[str, str]:
        """The key of the documents, which are made of all there is. executed: by step, the digest of its executed notebook."""
        return {
            "code": self._code,
            **self._common,
            "asked": self.asked.model_dump_json(),
            "inputs": _hashed((one.path, one.sha256) for one in self.inputs),
            **{step: f"{executed[step]} {made[step]}" for step in STEPS},
        }

    def has(self, step: str, key: Mapping[str, str]) -> bool:
        """Whether the last run left what this key would make."""
        return step in self.kept and self.kept[step].key == key

    def has_documents(self, key: Mapping[str, str]) -> bool:
        """The same of the report's files."""
        return self.documents_are_kept and self.before.documents_key == key

    @cached_property
    def kept(self) -> dict[str, Step]:
        """The steps of the last run whose tables and executed notebook are still what it made."""
        settings, steps = self.settings, self.before.steps if self.before else []
        return {
            one.name: one for one in steps
            if made_by(one.name, settings.processed) == one.made_sha256
            and _digest_of(settings.published_folder / "audit" / f"{one.name}.ipynb") == one.executed_sha256
        }  # fmt: skip

    @cached_property
    def documents_are_kept(self) -> bool:
        """Whether every file of the last run's report and audit is still what it made."""
        folder = self.settings.published_folder
        return self.before is not None and {
            as_file(path, folder) for path in outputs_of(folder)
        } == set(self.before.outputs)

    @cached_property
    def _code(self) -> str:
        return code_digest()

    @cached_property
    def _common(self) -> dict[str, str]:
        """The parts that all keys share."""
        council, report, held = (
            self.settings.council,
            self.settings.report,
            self.settings.years_held,
        )
        return {
            "parameters": _hashed(parameters_of(self.settings).items()),
            "settings": _hashed([council.model_dump_json(), report.model_dump_json(), *held]),
            "libraries": _libraries(),
        }

    def _reached(self, step: str, notebook: Path) -> str:
        """The digest of the code that a step can reach: the last run's where neither the package nor the notebook has changed."""
        if self.before and self.before.software.code_sha256 == self._code:
            for one in self.before.steps:
                if one.name == step and one.notebook_sha256 == digest(notebook):
                    return one.key["code"]
        return reached_digest(notebook, digest(notebook), self._code)


@dataclass(frozen=True)
class Plan:
    """What a run would do: for each step, and for the documents, why it has to be done; empty where it has not."""

    because: dict[str, str]

    @property
    def steps(self) -> list[str]:
        """The steps to run; of one that waits for another it may turn out that it need not."""
        return [step for step in STEPS if self.because[step]]

    @property
    def nothing(self) -> bool:
        return not any(self.because.values())


def planned(state: State) -> Plan:
    """What has to be done anew, and why."""
    if state.before is None:
        return Plan(
            dict.fromkeys(
                (*STEPS, DOCUMENTS),
                "all is made anew" if state.force else "no report was made before",
            )
        )
    because: dict[str, str] = {}
    made = {step: one.made_sha256 for step, one in state.kept.items()}
    for step in STEPS:
        if waits := [earlier for earlier in READS.get(step, ()) if because[earlier]]:
            because[step] = f"works on what {waits[0]} makes"
        elif step not in state.kept:
            because[step] = "what it made was changed since, or is gone"
        else:
            because[step] = _why(state.kept[step].key, state.key(step, made), state)
    if running := [step for step in STEPS if because[step]]:
        because[DOCUMENTS] = f"made of what {running[0]} makes"
    elif not state.documents_are_kept:
        because[DOCUMENTS] = "a file of the report or its audit was changed since, or is gone"
    elif not state.before.documents_key:
        because[DOCUMENTS] = "a format could not be made"
    else:
        executed = {step: one.executed_sha256 for step, one in state.kept.items()}
        because[DOCUMENTS] = _why(
            state.before.documents_key, state.documents_key(executed, made), state
        )
    return Plan(because)


def _why(before: Mapping[str, str], now: Mapping[str, str], state: State) -> str:
    """The first thing that is other than it was, in words; empty where nothing is."""
    for part in now:
        if before.get(part) != now[part]:
            return SAID.get(part) or (
                _changed_inputs(state) if part == "inputs" else f"{part} made something else"
            )
    return ""


def _changed_inputs(state: State) -> str:
    before, now = (
        {one.path: one.sha256 for one in files} for files in (state.before.inputs, state.inputs)
    )
    changed = [path for path in sorted({*before, *now}) if before.get(path) != now.get(path)]
    return f"{', '.join(changed[:3])}{' and more' if len(changed) > 3 else ''} changed"


def made_by(step: str, processed: Path) -> str:
    """The digest of what a step left among the processed tables; the same for one that leaves nothing."""
    folder = processed / step
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return _hashed((path.relative_to(folder).as_posix(), digest(path)) for path in files)


@cache
def reached_digest(notebook: Path, notebook_sha256: str, code_sha256: str) -> str:
    """The digest of the code that a notebook can reach, which takes long to find: worth keeping while neither has changed."""
    return _hashed(
        (path.relative_to(PROJECT).as_posix(), digest(path)) for path in reached_from(notebook)
    )


def _libraries() -> str:
    """The digest of what else decides the bytes: the lock, Python, and the versions that are really installed."""
    installed = sorted(path.name for place in sys.path for path in Path(place).glob("*.dist-info"))
    return _hashed(
        [
            lock_digest() or "",
            platform.python_version(),
            sys.platform,
            platform.machine(),
            *installed,
        ]
    )


def _digest_of(path: Path) -> str | None:
    return digest(path) if path.is_file() else None


def _hashed(told: Iterable[object]) -> str:
    return hashlib.sha256("\n".join(map(str, told)).encode()).hexdigest()
