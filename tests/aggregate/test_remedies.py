"""Figures of columns that a council may leave empty: remedies, partners, and the Ombudsman."""

from __future__ import annotations

import pytest
from builders import UPHELD_CASE, make_council

from pipeline.aggregate.catalogue import figures_of
from pipeline.aggregate.disclosure.instances import KnownKeys
from pipeline.aggregate.figure_table import build_figure_table, counts_of_people
from pipeline.settings.procedures import packaged_names, packaged_procedure

DECISION = {
    "reference": "O1",
    "received": "2021-05-04",
    "service_area": "Early Help",
    "subject": "Delay",
    "in_scope": "yes",
    "decision": "upheld",
    "decided": "2021-09-01",
}
DUE, LATER, AFTER_DATA = "2021-07-01", "2021-07-02", "2022-07-01"


@pytest.mark.parametrize(
    ("cells", "progress"),
    [
        ({"remedy_due": DUE, "remedy_done": DUE}, "provided in time"),
        ({"remedy_due": DUE, "remedy_done": LATER}, "provided late"),
        ({"remedy_due": DUE}, "overdue"),
        ({"remedy_due": "2022-06-30"}, "not due yet"),  # the day on which the data was taken
        ({"remedy_due": AFTER_DATA}, "not due yet"),
        ({"remedy_done": LATER}, "provided without a due date"),
        ({}, "open without a due date"),
    ],
)
def test_remedy_is_in_time_by_its_due_date(numbers_of, cells, progress):
    # A date elsewhere, for without any there would be no figure.
    earlier = UPHELD_CASE | {"year": "2020-21", "remedy": "apology", "remedy_due": "2020-07-01"}
    cases = [earlier, UPHELD_CASE | {"remedy": "apology"} | cells, UPHELD_CASE]
    assert numbers_of("remedies.agreed", cases=cases) == {"": 1}
    assert numbers_of("remedies.by_progress", cases=cases) == {progress: 1}
    decided = DECISION | cells
    if cells:
        assert numbers_of("ombudsman.compliance", ombudsman=[decided]) == {progress: 1}


def test_complaint_with_several_remedies_counts_at_each(numbers_of):
    cases = [
        UPHELD_CASE | {"remedy": "apology; payment"},
        UPHELD_CASE | {"remedy": "apology"},
        UPHELD_CASE | {"remedy_due": DUE},
    ]
    assert numbers_of("remedies.agreed", cases=cases) == {"": 3}
    kinds = {"apology": 2, "payment": 1, "not recorded": 1}
    assert numbers_of("remedies.by_kind", cases=cases) == kinds


COLUMNS = (
    ("complaints.joint", {"cases": [UPHELD_CASE | {"joint_with": "NHS body"}]}),
    ("remedies.agreed", {"cases": [UPHELD_CASE | {"remedy": "apology"}]}),
    ("ombudsman.compliance", {"ombudsman": [DECISION | {"remedy_due": DUE}]}),
    ("ombudsman.early_remedy", {"ombudsman": [DECISION | {"early_remedy": "no"}]}),
)


@pytest.mark.parametrize(("figure", "rows"), COLUMNS)
def test_figure_of_a_column_never_filled_in_does_not_exist(data, published_csv, figure, rows):
    empty = {"cases": [UPHELD_CASE], "ombudsman": [DECISION]}
    ids = set(build_figure_table(data(**empty), published_csv())["figure"])
    filled_ids = set(build_figure_table(data(**rows), published_csv())["figure"])
    assert figure not in ids
    assert figure in filled_ids


def test_year_before_a_column_was_first_used_is_unknown(numbers_of):
    joint = {"joint_with": "NHS body"}
    earlier = UPHELD_CASE | {"year": "2020-21"}
    cases = [earlier, UPHELD_CASE | joint]
    assert numbers_of("complaints.joint", "2020-21", cases=cases) == {"": "[x]"}
    assert numbers_of("complaints.joint", cases=cases) == {"": 1}
    assert numbers_of("complaints.joint", cases=[earlier | joint, UPHELD_CASE]) == {"": 0}


def test_number_of_an_unused_column_in_published_csv_is_kept(numbers_of):
    published = (("2020-21", "complaints.joint", "", 4),)
    assert numbers_of("complaints.joint", "2019-20", cases=[UPHELD_CASE]) == {}
    numbers = numbers_of("complaints.joint", "2020-21", published=published, cases=[UPHELD_CASE])
    assert numbers == {"": 4}


def test_remedies_before_the_ombudsman_are_of_decisions_that_upheld(numbers_of):
    cases = [
        DECISION | {"satisfactory_remedy": "yes", "early_remedy": "no"},
        DECISION | {"early_remedy": "yes"},
        DECISION,
        DECISION | {"decision": "not upheld", "satisfactory_remedy": "yes"},
    ]
    assert numbers_of("ombudsman.upheld", ombudsman=cases) == {"": 3}
    assert numbers_of("ombudsman.satisfactory_remedy", ombudsman=cases) == {"": 1}
    assert numbers_of("ombudsman.early_remedy", ombudsman=cases) == {"": 1}


def test_recommendation_is_listed_in_the_year_of_its_decision(numbers_of):
    case = DECISION | {"received": "2020-05-04", "year": "2020-21", "remedy_due": DUE}
    listed = numbers_of("ombudsman.recommendation_dates", ombudsman=[case])
    assert listed == {"Delay": 1}
    assert numbers_of("ombudsman.recommendations", "2020-21", ombudsman=[case]) == {"": 0}


def test_relations_of_the_new_figures_hold(data, published_csv):
    cases = [
        UPHELD_CASE | {"remedy": "apology; payment"},
        UPHELD_CASE | {"joint_with": "other"},
        UPHELD_CASE,
    ]
    decisions = [DECISION | {"satisfactory_remedy": "yes", "remedy_due": DUE}, DECISION]
    table = build_figure_table(data(cases=cases, ombudsman=decisions), published_csv())
    catalogue = figures_of(packaged_procedure("children"))
    values = counts_of_people(table, catalogue)
    known = KnownKeys(values, catalogue)
    checked = 0
    for figure in ("remedies.by_kind", "ombudsman.upheld", "complaints.joint_by_partner"):
        for relation in catalogue[figure].relations:
            for instance in known.instances(relation):
                assert instance.holds(values), str(relation)
                checked += 1
    assert checked > 4


@pytest.mark.parametrize("name", packaged_names())
def test_older_decisions_are_printed_only_if_they_occur(name):
    procedure = packaged_procedure(name)
    older = set(procedure.ombudsman.older_decisions)
    assert bool(older) == (name != "housing")
    council = make_council(procedures=[name])
    figure = figures_of(procedure)["ombudsman.by_decision"]
    assert set(figure.older_categories(council)) == older
    assert older <= set(procedure.ombudsman_decisions)
    assert not older & set(procedure.ombudsman.current_decisions)
