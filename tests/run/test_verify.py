"""No byte of a report, or of what it was made from, can change unnoticed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import file_bytes, replace_text
from runs import (
    STOP_SECONDS,
    YEAR,
    on_posix,
    start_command,
    surviving_processes,
    wait_until,
)

from pipeline.problem import Kind, Problem
from pipeline.run.record import RunRecord, load_record
from pipeline.run.verify import verify_bundle, verify_report, write_bundle
from pipeline.settings import Settings, load_settings

RACE_POLL_SECONDS = 0.001  # to kill the command as soon as the copy is there
Rerun = Callable[[Path, RunRecord], Path]


def flip_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.fixture
def settings(reported_workspace) -> Settings:
    return load_settings(reported_workspace, YEAR)


@pytest.fixture
def same_report(sample_report) -> Rerun:
    """Takes the place of another run, and returns what it would make."""
    return lambda workspace, record: sample_report.html.parent


def test_unchanged_report_agrees_with_its_record(reported_workspace, annual_report, tmp_path):
    bundle = tmp_path / "bundle.zip"
    options = ("--workspace", reported_workspace, "--bundle", bundle)
    finished = annual_report("verify", YEAR, *options)
    assert finished.returncode == 0, finished.stderr
    assert "a repeated run made the same report, byte for byte." in finished.stdout
    for workspace in (reported_workspace, tmp_path):  # with the inputs, and without
        options = ("--from", bundle, "--workspace", workspace)
        assert annual_report("verify", *options).returncode == 0


def test_changed_bit_in_any_input_or_output_is_noticed(settings, same_report):
    record = load_record(settings.published_folder)
    paths = [settings.workspace / file.path for file in record.inputs]
    paths += [settings.published_folder / file.path for file in record.outputs]
    assert len(paths) == len(record.inputs) + len(record.outputs) > 0
    for path in paths:
        content = path.read_bytes()
        flip_bit(path)
        _, differences = verify_report(settings, same_report)
        name = path.relative_to(settings.workspace).as_posix()
        assert [difference.name for difference in differences] == [name]
        assert "changed" in differences[0].what
        path.write_bytes(content)
    assert verify_report(settings, same_report)[1] == []


def test_missing_file_and_new_file_are_noticed(settings, same_report):
    (settings.raw / YEAR / "concerns.csv").unlink()
    (settings.published_folder / "note.txt").write_text("by hand")
    _, differences = verify_report(settings, same_report)
    assert [(difference.name, difference.what) for difference in differences] == [
        (f"data/raw/{YEAR}/concerns.csv", "is missing"),
        (f"reports/{YEAR}/note.txt", "is new"),
    ]


def test_run_that_differs_is_noticed_and_its_cause_named(settings, sample_report, tmp_path):
    rerun = Path(shutil.copytree(sample_report.html.parent, tmp_path / "rerun"))
    flip_bit(rerun / "annual-report.html")
    _, differences = verify_report(settings, lambda workspace, record: rerun)
    assert "please report this as a bug" in differences[0].reason
    flip_bit(settings.raw / YEAR / "commentary.md")
    _, differences = verify_report(settings, lambda workspace, record: rerun)
    assert differences[-1].reason == f"because of data/raw/{YEAR}/commentary.md"


def test_changed_notebook_is_named(settings, same_report):
    record = settings.published_folder / "audit" / "run.json"
    digest = load_record(settings.published_folder).steps[1].notebook_sha256
    replace_text(record, digest, "0" * len(digest))
    _, differences = verify_report(settings, same_report)
    assert [(difference.name, difference.what) for difference in differences] == [
        ("notebooks/2_clean.ipynb", "is another one")
    ]


@on_posix
@pytest.mark.slow
def test_next_command_deletes_the_copy_of_a_killed_verification(
    reported_workspace, annual_report, temp_folder
):
    """The copy of the raw data in the temporary folder is as personal as the extracts."""
    options = ("--workspace", reported_workspace)
    command = start_command(temp_folder, "verify", YEAR, *options)

    copies = wait_until(
        lambda: list(temp_folder.glob("*/data/raw")), command, poll_seconds=RACE_POLL_SECONDS
    )
    command.kill()
    command.communicate(timeout=STOP_SECONDS)
    assert surviving_processes(temp_folder) == []
    assert copies[0].is_dir()
    options += ("--force", "--formats", "html")
    finished = annual_report("run", YEAR, *options, TMPDIR=str(temp_folder))
    assert finished.returncode == 0, finished.stderr
    assert list(temp_folder.iterdir()) == []


@pytest.mark.slow
def test_changes_are_explained_and_the_report_is_left_alone(reported_workspace, annual_report):
    commentary = reported_workspace / "data" / "raw" / YEAR / "commentary.md"
    replace_text(commentary, "Behind each", "Behind every")
    flip_bit(reported_workspace / "reports" / YEAR / "figures.csv")
    contents = file_bytes(reported_workspace)
    finished = annual_report("verify", YEAR, "--workspace", reported_workspace)
    assert finished.returncode == Kind.DIFFERS
    assert f"data/raw/{YEAR}/commentary.md changed: an input" in finished.stderr
    assert f"reports/{YEAR}/figures.csv changed: by hand" in finished.stderr
    assert (
        f"is different when the run is repeated: because of data/raw/{YEAR}/commentary.md"
        in finished.stderr
    )
    assert "Traceback" not in finished.stderr
    assert file_bytes(reported_workspace) == contents


@pytest.mark.slow
def test_inputs_that_make_no_report_any_more_are_reported(reported_workspace, annual_report):
    extract = reported_workspace / "data" / "raw" / YEAR / "complaints.csv"
    replace_text(extract, ",not upheld,", ",not upehld,")
    finished = annual_report("verify", YEAR, "--workspace", reported_workspace)
    assert finished.returncode == Kind.DIFFERS
    assert "The run stops when it is repeated" in finished.stderr


def test_changed_bit_in_a_bundle_is_noticed(settings, tmp_path):
    bundle = tmp_path / "bundle.zip"
    flip_bit(settings.published_folder / "annual-report.pdf")
    write_bundle(settings, bundle)
    _, differences = verify_bundle(bundle, None)
    assert [(difference.name, difference.what) for difference in differences] == [
        ("annual-report.pdf", "changed")
    ]
    flip_bit(settings.raw / "published.csv")
    _, differences = verify_bundle(bundle, settings)
    assert [difference.name for difference in differences] == [
        "annual-report.pdf",
        "data/raw/published.csv",
    ]


def test_bundle_has_the_same_bytes_each_time_and_no_extract(settings, tmp_path):
    first = tmp_path / "first.zip"
    second = tmp_path / "second.zip"
    for bundle in (first, second):
        write_bundle(settings, bundle)
    assert first.read_bytes() == second.read_bytes()
    shutil.unpack_archive(first, tmp_path / "unpacked")
    names = {Path(path).name for path in file_bytes(tmp_path / "unpacked")}
    assert {"annual-report.html", "run.json", "requirements.lock"} <= names
    assert not {"complaints.csv", "complaints.parquet"} & names


def test_file_that_is_no_archive_is_refused(tmp_path):
    (tmp_path / "bundle.zip").write_text("no archive")
    with pytest.raises(Problem, match="cannot be read as an archive"):
        verify_bundle(tmp_path / "bundle.zip", None)
