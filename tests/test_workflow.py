"""The documents of a run, and what a long preview does to the memory of its process."""

from __future__ import annotations

import gc

import nbformat
import pytest

from pipeline import workflow
from pipeline.artifacts import REPORT_PAGE, REPORT_STEP
from pipeline.run.chain import Progress
from pipeline.settings import load_settings
from pipeline.workflow import RunResources, make_documents, run_options


@pytest.fixture
def freeze_calls(monkeypatch):
    """The calls of gc.freeze so far, in a process that has made no documents yet."""
    calls: list[str] = []
    monkeypatch.setattr(gc, "freeze", lambda: calls.append("freeze"))
    workflow._freeze_loaded_objects.cache_clear()
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
