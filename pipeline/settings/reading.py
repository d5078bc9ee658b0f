"""A settings file as a checked model.

Every mistake is reported with its file, line and key, what was found and what is allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pipeline.problem import Kind, Problem
from pipeline.settings.mistakes import mistake_of
from pipeline.settings.yaml import KeyPath, read_yaml
from pipeline.system.folders import check_own_file

Model = TypeVar("Model", bound=BaseModel)
OtherModel = TypeVar("OtherModel", bound=BaseModel)
MAX_MISTAKES = 50  # that one message lists


@dataclass(frozen=True)
class SettingsFiles:
    """The files of one model: a key of a later file replaces that of an earlier one.

    procedure: the one that the settings are for, where a workspace has several.
    """

    paths: tuple[Path, ...]
    workspace: Path
    procedure: str = ""

    def read(self) -> _Keys:
        """The keys of all files. Raises Problem for a file that is no settings file."""
        keys = _Keys({}, {}, {"": self._name(self.paths[0])})
        for path in self.paths:
            name = self._name(path)
            check_own_file(path, self.workspace)
            content, lines = read_yaml(path, name)
            keys.replace(content, lines, name)
        return keys

    def _name(self, path: Path) -> str:
        return path.relative_to(self.workspace).as_posix()


@dataclass(frozen=True)
class _Keys:
    """The keys of settings files, with the line of each and the file of each at the top.

    files: under "" the file of what is missing.
    """

    content: dict[str, Any]
    lines: dict[KeyPath, int]
    files: dict[str, str]

    def replace(self, content: dict[str, Any], lines: dict[KeyPath, int], name: str) -> None:
        """Put the keys of one more file in the place of those read so far."""
        for place in [place for place in self.lines if place and place[0] in content]:
            del self.lines[place]
        self.content.update(content)
        self.lines.update(lines)
        self.files.update(dict.fromkeys(content, name))


def read_model(model: type[Model], files: SettingsFiles) -> Model:
    """The content of settings files as a model.

    Raises one Problem for all that is wrong with it.
    """
    problems: list[Problem] = []
    content = _model_or_none(model, files, problems)
    if content is None:
        raise _together(problems)
    return content


def read_both(
    first: tuple[type[Model], SettingsFiles], second: tuple[type[OtherModel], SettingsFiles]
) -> tuple[Model, OtherModel]:
    """The contents of the settings files of two models.

    Raises one Problem for all that is wrong with both.
    """
    problems: list[Problem] = []
    first_content = _model_or_none(*first, problems)
    second_content = _model_or_none(*second, problems)
    if first_content is None or second_content is None:
        raise _together(problems)
    return first_content, second_content


def _model_or_none(
    model: type[Model], files: SettingsFiles, problems: list[Problem]
) -> Model | None:
    """The content of settings files; None after adding what is wrong with it to the problems."""
    try:
        keys = files.read()
        context = {"workspace": files.workspace, "procedure": files.procedure}
        return model.model_validate(keys.content, context=context)
    except Problem as problem:
        problems.append(problem)
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems += [_problem(detail, model, keys) for detail in details]
    return None


def _together(problems: list[Problem]) -> Problem:
    """One Problem for all mistakes in the settings; a single one is unchanged."""
    if len(problems) == 1:
        return problems[0]
    names = dict.fromkeys(problem.where.partition(",")[0] for problem in problems)
    overview = [f"  {problem.where}: {problem.what}" for problem in problems[:MAX_MISTAKES]]
    if len(problems) > MAX_MISTAKES:
        overview.append(f"  and {len(problems) - MAX_MISTAKES:,} more")
    return Problem(
        kind=Kind.SETTINGS,
        where=", ".join(names),
        what="\n".join([f"{len(problems):,} things to fix", *overview]),
        remedy="\n".join(dict.fromkeys(problem.remedy for problem in problems[:MAX_MISTAKES])),
    )


def _problem(error: ErrorDetails, model: type[BaseModel], keys: _Keys) -> Problem:
    """One of pydantic's errors as a Problem with its place in the file."""
    place = tuple(str(part) for part in error["loc"])
    lines = keys.lines
    where = [keys.files.get(place[0] if place else "", keys.files[""])]
    line = nearest_line(place, lines)
    if line:
        where.append(f"line {line}")
    if place:
        where.append(".".join(place))
    mistake = mistake_of(error, place, model, is_written=place in lines)
    return Problem(
        kind=Kind.SETTINGS, where=", ".join(where), what=mistake.what, remedy=mistake.remedy
    )


def nearest_line(place: KeyPath, lines: dict[KeyPath, int]) -> int | None:
    """The line of a key or, where it is not in the file, of the nearest key above it."""
    for length in range(len(place), -1, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    return None
