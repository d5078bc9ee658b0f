"""The same inputs make the same bytes: wherever the workspace lies, whenever it runs, whatever the machine's settings are."""

from __future__ import annotations

import shutil

ELSEWHERE = {
    "TZ": "Pacific/Kiritimati",
    "PYTHONHASHSEED": "4711",
    "LANG": "C",
    "LC_ALL": "C",
    "COLUMNS": "40",
    "MPLBACKEND": "pdf",
}


def files(folder) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_run_elsewhere_and_later_makes_the_same_bytes(sample_report, annual_report, tmp_path):
    """In a folder with a longer name, in another time zone, hash order and locale."""
    workspace = tmp_path / "a folder with a much longer name" / "and spaces, in it"
    shutil.copytree(sample_report.workspace / "data" / "raw", workspace / "data" / "raw")
    ended = annual_report("run", "2021-22", "--workspace", workspace, **ELSEWHERE)
    assert ended.returncode == 0, ended.stderr
    again = type(sample_report)(workspace)

    first, second = (
        {path.name: path.read_bytes() for path in one.html.parent.iterdir() if path.is_file()} for one in (sample_report, again)
    )
    assert {name.rpartition(".")[2] for name in first} == {"html", "pdf", "docx", "csv", "json", "xlsx", "ods"}
    assert [name for name in first if first[name] != second[name]] == []

    first, second = files(sample_report.processed), files(again.processed)
    assert {"3_aggregate/figures.csv", "3_aggregate/lineage.parquet", "2_clean/cases.parquet"} <= set(first)
    assert list(first) == list(second)
    assert [name for name in first if first[name] != second[name]] == []

    first, second = files(sample_report.audit), files(again.audit)
    assert {"1_validate.ipynb", "2_clean.ipynb", "3_aggregate.ipynb", "4_report.ipynb"} <= set(first)
    assert list(first) == list(second)
    assert [name for name in first if first[name] != second[name]] == ["ro-crate-metadata.json", "run.json"]  # with the times


def test_the_notebooks_run_in_this_process_make_the_same_page(workspace, build, sample_report):
    """What lets `test_changes` build in seconds."""
    assert build(workspace) == sample_report.html.read_text(encoding="utf-8")
