"""Bad inputs as the analyst meets them: `annual-report check` names the place and the remedy, without a traceback, and nothing
on disk changes: not the data, not the last report, nothing that git would see.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_files import SLOW, UNREADABLE

from pipeline import cli
from pipeline.problem import Kind

ROOT = Path(__file__).parents[3]
COUNCIL, REPORT, PUBLISHED = "council.yaml", "2021-22/report.yaml", "published.csv"
COMPLAINTS, INVESTIGATIONS, COMPLIMENTS = (
    f"2021-22/{name}.csv" for name in ("complaints", "investigations", "compliments")
)


class Raw:
    """data/raw of a copy of the sample, to be spoilt."""

    def __init__(self, folder: Path):
        self.folder = folder

    def put(self, name: str, content: str | bytes) -> None:
        (self.folder / name).write_bytes(
            content if isinstance(content, bytes) else content.encode()
        )

    def change(self, name: str, old: str, new: str) -> None:
        """Put new in the place of the first old, which must be there."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.put(name, text.replace(old, new, 1))

    def add(self, name: str, text: str) -> None:
        self.put(name, (self.folder / name).read_text(encoding="utf-8") + text)

    def cell(self, name: str, column: str, value: str) -> None:
        """Change a cell of the first record."""
        import csv

        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        rows[0][column] = value
        with (self.folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def cell(name: str, column: str, value: str):
    return lambda raw: raw.cell(name, column, value)


def change(name: str, old: str, new: str):
    return lambda raw: raw.change(name, old, new)


def add(name: str, text: str):
    return lambda raw: raw.add(name, text)


def put(name: str, content: str | bytes):
    return lambda raw: raw.put(name, content)


# name: how the workspace is spoilt, where it is said to be, what is said, and what to do.
SETTINGS = {
    "a key that is not one": (
        change(COUNCIL, "panel:", "pannel:"), "council.yaml, line", 'Did you mean "panel"?', "Keys allowed",
    ),
    "a key twice": (add(COUNCIL, "panel: Another\n"), "panel", "this key stands twice", "Keep one of them"),
    "a tag that runs code": (
        add(COUNCIL, "notice2: !!python/object/apply:os.system ['true']\n"), "council.yaml, line", "is not allowed here",
        "plain text",
    ),
    "an alias that grows": (
        change(COUNCIL, "authority: Calderbrook Council", "authority: &a Calderbrook\nservice2: *a"), "council.yaml", "alias",
        "Write the value out",
    ),
    "no YAML": (put(COUNCIL, "a: [1, 2\nb: }"), "council.yaml, line", "", "Check indentation"),
    "settings in another encoding": (
        put(COUNCIL, "authority: Caf\u00e9".encode("cp1252")), "council.yaml", "not UTF-8", "Save it",
    ),
    "settings that are a list": (put(COUNCIL, "- a\n- b\n"), "council.yaml", "not a list of keys", "Write `key: value`"),
    "settings that are empty": (put(COUNCIL, ""), "council.yaml", "authority: this key is needed", "Add"),
    "settings without end": (put(COUNCIL, "#" * 1_000_001), "council.yaml", "larger than 1,000,000 bytes", "check the file"),
    "lists in lists in lists": (put(COUNCIL, "a: " + "[" * 5000), "council.yaml", "", "check"),
    "a policy that is not one": (change(COUNCIL, "policy: publish", "policy: hide"), "disclosure.policy", '"hide"', "Write"),
    "a limit below zero": (change(COUNCIL, "stage_1: 10", "stage_1: -10"), "time_limits.stage_1", '"-10"', "greater than 0"),
    "an extension shorter than the limit": (
        change(COUNCIL, "stage_1_extended: 20", "stage_1_extended: 5"), "time_limits", "an extended limit must be longer",
        "Put it right",
    ),
    "no list where one is needed": (change(COUNCIL, "equality:", "equality: none\nold:"), "equality", '"none"', "Keys allowed"),
    "an address that is none": (
        change(COUNCIL, "email: childrens.complaints@example.org", "email: complaints"), "contact.email", "not an e-mail",
        "Write an address",
    ),
    "a mapping of no extract": (
        add(COUNCIL, "columns: {complaint: {reference: Id}}\n"), "columns, complaint", "complaints", "Use one of",
    ),
    "a mapping of no column": (
        add(COUNCIL, "columns: {complaints: {refrence: Id}}\n"), "columns, complaints, refrence", 'mean "reference"?',
        "Use one of",
    ),
    "a code that means none of ours": (
        add(COUNCIL, "values: {outcome: {Part: partly upheld}}\n"), "values, outcome, Part", 'mean "partially upheld"?',
        "Use one of",
    ),
    "a stage without its date": (
        add(COUNCIL, "stages: {stage_1: {responded: Done}}\n"), "stages, stage_1", "does not say which heading",
        "Add `requested:`",
    ),
    "no report.yaml": (lambda raw: (raw.folder / REPORT).unlink(), "2021-22/report.yaml", "the file is not there", "copy it"),
    "a date as it is spoken": (
        change(REPORT, "2022-11-09", "9 November"), "meeting_date", "not a date", "Write the date as 2022-11-09",
    ),
    "a date of last year's report": (
        change(REPORT, "2022-11-09", "2020-11-11"), "meeting_date", "before the year begins", "Write this",
    ),
    "an item type that the panel does not know": (
        change(REPORT, "  - Performance management (including financial)", "  - Performance mangement"), "item_type",
        "not one of the item types", "Use one of",
    ),
    "neither yes nor no": (change(REPORT, "exempt: no", "exempt: perhaps"), "exempt", "neither yes nor no", "Write yes or no"),
    "exempt without a reason": (
        change(REPORT, "exempt: no", "exempt: yes"), "report.yaml", "needs `exempt_reason`", "Put it right",
    ),
}  # fmt: skip

EXTRACTS = {
    "no complaints": (
        lambda raw: (raw.folder / COMPLAINTS).unlink(), "data/raw/2021-22", "complaints is missing", "Put complaints.csv",
    ),
    "complaints twice": (
        lambda raw: shutil.copy(raw.folder / COMPLAINTS, raw.folder / "2021-22" / "Complaints.tsv"), "data/raw/2021-22",
        "complaints is there more than once", "Keep the one",
    ),
    "a heading misspelt": (change(COMPLAINTS, "service_area", "service_aera"), COMPLAINTS, "service_area", "."),
    "a heading twice": (change(COMPLAINTS, "team", "route"), COMPLAINTS, "route", "."),
    "a row too short": (
        add(COMPLAINTS, "CYP-99,2021-05-04\n"), f"{COMPLAINTS}", "fewer cells than the", "Look for a missing delimiter",
    ),
    "a row too long": (add(COMPLAINTS, "x," * 40 + "\n"), f"{COMPLAINTS}", "more cells than the", "quotation marks"),
    "a date that does not exist": (cell(COMPLAINTS, "received", "30/02/2022"), "received", "30/02/2022", "."),
    "a date that may be either": (cell(COMPLAINTS, "received", "03/04/2021"), "received", "03/04/2021", "council.yaml"),
    "a year of two digits": (cell(COMPLAINTS, "received", "13/07/21"), "received", "13/07/21", "."),
    "a date in words of nothing": (cell(COMPLAINTS, "closed", "soon"), "closed", "soon", "."),
    "a date of another year": (
        cell(COMPLAINTS, "received", "2019-07-13"), "received", "is not inside 2021-22", "Correct the date",
    ),
    "a date to come": (cell(COMPLAINTS, "closed", "2031-07-13"), "closed", "is after 2022-09-30", "Correct the date"),
    "closed before it was received": (
        cell(COMPLAINTS, "closed", "2021-04-01"), "closed", "is before received", "Correct whichever",
    ),
    "a code misspelt": (cell(COMPLAINTS, "route", "advocat"), "route", 'Did you mean "advocate"?', "Use one of"),
    "a theme misspelt": (cell(COMPLAINTS, "theme", "delay; stuff"), "theme", '"stuff"', "Use one of"),
    "an empty cell that is needed": (cell(COMPLAINTS, "complainant_type", ""), "complainant_type", "is empty", "Fill in"),
    "neither accepted nor not": (cell(COMPLAINTS, "accepted", "maybe"), "accepted", "maybe", "yes"),
    "turned away for no reason": (
        cell(COMPLAINTS, "accepted", "no"), "not_accepted_reason", "although accepted is no", "Fill in",
    ),
    "closed without an outcome": (cell(COMPLAINTS, "outcome", ""), "outcome", "is empty although", "Fill in"),
    "a formula for a reference": (cell(COMPLAINTS, "reference", "=cmd|'/c calc'!A0"), "=cmd", "", "."),
    "writing that runs backwards": (cell(COMPLAINTS, "service_area", "\u202eylraE"), "service_area", "ylraE", "Use one of"),
    "a stage of no complaint": (
        cell(INVESTIGATIONS, "complaint", "CYP-99"), INVESTIGATIONS, "there is no complaint CYP-99", "Correct",
    ),
    "a stage that there is not": (cell(INVESTIGATIONS, "stage", "4"), "stage", 'stage is "4"', "Use one of: 1; 2; 3"),
    "a cost below zero": (cell(INVESTIGATIONS, "cost", "-50"), "cost", "below zero", "Correct cost"),
    "a cost in words": (cell(INVESTIGATIONS, "cost", "about fifty"), "cost", "about fifty", "."),
    "a stage asked for before the complaint": (
        cell(INVESTIGATIONS, "requested", "2021-04-02"), "requested", "before complaint", "Correct whichever",
    ),
    "a reference that stands twice": (
        lambda raw: raw.add(COMPLIMENTS, (raw.folder / COMPLIMENTS).read_text().splitlines()[1] + "\n"), COMPLIMENTS,
        "stands more than once", "Keep one row",
    ),
    "a number of visitors in words": (cell("2021-22/training.csv", "attended", "many"), "attended", "many", "."),
    "half a person": (cell("2021-22/training.csv", "attended", "4.5"), "attended", "4.5", "."),
    "a total that is no number": (cell(PUBLISHED, "value", "some"), PUBLISHED, "some", "."),
    "a total of no figure": (cell(PUBLISHED, "figure", ""), PUBLISHED, "figure is empty", "Fill in"),
    "a year that is none": (cell(PUBLISHED, "year", "2019"), PUBLISHED, "2019", "2021-22"),
}  # fmt: skip

COMMANDS = {
    "a year as a calendar knows it": ("2021", "is not a financial year", "This workspace holds 2020-21, 2021-22"),
    "a year that is not one": ("2021-23", 'Did you mean "2021-22"?', "This workspace holds"),
    "a path for a year": ("../../etc", "is not a financial year", "This workspace holds"),
    "a year that is not there": ("2022-23", "there is no folder data/raw/2022-23", "annual-report new 2022-23"),
    "a word for a year": ("lastest", 'is not a financial year', "This workspace holds"),
}  # fmt: skip


def test_there_are_at_least_sixty():
    assert len(UNREADABLE) + len(SETTINGS) + len(EXTRACTS) + len(COMMANDS) >= 60


@pytest.fixture(scope="module")
def committed(tmp_path_factory):
    """The sample with a last report, under git as the repository is."""
    folder = tmp_path_factory.mktemp("committed")
    shutil.copytree(ROOT / "data" / "raw", folder / "data" / "raw")
    shutil.copy(ROOT / ".gitignore", folder)
    (folder / "reports" / "2021-22").mkdir(parents=True)
    (folder / "reports" / "2021-22" / "annual-report.html").write_text("the last good report")
    return folder


@pytest.fixture
def check(committed, tmp_path, monkeypatch, capsys):
    """check(spoil): what the command says of a spoilt copy, and its exit code; holds that it changed nothing there."""

    def ask(spoil, *words: str) -> tuple[int, str]:
        folder = tmp_path / "workspace"
        shutil.copytree(committed, folder)
        spoil(Raw(folder / "data" / "raw"))
        git(folder, "init", "--quiet")
        git(folder, "add", "--all")
        git(
            folder,
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.org",
            "commit",
            "--quiet",
            "-m",
            "spoilt",
        )
        before = reported(folder)
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["annual-report", "check", *(words or ("2021-22",))])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert git(folder, "status", "--porcelain") == ""
        assert reported(folder) == before
        said = capsys.readouterr()
        return ended.value.code, said.out + said.err

    return ask


