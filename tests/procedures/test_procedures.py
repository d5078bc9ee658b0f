"""Every procedure describes itself fully, and figures, rules and report follow from its file."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pandas as pd
import pytest
from builders import make_council, make_settings
from procedure_files import PARKING, PARKING_FILE
from random_councils import random_council, write_random_workspace

from pipeline.aggregate.catalogue import catalogue_of, figures_of
from pipeline.aggregate.disclosure.statements import statements_by_figure
from pipeline.aggregate.figure_table import build_figure_table, counts_of_people
from pipeline.inputs import word_faults
from pipeline.problem import Problem
from pipeline.procedures import Procedure
from pipeline.settings import ReportSections, load_council, load_settings
from pipeline.settings.procedures import packaged_names, packaged_procedure
from pipeline.validate.dictionary import EXTRACTS_BY_NAME, PUBLISHED
from pipeline.validate.reading.columns.missing import empty_table
from pipeline.validate.rules.evaluate import rules_by_extract

SEED_OF_LIMITS = 2
PROCEDURES = [*map(packaged_procedure, packaged_names()), PARKING]
EACH_PROCEDURE = pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda one: one.name)


def test_five_procedures_come_with_the_program():
    assert packaged_names() == ["adult", "children", "corporate", "housing", "public_health"]


def test_own_procedure_takes_one_file_of_under_80_lines():
    assert len(PARKING_FILE.read_text(encoding="utf-8").splitlines()) < 80


@EACH_PROCEDURE
def test_required_contents_name_sections_and_figures_that_exist(procedure):
    ids = figures_of(procedure)
    for requirement in procedure.contents:
        assert set(requirement.sections) <= set(ReportSections().names)
        assert set(requirement.extracts) <= set(EXTRACTS_BY_NAME)
        for content in requirement.contents:
            for pattern in content.figures:
                figure = pattern.partition("/")[0]
                assert any(fnmatchcase(id, figure) for id in ids), pattern


@EACH_PROCEDURE
def test_every_limit_names_its_source(procedure):
    clocks = [clock for stage in procedure.stages for clock in stage.clocks]
    assert all(clock.source for clock in clocks)
    assert procedure.sources


@EACH_PROCEDURE
def test_relations_name_only_figures_of_the_procedure(procedure):
    ids = figures_of(procedure)
    named = {
        term.figure
        for figure in ids.values()
        for relation in figure.relations
        for term in (*relation.numbers, *relation.others)
    }
    bases = {figure.base for figure in ids.values() if figure.base}
    assert named | bases <= set(ids)


@pytest.mark.parametrize("name", ["corporate", "adult"])
def test_declared_limits_hold_for_random_cases_of_a_procedure(tmp_path, name):
    """Of two stages and of one; the random councils of disclosure control have three."""
    council = random_council(SEED_OF_LIMITS, tmp_path, name)
    catalogue = catalogue_of(council.settings.council)
    figures = build_figure_table(council.data, empty_table(PUBLISHED))
    texts = statements_by_figure(counts_of_people(figures, catalogue), catalogue)
    statements = [one for text in texts.values() for one in text.split("; ")]
    broken = [text for text in statements if "(not in" in text]
    # What is equal in most years is at most that in the others.
    assert [text for text in broken if " = " not in text] == []
    assert len(statements) > 80


@EACH_PROCEDURE
def test_numbers_of_stages_and_outcomes_are_those_of_the_file(procedure):
    council = make_council().model_copy(update={"procedures": (procedure,)})
    ids = figures_of(procedure)
    assert ids["complaints.by_stage"].categories(council) == tuple(
        f"stage {number}" for number in procedure.stage_numbers
    )
    assert set(ids["complaints.by_outcome"].categories(council)) >= set(procedure.outcome_codes)
    stages = {id.partition(".")[0] for id in ids if id.startswith("stage_")}
    assert stages == {f"stage_{number}" for number in procedure.stage_numbers}


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("children", "investigations.stage.without_stage_1"),
        ("children", "investigations.bypassed.stage_1_there"),
        ("corporate", "investigations.stage.without_stage_1"),
        ("corporate", "investigations.panel_met.stage"),
        ("adult", "investigations.agreed.stage"),
    ],
)
def test_rules_of_the_stages_follow_from_the_procedure(name, rule):
    settings = make_settings(procedures=[name])
    ids = [one.id for one in rules_by_extract(settings)["investigations"]]
    assert ids.count(rule) == 1


def test_procedure_without_a_later_stage_has_no_rule_about_it():
    settings = make_settings(procedures=["adult"])
    ids = [one.id for one in rules_by_extract(settings)["investigations"]]
    assert not [id for id in ids if "without_stage" in id]


# What is wrong with a procedure's file, and what the message says.
FAULTS = (
    ("withdrawn: undecided", "withdrawn: no fault", 'outcomes need "withdrawn: undecided"'),
    ("allowed: fault", "allowed: no fault", 'no outcome means "fault"'),
    ("end: responded, limit: 28", "end: acknowledged, limit: 28", "response"),
    ("28 calendar days, source", "28 days, source", "is not a number of working days"),
    ("title: parking appeals", "titel: parking appeals", "titel"),
    ("[under investigation, allowed", "[allowed, under investigation", "the first decision"),
    ("name: parking", "name: Parking", "name"),
)


@pytest.mark.parametrize(("old", "new", "text"), FAULTS)
def test_fault_in_an_own_procedure_is_named_with_its_line(tmp_path, old, new, text):
    workspace = write_own_procedure(tmp_path)
    file = workspace / "data" / "raw" / "procedures" / "parking.yaml"
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Problem) as error:
        load_council(workspace)
    assert text in str(error.value)
    assert "procedures/parking.yaml" in error.value.where
    assert "line " in error.value.what


def test_unknown_procedure_is_refused_with_the_nearest_name(tmp_path):
    workspace = write_own_procedure(tmp_path)
    council = workspace / "data" / "raw" / "council.yaml"
    council.write_text(council.read_text(encoding="utf-8").replace("- parking", "- corporat"))
    with pytest.raises(Problem, match='Did you mean "corporate"') as error:
        load_council(workspace)
    assert "data/raw/procedures/corporat.yaml" in error.value.what


@EACH_PROCEDURE
def test_words_of_the_report_fit_every_procedure(tmp_path, procedure):
    """The report's cells name no figure that the procedure lacks, and print no number by hand."""
    workspace = write_own_procedure(tmp_path) if procedure is PARKING else tmp_path
    if procedure is not PARKING:
        write_random_workspace(workspace, procedure.name, 3)
    assert word_faults(load_settings(workspace, "latest")) == []


