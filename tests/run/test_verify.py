"""No byte of a report, or of what it was made from, can change unnoticed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from importlib.metadata import version
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

from pipeline.artifacts import CRATE_PATH, RECORD_PATH
from pipeline.problem import Kind, Problem
from pipeline.run.record import RunRecord, file_digest, load_record, published_digest
from pipeline.run.verify import (
    bundled_record,
    changed_inputs,
    changed_outputs,
    changed_tables,
    pack_bundle,
    verify_bundle,
    verify_report,
)
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


@pytest.mark.slow
def test_unchanged_report_agrees_with_its_record(reported_workspace, annual_report, tmp_path):
    bundle = tmp_path / "bundle.zip"
    options = ("--workspace", reported_workspace, "--bundle", bundle)
    finished = annual_report("verify", YEAR, *options)
    assert finished.returncode == 0, finished.stderr
    assert "a repeated run made the same report, byte for byte." in finished.stdout
    digest = file_digest(reported_workspace / "reports" / YEAR / "audit" / "run.json")
    assert f"SHA-256 of its run record, to compare with a copy kept elsewhere: {digest}" in (
        finished.stdout
    )
    finished = annual_report("verify", "--from", bundle, "--workspace", tmp_path)
    assert finished.returncode == 0, finished.stderr
    assert "agrees with the record inside this archive" in finished.stdout
    assert digest in finished.stdout
    assert "with --workspace." in finished.stdout


@pytest.mark.slow
def test_changed_bit_in_any_input_or_output_is_noticed(settings, same_report):
    record = load_record(settings.published_folder)
    paths = [settings.workspace / file.path for file in record.inputs]
    paths += [settings.published_folder / file.path for file in record.outputs]
    paths += [settings.workspace / table.path for table in record.tables]
    assert len(record.tables) > 20
    assert len(paths) == len(record.inputs) + len(record.outputs) + len(record.tables)
    for path in paths:
        content = path.read_bytes()
        flip_bit(path)
        changed = (changed_inputs, changed_outputs, changed_tables)
        differences = [each for changes in changed for each in changes(settings, record)]
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
        (CRATE_PATH, f"does not say the same as {RECORD_PATH}"),
        ("notebooks/2_clean.ipynb", "is another one"),
    ]


def test_tables_that_are_missing_or_new_are_named(settings, same_report):
    cases = settings.processed / "2_clean" / "cases.parquet"
    cases.unlink()
    (settings.processed / "2_clean" / "more.csv").write_text("a\n")
    _, differences = verify_report(settings, same_report)
    folder = f"data/processed/{YEAR}"
    assert [(difference.name, difference.what) for difference in differences] == [
        (f"{folder}/2_clean/cases.parquet", "is missing"),
        (f"{folder}/2_clean/more.csv", "is new"),
    ]
    assert differences[0].reason == "by hand or by another program, since the report was made"
    shutil.rmtree(settings.processed)
    _, differences = verify_report(settings, same_report)
    assert [(difference.name, difference.what) for difference in differences] == [
        (folder, "is missing")
    ]


def test_record_without_a_list_of_tables_still_tells_changes(settings, same_report):
    path = settings.published_folder / "audit" / "run.json"
    record = json.loads(path.read_text())
    del record["tables"], record["software"]["libraries"], record["software"]["formats"]
    path.write_text(json.dumps(record))
    assert verify_report(settings, same_report)[1] == []
    flip_bit(settings.processed / "2_clean" / "cases.parquet")
    _, differences = verify_report(settings, same_report)
    assert [difference.name for difference in differences] == [f"data/processed/{YEAR}/2_clean"]


@pytest.mark.parametrize(
    ("place", "then", "name", "files"),
    [
        (("formats", "pdf", "pango"), "1.2.3", "pango", ["annual-report.pdf"]),
        (("formats", "pdf", "harfbuzz"), "1.2.3", "harfbuzz", ["annual-report.pdf"]),
        (("formats", "pdf", "harfbuzz_subset"), "1.2", "harfbuzz_subset", ["annual-report.pdf"]),
        (("formats", "docx", "pandoc"), "pandoc 1", "pandoc", ["annual-report.docx"]),
        (("formats", "html", "fonts"), "0" * 64, "fonts", ["annual-report.html"]),
        (("libraries", "pandas"), "1.2.3", "pandas", None),
        (("python",), "3.1.2", "Python", None),
    ],
)
def test_software_that_changed_is_named_with_both_versions(
    settings, sample_report, tmp_path, place, then, name, files
):
    path = settings.published_folder / "audit" / "run.json"
    record = json.loads(path.read_text())
    software = record["software"]
    for key in place[:-1]:
        software = software[key]
    now = software[place[-1]]
    software[place[-1]] = then
    path.write_text(json.dumps(record))
    rerun = Path(shutil.copytree(sample_report.html.parent, tmp_path / "rerun"))
    for file in ("annual-report.html", "annual-report.pdf", "annual-report.docx", "figures.csv"):
        flip_bit(rerun / file)
    _, differences = verify_report(settings, lambda workspace, record: rerun)
    versions = [version[:8] if len(version) == 64 else version for version in (then, now)]
    what = "{} there, {} here".format(*versions)
    assert (differences[0].name, differences[0].what) == (name, what)
    by_file = {each.name: each.reason for each in differences[1:]}
    assert len(by_file) == 4
    for file, reason in by_file.items():
        is_affected = files is None or Path(file).name in files
        assert (f"because of {name} {what}" in reason) == is_affected, file
        assert ("please report this as a bug" in reason) != is_affected


def test_format_that_cannot_be_made_here_is_named(settings, sample_report, tmp_path):
    rerun = Path(shutil.copytree(sample_report.html.parent, tmp_path / "rerun"))
    (rerun / "annual-report.pdf").unlink()
    record = json.loads((rerun / "audit" / "run.json").read_text())
    del record["software"]["formats"]["pdf"]
    (rerun / "audit" / "run.json").write_text(json.dumps(record))
    _, differences = verify_report(settings, lambda workspace, record: rerun)
    assert [str(difference) for difference in differences] == [
        "the software that makes pdf (missing here): the format pdf depends on it",
        f"reports/{YEAR}/annual-report.pdf is not made when the run is repeated: "
        "because of the software that makes pdf (missing here)",
    ]


def test_record_names_only_the_software_of_formats_made(sample_report, changed_report):
    formats = load_record(sample_report.html.parent).software.formats
    assert {name: set(versions) for name, versions in formats.items()} == {
        "html": {"fonts"},
        "pdf": {"fonts", "pango", "harfbuzz", "harfbuzz_subset"},
        "docx": {"fonts", "pandoc"},
    }
    assert all(all(versions.values()) for versions in formats.values())
    assert re.fullmatch(r"\d+\.\d+\.\d+", formats["pdf"]["pango"])
    assert set(load_record(changed_report.html.parent).software.formats) == {"html"}
    libraries = load_record(sample_report.html.parent).software.libraries
    assert libraries["pandas"] == version("pandas")
    assert "pytest" not in libraries


def test_bundle_whose_record_was_edited_too_differs_from_the_inputs(
    settings, sample_report, tmp_path
):
    page = settings.published_folder / "annual-report.html"
    record = settings.published_folder / "audit" / "run.json"
    digest = file_digest(page)
    replace_text(page, "Calderbrook", "Caldenbrook")
    replace_text(record, digest, file_digest(page))
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(pack_bundle(settings))
    assert (
        bundled_record(bundle)[1]
        == file_digest(record)
        != file_digest(sample_report.audit / "run.json")
    )
    contradictions = [f"{RECORD_PATH}, manifest_sha256", CRATE_PATH]
    assert [each.name for each in verify_bundle(bundle, None)[1]] == contradictions
    _, differences = verify_bundle(
        bundle, settings, lambda workspace, record: sample_report.html.parent
    )
    differences = differences[len(contradictions) :]
    assert [(each.name, each.what) for each in differences] == [
        (f"reports/{YEAR}/annual-report.html", "is different when the run is repeated")
    ]
    assert "unless somebody edited the record" in differences[0].reason


@pytest.mark.parametrize("option", ["--bundle", "--from"])
def test_archive_is_never_written_over_an_extract(settings, annual_report, option, tmp_path):
    extract = settings.raw / YEAR / "complaints.csv"
    content = extract.read_bytes()
    words = ["--bundle", extract] + (["--from", tmp_path] if option == "--from" else [])
    finished = annual_report("verify", YEAR, "--workspace", settings.workspace, *words)
    assert finished.returncode == Kind.SETTINGS, finished.stderr
    assert "this is inside data/" in finished.stderr or "makes one" in finished.stderr
    assert extract.read_bytes() == content


def test_archive_of_another_year_than_asked_for_is_refused(settings, annual_report, tmp_path):
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(pack_bundle(settings))
    options = ("--from", bundle, "--workspace", settings.workspace)
    finished = annual_report("verify", "2020-21", *options)
    assert finished.returncode == Kind.SETTINGS
    assert f"this archive contains the report on {YEAR}, not on 2020-21" in finished.stderr
    assert f"Leave the year out, or write {YEAR}." in finished.stderr


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
    finished = annual_report("status", YEAR, *options, TMPDIR=str(temp_folder))
    assert finished.returncode == 0, finished.stderr
    assert list(temp_folder.iterdir()) == []


@pytest.mark.slow
def test_changes_are_explained_and_the_report_is_left_alone(
    changed_report, annual_report, tmp_path
):
    workspace = Path(shutil.copytree(changed_report.workspace, tmp_path / "workspace"))
    commentary = workspace / "data" / "raw" / YEAR / "commentary.md"
    replace_text(commentary, "Members may", "Members might")
    flip_bit(workspace / "reports" / YEAR / "annual-report.html")
    contents = file_bytes(workspace)
    finished = annual_report("verify", YEAR, "--workspace", workspace)
    assert finished.returncode == Kind.DIFFERS
    assert f"data/raw/{YEAR}/commentary.md changed: an input" in finished.stderr
    assert f"reports/{YEAR}/annual-report.html changed: by hand" in finished.stderr
    assert (
        f"is different when the run is repeated: because of data/raw/{YEAR}/commentary.md"
        in finished.stderr
    )
    assert "Traceback" not in finished.stderr
    assert file_bytes(workspace) == contents


@pytest.mark.slow
def test_inputs_that_make_no_report_any_more_are_reported(reported_workspace, annual_report):
    extract = reported_workspace / "data" / "raw" / YEAR / "complaints.csv"
    replace_text(extract, ",not upheld,", ",not upehld,")
    finished = annual_report("verify", YEAR, "--workspace", reported_workspace)
    assert finished.returncode == Kind.DIFFERS
    assert "The run stops when it is repeated" in finished.stderr


def test_digest_of_the_published_files_proves_a_bundle(settings, tmp_path):
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(pack_bundle(settings))
    digest = published_digest(load_record(settings.published_folder).outputs)
    assert verify_bundle(bundle, None, digest=digest)[1] == []
    assert verify_bundle(bundle, None, digest="0" * len(digest))[1]


def test_changed_bit_in_a_bundle_is_noticed(settings, tmp_path):
    bundle = tmp_path / "bundle.zip"
    flip_bit(settings.published_folder / "annual-report.pdf")
    bundle.write_bytes(pack_bundle(settings))
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
        bundle.write_bytes(pack_bundle(settings))
    assert first.read_bytes() == second.read_bytes()
    shutil.unpack_archive(first, tmp_path / "unpacked")
    names = {Path(path).name for path in file_bytes(tmp_path / "unpacked")}
    assert {"annual-report.html", "run.json", "requirements.lock"} <= names
    assert not {"complaints.csv", "complaints.parquet"} & names


def test_file_that_is_no_archive_is_refused(tmp_path):
    (tmp_path / "bundle.zip").write_text("no archive")
    with pytest.raises(Problem, match="cannot be read as an archive"):
        verify_bundle(tmp_path / "bundle.zip", None)
