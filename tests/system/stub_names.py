"""What the standard library lacks on Windows, as the type stubs that come with mypy say."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import mypy

STUBS = Path(mypy.__file__).parent / "typeshed" / "stdlib"
VERSION = (3, 11)  # the oldest that the project runs on


@cache
def names_only_on_posix(module: str) -> frozenset[str]:
    """The names of a module that Linux has and Windows lacks; none without stubs.

    What a stub takes from another with a star is not seen.
    """
    path = STUBS.joinpath(*module.split("."))
    stub = next(
        (one for one in (path / "__init__.pyi", path.with_suffix(".pyi")) if one.is_file()), None
    )
    if stub is None:
        return frozenset()
    body = ast.parse(stub.read_text(encoding="utf-8")).body
    return frozenset(set(_names(body, "linux")) - set(_names(body, "win32")))


def uses_of_posix(tree: ast.AST) -> Iterator[str]:
    """Each `module.name` of the standard library in the code that Windows lacks."""
    modules = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                modules[alias.asname or alias.name.partition(".")[0]] = alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            lacking = names_only_on_posix(node.module)
            yield from (f"{node.module}.{one.name}" for one in node.names if one.name in lacking)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = modules.get(node.value.id, "")
            if module and node.attr in names_only_on_posix(module):
                yield f"{module}.{node.attr}"


def _names(body: Sequence[ast.stmt], platform: str) -> Iterator[str]:
    """The names that the statements define on a system."""
    for node in body:
        match node:
            case ast.If(test, then, otherwise):
                yield from _names(then if _holds(test, platform) else otherwise, platform)
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.ClassDef(name):
                yield name
            case ast.Assign(targets):
                yield from (one.id for one in targets if isinstance(one, ast.Name))
            case ast.AnnAssign(ast.Name(name)):
                yield name
            case ast.Import(aliases) | ast.ImportFrom(_, aliases):
                yield from (alias.asname or alias.name for alias in aliases)


def _holds(test: ast.expr, platform: str) -> bool:
    """Whether a condition of a stub is true, which asks for the system or the version."""
    known = SimpleNamespace(platform=platform, version_info=VERSION)
    code = compile(ast.Expression(test), "a stub", "eval")
    return bool(eval(code, {"sys": known, "TYPE_CHECKING": True}))
