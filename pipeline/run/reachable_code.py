"""Which files of the package a notebook's code can reach, read from its imports."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from pipeline.run import steps
from pipeline.run.steps import unreadable_notebook

PACKAGE = "pipeline"
# What runs a notebook, and what its process starts with.
ALWAYS_REACHED = ("pipeline.run.execute", "pipeline.run.kernels.preload.kernel")
# An import of the package in one of its own files, wherever it is written. To parse all of them
# takes half a second of processor time in every run.
IMPORT = re.compile(
    rf"^[ \t]*(?:import ({PACKAGE}\b[\w.]*)|from ({PACKAGE}\b[\w.]*) import (\([^)]*\)|.*))",
    re.MULTILINE,
)


def reachable_files(notebook: Path) -> list[Path]:
    """The files of the package that a notebook can reach, sorted.

    They are the modules that it imports, directly or not and wherever the import is written, and
    the other files in their folders, such as templates.
    """
    pending = list(ALWAYS_REACHED)
    for source in _python_cells(notebook):
        with suppress(SyntaxError, ValueError, RecursionError):  # the run stops at such a cell
            pending += _imported_names(ast.parse(source))
    module_paths = _module_paths()
    modules: set[Path] = set()
    names: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in names:
            names.add(name)
            # An import of a module imports each package around it.
            pending.append(name.rpartition(".")[0])
            if path := module_paths.get(name):
                modules.add(path)
                pending += package_imports(path)
    data_files: set[Path] = set()
    for folder in {path.parent for path in modules} - {steps.PROJECT_ROOT / PACKAGE}:
        data_files.update(steps.package_files(folder))
    return sorted(modules | {path for path in data_files if path.suffix != ".py"})


def _python_cells(notebook: Path) -> Iterator[str]:
    """The Python of a notebook's cells; a cell with a cell magic has none.

    Raises Problem if the file is no notebook.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise unreadable_notebook(notebook) from None
    for source in sources:
        if not source.startswith("%%"):
            lines = source.splitlines()
            yield "\n".join(line for line in lines if not line.lstrip().startswith(("%", "!")))


def _module_paths() -> dict[str, Path]:
    """The files of the package's modules and packages, by the name that an import has for them."""
    root = steps.PROJECT_ROOT
    paths = {}
    for path in steps.package_files(root / PACKAGE):
        if path.suffix == ".py":
            module = path.parent if path.name == "__init__.py" else path.with_suffix("")
            paths[".".join(module.relative_to(root).parts)] = path
    return paths


@cache
def package_imports(path: Path) -> tuple[str, ...]:
    """Every module of the package, or object in one, that a file of the package imports."""
    names: list[str] = []
    for module, source, objects in IMPORT.findall(path.read_text(encoding="utf-8")):
        if module:
            names.append(module)
        else:
            without_comments = re.sub(r"#.*", "", objects)
            listed = [each.split() for each in without_comments.strip("()").split(",")]
            names += [f"{source}.{words[0]}" for words in listed if words]
    return tuple(names)


def _imported_names(tree: ast.AST) -> Iterator[str]:
    """Every module, or object in one, that an import names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
