"""Lock files for every way to install, and a repository that contains only what it should."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from builders import COMMAND_SECONDS, REPOSITORY, file_bytes
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pipeline.artifacts import DISTRIBUTION
from pipeline.report.documents.pdf import OLDEST_PANGO

# For users; and with the packages of the tests.
LOCKS = {
    name: (REPOSITORY / name).read_text(encoding="utf-8")
    for name in ("requirements.lock", "requirements-dev.lock")
}
PINNED_ENTRY = re.compile(
    r"^([a-z0-9._-]+)==([^ ;\\]+)[^\n]*\\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
    flags=re.MULTILINE,
)
OPTIONAL_DISTRIBUTIONS = {"distributed"}  # imported where it is needed, with a message without it
PACKAGE_FILES = sorted((REPOSITORY / "pipeline").rglob("*.py"))
# Each name is split, because no file may contain it, not even this one.
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


def pinned(lock: str) -> dict[str, set[str]]:
    """The versions of each package that a lock file contains: several for several systems."""
    versions: dict[str, set[str]] = {}
    for name, version, _ in PINNED_ENTRY.findall(LOCKS[lock]):
        versions.setdefault(name, set()).add(version)
    return versions


def declared_requirements(lock: str = "requirements-dev.lock"):
    """The packages that pyproject.toml names: to run, to build the project itself, and to test."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["requires-python"] == ">=3.11"
    groups = project["dependency-groups"]
    assert {"include-group": "install"} in groups["dev"]
    assert set(project["build-system"]["requires"]) <= set(groups["install"])
    texts = [*project["project"]["dependencies"], *groups["install"]]
    if lock == "requirements-dev.lock":
        texts += [text for text in groups["dev"] if isinstance(text, str)]
    return [Requirement(text) for text in texts]


def tracked_files():
    """The files that git tracks, as absolute paths."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True
    ).stdout.decode()
    return [
        REPOSITORY / name for name in listing.split("\0") if name and (REPOSITORY / name).is_file()
    ]


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_starts_with_the_command_that_makes_it(lock):
    assert LOCKS[lock].splitlines()[0].endswith("make lock")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_lock_entry_has_one_version_and_hashes(lock):
    entries = [line for line in LOCKS[lock].splitlines() if not line.startswith((" ", "#"))]
    assert len(entries) == len(PINNED_ENTRY.findall(LOCKS[lock])) > 50


@pytest.mark.parametrize("requirement", declared_requirements(), ids=str)
def test_lock_has_an_allowed_version_of_declared_package(requirement):
    versions = pinned("requirements-dev.lock")[canonicalize_name(requirement.name)]
    assert all(requirement.specifier.contains(version, prereleases=True) for version in versions)


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_was_made_from_the_present_requirements(lock):
    top_level = [
        entry.split("==")[0]
        for entry in re.split(r"\n(?=[a-z0-9])", LOCKS[lock])
        if re.search(rf"{DISTRIBUTION} \(pyproject.toml|{DISTRIBUTION}:(?:install|dev)", entry)
    ]
    assert set(top_level) == {
        canonicalize_name(requirement.name) for requirement in declared_requirements(lock)
    }


def test_users_install_what_is_imported_at_the_tested_version():
    user_lock = pinned("requirements.lock")
    test_lock = pinned("requirements-dev.lock")
    assert {name: test_lock.get(name) for name in user_lock} == user_lock
    assert not {"pytest", "playwright", "hypothesis", "mypy", "ruff"} & user_lock.keys()
    modules = {name.partition(".")[0] for path in PACKAGE_FILES for name in imported_modules(path)}
    distributions = packages_distributions()
    needed = {
        canonicalize_name(name) for module in modules for name in distributions.get(module, [])
    }
    assert needed - user_lock.keys() - {DISTRIBUTION} == OPTIONAL_DISTRIBUTIONS


def imported_modules(path: Path) -> Iterator[str]:
    """What a module imports, wherever the import is written, without its relative imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)


def test_nobody_is_told_to_install_this_project_by_its_name():
    """It is not on the public index; a file or a checkout is no name."""
    by_name = re.compile(
        r"pip3? install[^\n]*[ '\"](?:council[-_.])?annual[-_.]report(?![\w.+-]*\.whl)",
        re.IGNORECASE,
    )
    assert by_name.search("pip in" + "stall 'annual-report[cluster]'")
    assert by_name.search("pip in" + f"stall {DISTRIBUTION}")
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        assert not by_name.search(text), path


def test_conda_environment_installs_exactly_the_lock():
    environment = yaml.safe_load((REPOSITORY / "environment.yml").read_text(encoding="utf-8"))
    *from_conda, from_pip = environment["dependencies"]
    assert environment["channels"] == ["conda-forge"]
    oldest = ".".join(map(str, OLDEST_PANGO))
    assert from_conda == ["python=3.11", f"pango>={oldest}", "harfbuzz", "pip"]
    assert from_pip == {"pip": ["-r requirements.lock"]}


