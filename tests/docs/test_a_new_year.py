"""The transcripts in docs/ are correct: commands are run, changes made, the output compared."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from builders import REPOSITORY
from returned_files import make_returned_files

DOCS = REPOSITORY / "docs"
BLOCK = re.compile(r"^```(console|diff)(?: (\S+))?\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
REPLACEMENT = re.compile(r"((?:^-.*\n)+)((?:^\+.*\n)+)", flags=re.MULTILINE)


@dataclass(frozen=True)
class PageStep:
    """A command with the output that the page shows, or a file with the change to make in it."""

    kind: Literal["command", "change"]
    subject: str
    lines: list[str] = field(default_factory=list)


def page_steps(page: str) -> list[PageStep]:
    """The commands and changes of a page of docs/, in its order."""
    steps: list[PageStep] = []
    for kind, file, text in BLOCK.findall((DOCS / page).read_text(encoding="utf-8")):
        if kind == "diff":
            steps.append(PageStep("change", file, text.splitlines()))
            continue
        for line in text.splitlines():
            if line.startswith("$ "):
                steps.append(PageStep("command", line[2:]))
            else:
                steps[-1].lines.append(line)
    return steps


def change_file(path: Path, lines: list[str]) -> None:
    """Replace the - lines with the + lines below them; the - lines must appear exactly once."""
    text = "\n" + path.read_text(encoding="utf-8")
    for removed, added in REPLACEMENT.findall("\n".join(lines) + "\n"):
        old = "\n" + re.sub(r"^-", "", removed, flags=re.MULTILINE)
        new = "\n" + re.sub(r"^\+", "", added, flags=re.MULTILINE)
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text[1:], encoding="utf-8")


def without_times(text: str) -> list[str]:
    """The lines of a command's output, with 0.0 for durations, and no times and digests."""
    text = re.sub(r"\b[0-9a-f]{64}\b", "SHA256", text)
    text = re.sub(r"history/2021-22/[-0-9]+", "history/2021-22/TIME", text)
    text = re.sub(r"\d+\.\d( s$| seconds)", r"0.0\1", text, flags=re.MULTILINE)
    return [line.rstrip() for line in text.strip().splitlines()]


def replay(page: str, annual_report, prepare: Callable[[str], None] = lambda command: None) -> None:
    """Do what a page says, in the current folder, and compare what the commands print.

    prepare: called before each command, for what people do meanwhile.
    """
    for step in page_steps(page):
        prepare(step.subject)
        arguments = shlex.split(step.subject)
        if step.kind == "change":
            change_file(Path(step.subject), step.lines)
        elif arguments[0] == "annual-report":
            result = annual_report(*arguments[1:])
            expected = without_times("\n".join(step.lines))
            assert without_times(result.stdout + result.stderr) == expected, step.subject
        elif arguments[0] == "cd":
            os.chdir(arguments[1])
        else:
            subprocess.run(step.subject, shell=True, check=True)


@pytest.mark.slow
def test_commands_of_a_new_year_print_what_the_page_shows(workspace, annual_report, monkeypatch):
    shutil.copytree(DOCS / "a-new-year", workspace / "docs" / "a-new-year")
    monkeypatch.chdir(workspace)
    commands = [step.subject for step in page_steps("a-new-year.md") if step.kind == "command"]
    assert commands[-1] == "annual-report run 2022-23"
    replay("a-new-year.md", annual_report)
    report = workspace / "reports" / "2022-23" / "annual-report.html"
    html = report.read_text(encoding="utf-8")
    assert "This year we visited every home and hostel." in html
    assert re.search(r"7</data> complaints", html)


@pytest.mark.slow
def test_first_report_from_two_exports_is_as_the_page_shows(tmp_path, annual_report, monkeypatch):
    for name in ("wide-export.csv", "first-report/Compliments log.csv"):
        shutil.copy(DOCS / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    changed = [step.subject for step in page_steps("first-report.md") if step.kind == "change"]
    assert changed == ["data/raw/2021-22/report.yaml"]
    replay("first-report.md", annual_report)
    html = (tmp_path / "council/reports/2021-22/annual-report.html").read_text(encoding="utf-8")
    assert re.search(r"4</data> complaints", html)
    assert re.search(r"12</data> compliments", html)


@pytest.mark.slow
def test_draft_goes_round_and_comes_back_as_the_page_shows(workspace, annual_report, monkeypatch):
    monkeypatch.chdir(workspace)
    page = (DOCS / "review.md").read_text(encoding="utf-8")

    def send_back(command: str) -> None:
        if command.startswith("annual-report review") and not Path("director.docx").exists():
            sent = Path("reports/2021-22/annual-report.docx")
            assert make_returned_files(page, sent, Path()) == 11

    replay("review.md", annual_report, send_back)
    text = Path("reports/2021-22/annual-report.html").read_text(encoding="utf-8")
    for words in ("principal reason", "careful investigation", "We will ask them again."):
        assert words in text
    assert "Talking to each other again" not in text
