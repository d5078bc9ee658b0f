"""The same inputs make the same bytes: wherever the workspace lies, whenever it runs, whatever the machine's settings are."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

COMMAND = shutil.which("annual-report", path=str(Path(sys.executable).parent))
ELSEWHERE = {
    "TZ": "Pacific/Kiritimati",
    "PYTHONHASHSEED": "4711",
    "LANG": "C",
    "LC_ALL": "C",
    "COLUMNS": "40",
    "MPLBACKEND": "pdf",
}


def files(folder) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_run_elsewhere_and_later_makes_the_same_bytes(sample_report, annual_report, tmp_path):
    """In a folder with a longer name, in another time zone, hash order and locale."""
    workspace = tmp_path / "a folder with a much longer name" / "and spaces, in it"
    shutil.copytree(sample_report.workspace / "data" / "raw", workspace / "data" / "raw")
    ended = annual_report("run", "2021-22", "--workspace", workspace, **ELSEWHERE)
    assert ended.returncode == 0, ended.stderr
    must_be_the_same(sample_report, type(sample_report)(workspace))


# Python runs it as each process starts. Debian's faketime is no way: kernels wait for ever for their sockets under it.
LATER = """
import time, time_machine
time_machine.travel(time.time() + {ahead}, tick=True).start()
"""
LAST_SECOND_OF_2031 = datetime(2031, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()


@pytest.mark.slow
def test_another_user_in_another_year_and_language_makes_the_same_bytes(
    sample_report, another_user, lacking
):
    """Another user in truth, by number, name and home; a clock in every process that passes into 2032; and commas in decimals."""
    if not Path("/usr/share/i18n/locales/de_DE").exists():
        lacking("this needs Debian's package locales")
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        place = Path(folder)
        shutil.copytree(sample_report.workspace / "data" / "raw", place / "data" / "raw")
        (place / "home" / "t").mkdir(parents=True)
        (place / "clock").mkdir()
        subprocess.run(
            ["localedef", "-i", "de_DE", "-f", "UTF-8", place / "de_DE.UTF-8"], check=True
        )
        surroundings = {
            "USER": "somebody", "LOGNAME": "somebody", "HOME": str(place / "home"), "TMPDIR": str(place / "home" / "t"),
            "PYTHONPATH": str(place / "clock"),
            "LOCPATH": folder, "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8", "TZ": "America/St_Johns", "PYTHONHASHSEED": "1",
        }  # fmt: skip
        (place / "clock" / "sitecustomize.py").write_text(
            LATER.format(ahead=LAST_SECOND_OF_2031 - time.time())
        )
        ended = subprocess.run(
            [*another_user(place), COMMAND, "run", "2021-22", "--workspace", folder], env=os.environ | surroundings,
            capture_output=True, text=True,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        again = type(sample_report)(place)
        assert '"finished": "2032' in (again.audit / "run.json").read_text()
        must_be_the_same(sample_report, again)


def must_be_the_same(report, again) -> None:
    """But for the record, which holds the times."""
    first, second = (
        {path.name: path.read_bytes() for path in one.html.parent.iterdir() if path.is_file()}
        for one in (report, again)
    )
    assert {name.rpartition(".")[2] for name in first} == {
        "html",
        "pdf",
        "docx",
        "csv",
        "json",
        "xlsx",
        "ods",
    }
    assert [name for name in first if first[name] != second[name]] == []

    first, second = files(report.processed), files(again.processed)
    assert {
        "3_aggregate/figures.csv",
        "3_aggregate/lineage.parquet",
        "2_clean/cases.parquet",
    } <= set(first)
    assert list(first) == list(second)
    assert [name for name in first if first[name] != second[name]] == []

    first, second = files(report.audit), files(again.audit)
    assert {"1_validate.ipynb", "2_clean.ipynb", "3_aggregate.ipynb", "4_report.ipynb"} <= set(
        first
    )
    assert list(first) == list(second)
    assert [name for name in first if first[name] != second[name]] == [
        "ro-crate-metadata.json",
        "run.json",
    ]  # with the times


def test_the_notebooks_run_in_this_process_make_the_same_page(workspace, build, sample_report):
    """What lets `test_changes` build in seconds."""
    assert build(workspace) == sample_report.html.read_text(encoding="utf-8")
