"""A settings file as a checked model; whatever is wrong is said with file, line, key, what was found and what is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.settings.yaml import read_yaml

Model = TypeVar("Model", bound=BaseModel)


def read_model(model: type[Model], path: Path, workspace: Path) -> Model:
    """The content of a settings file; one Problem for all that is wrong with it."""
    name = path.relative_to(workspace).as_posix()
    content, lines = read_yaml(path, name)
    try:
        return model.model_validate(content)
    except ValidationError as failed:
        found = [_explain(error, model, name, lines) for error in failed.errors()]
    if len(found) == 1:
        raise Problem(Kind.SETTINGS, *found[0])
    listed = "\n".join(f"  {where}: {what}" for where, what, _ in found)
    raise Problem(
        Kind.SETTINGS,
        name,
        f"{len(found)} things to put right\n{listed}",
        "\n".join(dict.fromkeys(how for *_, how in found)),
    )


def _explain(
    error: Any, model: type[BaseModel], name: str, lines: dict[tuple, int]
) -> tuple[str, str, str]:
    """Where, what and how, from one of pydantic's errors."""
    place = tuple(str(part) for part in error["loc"])
    line = next((lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in lines), None)
    where = name + (f", line {line}" if line else "") + (f", {'.'.join(place)}" if place else "")
    found = f'found "{error["input"]}"'
    allowed = sorted(_allowed_keys(model, place[:-1]))
    match error["type"]:
        case "extra_forbidden":
            hint = did_you_mean(place[-1], allowed)
            return (
                where,
                f"there is no such key.{hint}",
                f"Keys allowed here: {', '.join(allowed)}.",
            )
        case "missing" if place in lines:
            return (
                where,
                "nothing is written after this key yet",
                "Write its value there; the notes in the file say what it is.",
            )
        case "missing":
            return (
                where,
                "this key is needed and is not there",
                f"Add `{place[-1]}:` with its value.",
            )
        case "literal_error":
            return where, f"{found}, which is not allowed", f"Write {error['ctx']['expected']}."
        case "value_error":
            return where, str(error["ctx"]["error"]), "Put it right in the file and run again."
        case "date_type":
            return where, f"{found}, which is not a date", "Write the date as 2022-11-09."
        case "year_type":
            return where, f"{found}, which is not a financial year", "Write the year as 2021-22."
        case "bool_parsing" | "bool_type":
            return where, f"{found}, which is neither yes nor no", "Write yes or no."
        case "int_parsing" | "greater_than" | "greater_than_equal" | "less_than_equal":
            return where, f"{found}, which is not a whole number in range", f"{error['msg']}."
        case "float_parsing":
            return where, f"{found}, which is not a number", "Write a number such as 0.5."
        case "tuple_type":
            return (
                where,
                f"{found} where a list is needed",
                "Write each entry on a line of its own after a hyphen.",
            )
        case "too_short":
            return (
                where,
                "the list is empty",
                "Write at least one entry, on a line of its own after a hyphen.",
            )
        case "string_type" if isinstance(error["input"], list | dict):
            return (
                where,
                "found a list or keys where a text is needed",
                "Write one text after the colon.",
            )
        case "string_type" | "string_too_short":
            return (
                where,
                "found nothing where a text is needed",
                "Write a text here, or take the line out.",
            )
        case "string_pattern_mismatch" if place[-1] == "la_code":
            return (
                where,
                f"{found}, which is not the code of an authority in England",
                "Write its ONS code, such as E08000032.",
            )
        case "string_pattern_mismatch" if place[-1] == "colour":
            return (
                where,
                f"{found}, which is not a colour",
                'Write it as "#12436D", in quotation marks.',
            )
        case "colour_contrast":
            what = f"{found}, on which white writing has a contrast of {error['ctx']['worst']} to 1, so that many could not read it"
            return where, what, "Choose a darker shade, of a contrast of 4.5 to 1 or more."
        case "string_pattern_mismatch" if place[-1] == "logo":
            return (
                where,
                f"{found}, which is not a picture's name",
                "Write the name of a .png or .svg file beside council.yaml.",
            )
        case "string_pattern_mismatch":
            return (
                where,
                f"{found}, which is not an e-mail address",
                "Write an address such as complaints@example.org.",
            )
        case "model_type" | "dict_type":
            keys = sorted(_allowed_keys(model, place))
            how = (
                f"Keys allowed here: {', '.join(keys)}."
                if keys
                else "Write `key: value` on each line below it."
            )
            return where, f"{found} where keys and values are needed", how
        case _:
            return where, f"{found}: {error['msg']}", "Put it right in the file and run again."


def _allowed_keys(model: type[BaseModel], place: tuple[str, ...]) -> list[str]:
    """The keys allowed at a place in the settings."""
    for part in place:
        field = model.model_fields.get(part)
        if field is None or not (
            isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        ):
            return []
        model = field.annotation
    return list(model.model_fields)
