"""The words and figures that the cells of a report notebook name, checked before it is run."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.report.figures import PATTERN, Published
from pipeline.report.narrative.commentary import unprinted_faults
from pipeline.report.narrative.language import Language
from pipeline.report.narrative.notebook_cells import (
    DAMAGED_NOTEBOOK,
    WORDS,
    Cell,
    code_cells,
    notebook_name,
    sections_with_commentary,
)
from pipeline.settings import Settings
from pipeline.settings.sections import chapter_name

# The parameters of the methods of NotebookReport that publish something.
PARAMETERS = {
    "trend": ("figure", "headline", "subtitle", "caption", "heading"),
    "bars": ("figure", "headline", "subtitle", "caption", "heading"),
    "stacked_years": ("figure", "headline", "subtitle", "caption", "heading"),
    "table": ("caption", "groups", "size", "last_years", "annex"),
    "by_year": ("figure", "caption", "heading"),
    "texts": ("figure", "caption", "headings", "complete"),
    "quotations": ("figure",),
    "side_by_side": ("caption", "heading", "figures"),
    "chapters": (),
    "compare_rates": (),
    "compare_upheld": (),
    "compare_served": (),
}
OPTIONAL_PARAMETERS = {
    "trend": ("caption", "heading"),
    "bars": ("caption", "heading"),
    "stacked_years": ("caption", "heading"),
    "table": ("size", "last_years", "annex"),
    "texts": ("complete",),
}
OTHER_METHODS = ("glance", "stated_by_people")


def notebook_faults(
    notebook: Path, settings: Settings, language: Language, figures: Published
) -> list[Problem]:
    """What would stop the report notebook or its page, in the order of the cells.

    figures: those that exist, with or without numbers.
    """
    try:
        cells = code_cells(notebook)
    except DAMAGED_NOTEBOOK:
        name = notebook_name(notebook)
        return [_fault(name, "this is not a notebook", "Restore it from the repository.")]
    faults: list[Problem] = []
    for cell in cells:
        if cell.section:
            faults += _section_faults(cell, settings)
            faults += language.faults(cell.narrative, cell.locate_line, "commentary")
        elif not cell.source.startswith("%%"):
            faults += _call_faults(cell, language, figures)
    faults += _missing_sections(notebook, cells, settings)
    printed = sections_with_commentary(cell.source for cell in cells)
    return [*faults, *unprinted_faults(settings, printed)]


def _fault(where: str, what: str, remedy: str) -> Problem:
    return Problem(kind=Kind.NOTEBOOK, where=where, what=what, remedy=remedy)


def _section_faults(cell: Cell, settings: Settings) -> Iterator[Problem]:
    sections = settings.council.sections
    allowed = list(sections.names)
    if cell.section not in allowed:
        yield _fault(
            f"{cell.place}, line 1",
            f'there is no section "{cell.section}".{did_you_mean(str(cell.section), allowed)}',
            f"Use a section listed under `sections` in council.yaml: {', '.join(allowed)}.",
        )


def _missing_sections(notebook: Path, cells: list[Cell], settings: Settings) -> Iterator[Problem]:
    written = {cell.section for cell in cells}
    if settings.is_joint:  # report.chapters() writes these
        written |= {chapter_name(procedure) for procedure in settings.council.procedure_names}
    sections = settings.council.sections
    for name in (*sections.front, *sections.main):
        if name not in written:
            yield _fault(
                notebook_name(notebook),
                f'no cell writes the section "{name}" that council.yaml lists',
                f"Write a cell that begins with %%narrative {name}, or remove it from `sections` "
                "in council.yaml.",
            )


def _call_faults(cell: Cell, language: Language, figures: Published) -> Iterator[Problem]:
    """What is wrong with the charts and tables that a cell publishes."""
    try:
        tree = ast.parse(cell.source)
    except SyntaxError as error:
        if not re.search(r"^\s*[%!]", cell.source, re.MULTILINE):  # IPython's own commands
            place = f"{cell.place}, line {error.lineno}"
            yield _fault(place, f"this is not Python: {error.msg}", "Correct the line.")
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "report":
            yield from _faults_of_call(node, node.func.attr, cell, (language, figures))


def _faults_of_call(
    call: ast.Call, method: str, cell: Cell, names: tuple[Language, Published]
) -> Iterator[Problem]:
    language, figures = names
    place = f"{cell.place}, line {call.lineno}"
    if method not in PARAMETERS and method not in OTHER_METHODS:
        known = [*PARAMETERS, *OTHER_METHODS]
        what = f"a report has no {method}(…).{did_you_mean(method, known)}"
        yield _fault(place, what, f"Use one of: {', '.join(known)}.")
        return
    parameters = PARAMETERS.get(method, ("figure",) * len(call.args))
    arguments = [*zip(parameters, call.args, strict=False)]
    arguments += [(str(keyword.arg), keyword.value) for keyword in call.keywords]
    names_used = {name for name, _ in arguments}
    for name in sorted(names_used - set(parameters) if method in PARAMETERS else ()):
        hint = did_you_mean(name, list(parameters))
        what = f'{method}(…) has no parameter "{name}".{hint}'
        yield _fault(place, what, f"It takes: {', '.join(parameters)}.")
    names_used |= {*OPTIONAL_PARAMETERS.get(method, ())}
    missing = [name for name in dict.fromkeys(parameters) if name not in names_used]
    if missing:
        what = f"{method}(…) lacks {', '.join(missing)}"
        yield _fault(place, what, f"It takes: {', '.join(parameters)}.")
    for name, value in [part for argument in arguments for part in _parts(*argument)]:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield from _argument_faults(name, value.value, place, (language, figures))


def _parts(name: str, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """An argument by itself; of a table's groups each heading and each figure."""
    if name == "figures" and isinstance(value, ast.Dict):
        for heading, id in zip(value.keys, value.values, strict=True):
            if heading is not None:
                yield "heading", heading
            yield "figure", id
    elif name == "groups" and isinstance(value, ast.Dict):
        for heading, ids in zip(value.keys, value.values, strict=True):
            if heading is not None:
                yield "heading", heading
            if isinstance(ids, ast.Tuple | ast.List):
                yield from (("figure", id) for id in ids.elts)
    else:
        yield ("figure" if name == "size" else name), value


def _argument_faults(
    name: str, text: str, place: str, names: tuple[Language, Published]
) -> Iterator[Problem]:
    language, figures = names
    if name in WORDS:
        locate: Callable[[int], str] = lambda line: f"{place}, {name}"  # noqa: E731
        yield from language.faults(text, locate)
    elif name == "figure" and not PATTERN.search(text) and text not in figures:
        what = f'there is no figure "{text}".{did_you_mean(text, list(figures))}'
        yield _fault(place, what, "docs/figures.md lists every figure.")
