"""What has not changed is not run again, and nothing that has changed is ever skipped."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from pipeline.artifacts import DOCUMENTS_STEP, STEPS
from pipeline.run import freshness as state
from pipeline.run import reachable_code as reach
from pipeline.run.freshness import Freshness, plan_run
from pipeline.run.record import RunOptions, load_record
from pipeline.run.steps import PROJECT_ROOT, input_files
from pipeline.settings import load_settings

YEAR = "2021-22"
ALL = RunOptions(year=YEAR, formats=["html", "pdf", "docx", "data"], final=False)


@pytest.fixture
def reported_workspace(sample_report, tmp_path) -> Path:
    """A workspace with a finished report, whose inputs a test may change."""
    shutil.copytree(sample_report.workspace, tmp_path / "reported")
    return tmp_path / "reported"


def to_do(workspace: Path, asked: RunOptions = ALL, force: bool = False) -> list[str]:
    because = plan_run(Freshness(load_settings(workspace, YEAR), asked, force)).reasons
    assert list(because) == [*STEPS, DOCUMENTS_STEP]
    return [step for step, why in because.items() if why]


def why(workspace: Path, step: str, asked: RunOptions = ALL) -> str:
    return plan_run(Freshness(load_settings(workspace, YEAR), asked)).reasons[step]


def append(path: Path, text: str = "\n") -> None:
    path.write_bytes(path.read_bytes() + text.encode())


def own_notebook(workspace: Path, step: str) -> Path:
    """The project's notebook as the workspace's own, where it can be changed."""
    (workspace / "notebooks").mkdir(exist_ok=True)
    return Path(shutil.copy(PROJECT_ROOT / "notebooks" / f"{step}.ipynb", workspace / "notebooks"))


EVERYTHING = [*STEPS, DOCUMENTS_STEP]


def test_after_a_run_there_is_nothing_to_do(reported_workspace):
    assert to_do(reported_workspace) == []


def test_forced_all_is_to_do(reported_workspace):
    assert to_do(reported_workspace, force=True) == EVERYTHING


def test_before_a_run_all_is_to_do(workspace):
    assert to_do(workspace) == EVERYTHING
    assert why(workspace, "1_validate") == "there is no earlier run"


def test_other_words_in_the_commentary_change_the_report_only(reported_workspace):
    append(reported_workspace / "data" / "raw" / YEAR / "commentary.md")
    assert to_do(reported_workspace) == ["4_report", DOCUMENTS_STEP]
    assert why(reported_workspace, "4_report") == f"data/raw/{YEAR}/commentary.md changed"
    assert why(reported_workspace, DOCUMENTS_STEP) == "depends on 4_report"


@pytest.mark.parametrize(
    "extract",
    [
        "complaints",
        "investigations",
        "ombudsman",
        "compliments",
        "learning",
        "concerns",
        "training",
    ],
)
@pytest.mark.parametrize("year", ["2020-21", YEAR])
def test_a_byte_of_an_extract_changes_all_that_follows(extract, year, reported_workspace):
    path = reported_workspace / "data" / "raw" / year / f"{extract}.csv"
    if not path.exists():
        pytest.skip(f"the sample has no {extract} of {year}")
    append(path)
    assert to_do(reported_workspace) == EVERYTHING
    assert why(reported_workspace, "1_validate") == f"data/raw/{year}/{extract}.csv changed"


def test_what_was_published_before_changes_all_that_follows(reported_workspace):
    append(reported_workspace / "data" / "raw" / "published.csv")
    assert to_do(reported_workspace) == EVERYTHING


def test_an_extract_that_is_added_or_gone_changes_all_that_follows(reported_workspace):
    extra = reported_workspace / "data" / "raw" / YEAR / "more complaints.csv"
    extra.write_text("measure,period,value\n")
    assert to_do(reported_workspace) == EVERYTHING
    extra.unlink()
    assert to_do(reported_workspace) == []
    (reported_workspace / "data" / "raw" / YEAR / "concerns.csv").unlink()
    assert to_do(reported_workspace) == EVERYTHING


def test_a_year_folder_that_is_gone_changes_everything_even_if_it_was_empty(reported_workspace):
    (reported_workspace / "data" / "raw" / "2019-20").mkdir()
    assert to_do(reported_workspace) == EVERYTHING


def test_every_input_there_is_makes_something_to_do(reported_workspace):
    """Whatever else a workspace may hold one day: no file that the run record lists may change without a new report."""
    for path in input_files(load_settings(reported_workspace, YEAR)):
        held = path.read_bytes()
        append(path, "# \n" if path.suffix in {".yaml", ".md"} else "\n")
        assert to_do(reported_workspace), path
        path.write_bytes(held)
    assert to_do(reported_workspace) == []


@pytest.mark.parametrize(("file", "before", "after"), [
    ("council.yaml", "authority: Calderbrook Council", "authority: Calderbrook Borough Council"),
    (f"{YEAR}/report.yaml", "meeting_date: 2022-11-09", "meeting_date: 2022-11-10"),
])  # fmt: skip
def test_a_setting_changes_everything(file, before, after, reported_workspace):
    path = reported_workspace / "data" / "raw" / file
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
    assert to_do(reported_workspace) == EVERYTHING
    assert why(reported_workspace, "2_clean") == "depends on 1_validate"


def test_a_remark_in_the_settings_changes_the_record_only(reported_workspace):
    append(reported_workspace / "data" / "raw" / "council.yaml", "# a remark\n")
    assert to_do(reported_workspace) == [DOCUMENTS_STEP]
    assert why(reported_workspace, DOCUMENTS_STEP) == "data/raw/council.yaml changed"


@pytest.mark.parametrize("step", STEPS)
def test_a_notebook_that_is_changed_is_run_with_all_that_follows(step, reported_workspace):
    notebook = own_notebook(reported_workspace, step)
    notebook.write_text(notebook.read_text().replace('"# ', '"# X', 1))
    assert to_do(reported_workspace) == EVERYTHING[STEPS.index(step) :]
    assert why(reported_workspace, step) == "its notebook was changed"


def test_the_report_of_an_earlier_year_changes_the_figures(reported_workspace):
    folder = reported_workspace / "reports" / "2020-21"
    folder.mkdir()
    shutil.copy(reported_workspace / "reports" / YEAR / "figures.csv", folder)
    assert to_do(reported_workspace) == ["3_aggregate", "4_report", DOCUMENTS_STEP]


@pytest.mark.parametrize("asked", [
    ALL.model_copy(update={"formats": ["html"]}), ALL.model_copy(update={"final": True}),
])  # fmt: skip
def test_other_formats_and_a_final_report_change_the_documents_only(asked, reported_workspace):
    assert to_do(reported_workspace, asked) == [DOCUMENTS_STEP]


@pytest.mark.parametrize(("gone", "expected"), [
    (f"data/processed/{YEAR}/1_validate/findings.csv", EVERYTHING),
    (f"data/processed/{YEAR}/2_clean/cases.parquet", EVERYTHING[1:]),
    (f"data/processed/{YEAR}/3_aggregate/figures.csv", EVERYTHING[2:]),
    (f"reports/{YEAR}/audit/4_report.ipynb", EVERYTHING[3:]),
    (f"reports/{YEAR}/annual-report.pdf", [DOCUMENTS_STEP]),
    (f"reports/{YEAR}/audit/index.html", [DOCUMENTS_STEP]),
])  # fmt: skip
def test_what_a_run_made_and_was_changed_since_is_made_again(gone, expected, reported_workspace):
    path = reported_workspace / gone
    append(path)
    assert to_do(reported_workspace) == expected
    path.unlink()
    assert to_do(reported_workspace) == expected


@pytest.mark.parametrize("content", [None, "{", '{"record_version": 1}'])
def test_without_a_record_that_can_be_relied_on_all_is_to_do(content, reported_workspace):
    record = reported_workspace / "reports" / YEAR / "audit" / "run.json"
    record.unlink() if content is None else record.write_text(content)
    assert to_do(reported_workspace) == EVERYTHING


def test_a_format_that_could_not_be_made_is_tried_again(reported_workspace):
    record = reported_workspace / "reports" / YEAR / "audit" / "run.json"
    lacking = load_record(record.parents[1]).model_copy(update={"documents_key": {}})
    record.write_text(lacking.model_dump_json())
    assert to_do(reported_workspace) == [DOCUMENTS_STEP]


# The package and its libraries --------------------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A copy of the project, whose code can be changed, in place of the one that runs."""
    copy = tmp_path / "project"
    for part in ("pipeline", "notebooks"):
        shutil.copytree(
            PROJECT_ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(PROJECT_ROOT / "requirements.lock", copy)
    for module in (
        "pipeline.run.steps",
        "pipeline.run.record",
        "pipeline.run.freshness",
        "pipeline.run.reachable_code",
    ):
        monkeypatch.setattr(f"{module}.PROJECT", copy)
    monkeypatch.setattr(reach, "PACKAGE", copy / "pipeline")
    return copy


@pytest.mark.parametrize(("file", "expected"), [
    ("pipeline/validate/reading/convert.py", EVERYTHING), ("pipeline/settings/models.py", EVERYTHING), ("pipeline/run/kernels/process.py", EVERYTHING),
    ("pipeline/clean/calendar.py", EVERYTHING[1:]), ("pipeline/aggregate/disclosure/suppress.py", EVERYTHING[2:]),
    ("pipeline/report/charts.py", EVERYTHING[3:]), ("pipeline/report/templates/annual-report.css", EVERYTHING[3:]),
    ("pipeline/audit/site.py", [DOCUMENTS_STEP]), ("pipeline/cli.py", [DOCUMENTS_STEP]),
])  # fmt: skip
def test_code_that_is_changed_runs_whatever_can_reach_it(
    file, expected, reported_workspace, project
):
    assert to_do(reported_workspace) == []
    append(project / file, "\n# changed\n")
    assert to_do(reported_workspace) == expected


def test_another_lock_or_another_version_of_a_library_changes_everything(
    reported_workspace, project, monkeypatch, tmp_path
):
    append(project / "requirements.lock", "# changed\n")
    assert to_do(reported_workspace) == EVERYTHING
    shutil.copy(PROJECT_ROOT / "requirements.lock", project)
    assert to_do(reported_workspace) == []
    (tmp_path / "more" / "pandas-99.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "more")
    assert to_do(reported_workspace) == EVERYTHING
    assert why(reported_workspace, "1_validate") == "Python or its libraries were changed"


# That the keys leave nothing out ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
def test_a_step_needs_no_file_and_no_module_that_its_key_does_not_hold(
    step, sample_report, tmp_path
):
    """Where nothing else is, it makes the same; and no module is loaded that was not found by reading the imports."""
    from pipeline.run.execute import execute_step
    from pipeline.run.kernels.managers import private_kernels

    raw, processed = tmp_path / "data" / "raw", tmp_path / "data" / "processed" / YEAR
    whole = load_settings(sample_report.workspace, YEAR)
    for path in input_files(whole):
        here = tmp_path / path.relative_to(whole.workspace)
        here.parent.mkdir(parents=True, exist_ok=True)
        if state.step_reads(step, path) or path.name in {"council.yaml", "report.yaml"}:
            shutil.copy(path, here)
    processed.mkdir(parents=True)
    for earlier in state.STEP_DEPENDENCIES.get(step, ()):
        shutil.copytree(whole.processed / earlier, processed / earlier)
    notebook = own_notebook(tmp_path, step)
    told = nbformat.read(notebook, as_version=4)
    told.cells.append(
        nbformat.v4.new_code_cell(
            "import sys\nprint(*[name for name in sys.modules if name.startswith('pipeline')])"
        )
    )
    nbformat.write(told, notebook)

    with private_kernels() as kernels:
        made = execute_step(
            step,
            load_settings(tmp_path, YEAR),
            processed,
            tmp_path / "executed.ipynb",
            kernels.manager_class(step),
        )
    assert state.tables_digest(step, processed) == state.tables_digest(step, whole.processed)
    kept = nbformat.read(sample_report.audit / f"{step}.ipynb", as_version=4)
    assert [cell.get("outputs") for cell in made.cells[:-1]] == [
        cell.get("outputs") for cell in kept.cells
    ]

    loaded = set(made.cells[-1].outputs[0].text.split())
    reached = {
        path.relative_to(PROJECT_ROOT).with_suffix("").as_posix().replace("/", ".")
        for path in reach.reachable_files(notebook)
    }
    reached |= {name.removesuffix(".__init__") for name in reached}
    started_with = {f"pipeline.run.kernels.preload.{step.partition('_')[2]}", "pipeline.cli"}
    assert loaded - reached - started_with == set()
    assert raw.is_dir()


def test_from_a_run_that_skips_the_same_bytes_come_as_from_one_that_does_not(
    reported_workspace, sample_report, annual_report, tmp_path
):
    """The commentary is changed and changed back: the report is run twice, and everything before it never."""
    commentary = reported_workspace / "data" / "raw" / YEAR / "commentary.md"
    text = commentary.read_text()
    for changed in (text.replace("Behind each", "Behind every"), text):
        commentary.write_text(changed)
        ended = annual_report("run", YEAR, "--workspace", reported_workspace)
        assert ended.returncode == 0, ended.stderr
        assert ended.stdout.count("unchanged") == 3
    assert [step.status for step in load_record(reported_workspace / "reports" / YEAR).steps] == [
        "unchanged"
    ] * 3 + ["done"]
    times = {"audit/run.json", "audit/ro-crate-metadata.json"}
    for made, before in (
        (reported_workspace / "reports" / YEAR, sample_report.html.parent),
        (reported_workspace / "data/processed" / YEAR, sample_report.processed),
    ):
        files = {
            path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()
        } - times
        assert (
            files
            == {path.relative_to(before).as_posix() for path in before.rglob("*") if path.is_file()}
            - times
        )
        assert [
            name
            for name in sorted(files)
            if (made / name).read_bytes() != (before / name).read_bytes()
        ] == []


def test_where_nothing_has_changed_nothing_is_written_and_it_is_said(
    reported_workspace, annual_report, everything
):
    before = everything(reported_workspace)
    ended = annual_report("run", YEAR, "--workspace", reported_workspace)
    assert ended.returncode == 0
    assert "is up to date" in ended.stdout
    after = everything(reported_workspace)
    assert {
        path
        for path in {*after, *before}
        if after.get(path) != before.get(path) and path.suffix != ".lock"
    } == set()


def test_status_says_what_would_run_and_why(reported_workspace, annual_report):
    append(reported_workspace / "data" / "raw" / YEAR / "commentary.md")
    ended = annual_report("status", YEAR, "--workspace", reported_workspace)
    assert ended.returncode == 0
    assert ended.stdout.splitlines()[1:] == [
        "  Validate   unchanged", "  Clean      unchanged", "  Aggregate  unchanged",
        f"  Report     to do: data/raw/{YEAR}/commentary.md changed", "  Documents  to do: depends on 4_report",
    ]  # fmt: skip
