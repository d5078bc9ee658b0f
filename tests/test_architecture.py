"""Imports run one way, and Great Expectations is known in one place."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "pipeline"
ROOMS = {"validate", "clean", "aggregate", "report", "run"}
MAY_IMPORT = {
    "validate": set(),
    "clean": {"validate"},
    "aggregate": {"clean", "validate"},
    "report": set(),
    "run": set(),
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(path):
    """Every module that a file names in an import, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def room_of(module):
    parts = module.split(".")
    return parts[1] if parts[0] == "pipeline" and len(parts) > 1 and parts[1] in ROOMS else None


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_from_rooms_before_its_own(path):
    place = path.relative_to(PACKAGE).parts
    if place == ("cli.py",):
        return
    own = place[0] if len(place) > 1 else None
    allowed = (MAY_IMPORT[own] | {own, None}) if own in ROOMS else {None}
    if own is not None and own not in ROOMS:  # a room for new years, that reads the dictionary
        allowed = {None, "validate"}
    assert {room_of(module) for module in imported(path)} <= allowed


def test_great_expectations_is_imported_in_one_module_only_and_late():
    knows = [path for path in MODULES if any(module.startswith("great_expectations") for module in imported(path))]
    assert knows == [PACKAGE / "validate" / "expectations.py"]
    tree = ast.parse(knows[0].read_text(encoding="utf-8"))
    at_the_top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert not [node for node in at_the_top if "great_expectations" in ast.dump(node)]


def test_asking_for_help_imports_nothing_heavy():
    heavy = ["pandas", "papermill", "nbconvert", "great_expectations", "matplotlib", "pydantic"]
    code = f"import pipeline.cli, sys; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_no_module_is_too_long_to_read_and_none_is_a_drawer():
    assert [path for path in MODULES if len(path.read_text(encoding="utf-8").splitlines()) > 400] == []
    assert [path for path in MODULES if path.stem in {"utils", "helpers", "misc", "common"}] == []
