"""Kill commands at random moments, with and without fork, and list what is damaged or left behind.

`PYTHONPATH=tests:tests/run python tests/benchmarks/kill_commands.py 0 100` prints a line for each
fault, and at the end how many of which command were killed. A kill takes about twenty seconds.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from builders import COMMAND, copy_sample, file_bytes
from faulty_runs import agrees_with_its_record
from runs import (
    STOP_SECONDS,
    YEAR,
    run_processes,
    start_command,
    surviving_processes,
    unfinished_folders,
)

from pipeline.run.record import load_record
from pipeline.run.verify import changed_tables
from pipeline.settings import load_settings

# As on a system that cannot fork.
WITHOUT_FORK = """
import multiprocessing
multiprocessing.get_all_start_methods = lambda: ["spawn"]
from pipeline.cli import main
if __name__ == "__main__":
    main()
"""
COMMANDS = ("run", "run", "batch", "verify", "preview")
RUN_AFTER_KILLS = 10  # a whole run now and then shows that nothing is blocked
ATTEMPTS = 5  # for a command that ends before it is killed
# How many times as long as a run, where commands fork and where they do not; then it is measured.
EXPECTED_TIMES = {
    "run": (0.9, 1.7),
    "batch": (1.3, 2.5),
    "verify": (1.5, 2.7),
    "preview": (0.9, 1.6),
}


@dataclass
class Scene:
    """Where commands are killed.

    workspaces: each with a report. run_seconds: how long that took.
    seconds: how long each command takes, by its name and whether it forks.
    """

    folder: Path
    workspaces: list[Path]
    run_seconds: float
    seconds: dict[tuple[str, bool], float] = field(default_factory=dict)

    @property
    def temporary(self) -> Path:
        return self.folder / "t"

    @property
    def outputs(self) -> Path:
        """A folder for the files that options name."""
        return self.folder / "outputs"

    @property
    def without_fork(self) -> list[str]:
        """The program whose commands do not fork."""
        return [sys.executable, str(self.folder / "without_fork.py")]

    def words(self, command: str) -> list[str | Path]:
        workspace = ["--workspace", self.workspaces[0]]
        match command:
            case "run":
                return ["run", YEAR, *workspace, "--formats", "html,pdf", "--force"]
            case "batch":
                page = ["--page", self.outputs / "batch.html", "--jobs", "2"]
                years = ["--years", YEAR, "--formats", "html", "--force"]
                return ["batch", *self.workspaces, *years, *page]
            case "verify":
                return ["verify", YEAR, *workspace, "--bundle", self.outputs / "bundle.zip"]
        return ["preview", YEAR, *workspace]


def make_scene(folder: Path) -> Scene:
    workspace = copy_sample(folder / "east")
    command = [COMMAND, "run", YEAR, "--workspace", workspace, "--formats", "html,pdf"]
    start = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    run_seconds = time.monotonic() - start
    other = Path(shutil.copytree(workspace, folder / "west"))
    scene = Scene(folder, [workspace, other], run_seconds)
    for path in (scene.temporary, scene.outputs):
        path.mkdir()
    Path(scene.without_fork[1]).write_text(WITHOUT_FORK)
    return scene


def kill_command(scene: Scene, seed: int) -> tuple[str, list[str]]:
    """The command that was killed at a random moment, and everything that is wrong after it."""
    chance = random.Random(seed)
    command = COMMANDS[seed % len(COMMANDS)]
    forks = bool(seed // len(COMMANDS) % 2)
    name = f"{command}, {'fork' if forks else 'spawn'}"
    raw = [file_bytes(workspace / "data" / "raw") for workspace in scene.workspaces]
    moment = 0.0
    for _ in range(ATTEMPTS):
        times = EXPECTED_TIMES[command][not forks]
        expected = scene.seconds.get((command, forks), times * scene.run_seconds)
        moment = chance.random() * expected
        start = time.monotonic()
        program = [COMMAND] if forks else scene.without_fork
        started = start_command(scene.temporary, *scene.words(command), program=program)
        with suppress(subprocess.TimeoutExpired):
            started.wait(timeout=moment)
            scene.seconds[command, forks] = time.monotonic() - start
        was_running = started.poll() is None
        started.kill()
        started.wait(STOP_SECONDS)
        if was_running:
            break
    faults = list(_faults(scene, raw, command == "batch"))
    faults += [] if was_running else ["it ended before it could be killed"]
    return f"{name}, killed after {moment:.1f} s", faults


def _faults(scene: Scene, raw: list[dict[str, bytes]], is_batch: bool) -> Iterator[str]:
    left = surviving_processes(scene.temporary, STOP_SECONDS)
    if left:
        yield f"left running: {[process.cmdline() for process in left]}"
        for process in left:
            with suppress(psutil.Error):
                process.kill()
    if [file_bytes(workspace / "data" / "raw") for workspace in scene.workspaces] != raw:
        yield "raw data changed"
    for workspace in scene.workspaces[: 2 if is_batch else 1]:
        # Any command recovers what the killed one left.
        finished = _next_command(scene, "status", YEAR, "--workspace", workspace)
        if finished.returncode:
            yield f"status: {finished.stderr}"
    names = [path.name for path in scene.outputs.iterdir()]
    if not set(names) <= {"batch.html", "bundle.zip"}:
        yield f"left next to the output: {names}"
    temporary = [str(path.relative_to(scene.temporary)) for path in scene.temporary.rglob("*")]
    if temporary:
        yield f"left in the temporary folder: {temporary}"
        shutil.rmtree(scene.temporary)
        scene.temporary.mkdir()
    for workspace in scene.workspaces:
        yield from _workspace_faults(workspace)


def _workspace_faults(workspace: Path) -> Iterator[str]:
    if unfinished_folders(workspace):
        yield f"left in the workspace: {unfinished_folders(workspace)}"
    settings = load_settings(workspace, YEAR)
    reports = [settings.published_folder]
    reports += (workspace / "reports" / "history" / YEAR).glob("*/")
    for report in reports:
        if not agrees_with_its_record(report):
            yield f"{report.name} differs from its record"
    if changed_tables(settings, load_record(settings.published_folder)):
        yield "tables and report are of two runs"


def _next_command(scene: Scene, *words: str | Path) -> subprocess.CompletedProcess:
    command = start_command(scene.temporary, *words)
    output, errors = command.communicate()
    return subprocess.CompletedProcess(command.args, command.returncode, output, errors)


def main(first: int, last: int) -> None:
    """Kill the commands of these seeds."""
    commands: Counter[str] = Counter()
    faulty = []
    with tempfile.TemporaryDirectory(prefix="k-") as folder:
        scene = make_scene(Path(folder))
        for seed in range(first, last):
            name, faults = kill_command(scene, seed)
            commands[name.rpartition(",")[0]] += 1
            if (seed - first + 1) % RUN_AFTER_KILLS == 0:
                words = ("run", YEAR, "--workspace", scene.workspaces[0], "--force")
                finished = _next_command(scene, *words, "--formats", "html")
                if finished.returncode:
                    faults.append(f"the next run: {finished.stderr}")
            if faults:
                faulty.append(seed)
            print(seed, name, faults or "", flush=True)
        assert run_processes(scene.temporary) == []
    print(f"{dict(commands)}, faults: {faulty}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
