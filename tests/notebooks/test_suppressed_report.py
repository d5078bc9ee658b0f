"""The sample under a policy of suppression: it reads as a report, and nothing withheld can be found in it."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from pipeline.problem import Problem
from pipeline.report.attack import must_not_give_away
from pipeline.settings import load_settings


@pytest.fixture(scope="module")
def suppressed(tmp_path_factory, sample_workspace, annual_report):
    workspace = sample_workspace(tmp_path_factory.mktemp("suppressed"))
    council = workspace / "data" / "raw" / "council.yaml"
    council.write_text(council.read_text().replace("policy: publish", "policy: suppress"))
    ended = annual_report("run", "2021-22", "--workspace", workspace, "--formats", "html,data")
    assert ended.returncode == 0, ended.stderr
    return workspace


@pytest.fixture(scope="module")
def page(suppressed) -> str:
    return (suppressed / "reports" / "2021-22" / "annual-report.html").read_text()


def text_of(page: str) -> str:
    return " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())


def test_a_withheld_number_reads_as_undisclosed_and_never_as_none(page):
    text = text_of(page)
    assert "An undisclosed number of complaints were withdrawn" in text
    assert "4 complaints were received" in text
    for untrue in ("No complaint was turned away", "No complaint received in 2021 to 2022 has been decided",
                   "There were no investigations at stage 2", "No themes were recorded"):  # fmt: skip
        assert untrue not in text
    assert not re.search(r"\b[Tt]he an undisclosed", text)


def test_the_policy_and_its_sign_are_explained(page):
    text = text_of(page)
    assert "Counts from one to 5 that could tell of single people are withheld" in text
    assert "[c] means withheld to protect people" in text


def test_no_subject_of_a_single_case_is_listed(page, suppressed):
    subjects = pd.read_csv(suppressed / "data" / "raw" / "2021-22" / "ombudsman.csv")["subject"]
    assert len(subjects)
    assert not [subject for subject in subjects if subject in page]


def test_the_open_data_hold_the_sign_and_not_the_number(suppressed):
    annex = pd.read_csv(suppressed / "reports" / "2021-22" / "figures.csv", dtype="str")
    small = annex.query("figure == 'complaints.by_outcome' and time_period == '202122'").set_index("category")["value"]
    assert small["withdrawn"] == "c"


def test_the_decisions_are_for_the_auditor_alone(suppressed):
    decisions = pd.read_csv(suppressed / "data" / "processed" / "2021-22" / "3_aggregate" / "disclosure.csv")
    assert {"small number", "would give another away", "made of a small number of cases"} <= set(decisions["rule"])
    assert not list((suppressed / "reports" / "2021-22").glob("*disclosure*"))


def attack(suppressed, page: str, annex: str | None = None) -> None:
    made = {} if annex is None else {"figures.csv": annex.encode()}
    must_not_give_away(page, made, load_settings(suppressed, "2021-22"))


def test_the_attack_finds_nothing_in_the_report_as_it_is(suppressed, page):
    attack(suppressed, page, (suppressed / "reports" / "2021-22" / "figures.csv").read_text())


PLACE = 'data-figure="complaints.withdrawn" data-year="2021-22"'


@pytest.mark.parametrize("told", [f'<data value="1" {PLACE}>one</data>', f'<data value="c" {PLACE}>1</data>'])
def test_the_attack_finds_a_withheld_number_in_a_sentence(suppressed, page, told):
    with pytest.raises(Problem, match=r"complaints.withdrawn, 2021-22 stands in annual-report.html"):
        attack(suppressed, page.replace("</main>", f"<p>{told}</p></main>"))


def test_the_attack_finds_a_withheld_number_in_the_open_data(suppressed, page):
    annex = (suppressed / "reports" / "2021-22" / "figures.csv").read_text()
    planted = re.sub(r"(202122,.*,complaints\.withdrawn,.*),c,", r"\1,1,", annex)
    assert planted != annex
    with pytest.raises(Problem, match=r"complaints\.withdrawn, 2021-22"):
        attack(suppressed, page, planted)


def test_the_attack_works_out_what_a_further_number_gives_away(suppressed, page):
    told = '<data value="2" data-figure="stage_1.timeliness" data-year="2021-22" data-category="within limit">2</data>'
    with pytest.raises(Problem, match="within extension can be worked out: it is from 0 to 0"):
        attack(suppressed, page.replace("</main>", f"<p>{told}</p></main>"))


def test_the_attack_finds_a_number_in_the_words_of_a_chart(suppressed, page):
    image = BeautifulSoup(page, "html.parser").select_one("figure.chart img")
    with pytest.raises(Problem, match="7777 stands in the words of its chart"):
        attack(suppressed, page.replace(image["alt"], image["alt"] + " And 7777."))
