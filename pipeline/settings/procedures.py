"""The procedures that a council's settings name: packaged with the program, or its own files."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import (
    BeforeValidator,
    PlainSerializer,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.procedures import Procedure
from pipeline.procedures.limits import TimeLimits
from pipeline.settings.reading import nearest_line
from pipeline.settings.yaml import read_yaml
from pipeline.system.folders import check_own_file

PACKAGED = Path(__file__).parents[1] / "procedures"
DEFAULT = "children"
OWN_FOLDER = "procedures"  # in data/raw: a council's own procedures


def packaged_names() -> list[str]:
    """The procedures that come with the program."""
    return sorted(path.stem for path in PACKAGED.glob("*.yaml"))


@cache
def packaged_procedure(name: str) -> Procedure:
    """A procedure that comes with the program."""
    text = (PACKAGED / f"{name}.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, if there
    return Procedure.model_validate(yaml.load(text, loader))


def read_procedure(path: Path, workspace: Path) -> Procedure:
    """A council's own procedure, from a file in its workspace.

    Raises Problem with each mistake and its line.
    """
    name = path.relative_to(workspace).as_posix()
    check_own_file(path, workspace)
    content, lines = read_yaml(path, name)
    try:
        return Procedure.model_validate(content)
    except ValidationError as error:
        faults = []
        for detail in error.errors(include_url=False):
            place = tuple(str(part) for part in detail["loc"])
            line = nearest_line(place, lines) or 1
            key = ".".join(place) or "the file"
            faults.append(f"  line {line}, {key}: {detail['msg'].removeprefix('Value error, ')}")
        raise Problem(
            kind=Kind.SETTINGS,
            where=name,
            what="\n".join([f"{len(faults):,} things to fix", *faults]),
            remedy="docs/procedures.md explains each key; children.yaml there is an example.",
        ) from None


def _load(value: Any, info: ValidationInfo) -> Any:
    """A procedure by its name: the council's own file if there is one, else a packaged one."""
    if isinstance(value, Procedure):
        return value
    names = packaged_names()
    workspace: Path | None = (info.context or {}).get("workspace")
    folder = workspace / "data" / "raw" / OWN_FOLDER if workspace else None
    own = {path.stem: path for path in sorted(folder.glob("*.yaml"))} if folder else {}
    if workspace and value in own:
        procedure = read_procedure(own[value], workspace)
        if procedure.name != value:
            raise ValueError(f'the file {value}.yaml has the name "{procedure.name}"')
        return procedure
    if value not in names:
        hint = did_you_mean(str(value), [*own, *names])
        raise ValueError(
            f'there is no procedure "{value}".{hint} It may be {", ".join([*own, *names])}, or a '
            f"file of your own, data/raw/{OWN_FOLDER}/{value}.yaml"
        )
    return packaged_procedure(value)


NamedProcedure = Annotated[
    Procedure,
    BeforeValidator(_load),
    PlainSerializer(lambda procedure: procedure.name),
    WithJsonSchema({"type": "string"}),
]


def limits_of(value: Any, procedure: Procedure) -> TimeLimits:
    """The time limits of a procedure with the values of `time_limits`.

    Raises ValidationError with each value that is wrong, and ValueError if an extended limit is not
    longer than the limit that it extends.
    """
    if isinstance(value, TimeLimits):
        return value
    if not isinstance(value, dict):
        raise PydanticCustomError("dict_type", "not keys and values")
    limits = TimeLimits(procedure, tuple(value.items()))
    faults = list(limits.faults())
    if faults:
        details: list[InitErrorDetails] = [
            {
                "type": PydanticCustomError("time_limit", "{what}", fault._asdict()),
                "loc": (fault.key,),
                "input": value[fault.key],
            }
            for fault in faults
        ]
        raise ValidationError.from_exception_data("time_limits", details)
    for text in limits.order_faults():
        raise ValueError(text)
    return limits
