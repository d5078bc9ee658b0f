"""Whatever is edited in a run record, its crate or its archive is noticed, or named as unproved."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from runs import YEAR

from pipeline.artifacts import CRATE_PATH, RECORD_PATH
from pipeline.problem import Kind, Problem
from pipeline.run.record import UNPROVED, file_digest, load_record
from pipeline.run.verify import pack_bundle, verify_bundle, verify_report
from pipeline.settings import Settings, load_settings

Edit = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def council(sample_report, tmp_path_factory) -> Settings:
    """The settings of a workspace with a report, whose record each test edits and restores."""
    workspace = tmp_path_factory.mktemp("edited") / "workspace"
    shutil.copytree(sample_report.workspace, workspace)
    return load_settings(workspace, YEAR)


@pytest.fixture
def edit_record(council):
    """edit_record(edit): change the record of the report, until the test ends."""
    path = council.published_folder / RECORD_PATH
    content = path.read_bytes()

    def edit_record(edit: Edit) -> None:
        record = json.loads(content)
        edit(record)
        path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")

    yield edit_record
    path.write_bytes(content)


def put(*keys: str | int, value: Any) -> Edit:
    """An edit that gives a key of the record another value."""

    def edit(record: dict[str, Any]) -> None:
        place: Any = record
        for key in keys[:-1]:
            place = place[key]
        assert place[keys[-1]] != value
        place[keys[-1]] = value

    return edit


# fmt: off
EDITS = {
    "findings": put("findings", value={"warning": 1}),
    "withheld": put("withheld", value={"small": 3}),
    "reconciliation": put("reconciliation", 0, "rows", value=1),
    "extracts": put("extracts", 0, "rows", value=1),
    "council": put("council", "authority", value="Another Council"),
    "council, not in the crate": put("council", "small_base", value=7),
    "report": put("report", "meeting_date", value="2022-11-10"),
    "parameters": put("parameters", "year", value="2020-21"),
    "documents_key": put("documents_key", "asked", value="0"),
    "inputs": put("inputs", 0, "sha256", value="0" * 64),
    "size of an output": put("outputs", 0, "bytes", value=1),
    "size of a table": put("tables", 0, "bytes", value=1),
    "warnings of a step": put("steps", 1, "warnings", value=9),
    "key of a step": put("steps", 1, "key", "code", value="0"),
    "time": put("finished", value="2022-01-01T00:00:00+00:00"),
    "version": put("software", "version", value="9.9.9"),
    "commit": put("software", "commit", value="0" * 40),
    "code": put("software", "code_sha256", value="0" * 64),
    "platform": put("software", "platform", value="another"),
    "library": put("software", "libraries", "pandas", value="1.0"),
}
# fmt: on


@pytest.mark.parametrize("name", EDITS)
def test_edited_field_of_the_record_is_noticed(council, sample_report, edit_record, name):
    edit_record(EDITS[name])
    _, differences = verify_report(council, lambda *_: sample_report.html.parent)
    assert differences, f"the edit of {name} passed as recorded"


def test_what_no_run_can_tell_is_named_and_nothing_else(council, sample_report, edit_record):
    edit_record(put("seconds", value={}))
    assert verify_report(council, lambda *_: sample_report.html.parent)[1] == []
    assert "how long each step took" in UNPROVED


def test_edited_crate_is_noticed_even_if_the_record_agrees(council, sample_report, edit_record):
    crate = council.published_folder / CRATE_PATH
    content = crate.read_bytes()
    crate.write_bytes(content.replace(b"papermill", b"somebody"))
    index = [file.path for file in load_record(council.published_folder).outputs].index(CRATE_PATH)
    edit_record(put("outputs", index, "sha256", value=file_digest(crate)))
    _, differences = verify_report(council, lambda *_: sample_report.html.parent)
    crate.write_bytes(content)
    assert CRATE_PATH in [difference.name for difference in differences]


# Archives


@pytest.fixture
def bundle(council, tmp_path) -> Path:
    path = tmp_path / "bundle.zip"
    path.write_bytes(pack_bundle(council))
    return path


def test_archive_agrees_with_its_record_and_its_digests(council, bundle):
    record = council.published_folder / RECORD_PATH
    manifest = load_record(council.published_folder).manifest_sha256
    assert len(manifest) == 64
    for digest in ("", file_digest(record), manifest):
        assert verify_bundle(bundle, None, digest=digest)[1] == []


def test_archive_of_another_digest_is_noticed(bundle):
    _, differences = verify_bundle(bundle, None, digest="0" * 64)
    assert [difference.name for difference in differences] == [RECORD_PATH]
    assert "of which the SHA-256 was given" in differences[0].what


# fmt: off
INCOMPLETE = {
    "no outputs": put("outputs", value=[]),
    "only one output": lambda record: record["outputs"].__delitem__(slice(1, None)),
    "no steps": put("steps", value=[]),
    "a format less": lambda record: record.__setitem__("outputs", [
        file for file in record["outputs"] if not file["path"].endswith(".pdf")
    ]),
}
# fmt: on


@pytest.mark.parametrize("name", INCOMPLETE)
def test_archive_whose_record_lists_less_is_refused(council, edit_record, tmp_path, name):
    edit_record(INCOMPLETE[name])
    path = tmp_path / "bundle.zip"
    path.write_bytes(pack_bundle(council))
    with pytest.raises(Problem, match="cannot prove anything") as refused:
        verify_bundle(path, None)
    assert refused.value.kind == Kind.DIFFERS


def test_archive_without_its_manifest_is_noticed(council, bundle, tmp_path):
    without = tmp_path / "without.zip"
    with zipfile.ZipFile(bundle) as archive, zipfile.ZipFile(without, "w") as copy:
        for name in archive.namelist():
            if "MANIFEST" not in name:
                copy.writestr(name, archive.read(name))
    _, differences = verify_bundle(without, None)
    assert [difference.name for difference in differences] == ["report/MANIFEST.sha256"]
