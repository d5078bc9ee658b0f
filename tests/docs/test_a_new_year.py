"""docs/a-new-year.md is correct: its commands are run, its changes made, the output compared."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from builders import REPOSITORY

DOCS = REPOSITORY / "docs"
BLOCK = re.compile(r"^```(console|diff)(?: (\S+))?\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
REPLACEMENT = re.compile(r"((?:^-.*\n)+)((?:^\+.*\n)+)", flags=re.MULTILINE)


@dataclass(frozen=True)
class PageStep:
    """A command with the output that the page shows, or a file with the change to make in it."""

    kind: Literal["command", "change"]
    subject: str
    lines: list[str] = field(default_factory=list)


def page_steps() -> list[PageStep]:
    """The commands and changes of the page, in its order."""
    steps: list[PageStep] = []
    page = (DOCS / "a-new-year.md").read_text(encoding="utf-8")
    for kind, file, text in BLOCK.findall(page):
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
    """The lines of a command's output, every duration replaced by 0.0."""
    text = re.sub(r"\d+\.\d( s$| seconds)", r"0.0\1", text, flags=re.MULTILINE)
    return [line.rstrip() for line in text.strip().splitlines()]


@pytest.mark.slow
def test_commands_of_a_new_year_print_what_the_page_shows(workspace, annual_report, monkeypatch):
    shutil.copytree(DOCS / "a-new-year", workspace / "docs" / "a-new-year")
    monkeypatch.chdir(workspace)
    steps = page_steps()
    commands = [step.subject for step in steps if step.kind == "command"]
    assert commands[-1] == "annual-report run 2022-23"
    for step in steps:
        if step.kind == "change":
            change_file(workspace / step.subject, step.lines)
        elif step.subject.startswith("annual-report "):
            result = annual_report(*step.subject.split()[1:])
            expected = without_times("\n".join(step.lines))
            assert without_times(result.stdout + result.stderr) == expected, step.subject
        else:
            subprocess.run(step.subject, shell=True, check=True)
    report = workspace / "reports" / "2022-23" / "annual-report.html"
    html = report.read_text(encoding="utf-8")
    assert "This year we visited every home and hostel." in html
    assert re.search(r"7</data> complaints", html)
