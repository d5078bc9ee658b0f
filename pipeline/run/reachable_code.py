"""Which of the package's files a notebook's code can reach, read from the imports without running any."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pipeline.run.steps import PROJECT

PACKAGE = PROJECT / "pipeline"
EVERY_STEP = (
    "pipeline.run.execute",
    "pipeline.run.kernels.preload.kernel",
)  # what runs a notebook, and what its process starts with


def reached_from(notebook: Path) -> list[Path]:
    """The files of the package that a notebook can reach, sorted: each module that it imports, directly or not and wherever the
    import stands, and whatever else lies in a reached module's folder, such as templates.
    """
    text = "\n".join(_code(notebook))
    wanted, found = [*EVERY_STEP, *_named(ast.parse(text))], set()
    while wanted:
        for path in _files(wanted.pop()):
            if path not in found:
                found.add(path)
                wanted += _imported(path)
    beside = {
        one
        for path in found
        for one in path.parent.rglob("*")
        if path.parent != PACKAGE and one.suffix not in {".py", ".pyc"}
    }
    return sorted(found | {one for one in beside if one.is_file()})


def _code(notebook: Path) -> Iterator[str]:
    """What a notebook's cells hold of Python: words of a cell magic are none."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "code" and not text.startswith("%%"):
            yield "\n".join(
                line for line in text.splitlines() if not line.lstrip().startswith(("%", "!"))
            )


def _files(name: str) -> list[Path]:
    """The file of a module and of each package it stands in; none for a library's, or for a thing in a module."""
    parts = name.split(".")
    if parts[0] != PACKAGE.name:
        return []
    places = [PROJECT.joinpath(*parts[:upto]) for upto in range(1, len(parts) + 1)]
    named = [path for place in places for path in (place / "__init__.py", place.with_suffix(".py"))]
    return [path for path in named if path.is_file()]


@cache
def _imported(path: Path) -> tuple[str, ...]:
    return tuple(_named(ast.parse(path.read_text(encoding="utf-8"))))


def _named(tree: ast.AST) -> Iterator[str]:
    """Every module, or thing in one, that is named in an import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
