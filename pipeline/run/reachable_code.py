"""Which of the package's files a notebook's code can reach, read from the imports without running any."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pipeline.run.steps import PROJECT_ROOT

PACKAGE_FOLDER = PROJECT_ROOT / "pipeline"
ALWAYS_REACHED = (
    "pipeline.run.execute",
    "pipeline.run.kernels.preload.kernel",
)  # what runs a notebook, and what its process starts with


def reachable_files(notebook: Path) -> list[Path]:
    """The files of the package that a notebook can reach, sorted: each module that it imports, directly or not and wherever the
    import stands, and whatever else lies in a reached module's folder, such as templates.
    """
    text = "\n".join(_python_cells(notebook))
    wanted, found = [*ALWAYS_REACHED, *_imported_names(ast.parse(text))], set()
    while wanted:
        for path in _module_files(wanted.pop()):
            if path not in found:
                found.add(path)
                wanted += _imports_of_file(path)
    beside = {
        one
        for path in found
        for one in path.parent.rglob("*")
        if path.parent != PACKAGE_FOLDER and one.suffix not in {".py", ".pyc"}
    }
    return sorted(found | {one for one in beside if one.is_file()})


def _python_cells(notebook: Path) -> Iterator[str]:
    """What a notebook's cells hold of Python: words of a cell magic are none."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "code" and not text.startswith("%%"):
            yield "\n".join(
                line for line in text.splitlines() if not line.lstrip().startswith(("%", "!"))
            )


def _module_files(name: str) -> list[Path]:
    """The file of a module and of each package it stands in; none for a library's, or for a thing in a module."""
    parts = name.split(".")
    if parts[0] != PACKAGE_FOLDER.name:
        return []
    places = [PROJECT_ROOT.joinpath(*parts[:upto]) for upto in range(1, len(parts) + 1)]
    named = [path for place in places for path in (place / "__init__.py", place.with_suffix(".py"))]
    return [path for path in named if path.is_file()]


@cache
def _imports_of_file(path: Path) -> tuple[str, ...]:
    return tuple(_imported_names(ast.parse(path.read_text(encoding="utf-8"))))


def _imported_names(tree: ast.AST) -> Iterator[str]:
    """Every module, or thing in one, that is named in an import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
