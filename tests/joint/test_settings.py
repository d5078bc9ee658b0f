"""The settings of a workspace with several procedures, and what is said of mistakes in them."""

from __future__ import annotations

import pytest

from pipeline.joint.plan import planned_reports
from pipeline.problem import Problem
from pipeline.settings import load_procedures, load_settings
from pipeline.validate import check
from pipeline.workflow import run_options

YEAR = "2021-22"


def test_key_of_a_procedures_own_file_replaces_the_shared_one(joint_workspace):
    workspace = joint_workspace()
    raw = workspace / "data" / "raw"
    (raw / "council.adult.yaml").write_text("themes: [respect]\nnotice: Adults only.\n")
    (raw / YEAR / "report.adult.yaml").write_text("subject: Adult complaints\n")
    adult = load_settings(workspace, f"{YEAR}/adult")
    corporate = load_settings(workspace, YEAR, procedure="corporate")
    assert adult.council.themes == ("respect",)
    assert adult.report.subject == "Adult complaints"
    assert adult.council.authority == corporate.council.authority
    assert corporate.council.notice is None
    assert corporate.report.subject == "Annual report"
    assert adult.council.procedure.name == "adult"
    assert adult.report_name == f"reports/adult/{YEAR}"
    assert adult.tables_name == f"data/processed/adult/{YEAR}"
    assert adult.commentary.name == "commentary.adult.md"


def test_mistake_is_named_in_the_file_in_which_it_is(joint_workspace):
    workspace = joint_workspace()
    path = workspace / "data" / "raw" / "council.adult.yaml"
    path.write_text("service: Adults\ncolour: blue\n")
    with pytest.raises(Problem) as caught:
        load_settings(workspace, f"{YEAR}/adult")
    assert caught.value.where == "data/raw/council.adult.yaml, line 2, colour"
    assert load_settings(workspace, f"{YEAR}/corporate").council.colour == "#12436D"


@pytest.mark.parametrize(
    ("changes", "name", "text"),
    [
        ({}, "adlt", 'there is no procedure "adlt". Did you mean "adult"?'),
        ({"procedures": ["adult"]}, "adult", "council.yaml lists one procedure, adult"),
        ({"procedures": ["adult", "adult"]}, "adult", "a procedure is listed twice"),
        ({"reports": ["joined"]}, "adult", 'there is no report "joined". Did you mean "joint"?'),
    ],
)
def test_wrong_name_of_a_procedure_or_report_is_explained(joint_workspace, changes, name, text):
    workspace = joint_workspace(**changes)
    with pytest.raises(Problem) as caught:
        load_settings(workspace, f"{YEAR}/{name}")
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("reports", "formats"),
    [
        (["joint"], {"corporate": [], "adult": [], "": ["html"]}),
        (["adult"], {"corporate": [], "adult": ["html"]}),
        (["joint", "corporate"], {"corporate": ["html"], "adult": [], "": ["html"]}),
    ],
)
def test_run_makes_the_reports_that_the_settings_name(joint_workspace, reports, formats):
    settings = load_settings(joint_workspace(reports=reports), YEAR)
    options = run_options(settings, "html", final=False)
    planned = planned_reports(settings, options)
    assert {one.settings.procedure: one.options.formats for one in planned} == formats
    assert [one.options.year for one in planned] == [one.settings.name for one in planned]


def test_chapter_of_each_procedure_is_a_section_in_its_place(joint_workspace):
    sections = {"main": ["overview", "chapters", "about_the_data"]}
    settings = load_settings(joint_workspace(joint_sections=sections), YEAR)
    assert settings.is_joint
    assert settings.steps == ("5_joint",)
    assert settings.council.sections.main == (
        "overview",
        "chapter_corporate",
        "chapter_adult",
        "about_the_data",
    )
    assert not any(one.is_joint for one in load_procedures(settings))


def findings_of(workspace, procedure="adult"):
    return check(load_settings(workspace, f"{YEAR}/{procedure}")).findings


def test_file_without_the_column_procedure_is_refused_once(joint_workspace):
    workspace = joint_workspace()
    path = workspace / "data" / "raw" / YEAR / "compliments.csv"
    text = path.read_text()
    path.write_text(text.replace("procedure", "something", 1))
    [finding] = [one for one in findings_of(workspace) if one.rule.endswith("procedure.present")]
    assert finding.severity == "critical"
    assert finding.file == f"data/raw/{YEAR}/compliments.csv"
    assert "adult or corporate" in finding.remedy


@pytest.mark.parametrize(
    ("cell", "rule"), [("", "procedure.required"), ("adlut", "procedure.allowed")]
)
def test_row_of_no_procedure_is_reported_and_not_lost(joint_workspace, cell, rule):
    workspace = joint_workspace()
    path = workspace / "data" / "raw" / YEAR / "complaints.csv"
    lines = path.read_text().splitlines()
    lines[1] = f"{lines[1].rpartition(',')[0]},{cell}"
    path.write_text("\n".join(lines) + "\n")
    for procedure in ("adult", "corporate"):
        rules = {one.rule for one in findings_of(workspace, procedure) if one.row in (2, None)}
        assert any(name.startswith(f"complaints.{rule}") for name in rules), rules
