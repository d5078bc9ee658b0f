"""What a narrative's template may do: name figures and settings, choose, go through a list once. Nothing else.

A commentary is written by hand and may come from anywhere, so what is not listed here is refused: no calculation (a number
would come out that no figure stands behind), no loop in a loop and no macro (a run must end), no way into the program.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any

from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel

ALLOWED_NODES = (
    nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or,
    nodes.Not, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.Call, nodes.Filter, nodes.Keyword, nodes.Tuple,
    nodes.List,
)  # fmt: skip
LOOP_ATTRIBUTES = {
    "first",
    "last",
}  # of jinja2's loop; its counters would print numbers of no figure


class NarrativeEnvironment(ImmutableSandboxedEnvironment):
    """Jinja2 in which a template reaches only what a class offers it by name."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """A class names what templates may use in `offered`; of the settings they may use every key."""
        if isinstance(obj, BaseModel):
            return attr in type(obj).model_fields
        if type(obj).__name__ == "LoopContext":
            return attr in LOOP_ATTRIBUTES
        offered = getattr(type(obj), "template_attributes", ())
        return not attr.startswith("_") and (offered == "all" or attr in offered)


def forbidden_constructs(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Line and name of each construct that a narrative does not have."""
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, ALLOWED_NODES):
            yield node.lineno, type(node).__name__.lower()
        elif isinstance(node, nodes.For) and (node.recursive or any(node.find_all(nodes.For))):
            yield node.lineno, "a loop in a loop"


def typed_digits(env: Any, template: str, tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Line and text of each digit typed by hand: in the text itself, or smuggled in as a constant."""
    for line, kind, text in env.lex(template):
        if kind == "data":
            for offset, part in enumerate(text.splitlines()):
                if _has_digit(part):
                    yield line + offset, part.strip()
    yield from _constants_with_digits(tree)


def _constants_with_digits(node: nodes.Node, allowed: bool = False) -> Iterator[tuple[int, str]]:
    """Constants with a digit, but for the name of a category (`by_stage["stage 1"]`) and what a person states."""
    for child in node.iter_child_nodes():
        is_name = isinstance(node, nodes.Getitem) and child is node.arg
        is_stated = (
            isinstance(child, nodes.Call)
            and isinstance(child.node, nodes.Name)
            and child.node.name == "stated"
        )
        named = allowed or is_name or is_stated
        if isinstance(child, nodes.Const) and not named and _has_digit(str(child.value)):
            yield child.lineno, str(child.value)
        yield from _constants_with_digits(child, named)


def _has_digit(text: str) -> bool:
    """Also one of another script, a fraction, a raised digit, or one written as an HTML entity."""
    return any(sign.isnumeric() for sign in text + unescape(text))