def test_lock_and_environment_contain_no_address():
    for name in (*LOCKS, "environment.yml"):
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "index-url" not in text


def test_no_tracked_file_names_a_package_registry():
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        assert not [host for host in REGISTRIES if host in text.lower()], path


# Stands for Python and what make installs: notes what it is asked for, and fails as uv may.
STAND_IN = """#!/bin/sh
name=$(basename "$0")
echo "$name $*" >> asked.txt
case "$name $*" in
  "python -m venv .venv") mkdir -p .venv/bin
    cp "$0" .venv/bin/python && cp "$0" .venv/bin/annual-report ;;
  "python -m pip install --quiet --require-hashes -r .venv/uv.lock") [ "$UV" = missing ] && exit 1
    cp "$0" .venv/bin/uv ;;
  "python -m pip config list") echo "global.index-url='https://index.example.org/simple'" ;;
  "uv "*) [ "$UV" = works ] ;;
esac
"""
WITH_PIP = "python -m pip install --quiet --require-hashes -r requirements.lock"
WITH_UV = (
    "uv pip install --quiet --python .venv/bin/python --native-tls "
    "--default-index https://index.example.org/simple --require-hashes -r requirements.lock"
)


@pytest.mark.skipif(not shutil.which("make"), reason="this needs make")
@pytest.mark.parametrize(
    ("uv", "installations"),
    [("works", [WITH_UV]), ("fails", [WITH_UV, WITH_PIP]), ("missing", [WITH_PIP])],
)
def test_make_installs_the_lock_with_uv_and_otherwise_with_pip(uv, installations, tmp_path):
    """In a folder with a space, an accent and an apostrophe, and without a home."""
    folder = tmp_path / "Zoë's reports"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(REPOSITORY / name, folder)
    (folder / "python").write_text(STAND_IN)
    (folder / "python").chmod(0o700)
    finished = subprocess.run(
        ["make", "report", "PYTHON=./python"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "UV": uv},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert finished.returncode == 0, finished.stderr
    requests = (folder / "asked.txt").read_text().splitlines()
    assert [
        line for line in requests if line.endswith("--require-hashes -r requirements.lock")
    ] == (installations)
    assert requests[-1] == "annual-report run latest"
    assert "-m pip install --quiet --no-deps --no-build-isolation -e ." in "\n".join(requests)


def readme_commands_without_make() -> list[list[str]]:
    """What the README says that a user without make types, as this system writes it."""
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    block = readme.partition("## Without make")[2].partition("```console\n")[2].partition("```")[0]
    scripts = Path(".venv", "Scripts" if os.name == "nt" else "bin")
    lines = block.replace(".venv\\Scripts\\", f"{scripts.as_posix()}/").splitlines()
    return [line.split() for line in lines]


@pytest.mark.slow
def test_readme_without_make_makes_the_same_report(sample_report, tmp_path):
    """In a fresh checkout with pip alone; `make` has installed what runs this test with uv."""
    checkout = tmp_path / "Zoë's checkout"
    for path in tracked_files():
        copy = checkout / path.relative_to(REPOSITORY)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    create, install, install_project, make_report, install_tests, run_tests = (
        readme_commands_without_make()
    )
    assert install_tests == [*install[:-1], "requirements-dev.lock"]
    assert run_tests[1:3] == ["-m", "pytest"]

    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
    }

    def run(command: list[str]) -> subprocess.CompletedProcess:
        return subprocess.run(
            command,
            cwd=checkout,
            env=environment | {"HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )

    assert run([sys.executable, *create[1:]]).returncode == 0
    installed = run(install)
    if installed.returncode:
        assert "hash" not in installed.stderr.lower(), installed.stderr
        pytest.skip(f"the libraries cannot be installed here: {installed.stderr}")
    for command in (install_project, make_report):
        finished = run(command)
        assert finished.returncode == 0, finished.stderr
    published = sample_report.html.parent
    report = checkout / "reports" / published.name
    names = sorted(path.name for path in published.iterdir() if path.is_file())
    assert "annual-report.pdf" in names
    for name in names:
        assert (report / name).read_bytes() == (published / name).read_bytes(), name
    tables = checkout / "data" / "processed" / published.name
    assert file_bytes(tables) == file_bytes(sample_report.processed)


def test_every_tracked_module_compiles():
    modules = [path for path in tracked_files() if path.suffix == ".py"]
    assert len(modules) > 50
    for path in modules:
        compile(path.read_bytes(), path, "exec", dont_inherit=True)


def test_every_command_is_in_the_readme():
    from pipeline.cli import app

    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    names = [command.name or command.callback.__name__ for command in app.registered_commands]
    assert len(names) > 8
    assert [name for name in names if f"annual-report {name}" not in readme] == []
