"""Compare the published files and processed tables of two revisions, byte for byte.

    python tests/published_bytes.py --against REVISION

A commit that moves or renames code must not change these bytes. The reports are those of the sample
(both years, under both disclosure policies), of an empty year, of a large council and of invented
councils. The audit is left out: it contains the notebooks, whose imports may change, and the times
of the run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "tests" / "sample"))

from other_councils import write_council  # noqa: E402
from other_years import write_empty_year, write_large_year  # noqa: E402

COMMAND = Path(sys.executable).with_name("annual-report")
INVENTED_COUNCILS = range(6)


def copy_sample(workspace: Path) -> None:
    shutil.copytree(REPOSITORY / "data" / "raw", workspace / "data" / "raw")


def suppress_small_numbers(workspace: Path) -> None:
    copy_sample(workspace)
    council = workspace / "data" / "raw" / "council.yaml"
    council.write_text(
        council.read_text("utf-8").replace("policy: publish", "policy: suppress"), encoding="utf-8"
    )


def changed_sample(change: Callable[[Path], None]) -> Callable[[Path], None]:
    def prepare(workspace: Path) -> None:
        copy_sample(workspace)
        change(workspace / "data" / "raw")

    return prepare


def workspaces() -> dict[str, Callable[[Path], None]]:
    """What fills each workspace, by name."""
    prepared = {
        "sample": copy_sample,
        "suppressed": suppress_small_numbers,
        "nothing": changed_sample(write_empty_year),
        "large": changed_sample(write_large_year),
    }
    for number in INVENTED_COUNCILS:
        prepared[f"council-{number}"] = lambda workspace, number=number: write_council(
            workspace, number
        )
    return prepared


def digests(checkout: Path, folder: Path) -> dict[str, str]:
    """The SHA-256 of every published file and processed table that a checkout's code makes.

    folder: where the workspaces are made; the paths in the result are relative to it.
    """
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(checkout), str(entry_points_of(checkout))])
    }
    for name, prepare in workspaces().items():
        workspace = folder / name
        prepare(workspace)
        for year in sorted(path.name for path in (workspace / "data" / "raw").glob("*/")):
            command = [COMMAND, "run", year, "--workspace", workspace]
            finished = subprocess.run(
                command, env=environment, capture_output=True, text=True, check=False
            )
            if finished.returncode:
                raise SystemExit(
                    f"{name}, {year}, by {checkout}:\n{finished.stdout}{finished.stderr}"
                )
    return {
        path.relative_to(folder).as_posix(): digest(path) for path in sorted(compared_files(folder))
    }


def entry_points_of(checkout: Path) -> Path:
    """A folder with the checkout's entry points, from which papermill takes its engine."""
    folder = Path(tempfile.mkdtemp())
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--target",
        folder,
        checkout,
    ]
    subprocess.run(pip, check=True)
    shutil.rmtree(folder / "pipeline")
    return folder


def compared_files(folder: Path) -> Iterator[Path]:
    for pattern in ("*/reports/*/*", "*/data/processed/*/**/*"):
        yield from (path for path in folder.glob(pattern) if path.is_file())


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digests_of_revision(revision: str, cache: Path) -> dict[str, str]:
    """The digests of a revision, made in its own worktree and cached."""
    commit = subprocess.check_output(
        ["git", "-C", REPOSITORY, "rev-parse", revision], text=True
    ).strip()
    cached = cache / f"published-bytes-{commit}.json"
    if not cached.is_file():
        with tempfile.TemporaryDirectory() as temporary:
            checkout = Path(temporary) / "checkout"
            subprocess.run(
                ["git", "-C", REPOSITORY, "worktree", "add", "-q", "--detach", checkout, commit],
                check=True,
            )
            try:
                cached.write_text(
                    json.dumps(digests(checkout, Path(temporary) / "workspaces")), encoding="utf-8"
                )
            finally:
                subprocess.run(
                    ["git", "-C", REPOSITORY, "worktree", "remove", "--force", checkout], check=True
                )
    return json.loads(cached.read_text(encoding="utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--against", metavar="REVISION", default="HEAD", help="the revision to compare with (HEAD)"
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir()),
        help="where a revision's digests are kept",
    )
    options = parser.parse_args()
    expected = digests_of_revision(options.against, options.cache)
    with tempfile.TemporaryDirectory() as temporary:
        actual = digests(REPOSITORY, Path(temporary))
    different = sorted(
        name for name in {*expected, *actual} if expected.get(name) != actual.get(name)
    )
    for name in different:
        if name not in actual:
            print(f"missing: {name}")
        elif name not in expected:
            print(f"new: {name}")
        else:
            print(f"different: {name}")
    print(f"{len(actual)} files compared with {options.against}, {len(different)} differ")
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
