"""Which files a review names for a joint report and for a report on one of several procedures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from random_councils import write_joint_workspace

from pipeline.artifacts import PARAGRAPHS_PATH
from pipeline.report.paragraphs.record import Paragraph, ParagraphRecord, SourceText, Span
from pipeline.review.changes import Edit
from pipeline.review.location import NOTEBOOK, SETTING, Locator
from pipeline.review.returned.origin import report_with_id
from pipeline.review.session import setting_lines

YEAR = "2021-22"
SOURCES = {"cell:8": SourceText("We count.", 2), "commentary:overview": SourceText("It fell.", 9)}
TYPED = Paragraph("p1", "overview", "Overview", "paragraph", "We count.", cell=8)
TYPED = replace(TYPED, spans=(Span(0, 9, "text", "cell:8", 0),))
WRITTEN = replace(
    TYPED, id="p2", text="It fell.", spans=(Span(0, 8, "text", "commentary:overview", 0),)
)
CHAPTER = replace(TYPED, id="p3", section="chapter-public-health")
PANEL = replace(TYPED, id="p4", spans=(Span(0, 9, "setting", "council.panel", 0),))


def place(*paragraphs: Paragraph, lines=None, procedure: str = "") -> tuple[str, str]:
    """The kind and place of the last paragraph's first letter."""
    record = ParagraphRecord(YEAR, paragraphs, SOURCES)
    definition = Locator(record, lines or {}, procedure).definition(paragraphs[-1], Edit(0, 1, "A"))
    return definition.kind, definition.where


def test_cell_of_a_joint_report_is_one_of_its_own_notebook():
    assert place(CHAPTER, TYPED) == (NOTEBOOK, "notebooks/5_joint.ipynb, cell 8, line 2")
    assert place(TYPED) == (NOTEBOOK, "notebooks/4_report.ipynb, cell 8, line 2")


def test_words_of_a_chapter_are_those_of_the_procedures_report():
    kind, where = place(CHAPTER)
    assert kind == NOTEBOOK
    assert where == (
        "the report 2021-22/public_health: notebooks/4_report.ipynb or commentary.public_health.md"
    )


@pytest.mark.parametrize(("procedure", "own"), [("", ""), ("adult", ".adult")])
def test_commentary_is_that_of_the_report(procedure, own):
    kind, where = place(WRITTEN, procedure=procedure)
    assert (kind, where) == ("text", f"data/raw/2021-22/commentary{own}.md, line 9")


def test_setting_is_in_the_file_that_has_it(tmp_path):
    workspace = write_joint_workspace(tmp_path, {"corporate": 1, "adult": 1})
    own = workspace / "data" / "raw" / "council.adult.yaml"
    own.write_text("# Ours\npanel: Adults\n", encoding="utf-8")
    places = {
        procedure: place(PANEL, lines=setting_lines(workspace, YEAR, procedure))
        for procedure in ("adult", "corporate")
    }
    assert places["adult"] == (SETTING, "data/raw/council.adult.yaml, line 2, panel")
    assert places["corporate"][1].startswith("data/raw/council.yaml, line ")


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("2021-22", "2021-22"),
        ("adult/2021-22", "2021-22/adult"),
        ("history/2021-22/1", "2021-22"),
        ("adult/history/2021-22/1", "2021-22/adult"),
    ],
)
def test_report_of_a_procedure_is_found_by_its_id(tmp_path, folder, name):
    record = ParagraphRecord(YEAR, (TYPED,), SOURCES)
    path = tmp_path / "reports" / folder / PARAGRAPHS_PATH
    path.parent.mkdir(parents=True)
    path.write_bytes(record.as_json())
    report = report_with_id(tmp_path, record.digest)
    assert report is not None
    assert report.name == name
