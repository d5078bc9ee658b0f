"""A settings file as a checked model.

Every mistake is reported with its file, line and key, what was found and what is allowed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.settings.yaml import KeyPath, read_yaml
from pipeline.system.folders import check_own_file

Model = TypeVar("Model", bound=BaseModel)
OtherModel = TypeVar("OtherModel", bound=BaseModel)


class _Mistake(NamedTuple):
    """What is wrong with a value, and what to do about it."""

    what: str
    remedy: str


NOT_A_NUMBER_IN_RANGE = ("int_parsing", "greater_than", "greater_than_equal", "less_than_equal")
MAX_MISTAKES = 50  # that one message lists
MAX_VALUE_CHARACTERS = 200  # of what was found
FIX_AND_RERUN = "Fix it in the file, then run again."
# What is wrong, after `found "value"`, and the remedy, by pydantic's type of error.
# fmt: off
MISTAKES = {
    "date_type": _Mistake("which is not a date", "Write the date as 2022-11-09."),
    "year_type": _Mistake("which is not a financial year", "Write the year as 2021-22."),
    "bool_parsing": _Mistake("which is neither yes nor no", "Write yes or no."),
    "bool_type": _Mistake("which is neither yes nor no", "Write yes or no."),
    "float_parsing": _Mistake("which is not a number", "Write a number such as 0.5."),
}
# The same for a text that does not have the form required, by its key.
PATTERN_MISTAKES = {
    "la_code": _Mistake("which is not the code of an authority in England",
                        "Write its ONS code, such as E08000032."),
    "colour": _Mistake("which is not a colour", 'Write it as "#12436D", in quotation marks.'),
    "logo": _Mistake("which is not a picture's name",
                     "Write the name of a .png or .svg file in the folder of council.yaml."),
    "first_column": _Mistake("which is not a column", "Write its letters, such as C."),
    "last_column": _Mistake("which is not a column", "Write its letters, such as H."),
    "email": _Mistake("which is not an e-mail address",
                      "Write an address such as complaints@example.org."),
}
# fmt: on


def read_model(model: type[Model], path: Path, workspace: Path) -> Model:
    """The content of a settings file as a model.

    Raises one Problem for all that is wrong with it.
    """
    problems: list[Problem] = []
    content = _model_or_none(model, path, workspace, problems)
    if content is None:
        raise _together(problems)
    return content


def read_both(
    first: tuple[type[Model], Path], second: tuple[type[OtherModel], Path], workspace: Path
) -> tuple[Model, OtherModel]:
    """The contents of two settings files as models.

    Raises one Problem for all that is wrong with both.
    """
    problems: list[Problem] = []
    first_content = _model_or_none(*first, workspace, problems)
    second_content = _model_or_none(*second, workspace, problems)
    if first_content is None or second_content is None:
        raise _together(problems)
    return first_content, second_content


def _model_or_none(
    model: type[Model], path: Path, workspace: Path, problems: list[Problem]
) -> Model | None:
    """The content of a settings file; None after adding what is wrong with it to the problems."""
    name = path.relative_to(workspace).as_posix()
    try:
        check_own_file(path, workspace)
        content, lines = read_yaml(path, name)
        return model.model_validate(content, context={"workspace": workspace})
    except Problem as problem:
        problems.append(problem)
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems += [_problem(detail, model, name, lines) for detail in details]
    return None


def _together(problems: list[Problem]) -> Problem:
    """One Problem for all mistakes in the settings; a single one is as it was."""
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


def _problem(
    error: ErrorDetails, model: type[BaseModel], name: str, lines: dict[KeyPath, int]
) -> Problem:
    """One of pydantic's errors as a Problem with its place in the file."""
    place = tuple(str(part) for part in error["loc"])
    where = [name]
    line = nearest_line(place, lines)
    if line:
        where.append(f"line {line}")
    if place:
        where.append(".".join(place))
    mistake = _mistake(error, place, model, is_written=place in lines)
    return Problem(
        kind=Kind.SETTINGS, where=", ".join(where), what=mistake.what, remedy=mistake.remedy
    )


