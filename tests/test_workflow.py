"""The documents of a run, and what a long preview does to the memory of its process."""

from __future__ import annotations

import gc
import sys
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest

from pipeline.artifacts import REPORT_PAGE, REPORT_STEP
from pipeline.problem import Kind, Problem
from pipeline.run.chain import Progress
from pipeline.settings import load_settings
from pipeline.workflow import RunResources, documents, run_options
from pipeline.workflow.documents import make_documents


@pytest.fixture
def freeze_calls(monkeypatch):
    """The calls of gc.freeze so far, in a process that has made no documents yet."""
    calls: list[str] = []
    monkeypatch.setattr(gc, "freeze", lambda: calls.append("freeze"))
    documents._freeze_loaded_objects.cache_clear()
    return calls


def test_several_drafts_freeze_loaded_objects_only_once(sample_report, freeze_calls):
    """What is frozen is never collected, so a freeze for each draft would keep every page."""
    settings = load_settings(sample_report.workspace, sample_report.year, sample_report.processed)
    notebook = nbformat.read(sample_report.audit / "4_report.ipynb", as_version=4)
    options = run_options(settings, "html", final=False)
    resources = RunResources(with_audit=False)
    for _ in range(3):
        files = make_documents({REPORT_STEP: notebook}, settings, options, Progress(), resources)
        assert files[REPORT_PAGE] == sample_report.html.read_bytes()
    assert freeze_calls == ["freeze"]


@pytest.fixture
def make_files(sample_report, monkeypatch):
    """make_files(formats, accepts): files and notices, without the libraries of the PDF."""
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    settings = load_settings(sample_report.workspace, sample_report.year, sample_report.processed)
    notebook = nbformat.read(sample_report.audit / "4_report.ipynb", as_version=4)

    def make(formats: str, accepts: bool) -> tuple[dict[str, bytes], list[str]]:
        progress = Progress()
        options = run_options(settings, formats, final=False)
        with ThreadPoolExecutor(1) as same_process:
            resources = RunResources(
                pdf_executor=same_process, with_audit=False, accepts_missing_formats=accepts
            )
            files = make_documents({REPORT_STEP: notebook}, settings, options, progress, resources)
        return files, progress.notices

    return make


@pytest.mark.parametrize(("formats", "accepts"), [("html,pdf", False), ("pdf", True)])
def test_format_that_cannot_be_made_stops_the_run(make_files, formats, accepts):
    """So it does if nothing else is to be made, whatever was accepted."""
    with pytest.raises(Problem, match="pdf was not made") as stopped:
        make_files(formats, accepts)
    assert stopped.value.kind == Kind.MACHINE
    assert "--accept-missing-formats" in stopped.value.remedy


def test_other_formats_are_made_if_that_was_accepted(make_files):
    files, notices = make_files("html,pdf", True)
    assert list(files) == [REPORT_PAGE]
    assert ["annual-report.pdf was not made" in notice for notice in notices] == [True]
