"""What has not changed is not run again, and nothing that has changed is ever skipped."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from builders import file_bytes, replace_text
from runs import YEAR, untimed_bytes

from pipeline.artifacts import DOCUMENTS_STEP, STEPS
from pipeline.problem import Problem
from pipeline.run import steps
from pipeline.run.execute import execute_step
from pipeline.run.freshness import Freshness, plan_run, tables_digest
from pipeline.run.kernels.managers import Kernels, private_kernels
from pipeline.run.reachable_code import package_imports, reachable_files
from pipeline.run.record import RunOptions, load_record
from pipeline.run.steps import PROJECT_ROOT, STEP_DEPENDENCIES, input_files, step_reads
from pipeline.settings import load_settings

ALL_FORMATS = RunOptions(year=YEAR, formats=["html", "pdf", "docx", "data"], final=False)
EVERYTHING = [*STEPS, DOCUMENTS_STEP]
SETTINGS_FILES = {"council.yaml", "report.yaml"}
RAW = Path("data", "raw")
COMMENTARY = RAW / YEAR / "commentary.md"
RECORD = Path("reports", YEAR, "audit", "run.json")
# fmt: off
EXTRACTS = (
    "complaints", "investigations", "ombudsman", "compliments", "learning", "concerns", "training",
)
# fmt: on


def stale_steps(workspace: Path, options: RunOptions = ALL_FORMATS, force: bool = False) -> list:
    """The steps that a run would do, and the documents if it would make these."""
    reasons = plan_run(Freshness(load_settings(workspace, YEAR), options, force)).reasons
    assert list(reasons) == EVERYTHING
    return [step for step, reason in reasons.items() if reason]


def reason_for(workspace: Path, step: str) -> str:
    return plan_run(Freshness(load_settings(workspace, YEAR), ALL_FORMATS)).reasons[step]


def append(path: Path, text: str = "\n") -> None:
    path.write_bytes(path.read_bytes() + text.encode())


def copy_notebook(workspace: Path, step: str) -> Path:
    """The project's notebook as the workspace's own, where it can be changed."""
    (workspace / "notebooks").mkdir(exist_ok=True)
    return Path(shutil.copy(PROJECT_ROOT / "notebooks" / f"{step}.ipynb", workspace / "notebooks"))


def test_nothing_is_stale_after_a_run(reported_workspace):
    assert stale_steps(reported_workspace) == []


def test_everything_is_stale_if_forced(reported_workspace):
    assert stale_steps(reported_workspace, force=True) == EVERYTHING


def test_everything_is_stale_before_the_first_run(workspace):
    assert stale_steps(workspace) == EVERYTHING
    assert reason_for(workspace, "1_validate") == "there is no earlier run"


def test_changed_commentary_makes_the_report_stale(reported_workspace):
    append(reported_workspace / COMMENTARY)
    assert stale_steps(reported_workspace) == ["4_report", DOCUMENTS_STEP]
    assert reason_for(reported_workspace, "4_report") == f"{COMMENTARY.as_posix()} changed"
    assert reason_for(reported_workspace, DOCUMENTS_STEP) == "depends on 4_report"


@pytest.mark.parametrize("extract", EXTRACTS)
@pytest.mark.parametrize("year", ["2020-21", YEAR])
def test_changed_byte_of_an_extract_makes_all_stale(extract, year, reported_workspace):
    path = RAW / year / f"{extract}.csv"
    if not (reported_workspace / path).exists():
        pytest.skip(f"the sample has no {extract} of {year}")
    append(reported_workspace / path)
    assert stale_steps(reported_workspace) == EVERYTHING
    assert reason_for(reported_workspace, "1_validate") == f"{path.as_posix()} changed"


def test_changed_published_numbers_make_all_stale(reported_workspace):
    append(reported_workspace / RAW / "published.csv")
    assert stale_steps(reported_workspace) == EVERYTHING


def test_added_or_deleted_extract_makes_all_stale(reported_workspace):
    added = reported_workspace / RAW / YEAR / "more complaints.csv"
    added.write_text("measure,period,value\n")
    assert stale_steps(reported_workspace) == EVERYTHING
    added.unlink()
    assert stale_steps(reported_workspace) == []
    (reported_workspace / RAW / YEAR / "concerns.csv").unlink()
    assert stale_steps(reported_workspace) == EVERYTHING


def test_another_year_makes_all_stale_even_without_an_extract(reported_workspace):
    (reported_workspace / RAW / "2019-20").mkdir()
    assert stale_steps(reported_workspace) == EVERYTHING


def test_changed_input_of_any_kind_makes_something_stale(reported_workspace):
    """This holds for every file that the run record lists, whatever a workspace may contain."""
    for path in input_files(load_settings(reported_workspace, YEAR)):
        content = path.read_bytes()
        append(path, "# \n" if path.suffix in {".yaml", ".md"} else "\n")
        assert stale_steps(reported_workspace), path
        path.write_bytes(content)
    assert stale_steps(reported_workspace) == []


# fmt: off
CHANGED_SETTINGS = [
    ("council.yaml", "authority: Calderbrook Council", "authority: Calderbrook Borough Council"),
    (f"{YEAR}/report.yaml", "meeting_date: 2022-11-09", "meeting_date: 2022-11-10"),
]
# fmt: on


@pytest.mark.parametrize(("file", "old", "new"), CHANGED_SETTINGS)
def test_changed_setting_makes_all_stale(file, old, new, reported_workspace):
    replace_text(reported_workspace / RAW / file, old, new)
    assert stale_steps(reported_workspace) == EVERYTHING
    assert reason_for(reported_workspace, "2_clean") == "depends on 1_validate"


def test_changed_comment_in_the_settings_makes_the_documents_stale(reported_workspace):
    append(reported_workspace / RAW / "council.yaml", "# a remark\n")
    assert stale_steps(reported_workspace) == [DOCUMENTS_STEP]
    assert reason_for(reported_workspace, DOCUMENTS_STEP) == "data/raw/council.yaml changed"


@pytest.mark.parametrize("step", STEPS)
def test_changed_notebook_makes_its_step_and_the_next_stale(step, reported_workspace):
    replace_text(copy_notebook(reported_workspace, step), '"# ', '"# X')
    assert stale_steps(reported_workspace) == EVERYTHING[STEPS.index(step) :]
    assert reason_for(reported_workspace, step) == "its notebook changed"


def test_report_of_an_earlier_year_makes_the_figures_stale(reported_workspace):
    folder = reported_workspace / "reports" / "2020-21"
    folder.mkdir()
    shutil.copy(reported_workspace / "reports" / YEAR / "figures.csv", folder)
    assert stale_steps(reported_workspace) == ["3_aggregate", "4_report", DOCUMENTS_STEP]


@pytest.mark.parametrize("change", [{"formats": ["html"]}, {"final": True}])
def test_other_options_make_the_documents_stale(change, reported_workspace):
    options = ALL_FORMATS.model_copy(update=change)
    assert stale_steps(reported_workspace, options) == [DOCUMENTS_STEP]


# fmt: off
CHANGED_RESULTS = [
    (f"data/processed/{YEAR}/1_validate/findings.csv", EVERYTHING),
    (f"data/processed/{YEAR}/2_clean/cases.parquet", EVERYTHING[1:]),
    (f"data/processed/{YEAR}/3_aggregate/figures.csv", EVERYTHING[2:]),
    (f"reports/{YEAR}/audit/4_report.ipynb", EVERYTHING[3:]),
    (f"reports/{YEAR}/annual-report.pdf", [DOCUMENTS_STEP]),
    (f"reports/{YEAR}/audit/index.html", [DOCUMENTS_STEP]),
]
# fmt: on


@pytest.mark.parametrize(("file", "expected"), CHANGED_RESULTS)
def test_changed_or_deleted_result_is_stale(file, expected, reported_workspace):
    path = reported_workspace / file
    append(path)
    assert stale_steps(reported_workspace) == expected
    path.unlink()
    assert stale_steps(reported_workspace) == expected


@pytest.mark.parametrize("content", [None, "{", '{"record_version": 1}'])
def test_everything_is_stale_without_a_usable_record(content, reported_workspace):
    record = reported_workspace / RECORD
    if content is None:
        record.unlink()
    else:
        record.write_text(content)
    assert stale_steps(reported_workspace) == EVERYTHING


def test_documents_are_stale_if_a_format_could_not_be_made(reported_workspace):
    record = load_record(reported_workspace / "reports" / YEAR)
    incomplete = record.model_copy(update={"documents_key": {}})
    (reported_workspace / RECORD).write_text(incomplete.model_dump_json())
    assert stale_steps(reported_workspace) == [DOCUMENTS_STEP]


# The package and its libraries


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A copy of the project, whose code can be changed, in place of the one that runs."""
    copy = tmp_path / "project"
    no_caches = shutil.ignore_patterns("__pycache__")
    for folder in ("pipeline", "notebooks"):
        shutil.copytree(PROJECT_ROOT / folder, copy / folder, ignore=no_caches)
    shutil.copy(PROJECT_ROOT / "requirements.lock", copy)
    monkeypatch.setattr(steps, "PROJECT_ROOT", copy)
    return copy


