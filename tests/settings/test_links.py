"""No input is read through a link out of the workspace, or from what is no file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.inputs import word_faults
from pipeline.problem import Kind, Problem
from pipeline.report.logo import logo_data_url
from pipeline.run.steps import notebook_path
from pipeline.settings import load_settings

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links and pipes as on Unix")
YEAR = "2021-22"
LINK = "this is a link to a file outside the workspace"


@pytest.fixture
def elsewhere(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("elsewhere") / "file"


def link_out(path: Path, elsewhere: Path, content: str) -> None:
    """Replace a file of a workspace by a link to one outside it."""
    elsewhere.write_text(content)
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(elsewhere)


@pytest.mark.parametrize("name", ["council.yaml", f"{YEAR}/report.yaml"])
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_settings_behind_a_link_or_in_a_pipe_are_refused(workspace, elsewhere, name, kind):
    path = workspace / "data" / "raw" / name
    if kind == "link":
        link_out(path, elsewhere, path.read_text())
    else:
        path.unlink()
        os.mkfifo(path)
    with pytest.raises(Problem) as refused:
        load_settings(workspace, YEAR)
    assert refused.value.where == f"data/raw/{name}"
    assert refused.value.what == (LINK if kind == "link" else "this is not an ordinary file")


def test_commentary_behind_a_link_is_refused(workspace, elsewhere):
    path = workspace / "data" / "raw" / YEAR / "commentary.md"
    link_out(path, elsewhere, path.read_text())
    assert [fault.what for fault in word_faults(load_settings(workspace, YEAR))] == [LINK]


def test_logo_behind_a_link_is_refused(workspace, elsewhere):
    path = workspace / "data" / "raw" / "logo.svg"
    link_out(path, elsewhere, "<svg/>")
    settings = load_settings(workspace, YEAR)
    council = settings.council.model_copy(update={"logo": "logo.svg"})
    with pytest.raises(Problem, match=LINK):
        logo_data_url(settings.model_copy(update={"council": council}))


def test_notebook_behind_a_link_is_refused(workspace, elsewhere):
    link_out(workspace / "notebooks" / "4_report.ipynb", elsewhere, "{}")
    with pytest.raises(Problem, match=LINK) as refused:
        notebook_path("4_report", workspace)
    assert refused.value.kind == Kind.SETTINGS


def test_link_inside_the_workspace_is_followed(workspace):
    path = workspace / "data" / "raw" / "council.yaml"
    path.rename(workspace / "council.yaml")
    path.symlink_to("../../council.yaml")
    assert load_settings(workspace, YEAR).council.authority == "Calderbrook Council"
