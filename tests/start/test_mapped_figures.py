"""An export in any form, read as `map --write` says, gives the figures of our own extracts."""

from __future__ import annotations

import shutil

import export_forms
import pytest
import yaml
from mapped_workspace import figure_bytes

from pipeline.start.mapping.exports import read_exports
from pipeline.start.mapping.proposal import propose
from pipeline.start.mapping.writing.council_file import read_council, write_council
from pipeline.start.mapping.writing.yaml_text import council_lines
from pipeline.year import Year

YEAR = "2021-22"
FORMS = (
    export_forms.below_title_rows,
    export_forms.headings_over_two_lines,
    export_forms.in_column_c_beside_notes,
    export_forms.nested_json,
    export_forms.flat_xml,
    export_forms.commas_and_short_years,
)


@pytest.fixture(scope="module")
def own_figures(tmp_path_factory, sample_workspace):
    """The figures of our own extracts."""
    return figure_bytes(sample_workspace(tmp_path_factory.mktemp("own")), YEAR)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_figures_of_a_mapped_export_are_those_of_our_extracts(
    form, own_figures, workspace, tmp_path
):
    export = form(tmp_path)
    council = read_council(workspace, must_exist=True)
    lines = council_lines(propose(read_exports([export]), council, Year.parse(YEAR)))
    assert "undecided" not in lines
    assert write_council(workspace, lines, lambda *_: False) == []
    folder = workspace / "data" / "raw" / YEAR
    (folder / "complaints.csv").unlink()
    (folder / "investigations.csv").unlink()
    shutil.copy(export, folder / f"complaints{export.suffix}")
    assert figure_bytes(workspace, YEAR) == own_figures


def test_forms_of_dates_and_lists_are_declared_once(tmp_path):
    export = export_forms.commas_and_short_years(tmp_path)
    content = yaml.safe_load(council_lines(propose(read_exports([export]), {}, Year.parse(YEAR))))
    assert content["separator"] == ","
    assert content["two_digit_years_from"] == 1950
    assert content["dates"] == "day first"
