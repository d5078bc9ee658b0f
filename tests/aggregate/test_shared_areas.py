"""A complaint about several service areas counts at each, and the report says so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import make_council, typed_extract
from council_attack import PublishedCouncil, attack
from random_councils import random_council

from pipeline.aggregate.catalogue import catalogue_of
from pipeline.aggregate.disclosure.relations import build_relations
from pipeline.aggregate.figure_table import build_figure_table
from pipeline.aggregate.shared_areas import with_shared_complaints
from pipeline.artifacts import NumberKey

CASE = {"accepted": "yes", "status": "closed", "outcome": "upheld", "service_area": "Early Help"}
SHARED = CASE | {"service_area": "Early Help; Looked After Children"}
BY_AREA = "complaints.by_service_area"


def area_numbers(data, *cases):
    """By year and category, the numbers by service area of these cases, and their figure."""
    cleaned = data(cases=[{"reference": f"C{number}"} | case for number, case in enumerate(cases)])
    settings = with_shared_complaints(cleaned.settings, cleaned.tables["cases"])
    table = build_figure_table(replace(cleaned, settings=settings), typed_extract("published", []))
    rows = table[(table["figure"] == BY_AREA) & table["value"].notna()]
    numbers = {(row.year, row.category): row.value for row in rows.itertuples()}
    return numbers, set(rows["overlapping"]), settings.council


def test_complaint_about_two_services_counts_at_each(data):
    numbers, overlapping, _ = area_numbers(data, CASE, SHARED)
    assert numbers["2021-22", "Early Help"] == 2
    assert numbers["2021-22", "Looked After Children"] == 1
    assert overlapping == {"yes"}


def test_services_do_not_overlap_where_no_complaint_names_two(data):
    numbers, overlapping, council = area_numbers(data, CASE, CASE)
    assert numbers["2021-22", "Early Help"] == 2
    assert overlapping == {""}
    assert catalogue_of(council)[BY_AREA].rule.endswith("the service area they were about.")


def test_equation_holds_only_in_years_without_shared_complaints(data):
    _, _, council = area_numbers(data, SHARED, CASE | {"year": "2020-21"})
    values = {}
    for year in ("2020-21", "2021-22"):
        values[NumberKey("complaints.received", year, "", "")] = 2.0
        values[NumberKey(BY_AREA, year, "Early Help", "")] = 1.0
        values[NumberKey(BY_AREA, year, "Looked After Children", "")] = 1.0
    relations = build_relations(values, catalogue_of(council))
    exact = [
        equation for equation in relations.equations if not equation.keys() & relations.remainders
    ]
    assert {key.year for equation in exact for key in equation} == {"2020-21"}


def test_rule_of_the_figure_says_that_a_complaint_counts_at_each():
    council = make_council().with_shared_complaints(frozenset())
    for id in (BY_AREA, "complaints.upheld_by_service_area"):
        assert catalogue_of(council)[id].rule.endswith("one that was about several counts at each.")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3000, 3001])
def test_reader_narrows_no_number_where_services_overlap(tmp_path, seed):
    council = random_council(seed, tmp_path, threshold=5, sensitive=["breakdowns"])
    cases = council.data.tables["cases"]
    areas = list(council.settings.council.service_areas)
    is_shared = (cases["year"] == cases["year"].max()) & (cases.index % 3 == 0)
    both = cases["service_area"].astype("str") + f"; {areas[0]}"
    shared = cases.assign(service_area=cases["service_area"].astype("str").mask(is_shared, both))
    settings = with_shared_complaints(council.data.settings, shared)
    data = replace(council.data, settings=settings, tables=council.data.tables | {"cases": shared})
    changed = replace(council, data=data, settings=settings)
    result = attack(PublishedCouncil.of(changed, typed_extract("published", [])))
    assert result.withheld > 20
    assert result.narrowed == {}
