"""Bad and hostile files: each gives its message and a remedy, and changes nothing on disk."""

from __future__ import annotations

import os

import pytest
from builders import share_of_examples
from hostile_files import (
    GOOD,
    HEAD,
    HEADING,
    SHEET_PART,
    SLOW,
    SPREADSHEET_NAMESPACE,
    UNREADABLE,
    sheet_of,
    sheet_with,
    text_cell,
    xlsx_with,
)
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from pipeline.problem import Problem


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in UNREADABLE],
)
def test_unreadable_file_is_one_critical_finding(workspace, name):
    hostile = UNREADABLE[name]
    file_name = f"2021-22/training.{hostile.ending}"
    workspace.put(file_name, hostile.build())
    states_before = workspace.file_states()
    reading = workspace.read()
    critical = [one for one in reading.findings if one.severity == "critical"]
    assert critical, reading.findings
    assert all(one.file.startswith(f"data/raw/{file_name}") for one in critical)
    assert all(one.remedy.endswith(".") for one in critical)
    if hostile.message is not None:
        assert hostile.message in critical[0].what
        assert len(critical) == 1
    states_after = workspace.file_states()
    states_after.pop(str(workspace.path("council.yaml")))
    assert states_after == states_before


def test_other_extracts_are_read_despite_a_bad_one(workspace):
    workspace.put("2021-22/training.csv", "\0")
    workspace.rows("complaints", {"reference": "C1"})
    assert workspace.read().tables["complaints"]["reference"].tolist() == ["C1"]


def test_file_over_two_gigabytes_is_refused_unopened(workspace):
    path = workspace.put("2021-22/training.csv", HEAD)
    os.truncate(path, 2_000_000_001)  # a hole, which takes no room on disk
    [finding] = workspace.read().findings
    assert finding.what == "the file is larger than 2 GB, the most that is read"


def test_more_than_five_million_rows_are_refused(workspace):
    workspace.put("2021-22/training.csv", "date,title\n" + "x,y\n" * 5_000_001)
    [finding] = workspace.read().findings
    assert finding.what == "this has more than 5,000,000 rows, the most that is read"


def test_link_out_of_the_workspace_is_not_followed(workspace, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secret.csv"
    outside.write_text(HEAD + "2021-05-01,secret\n")
    workspace.path("2021-22/training.csv").symlink_to(outside)
    workspace.path("published.csv").symlink_to(outside)
    reading = workspace.read()
    assert {(one.file, one.what) for one in reading.findings} == {
        ("data/raw/2021-22/training.csv", "this is a link to a file outside the workspace"),
        ("data/raw/published.csv", "this is a link to a file outside the workspace"),
    }
    assert "secret" not in str(reading.tables)


def test_year_linked_out_of_the_workspace_is_not_read(workspace, tmp_path_factory):
    outside = tmp_path_factory.mktemp("elsewhere")
    workspace.path("2021-22").rename(outside / "2021-22")
    workspace.path("2021-22").symlink_to(outside / "2021-22")
    with pytest.raises(Problem, match="this is a link to a file outside the workspace"):
        workspace.read()


def test_link_within_the_workspace_is_read(workspace):
    workspace.put("shared.csv", HEAD + GOOD)
    workspace.path("2021-22/training.csv").symlink_to(workspace.path("shared.csv"))
    assert workspace.read().tables["training"]["title"].tolist() == ["A"]


@pytest.mark.parametrize("make", ["folder", "pipe", "link to nothing", "link to itself", "device"])
def test_anything_but_an_ordinary_file_is_not_opened(workspace, make):
    path = workspace.path("2021-22/training.csv")
    match make:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "link to nothing":
            path.symlink_to(workspace.folder / "nothing.csv")
        case "link to itself":
            path.symlink_to(path)
        case "device":
            path.symlink_to("/dev/zero")
    [finding] = workspace.read().findings
    assert finding.rule == "training.file.readable"
    assert finding.what in (
        "this is not an ordinary file",
        "this is a link to a file outside the workspace",
    )


def test_entities_and_links_of_a_workbook_are_ignored(workspace, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    entities = (
        f'<!ENTITY e SYSTEM "file://{tmp_path}/secret.txt"><!ENTITY l "lol"><!ENTITY k "&l;&l;&l;">'
    )
    rows = f'<row r="2">{text_cell("A2", "2021-05-01")}{text_cell("B2", "see &e; and &k;")}</row>'
    relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = (
        f'<externalLink xmlns="{SPREADSHEET_NAMESPACE}">'
        f'<externalBook r:id="rId1" xmlns:r="{relationships}"/></externalLink>'
    )
    sheet = sheet_of(HEADING + rows, prologue=f"<!DOCTYPE x [{entities}]>")
    parts = {SHEET_PART: sheet, "xl/externalLinks/externalLink1.xml": link}
    workspace.put("2021-22/training.xlsx", xlsx_with(parts))
    reading = workspace.read()
    assert "secret" not in str(reading.tables)
    assert "lollol" not in str(reading)


def test_formula_in_a_workbook_is_read_as_its_last_value(workspace):
    date_cell = text_cell("A2", "2021-05-01")
    formula_cell = '<c r="B2" t="str"><f>cmd|"/c calc"!A0</f><v>as it was</v></c>'
    row = f'<row r="2">{date_cell}{formula_cell}</row>'
    workspace.put("2021-22/training.xlsx", sheet_with(sheet_of(HEADING + row)))
    reading = workspace.read()
    assert reading.tables["training"]["title"].tolist() == ["as it was"]
    assert reading.findings == []


def test_html_and_script_stay_text(workspace):
    workspace.rows(
        "compliments",
        {
            "reference": "P1",
            "received": "2021-05-01",
            "service_area": "Early Help",
            "approved_text": "<script>alert(1)</script>",
        },
    )
    assert workspace.read().tables["compliments"]["approved_text"].tolist() == [
        "<script>alert(1)</script>"
    ]


def test_file_names_are_never_read_as_commands(workspace, as_workbook):
    workspace.put(
        "2021-22/--help; rm -rf $HOME.xlsx",
        as_workbook(".xlsx", {"training": [["date", "title"], ["2021-05-01", "A"]]}),
    )
    reading = workspace.read()
    assert reading.tables["training"]["title"].tolist() == ["A"]
    assert reading.findings == []


@share_of_examples(0.8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text("date,til\n\r\"'; \t=é", max_size=200).map(lambda text: (HEAD + text).encode()),
    )
)
@pytest.mark.slow
def test_no_bytes_break_the_reading_of_text(workspace, content):
    workspace.put("2021-22/training.csv", content)
    reading = workspace.read()
    assert (
        reading.findings
        or len(reading.tables["training"]) == 0
        or content.startswith(HEAD.encode())
    )


@share_of_examples(0.08, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
@pytest.mark.parametrize("ending", [".xlsx", ".xls", ".ods"])
def test_no_damage_to_a_workbook_breaks_the_reading(workspace, as_workbook, ending, data):
    content = bytearray(as_workbook(ending, {"training": [["date", "title"], ["2021-05-01", "A"]]}))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    workspace.put(f"2021-22/training{ending}", bytes(content))
    for finding in workspace.read().findings:
        assert finding.remedy
