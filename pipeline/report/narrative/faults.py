"""Every fault of a template that shows without its numbers, all at once.

Each reference is followed on its own, whether or not an `{% if %}` would print it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from jinja2 import TemplateSyntaxError, Undefined, UndefinedError, nodes
from jinja2.exceptions import SecurityError

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.report.figure import PublishedFigure
from pipeline.report.narrative.elements import FigureGroup, figures_in
from pipeline.report.narrative.prose.text import table_faults
from pipeline.report.narrative.sandbox import (
    LOOP_ATTRIBUTES,
    NarrativeEnvironment,
    forbidden_constructs,
    typed_digits,
)
from pipeline.report.number import Number

TABLE_REMEDY = (
    'Write its caption on the line above it, such as "Table: Complaints by area", and a heading for'
    " each column and each row: people who do not see the table rely on them."
)
CHECK_REFERENCE = "Check the {{ … }} on this line."
SEE_NARRATIVE_DOCS = "docs/narrative.md lists what there is."
# Filters that are true or false of the numbers, which are not known yet.
VALUE_FILTERS = {"claim"}
# What a template that is wrong may raise.
NARRATIVE_ERRORS = (SecurityError, TypeError, ValueError, LookupError, AttributeError)
NAMED = ("kwargs", "dyn_args", "dyn_kwargs")  # arguments that are no values by position
UNKNOWN = object()  # what depends on the numbers, or on a fault that is already reported
Fault = tuple[int, str, str]  # the line, what is wrong there, and the remedy
Locator = Callable[[int], str]  # the place of a line of the template


def template_faults(
    environment: NarrativeEnvironment,
    template: str,
    locate_line: Locator,
    variables: Iterable[str] = (),
) -> list[Problem]:
    """The faults of a template, in the order of its lines; none if it can be rendered.

    variables: names that the template may use, besides the environment's.
    """
    faults = _faults(environment, template, variables)
    return [
        Problem(kind=Kind.NOTEBOOK, where=locate_line(line), what=what, remedy=remedy)
        for line, what, remedy in sorted(dict.fromkeys(faults), key=lambda fault: fault[0])
    ]


def _faults(
    environment: NarrativeEnvironment, template: str, variables: Iterable[str]
) -> list[Fault]:
    try:
        tree = environment.parse(template)
        return list(_faults_of_tree(environment, template, tree, variables))
    except TemplateSyntaxError as error:
        what = f"{error.message}{_nearest_word_hint(environment, error.message)}"
        faults = [(error.lineno, what, CHECK_REFERENCE)]
        lines = template.split("\n")
        before_reference, braces, _ = lines[error.lineno - 1].partition("{{")
        if not braces:
            return faults
        # A mistake within one reference: go on without it.
        lines[error.lineno - 1] = before_reference
        return faults + _faults(environment, "\n".join(lines), variables)
    except RecursionError:
        return [(1, "brackets are nested too deeply", "Simplify the reference.")]


def _faults_of_tree(
    environment: NarrativeEnvironment,
    template: str,
    tree: nodes.Template,
    variables: Iterable[str],
) -> Iterator[Fault]:
    forbidden = list(forbidden_constructs(tree))
    for line, construct in forbidden:
        yield (
            line,
            f"{construct} is not part of the narrative's language",
            "Only references, filters, {% if %} and {% for %} are; make a figure of anything that "
            "has to be calculated.",
        )
    for line, text in typed_digits(environment, template, tree):
        yield (
            line,
            f'the number in "{text}" is typed by hand',
            "Write a reference to a figure or a setting instead, such as"
            ' {{ complaints.received | counted("complaint") }} or {{ limits.stage_1 }};'
            " {{ stated(…) }} is for a number that only a person knows, {{ name(…) }} for a name"
            f" with a number in it. {SEE_NARRATIVE_DOCS}",
        )
    for line, fault in table_faults(template):
        yield line, fault, TABLE_REMEDY
    if not forbidden:
        references = _References(environment)
        references.follow(tree, dict.fromkeys(variables, UNKNOWN))
        yield from references.faults


def _nearest_word_hint(environment: NarrativeEnvironment, message: str | None) -> str:
    """The nearest word of the language to the unknown one that jinja2 quotes."""
    quoted = (message or "").split("'")
    if len(quoted) < 2:
        return ""
    return did_you_mean(quoted[1], [*environment.globals, *environment.filters])


class _References:
    """The references of a template, followed on the figures and settings of its environment."""

    def __init__(self, environment: NarrativeEnvironment) -> None:
        self.faults: list[Fault] = []
        self._environment = environment
        assert environment.finalize, "a narrative prints no value as it is"
        self._print = environment.finalize

    def follow(self, node: nodes.Node, variables: Mapping[str, Any]) -> None:
        """Follow every reference within a node.

        variables: the values of the names that the template itself gives, such as those of loops.
        """
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.For):
                self._follow_loop(child, variables)
            elif not isinstance(child, nodes.Expr):
                self.follow(child, variables)
            else:
                value = self._value(child, variables)
                if isinstance(node, nodes.Output):
                    self._attempt(child, self._print, value)

    def _follow_loop(self, loop: nodes.For, variables: Mapping[str, Any]) -> None:
        items = self._value(loop.iter, variables)
        element = UNKNOWN
        if isinstance(items, list | tuple) and isinstance(loop.target, nodes.Name):
            element = next(iter(items), UNKNOWN)
            if loop.iter == nodes.Name("revisions", "load"):
                element = next(self._all_numbers())
        targets = [loop.target, *loop.target.find_all(nodes.Name)]
        names = [target.name for target in targets if isinstance(target, nodes.Name)]
        inner = {**variables, "loop": UNKNOWN, **dict.fromkeys(names, element)}
        body = nodes.Template([*loop.body, *loop.else_])
        self.follow(body, inner)

    def _all_numbers(self) -> Iterator[Number]:
        for group in self._environment.globals.values():
            if isinstance(group, FigureGroup):
                for figure in figures_in(group):
                    yield from figure.numbers()

    def _value(self, node: nodes.Node, variables: Mapping[str, Any]) -> Any:
        """The value of an expression, or UNKNOWN."""
        if isinstance(node, nodes.TemplateData):
            return node.data
        if isinstance(node, nodes.Const):
            return node.value
        if isinstance(node, nodes.Name):
            return self._name(node, variables)
        parts = [self._value(child, variables) for child in node.iter_child_nodes(exclude=NAMED)]
        if isinstance(node, nodes.Getattr):
            return self._attribute(node, parts[0])
        if isinstance(node, nodes.Getitem):
            return self._item(node, *parts)
        if isinstance(node, nodes.Filter | nodes.Call):
            keywords = {str(one.key): self._value(one.value, variables) for one in node.kwargs}
            if isinstance(node, nodes.Filter):
                return self._filtered(node, parts, keywords)
            return self._called(node, parts, keywords)
        if isinstance(node, nodes.List | nodes.Tuple) and UNKNOWN not in parts:
            return parts
        return UNKNOWN

    def _name(self, node: nodes.Name, variables: Mapping[str, Any]) -> Any:
        if node.name in variables:
            return variables[node.name]
        if node.name in self._environment.globals:
            return self._environment.globals[node.name]
        hint = _nearest_word_hint(self._environment, f"'{node.name}'")
        what = f"there is no such name: '{node.name}' is undefined.{hint}"
        return self._report(node, what, SEE_NARRATIVE_DOCS)

    def _attribute(self, node: nodes.Getattr, value: Any) -> Any:
        if node.node == nodes.Name("loop", "load") and node.attr not in LOOP_ATTRIBUTES:
            return self._report(node, f"loop has no attribute '{node.attr}' here", CHECK_REFERENCE)
        if isinstance(value, Number) and node.attr in ("previous", "before_revision"):
            # An earlier year may be outside the years compared, and not every number is revised.
            return value
        if isinstance(value, Number) and node.attr == "value":
            return value.value or 0.0
        attribute = self._attempt(node, self._environment.getattr, value, node.attr)
        if isinstance(value, PublishedFigure) and attribute == []:
            return value.numbers()
        return attribute

    def _item(self, node: nodes.Getitem, value: Any, key: Any) -> Any:
        if key is UNKNOWN and isinstance(value, PublishedFigure):
            return value.numbers()[0]
        return self._attempt(node, self._environment.getitem, value, key)

    def _filtered(self, node: nodes.Filter, values: list[Any], keywords: dict[str, Any]) -> Any:
        function = self._environment.filters.get(node.name)
        if not function:
            hint = did_you_mean(node.name, list(self._environment.filters))
            return self._report(node, f"No filter named '{node.name}'.{hint}", SEE_NARRATIVE_DOCS)
        try:
            inspect.signature(function).bind(*values, **keywords)
        except TypeError as error:
            return self._report(node, f"filter '{node.name}': {error}", SEE_NARRATIVE_DOCS)
        if node.name in VALUE_FILTERS:
            return UNKNOWN
        return self._attempt(node, function, *values, **keywords)

    def _called(self, node: nodes.Call, values: list[Any], keywords: dict[str, Any]) -> Any:
        function, *arguments = values
        figure = getattr(function, "__self__", None)
        if isinstance(figure, PublishedFigure) and arguments:
            # The year may be outside the years compared; which one it is makes no difference.
            category = {"category": arguments[1]} if len(arguments) > 1 else {}
            return self._attempt(node, function, **(category | keywords))
        return self._attempt(node, function, *arguments, **keywords)

    def _attempt(
        self, node: nodes.Node, function: Callable[..., Any], *values: Any, **keywords: Any
    ) -> Any:
        """What a function returns; UNKNOWN if it fails or one of the values is not known."""
        if any(value is UNKNOWN for value in (function, *values, *keywords.values())):
            return UNKNOWN
        try:
            result = function(*values, **keywords)
        except Problem as problem:
            return self._report(node, f"{problem.where}: {problem.what}", problem.remedy)
        except NARRATIVE_ERRORS as error:
            return self._report(node, f"{error}", CHECK_REFERENCE)
        if isinstance(result, Undefined):
            return self._undefined(node, result)
        return UNKNOWN if result is None else result

    def _undefined(self, node: nodes.Node, undefined: Undefined) -> Any:
        try:
            str(undefined)
        except UndefinedError as error:
            hint = _nearest_word_hint(self._environment, error.message)
            what = f"there is no such name: {error.message}.{hint}"
            return self._report(node, what, SEE_NARRATIVE_DOCS)
        except SecurityError as error:
            return self._report(node, f"{error}", CHECK_REFERENCE)

    def _report(self, node: nodes.Node, what: str, remedy: str) -> Any:
        self.faults.append((node.lineno, what, remedy))
        return UNKNOWN
