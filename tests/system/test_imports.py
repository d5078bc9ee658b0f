"""A module that is imported when it is used stays unloaded until then."""

from __future__ import annotations

import subprocess
import sys

from builders import REPOSITORY

IMPORTED_LATE = """
import sys
from pipeline.system.imports import imported_when_used
with imported_when_used("xml.dom.minidom"):
    import xml.dom.minidom
"""
IS_LOADED = "print('xml.dom.minicompat' in sys.modules)"  # which that module imports


def printed_after_importing_late(code: str) -> list[str]:
    command = [sys.executable, "-c", f"{IMPORTED_LATE}{code}\n{IS_LOADED}"]
    finished = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return finished.stdout.split()


def test_module_is_not_loaded_by_importing_it_again():
    assert printed_after_importing_late("import xml.dom.minidom") == ["False"]


def test_module_is_not_loaded_when_every_module_is_asked_for_its_file():
    """As ipykernel asks when a kernel starts."""
    code = "print(len([m.__file__ for m in [*sys.modules.values()] if hasattr(m, '__file__')]) > 1)"
    assert printed_after_importing_late(code) == ["True", "False"]


def test_module_is_loaded_by_using_it():
    code = "print(xml.dom.minidom.parseString('<a/>').documentElement.tagName)"
    assert printed_after_importing_late(code) == ["a", "True"]


def test_module_is_loaded_by_importing_something_from_it():
    code = "from xml.dom.minidom import Element; print(Element.__name__)"
    assert printed_after_importing_late(code) == ["Element", "True"]