def git(folder: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=folder, check=True, capture_output=True, text=True
    ).stdout


def reported(folder: Path) -> dict[Path, tuple[int, bytes]]:
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes())
        for path in (folder / "reports").rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_that_cannot_be_used(name, check):
    spoil, where, what, how = SETTINGS[name]
    code, said = check(spoil)
    assert code == Kind.SETTINGS
    assert_says(said, where, what, how)


@pytest.mark.parametrize("name", EXTRACTS)
def test_extracts_that_cannot_be_relied_on(name, check):
    spoil, where, what, how = EXTRACTS[name]
    code, said = check(spoil)
    assert code == Kind.DATA
    assert_says(said, where, what, how)
    assert "  → " in said


@pytest.mark.parametrize("name", [name for name in UNREADABLE if name not in SLOW])
def test_files_that_cannot_be_read(name, check):
    ending, content, message = UNREADABLE[name]

    def spoil(raw: Raw) -> None:
        (raw.folder / "2021-22" / "training.csv").unlink()
        raw.put(f"2021-22/training.{ending}", content() if callable(content) else content)

    code, said = check(spoil)
    assert code == Kind.DATA
    assert_says(said, f"data/raw/2021-22/training.{ending}", message or "", "  → ")


@pytest.mark.parametrize("name", COMMANDS)
def test_years_that_there_are_not(name, check):
    year, what, how = COMMANDS[name]
    code, said = check(lambda raw: None, year)
    assert code == Kind.SETTINGS
    assert_says(said, "year", what, how)


def assert_says(said: str, *parts: str) -> None:
    for part in parts:
        assert part in said
    assert "Traceback" not in said