def write_own_procedure(workspace, complaints: int = 3):
    """A workspace with the council's own procedure."""
    folder = workspace / "data" / "raw" / "procedures"
    folder.mkdir(parents=True)
    (folder / PARKING_FILE.name).write_bytes(PARKING_FILE.read_bytes())
    return write_random_workspace(workspace, "parking", complaints)


# Years without a complaint, with one, with a few and with very many.
SIZES = (
    *((name, complaints) for name in packaged_names() for complaints in (0, 1, 10)),
    *(("parking", 10), ("corporate", 1000), ("children", 1000)),
)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "complaints"), SIZES)
def test_report_of_a_procedure_is_made_and_its_checklist_met(
    tmp_path, annual_report, name, complaints
):
    if name == "parking":
        workspace = write_own_procedure(tmp_path, complaints)
    else:
        workspace = write_random_workspace(tmp_path, name, complaints)
    result = annual_report("run", "latest", "--formats", "html", "-w", workspace)
    assert result.returncode == 0, result.stderr
    page = (workspace / "reports" / "2021-22" / "annual-report.html").read_text(encoding="utf-8")
    procedure: Procedure = load_council(workspace).procedure
    assert procedure.ombudsman.name in page
    assert ("Children and young people" in page) == bool(procedure.young_people)
    checklist = workspace / "reports" / "2021-22" / "audit" / "checklist.html"
    assert len(pd.read_html(checklist)[0]) == len(procedure.contents)
