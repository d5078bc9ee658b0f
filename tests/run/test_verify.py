"""Nothing of a report, and nothing it was made of, can change by one byte unseen."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest
from runs import start_command, surviving_processes

from pipeline.problem import Problem
from pipeline.run.record import load_record
from pipeline.run.verify import verify_bundle, verify_report, write_bundle
from pipeline.settings import load_settings

YEAR = "2021-22"


def other_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def the_same_again(sample_report):
    """In place of a further run: what it would make."""
    return lambda workspace, record: sample_report.html.parent


def test_a_report_that_nobody_touched_is_as_recorded(reported_workspace, annual_report, tmp_path):
    packed = tmp_path / "bundle.zip"
    ended = annual_report("verify", YEAR, "--workspace", reported_workspace, "--bundle", packed)
    assert ended.returncode == 0, ended.stderr
    assert "came out the same, byte for byte" in ended.stdout
    for more in (
        ["--workspace", reported_workspace],
        ["--workspace", tmp_path],
    ):  # here, and where there are no inputs
        assert annual_report("verify", "--from", packed, *more).returncode == 0


def test_one_other_byte_in_any_input_or_output_is_found(reported_workspace, sample_report):
    settings = load_settings(reported_workspace, YEAR)
    record = load_record(settings.published_folder)
    files = [reported_workspace / one.path for one in record.inputs] + [
        settings.published_folder / one.path for one in record.outputs
    ]
    assert len(files) > 25
    for path in files:
        before = path.read_bytes()
        other_byte(path)
        _, found = verify_report(settings, the_same_again(sample_report))
        assert [one.file for one in found] == [path.relative_to(reported_workspace).as_posix()]
        assert "changed" in found[0].what
        path.write_bytes(before)
    assert verify_report(settings, the_same_again(sample_report))[1] == []


def test_a_file_that_is_gone_or_new_is_found(reported_workspace, sample_report):
    (reported_workspace / "data" / "raw" / YEAR / "concerns.csv").unlink()
    (reported_workspace / "reports" / YEAR / "note.txt").write_text("by hand")
    _, found = verify_report(load_settings(reported_workspace, YEAR), the_same_again(sample_report))
    assert [(one.file, one.what) for one in found] == [
        (f"data/raw/{YEAR}/concerns.csv", "is missing"), (f"reports/{YEAR}/note.txt", "is new"),
    ]  # fmt: skip


def test_a_run_that_comes_out_otherwise_is_found_and_the_cause_named(
    reported_workspace, sample_report, tmp_path
):
    settings = load_settings(reported_workspace, YEAR)
    shutil.copytree(sample_report.html.parent, tmp_path / "again")
    other_byte(tmp_path / "again" / "annual-report.html")
    _, found = verify_report(settings, lambda workspace, record: tmp_path / "again")
    assert "this is a defect" in found[0].why
    other_byte(reported_workspace / "data" / "raw" / YEAR / "commentary.md")
    _, found = verify_report(settings, lambda workspace, record: tmp_path / "again")
    assert found[-1].why == f"because of data/raw/{YEAR}/commentary.md"


def test_a_notebook_that_is_another_now_is_named(reported_workspace, sample_report):
    record = reported_workspace / "reports" / YEAR / "audit" / "run.json"
    before = load_record(record.parents[1]).steps[1].notebook_sha256
    record.write_text(record.read_text().replace(before, "0" * 64))
    _, found = verify_report(load_settings(reported_workspace, YEAR), the_same_again(sample_report))
    assert [(one.file, one.what) for one in found] == [
        ("notebooks/2_clean.ipynb", "is another one")
    ]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a process is killed")
@pytest.mark.slow
def test_killed_it_leaves_no_copy_of_the_raw_data_once_the_next_command_has_begun(
    reported_workspace, annual_report, temp_folder
):
    """For the copy, in the temporary folder, is as personal as the extracts."""
    begins = start_command(temp_folder, "verify", YEAR, "--workspace", reported_workspace)
    while not (copied := list(temp_folder.glob("*/data/raw"))):
        assert begins.poll() is None, begins.stderr.read()
    begins.kill()
    begins.communicate()
    assert surviving_processes(temp_folder) == []
    assert copied[0].is_dir()
    ended = annual_report(
        "run",
        YEAR,
        "--workspace",
        reported_workspace,
        "--force",
        "--formats",
        "html",
        TMPDIR=str(temp_folder),
    )
    assert ended.returncode == 0, ended.stderr
    assert list(temp_folder.iterdir()) == []


@pytest.mark.slow
def test_what_was_changed_is_said_with_why_and_the_report_is_left_alone(
    reported_workspace, annual_report, everything
):
    commentary = reported_workspace / "data" / "raw" / YEAR / "commentary.md"
    commentary.write_text(commentary.read_text().replace("Behind each", "Behind every"))
    other_byte(reported_workspace / "reports" / YEAR / "figures.csv")
    before = everything(reported_workspace)
    ended = annual_report("verify", YEAR, "--workspace", reported_workspace)
    assert ended.returncode == 7
    for said in (f"data/raw/{YEAR}/commentary.md changed: an input", f"reports/{YEAR}/figures.csv changed: by hand",
                 f"is different when the run is repeated: because of data/raw/{YEAR}/commentary.md"):  # fmt: skip
        assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert everything(reported_workspace) == before


@pytest.mark.slow
def test_inputs_that_no_longer_make_a_report_are_said_to_be_so(reported_workspace, annual_report):
    extract = reported_workspace / "data" / "raw" / YEAR / "complaints.csv"
    extract.write_text(extract.read_text().replace(",not upheld,", ",not upehld,", 1))
    ended = annual_report("verify", YEAR, "--workspace", reported_workspace)
    assert ended.returncode == 7
    assert "The run stops when the report is made again" in ended.stderr


def test_an_archive_with_one_other_byte_is_found(reported_workspace, tmp_path):
    settings = load_settings(reported_workspace, YEAR)
    other_byte(settings.published_folder / "annual-report.pdf")
    write_bundle(settings, tmp_path / "bundle.zip")
    _, found = verify_bundle(tmp_path / "bundle.zip", None)
    assert [(one.file, one.what) for one in found] == [("annual-report.pdf", "changed")]
    other_byte(reported_workspace / "data" / "raw" / "published.csv")
    _, found = verify_bundle(tmp_path / "bundle.zip", settings)
    assert [one.file for one in found] == ["annual-report.pdf", "data/raw/published.csv"]


def test_an_archive_is_the_same_bytes_each_time_and_holds_no_extract(reported_workspace, tmp_path):
    settings = load_settings(reported_workspace, YEAR)
    for name in ("one.zip", "two.zip"):
        write_bundle(settings, tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    shutil.unpack_archive(tmp_path / "one.zip", tmp_path / "unpacked")
    held = {path.name for path in (tmp_path / "unpacked").rglob("*") if path.is_file()}
    assert {"annual-report.html", "run.json", "requirements.lock"} <= held
    assert not {"complaints.csv", "complaints.parquet"} & held


def test_what_is_no_archive_is_said_to_be_none(reported_workspace, tmp_path):
    (tmp_path / "bundle.zip").write_text("no archive")
    with pytest.raises(Problem, match="cannot be read as an archive"):
        verify_bundle(tmp_path / "bundle.zip", None)
