"""The values that `init` puts into a new council.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.settings import Council
from pipeline.settings.docs.json_schema import key_notes
from pipeline.settings.yaml import read_yaml

COUNCIL_FILE = "data/raw/council.yaml"
LIST_KEYS = {"service_areas"}  # which `map` fills from the exports


def unanswered_keys() -> dict[str, str]:
    """The keys of council.yaml that have no usual value, each with what it means."""
    template = Path(__file__).with_name("council.yaml")
    content, _ = read_yaml(template, template.name)
    return {
        key: key_notes()[model.__name__][name]["meaning"].rstrip(".")
        for key, name, model in _missing(content)
        if key not in LIST_KEYS
    }


def parse_values(texts: Sequence[str]) -> dict[str, str]:
    """The values by key of "authority=Anyshire Council" and the like.

    Raises Problem for one without a key of council.yaml, or with a value that it may not have.
    """
    values: dict[str, str] = {}
    keys = list(_all_keys(Council, ""))
    for text in texts:
        key, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not value or key not in keys:
            what = (
                "it has no value"
                if key in keys
                else f"there is no such key.{did_you_mean(key, keys)}"
            )
            raise Problem(
                kind=Kind.SETTINGS,
                where=f"--set {text}",
                what=what,
                remedy="Write key=value, in quotation marks if there are spaces: "
                '--set "authority=Anyshire Council". docs/settings.md lists the keys.',
            )
        values[key] = value
    _check_values(values)
    return values


def fill_in(folder: Path, values: Mapping[str, str]) -> None:
    """Write the values into the council.yaml of a new workspace."""
    if values:
        from pipeline.start.mapping.writing.council_file import write_council

        lines = yaml.safe_dump(_nested(values), allow_unicode=True, sort_keys=False)
        write_council(folder, lines, lambda *_: True)


def keys_without_value(folder: Path) -> list[str]:
    """The keys that a workspace's council.yaml still lacks."""
    content, _ = read_yaml(folder / COUNCIL_FILE, COUNCIL_FILE)
    return [key for key, _, _ in _missing(content)]


def _check_values(values: dict[str, str]) -> None:
    try:
        Council.model_validate(_nested(values))
    except ValidationError as error:
        for detail in error.errors():
            key = ".".join(map(str, detail["loc"]))
            if detail["type"] != "missing" and key in values:
                raise Problem(
                    kind=Kind.SETTINGS,
                    where=f"--set {key}={values[key]}",
                    what=f"this value is not allowed: {detail['msg']}",
                    remedy="docs/settings.md says what may be written.",
                ) from None


def _missing(content: dict[str, Any]) -> Iterator[tuple[str, str, type[BaseModel]]]:
    """Each required key without a value: as one writes it, its last part, and its model."""
    try:
        Council.model_validate(content)
    except ValidationError as error:
        for detail in error.errors():
            if detail["type"] == "missing":
                *parents, name = map(str, detail["loc"])
                model = _section(parents)
                if parents or not _is_section(Council, name):
                    yield ".".join([*parents, name]), name, model
                else:  # a section of which nothing is given
                    section = _section([name])
                    for key, field in section.model_fields.items():
                        if field.is_required():
                            yield f"{name}.{key}", key, section


def _section(keys: Sequence[str]) -> type[BaseModel]:
    model: type[BaseModel] = Council
    for key in keys:
        model = _section_of(model, key)
    return model


def _is_section(model: type[BaseModel], name: str) -> bool:
    annotation = model.model_fields[name].annotation
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _all_keys(model: type[BaseModel], place: str) -> Iterator[str]:
    """Every key that takes one value, such as authority and contact.role."""
    for name in model.model_fields:
        if _is_section(model, name):
            yield from _all_keys(_section_of(model, name), f"{place}{name}.")
        else:
            yield f"{place}{name}"


def _section_of(model: type[BaseModel], name: str) -> type[BaseModel]:
    annotation = model.model_fields[name].annotation
    assert isinstance(annotation, type)
    return annotation


def _nested(values: Mapping[str, str]) -> dict[str, Any]:
    """Values by key as the file nests them."""
    nested: dict[str, Any] = {}
    for key, value in values.items():
        *parents, name = key.split(".")
        section = nested
        for parent in parents:
            section = section.setdefault(parent, {})
        section[name] = value
    return nested
