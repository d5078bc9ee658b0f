"""Imports run one way, and Great Expectations is known in one place."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "pipeline"
LOOSE_MODULES = {
    "__init__",
    "artifacts",
    "inputs",
    "linear_program",
    "problem",
    "significance",
    "year",
}
# The packages that each package may import, besides the vocabulary (`problem`, `year`, `artifacts`,
# `significance` and `linear_program`). The report reads the published figures from their file, and
# the chain knows its steps by their notebooks.
MAY_IMPORT = {
    "system": set(),
    "procedures": set(),
    "open_data": set(),
    "settings": {"open_data", "procedures", "system"},
    "reference": {"procedures", "open_data", "settings", "system"},
    "validate": {"procedures", "open_data", "reference", "settings", "system"},
    "clean": {"procedures", "validate", "open_data", "reference", "settings", "system"},
    "aggregate": {
        "procedures",
        "clean",
        "validate",
        "open_data",
        "reference",
        "settings",
        "system",
    },
    "report": {"procedures", "open_data", "reference", "settings", "system"},
    "release": {"procedures", "report", "reference", "validate", "open_data", "settings", "system"},
    "run": {"procedures", "open_data", "settings", "system"},
    "audit": {
        "open_data",
        "procedures",
        "run",
        "reference",
        "report",
        "aggregate",
        "clean",
        "validate",
        "settings",
        "system",
    },
    "joint": {
        "open_data",
        "reference",
        "procedures",
        "run",
        "report",
        "aggregate",
        "clean",
        "validate",
        "settings",
        "system",
    },
    "review": {
        "open_data",
        "reference",
        "audit",
        "procedures",
        "run",
        "report",
        "aggregate",
        "clean",
        "validate",
        "settings",
        "system",
    },
    "start": {"procedures", "validate", "open_data", "reference", "settings", "system"},
}
ANYTHING = set(MAY_IMPORT)
MAY_IMPORT["workflow"] = ANYTHING
MAY_IMPORT["cli"] = {*ANYTHING, "workflow"}
DIAGRAM = PACKAGE.parent / "docs" / "architecture.md"
MOST_MODULES = 12  # in one folder
MODULES = sorted(PACKAGE.rglob("*.py"))
# These import what other packages will need, so they name all packages.
PRELOADS = PACKAGE / "run" / "kernels" / "preload"


def name_of(path: Path) -> str:
    """The dotted name of a module's file."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {name_of(path): path for path in MODULES}
NAMES = set(FILES)
PRELOAD_NAMES = {name_of(path) for path in MODULES if path.is_relative_to(PRELOADS)}


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module, or object in one, that the code imports, names or reaches by a path."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, (
                f"line {node.lineno}: name the package, so that the direction can be read"
            )
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.fullmatch(r"pipeline(\.\w+)+", node.value):
                yield node.value
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            parts = path_parts(node)
            if "pipeline" in parts:
                yield ".".join(parts[parts.index("pipeline") :])


