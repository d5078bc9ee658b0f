"""docs/a-new-year.md is true: its commands are given again, its changes are made, and what is printed is what it says."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.cli import app

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"^```(console|diff)(?: (\S+))?\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


def steps():
    """The commands in order, each with what follows it in the page, and the changes of files between them."""
    said: list[tuple[str, str, list[str]]] = []
    for kind, file, text in BLOCK.findall((DOCS / "a-new-year.md").read_text(encoding="utf-8")):
        if kind == "diff":
            said.append(("change", file, text.splitlines()))
            continue
        for line in text.splitlines():
            if line.startswith("$ "):
                said.append(("command", line[2:], []))
            else:
                said[-1][2].append(line)
    return said


def change(path: Path, lines: list[str]) -> None:
    """Put the + lines in the place of the - lines above them; each of these must be there once."""
    text = path.read_text(encoding="utf-8")
    for old, new in re.findall(
        r"((?:^-.*\n)+)((?:^\+.*\n)+)", "\n".join(lines) + "\n", flags=re.MULTILINE
    ):
        old, new = (re.sub(r"^[-+]", "", part, flags=re.MULTILINE) for part in (old, new))
        assert ("\n" + text).count("\n" + old) == 1, old
        text = ("\n" + text).replace("\n" + old, "\n" + new)[1:]
    path.write_text(text, encoding="utf-8")


def without_times(text: str) -> list[str]:
    text = re.sub(r"\d+\.\d( s$| seconds)", r"0.0\1", text, flags=re.MULTILINE)
    return [line.rstrip() for line in text.strip().splitlines()]


@pytest.mark.slow
def test_the_way_through_a_new_year_is_as_the_page_says(workspace, annual_report, monkeypatch):
    shutil.copytree(DOCS / "a-new-year", workspace / "docs" / "a-new-year")
    monkeypatch.chdir(workspace)
    taken = steps()
    assert [what for kind, what, _ in taken if kind == "command"][-1] == "annual-report run 2022-23"
    for kind, what, lines in taken:
        if kind == "change":
            change(workspace / what, lines)
        elif what.startswith("annual-report "):
            ended = annual_report(*what.split()[1:])
            assert without_times(ended.stdout + ended.stderr) == without_times("\n".join(lines)), (
                what
            )
        else:
            subprocess.run(what, shell=True, check=True)
    html = (workspace / "reports" / "2022-23" / "annual-report.html").read_text(encoding="utf-8")
    assert "This year we visited every home and hostel." in html
    assert re.search(r"7</data> complaints", html)


@pytest.mark.parametrize(
    "command", [command.callback.__name__ for command in app.registered_commands]
)
def test_every_command_stands_in_the_readme(command):
    assert f"annual-report {command}" in (DOCS.parent / "README.md").read_text(encoding="utf-8")
