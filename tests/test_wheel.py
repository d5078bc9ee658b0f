"""The built file works on its own: in a clean environment, in any folder, without a checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from builders import COMMAND_SECONDS, REPOSITORY, file_bytes

from pipeline.artifacts import DISTRIBUTION, LOCK_FILE, STEPS

FOLDER_NAME = "Zoë's annual reports"
WRITTEN_BY_TOOLS = ("__pycache__", ".pyc")
SUPPORTED_VERSIONS = ("3.11", "3.12", "3.13")  # as pyproject.toml declares
OTHER_VERSIONS = [
    version for version in SUPPORTED_VERSIONS if version != ".".join(map(str, sys.version_info[:2]))
]


def run(*command: object, cwd: Path, **environment: str) -> str:
    """What a command prints, without the variables that would lead it to the checkout."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    finished = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env=own | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=COMMAND_SECONDS,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=REPOSITORY)
    (built,) = folder.iterdir()
    return built


def test_wheel_has_the_package_and_nothing_beside_it(wheel):
    names = ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"pipeline", f"{DISTRIBUTION.replace('-', '_')}-0.1.0.dist-info"}
    expected = {
        f"pipeline/{name}"
        for name in file_bytes(REPOSITORY / "pipeline")
        if not any(part in name for part in WRITTEN_BY_TOOLS)
    }
    notebooks = {
        f"pipeline/packaged/notebooks/{path.name}"
        for path in (REPOSITORY / "notebooks").glob("*.ipynb")
    }
    in_package = {name for name in names if name.startswith("pipeline/")}
    assert in_package == expected | notebooks
    assert len(notebooks) == len(STEPS) + 1


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every user can open, unlike pytest's."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.slow
def test_wheel_makes_a_report_in_a_clean_environment(
    wheel, public_folder, sample_report, another_user
):
    """As a user without rights and without a home that can be written.

    The libraries are this environment's, added by a path; nothing else is.
    """
    folder = public_folder / FOLDER_NAME
    environment = folder / "venv"
    folder.mkdir()
    run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=folder)
    python = environment / "bin" / "python"
    run(*uv(), "pip", "install", "--offline", "--no-deps", "--python", python, wheel, cwd=folder)
    packages = Path(
        run(
            python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder
        ).strip()
    )
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "libraries.pth").write_text("\n".join(libraries), encoding="utf-8")
    (environment / "share").symlink_to(Path(sys.prefix, "share"))  # nbconvert's templates
    command = environment / "bin" / "annual-report"
    assert run(command, "--version", cwd=folder) == "annual-report 0.1.0\n"
    printed = run(command, "init", "my council", "--example", "children", cwd=folder)
    assert "--workspace 'my council'" in printed
    command = [*another_user(folder / "my council"), command]
    words = ("run", "latest", "--workspace", "my council")
    printed = run(*command, *words, cwd=folder, HOME=os.devnull)
    assert "annual-report.pdf" in printed
    report = folder / "my council" / "reports" / "2021-22"
    for file in sample_report.html.parent.iterdir():
        if file.is_file():
            assert (report / file.name).read_bytes() == file.read_bytes(), file.name
    assert not (folder / "my council" / "notebooks").exists()


@pytest.mark.slow
@pytest.mark.parametrize("version", OTHER_VERSIONS)
def test_every_python_makes_the_same_report_from_wheel_and_lock(
    wheel, version, sample_report, tmp_path
):
    """In an environment of its own, with nothing but what uv installs of the lock."""
    other_python = find_python(version)
    if other_python is None:
        pytest.skip(f"this needs Python {version}")
    python = tmp_path / "venv" / "bin" / "python"
    run(*uv(), "venv", "--python", other_python, tmp_path / "venv", cwd=tmp_path)
    install = (*uv(), "pip", "install", "--native-tls", "--python", python, *index_options())
    lock = REPOSITORY / LOCK_FILE
    try:
        run(*install, "--require-hashes", "-r", lock, cwd=tmp_path)
    except AssertionError as failure:
        pytest.skip(f"the libraries of Python {version} cannot be installed here: {failure}")
    run(*install, "--no-deps", wheel, cwd=tmp_path)
    command = python.with_name("annual-report")
    run(command, "init", "council", "--example", "children", cwd=tmp_path)
    words = ("run", "latest", "--workspace", "council", "--formats", "html")
    run(command, *words, cwd=tmp_path, PYTHONDONTWRITEBYTECODE="")
    council = tmp_path / "council"
    page = council / "reports" / "2021-22" / "annual-report.html"
    assert page.read_bytes() == sample_report.html.read_bytes()
    tables = council / "data" / "processed" / "2021-22"
    assert file_bytes(tables) == file_bytes(sample_report.processed)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("bash"), reason="this needs bash")
def test_bash_completes_commands_and_options(tmp_path):
    """With what `--show-completion bash` prints, and no word of an error."""
    command = Path(sys.executable).with_name("annual-report")
    script = run(command, "--show-completion", "bash", cwd=tmp_path)
    question = (
        f'{script}\nPATH="{command.parent}:$PATH"\n{{words}}\n'
        '_annual_report_completion annual-report\necho "${COMPREPLY[@]}"'
    )
    commands = question.replace("{words}", "COMP_WORDS=(annual-report ver)\nCOMP_CWORD=1")
    assert run("bash", "-c", commands, cwd=tmp_path).split() == ["verify"]
    options = question.replace("{words}", "COMP_WORDS=(annual-report run --fo)\nCOMP_CWORD=2")
    assert run("bash", "-c", options, cwd=tmp_path).split() == ["--formats", "--force"]


def find_python(version: str) -> Path | None:
    """An interpreter of this version: on the path, or one that pyenv has installed."""
    name = f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    on_path = shutil.which(name)
    candidates = [
        *([Path(on_path)] if on_path else []),
        *sorted(pyenv.glob(f"versions/{version}.*/bin/{name}")),
    ]
    for candidate in candidates:
        # pyenv has a program of this name that only says that the version is not chosen.
        if subprocess.run([candidate, "--version"], capture_output=True).returncode == 0:
            return candidate
    return None


def index_options() -> list[str]:
    """The index that pip is configured with, which uv does not read."""
    settings = run(sys.executable, "-m", "pip", "config", "list", cwd=REPOSITORY)
    indexes = re.findall(r"\.index-url='(.*)'", settings)
    return ["--default-index", indexes[-1]] if indexes else []


def uv() -> list[str]:
    return [str(Path(sys.executable).with_name("uv"))]
