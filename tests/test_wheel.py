"""The built file works on its own: in a clean environment, in any folder, without a checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from builders import COMMAND_SECONDS, REPOSITORY, file_bytes

from pipeline.artifacts import DISTRIBUTION, STEPS

FOLDER_NAME = "Zoë's annual reports"
WRITTEN_BY_TOOLS = ("__pycache__", ".pyc")


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


def uv() -> list[str]:
    return [str(Path(sys.executable).with_name("uv"))]