def nearest_line(place: KeyPath, lines: dict[KeyPath, int]) -> int | None:
    """The line of a key or, where it is not in the file, of the nearest key above it."""
    for length in range(len(place), -1, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    return None


def _mistake(
    error: ErrorDetails, place: KeyPath, model: type[BaseModel], is_written: bool
) -> _Mistake:
    """What is wrong and what to do.

    is_written: whether the key is in the file, even if without a value.
    """
    value = _clipped(error["input"])
    context: dict[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return _missing(place[-1], is_written)
        case "extra_forbidden":
            return _unknown_key(place[-1], sorted(_allowed_keys(model, place[:-1])))
        case "model_type" | "dict_type":
            return _not_keys(value, sorted(_allowed_keys(model, place)))
        case "string_type" | "string_too_short":
            return _not_text(value)
        case "string_too_long":
            most = context["max_length"]
            return _Mistake(
                f"this text has more than {most:,} characters", f"Write at most {most:,}."
            )
        case "string_pattern_mismatch":
            mistake = PATTERN_MISTAKES[place[-1]]
            return _Mistake(f'found "{value}", {mistake.what}', mistake.remedy)
        case kind if kind in MISTAKES:
            return _Mistake(f'found "{value}", {MISTAKES[kind].what}', MISTAKES[kind].remedy)
        case kind if kind in NOT_A_NUMBER_IN_RANGE:
            return _Mistake(
                f'found "{value}", which is not a whole number in range', f"{error['msg']}."
            )
        case "literal_error":
            return _Mistake(
                f'found "{value}", which is not allowed', f"Write {context['expected']}."
            )
        case "time_limit":
            return _Mistake(context["what"], context["remedy"])
        case "value_error":
            return _Mistake(str(context["error"]), FIX_AND_RERUN)
        case "tuple_type":
            return _Mistake(
                f'found "{value}" where a list is needed',
                "Write each entry on its own line, after a hyphen.",
            )
        case "too_short":
            return _Mistake(
                "the list is empty",
                "Write at least one entry on its own line, after a hyphen.",
            )
        case "colour_contrast":
            return _Mistake(
                f'found "{value}", on which white text has a contrast of {context["worst"]} '
                "to 1, too little for many people to read",
                "Choose a darker shade, with a contrast of 4.5 to 1 or more.",
            )
        case _:
            return _Mistake(f'found "{value}": {error["msg"]}', FIX_AND_RERUN)


def _clipped(value: object) -> object:
    """A value short enough for a message."""
    if isinstance(value, str) and len(value) > MAX_VALUE_CHARACTERS:
        return f"{value[:MAX_VALUE_CHARACTERS]}…"
    return value


def _missing(key: str, is_written: bool) -> _Mistake:
    if is_written:
        return _Mistake(
            "this key has no value yet",
            "Write its value after the colon; the notes in the file explain it.",
        )
    return _Mistake("this key is required but missing", f"Add `{key}:` with its value.")


def _unknown_key(key: str, allowed: list[str]) -> _Mistake:
    return _Mistake(
        f"there is no such key.{did_you_mean(key, allowed)}",
        f"Keys allowed here: {', '.join(allowed)}.",
    )


def _not_keys(value: object, allowed: list[str]) -> _Mistake:
    if allowed:
        remedy = f"Keys allowed here: {', '.join(allowed)}."
    else:
        remedy = "Write `key: value` on each line below it."
    return _Mistake(f'found "{value}" where keys and values are needed', remedy)


def _not_text(value: object) -> _Mistake:
    if isinstance(value, list | dict):
        return _Mistake(
            "found a list or keys where a text is needed", "Write one text after the colon."
        )
    return _Mistake(
        "found nothing where a text is needed",
        'Write text here, or remove the line. The word NULL needs quotation marks: "NULL".',
    )


def _allowed_keys(model: type[BaseModel], place: KeyPath) -> list[str]:
    """The keys allowed at a place in the settings; none where it is not a section."""
    section: Any = model
    for part in place:
        if isinstance(section, type) and issubclass(section, BaseModel):
            field = section.model_fields.get(part)
            section = field.annotation if field else None
        else:
            section = _entry_type(section)
    if isinstance(section, type) and issubclass(section, BaseModel):
        return list(section.model_fields)
    return []


def _entry_type(section: Any) -> Any:
    """The type of the entries of a list, or of the values of a dictionary; None of others."""
    while get_origin(section) is Annotated:
        section = get_args(section)[0]
    arguments = get_args(section)
    entry = arguments[-1] if get_origin(section) is dict else arguments[0] if arguments else None
    while get_origin(entry) is Annotated:
        entry = get_args(entry)[0]
    return entry
