"""What only POSIX has is called in few places, each of which does without it elsewhere."""

from __future__ import annotations

import ast
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from builders import REPOSITORY, file_bytes
from stub_names import uses_of_posix

from pipeline import system
from pipeline.problem import Problem
from pipeline.system.errors import machine_problem
from pipeline.system.folders import flush_tree
from pipeline.system.output_files import OutputFile
from pipeline.system.portability import names, renames

PACKAGE = REPOSITORY / "pipeline"
# What Windows lacks, or has with another effect.
# fmt: off
POSIX_ONLY = {
    "os": {
        "chown", "chroot", "ctermid", "execl", "execle", "execlp", "execv", "execve", "execvp",
        "fchdir", "fchmod", "fchown", "fork", "forkpty", "fsync", "getegid", "geteuid", "getgid",
        "getgroups", "getloadavg", "getpgid", "getpgrp", "getpriority", "getresuid", "getsid",
        "getuid", "kill", "killpg", "lchown", "link", "lockf", "mkfifo", "mknod", "nice", "openpty",
        "posix_fadvise", "posix_spawn", "pread", "pwrite", "register_at_fork", "rename", "renames",
        "replace", "sched_getaffinity", "sched_setaffinity", "sendfile", "setgid", "setpgid",
        "setpriority", "setsid", "setuid", "statvfs", "sync", "sysconf", "tcgetpgrp", "ttyname",
        "uname", "wait", "wait3", "wait4", "waitid", "WNOHANG", "O_DIRECTORY", "O_NOFOLLOW",
        "O_NONBLOCK", "symlink", "name",
    },
    "signal": {
        "SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGSTOP", "SIGUSR1",
        "SIGUSR2", "alarm", "pause", "pthread_kill", "pthread_sigmask", "setitimer",
        "siginterrupt", "sigpending", "sigwait", "set_wakeup_fd",
    },
    "socket": {"AF_UNIX", "socketpair", "sendmsg"},
    "sys": {"platform"},
    "time": {"tzset"},
}
# Of any object: methods of a path and of a process.
METHODS = {"rename", "symlink_to", "hardlink_to", "owner", "group", "is_mount", "num_fds",
           "add_signal_handler"}
MODULES = {"fcntl", "grp", "pty", "pwd", "resource", "select", "selectors", "syslog", "termios",
           "tty"}
DEVICES = ("/dev/", "/proc/", "/tmp", "/etc/")
# Each place that may, and what happens elsewhere.
ALLOWED = {
    "run/batch/executors.py": {"os.sched_getaffinity"},  # all cores
    # Only where processes fork; elsewhere each kernel is a program that jupyter_client starts.
    "run/kernels/patches/fork_server.py": {"os.kill"},
    "run/kernels/pool.py": {"os.kill", "os.killpg", "signal.SIGKILL"},
    "run/kernels/forked.py": {"os.setsid", "time.tzset"},
    "run/record/software.py": {"sys.platform"},  # its name is recorded
    "run/freshness.py": {"sys.platform"},
    # A link in the inputs, which the snapshot has, too; Windows lets few users make one.
    "run/snapshot.py": {".symlink_to"},
    "report/documents/pdf/__init__.py": {"sys.platform"},  # another command installs the libraries
    "system/errors.py": {"os.statvfs"},  # a disk without room for another file is not told
    "system/folders.py": {"os.fsync", "sys.platform"},  # a folder is not flushed
    "system/portability/programs.py": {"os.execv", "os.kill"},  # a child process; raise_signal
    "system/processes/signals.py": {"signal.pthread_sigmask"},  # a process ignores it once it runs
    "system/temporary.py": {"os.getuid"},  # each user has a folder for temporary files
    "validate/reading/sheet_worker.py": {"resource"},  # no limit; the watch of memory has one
}
# What the type stubs of the standard library say that Windows lacks: the same, and no other place.
LACKING = {
    "run/batch/executors.py": {"os.sched_getaffinity"},
    "run/kernels/fork_server.py": {"multiprocessing.context.ForkServerContext"},  # only a type
    "run/kernels/pool.py": {"os.killpg", "signal.SIGKILL"},
    "run/kernels/forked.py": {"os.setsid", "time.tzset"},
    "system/errors.py": {"os.statvfs"},
    "system/processes/signals.py": {"signal.SIG_BLOCK", "signal.SIG_SETMASK", "signal.SIG_UNBLOCK",
                            "signal.pthread_sigmask"},
    "system/temporary.py": {"os.getuid"},
    "validate/reading/sheet_worker.py": {"resource.RLIMIT_AS", "resource.RLIMIT_CORE",
                                         "resource.setrlimit"},
}
# fmt: on


@cache
def trees() -> dict[str, ast.Module]:
    """The code of each module of the package."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_bytes()) for path in paths}


def posix_calls(tree: ast.AST) -> Iterator[str]:
    """What of POSIX_ONLY, METHODS, MODULES and DEVICES the code names."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(ast.Name(module), name) if name in POSIX_ONLY.get(module, ()):
                yield f"{module}.{name}"
            case ast.Call(ast.Attribute(_, name)) if name in METHODS and not is_of_table(node):
                yield f".{name}"
            case ast.Constant(str(text)) if text.startswith(DEVICES):
                yield text
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        if isinstance(node, ast.ImportFrom):
            if node.module in MODULES:
                yield str(node.module)
            names_there = POSIX_ONLY.get(str(node.module), set())
            yield from (
                f"{node.module}.{alias.name}" for alias in node.names if alias.name in names_there
            )


