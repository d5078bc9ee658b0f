"""The committed notebooks: explained by notes, without outputs or code for the package."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import pairwise

import nbformat
import pytest
from builders import REPOSITORY

from pipeline.aggregate.catalogue import figures_of
from pipeline.artifacts import JOINT_STEP, STEPS
from pipeline.settings.models import Equality, ReportSections
from pipeline.settings.procedures import packaged_names, packaged_procedure

NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
SECTION_NOTE = re.compile(
    r"\*\*Question\.\*\* .+\n\n\*\*Figures\.\*\* (?P<figures>.+)\n\n\*\*Caution\.\*\* .+\."
)
FIGURE_IDS = list(
    dict.fromkeys(id for name in packaged_names() for id in figures_of(packaged_procedure(name)))
)


COST = ("stage_*.cost", "stage_*.costed", "stage_*.investigated")
# What filters on stages, and words of the procedure, read besides the figure before them.
FIGURES_OF_WORDS = {
    "| on_time": ("stage_*.answered", "stage_*.in_time", *COST),
    "| cost": COST,
    "| clocks": ("stage_*.ombudsman_told",),
    "| investigated": ("complaints.bypassed_stage_*",),
    "| taken_further": ("complaints.at_stage_*", "complaints.went_on_to_stage_*"),
    "procedure.served": ("activity.children_in_need",),
    "procedure.rate": ("complaints.per_1000_children",),
    "report.compare_rates": ("complaints.received",),
    "report.compare_served": tuple(f"complaints.by_{name}" for name in Equality.model_fields),
}


def figures_used(code: str) -> Iterator[str]:
    """The ids of the figures that some cells name, in full, by a pattern or through a filter."""
    yield from (id for id in FIGURE_IDS if re.search(rf"\b{re.escape(id)}\b", code))
    patterns = re.findall(r'"([\w.]*[*\[][\w.*\[\]-]*)"', code)
    for words, figures in FIGURES_OF_WORDS.items():
        patterns += figures if words in code else ()
    for pattern in patterns:
        matching = [id for id in FIGURE_IDS if fnmatchcase(id, pattern)]
        assert matching, f"{pattern} matches no figure of any procedure"
        yield from matching


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


@pytest.fixture(params=NOTEBOOKS[:3], ids=lambda path: path.stem)
def data_notebook(request):
    return nbformat.read(request.param, as_version=4)


@pytest.fixture(scope="module")
def noted_sections():
    """For each run of code cells in 4_report: the note above it, and the code of all its cells."""
    sections = []
    for cell in nbformat.read(NOTEBOOKS[3], as_version=4).cells:
        if cell.cell_type == "markdown":
            sections.append((cell.source, []))
        else:
            sections[-1][1].append(cell.source)
    return [(note, "\n\n".join(sources)) for note, sources in sections if sources]


def test_there_is_one_notebook_for_each_step():
    names = [path.stem for path in NOTEBOOKS]
    assert names == [*STEPS, JOINT_STEP]


def test_committed_notebook_holds_nothing_from_a_run(notebook):
    nbformat.validate(notebook)
    assert "papermill" not in notebook.metadata
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert "execution" not in cell.metadata


def test_note_comes_before_every_code_cell(data_notebook):
    assert data_notebook.cells[0].cell_type == "markdown"
    for previous, cell in pairwise(data_notebook.cells):
        if cell.cell_type == "code":
            assert previous.cell_type == "markdown", cell.source
            assert re.search(r"\w{3}.*[.:]$", previous.source, flags=re.DOTALL), cell.source


def test_report_note_gives_question_figures_and_caution(noted_sections):
    assert len(FIGURE_IDS) > 80
    narrated = [note for note, code in noted_sections if "%%narrative" in code]
    assert len(narrated) >= len(ReportSections().names)
    for note in narrated:
        assert SECTION_NOTE.fullmatch(note), note


def test_report_note_names_exactly_the_figures_used_below(noted_sections):
    for note, code in noted_sections:
        parts = SECTION_NOTE.fullmatch(note)
        patterns = re.findall(r"`([\w.*]+)`", parts["figures"]) if parts else []
        used = set(figures_used(code))
        unnamed = [id for id in used if not any(fnmatchcase(id, each) for each in patterns)]
        unused = [each for each in patterns if not any(fnmatchcase(id, each) for id in used)]
        assert (unnamed, unused) == ([], []), note


def test_one_cell_holds_the_parameters_and_their_defaults(notebook):
    (cell,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    assignments = ast.parse(cell.source).body
    defaults = {line.targets[0].id: ast.literal_eval(line.value) for line in assignments}
    values = {"workspace": "..", "year": "latest", "processed": None, "procedure": None}
    assert defaults == {name: values[name] for name in defaults}
    assert set(values) - set(defaults) <= {"procedure"}


def test_functions_classes_and_loops_are_in_the_package(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code" and not cell.source.startswith("%%"):
            for node in ast.walk(ast.parse(cell.source)):
                forbidden = ast.FunctionDef | ast.ClassDef | ast.For | ast.While
                assert not isinstance(node, forbidden), cell.source
