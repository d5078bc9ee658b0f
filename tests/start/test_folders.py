"""A new year or council starts with every file it needs, and overwrites none that exists."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest
import yaml
from builders import file_bytes, make_council, replace_text
from openpyxl import Workbook

from pipeline.problem import Problem
from pipeline.report.narrative.commentary import read_commentary
from pipeline.settings import load_report, load_settings
from pipeline.start.folders import create_workspace, create_year
from pipeline.validate.dictionary import extracts_of
from pipeline.year import Year

DATES = {"meeting_date": "2023-11-08", "data_as_at": "2023-09-29"}
FULL_FOLDER = {"report.yaml", "commentary.md"} | {
    f"templates/{extract.name}.xlsx" for extract in extracts_of(make_council())
}
COMMENTARY_SECTIONS = (
    "overview",
    "service_areas",
    "young_people",
    "learning",
    "compliments",
    "training",
)
# fmt: off
UNANSWERED_BY_A_NEW_COUNCIL = (
    "authority", "directorate", "panel", "report_of", "contact.role", "contact.email",
    "service_areas", "disclosure.reason",
)
COUNCIL_VALUES = {
    "authority": "Anyshire Council", "directorate": "Children", "panel": "Scrutiny",
    "report_of": "Director", "  role": "Complaints manager", "  email": "complaints@example.org",
    "service_areas": "[Early Help, Care]", "  reason": "decided by the panel",
}
FIRST_REPORT_VALUES = DATES | {
    "subject": "Annual report", "author": "Manager", "wards": "All", "item_type": "[Briefing]",
    "exempt": "no", "members_are_asked": "to note",
}
FIRST_REPORT_KEYS = [
    "subject", "meeting_date", "data_as_at", "author", "wards", "item_type", "exempt",
    "members_are_asked",
]
UNUSUAL_VALUES = [
    {"exempt": "yes", "exempt_reason": "paragraph 2: it could identify a person"},
    {"subject": "Complaints: a 'year' of \"change\" # and more"},
    {"members_are_asked": "Members are asked:\n- to note\n- to comment\n"},
]
# fmt: on

# Makes a workspace in a process that is killed at its first event, then at its second, and so on.
KILLED_AT_EVERY_EVENT = """
import os, signal, sys
from itertools import count
from pathlib import Path
from pipeline.start.folders import create_workspace
from pipeline.start.mapping.writing import council_file
from pipeline.system.temporary import remove_abandoned_folders

EVENTS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod"}

def attempt(folder, moment):
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    events = count(1)
    def hook(event, _):
        if event in EVENTS and next(events) == moment:
            os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)
    create_workspace(folder, {"authority": "Anyshire Council"})
    os._exit(0)

for moment in count(1):
    folder = Path(sys.argv[1], str(moment))
    is_killed = attempt(folder, moment)
    remove_abandoned_folders()
    left = {path.name for path in folder.rglob("*")}
    is_whole = (folder / "data" / "raw").exists()
    assert is_whole or left <= {".gitignore", "data"}, (moment, left)
    assert is_whole or not attempt(folder, 0), moment
    texts = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert len(texts) == 5 and b"Anyshire" in texts["council.yaml"], (moment, texts.keys())
    if not is_killed:
        print(moment)
        break