def is_of_table(call: ast.Call) -> bool:
    """Whether a method is pandas', which renames columns."""
    return bool({keyword.arg for keyword in call.keywords} & {"columns", "index"}) or any(
        isinstance(arg, ast.Constant | ast.Dict) for arg in call.args
    )


@pytest.mark.slow
def test_posix_only_calls_are_where_there_is_an_alternative():
    calls = {name: set(posix_calls(tree)) for name, tree in trees().items()}
    assert {name: names for name, names in calls.items() if names} == ALLOWED


@pytest.mark.slow
def test_nothing_else_that_windows_lacks_is_used():
    uses = {name: set(uses_of_posix(tree)) for name, tree in trees().items()}
    assert {name: names for name, names in uses.items() if names} == LACKING


@pytest.mark.parametrize(
    ("code", "use"),
    [
        ("import os\nos.fork()", "os.fork"),
        ("import os as system\nsystem.geteuid()", "os.geteuid"),
        ("from os import chown as give", "os.chown"),
        ("import os\nos.sync()", "os.sync"),
        ("import select\nselect.poll()", "select.poll"),
        ("from fcntl import flock", "fcntl.flock"),
        ("import pwd\npwd.getpwuid(0)", "pwd.getpwuid"),
        ("import signal\nsignal.SIGTSTP", "signal.SIGTSTP"),
    ],
)
def test_use_that_windows_lacks_is_known_from_the_stubs(code, use):
    assert list(uses_of_posix(ast.parse(code))) == [use]


@pytest.mark.parametrize(
    "code", ["import os\nos.getpid()", "import signal\nsignal.SIGTERM", "import re\nre.compile"]
)
def test_use_that_windows_has_is_fine(code):
    assert list(uses_of_posix(ast.parse(code))) == []


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("import os\nos.fork()", "os.fork"),
        ("from os import killpg", "os.killpg"),
        ("import fcntl", "fcntl"),
        ("from resource import getrlimit", "resource"),
        ("signal.signal(signal.SIGHUP, stop)", "signal.SIGHUP"),
        ("path.rename(other)", ".rename"),
        ("open('/proc/self/status')", "/proc/self/status"),
    ],
)
def test_posix_only_call_is_seen_however_it_is_written(code, call):
    assert list(posix_calls(ast.parse(code))) == [call]


def test_text_is_written_with_its_encoding_and_line_end():
    """Without them Windows writes cp1252 and CRLF, and a report would have other bytes there."""
    faults = []
    for name, tree in trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            options = {keyword.arg for keyword in node.keywords}
            needed = {
                "write_text": {"encoding", "newline"},
                "read_text": {"encoding"},
                "to_csv": {"lineterminator"},
            }.get(node.func.attr, set())
            if not needed <= options:
                faults.append(f"{name}, line {node.lineno}")
    assert faults == []


@pytest.fixture
def windows(monkeypatch) -> None:
    """The answers of Windows to what modules ask of the system."""
    monkeypatch.setattr(system, "IS_POSIX", False)


@pytest.mark.parametrize(
    ("name", "is_portable"),
    [
        ("annual-report.html", True),
        ("Zoë's page.html", True),
        ("console.html", True),
        ("CON", False),
        ("nul.html", False),
        ("Com1.csv", False),
        ("page.html:stream", False),
        ("page?.html", False),
        ("page.", False),
        ("page ", False),
    ],
)
def test_name_that_windows_lacks_is_refused_there(name, is_portable, windows, tmp_path):
    assert names.is_portable(name) == is_portable
    output = OutputFile("--page", tmp_path / name, "Title", overwrite=False, workspaces=[])
    if is_portable:
        output.check()
    else:
        with pytest.raises(Problem, match="Windows has no file or folder with the name"):
            output.check()


@pytest.mark.slow
def test_files_of_a_run_have_names_for_every_system(sample_report):
    paths = list(file_bytes(sample_report.workspace))
    assert len(paths) > 50
    assert [path for path in paths if not all(map(names.is_portable, path.split("/")))] == []
    assert len({path.casefold() for path in paths}) == len(paths)
    history = len("history/2021-22-120000-02/")
    assert max(map(len, paths)) + history <= names.LONGEST_PATH_BELOW


def test_workspace_with_too_long_a_path_is_refused_on_windows(windows):
    names.check_path_length(Path("C:/reports"))
    with pytest.raises(Problem, match="the path of this folder has 200 characters"):
        names.check_path_length(Path("/" + "long/" * 40))


def test_rename_waits_until_a_file_is_closed(windows, tmp_path, monkeypatch):
    """A folder without permission to write refuses a rename as an open file does on Windows."""
    source = tmp_path / "source"
    source.mkdir()
    is_open = threading.Event()
    is_open.set()
    replace = Path.replace

    def replace_if_closed(path: Path, target: Path) -> Path:
        if is_open.is_set():
            raise PermissionError(13, "another program has it open", str(path))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", replace_if_closed)
    threading.Timer(0.15, is_open.clear).start()
    renames.rename(source, tmp_path / "target")
    assert (tmp_path / "target").is_dir()
    is_open.set()
    monkeypatch.setattr(renames, "PATIENCE_SECONDS", 0.1)
    with pytest.raises(PermissionError) as refused:
        renames.rename(tmp_path / "target", source)
    problem = machine_problem(refused.value)
    assert problem is not None
    assert "another program has it open" in problem.what


def test_files_are_flushed_where_folders_cannot_be(windows, tmp_path):
    (tmp_path / "file").write_text("content")
    (tmp_path / "read only").write_text("content")
    (tmp_path / "read only").chmod(0o400)
    flush_tree(tmp_path)
