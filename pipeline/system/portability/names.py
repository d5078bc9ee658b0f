"""Names and lengths of paths that Windows does not have."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline import system
from pipeline.problem import Kind, Problem

RESERVED_NAME = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?: *\..*)?", re.IGNORECASE
)
FORBIDDEN_SIGN = re.compile(r'[<>:"|?*\\/\x00-\x1f]|[. ]$')
MAX_PATH_CHARACTERS = 259
# The longest path of a run below its workspace: that of a page of the audit, in the history.
LONGEST_PATH_BELOW = 120
LONG_PATHS_KEY = r"SYSTEM\CurrentControlSet\Control\FileSystem"


def is_portable(name: str) -> bool:
    """Whether a file or folder may have this name on every system."""
    return not RESERVED_NAME.fullmatch(name) and not FORBIDDEN_SIGN.search(name)


def check_portable_names(path: Path) -> None:
    """Raise a Problem for a path that Windows lacks, if this is Windows: CON, or `page.html:1`."""
    if system.IS_POSIX:
        return
    for name in path.parts:
        if name not in (path.anchor, "..") and not is_portable(name):
            raise Problem(
                kind=Kind.SETTINGS,
                where=str(path),
                what=f'Windows has no file or folder with the name "{name}"',
                remedy="Give it another name, of letters, digits, hyphens and spaces.",
            )


def check_path_length(workspace: Path) -> None:
    """Raise a Problem if Windows could not open all files of a run, since their paths are long."""
    most = MAX_PATH_CHARACTERS - LONGEST_PATH_BELOW
    length = len(str(workspace.absolute()))
    if system.IS_POSIX or length <= most or _takes_long_paths():
        return
    raise Problem(
        kind=Kind.MACHINE,
        where=str(workspace),
        what=f"the path of this folder has {length} characters, and Windows opens no file whose "
        f"path has more than {MAX_PATH_CHARACTERS}",
        remedy=f"Move the workspace to a folder whose path has at most {most} characters, such as "
        r"C:\reports, or have long paths enabled on this machine.",
    )


def _takes_long_paths() -> bool:
    """Whether an administrator has enabled long paths."""
    try:
        import winreg
    except ImportError:
        return False
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, LONG_PATHS_KEY) as key:  # type: ignore[attr-defined,unused-ignore]
            return bool(winreg.QueryValueEx(key, "LongPathsEnabled")[0])  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return False
