"""One lock file for every way to install, and a repository that contains only what it should."""

import re
import subprocess
import tomllib

import pytest
import yaml
from builders import REPOSITORY
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
PINNED = re.findall(
    r"^([a-z0-9._-]+)==([^ ;\\]+)[^\n]*\\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
    LOCK,
    flags=re.MULTILINE,
)
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


def declared_requirements():
    """Every package that pyproject.toml names: to run, to test, and to build the project itself."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["requires-python"] == ">=3.11"
    texts = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["build-system"]["requires"],
    ]
    return [Requirement(text) for text in [*texts, "editables"]]


def tracked_files():
    """The files that git tracks, as absolute paths."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True
    ).stdout.decode()
    return [
        REPOSITORY / name for name in listing.split("\0") if name and (REPOSITORY / name).is_file()
    ]


def test_lock_starts_with_the_command_that_makes_it():
    assert LOCK.splitlines()[0].endswith("make lock")


def test_every_lock_entry_has_one_version_and_hashes():
    entries = [line for line in LOCK.splitlines() if not line.startswith((" ", "#"))]
    assert len(entries) == len(PINNED) > 50


@pytest.mark.parametrize("requirement", declared_requirements(), ids=str)
def test_lock_has_an_allowed_version_of_declared_package(requirement):
    versions = [
        version for name, version, _ in PINNED if name == canonicalize_name(requirement.name)
    ]
    assert versions
    assert all(requirement.specifier.contains(version, prereleases=True) for version in versions)


def test_lock_was_made_from_the_present_requirements():
    top_level = [
        entry.split("==")[0]
        for entry in re.split(r"\n(?=[a-z0-9])", LOCK)
        if "annual-report (pyproject.toml" in entry
    ]
    assert set(top_level) == {
        canonicalize_name(requirement.name) for requirement in declared_requirements()
    }


def test_conda_environment_installs_exactly_the_lock():
    environment = yaml.safe_load((REPOSITORY / "environment.yml").read_text(encoding="utf-8"))
    assert environment["dependencies"] == ["python=3.11", "pip", {"pip": ["-r requirements.lock"]}]


def test_lock_and_environment_contain_no_address():
    for name in ("requirements.lock", "environment.yml"):
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "index-url" not in text


def test_no_tracked_file_names_a_package_registry():
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        assert not [host for host in REGISTRIES if host in text.lower()], path


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
