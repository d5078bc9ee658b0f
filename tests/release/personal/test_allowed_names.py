"""Ordinary words that are names in the records: how they are reported, and allowed in one round."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
import yaml
from builders import copy_sample

from pipeline.problem import Problem
from pipeline.release.personal.search import check_personal_data
from pipeline.report.documents.page import Page
from pipeline.settings import load_settings

YEAR = "2021-22"
# fmt: off
SURNAMES = [
    "Young", "Day", "Page", "Rivers", "Field", "Price", "Banks", "Ward", "Case", "Street", "March",
    "May", "Summer", "Winter", "Rose", "Green", "Brown", "White", "Best", "Good", "Long", "Short",
    "Service", "Parent", "Carer", "Child", "Close",
]
# fmt: on
TEXT = "We report on " + ", ".join(f"the {word.lower()}" for word in SURNAMES)


@pytest.fixture
def workspace(tmp_path) -> Path:
    """The sample, its complainants of both years renamed to ordinary words."""
    copy_sample(tmp_path)
    count = 0
    for path in sorted(tmp_path.glob("data/raw/*/complaints.csv")):
        table = pd.read_csv(path, dtype="str")
        names = [f"Zorbel {SURNAMES[(count + row) % len(SURNAMES)]}" for row in range(len(table))]
        count += len(table)
        table.assign(complainant_name=names, child_name=names).to_csv(path, index=False)
    report = tmp_path / "data" / "raw" / YEAR / "report.yaml"
    # A director's title would allow some of the words.
    council = tmp_path / "data" / "raw" / "council.yaml"
    text = re.sub("(?m)^report_of: .*$", "report_of: Director", council.read_text())
    council.write_text(text)
    assert report.is_file()
    return tmp_path


def rejection(workspace: Path, text: str) -> str:
    """The message of the check about a page with this text; "" if it passes."""
    settings = load_settings(workspace, YEAR)
    try:
        check_personal_data(Page(f"<main><p>{text}</p></main>", settings), {}, settings)
    except Problem as problem:
        return problem.what
    return ""


def allow(workspace: Path, *words: str) -> None:
    """List words under allowed_names."""
    entries = [
        {"words": word, "reason": "an ordinary word", "name": "A. Officer"} for word in words
    ]
    with (workspace / "data" / "raw" / YEAR / "report.yaml").open("a") as report:
        report.write(yaml.safe_dump({"allowed_names": entries}))


def test_every_ordinary_surname_is_allowed_in_one_round(workspace):
    message = rejection(workspace, TEXT)
    entries = re.findall(r"- words: (.*)", message)
    assert len(entries) == len(set(entries)) >= 20
    table = pd.concat(
        pd.read_csv(path).assign(file=f"data/raw/{path.parent.name}/complaints.csv")
        for path in workspace.glob("data/raw/*/complaints.csv")
    )
    words = []
    for entry in entries:
        place = re.fullmatch(r"<word 2 of complainant_name in row (\d+) of (.*)>", entry)
        if place:
            rows = table[table["file"] == place[2]]
            words.append(rows["complainant_name"].iloc[int(place[1]) - 2].split()[1])
        else:
            words.append(entry)
    allow(workspace, *words)
    assert rejection(workspace, TEXT) == ""


def test_word_that_every_report_has_is_shown_ready_to_copy(workspace):
    message = rejection(workspace, "the young people")
    assert "    allowed_names:\n      - words: young\n        reason: <" in message
    assert "rivers" not in rejection(workspace, "the rivers").casefold()


def test_each_name_is_reported_once_with_all_of_its_places(workspace):
    message = rejection(workspace, "Zorbel Young and Zorbel Young's child")
    assert message.count("annual-report.html contains") == 1
    assert "a name (complainant_name and child_name in row" in message


def test_name_in_full_does_not_hide_the_same_word_elsewhere(workspace):
    message = rejection(workspace, "Zorbel Young and young people")
    assert "contains a name (" in message
    assert "contains a part of a name (" in message


@pytest.mark.parametrize(
    "text", ["Zorbel Young", "Young, Zorbel", "Z. Young", "Mr Young", "Ms Young's son"]
)
def test_allowed_word_is_not_allowed_within_a_full_name(workspace, text):
    allow(workspace, "Young", "Zorbel")
    assert rejection(workspace, "Zorbel met young people; Young is allowed.") == ""
    assert "contains a name (" in rejection(workspace, text)


def test_full_name_can_be_allowed_as_a_whole(workspace):
    allow(workspace, "Zorbel Young")
    assert rejection(workspace, "Zorbel Young House was opened.") == ""


@pytest.mark.parametrize("day", ["2021-04-01", "2022-03-31", "2022-11-09", "2022-12-16"])
def test_date_of_birth_that_every_report_prints_passes(workspace, day):
    """A day on which the year begins or ends, the panel meets, or an action is due."""
    path = workspace / "data" / "raw" / YEAR / "complaints.csv"
    pd.read_csv(path, dtype="str").assign(date_of_birth=day).to_csv(path, index=False)
    date = pd.Timestamp(day)
    text = f"{date.day} {date.month_name()} {date.year}"
    assert "a date of birth" not in rejection(workspace, text)
    assert "a date of birth" in rejection(workspace, f"born {date.day}/{date.month}/{date.year}")
