"""The sample workspace: the script makes it to the byte, its margins are the published ones, and nobody in it is real."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from pipeline.aggregate.catalogue import CATALOGUE
from pipeline.clean import clean
from pipeline.settings import load_settings
from pipeline.validate import validate
from pipeline.validate.dictionary import EXTRACTS_BY_NAME

WORKSPACE = Path(__file__).resolve().parents[2]
RAW = WORKSPACE / "data" / "raw"
YEARS = ("2020-21", "2021-22")


def csv_files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.csv"))
    }


def counts(table: pd.DataFrame, column: str) -> dict[str, int]:
    return table[column].value_counts().to_dict()


@pytest.fixture(scope="module")
def checked():
    settings = load_settings(WORKSPACE, "2021-22")
    return settings, validate(settings)


@pytest.fixture(scope="module")
def held(checked):
    """held("cases", "2021-22"): the cleaned rows of a year."""
    settings, validated = checked
    tables = clean(validated.tables, settings).tables
    return lambda name, year="2021-22": tables[name][tables[name]["year"] == year]


@pytest.fixture(scope="module")
def published(checked):
    """published("2019-20", "complaints.by_stage"): category → value, None where there is no row."""
    table = checked[1].published.fillna({"category": ""})

    def of(year: str, figure: str) -> dict[str, int]:
        rows = table[(table["year"] == year) & (table["figure"] == figure)]
        return {
            category: int(value)
            for category, value in zip(rows["category"], rows["value"], strict=True)
        }

    return of


# The files ------------------------------------------------------------------------------------------------------------------


def test_the_script_makes_the_committed_files_to_the_byte(tmp_path):
    script = Path(__file__).with_name("make_sample.py")
    said = subprocess.run(
        [sys.executable, script, tmp_path], capture_output=True, text=True, check=True
    ).stdout
    assert csv_files(tmp_path) == csv_files(RAW)
    assert said.count("wrote ") == len(csv_files(RAW))


def test_each_file_has_the_columns_of_the_dictionary_in_its_order():
    for name, content in csv_files(RAW).items():
        heading = content.decode("utf-8").splitlines()[0]
        assert heading.split(",") == list(EXTRACTS_BY_NAME[Path(name).stem].column_names), name
        assert b"\r" not in content, name


def test_settings_and_extracts_of_both_years_are_read_and_no_finding_stops_a_run(checked):
    earlier = load_settings(WORKSPACE, "2020-21")
    assert validate(earlier).findings == []
    settings, validated = checked
    assert settings.available_years == (earlier.year, settings.year)
    assert earlier.report.meeting_date < settings.report.meeting_date
    assert not validated.stops


def test_all_that_is_remarked_on_is_how_much_the_numbers_changed_as_the_published_report_did(
    checked,
):
    findings = checked[1].findings
    assert {one.rule for one in findings} == {"row_counts.rows.like_last_year"}
    assert {"complaints", "compliments"} <= {one.extract for one in findings}


# The margins of 2021-22 are the published ones --------------------------------------------------------------------------------


def test_109_representations_are_4_complaints_3_ombudsman_cases_and_102_compliments(held):
    assert [len(held(name)) for name in ("cases", "ombudsman", "compliments")] == [4, 3, 102]
    assert len(held("compliments", "2020-21")) == 44


def test_outcomes_service_areas_and_stages_are_the_published_ones(held):
    cases, investigations = held("cases"), held("investigations")
    assert counts(cases, "outcome") == {"partially upheld": 2, "not upheld": 1, "withdrawn": 1}
    assert counts(cases, "service_area") == {
        "Looked After Children": 2, "Early Help": 1, "Looked After Child and SEND": 1,
    }  # fmt: skip
    assert counts(cases, "status") == {"closed": 4}
    assert counts(investigations, "stage") == {"1": 2, "2": 1}
    assert investigations.query("stage == '2'")["bypassed"].tolist() == ["yes"]


def test_the_withdrawn_complaint_was_never_investigated(held):
    withdrawn = held("cases").query("outcome == 'withdrawn'")["reference"]
    assert not held("investigations")["complaint"].isin(withdrawn).any()


def test_no_complaint_came_from_a_young_person_or_an_advocate(held):
    assert "child or young person" not in set(held("cases")["complainant_type"])
    assert "advocate" not in set(held("cases")["route"])


def test_the_ombudsman_cases_are_the_published_ones(held):
    cases = held("ombudsman")
    assert counts(cases, "service_area") == {"SEND": 3}
    assert dict(zip(cases["subject"], cases["decision"], strict=True)) == {
        "Funding levels for placement": "under investigation",
        "Time taken to arrange placement": "under investigation",
        "Education, health and care plan decision": "premature",
    }


# The invented years are consistent --------------------------------------------------------------------------------------------


def test_one_complaint_of_each_kind_of_timeliness_was_planned_and_comes_out(held):
    before, now = (held("investigations", year).query("stage == '1'") for year in YEARS)
    assert counts(before, "timeliness") == {
        "within limit": 7,
        "within extension": 5,
        "late": 3,
        "withdrawn": 1,
    }
    assert counts(now, "timeliness") == {"within limit": 1, "within extension": 1}
    assert held("investigations").query("stage == '2'")["timeliness"].tolist() == [
        "within extension"
    ]


def test_a_complaint_of_2020_21_was_carried_over_and_closed_in_the_next_year(held):
    closed = held("cases", "2020-21")["closed"]
    assert (closed > "2021-03-31").sum() == 1
    assert closed.notna().all()


@pytest.mark.parametrize("year", ["2017-18", "2018-19", "2019-20"])
def test_the_published_totals_add_up(published, year):
    total = published(year, "complaints.received")[""]
    for figure in ("complaints.by_outcome", "complaints.by_service_area"):
        assert sum(published(year, figure).values()) == total, figure
    kinds = published(year, "representations.by_kind")
    assert sum(kinds.values()) == published(year, "representations.received")[""]
    assert kinds == {
        "complaints": total,
        "Ombudsman cases": published(year, "ombudsman.received")[""],
        "compliments": published(year, "compliments.received")[""],
    }
    assert (
        sum(published(year, "stage_1.timeliness").values())
        == published(year, "complaints.by_stage")["stage 1"]
    )
    assert published(year, "complaints.from_young_people")[""] < total


def test_complaints_fall_every_year_and_most_in_the_last(held, published):
    received = [
        published(year, "complaints.received")[""] for year in ("2017-18", "2018-19", "2019-20")
    ]
    received += [len(held("cases", year)) for year in YEARS]
    falls = [before - now for before, now in pairwise(received)]
    assert min(falls) > 0
    assert max(falls) == falls[-1]


def test_each_published_figure_has_every_category_of_the_catalogue_in_every_year(
    checked, published
):
    council, table = checked[0].council, checked[1].published
    assert set(table["year"]) == {"2017-18", "2018-19", "2019-20"}
    for year, figure in table[["year", "figure"]].drop_duplicates().itertuples(index=False):
        categories = CATALOGUE[figure].categories
        assert tuple(published(year, figure)) == (categories(council) if categories else ("",)), (
            year,
            figure,
        )


# Nobody is real ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", YEARS)
def test_the_people_are_fictitious_and_no_two_are_alike(checked, year):
    people = checked[1].tables["complaints"].query("year == @year")
    assert people["email"].str.endswith("@example.org").all()
    assert people["telephone"].str.fullmatch(r"(01632 960|07700 900)\d{3}").all()
    assert (
        people["address"]
        .str.fullmatch(r"\d+ [A-Z][a-z]+ [A-Z][a-z]+, Calderbrook, ZZ\d \dZZ")
        .all()
    )
    assert people["complainant_name"].is_unique
    own = people["complainant_type"].isin(["child or young person", "care leaver"])
    assert ((people["complainant_name"] == people["child_name"]) == own).all()


def test_what_was_never_published_says_that_it_is_invented(checked):
    assert set(checked[1].published["source"]) == {
        "Invented for this sample: no figure was published"
    }
    notice = checked[0].council.notice
    assert all(word in notice for word in ("sample", "synthetic", "invented"))
    assert not re.search(r"\d", notice)


@pytest.mark.parametrize("year", YEARS)
def test_the_commentary_speaks_of_known_sections_and_holds_no_digit(checked, year):
    text = (RAW / year / "commentary.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
    assert headings == [
        section for section in checked[0].council.sections.main if section in headings
    ]
    assert not re.search(r"\d", text)


def test_several_compliments_are_approved_for_publication(held):
    quoted = held("compliments")["approved_text"].dropna()
    assert len(quoted) == 4
    assert not quoted.str.contains(r"\d").any()


def test_no_name_of_the_real_council_or_its_people_is_left():
    real = re.compile("calderdale|west yorkshire|noble", flags=re.IGNORECASE)
    for path in sorted(path for path in RAW.rglob("*") if path.is_file()):
        assert not real.search(path.read_text(encoding="utf-8")), path
