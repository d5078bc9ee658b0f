"""Which files of the package a notebook's code can reach, read from its imports."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from pipeline.run import steps
from pipeline.run.steps import unreadable_notebook

PACKAGE = "pipeline"
# What runs a notebook, and what its process starts with.
ALWAYS_REACHED = ("pipeline.run.execute", "pipeline.run.kernels.preload.kernel")


def reachable_files(notebook: Path) -> list[Path]:
    """The files of the package that a notebook can reach, sorted.

    They are the modules that it imports, directly or not and wherever the import is written, and
    the other files in their folders, such as templates.
    """
    pending = list(ALWAYS_REACHED)
    for source in _python_cells(notebook):
        with suppress(SyntaxError, ValueError, RecursionError):  # the run stops at such a cell
            pending += _imported_names(ast.parse(source))
    modules: set[Path] = set()
    names: set[str] = set()
    while pending:
        name = pending.pop()
        if name in names:
            continue
        names.add(name)
        for path in _module_files(name):
            if path not in modules:
                modules.add(path)
                pending += _imports_of_file(path)
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


def _module_files(name: str) -> list[Path]:
    """The file of a module and of each package around it; none for another library's."""
    parts = name.split(".")
    if parts[0] != PACKAGE:
        return []
    files = []
    for length in range(1, len(parts) + 1):
        path = steps.PROJECT_ROOT.joinpath(*parts[:length])
        files += [path / "__init__.py", path.with_suffix(".py")]
    return [path for path in files if path.is_file()]


@cache
def _imports_of_file(path: Path) -> tuple[str, ...]:
    return tuple(_imported_names(ast.parse(path.read_text(encoding="utf-8"))))


def _imported_names(tree: ast.AST) -> Iterator[str]:
    """Every module, or object in one, that an import names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
