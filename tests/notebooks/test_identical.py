"""The same inputs give the same bytes, whatever the folder, the time and the machine's settings."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import COMMAND, COMMAND_SECONDS, file_bytes

FORMATS = {"html", "pdf", "docx", "csv", "json", "xlsx", "ods", "txt"}
FILES_WITH_TIMES = ["ro-crate-metadata.json", "run.json"]


def files_in(folder: Path) -> dict[str, bytes]:
    """The content of the files directly in a folder, by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def changed_names(first: dict[str, bytes], second: dict[str, bytes]) -> list[str]:
    """The files with different contents; both sets must have the same names."""
    assert set(first) == set(second)
    return [name for name in first if first[name] != second[name]]


def assert_same_bytes(first, second) -> None:
    """Compare two finished runs: every file except those that hold the times."""
    published = files_in(first.html.parent)
    assert {name.rpartition(".")[2] for name in published} == FORMATS
    assert changed_names(published, files_in(second.html.parent)) == []

    processed = file_bytes(first.processed)
    assert "3_aggregate/figures.csv" in processed
    assert "3_aggregate/lineage.parquet" in processed
    assert "2_clean/cases.parquet" in processed
    assert changed_names(processed, file_bytes(second.processed)) == []

    audit = file_bytes(first.audit)
    for step in ("1_validate", "2_clean", "3_aggregate", "4_report"):
        assert f"{step}.ipynb" in audit
    assert changed_names(audit, file_bytes(second.audit)) == FILES_WITH_TIMES


# Python runs this as each process starts. Debian's faketime does not work: under it, kernels wait
# for ever for their sockets.
LATER_CLOCK = """
import time, time_machine
time_machine.travel(time.time() + {ahead}, tick=True).start()
"""
LAST_SECOND_OF_2031 = datetime(2031, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()


@pytest.mark.slow
def test_other_user_folder_and_language_give_same_bytes(sample_report, another_user, skip_or_fail):
    """Another user id, name, home and folder; clocks that pass into 2032; decimal commas."""
    if not Path("/usr/share/i18n/locales/de_DE").exists():
        skip_or_fail("this needs Debian's package locales")
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        parent = Path(folder)
        workspace = parent / "a folder with a much longer name" / "and spaces, in it"
        home = parent / "home" / "t"
        clock = parent / "clock"
        shutil.copytree(sample_report.workspace / "data" / "raw", workspace / "data" / "raw")
        home.mkdir(parents=True)
        clock.mkdir()
        locale = parent / "de_DE.UTF-8"
        subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", locale], check=True)
        search_path = filter(None, [os.environ.get("PYTHONPATH")])
        environment = {
            "USER": "somebody",
            "LOGNAME": "somebody",
            "HOME": str(home.parent),
            "TMPDIR": str(home),
            "PYTHONPATH": os.pathsep.join([str(clock), *search_path]),
            "LOCPATH": folder,
            "LC_ALL": "de_DE.UTF-8",
            "LANG": "de_DE.UTF-8",
            "TZ": "America/St_Johns",
            "PYTHONHASHSEED": "4711",
            "COLUMNS": "40",
            "MPLBACKEND": "pdf",
        }
        ahead = LAST_SECOND_OF_2031 - time.time()
        (clock / "sitecustomize.py").write_text(LATER_CLOCK.format(ahead=ahead))
        result = subprocess.run(
            [*another_user(parent), COMMAND, "run", "2021-22", "--workspace", workspace],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        assert result.returncode == 0, result.stderr
        second = type(sample_report)(workspace)
        assert '"finished": "2032' in (second.audit / "run.json").read_text()
        assert_same_bytes(sample_report, second)


@pytest.mark.slow
def test_notebooks_run_in_this_process_give_the_same_page(workspace, build, sample_report):
    """This allows `test_changes` to build pages in seconds."""
    assert build(workspace) == sample_report.html.read_text(encoding="utf-8")
