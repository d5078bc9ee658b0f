"""A new year and a new council begin with everything in its place, and never over something that is there."""

from __future__ import annotations

import pytest
import yaml

from pipeline.problem import Problem
from pipeline.report.narrative.commentary import read_commentary
from pipeline.settings import load_report, load_settings
from pipeline.start.folders import create_workspace, create_year
from pipeline.validate.dictionary import EXTRACTS


def fill_in(path, **values):
    text = path.read_text()
    for key, value in values.items():
        assert f"\n{key}:\n" in text, key
        text = text.replace(f"\n{key}:\n", f"\n{key}: {value}\n")
    path.write_text(text)


def test_a_new_year_holds_settings_headings_and_a_spreadsheet_for_each_extract(workspace):
    folder, to_fill_in = create_year(workspace, "2022-23")
    assert folder == workspace / "data" / "raw" / "2022-23"
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == {
        "report.yaml", "commentary.md", *(f"templates/{extract.name}.xlsx" for extract in EXTRACTS)
    }  # fmt: skip
    assert to_fill_in == ["meeting_date", "data_as_at"]


def test_settings_are_taken_over_from_last_year_but_for_what_belongs_to_one_meeting(workspace):
    before = load_settings(workspace, "2021-22")
    folder, _ = create_year(workspace, "2022-23")
    with pytest.raises(Problem) as raised:
        load_settings(workspace, "2022-23")
    assert "meeting_date: nothing is written after this key yet" in str(raised.value)
    assert "data_as_at: nothing is written after this key yet" in str(raised.value)
    text = (folder / "report.yaml").read_text()
    assert (
        "# TO FILL IN: the day on which the panel meets, such as 2022-11-09. In 2021-22: 2022-11-09.\nmeeting_date:\n"
        in text
    )
    fill_in(folder / "report.yaml", meeting_date="2023-11-08", data_as_at="2023-09-29")
    after = load_settings(workspace, "2022-23").report
    changed = {"meeting_date", "data_as_at"}
    assert after.model_dump(exclude=changed) == before.report.model_dump(exclude=changed)


@pytest.mark.parametrize("said", [
    {"exempt": "yes", "exempt_reason": "paragraph 2: it could identify a person"},
    {"subject": "Complaints: a 'year' of \"change\" # and more"},
    {"members_are_asked": "Members are asked:\n- to note\n- to comment\n"},
])  # fmt: skip
def test_whatever_last_year_said_is_taken_over_as_it_was(said, workspace):
    path = workspace / "data" / "raw" / "2021-22" / "report.yaml"
    path.write_text(yaml.safe_dump(yaml.load(path.read_text(), yaml.BaseLoader) | said))
    before = load_settings(workspace, "2021-22")
    folder, _ = create_year(workspace, "2022-23")
    fill_in(folder / "report.yaml", meeting_date="2023-11-08", data_as_at="2023-09-29")
    after = load_report(workspace.resolve(), type(before.year)(2022), before.council)
    assert [getattr(after, key) for key in said] == [getattr(before.report, key) for key in said]


def test_the_prompts_of_a_new_commentary_are_not_printed(workspace):
    folder, _ = create_year(workspace, "2022-23")
    fill_in(folder / "report.yaml", meeting_date="2023-11-08", data_as_at="2023-09-29")
    assert read_commentary(load_settings(workspace, "2022-23"), language=None) == {}
    text = (folder / "commentary.md").read_text()
    for section in (
        "overview",
        "service_areas",
        "young_people",
        "learning",
        "compliments",
        "training",
    ):
        assert f"\n## {section}\n\n<!-- " in text


def test_a_year_that_is_there_is_not_written_over(workspace, everything):
    before = everything(workspace)
    with pytest.raises(
        Problem, match="2021-22: this year is there already, and nothing is ever written over"
    ) as raised:
        create_year(workspace, "2021-22")
    assert (
        raised.value.remedy
        == "To see what is wrong with its extracts: annual-report check 2021-22."
    )
    assert everything(workspace) == before


@pytest.mark.parametrize(
    "year", ["../../etc", "2022", "2022-24", "2022-23/..", "", "\uff12\uff10\uff12\uff12-23"]
)
def test_what_is_not_a_year_makes_nothing(year, workspace, everything):
    before = everything(workspace.parent)
    with pytest.raises(Problem, match="is not a financial year"):
        create_year(workspace, year)
    assert everything(workspace.parent) == before


def test_a_year_that_cannot_be_finished_leaves_nothing_behind(workspace, everything):
    path = workspace / "data" / "raw" / "council.yaml"
    path.write_text(path.read_text().replace("gender: [female", 'gender: ["\\u0000", female'))
    before = everything(workspace)
    with pytest.raises(
        Exception, match="cannot be used in worksheets"
    ):  # openpyxl refuses the character
        create_year(workspace, "2022-23")
    assert everything(workspace) == before
    assert not list((workspace / "data" / "raw").glob("*2022-23*"))


def test_a_new_council_has_what_is_usual_and_asks_for_the_rest(tmp_path):
    made = create_workspace(tmp_path / "council")
    assert [path.relative_to(tmp_path / "council").as_posix() for path in made] == [
        "data/raw/council.yaml", "data/raw/published.csv", ".gitignore"
    ]  # fmt: skip
    with pytest.raises(Problem) as raised:
        create_year(tmp_path / "council", "2022-23")
    for key in ("authority", "directorate", "panel", "report_of", "contact.role", "contact.email", "service_areas",
                "disclosure.reason"):  # fmt: skip
        assert f"{key}: nothing is written after this key yet" in str(raised.value)


def test_a_new_council_filled_in_begins_its_first_year(tmp_path):
    council, *_ = create_workspace(tmp_path)
    text = council.read_text()
    for key, value in {
        "authority": "Anyshire Council", "directorate": "Children", "panel": "Scrutiny", "report_of": "Director",
        "  role": "Complaints manager", "  email": "complaints@example.org", "service_areas": "[Early Help, Care]",
        "  reason": "decided by the panel",
    }.items():  # fmt: skip
        assert f"\n{key}:\n" in text, key
        text = text.replace(f"\n{key}:\n", f"\n{key}: {value}\n")
    council.write_text(text)
    folder, to_fill_in = create_year(tmp_path, "2022-23")
    assert to_fill_in == [
        "subject",
        "meeting_date",
        "data_as_at",
        "author",
        "wards",
        "item_type",
        "exempt",
        "members_are_asked",
    ]
    for key in to_fill_in:
        assert f"\n{key}:\n" in (folder / "report.yaml").read_text()
    fill_in(folder / "report.yaml", meeting_date="2023-11-08", data_as_at="2023-09-29", subject="Annual report", author="Manager",
            wards="All", item_type="[Briefing]", exempt="no", members_are_asked="to note")  # fmt: skip
    assert load_settings(tmp_path, "2022-23").council.authority == "Anyshire Council"


def test_a_council_that_is_there_is_not_written_over(workspace, everything):
    before = everything(workspace)
    with pytest.raises(Problem, match="this is there already, and nothing is ever written over"):
        create_workspace(workspace)
    assert everything(workspace) == before


def test_a_folder_with_rules_of_its_own_for_git_is_left_alone(tmp_path, everything):
    (tmp_path / ".gitignore").write_text("mine\n")
    with pytest.raises(Problem, match=r"\.gitignore: this is there already"):
        create_workspace(tmp_path)
    assert everything(tmp_path) == {tmp_path / ".gitignore": b"mine\n"}
