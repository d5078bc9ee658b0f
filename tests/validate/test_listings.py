"""A complaint in the extract of another year, or of two years, is counted once and reported."""

from __future__ import annotations

import pytest
from builders import make_settings, typed_extract

from pipeline.clean.cases import clean_cases
from pipeline.validate.listings import is_listed_again, is_repeated, listing_findings

CASE = {"reference": "C1", "received": "2021-03-30", "year": "2020-21"}


def complaints(*rows):
    return typed_extract("complaints", [CASE | row for row in rows])


# The later row of C1, and whether it is the same complaint.
@pytest.mark.parametrize(
    ("later", "is_same"),
    [
        ({"received": "2021-03-30"}, True),
        ({"received": "2021-04-01"}, True),
        ({"received": "2021-12-01"}, False),  # references that begin again each year
        ({"reference": "C2"}, False),
    ],
)
def test_row_of_a_later_year_is_the_same_complaint(later, is_same):
    table = complaints({}, {"year": "2021-22"} | later)
    assert is_listed_again(table).tolist() == [is_same, False]
    is_mistake = not is_same and "reference" not in later
    assert is_repeated(table).tolist() == [is_mistake, is_mistake]


def test_complaint_of_two_extracts_counts_once_as_the_later_has_it():
    table = complaints({"status": "open"}, {"year": "2021-22", "status": "closed"})
    cases = clean_cases(table, make_settings().council).tables["cases"]
    assert cases[["year", "status"]].to_numpy().tolist() == [["2020-21", "closed"]]
    [finding] = listing_findings(table)
    assert (finding.severity, finding.rule) == ("info", "complaints.reference.listed_again")
    assert "counted once" in finding.what


def test_complaint_in_another_year_s_extract_counts_when_received():
    table = complaints(
        {"reference": "C2"}, {"year": "2021-22"}, {"reference": "C3", "received": "2019-05-01"}
    )
    cases = clean_cases(table, make_settings().council).tables["cases"]
    assert cases["year"].tolist()[:2] == ["2020-21", "2020-21"]
    [finding] = listing_findings(table)
    assert (finding.severity, finding.rule) == ("warning", "complaints.received.other_year")
    assert finding.what.endswith("row 3"), "2019-20 has no extract: a finding of the rules"


def test_rows_of_one_extract_are_never_one_complaint_listed_twice():
    table = complaints({}, {})
    assert not is_listed_again(table).any()
    assert is_repeated(table).all()
