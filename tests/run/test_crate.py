"""The run as an RO-Crate: accepted by the format's public validator, true, and of nobody but the council."""

from __future__ import annotations

import base64
import getpass
import json
import shutil
from pathlib import Path

import pytest
from requests_cache import CachedRequest, CachedResponse, CachedSession
from rocrate_validator.models import ValidationSettings
from rocrate_validator.services import validate

from pipeline.run.record import CRATE_PATH, FileRecord, load_record
from pipeline.run.record.crate import build_crate

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
COPY = Path(__file__).with_name(
    "ro_crate_context_1.1.jsonld"
)  # CC0, as the package rocrate 0.14.2 holds it


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    """The validator's HTTP cache, with the one document that it wants from the network."""
    cache = tmp_path_factory.mktemp("cache") / "http"
    with CachedSession(str(cache), backend="sqlite") as session:
        asked = CachedRequest(method="GET", url=CONTEXT)
        answer = CachedResponse(
            url=CONTEXT,
            status_code=200,
            headers={"Content-Type": "application/ld+json"},
            request=asked,
        )
        answer._content = COPY.read_bytes()
        session.cache.save_response(answer)
    return cache


@pytest.fixture
def faults(cache):
    """faults(folder): what the validator finds wrong with a crate, of all that its profile requires."""

    def of(folder: Path) -> list[str]:
        asked = ValidationSettings(
            rocrate_uri=folder,
            profile_identifier="process-run-crate",
            requirement_severity="REQUIRED",
            cache_path=cache,
            offline=True,
        )
        return sorted(issue.message for issue in validate(asked).get_issues())

    return of


@pytest.fixture
def spoilt(sample_report, tmp_path):
    """spoilt(change): the sample's audit after a change to the entities of its crate, by id."""

    def of(change) -> Path:
        shutil.copytree(sample_report.audit, tmp_path / "audit")
        path = tmp_path / "audit" / Path(CRATE_PATH).name
        held = json.loads(path.read_text(encoding="utf-8"))
        change({entity["@id"]: entity for entity in held["@graph"]})
        path.write_text(json.dumps(held), encoding="utf-8")
        return tmp_path / "audit"

    return of


@pytest.fixture
def entities(sample_report) -> dict[str, dict]:
    held = json.loads((sample_report.html.parents[0] / CRATE_PATH).read_text(encoding="utf-8"))
    return {entity["@id"]: entity for entity in held["@graph"]}


def test_the_public_validator_accepts_it(sample_report, faults):
    assert faults(sample_report.audit) == []


@pytest.mark.parametrize(("change", "told"), [
    (lambda crate: crate["#run"].pop("instrument"), "MUST have an instrument property"),
    (lambda crate: crate["./"].pop("license"), "MUST have a `license`"),
    (lambda crate: crate["./"].pop("conformsTo"), "consistent with the versioned permalink of the profile"),
    (lambda crate: crate["index.html"].update({"@id": "start.html"}), "does not include the Data Entity"),
])  # fmt: skip
def test_the_validator_does_not_accept_everything(spoilt, faults, change, told):
    assert any(told in fault for fault in faults(spoilt(change)))


def named(entity: dict, entities: dict[str, dict]) -> set[tuple[str, str]]:
    return {(entities[one["@id"]]["name"], entities[one["@id"]]["sha256"]) for one in entity}


def test_its_run_names_every_input_and_output_by_its_content(entities, sample_report):
    record, run = load_record(sample_report.html.parent), entities["#run"]
    assert named(run["object"], entities) == {(one.path, one.sha256) for one in record.inputs}
    assert named(run["result"], entities) == {
        (one.path, one.sha256) for one in record.outputs if one.path != CRATE_PATH
    }
    assert run["endTime"] == record.finished


def test_what_lies_outside_the_audit_is_named_by_its_content(entities):
    outside = {
        id: entity
        for id, entity in entities.items()
        if "sha256" in entity and not entity["name"].startswith("audit/")
    }
    assert {
        "annual-report.html",
        "data/raw/2021-22/complaints.csv",
        "notebooks/4_report.ipynb",
        "requirements.lock",
    } <= {entity["name"] for entity in outside.values()}
    for id, entity in outside.items():
        content = id.removeprefix("ni:///sha-256;")
        assert base64.urlsafe_b64decode(content + "=").hex() == entity["sha256"]


def test_each_step_leads_from_its_notebook_to_the_notebook_as_it_ran(entities):
    for step in ("1_validate", "2_clean", "3_aggregate", "4_report"):
        action = entities[f"#{step}"]
        assert entities[action["instrument"]["@id"]]["name"] == f"notebooks/{step}.ipynb"
        assert action["result"] == {"@id": f"{step}.ipynb"}


def test_it_names_the_software_by_version_and_commit_and_the_council_as_agent(
    entities, sample_report
):
    record, run = load_record(sample_report.html.parent), entities["#run"]
    software = entities[run["instrument"]["@id"]]
    assert software["softwareVersion"] == record.software.version
    assert (record.software.commit or "not known") in software["description"]
    assert entities[run["agent"]["@id"]] == {
        "@id": "#council",
        "@type": "Organization",
        "name": "Calderbrook Council",
    }


def test_software_that_was_changed_is_not_named_as_its_commit(sample_report):
    record = load_record(sample_report.html.parent)
    for clean, id in (
        (True, f"swh:1:rev:{record.software.commit}"),
        (False, "#annual-report"),
        (None, "#annual-report"),
    ):
        other = record.model_copy(
            update={"software": record.software.model_copy(update={"clean": clean})}
        )
        crate = json.loads(build_crate(other))["@graph"]
        assert next(entity for entity in crate if entity["@id"] == "#run")["instrument"] == {
            "@id": id
        }


def test_files_with_the_same_content_are_one_with_several_names(sample_report):
    record = load_record(sample_report.html.parent)
    first = record.inputs[0]
    twin = FileRecord(path="data/raw/twin.csv", bytes=first.bytes, sha256=first.sha256)
    crate = json.loads(build_crate(record.model_copy(update={"inputs": [first, twin]})))["@graph"]
    (held,) = (entity for entity in crate if entity.get("sha256") == first.sha256)
    assert held["name"] == [first.path, "data/raw/twin.csv"]


def test_it_is_the_same_bytes_from_the_same_record_and_tells_of_no_user_and_no_place(sample_report):
    record = load_record(sample_report.html.parent)
    record = record.model_copy(
        update={"outputs": [one for one in record.outputs if one.path != CRATE_PATH]}
    )
    made = build_crate(record)
    assert made == (sample_report.html.parent / CRATE_PATH).read_bytes()
    assert str(sample_report.workspace).encode() not in made
    assert f'"{getpass.getuser()}"'.encode() not in made
