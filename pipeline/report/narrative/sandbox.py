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

from pipeline.report.narrative.bounds import MAX_LIST_ITEMS
from pipeline.report.narrative.elements import STAGE_NAME
from pipeline.report.narrative.prose.number_words import number_phrases
from pipeline.report.narrative.prose.text import plain_prose, without_list_numbers

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
        elif isinstance(node, nodes.List | nodes.Tuple) and len(node.items) > MAX_LIST_ITEMS:
            yield node.lineno, f"a list of more than {MAX_LIST_ITEMS} items"


def typed_digits(
    environment: NarrativeEnvironment, template: str, tree: nodes.Template
) -> Iterator[tuple[int, str]]:
    """Line and text of each number typed by hand, in digits or in words.

    It may be in the text or a constant in a reference. The numbers of a list's items are none.
    """
    template = without_list_numbers(template)
    for first_line, token, text in environment.lex(template):
        if token == "data":
            for offset, line_text in enumerate(text.splitlines()):
                if _has_digit(line_text):
                    yield first_line + offset, line_text.strip()
    prose, _ = plain_prose(environment, template)
    yield from number_phrases(prose)
    yield from _constants_with_numbers(tree)


def _constants_with_numbers(
    node: nodes.Node, may_have_numbers: bool = False
) -> Iterator[tuple[int, str]]:
    """Line and text of each constant with a number in digits or in words.

    Exempt are the names of categories, as in `by_stage["stage 1"]`, and all within `stated(…)`,
    `name(…)` and `claim(…)`.
    """
    for child in node.iter_child_nodes():
        is_category = isinstance(node, nodes.Getitem) and child is node.arg
        is_exempt = may_have_numbers or is_category or _may_state_numbers(child)
        if isinstance(child, nodes.Const) and not is_exempt:
            text = STAGE_NAME.sub("", str(child.value))
            if _has_digit(text):
                yield child.lineno, text
            elif not isinstance(node, nodes.Operand | nodes.Compare):
                yield from ((child.lineno, phrase) for _, phrase in number_phrases(text))
        yield from _constants_with_numbers(child, is_exempt)


def _may_state_numbers(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Filter):
        return node.name == "claim"
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name in ("stated", "name")
    )


def _has_digit(text: str) -> bool:
    """Whether a text has a digit of any script, a fraction, or one written as an HTML entity."""
    return any(character.isnumeric() for character in text + unescape(text))
