"""The figures of small made data: what is counted, what is a true 0, what is not available, and the rows behind each number."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.aggregate.catalogue import CATALOGUE
from pipeline.aggregate.figure import LINEAGE
from pipeline.aggregate.figure_table import FIGURE_TABLE_COLUMNS, build_figure_table
from pipeline.problem import Kind, Problem
from pipeline.validate.dictionary import OUTCOMES

CLOSED = {"status": "closed", "accepted": "yes", "outcome": "upheld", "service_area": "Early Help", "route": "direct",
          "complainant_type": "parent"}  # fmt: skip


@pytest.fixture
def number(published_csv):
    """number(data, "complaints.received", "2021-22"): a published number, or `[x]`."""

    made = {}

    def find(data, figure, year="2021-22", category="", detail="", published=None):
        key = (id(data), id(published))
        if key not in made:
            made[key] = build_figure_table(
                data, published_csv() if published is None else published
            )
        table = made[key]
        row = table.query(
            "figure == @figure and year == @year and category == @category and detail == @detail"
        )
        assert len(row) == 1
        value, sign = row[["value", "shorthand"]].iloc[0]
        return f"[{sign}]" if pd.isna(value) else value

    return find


def all_lineage(data, published_csv) -> pd.DataFrame:
    """The rows behind every number, sorted."""
    parts = [LINEAGE.empty_table()]
    build_figure_table(data, published_csv(), parts.append)
    rows = pa.concat_tables(parts).to_pandas().astype("str")
    return rows.sort_values(LINEAGE.names, ignore_index=True)


def test_rows_are_counted_by_year(data, number):
    made = data(cases=[CLOSED, CLOSED, CLOSED | {"year": "2020-21"}])
    assert number(made, "complaints.received") == 2
    assert number(made, "complaints.received", "2020-21") == 1


def test_a_year_without_rows_whose_extract_was_handed_over_is_a_true_0(data, number):
    made = data(cases=[CLOSED])
    assert number(made, "complaints.received", "2020-21") == 0
    assert number(made, "complaints.by_outcome", "2020-21", "upheld") == 0
    assert number(made, "training.sessions") == 0
    assert number(made, "training.attended") == 0


def test_a_held_year_without_texts_has_none_and_one_not_held_is_not_available(data, number):
    made = data(ombudsman=[{"received": "2021-04-01", "subject": "Delay", "decision": "upheld"}])
    assert number(made, "ombudsman.by_subject", "2020-21") == 0
    assert number(made, "ombudsman.by_subject", "2019-20") == "[x]"


def test_a_year_that_is_not_held_is_not_available(data, number):
    assert number(data(cases=[CLOSED]), "complaints.received", "2019-20") == "[x]"
    assert number(data(cases=[CLOSED]), "complaints.by_outcome", "2019-20", "upheld") == "[x]"


def test_an_extract_that_was_not_handed_over_makes_its_figures_not_available_in_that_year_only(
    data, number
):
    made = data(
        without=[("2021-22", "compliments")], cases=[CLOSED], compliments=[{"year": "2020-21"}]
    )
    assert number(made, "compliments.received") == "[x]"
    assert number(made, "compliments.received", "2020-21") == 1
    assert number(made, "representations.received") == "[x]", (
        "a sum of which a part is missing is not known"
    )
    assert number(made, "representations.received", "2020-21") == 1
    assert number(made, "complaints.received") == 1


def test_an_extract_never_handed_over_is_not_available_at_all(data, number):
    made = data(without=[(year, "training") for year in ("2020-21", "2021-22")], cases=[CLOSED])
    assert number(made, "training.sessions") == "[x]"
    assert number(made, "training.attended", "2020-21") == "[x]"


def test_an_open_complaint_is_open_and_one_turned_away_is_not_accepted_whatever_else_is_recorded(
    data, number
):
    made = data(cases=[CLOSED, CLOSED | {"status": "open"}, CLOSED | {"accepted": "no"}])
    assert number(made, "complaints.by_outcome", category="open") == 1
    assert number(made, "complaints.by_outcome", category="not accepted") == 1
    assert number(made, "complaints.by_outcome", category="upheld") == 1
    assert number(made, "complaints.concluded") == 2


def test_an_ombudsman_case_counts_in_the_year_in_which_it_was_received(data, number):
    case = {
        "received": "2021-03-31",
        "service_area": "Early Help",
        "subject": "Delay",
        "decision": "upheld",
    }
    made = data(ombudsman=[case, case | {"received": "2021-04-01"}])
    assert number(made, "ombudsman.received", "2020-21") == 1
    assert number(made, "ombudsman.received") == 1
    assert number(made, "ombudsman.by_subject", category="Delay", detail="upheld") == 1


def test_an_investigation_that_bypassed_stage_1_counts_at_stage_2_only(data, number):
    made = data(investigations=[
        {"stage": "1", "timeliness": "late", "working_days": 30}, {"stage": "2", "bypassed": "yes"},
        {"stage": "2", "bypassed": "no"},
    ])  # fmt: skip
    assert number(made, "complaints.by_stage", category="stage 1") == 1
    assert number(made, "complaints.by_stage", category="stage 2") == 2
    assert number(made, "complaints.bypassed_stage_1") == 1


def test_a_median_and_the_longest_are_of_those_answered(data, number):
    days = [{"stage": "1", "timeliness": "late", "working_days": days} for days in (4, 9, 30, None)]
    made = data(investigations=days)
    assert number(made, "stage_1.median_days") == 9
    assert number(made, "stage_1.longest_days") == 30
    assert number(made, "stage_1.longest_days", "2020-21") == "[z]", (
        "of no answers none is the longest"
    )


def test_people_whose_number_nobody_recorded_are_not_0(data, number):
    made = data(training=[{"title": "One"}, {"title": "Two", "year": "2020-21", "attended": 7}])
    assert number(made, "training.sessions") == 1
    assert number(made, "training.attended") == "[x]"
    assert number(made, "training.attended", "2020-21") == 7


def test_a_year_not_held_is_taken_from_published_csv_with_its_source(data, published_csv, number):
    published = published_csv(
        ("2019-20", "complaints.received", "", 9), ("2019-20", "complaints.by_outcome", "upheld", 0)
    )
    table = build_figure_table(data(cases=[CLOSED]), published)
    row = table.query("figure == 'complaints.received' and year == '2019-20'").iloc[0]
    assert (row["value"], row["shorthand"], row["source"]) == (9, "", "Annual report")
    made = data(cases=[CLOSED])
    assert number(made, "complaints.by_outcome", "2019-20", "upheld", published=published) == 0
    assert (
        number(made, "complaints.by_outcome", "2019-20", "withdrawn", published=published) == "[x]"
    )
    assert "2019-20" not in set(all_lineage(made, published_csv)["year"])


def test_the_extract_goes_before_what_was_once_published(data, published_csv, number):
    published = published_csv(
        ("2020-21", "complaints.received", "", 9), ("2010-11", "complaints.received", "", 9)
    )
    made = data(cases=[CLOSED | {"year": "2020-21"}])
    assert number(made, "complaints.received", "2020-21", published=published) == 1
    assert "2010-11" not in set(build_figure_table(made, published)["year"])


def test_a_held_year_without_the_extract_is_taken_from_published_csv(data, published_csv, number):
    published = published_csv(("2020-21", "compliments.received", "", 44))
    assert (
        number(
            data(without=[("2020-21", "compliments")]),
            "compliments.received",
            "2020-21",
            published=published,
        )
        == 44
    )


@pytest.mark.parametrize(("row", "where", "what", "how"), [
    (("2019-20", "complaints.recieved", "", 9), "row 3, figure",
     'no figure "complaints.recieved". Did you mean "complaints.received"?',
     "Use the id of a figure"),
    (("2019-20", "complaints.by_outcome", "uphold", 9), "row 3, category", 'Did you mean "upheld"?', "Use one of: upheld; "),
    (("2019-20", "complaints.by_outcome", "", 9), "row 3, category", '"" is not a category', "Use one of: upheld; "),
    (("2019-20", "complaints.received", "upheld", 9), "row 3, category", '"upheld" is not a category',
     "Leave the category empty."),
])  # fmt: skip
def test_a_row_of_published_csv_that_names_nothing_is_refused_with_the_nearest(
    data, published_csv, row, where, what, how
):
    published = published_csv(("2019-20", "complaints.received", "", 9), row)
    with pytest.raises(Problem) as raised:
        build_figure_table(data(), published)
    assert raised.value.kind == Kind.DATA
    assert raised.value.where == f"data/raw/published.csv, {where}"
    assert what in raised.value.what
    assert how in raised.value.remedy


def test_expectations_that_were_not_met_are_counted_by_what_was_expected_and_of_which_extract(
    data, number
):
    warning = {"year": "2021-22", "extract": "complaints", "file": "data/raw/2021-22/complaints.csv", "row": 4,
               "severity": "warning", "reason": "A reason.", "stands_for": 1}  # fmt: skip
    the_rest = warning | {"row": None, "stands_for": 40}
    made = data(findings=[warning, warning | {"row": 5}, the_rest, warning | {"severity": "error"}])
    assert number(made, "data_quality.warnings", category="A reason.", detail="complaints") == 42


REFERENCES = [f"C{number}" for number in range(6)]
CASES = st.fixed_dictionaries({
    "year": st.sampled_from(["2020-21", "2021-22"]), "status": st.sampled_from(["open", "closed"]),
    "accepted": st.sampled_from(["yes", "no"]), "outcome": st.sampled_from(OUTCOMES),
    "service_area": st.sampled_from(["Early Help", "Looked After Children"]),
    "route": st.sampled_from(["direct", "advocate", "representative"]),
    "complainant_type": st.sampled_from(["parent", "child or young person"]),
    "theme": st.sampled_from(["delay", "delay; staff"]),
    "reference": st.sampled_from(REFERENCES), "closed": st.sampled_from([None, "2021-03-31", "2021-06-30", "2022-05-01"]),
})  # fmt: skip
INVESTIGATIONS = st.fixed_dictionaries({
    "year": st.sampled_from(["2020-21", "2021-22"]), "stage": st.sampled_from(["1", "2", "3"]),
    "timeliness": st.sampled_from(["late", "open", "withdrawn"]), "working_days": st.none() | st.integers(0, 99),
    "bypassed": st.sampled_from(["yes", "no"]), "complaint": st.sampled_from([*REFERENCES, "another"]),
})  # fmt: skip
COMPLIMENTS = st.fixed_dictionaries({
    "year": st.sampled_from(["2020-21", "2021-22"]), "service_area": st.just("Early Help"),
    "approved_text": st.sampled_from([None, "Thank you", "So kind"]), "source": st.sampled_from([None, "parent or carer"]),
})  # fmt: skip
TABLES = st.fixed_dictionaries({
    "cases": st.lists(CASES, max_size=6, unique_by=lambda case: case["reference"]),
    "investigations": st.lists(INVESTIGATIONS, max_size=8),
    "compliments": st.lists(COMPLIMENTS, max_size=8),
})  # fmt: skip
FEW = hypothesis_settings(
    max_examples=8,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
HELD = ["2020-21", "2021-22"]


@FEW
@given(rows=TABLES)
def test_every_count_has_exactly_its_rows_behind_it(data, published_csv, rows):
    made = data(**rows)
    table, lineage = build_figure_table(made, published_csv()), all_lineage(made, published_csv)
    place = ["figure", "year", "category", "detail"]
    behind = lineage.groupby(place, observed=True).size()
    counts = table[(table["measure"] == "count") & table["value"].notna()]
    for row in counts.itertuples():
        assert row.value == behind.get((row.figure, row.year, row.category, row.detail), 0)
    known = table[
        table["value"].notna() | (table["measure"] != "count")
    ]  # rows may lack the number that is measured
    assert set(behind.index) <= set(map(tuple, known[place].to_numpy())), "no rows without a number"


@FEW
@given(rows=TABLES)
def test_parts_add_up_to_their_base_and_none_is_greater(data, published_csv, rows):
    table = build_figure_table(data(**rows), published_csv())
    values = table[table["year"].isin(HELD) & (table["measure"] == "count")].groupby(
        ["figure", "year"]
    )["value"]
    total, largest = values.sum(), values.max()
    for figure in CATALOGUE.values():
        if figure.base and figure.measure == "count":
            for year in HELD:
                if pd.isna(largest.get((figure.id, year), 0)):
                    continue  # what the council does not collect
                assert largest.get((figure.id, year), 0) <= total[figure.base, year]
                if figure.by and not figure.overlapping:
                    assert total.get((figure.id, year), 0) == total[figure.base, year]


@FEW
@given(rows=TABLES, random=st.randoms(use_true_random=False))
def test_the_order_of_rows_in_an_extract_changes_nothing(data, published_csv, rows, random):
    made = data(**rows)
    shuffled = type(made)(
        {name: table.sample(frac=1, random_state=random.randint(0, 999)) for name, table in made.tables.items()},
        made.supplied, made.settings,
    )  # fmt: skip
    pd.testing.assert_frame_equal(
        build_figure_table(made, published_csv()), build_figure_table(shuffled, published_csv())
    )
    pd.testing.assert_frame_equal(
        all_lineage(made, published_csv), all_lineage(shuffled, published_csv)
    )


def test_figures_stand_in_the_catalogues_order_years_oldest_first_and_categories_in_the_order_of_print(
    data, published_csv
):
    table = build_figure_table(data(cases=[CLOSED]), published_csv())
    assert list(table.columns) == FIGURE_TABLE_COLUMNS
    assert list(dict.fromkeys(table["figure"])) == list(CATALOGUE)
    rows = table[table["figure"] == "complaints.by_outcome"]
    assert list(dict.fromkeys(rows["year"])) == ["2019-20", "2020-21", "2021-22"]
    assert list(rows.loc[rows["year"] == "2021-22", "category"]) == [
        *OUTCOMES,
        "not accepted",
        "open",
    ]
