"""One lock, agreed by all that install from it, and a repository that holds only what it should."""

import re
import subprocess
import tomllib
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[1]
LOCK = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
PINNED = re.findall(
    r"^([a-z0-9._-]+)==([^ ;\\]+)[^\n]*\\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
    LOCK,
    flags=re.MULTILINE,
)
NOTEBOOKS = ["1_validate", "2_clean", "3_aggregate", "4_report"]
# In pieces, so that this file does not name them.
REGISTRIES = [
    *(
        "pypi" + ".org",
        "pypi" + ".python.org",
        "python" + "hosted.org",
        "anaconda" + ".org",
        "anaconda" + ".com",
    ),
    *(
        "npm" + "js.org",
        "yarn" + "pkg.com",
        "deb" + ".debian.org",
        "archive" + ".ubuntu.com",
        "crates" + ".io",
    ),
]


def declared():
    """Every package that pyproject.toml names: to run, to test, and to install the project itself without fetching more."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["requires-python"] == ">=3.11"
    named = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["build-system"]["requires"],
    ]
    return [Requirement(text) for text in [*named, "editables"]]


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True
    ).stdout.decode()
    return [PROJECT / name for name in listed.split("\0") if name and (PROJECT / name).is_file()]


def test_the_lock_says_first_how_it_is_made():
    assert LOCK.splitlines()[0].endswith("make lock")


def test_each_entry_of_the_lock_is_one_version_with_hashes():
    entries = [line for line in LOCK.splitlines() if not line.startswith((" ", "#"))]
    assert len(entries) == len(PINNED) > 50


@pytest.mark.parametrize("requirement", declared(), ids=str)
def test_the_lock_holds_every_declared_package_at_a_version_that_is_allowed(requirement):
    versions = [
        version for name, version, _ in PINNED if name == canonicalize_name(requirement.name)
    ]
    assert versions
    assert all(requirement.specifier.contains(version, prereleases=True) for version in versions)


def test_the_lock_was_made_since_a_package_was_last_added_or_taken_away():
    asked_for = [
        entry.split("==")[0]
        for entry in re.split(r"\n(?=[a-z0-9])", LOCK)
        if "annual-report (pyproject.toml" in entry
    ]
    assert set(asked_for) == {canonicalize_name(requirement.name) for requirement in declared()}


def test_conda_installs_exactly_the_lock():
    environment = yaml.safe_load((PROJECT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["dependencies"] == ["python=3.11", "pip", {"pip": ["-r requirements.lock"]}]


def test_neither_lock_nor_environment_holds_an_address():
    for name in ("requirements.lock", "environment.yml"):
        text = (PROJECT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "index-url" not in text


def test_no_file_names_a_package_registry():
    for path in tracked():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        assert not [host for host in REGISTRIES if host in text.lower()], path


def test_every_module_compiles():
    modules = [path for path in tracked() if path.suffix == ".py"]
    assert len(modules) > 50
    for path in modules:
        compile(path.read_bytes(), path, "exec", dont_inherit=True)


def test_there_are_the_four_notebooks_and_no_other():
    assert [path.stem for path in sorted((PROJECT / "notebooks").glob("*.ipynb"))] == NOTEBOOKS


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_committed_without_anything_that_a_run_leaves(name):
    notebook = nbformat.read(PROJECT / "notebooks" / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert "papermill" not in notebook.metadata
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert "execution" not in cell.metadata


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_sentence_stands_before_each_cell_of_code(name):
    cells = nbformat.read(PROJECT / "notebooks" / f"{name}.ipynb", as_version=4).cells
    assert cells[0].cell_type == "markdown"
    for before, cell in pairwise(cells):
        if cell.cell_type == "code":
            assert before.cell_type == "markdown"
            assert re.search(r"\w{3}.*[.:]$", before.source, flags=re.DOTALL)
            assert not re.search(r"^\s*(def|for|while|class) ", cell.source, flags=re.MULTILINE)


def test_every_command_is_in_the_documentation():
    from pipeline.cli import app

    pages = [PROJECT / "README.md", *(PROJECT / "docs").glob("*.md")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    for command in app.registered_commands:
        assert f"annual-report {command.name or command.callback.__name__}" in text
