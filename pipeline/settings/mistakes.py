"""What is wrong with a value of the settings, and what to do about it, in words."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from pipeline.problem import did_you_mean
from pipeline.settings.yaml import KeyPath


class Mistake(NamedTuple):
    """What is wrong with a value, and what to do about it."""

    what: str
    remedy: str


NOT_A_NUMBER_IN_RANGE = ("int_parsing", "greater_than", "greater_than_equal", "less_than_equal")
MAX_VALUE_CHARACTERS = 200  # of what was found
FIX_AND_RERUN = "Fix it in the file, then run again."
# What is wrong, after `found "value"`, and the remedy, by pydantic's type of error.
# fmt: off
MISTAKES = {
    "date_type": Mistake("which is not a date", "Write the date as 2022-11-09."),
    "year_type": Mistake("which is not a financial year", "Write the year as 2021-22."),
    "bool_parsing": Mistake("which is neither yes nor no", "Write yes or no."),
    "bool_type": Mistake("which is neither yes nor no", "Write yes or no."),
    "float_parsing": Mistake("which is not a number", "Write a number such as 0.5."),
}
# The same for a text that does not have the form required, by its key.
PATTERN_MISTAKES = {
    "la_code": Mistake("which is not the code of an authority in England",
                        "Write its ONS code, such as E08000032."),
    "colour": Mistake("which is not a colour", 'Write it as "#12436D", in quotation marks.'),
    "logo": Mistake("which is not a picture's name",
                     "Write the name of a .png or .svg file in the folder of council.yaml."),
    "link": Mistake("which is not an address on the web",
                    "Write it in full, such as https://www.example.org/letter."),
    "file": Mistake("which is not the name of a PDF file",
                    "Write the name of a .pdf file in the folder of report.yaml."),
    "first_column": Mistake("which is not a column", "Write its letters, such as C."),
    "last_column": Mistake("which is not a column", "Write its letters, such as H."),
    "email": Mistake("which is not an e-mail address",
                      "Write an address such as complaints@example.org."),
}
# fmt: on


def mistake_of(
    error: ErrorDetails, place: KeyPath, model: type[BaseModel], is_written: bool
) -> Mistake:
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
            return Mistake(
                f"this text has more than {most:,} characters", f"Write at most {most:,}."
            )
        case "string_pattern_mismatch":
            mistake = PATTERN_MISTAKES[place[-1]]
            return Mistake(f'found "{value}", {mistake.what}', mistake.remedy)
        case kind if kind in MISTAKES:
            return Mistake(f'found "{value}", {MISTAKES[kind].what}', MISTAKES[kind].remedy)
        case kind if kind in NOT_A_NUMBER_IN_RANGE:
            return Mistake(
                f'found "{value}", which is not a whole number in range', f"{error['msg']}."
            )
        case "literal_error":
            return Mistake(
                f'found "{value}", which is not allowed', f"Write {context['expected']}."
            )
        case "time_limit":
            return Mistake(context["what"], context["remedy"])
        case "value_error":
            return Mistake(str(context["error"]), FIX_AND_RERUN)
        case "tuple_type":
            return Mistake(
                f'found "{value}" where a list is needed',
                "Write each entry on its own line, after a hyphen.",
            )
        case "too_short":
            return Mistake(
                "the list is empty",
                "Write at least one entry on its own line, after a hyphen.",
            )
        case "colour_contrast":
            return Mistake(
                f'found "{value}", on which white text has a contrast of {context["worst"]} '
                "to 1, too little for many people to read",
                "Choose a darker shade, with a contrast of 4.5 to 1 or more.",
            )
        case _:
            return Mistake(f'found "{value}": {error["msg"]}', FIX_AND_RERUN)


def _clipped(value: object) -> object:
    """A value short enough for a message."""
    if isinstance(value, str) and len(value) > MAX_VALUE_CHARACTERS:
        return f"{value[:MAX_VALUE_CHARACTERS]}…"
    return value


def _missing(key: str, is_written: bool) -> Mistake:
    if is_written:
        return Mistake(
            "this key has no value yet",
            "Write its value after the colon; the notes in the file explain it.",
        )
    return Mistake("this key is required but missing", f"Add `{key}:` with its value.")


def _unknown_key(key: str, allowed: list[str]) -> Mistake:
    return Mistake(
        f"there is no such key.{did_you_mean(key, allowed)}",
        f"Keys allowed here: {', '.join(allowed)}.",
    )


def _not_keys(value: object, allowed: list[str]) -> Mistake:
    if allowed:
        remedy = f"Keys allowed here: {', '.join(allowed)}."
    else:
        remedy = "Write `key: value` on each line below it."
    return Mistake(f'found "{value}" where keys and values are needed', remedy)


def _not_text(value: object) -> Mistake:
    if isinstance(value, list | dict):
        return Mistake(
            "found a list or keys where a text is needed", "Write one text after the colon."
        )
    return Mistake(
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
