"""The second sample: its script gives the same bytes, nobody is real, and it says so."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from make_whole_council import EXAMPLE, main
from test_sample import csv_files

from pipeline.settings import load_settings
from pipeline.start.example import create_example

PROCEDURES = ("adult", "children", "corporate")
YEARS = ("2024-25", "2025-26")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole council") / "workspace"
    create_example(folder, "whole-council")
    return folder


def test_script_of_the_whole_council_writes_the_same_bytes(tmp_path):
    main(tmp_path)
    assert csv_files(tmp_path) == csv_files(EXAMPLE)


def test_example_has_the_cases_that_the_plan_asks_for():
    tables = [pd.read_csv(EXAMPLE / year / "complaints.csv", dtype="str") for year in YEARS]
    received = pd.concat(tables)["procedure"].value_counts().to_dict()
    assert 1_150 < received["corporate"] < 1_250
    assert 80 < received["adult"] < 100
    assert 35 < received["children"] < 45


@pytest.mark.parametrize("year", YEARS)
def test_people_of_the_whole_council_are_fictitious(year):
    people = pd.read_csv(EXAMPLE / year / "complaints.csv", dtype="str")
    assert people["email"].str.endswith("@example.org").all()
    assert people["telephone"].str.fullmatch(r"(01632 960|07700 900)\d{3}").all()
    address = r"\d+ [A-Z][a-z]+ [A-Z][a-z]+, Wendlemere, ZZ\d \dZZ"
    assert people["address"].str.fullmatch(address).all()
    is_moved = people["moved_to"].notna()
    assert people.loc[~is_moved, "complainant_name"].is_unique


def test_whole_council_says_it_is_invented_and_types_no_digit(workspace):
    notice = load_settings(workspace, "latest").council.notice
    assert all(word in notice for word in ("sample", "invented", "not exist"))
    paths = sorted(EXAMPLE.rglob("commentary*.md"))
    assert len(paths) == len(YEARS) * (len(PROCEDURES) + 1)
    for path in paths:
        assert not re.search(r"\d", re.sub("{{.*?}}", "", path.read_text(encoding="utf-8"))), path