# fmt: off
CHANGED_CODE = [
    ("pipeline/validate/reading/convert.py", EVERYTHING),
    ("pipeline/settings/models.py", EVERYTHING),
    ("pipeline/run/kernels/process.py", EVERYTHING),
    ("pipeline/clean/calendar.py", EVERYTHING[1:]),
    ("pipeline/aggregate/disclosure/suppress.py", EVERYTHING[2:]),
    ("pipeline/report/charts/lines.py", EVERYTHING[3:]),
    ("pipeline/report/templates/annual-report.css", EVERYTHING[3:]),
    ("pipeline/audit/site.py", [DOCUMENTS_STEP]),
    ("pipeline/workflow/documents.py", [DOCUMENTS_STEP]),
]
# fmt: on


@pytest.mark.parametrize(("file", "expected"), CHANGED_CODE)
def test_changed_code_makes_stale_what_can_reach_it(file, expected, reported_workspace, project):
    assert stale_steps(reported_workspace) == []
    append(project / file, "\n# changed\n")
    assert stale_steps(reported_workspace) == expected


def test_bytecode_that_python_writes_meanwhile_is_no_code(reported_workspace, project):
    """Python then renames such a file, so that a run that has listed it could not find it."""
    caches = project / "pipeline" / "run" / "__pycache__"
    caches.mkdir()
    (caches / "chain.cpython-311.pyc.140614143671344").write_bytes(b"half")
    assert stale_steps(reported_workspace) == []


