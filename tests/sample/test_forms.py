"""The sample year as CSV, as one workbook and as a wide export with a mapping: the same figures, to the byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import wide_export
from forms import as_text, as_wide_export, as_workbook

from pipeline.aggregate.store import make_figures as make_figures
from pipeline.clean import clean
from pipeline.clean.store import save as save_cleaned
from pipeline.settings import load_settings
from pipeline.validate import check
from pipeline.validate.store import load_tables
from pipeline.validate.store import save as save_validated

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    """figures(form): the bytes of figures.csv, made by the steps of the notebooks."""

    def make(form) -> bytes:
        workspace = tmp_path_factory.mktemp(form.__name__)
        shutil.copytree(ROOT / "data" / "raw", workspace / "data" / "raw")
        form(workspace / "data" / "raw")
        settings = load_settings(workspace, "2021-22")
        validated = check(settings)
        assert not validated.stops
        save_validated(validated, settings)
        save_cleaned(clean(load_tables(settings), settings), settings)
        make_figures(settings)
        return (settings.processed / "3_aggregate" / "figures.csv").read_bytes()

    return make


def test_the_same_year_in_three_forms_makes_the_same_figures(figures):
    text = figures(as_text)
    assert text.count(b"\n") > 100
    assert figures(as_workbook) == text
    assert figures(as_wide_export) == text


def test_the_worked_example_is_the_sample_s_wide_export():
    assert (ROOT / "docs" / "wide-export.csv").read_text(encoding="utf-8") == wide_export.example()
    assert (ROOT / "docs" / "wide-export.csv").stat().st_size > 1000
