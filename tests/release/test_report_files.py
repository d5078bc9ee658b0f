"""The files of a report: those that are ready can be read while the PDF is laid out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from pipeline.artifacts import REPORT_PAGE, REPORT_PDF
from pipeline.release.report_files import ReportFiles, ready_first
from pipeline.report.documents.pdf import PdfJob
from pipeline.settings.models import RunLimits

PAGE = "<main><p>Four complaints</p></main>"
READY = {REPORT_PAGE: PAGE.encode(), "figures.csv": b"figure,value\n"}


@pytest.fixture
def executor():
    """One thread in place of the process that lays out the PDF."""
    with ThreadPoolExecutor(1) as thread:
        yield thread


def test_pdf_comes_last_and_all_files_wait_for_it(executor):
    files = ReportFiles(READY, PdfJob(PAGE, executor, RunLimits()), [])
    assert list(files) == [*READY, REPORT_PDF]
    assert files[REPORT_PDF].startswith(b"%PDF")
    assert dict(files).keys() == {*READY, REPORT_PDF}
    assert files.is_complete


def test_other_files_are_ready_before_the_pdf_is_finished(executor):
    may_begin = Event()
    executor.submit(may_begin.wait)
    files = ReportFiles(READY, PdfJob(PAGE, executor, RunLimits()), [])
    groups = ready_first(files)
    assert next(groups) == READY
    assert files["figures.csv"] == READY["figures.csv"]
    assert not files.is_complete
    may_begin.set()
    assert next(groups).keys() == {REPORT_PDF}
    assert next(groups, None) is None


@pytest.mark.parametrize("files", [READY, ReportFiles(READY, None, [])], ids=["plain", "no PDF"])
def test_files_without_a_pdf_under_way_come_at_once(files):
    assert [dict(group) for group in ready_first(files)] == [READY]
