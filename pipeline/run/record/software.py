"""The digests of files, and what is known of the software that is running."""

from __future__ import annotations

import hashlib
import platform
import re
import subprocess
import sys
from importlib.metadata import requires, version
from pathlib import Path

from pipeline.artifacts import DISTRIBUTION, LOCK_FILE, RECORD_PATH, folders_of_step
from pipeline.run import steps
from pipeline.run.record.models import FileRecord, Software
from pipeline.settings import Settings

NOT_IN_NAMES = re.compile(r"[^\w.-]")  # what follows the name of a library in a requirement


def file_digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_record(path: Path, root: Path) -> FileRecord:
    """A file by its content, with its path inside a folder."""
    return FileRecord(
        path=path.relative_to(root).as_posix(),
        bytes=path.stat().st_size,
        sha256=file_digest(path),
    )


def table_files(step: str, processed: Path) -> list[FileRecord]:
    """The processed tables of a step, sorted, with their paths in the folder of all steps."""
    folders = [processed / folder for folder in folders_of_step(step)]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [file_record(path, processed) for path in files]


def table_in_workspace(table: FileRecord, settings: Settings) -> FileRecord:
    """A table of `table_files` with the path that it has once its run is swapped in."""
    return table.model_copy(update={"path": f"{settings.tables_name}/{table.path}"})


def output_files(report_folder: Path) -> list[Path]:
    """The files of a report and its audit except the record itself, sorted."""
    record = report_folder / RECORD_PATH
    return [path for path in sorted(report_folder.rglob("*")) if path.is_file() and path != record]


def current_software(formats: dict[str, dict[str, str]] | None = None) -> Software:
    """The software that is running.

    formats: what each format that was made depends on besides.
    """
    changes = _git("status", "--porcelain")
    return Software(
        version=version(DISTRIBUTION),
        commit=_git("rev-parse", "HEAD"),
        clean=None if changes is None else not changes,
        code_sha256=package_digest(),
        lock_sha256=lock_digest(),
        python=platform.python_version(),
        platform=f"{sys.platform} {platform.machine()}",
        libraries=library_versions(),
        formats=formats or {},
    )


def installed_distributions() -> list[str]:
    """The names of the folders that describe the installed libraries, each with its version."""
    folders = [Path(folder) for folder in sys.path]
    return sorted(path.name for folder in folders for path in folder.glob("*.dist-info"))


def library_versions() -> dict[str, str]:
    """The version of each library that the package asks for, without those for its tests."""
    versions = {}
    for name in installed_distributions():
        library, _, library_version = name.removesuffix(".dist-info").partition("-")
        versions[_normalised(library)] = library_version
    return {name: versions[name] for name in _needed_libraries() if name in versions}


def missing_libraries() -> list[str]:
    """The libraries that the package asks for and that are not installed."""
    installed = library_versions()
    return [name for name in _needed_libraries() if name not in installed]


def _needed_libraries() -> list[str]:
    needed = [line for line in requires(DISTRIBUTION) or [] if "extra ==" not in line]
    return sorted(_normalised(NOT_IN_NAMES.split(line)[0]) for line in needed)


def _normalised(name: str) -> str:
    """The one spelling of a library's name that PEP 503 chooses."""
    return re.sub(r"[-_.]+", "-", name).lower()


def package_digest() -> str:
    """The SHA-256 of the package: every module, template and style."""
    combined = hashlib.sha256()
    for path in sorted(steps.package_files(steps.PROJECT_ROOT / "pipeline")):
        line = f"{path.relative_to(steps.PROJECT_ROOT).as_posix()} {file_digest(path)}\n"
        combined.update(line.encode())
    return combined.hexdigest()


def lock_digest() -> str | None:
    """The SHA-256 of requirements.lock; None if the package is installed without it."""
    lock = steps.PROJECT_ROOT / LOCK_FILE
    return file_digest(lock) if lock.is_file() else None


def project_files_differ(commit: str) -> bool:
    """Whether the package or the notebooks are not those of a commit, or it is not known here.

    False without git: then nothing is known of commits.
    """
    if _git("rev-parse", "HEAD") is None:
        return False
    return _git("diff", "--quiet", commit, "--", "pipeline", "notebooks") is None


def _git(*args: str) -> str | None:
    """What git prints about the project; None without git, or outside a repository."""
    if not (steps.PROJECT_ROOT / ".git").exists():
        return None
    command = ["git", "-C", str(steps.PROJECT_ROOT), *args]
    try:
        finished = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    except OSError:
        return None
    return finished.stdout.strip() if finished.returncode == 0 else None
