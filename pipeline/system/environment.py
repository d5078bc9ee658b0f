"""Environment variables of the user that would change how this program's own processes work."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping

from pipeline.system.portability.programs import start_again

# What configures Python, IPython, Jupyter and the libraries for somebody's other work.
FOREIGN_PREFIXES = ("PYTHON", "IPYTHON", "JUPYTER", "MPL", "PAPERMILL", "NBCLIENT")
COMPLETION_NAME = "_ANNUAL_REPORT_COMPLETE"  # set by a shell that asks how a command goes on
COMPLETION_REQUEST = re.compile("(complete|source)_(bash|zsh|fish|powershell|pwsh)")
FOREIGN_NAMES = ("SOURCE_DATE_EPOCH", "DASK_CONFIG", COMPLETION_NAME)
# Of those with these prefixes, what does no harm: where modules and caches are, and the encoding.
# fmt: off
HARMLESS_NAMES = {
    "PYTHONPATH", "PYTHONHOME", "PYTHONNOUSERSITE", "PYTHONSAFEPATH", "PYTHONHASHSEED",
    "PYTHONUTF8", "PYTHONIOENCODING", "PYTHONCOERCECLOCALE", "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONLEGACYWINDOWSSTDIO", "MPLCONFIGDIR",
}
# fmt: on


def foreign_names(environment: Mapping[str, str]) -> list[str]:
    """The variables of an environment that our processes do without, such as PYTHONSTARTUP."""
    named = [name for name in environment if name.startswith(FOREIGN_PREFIXES)]
    return [
        name
        for name in [*named, *FOREIGN_NAMES]
        if name in environment and name not in HARMLESS_NAMES
    ]


def drop_foreign_variables() -> None:
    """Drop from the environment of this process, and of those that it starts, what is not ours.

    Python has then read its own already: see `start_again_without_foreign_variables`.
    """
    for name in foreign_names(os.environ):
        del os.environ[name]


def start_again_without_foreign_variables() -> None:
    """Start this command again if Python has read a variable that changes how it works.

    PYTHONWARNINGS=error, for one, would end it in the middle of a library.
    """
    completion_request = os.environ.get(COMPLETION_NAME, "")
    names = foreign_names(os.environ)
    drop_foreign_variables()
    if COMPLETION_REQUEST.fullmatch(completion_request):
        os.environ[COMPLETION_NAME] = completion_request
    if any(name.startswith("PYTHON") for name in names) and sys.executable:
        start_again()