def path_parts(node: ast.expr) -> list[str]:
    """The constant parts of a path that is joined with `/`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return path_parts(node.left) + path_parts(node.right)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def package_of(module: str) -> str | None:
    """The package of ours that a module belongs to; None for other libraries and loose modules."""
    parts = module.split(".")
    return (
        parts[1] if parts[0] == "pipeline" and len(parts) > 1 and parts[1] in MAY_IMPORT else None
    )


def allowed_for(path: Path) -> set[str]:
    own = package_of(name_of(path))
    if name_of(path) == "pipeline":
        return {"system"}  # it notes the state of the modules before any other is imported
    if path.is_relative_to(PRELOADS):
        return {*ANYTHING, "workflow"}
    if name_of(path) == "pipeline.inputs":
        return ANYTHING
    return {own, *MAY_IMPORT[own]} if own else set()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_module_imports_only_what_its_package_may(path):
    packages = {package_of(module) for module in imported(parsed(path))} - {None}
    assert packages <= allowed_for(path)


@pytest.mark.parametrize(
    ("code", "package"),
    [
        ("from pipeline.audit import site", "audit"),
        ("import pipeline.audit.site", "audit"),
        ("import_module('pipeline.audit.site')", "audit"),
        ("PROJECT / 'pipeline' / 'audit' / 'templates'", "audit"),
        ("def late():\n    from pipeline.audit.site import pack", "audit"),
    ],
)
def test_import_is_seen_however_it_is_written(code, package):
    assert {package_of(module) for module in imported(ast.parse(code))} - {None} == {package}


def test_every_module_named_in_a_string_exists():
    for path in MODULES:
        strings = [node.value for node in ast.walk(parsed(path)) if isinstance(node, ast.Constant)]
        named = {
            text
            for text in strings
            if isinstance(text, str) and re.fullmatch(r"pipeline(\.\w+)+", text)
        }
        assert named - NAMES == set(), path


def test_every_file_named_beside_a_module_exists():
    """Such as a script that another process runs: `Path(__file__).with_name("sheet_worker.py")`."""
    for path in MODULES:
        for node in ast.walk(parsed(path)):
            is_call = isinstance(node, ast.Call)
            if is_call and ast.unparse(node.func) == "Path(__file__).with_name":
                (name,) = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
                assert path.with_name(name).is_file(), f"{path}, line {node.lineno}: {name}"


def test_no_two_modules_import_each_other_in_a_circle():
    graph: dict[str, set[str]] = {}
    for path in MODULES:
        without_types = ast.Module([*run_time_statements(parsed(path))], [])
        # A preload is imported by another process, so naming it closes no circle.
        named = {nearest_module(module) for module in imported(without_types)} - PRELOAD_NAMES
        graph[name_of(path)] = {module for module in named if module and module != name_of(path)}
    visited: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, (
            f"a circle: {' → '.join([*trail[trail.index(module) :], module])}"
        )
        if module not in visited:
            for other in sorted(graph[module]):
                visit(other, (*trail, module))
            visited.add(module)

    for module in sorted(graph):
        visit(module, ())


def modules_reached(start: str) -> set[str]:
    """The modules of ours that a module imports, directly or not and wherever it does so."""
    reached: set[str] = set()
    pending = [start]
    while pending:
        module = pending.pop()
        if module not in reached:
            reached.add(module)
            named = imported(parsed(FILES[module]))
            pending += [nearest for name in named if (nearest := nearest_module(name))]
    return reached


def test_attack_shares_only_the_solver_with_the_search():
    """It looks for the mistakes of the search, so it must not make the same ones."""
    attack = modules_reached("pipeline.release.disclosure_attack")
    assert {module for module in attack if module.startswith("pipeline.aggregate")} == set()
    search = modules_reached("pipeline.aggregate.disclosure.suppress")
    assert attack & search == {"pipeline.linear_program"}


def run_time_statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements of a module but for what only a type checker reads."""
    for statement in tree.body:
        if not (isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING"):
            yield statement


def nearest_module(name: str) -> str | None:
    """The module of ours that a dotted name lies in, or is; None for a library's."""
    parts = name.split(".")
    candidates = (".".join(parts[:length]) for length in range(len(parts), 1, -1))
    return next((candidate for candidate in candidates if candidate in NAMES), None)


def test_packages_and_loose_modules_are_those_of_the_design():
    assert {path.parent.name for path in PACKAGE.glob("*/__init__.py")} == set(MAY_IMPORT)
    assert {path.stem for path in PACKAGE.glob("*.py")} == LOOSE_MODULES


def test_diagram_of_the_documentation_shows_what_may_be_imported():
    arrows = re.findall(r"^ *(\w+) --> (\w+)$", DIAGRAM.read_text(encoding="utf-8"), re.MULTILINE)
    direct: dict[str, set[str]] = {package: set() for package in ANYTHING}
    for package, other in arrows:
        direct[package].add(other)

    def below(package: str) -> set[str]:
        return direct[package].union(*map(below, direct[package]))

    assert {package: below(package) for package in ANYTHING} == {
        package: MAY_IMPORT[package] for package in ANYTHING
    }


def test_every_package_is_described_in_the_documentation():
    text = DIAGRAM.read_text(encoding="utf-8")
    assert [package for package in MAY_IMPORT if f"| `{package}/` |" not in text] == []


def test_every_path_that_the_documentation_names_exists():
    paths = re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py)`", DIAGRAM.read_text(encoding="utf-8"))
    roots = (PACKAGE, PACKAGE.parent, *(folder.parent for folder in PACKAGE.glob("*/__init__.py")))
    missing = [path for path in paths if not any((root / path).is_file() for root in roots)]
    assert paths
    assert missing == []


def test_no_folder_holds_more_modules_than_can_be_overseen():
    folders = {path.parent for path in MODULES}
    modules = {
        folder: [path for path in folder.glob("*.py") if path.stem != "__init__"]
        for folder in folders
    }
    assert {
        folder.name: len(files) for folder, files in modules.items() if len(files) > MOST_MODULES
    } == {}


def test_great_expectations_is_imported_in_one_module_and_late():
    users = [
        path
        for path in MODULES
        if any(module.split(".")[0] == "great_expectations" for module in imported(parsed(path)))
    ]
    assert users == [PACKAGE / "validate" / "rules" / "great_expectations.py"]
    at_the_top = [
        node for node in parsed(users[0]).body if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not [node for node in at_the_top if "great_expectations" in ast.dump(node)]


def test_asking_for_help_imports_nothing_heavy():
    heavy = ["pandas", "papermill", "nbconvert", "great_expectations", "matplotlib", "pydantic"]
    heavy += ["rapidfuzz", "ruamel"]
    code = f"import pipeline.cli, sys; print([name for name in {heavy} if name in sys.modules])"
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert finished.stdout.strip() == "[]"


def test_no_module_is_a_drawer_for_odds_and_ends():
    assert [path for path in MODULES if path.stem in {"utils", "helpers", "misc", "common"}] == []
