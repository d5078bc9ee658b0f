"""Bad inputs as the analyst meets them in `annual-report check`.

The command names the place and the remedy, without a traceback, and nothing on disk changes: not
the data, not the last report, nothing that git would see.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from builders import REPOSITORY, copy_sample
from builders import replace_text as replace_in_file
from hostile_files import SLOW, UNREADABLE

from pipeline import cli
from pipeline.problem import Kind

COUNCIL = "council.yaml"
REPORT = "2021-22/report.yaml"
PUBLISHED = "published.csv"
COMPLAINTS = "2021-22/complaints.csv"
INVESTIGATIONS = "2021-22/investigations.csv"
COMPLIMENTS = "2021-22/compliments.csv"
TRAINING = "2021-22/training.csv"

# Spoils data/raw of a copy of the sample.
Spoil = Callable[[Path], object]


class BadInput(NamedTuple):
    """A way to spoil the sample, and what must be said: the place, the fault and the remedy."""

    spoil: Spoil
    where: str
    what: str
    remedy: str


class BadYear(NamedTuple):
    """A year that the command does not take, and what must be said."""

    year: str
    what: str
    remedy: str


def write(name: str, content: str | bytes) -> Spoil:
    encoded = content if isinstance(content, bytes) else content.encode()
    return lambda raw: (raw / name).write_bytes(encoded)


def remove(name: str) -> Spoil:
    return lambda raw: (raw / name).unlink()


def copy(name: str, new_name: str) -> Spoil:
    return lambda raw: shutil.copy(raw / name, raw / new_name)


def replace_text(name: str, old: str, new: str) -> Spoil:
    """Replace the first occurrence of a text, which must be there."""
    return lambda raw: replace_in_file(raw / name, old, new)


def append(name: str, text: str) -> Spoil:
    def spoil(raw: Path) -> None:
        with (raw / name).open("a", encoding="utf-8") as file:
            file.write(text)

    return spoil


def repeat_first_row(name: str) -> Spoil:
    def spoil(raw: Path) -> None:
        first_row = (raw / name).read_text(encoding="utf-8").splitlines()[1]
        append(name, f"{first_row}\n")(raw)

    return spoil


def set_cell(name: str, column: str, value: str) -> Spoil:
    """Change a cell of the first record."""

    def spoil(raw: Path) -> None:
        with (raw / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        rows[0][column] = value
        with (raw / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    return spoil


BAD_SETTINGS = {
    "a key that is not one": BadInput(
        replace_text(COUNCIL, "panel:", "pannel:"),
        "council.yaml, line",
        'Did you mean "panel"?',
        "Keys allowed",
    ),
    "a key twice": BadInput(
        append(COUNCIL, "panel: Another\n"), "panel", "this key appears twice", "Keep one of them"
    ),
    "a tag that runs code": BadInput(
        append(COUNCIL, "notice2: !!python/object/apply:os.system ['true']\n"),
        "council.yaml, line",
        "is not allowed here",
        "plain text",
    ),
    "an alias that grows": BadInput(
        replace_text(
            COUNCIL, "authority: Calderbrook Council", "authority: &a Calderbrook\nservice2: *a"
        ),
        "council.yaml",
        "alias",
        "Write the value out",
    ),
    "no YAML": BadInput(
        write(COUNCIL, "a: [1, 2\nb: }"), "council.yaml, line", "", "Check indentation"
    ),
    "settings in another encoding": BadInput(
        write(COUNCIL, "authority: Caf\u00e9".encode("cp1252")),
        "council.yaml",
        "not UTF-8",
        "Save it",
    ),
    "settings that are a list": BadInput(
        write(COUNCIL, "- a\n- b\n"), "council.yaml", "not a list of keys", "Write `key: value`"
    ),
    "settings that are empty": BadInput(
        write(COUNCIL, ""), "council.yaml", "authority: this key is required", "Add"
    ),
    "settings without end": BadInput(
        write(COUNCIL, "#" * 1_000_001),
        "council.yaml",
        "larger than 250,000 bytes",
        "check the file",
    ),
    "lists in lists in lists": BadInput(
        write(COUNCIL, "a: " + "[" * 5000), "council.yaml", "", "check"
    ),
    "a policy that is not one": BadInput(
        replace_text(COUNCIL, "policy: publish", "policy: hide"),
        "disclosure.policy",
        '"hide"',
        "Write",
    ),
    "a limit below zero": BadInput(
        replace_text(COUNCIL, "stage_1: 10", "stage_1: -10"),
        "time_limits.stage_1",
        '"-10"',
        "Write a length of 1 or more",
    ),
    "an extension shorter than the limit": BadInput(
        replace_text(COUNCIL, "stage_1_extended: 20", "stage_1_extended: 5"),
        "time_limits",
        "an extended limit must be longer",
        "Fix it in the file",
    ),
    "no list where one is needed": BadInput(
        replace_text(COUNCIL, "equality:", "equality: none\nold:"),
        "equality",
        '"none"',
        "Keys allowed",
    ),
    "an address that is none": BadInput(
        replace_text(COUNCIL, "email: childrens.complaints@example.org", "email: complaints"),
        "contact.email",
        "not an e-mail",
        "Write an address",
    ),
    "a mapping of no extract": BadInput(
        append(COUNCIL, "columns: {complaint: {reference: Id}}\n"),
        "columns, complaint",
        "complaints",
        "Use one of",
    ),
    "a mapping of no column": BadInput(
        append(COUNCIL, "columns: {complaints: {refrence: Id}}\n"),
        "columns, complaints, refrence",
        'mean "reference"?',
        "Use one of",
    ),
    "a code that means none of ours": BadInput(
        append(COUNCIL, "values: {outcome: {Part: partly upheld}}\n"),
        "values, outcome, Part",
        'mean "partially upheld"?',
        "Use one of",
    ),
    "a stage without its date": BadInput(
        append(COUNCIL, "stages: {stage_1: {responded: Done}}\n"),
        "stages, stage_1",
        "does not say which heading",
        "Add `requested:`",
    ),
    "no report.yaml": BadInput(
        remove(REPORT), "2021-22/report.yaml", "the file is missing", "copy it"
    ),
    "a date as it is spoken": BadInput(
        replace_text(REPORT, "2022-11-09", "9 November"),
        "meeting_date",
        "not a date",
        "Write the date as 2022-11-09",
    ),
    "a date of last year's report": BadInput(
        replace_text(REPORT, "2022-11-09", "2020-11-11"),
        "meeting_date",
        "before the year begins",
        "Write this",
    ),
    "an item type that the panel does not know": BadInput(
        replace_text(
            REPORT, "  - Performance management (including financial)", "  - Performance mangement"
        ),
        "item_type",
        "not one of the item types",
        "Use one of",
    ),
    "neither yes nor no": BadInput(
        replace_text(REPORT, "exempt: no", "exempt: perhaps"),
        "exempt",
        "neither yes nor no",
        "Write yes or no",
    ),
    "exempt without a reason": BadInput(
        replace_text(REPORT, "exempt: no", "exempt: yes"),
        "report.yaml",
        "needs `exempt_reason`",
        "Fix it in the file",
    ),
}

BAD_EXTRACTS = {
    "no complaints": BadInput(
        remove(COMPLAINTS),
        "data/raw/2021-22",
        "complaints is missing",
        "Put complaints.csv",
    ),
    "complaints twice": BadInput(
        copy(COMPLAINTS, "2021-22/Complaints.tsv"),
        "data/raw/2021-22",
        "complaints is supplied more than once",
        "Keep the right one",
    ),
    "a heading misspelt": BadInput(
        replace_text(COMPLAINTS, "service_area", "service_aera"), COMPLAINTS, "service_area", "."
    ),
    "a heading twice": BadInput(
        replace_text(COMPLAINTS, "team", "route"), COMPLAINTS, "route", "."
    ),
    "a row too short": BadInput(
        append(COMPLAINTS, "CYP-99,2021-05-04\n"),
        f"{COMPLAINTS}",
        "fewer cells than the",
        "Look for a missing delimiter",
    ),
    "a row too long": BadInput(
        append(COMPLAINTS, "x," * 40 + "\n"),
        f"{COMPLAINTS}",
        "more cells than the",
        "quotation marks",
    ),
    "a date that does not exist": BadInput(
        set_cell(COMPLAINTS, "received", "30/02/2022"), "received", "30/02/2022", "."
    ),
    "a date that may be either": BadInput(
        set_cell(COMPLAINTS, "received", "03/04/2021"), "received", "03/04/2021", "council.yaml"
    ),
    "a year of two digits": BadInput(
        set_cell(COMPLAINTS, "received", "13/07/21"), "received", "13/07/21", "."
    ),
    "a date in words of nothing": BadInput(
        set_cell(COMPLAINTS, "closed", "soon"), "closed", "soon", "."
    ),
    "a date of another year": BadInput(
        set_cell(COMPLAINTS, "received", "2019-07-13"),
        "received",
        "is not inside 2021-22",
        "Correct the date",
    ),
    "a date to come": BadInput(
        set_cell(COMPLAINTS, "closed", "2031-07-13"),
        "closed",
        "is after 2022-09-30",
        "Correct the date",
    ),
    "closed before it was received": BadInput(
        set_cell(COMPLAINTS, "closed", "2021-04-01"),
        "closed",
        "is before received",
        "Correct whichever",
    ),
    "a code misspelt": BadInput(
        set_cell(COMPLAINTS, "route", "advocat"), "route", 'Did you mean "advocate"?', "Use one of"
    ),
    "a theme misspelt": BadInput(
        set_cell(COMPLAINTS, "theme", "delay; stuff"), "theme", '"stuff"', "Use one of"
    ),
    "an empty cell that is needed": BadInput(
        set_cell(COMPLAINTS, "complainant_type", ""), "complainant_type", "is empty", "Fill in"
    ),
    "neither accepted nor not": BadInput(
        set_cell(COMPLAINTS, "accepted", "maybe"), "accepted", "maybe", "yes"
    ),
    "turned away for no reason": BadInput(
        set_cell(COMPLAINTS, "accepted", "no"),
        "not_accepted_reason",
        "although accepted is no",
        "Fill in",
    ),
    "closed without an outcome": BadInput(
        set_cell(COMPLAINTS, "outcome", ""), "outcome", "is empty although", "Fill in"
    ),
    "a formula for a reference": BadInput(
        set_cell(COMPLAINTS, "reference", "=cmd|'/c calc'!A0"), "=cmd", "", "."
    ),
    "writing that runs backwards": BadInput(
        set_cell(COMPLAINTS, "service_area", "\u202eylraE"), "service_area", "ylraE", "Use one of"
    ),
    "a stage of no complaint": BadInput(
        set_cell(INVESTIGATIONS, "complaint", "CYP-99"),
        INVESTIGATIONS,
        "there is no complaint CYP-99",
        "Correct",
    ),
    "a stage that there is not": BadInput(
        set_cell(INVESTIGATIONS, "stage", "4"), "stage", 'stage is "4"', "Use one of: 1; 2; 3"
    ),
    "a cost below zero": BadInput(
        set_cell(INVESTIGATIONS, "cost", "-50"), "cost", "below zero", "Correct cost"
    ),
    "a cost in words": BadInput(
        set_cell(INVESTIGATIONS, "cost", "about fifty"), "cost", "about fifty", "."
    ),
    "a stage asked for before the complaint": BadInput(
        set_cell(INVESTIGATIONS, "requested", "2021-04-02"),
        "requested",
        "before complaint",
        "Correct whichever",
    ),
    "a reference that stands twice": BadInput(
        repeat_first_row(COMPLIMENTS),
        COMPLIMENTS,
        "appears more than once",
        "Keep one row",
    ),
    "a number of visitors in words": BadInput(
        set_cell(TRAINING, "attended", "many"), "attended", "many", "."
    ),
    "half a person": BadInput(set_cell(TRAINING, "attended", "4.5"), "attended", "4.5", "."),
    "a total that is no number": BadInput(
        set_cell(PUBLISHED, "value", "some"), PUBLISHED, "some", "."
    ),
    "a total of no figure": BadInput(
        set_cell(PUBLISHED, "figure", ""), PUBLISHED, "figure is empty", "Fill in"
    ),
    "a year that is none": BadInput(
        set_cell(PUBLISHED, "year", "2019"), PUBLISHED, "2019", "2021-22"
    ),
}

BAD_YEARS = {
    "a year as a calendar knows it": BadYear(
        "2021", "is not a financial year", "This workspace contains 2020-21, 2021-22"
    ),
    "a year that is not one": BadYear(
        "2021-23", 'Did you mean "2021-22"?', "This workspace contains"
    ),
    "a path for a year": BadYear("../../etc", "is not a financial year", "This workspace contains"),
    "a year that is not there": BadYear(
        "2022-23", "there is no folder data/raw/2022-23", "annual-report new 2022-23"
    ),
    "a word for a year": BadYear("lastest", "is not a financial year", "This workspace contains"),
}


def test_there_are_at_least_sixty_bad_inputs():
    tables = (UNREADABLE, BAD_SETTINGS, BAD_EXTRACTS, BAD_YEARS)
    assert sum(len(table) for table in tables) >= 60


@pytest.fixture(scope="module")
def sample_with_report(tmp_path_factory):
    """The sample with a last report, and the .gitignore of the repository."""
    folder = tmp_path_factory.mktemp("sample")
    copy_sample(folder)
    shutil.copy(REPOSITORY / ".gitignore", folder)
    (folder / "reports" / "2021-22").mkdir(parents=True)
    report = folder / "reports" / "2021-22" / "annual-report.html"
    report.write_text("the last good report", encoding="utf-8")
    return folder


@pytest.fixture
def check(sample_with_report, tmp_path, monkeypatch, capsys):
    """check(spoil, year="2021-22"): the command's exit code and output for a spoilt copy.

    Asserts that the command changed nothing there.
    """

    def run_check(spoil: Spoil | None, year: str = "2021-22") -> tuple[int, str]:
        folder = tmp_path / "workspace"
        shutil.copytree(sample_with_report, folder)
        if spoil is not None:
            spoil(folder / "data" / "raw")
        run_git(folder, "init", "--quiet")
        run_git(folder, "add", "--all")
        user = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        run_git(folder, *user, "commit", "--quiet", "-m", "spoilt")
        states_before = report_states(folder)
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["annual-report", "check", year])
        with pytest.raises(SystemExit) as raised:
            cli.main()
        assert run_git(folder, "status", "--porcelain") == ""
        assert report_states(folder) == states_before
        output = capsys.readouterr()
        return raised.value.code, output.out + output.err

    return run_check


def run_git(folder: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    completed = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return completed.stdout


def report_states(folder: Path) -> dict[Path, tuple[int, bytes]]:
    """When each file of the reports was changed, and its bytes."""
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes())
        for path in (folder / "reports").rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("name", BAD_SETTINGS)
def test_unusable_settings_are_named_with_a_remedy(name, check):
    bad = BAD_SETTINGS[name]
    code, output = check(bad.spoil)
    assert code == Kind.SETTINGS
    assert_contains(output, bad.where, bad.what, bad.remedy)


@pytest.mark.parametrize("name", BAD_EXTRACTS)
def test_unreliable_extracts_are_named_with_a_remedy(name, check):
    bad = BAD_EXTRACTS[name]
    code, output = check(bad.spoil)
    assert code == Kind.DATA
    assert_contains(output, bad.where, bad.what, bad.remedy, "  → ")


@pytest.mark.parametrize("name", [name for name in UNREADABLE if name not in SLOW])
def test_unreadable_files_are_named_with_a_remedy(name, check):
    hostile = UNREADABLE[name]

    def spoil(raw: Path) -> None:
        remove(TRAINING)(raw)
        write(f"2021-22/training.{hostile.ending}", hostile.build())(raw)

    code, output = check(spoil)
    assert code == Kind.DATA
    place = f"data/raw/2021-22/training.{hostile.ending}"
    assert_contains(output, place, hostile.message or "", "  → ")


@pytest.mark.parametrize("name", BAD_YEARS)
def test_unknown_years_are_named_with_a_remedy(name, check):
    bad = BAD_YEARS[name]
    code, output = check(None, bad.year)
    assert code == Kind.SETTINGS
    assert_contains(output, "year", bad.what, bad.remedy)


def assert_contains(output: str, *parts: str) -> None:
    for part in parts:
        assert part in output
    assert "Traceback" not in output
