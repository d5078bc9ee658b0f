"""The page of settings and the JSON Schemas are current, complete, and true of real files."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import yaml
from builders import REPOSITORY, SAMPLE_RAW

import pipeline.start
from pipeline.settings.docs.json_schema import (
    MODELS,
    SCHEMAS_FOLDER,
    key_notes,
    schema_of,
    schema_text,
)
from pipeline.settings.docs.settings_docs import settings_page
from pipeline.settings.reading import SettingsFiles, read_model

PAGE = REPOSITORY / "docs" / "settings.md"
EMPTY_KEYS = [
    "authority",
    "directorate",
    "panel",
    "report_of",
    "contact",
    "service_areas",
    "disclosure",
]
TEMPLATE = Path(pipeline.start.__file__).with_name("council.yaml")


def sections(name):
    """Each model of a settings file with its part of the schema."""
    schema = schema_of(name)
    titles = {MODELS[name].__name__: schema, **schema.get("$defs", {})}
    return {title: part for title, part in titles.items() if "properties" in part}


def as_an_editor_reads(text):
    """YAML 1.2, as the YAML language server reads it: yes and no are texts, a date is one too."""
    from ruamel.yaml import YAML

    reader = YAML(typ="safe", pure=True)
    reader.version = (1, 2)
    constructors = reader.constructor.yaml_constructors
    constructors["tag:yaml.org,2002:timestamp"] = lambda reading, node: node.value
    return reader.load(text)


def test_page_of_settings_is_that_of_the_models():
    assert PAGE.read_text(encoding="utf-8") == settings_page()


@pytest.mark.parametrize("name", MODELS)
def test_schema_in_the_package_is_that_of_the_models(name):
    path = SCHEMAS_FOLDER / f"{name}.json"
    assert path.read_text(encoding="utf-8") == schema_text(name)


@pytest.mark.parametrize("name", MODELS)
def test_every_key_has_a_note_with_an_example_that_is_valid(name, tmp_path):
    schema = schema_of(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    for title, part in sections(name).items():
        assert set(part["properties"]) <= set(key_notes()[title]), title
        for key, of_key in part["properties"].items():
            note = key_notes()[title][key]
            example = as_an_editor_reads(f"{key}: {note['example']}")[key]
            of_key = of_key | {"$defs": schema.get("$defs", {})}
            jsonschema.Draft202012Validator(of_key).validate(example)
            assert note["meaning"].endswith("."), (title, key)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("council", SAMPLE_RAW / "council.yaml"),
        ("report", SAMPLE_RAW / "2021-22" / "report.yaml"),
        ("report", SAMPLE_RAW / "2020-21" / "report.yaml"),
    ],
)
def test_schema_accepts_the_settings_of_the_sample(name, path):
    content = as_an_editor_reads(path.read_text(encoding="utf-8"))
    jsonschema.validate(content, schema_of(name))
    assert read_model(MODELS[name], SettingsFiles((path,), REPOSITORY))


def test_schema_marks_unknown_keys_and_empty_values():
    content = as_an_editor_reads(TEMPLATE.read_text(encoding="utf-8"))
    schema = schema_of("council")
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(content | {"colours": "red"}))
    messages = [error.message for error in errors]
    assert any("'colours' was unexpected" in message for message in messages)
    empty = {error.path[0] for error in errors if error.path}
    assert empty == set(EMPTY_KEYS)


def test_template_names_its_schema_by_a_path_beside_it(tmp_path):
    from pipeline.start.folders import create_workspace

    council = create_workspace(tmp_path)[0]
    first_line = council.read_text(encoding="utf-8").splitlines()[0]
    schema = council.parent / first_line.partition("$schema=")[2]
    assert schema.read_text(encoding="utf-8") == schema_text("council")
    assert yaml.safe_load(council.read_text(encoding="utf-8"))["service"]
