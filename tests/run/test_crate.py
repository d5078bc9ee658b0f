"""The run as an RO-Crate: valid, true, and about nobody but the council."""

from __future__ import annotations

import base64
import getpass
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from requests_cache import CachedRequest, CachedResponse, CachedSession
from rocrate_validator.models import ValidationSettings
from rocrate_validator.services import validate
from runs import YEAR

from pipeline.artifacts import STEPS
from pipeline.run.record import CRATE_PATH, FileRecord, RunRecord, load_record
from pipeline.run.record.crate import build_crate

CONTEXT_URL = "https://w3id.org/ro/crate/1.1/context"
# CC0, from the package rocrate 0.14.2.
CONTEXT_COPY = Path(__file__).with_name("ro_crate_context_1.1.jsonld")
Entities = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    """The validator's HTTP cache, with the one document that it asks the network for."""
    cache = tmp_path_factory.mktemp("cache") / "http"
    with CachedSession(str(cache), backend="sqlite") as session:
        response = CachedResponse(
            url=CONTEXT_URL,
            status_code=200,
            headers={"Content-Type": "application/ld+json"},
            request=CachedRequest(method="GET", url=CONTEXT_URL),
            content=CONTEXT_COPY.read_bytes(),
        )
        session.cache.save_response(response)
    return cache


@pytest.fixture
def validation_messages(cache) -> Callable[[Path], list[str]]:
    """validation_messages(folder): which requirements of its profile a crate does not meet."""

    def messages(folder: Path) -> list[str]:
        settings = ValidationSettings(
            rocrate_uri=folder,
            profile_identifier="process-run-crate",
            requirement_severity="REQUIRED",
            cache_path=cache,
            offline=True,
        )
        return sorted(issue.message for issue in validate(settings).get_issues())

    return messages


@pytest.fixture(scope="module")
def record(sample_report) -> RunRecord:
    return load_record(sample_report.html.parent)


@pytest.fixture
def entities(sample_report) -> Entities:
    return by_id(sample_report.html.parent / CRATE_PATH)


def by_id(crate: Path) -> Entities:
    """The entities of a crate by their id."""
    graph = json.loads(crate.read_text(encoding="utf-8"))["@graph"]
    return {entity["@id"]: entity for entity in graph}


def built_entities(record: RunRecord) -> list[dict[str, Any]]:
    return json.loads(build_crate(record))["@graph"]


@pytest.mark.slow
def test_public_validator_accepts_the_crate(sample_report, validation_messages):
    assert validation_messages(sample_report.audit) == []


# fmt: off
INVALID_CHANGES = [
    (lambda crate: crate["#run"].pop("instrument"), "MUST have an instrument property"),
    (lambda crate: crate["./"].pop("license"), "MUST have a `license`"),
    (lambda crate: crate["./"].pop("conformsTo"),
     "consistent with the versioned permalink of the profile"),
    (lambda crate: crate["index.html"].update({"@id": "start.html"}),
     "does not include the Data Entity"),
]
# fmt: on


@pytest.mark.slow
def test_validator_refuses_an_invalid_crate(sample_report, validation_messages, tmp_path):
    folder = Path(shutil.copytree(sample_report.audit, tmp_path / "audit"))
    path = folder / Path(CRATE_PATH).name
    crate = json.loads(path.read_text(encoding="utf-8"))
    for change, _ in INVALID_CHANGES:
        change({entity["@id"]: entity for entity in crate["@graph"]})
    path.write_text(json.dumps(crate), encoding="utf-8")
    faults = validation_messages(folder)
    for _, message in INVALID_CHANGES:
        assert any(message in fault for fault in faults), message


def names_and_digests(references: list[dict], entities: Entities) -> set[tuple[str, str]]:
    targets = [entities[reference["@id"]] for reference in references]
    return {(target["name"], target["sha256"]) for target in targets}


def test_run_names_every_input_and_output_by_its_content(entities, record):
    run = entities["#run"]
    inputs = {(file.path, file.sha256) for file in record.inputs}
    outputs = {(file.path, file.sha256) for file in record.outputs if file.path != CRATE_PATH}
    assert names_and_digests(run["object"], entities) == inputs
    assert names_and_digests(run["result"], entities) == outputs
    assert run["endTime"] == record.finished


def test_file_outside_the_audit_is_identified_by_its_content(entities):
    outside = {
        identifier: entity
        for identifier, entity in entities.items()
        if "sha256" in entity and not entity["name"].startswith("audit/")
    }
    assert {
        "annual-report.html",
        f"data/raw/{YEAR}/complaints.csv",
        "notebooks/4_report.ipynb",
        "requirements.lock",
    } <= {entity["name"] for entity in outside.values()}
    for identifier, entity in outside.items():
        content = identifier.removeprefix("ni:///sha-256;")
        assert base64.urlsafe_b64decode(content + "=").hex() == entity["sha256"]


@pytest.mark.parametrize("step", STEPS)
def test_step_leads_from_its_notebook_to_the_executed_one(entities, step):
    action = entities[f"#{step}"]
    assert entities[action["instrument"]["@id"]]["name"] == f"notebooks/{step}.ipynb"
    assert action["result"] == {"@id": f"{step}.ipynb"}


def test_run_names_the_software_and_the_council(entities, record):
    run = entities["#run"]
    software = entities[run["instrument"]["@id"]]
    assert software["softwareVersion"] == record.software.version
    assert (record.software.commit or "not known") in software["description"]
    assert entities[run["agent"]["@id"]] == {
        "@id": "#council",
        "@type": "Organization",
        "name": "Calderbrook Council",
    }


@pytest.mark.parametrize("is_clean", [True, False, None])
def test_only_unchanged_software_is_identified_by_its_commit(record, is_clean):
    software = record.software.model_copy(update={"clean": is_clean})
    graph = built_entities(record.model_copy(update={"software": software}))
    run = next(entity for entity in graph if entity["@id"] == "#run")
    identifier = f"swh:1:rev:{record.software.commit}" if is_clean else "#annual-report"
    assert run["instrument"] == {"@id": identifier}


def test_files_with_the_same_content_are_one_with_two_names(record):
    first = record.inputs[0]
    twin = FileRecord(path="data/raw/twin.csv", bytes=first.bytes, sha256=first.sha256)
    graph = built_entities(record.model_copy(update={"inputs": [first, twin]}))
    (entity,) = (entity for entity in graph if entity.get("sha256") == first.sha256)
    assert entity["name"] == [first.path, twin.path]


def test_crate_follows_from_the_record_and_names_no_user_or_folder(record, sample_report):
    outputs = [file for file in record.outputs if file.path != CRATE_PATH]
    crate = build_crate(record.model_copy(update={"outputs": outputs}))
    assert crate == (sample_report.html.parent / CRATE_PATH).read_bytes()
    assert str(sample_report.workspace).encode() not in crate
    assert f'"{getpass.getuser()}"'.encode() not in crate
