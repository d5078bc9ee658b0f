"""The workbook of a joint report: a worksheet of totals, and one of each procedure."""

from __future__ import annotations

import io

import openpyxl
import pytest

from pipeline.report.documents.open_data import open_data_files
from pipeline.report.figures import Published


@pytest.mark.slow
def test_workbook_has_a_sheet_of_totals_and_of_each_procedure(published_council):
    published = Published.read(published_council.settings)
    content = open_data_files(published_council.settings, published)["figures.xlsx"]
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    sheets = ["All procedures", "Corporate", "Adult", "Children"]
    assert book.sheetnames == ["Cover", "Contents", *sheets, "Notes"]
    titles = [row[0] for row in book["Adult"].iter_rows(values_only=True)]
    assert titles.count("Complaints received") == 1
