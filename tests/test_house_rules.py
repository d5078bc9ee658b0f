"""What readers of the code can rely on: names, sizes and formatting, read from the syntax trees."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = REPOSITORY / "pipeline"
CODE = sorted([*PACKAGE.rglob("*.py"), *(REPOSITORY / "tests").rglob("*.py")])
# Participles, prepositions and pronouns that name no role.
NO_NOUNS = {
    "held",
    "said",
    "told",
    "made",
    "found",
    "kept",
    "asked",
    "given",
    "wanted",
    "seen",
    "drawn",
    "begun",
    "gone",
    "ended",
    "taken",
    "shown",
    "beside",
    "aside",
    "before",
    "of",
    "there",
}
ONE_LINE_ONLY = "one"  # as the variable of a comprehension or a lambda, and nowhere else
# The fields of these models are keys of run.json and of the settings files: a public contract.
CONTRACTS = {PACKAGE / "run" / "record" / "models.py", PACKAGE / "settings" / "models.py"}
MAX_PARAMETERS = 5
MAX_LINES = 300
MAX_TEST_NAME = 60  # characters after `test_`
SKIP_MARK = "fmt: " + "skip"


def relative(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def bound_names(tree: ast.AST, fields_count: bool) -> Iterator[tuple[str, int]]:
    """Every variable, parameter and attribute that the code binds, with its line."""
    short_lived = comprehension_variables(tree)
    fields = class_fields(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            if node in short_lived and node.id == ONE_LINE_ONLY:
                continue
            if fields_count or node not in fields:
                yield node.id, node.lineno
        elif isinstance(node, ast.arg) and node not in short_lived:
            yield node.arg, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno


def comprehension_variables(tree: ast.AST) -> set[ast.AST]:
    """The targets of comprehensions and the parameters of lambdas."""
    variables: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.comprehension):
            variables.update(ast.walk(node.target))
        elif isinstance(node, ast.Lambda):
            variables.update(ast.walk(node.args))
    return variables


def class_fields(tree: ast.AST) -> set[ast.AST]:
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return {
        statement.target
        for node in classes
        for statement in node.body
        if isinstance(statement, ast.AnnAssign)
    }


def parameter_count(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many arguments a caller may have to think of; `self` and `cls` are none."""
    names = [
        arg.arg
        for arg in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    ]
    return len([name for name in names if name not in {"self", "cls"}])


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_every_variable_is_named_for_its_role(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = bound_names(tree, fields_count=path not in CONTRACTS)
    assert [
        f"{name}, line {line}" for name, line in names if name in {*NO_NOUNS, ONE_LINE_ONLY}
    ] == []


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=relative)
def test_no_function_of_the_package_takes_more_than_five_parameters(path):
    # A command's parameters are the options that a user may type.
    chosen = [function for function in functions(path) if not is_command(function)]
    long = {function.name: parameter_count(function) for function in chosen}
    assert {name: count for name, count in long.items() if count > MAX_PARAMETERS} == {}


def is_command(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("app.command" in ast.unparse(decorator) for decorator in function.decorator_list)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=relative)
def test_every_function_of_the_package_is_typed(path):
    untyped = []
    for function in functions(path):
        args = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        bare = [
            arg.arg for arg in args if arg.annotation is None and arg.arg not in {"self", "cls"}
        ]
        if bare or function.returns is None:
            untyped.append(f"{function.name}, line {function.lineno}")
    assert untyped == []


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=relative)
def test_a_module_of_the_package_fits_in_the_head(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def test_names_of_tests_can_be_read_at_a_glance():
    tests = sorted((REPOSITORY / "tests").rglob("test_*.py"))
    names = [function.name for path in tests for function in functions(path)]
    lengths = {name: len(name.removeprefix("test_")) for name in names if name.startswith("test_")}
    assert {name: length for name, length in lengths.items() if length > MAX_TEST_NAME} == {}


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_only_tables_of_data_are_formatted_by_hand(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if SKIP_MARK in line] == []
    depth = 0
    for line in lines:
        if re.search(r"#\s*fmt:\s*off", line):
            depth += 1
        elif re.search(r"#\s*fmt:\s*on", line):
            depth -= 1
        elif depth:  # a table has rows, not statements that do something
            assert not re.match(r"\s*(def|class|for|while|if|try|with|return|raise)\b", line), line


def test_each_rule_sees_what_it_forbids():
    tree = ast.parse(
        "held = 1\ndef f(said):\n    for one in []:\n        x.told = [one for one in y]"
    )
    names = [
        name
        for name, _ in bound_names(tree, fields_count=True)
        if name in {*NO_NOUNS, ONE_LINE_ONLY}
    ]
    assert sorted(names) == ["held", "one", "said", "told"]
    wide = ast.parse("def f(self, a, b, c, d, e, *, g): ...").body[0]
    assert parameter_count(wide) == 6
