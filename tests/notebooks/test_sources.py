"""The notebooks as they lie in the repository: explained, and with nothing in them that belongs into the package."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def test_there_is_one_for_each_step():
    assert [path.stem for path in NOTEBOOKS] == ["1_validate", "2_clean", "3_aggregate", "4_report"]


def test_every_cell_of_code_is_explained_before_it(notebook):
    """A chart follows its narrative, or an explanation of its own."""
    for before, cell in zip([None, *notebook.cells], notebook.cells, strict=False):
        if cell.cell_type == "code":
            assert before is not None
            assert before.cell_type == "markdown" or before.source.startswith("%%narrative"), (
                cell.source
            )


def test_one_cell_holds_the_three_parameters_and_their_defaults(notebook):
    (cell,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    set_there = {
        line.targets[0].id: ast.literal_eval(line.value) for line in ast.parse(cell.source).body
    }
    assert set_there == {"workspace": "..", "year": "latest", "processed": None}


def test_what_is_worth_a_function_or_a_loop_lives_in_the_package(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code" and not cell.source.startswith("%%"):
            for node in ast.walk(ast.parse(cell.source)):
                assert not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.For | ast.While), (
                    cell.source
                )
