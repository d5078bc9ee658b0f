"""A name is masked wherever a finding quotes it, and whatever is no name is shown."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from builders import copy_sample, replace_text

from pipeline.settings import load_settings
from pipeline.validate import check
from pipeline.validate.finding_tables import write_csv
from pipeline.validate.findings import Finding, findings_text, masked, problem_for
from pipeline.validate.findings_page import findings_html
from pipeline.validate.personal.masking import hide_personal_texts

YEAR = "2021-22"
FIRST_ROW = "CYP-21-001,2021-06-08,Early Help,South locality,parent,direct,email,communication,yes"
# What is changed in complaints.csv: the place, the old text and the text with a name in its place.
# fmt: off
PLACES = {
    "service area": (FIRST_ROW, FIRST_ROW.replace("Early Help", "{}")),
    "complainant type": (FIRST_ROW, FIRST_ROW.replace("parent", "{}")),
    "theme": (FIRST_ROW, FIRST_ROW.replace("communication", "communication; {}")),
    "accepted": (FIRST_ROW, FIRST_ROW.replace("yes", "{}")),
    "date": (FIRST_ROW, FIRST_ROW.replace("2021-06-08", "told {} in May")),
    "heading": ("reference,received,service_area,team", "reference,received,service_area,{}"),
}
NAME = "Odalys Dummythorpe"  # a complainant
NAMES = (
    NAME,
    "odalys dummythorpe",
    "Dummythorpe",
    "Gemma Hartley",  # of nobody in the records
    "G. Hartley-Jones",
    "Mrs Hartley",
    "gemma@example.org",
    "07700 900809",
    "ZZ8 2ZZ",
)
SHOWN = ("not upehld", "Comunication", "Fostering and Adopton", "31/02/2021", "Quality of care")
# fmt: on


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Path:
    return copy_sample(tmp_path_factory.mktemp("masking"))


@pytest.fixture
def findings(workspace):
    """findings(old, new): those of the sample with this change in its complaints."""

    def find(old: str, new: str) -> list[Finding]:
        path = workspace / "data" / "raw" / YEAR / "complaints.csv"
        original = path.read_text(encoding="utf-8")
        replace_text(path, old, new)
        try:
            return check(load_settings(workspace, YEAR)).findings
        finally:
            path.write_text(original, encoding="utf-8")

    return find


@pytest.mark.parametrize(("old", "new"), PLACES.values(), ids=PLACES)
def test_name_is_masked_in_any_cell_date_or_heading(findings, tmp_path, old, new):
    changed = findings(old, new.format(NAME))
    write_csv(changed, tmp_path / "findings.csv")
    outputs = [
        findings_text(changed),
        findings_html(changed),
        (tmp_path / "findings.csv").read_text(encoding="utf-8-sig"),
    ]
    if any(finding.severity == "critical" for finding in changed):
        outputs.append(problem_for(changed).what)
    for output in outputs:
        assert "•••" in output
        assert "Dummythorpe" not in output
    assert NAME in findings_text(changed, show_personal=True)


def theme_finding(value: str) -> Finding:
    """The finding for a theme that is no code."""
    return Finding(
        severity="critical",
        rule="complaints.theme.allowed",
        extract="complaints",
        file="complaints.csv",
        column="theme",
        value=value,
        what=f'theme has "{value}", which is not one of its codes',
        remedy="Use one of: delay; staff conduct or attitude.",
    )


@pytest.mark.parametrize("value", NAMES)
def test_each_kind_of_name_is_masked_in_a_coded_column(workspace, value):
    council = load_settings(workspace, YEAR).council
    tables = {"complaints": pd.DataFrame({"complainant_name": [NAME]})}
    (finding,) = hide_personal_texts([theme_finding(value)], tables, council)
    assert masked(finding).what == 'theme has "•••", which is not one of its codes'
    assert masked(finding).value == "•••"


@pytest.mark.parametrize("value", SHOWN)
def test_value_that_is_no_name_is_shown_as_it_is(workspace, value):
    council = load_settings(workspace, YEAR).council
    tables = {"complaints": pd.DataFrame({"complainant_name": ["Ada Care"]})}
    (finding,) = hide_personal_texts([theme_finding(value)], tables, council)
    assert masked(finding) == finding


def test_masked_finding_hides_every_spelling_of_its_text():
    finding = Finding(
        severity="warning",
        rule="complaints.heading.known",
        extract="complaints",
        file="complaints.csv",
        column="Ada  Young",
        what='"Ada Young" is no heading',
        remedy="Rename Ada Young.",
        hidden=("Ada  Young",),
    )
    public = masked(finding)
    assert (public.column, public.what, public.remedy) == (
        "•••",
        '"•••" is no heading',
        "Rename •••.",
    )
