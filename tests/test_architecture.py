"""Imports run one way, and Great Expectations is known in one place."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "pipeline"
# Of the rooms before its own, those that a room may name. The report reads the published figures from their file, and the chain
# knows its steps by their notebooks. A room that is not listed here has no place yet.
MAY_IMPORT = {
    "validate": set(),
    "clean": {"validate"},
    "aggregate": {"clean", "validate"},
    "report": set(),
    "audit": {"report", "aggregate", "clean", "validate"},
    "run": set(),
    "start": {"validate"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(path):
    """Every module, or thing in one, that a file names in an import, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}, line {node.lineno}: imports name the package, so that their direction can be read"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(module):
    """The room that a module stands in; None for what is outside the package, and for its modules that belong to no room."""
    parts = module.split(".")
    return parts[1] if parts[0] == "pipeline" and len(parts) > 1 and (PACKAGE / parts[1]).is_dir() else None


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_from_rooms_before_its_own(path):
    if path in (PACKAGE / "cli.py", PACKAGE / "making.py"):
        return  # where the rooms are put together
    own = room_of(".".join(path.relative_to(PACKAGE.parent).parts))
    allowed = {None} if own is None else {None, own, *MAY_IMPORT[own]}
    assert {room_of(module) for module in imported(path)} <= allowed


def test_the_rooms_are_those_of_the_design():
    assert {path.parent.name for path in PACKAGE.glob("*/__init__.py")} == set(MAY_IMPORT)


def test_great_expectations_is_imported_in_one_module_only_and_late():
    knows = [path for path in MODULES if any(module.split(".")[0] == "great_expectations" for module in imported(path))]
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