def test_changed_lock_makes_all_stale(reported_workspace, project):
    append(project / "requirements.lock", "# changed\n")
    assert stale_steps(reported_workspace) == EVERYTHING
    shutil.copy(PROJECT_ROOT / "requirements.lock", project)
    assert stale_steps(reported_workspace) == []


def test_changed_library_makes_all_stale(reported_workspace, monkeypatch, tmp_path):
    (tmp_path / "libraries" / "pandas-99.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "libraries")
    assert stale_steps(reported_workspace) == EVERYTHING
    assert reason_for(reported_workspace, "1_validate") == "Python or its libraries changed"


# That the keys leave nothing out


def copy_what_a_step_reads(step: str, workspace: Path, target: Path) -> None:
    """Copy the inputs and tables that a step's key includes, and nothing else."""
    settings = load_settings(workspace, YEAR)
    for path in input_files(settings):
        if step_reads(step, path) or path.name in SETTINGS_FILES:
            copy = target / path.relative_to(workspace)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    processed = target / settings.processed.relative_to(workspace)
    processed.mkdir(parents=True)
    for earlier in STEP_DEPENDENCIES.get(step, ()):
        shutil.copytree(settings.processed / earlier, processed / earlier)


def add_cell_that_lists_modules(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    code = (
        "import json, sys\n"
        "print(json.dumps([name for name in sys.modules if name.startswith('pipeline')]))"
    )
    notebook.cells.append(nbformat.v4.new_code_cell(code))
    nbformat.write(notebook, path)


def reachable_modules(notebook: Path) -> set[str]:
    paths = [path.relative_to(PROJECT_ROOT) for path in reachable_files(notebook)]
    names = {".".join(path.with_suffix("").parts) for path in paths if path.suffix == ".py"}
    return {name.removesuffix(".__init__") for name in names}


def test_cell_that_is_no_python_hides_no_import_of_another(tmp_path):
    """The run itself stops at that cell, and names it."""
    notebook = copy_notebook(tmp_path, "2_clean")
    modules = reachable_modules(notebook)
    add_cell_that_lists_modules(notebook)
    replace_text(notebook, "import json, sys", "import (")
    assert reachable_modules(notebook) == modules


def imports_in_syntax_tree(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for name in names if name.partition(".")[0] == "pipeline"]


def test_every_import_in_the_package_is_read():
    files = sorted(PROJECT_ROOT.joinpath("pipeline").rglob("*.py"))
    differing = [
        path
        for path in files
        if sorted(package_imports(path)) != sorted(imports_in_syntax_tree(path))
    ]
    assert files
    assert not differing


NO_NOTEBOOKS = ["", "{}", "[]", "null", "[" * 100_000, '{"cells": 1}', '{"cells": [{}]}']


@pytest.mark.parametrize("text", NO_NOTEBOOKS, ids=range(len(NO_NOTEBOOKS)))
def test_file_that_is_no_notebook_is_explained(tmp_path, text):
    notebook = tmp_path / "2_clean.ipynb"
    notebook.write_text(text)
    with pytest.raises(Problem, match="the notebook cannot be read") as unreadable:
        reachable_files(notebook)
    assert unreadable.value.where == "notebooks/2_clean.ipynb"


@pytest.fixture(scope="module")
def kernels() -> Iterator[Kernels]:
    with private_kernels() as kernels:
        yield kernels


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.slow
def test_step_needs_no_file_and_no_module_outside_its_key(step, kernels, sample_report, tmp_path):
    """With nothing else there it makes the same, and loads only modules that are reachable."""
    copy_what_a_step_reads(step, sample_report.workspace, tmp_path)
    notebook = copy_notebook(tmp_path, step)
    add_cell_that_lists_modules(notebook)
    settings = load_settings(tmp_path, YEAR)
    manager_class = kernels.manager_class(step)
    executed = execute_step(step, settings, tmp_path / "executed.ipynb", manager_class)
    expected = tables_digest(step, sample_report.processed)
    assert tables_digest(step, settings.processed) == expected
    original = nbformat.read(sample_report.audit / f"{step}.ipynb", as_version=4)
    *cells, listing = executed.cells
    assert [cell.get("outputs") for cell in cells] == [
        cell.get("outputs") for cell in original.cells
    ]
    loaded = set(json.loads(listing.outputs[0].text))
    # A forked kernel has these too: its preload, and the main module of the command.
    preload = f"pipeline.run.kernels.preload.{step.partition('_')[2]}"
    outside = loaded - reachable_modules(notebook) - {preload}
    assert {name for name in outside if not name.startswith("pipeline.cli")} == set()


@pytest.mark.slow
def test_run_that_reuses_steps_makes_the_same_bytes(
    reported_workspace, sample_report, annual_report
):
    """The commentary is changed and changed back: only the report is run again, twice."""
    changes = [("may", "might", "html"), ("might", "may", ",".join(ALL_FORMATS.formats))]
    for old, new, formats in changes:
        replace_text(reported_workspace / COMMENTARY, f"Members {old}", f"Members {new}")
        options = ("--workspace", reported_workspace, "--formats", formats)
        finished = annual_report("run", YEAR, *options)
        assert finished.returncode == 0, finished.stderr
        assert finished.stdout.count("unchanged") == 3
    record = load_record(reported_workspace / "reports" / YEAR)
    assert [step.status for step in record.steps] == ["unchanged"] * 3 + ["done"]
    report = reported_workspace / "reports" / YEAR
    assert untimed_bytes(report) == untimed_bytes(sample_report.html.parent)
    processed = reported_workspace / "data" / "processed" / YEAR
    assert file_bytes(processed) == file_bytes(sample_report.processed)


def test_run_with_nothing_stale_writes_nothing(reported_workspace, annual_report):
    contents = file_bytes(reported_workspace)
    finished = annual_report("run", YEAR, "--workspace", reported_workspace)
    assert finished.returncode == 0
    assert "is up to date" in finished.stdout
    written = file_bytes(reported_workspace)
    changed = {path for path in {*contents, *written} if contents.get(path) != written.get(path)}
    assert {path for path in changed if not path.endswith(".lock")} == set()


def test_status_lists_what_would_run_and_why(reported_workspace, annual_report):
    append(reported_workspace / COMMENTARY)
    finished = annual_report("status", YEAR, "--workspace", reported_workspace)
    assert finished.returncode == 0
    assert finished.stdout.splitlines()[1:] == [
        "  Validate   unchanged",
        "  Clean      unchanged",
        "  Aggregate  unchanged",
        f"  Report     to do: data/raw/{YEAR}/commentary.md changed",
        "  Documents  to do: depends on 4_report",
    ]
