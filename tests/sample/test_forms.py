"""The sample as CSV, as one workbook and as a wide export gives the same figures, byte for byte."""

from __future__ import annotations

import pytest
import wide_export
from builders import REPOSITORY
from forms import as_csv, as_wide_export, as_workbook

from pipeline.aggregate.store import make_figures
from pipeline.clean import clean
from pipeline.clean.store import save as save_cleaned
from pipeline.settings import load_settings
from pipeline.validate import check
from pipeline.validate.store import load_tables
from pipeline.validate.store import save as save_validated

EXAMPLE = REPOSITORY / "docs" / "wide-export.csv"


@pytest.fixture(scope="module")
def figure_bytes(tmp_path_factory, sample_workspace):
    """figure_bytes(form): figures.csv of the sample in that form, made by the notebooks' steps."""

    def make(form) -> bytes:
        workspace = sample_workspace(tmp_path_factory.mktemp(form.__name__))
        form(workspace / "data" / "raw")
        settings = load_settings(workspace, "2021-22")
        validated = check(settings)
        assert not validated.stops
        save_validated(validated, settings)
        save_cleaned(clean(load_tables(settings), settings), settings)
        make_figures(settings)
        return (settings.processed / "3_aggregate" / "figures.csv").read_bytes()

    return make


@pytest.mark.slow
def test_same_year_in_three_forms_gives_same_figures(figure_bytes):
    from_csv = figure_bytes(as_csv)
    assert from_csv.count(b"\n") > 100
    assert figure_bytes(as_workbook) == from_csv
    assert figure_bytes(as_wide_export) == from_csv


def test_worked_example_is_the_sample_in_one_wide_export():
    assert EXAMPLE.read_text(encoding="utf-8") == wide_export.example()
    assert EXAMPLE.stat().st_size > 1000
