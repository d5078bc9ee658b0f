"""The sample: its script gives the same bytes, its totals are published ones, nobody is real."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from builders import CATALOGUE, REPOSITORY
from builders import SAMPLE_RAW as RAW
from make_sample import sample_columns
from sample_plan import INVENTED

from pipeline.clean import clean
from pipeline.settings import load_settings
from pipeline.validate import validate

YEARS = ("2020-21", "2021-22")


def csv_files(folder: Path) -> dict[str, bytes]:
    """Every CSV below a folder by its relative path."""
    paths = sorted(folder.rglob("*.csv"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def counts(table: pd.DataFrame, column: str) -> dict[str, int]:
    return table[column].value_counts().to_dict()


@pytest.fixture(scope="module")
def settings():
    return load_settings(REPOSITORY, "2021-22")


@pytest.fixture(scope="module")
def validated(settings):
    return validate(settings)


@pytest.fixture(scope="module")
def cleaned_rows(settings, validated):
    """cleaned_rows("cases", "2021-22"): the cleaned rows of a year."""
    tables = clean(validated.tables, settings).tables
    return lambda name, year="2021-22": tables[name][tables[name]["year"] == year]


@pytest.fixture(scope="module")
def published(validated):
    """published("2019-20", "complaints.by_stage"): the published value of each category."""
    table = validated.published.fillna({"category": ""})

    def values(year: str, figure: str) -> dict[str, int]:
        rows = table[(table["year"] == year) & (table["figure"] == figure)]
        pairs = zip(rows["category"], rows["value"], strict=True)
        return {category: int(value) for category, value in pairs}

    return values


# The files


@pytest.mark.slow
def test_script_writes_the_committed_files_byte_for_byte(tmp_path):
    script = Path(__file__).with_name("make_sample.py")
    command = [sys.executable, script, tmp_path]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert csv_files(tmp_path) == csv_files(RAW)
    assert output.count("wrote ") == len(csv_files(RAW))


def test_every_csv_has_the_dictionary_columns_in_order():
    for name, content in csv_files(RAW).items():
        heading = content.decode("utf-8").splitlines()[0]
        assert heading.split(",") == sample_columns(Path(name).stem), name
        assert b"\r" not in content, name


@pytest.mark.slow
def test_both_years_are_read_without_a_critical_finding(settings, validated):
    earlier = load_settings(REPOSITORY, "2020-21")
    assert validate(earlier).findings == []
    assert settings.available_years == (earlier.year, settings.year)
    assert earlier.report.meeting_date < settings.report.meeting_date
    assert not validated.stops


def test_only_warnings_are_about_the_change_in_row_counts(validated):
    assert {finding.rule for finding in validated.findings} == {"row_counts.rows.like_last_year"}
    assert {"complaints", "compliments"} <= {finding.extract for finding in validated.findings}


# The totals of 2021-22 are the published ones


def test_representations_are_complaints_cases_and_compliments(cleaned_rows):
    assert [len(cleaned_rows(name)) for name in ("cases", "ombudsman", "compliments")] == [
        4,
        3,
        102,
    ]
    assert len(cleaned_rows("compliments", "2020-21")) == 44


def test_outcomes_areas_and_stages_are_the_published_ones(cleaned_rows):
    cases, investigations = cleaned_rows("cases"), cleaned_rows("investigations")
    assert counts(cases, "outcome") == {"partially upheld": 2, "not upheld": 1, "withdrawn": 1}
    assert counts(cases, "service_area") == {
        "Looked After Children": 2,
        "Early Help": 1,
        "Looked After Child and SEND": 1,
    }
    assert counts(cases, "status") == {"closed": 4}
    assert counts(investigations, "stage") == {"1": 2, "2": 1}
    assert investigations.query("stage == '2'")["bypassed"].tolist() == ["yes"]


def test_withdrawn_complaint_was_never_investigated(cleaned_rows):
    withdrawn = cleaned_rows("cases").query("outcome == 'withdrawn'")["reference"]
    assert not cleaned_rows("investigations")["complaint"].isin(withdrawn).any()


def test_no_complaint_is_from_a_young_person_or_advocate(cleaned_rows):
    assert "child or young person" not in set(cleaned_rows("cases")["complainant_type"])
    assert "advocate" not in set(cleaned_rows("cases")["route"])


def test_ombudsman_cases_are_the_published_ones(cleaned_rows):
    cases = cleaned_rows("ombudsman")
    assert counts(cases, "service_area") == {"SEND": 3}
    assert dict(zip(cases["subject"], cases["decision"], strict=True)) == {
        "Funding levels for placement": "under investigation",
        "Time taken to arrange placement": "under investigation",
        "Education, health and care plan decision": "premature",
    }


# The invented years are consistent


def test_timeliness_of_investigations_is_as_planned(cleaned_rows):
    earlier, latest = (cleaned_rows("investigations", year).query("stage == '1'") for year in YEARS)
    assert counts(earlier, "timeliness") == {
        "within limit": 7,
        "within extension": 5,
        "late": 3,
        "withdrawn": 1,
    }
    assert counts(latest, "timeliness") == {"within limit": 1, "within extension": 1}
    assert cleaned_rows("investigations").query("stage == '2'")["timeliness"].tolist() == [
        "within extension"
    ]


def test_one_complaint_of_2020_21_was_closed_in_the_next_year(cleaned_rows):
    closed = cleaned_rows("cases", "2020-21")["closed"]
    assert (closed > "2021-03-31").sum() == 1
    assert closed.notna().all()


@pytest.mark.parametrize("year", ["2017-18", "2018-19", "2019-20"])
def test_published_totals_of_a_year_add_up(published, year):
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


def test_complaints_fall_every_year_and_most_in_the_latest(cleaned_rows, published):
    received = [
        published(year, "complaints.received")[""] for year in ("2017-18", "2018-19", "2019-20")
    ]
    received += [len(cleaned_rows("cases", year)) for year in YEARS]
    falls = [earlier - later for earlier, later in pairwise(received)]
    assert min(falls) > 0
    assert max(falls) == falls[-1]


def test_published_figure_has_every_category_in_every_year(settings, validated, published):
    table = validated.published
    assert set(table["year"]) == {"2017-18", "2018-19", "2019-20"}
    for year, figure in table[["year", "figure"]].drop_duplicates().itertuples(index=False):
        categories = CATALOGUE[figure].categories
        expected = categories(settings.council) if categories else ("",)
        assert tuple(published(year, figure)) == expected, (year, figure)


# Nobody is real


@pytest.mark.parametrize("year", YEARS)
def test_people_are_fictitious_and_all_different(validated, year):
    people = validated.tables["complaints"].query("year == @year")
    assert people["email"].str.endswith("@example.org").all()
    assert people["telephone"].str.fullmatch(r"(01632 960|07700 900)\d{3}").all()
    assert (
        people["address"]
        .str.fullmatch(r"\d+ [A-Z][a-z]+ [A-Z][a-z]+, Calderbrook, ZZ\d \dZZ")
        .all()
    )
    assert people["complainant_name"].is_unique
    is_child = people["complainant_type"].isin(["child or young person", "care leaver"])
    assert ((people["complainant_name"] == people["child_name"]) == is_child).all()


def test_invented_totals_and_the_notice_say_so(settings, validated):
    assert set(validated.published["source"]) == {INVENTED}
    notice = settings.council.notice
    assert all(word in notice for word in ("sample", "rows", "invented"))
    assert not re.search(r"\d", notice)


@pytest.mark.parametrize("year", YEARS)
def test_commentary_has_known_sections_and_no_digit(settings, year):
    text = (RAW / year / "commentary.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
    assert headings == [name for name in settings.council.sections.names if name in headings]
    assert not re.search(r"\d", text)


def test_four_compliments_are_approved_for_publication(cleaned_rows):
    quoted = cleaned_rows("compliments")["approved_text"].dropna()
    assert len(quoted) == 4
    assert not quoted.str.contains(r"\d").any()


def test_sample_does_not_name_the_real_council_or_people():
    real = re.compile("calderdale|west yorkshire|noble", flags=re.IGNORECASE)
    paths = sorted(path for path in RAW.rglob("*") if path.is_file())
    assert [path for path in paths if real.search(path.read_text(encoding="utf-8"))] == []