"""


def fill_in(path, values):
    """Write a value after each key, all of which must be empty."""
    text = path.read_text()
    for key, value in values.items():
        assert f"\n{key}:\n" in text, key
        text = text.replace(f"\n{key}:\n", f"\n{key}: {value}\n")
    path.write_text(text)


def test_new_year_has_settings_headings_and_all_templates(workspace):
    folder, empty_keys = create_year(workspace, "2022-23")
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert folder == workspace / "data" / "raw" / "2022-23"
    assert files == FULL_FOLDER
    assert empty_keys == list(DATES)


def test_last_years_settings_are_carried_over_except_dates(workspace):
    last_report = load_settings(workspace, "2021-22").report
    folder, _ = create_year(workspace, "2022-23")
    with pytest.raises(Problem) as raised:
        load_settings(workspace, "2022-23")
    assert "meeting_date: this key has no value yet" in str(raised.value)
    assert "data_as_at: this key has no value yet" in str(raised.value)
    text = (folder / "report.yaml").read_text()
    assert (
        "# TO FILL IN: the day on which the panel meets, such as 2022-11-09. "
        "In 2021-22: 2022-11-09.\nmeeting_date:\n"
    ) in text
    fill_in(folder / "report.yaml", DATES)
    report = load_settings(workspace, "2022-23").report
    assert report.model_dump(exclude=set(DATES)) == last_report.model_dump(exclude=set(DATES))


@pytest.mark.parametrize("values", UNUSUAL_VALUES)
def test_unusual_values_of_last_year_are_carried_over_exactly(values, workspace):
    path = workspace / "data" / "raw" / "2021-22" / "report.yaml"
    path.write_text(yaml.safe_dump(yaml.load(path.read_text(), yaml.BaseLoader) | values))
    last_settings = load_settings(workspace, "2021-22")
    folder, _ = create_year(workspace, "2022-23")
    fill_in(folder / "report.yaml", DATES)
    report = load_report(workspace.resolve(), Year(2022), last_settings.council)
    assert report.model_dump(include=set(values)) == last_settings.report.model_dump(
        include=set(values)
    )


def test_prompts_of_a_new_commentary_are_not_printed(workspace):
    folder, _ = create_year(workspace, "2022-23")
    fill_in(folder / "report.yaml", DATES)
    assert read_commentary(load_settings(workspace, "2022-23"), language=None) == {}
    text = (folder / "commentary.md").read_text()
    for section in COMMENTARY_SECTIONS:
        assert f"\n## {section}\n\n<!-- " in text


def test_second_year_starts_before_the_first_is_complete(workspace):
    create_year(workspace, "2022-23")  # its two dates are not filled in
    replace_text(workspace / "data/raw/2022-23/report.yaml", "exempt: no", "exempt: perhaps")
    folder, empty_keys = create_year(workspace, "2023-24")
    text = (folder / "report.yaml").read_text()
    assert empty_keys == ["meeting_date", "data_as_at", "exempt"]
    assert "\nsubject: " in text
    assert "\nexempt:\n" in text
    assert "perhaps" not in text


def test_values_missing_in_both_files_are_listed_at_once(workspace):
    create_year(workspace, "2022-23")
    replace_text(workspace / "data/raw/council.yaml", "panel: ", "panel: #")
    with pytest.raises(Problem) as raised:
        load_settings(workspace, "2022-23")
    assert raised.value.where == "data/raw/council.yaml, data/raw/2022-23/report.yaml"
    assert raised.value.what.splitlines()[0] == "3 things to fix"
    assert "line 6, panel: this key has no value yet" in raised.value.what
    assert "data_as_at: this key has no value yet" in raised.value.what


def test_existing_year_is_refused_and_not_overwritten(workspace):
    original_files = file_bytes(workspace)
    with pytest.raises(Problem, match="2021-22: this year exists already") as raised:
        create_year(workspace, "2021-22")
    assert "no file is ever overwritten" in raised.value.what
    assert raised.value.remedy == (
        "To see what is wrong with its extracts: annual-report check 2021-22."
    )
    assert file_bytes(workspace) == original_files


@pytest.mark.parametrize(
    "text", ["../../etc", "2022", "2022-24", "2022-23/..", "", "\uff12\uff10\uff12\uff12-23"]
)
def test_text_that_is_not_a_year_creates_nothing(text, workspace):
    original_files = file_bytes(workspace.parent)
    with pytest.raises(Problem, match="is not a financial year"):
        create_year(workspace, text)
    assert file_bytes(workspace.parent) == original_files


def test_year_that_cannot_be_finished_leaves_nothing(workspace, monkeypatch):
    original_files = file_bytes(workspace)

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Workbook, "save", fail)
    with pytest.raises(OSError, match="No space left"):
        create_year(workspace, "2022-23")
    assert file_bytes(workspace) == original_files
    assert not list((workspace / "data" / "raw").glob("*2022-23*"))


def test_new_council_has_defaults_and_asks_for_the_rest(tmp_path):
    folder = tmp_path / "council"
    files = create_workspace(folder)
    assert [path.relative_to(folder).as_posix() for path in files] == [
        "data/raw/council.yaml",
        "data/raw/published.csv",
        "data/raw/.schemas/council.json",
        "data/raw/.schemas/report.json",
        ".gitignore",
    ]
    with pytest.raises(Problem) as raised:
        create_year(folder, "2022-23")
    for key in UNANSWERED_BY_A_NEW_COUNCIL:
        assert f"{key}: this key has no value yet" in str(raised.value)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is forked and killed")
@pytest.mark.slow
def test_init_killed_at_any_moment_can_be_repeated(tmp_path):
    (tmp_path / "t").mkdir()
    result = subprocess.run(
        [sys.executable, "-c", KILLED_AT_EVERY_EVENT, tmp_path],
        env=os.environ | {"TMPDIR": str(tmp_path / "t")},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) > 20
    assert list((tmp_path / "t").iterdir()) == []


def test_completed_new_council_can_create_its_first_year(tmp_path):
    council, *_ = create_workspace(tmp_path)
    fill_in(council, COUNCIL_VALUES)
    folder, empty_keys = create_year(tmp_path, "2022-23")
    assert empty_keys == FIRST_REPORT_KEYS
    fill_in(folder / "report.yaml", FIRST_REPORT_VALUES)
    assert load_settings(tmp_path, "2022-23").council.authority == "Anyshire Council"


def test_existing_council_is_refused_and_not_overwritten(workspace):
    original_files = file_bytes(workspace)
    with pytest.raises(Problem, match="this exists already, and no file is ever overwritten"):
        create_workspace(workspace)
    assert file_bytes(workspace) == original_files


def test_existing_gitignore_is_refused_and_not_overwritten(tmp_path):
    (tmp_path / ".gitignore").write_bytes(b"mine\n")
    with pytest.raises(Problem, match=r"\.gitignore: this exists already"):
        create_workspace(tmp_path)
    assert file_bytes(tmp_path) == {".gitignore": b"mine\n"}
