"""What a narrative's template may do: name figures and settings, choose, go through a list once.

A commentary is written by hand and may come from anywhere, so everything that is not listed here is
refused: no calculation (it would print a number that no figure supports), no nested loop and no
macro (a run must end), no access to the program.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any

from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel

# fmt: off
ALLOWED_NODES = (
    nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Name, nodes.Const, nodes.Getattr,
    nodes.Getitem, nodes.Call, nodes.Filter, nodes.Keyword, nodes.Tuple, nodes.List,
)
# fmt: on
# Of jinja2's `loop`. Its counters would print numbers that belong to no figure.
LOOP_ATTRIBUTES = {"first", "last"}


class NarrativeEnvironment(ImmutableSandboxedEnvironment):
    """Jinja2 in which a template reaches only what a class offers it by name."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may read an attribute.

        A class lists what templates may read in `template_attributes`; "all" stands for every
        public attribute. Of the settings they may read every key.
        """
        if isinstance(obj, BaseModel):
            return attr in type(obj).model_fields
        if type(obj).__name__ == "LoopContext":
            return attr in LOOP_ATTRIBUTES
        allowed = getattr(type(obj), "template_attributes", ())
        return not attr.startswith("_") and (allowed == "all" or attr in allowed)


def forbidden_constructs(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Line and name of each construct that is not part of the narrative's language."""
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, ALLOWED_NODES):
            yield node.lineno, type(node).__name__.lower()
        elif isinstance(node, nodes.For) and (node.recursive or any(node.find_all(nodes.For))):
            yield node.lineno, "a loop in a loop"


def typed_digits(
    environment: NarrativeEnvironment, template: str, tree: nodes.Template
) -> Iterator[tuple[int, str]]:
    """Line and text of each digit typed by hand, in the text or as a constant in a reference."""
    for first_line, token, text in environment.lex(template):
        if token == "data":
            for offset, line_text in enumerate(text.splitlines()):
                if _has_digit(line_text):
                    yield first_line + offset, line_text.strip()
    yield from _constants_with_digits(tree)


def _constants_with_digits(
    node: nodes.Node, may_have_digits: bool = False
) -> Iterator[tuple[int, str]]:
    """Line and text of each constant with a digit.

    Exempt are the names of categories, as in `by_stage["stage 1"]`, and all within `stated(…)`.
    """
    for child in node.iter_child_nodes():
        is_category = isinstance(node, nodes.Getitem) and child is node.arg
        is_exempt = may_have_digits or is_category or _is_stated_call(child)
        if isinstance(child, nodes.Const) and not is_exempt and _has_digit(str(child.value)):
            yield child.lineno, str(child.value)
        yield from _constants_with_digits(child, is_exempt)


def _is_stated_call(node: nodes.Node) -> bool:
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name == "stated"
    )


def _has_digit(text: str) -> bool:
    """Whether a text has a digit of any script, a fraction, or one written as an HTML entity."""
    return any(character.isnumeric() for character in text + unescape(text))
