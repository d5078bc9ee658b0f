"""Figures of small tables: counts, true zeros, numbers not available, and their lineage."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest
from builders import CATALOGUE, CHILDREN, share_of_examples
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from pipeline.aggregate.figure_table import FIGURE_TABLE_COLUMNS, build_figure_table
from pipeline.aggregate.lineage import LINEAGE

CLOSED = {
    "status": "closed",
    "accepted": "yes",
    "outcome": "upheld",
    "service_area": "Early Help",
    "route": "direct",
    "complainant_type": "parent",
}


@pytest.fixture
def number(published_csv):
    """number(data, "complaints.received", "2021-22"): a published number, or `[x]`."""

    tables = {}  # by the identity of the data, which the test keeps alive

    def find(data, figure, year="2021-22", category="", detail="", published=None):
        key = (id(data), id(published))
        if key not in tables:
            tables[key] = build_figure_table(
                data, published_csv() if published is None else published
            )
        table = tables[key]
        row = table.query(
            "figure == @figure and year == @year and category == @category and detail == @detail"
        )
        assert len(row) == 1
        value, sign = row[["value", "shorthand"]].iloc[0]
        return f"[{sign}]" if pd.isna(value) else value

    return find


def table_and_lineage(data, published_csv) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table of figures, and the rows behind every number, sorted."""
    parts = [LINEAGE.empty_table()]
    table = build_figure_table(data, published_csv(), parts.append)
    rows = pa.concat_tables(parts).to_pandas().astype("str")
    return table, rows.sort_values(LINEAGE.names, ignore_index=True)


def all_lineage(data, published_csv) -> pd.DataFrame:
    return table_and_lineage(data, published_csv)[1]


def test_rows_are_counted_in_their_year(data, number):
    cleaned = data(cases=[CLOSED, CLOSED, CLOSED | {"year": "2020-21"}])
    assert number(cleaned, "complaints.received") == 2
    assert number(cleaned, "complaints.received", "2020-21") == 1


def test_year_without_rows_in_supplied_extract_is_0(data, number):
    cleaned = data(cases=[CLOSED])
    assert number(cleaned, "complaints.received", "2020-21") == 0
    assert number(cleaned, "complaints.by_outcome", "2020-21", "upheld") == 0
    assert number(cleaned, "training.sessions") == 0
    assert number(cleaned, "training.attended") == 0


def test_year_without_texts_is_0_if_extract_was_supplied(data, number):
    cleaned = data(ombudsman=[{"received": "2021-04-01", "subject": "Delay", "decision": "upheld"}])
    assert number(cleaned, "ombudsman.by_subject", "2020-21") == 0
    assert number(cleaned, "ombudsman.by_subject", "2019-20") == "[x]"


def test_year_without_extracts_is_not_available(data, number):
    assert number(data(cases=[CLOSED]), "complaints.received", "2019-20") == "[x]"
    assert number(data(cases=[CLOSED]), "complaints.by_outcome", "2019-20", "upheld") == "[x]"


def test_missing_extract_affects_only_its_own_year(data, number):
    cleaned = data(
        without=[("2021-22", "compliments")], cases=[CLOSED], compliments=[{"year": "2020-21"}]
    )
    assert number(cleaned, "compliments.received") == "[x]"
    assert number(cleaned, "compliments.received", "2020-21") == 1
    assert number(cleaned, "representations.received") == "[x]", (
        "a sum of which a part is missing is not known"
    )
    assert number(cleaned, "representations.received", "2020-21") == 1
    assert number(cleaned, "complaints.received") == 1


def test_extract_never_supplied_is_not_available(data, number):
    cleaned = data(without=[(year, "training") for year in ("2020-21", "2021-22")], cases=[CLOSED])
    assert number(cleaned, "training.sessions") == "[x]"
    assert number(cleaned, "training.attended", "2020-21") == "[x]"


def test_open_and_rejected_complaints_keep_no_other_outcome(data, number):
    cleaned = data(cases=[CLOSED, CLOSED | {"status": "open"}, CLOSED | {"accepted": "no"}])
    assert number(cleaned, "complaints.by_outcome", category="open") == 1
    assert number(cleaned, "complaints.by_outcome", category="not accepted") == 1
    assert number(cleaned, "complaints.by_outcome", category="upheld") == 1
    assert number(cleaned, "complaints.concluded") == 2


def test_ombudsman_case_counts_in_year_of_receipt(data, number):
    case = {
        "received": "2021-03-31",
        "service_area": "Early Help",
        "subject": "Delay",
        "decision": "upheld",
    }
    cleaned = data(ombudsman=[case, case | {"received": "2021-04-01"}])
    assert number(cleaned, "ombudsman.received", "2020-21") == 1
    assert number(cleaned, "ombudsman.received") == 1
    assert number(cleaned, "ombudsman.by_subject", category="Delay", detail="upheld") == 1


def test_investigation_bypassing_stage_1_counts_at_stage_2(data, number):
    cleaned = data(
        investigations=[
            {"stage": "1", "timeliness": "late", "days": 30},
            {"stage": "2", "bypassed": "yes"},
            {"stage": "2", "bypassed": "no"},
        ]
    )
    assert number(cleaned, "complaints.by_stage", category="stage 1") == 1
    assert number(cleaned, "complaints.by_stage", category="stage 2") == 2
    assert number(cleaned, "complaints.bypassed_stage_1") == 1


def test_median_and_longest_ignore_unanswered_stages(data, number):
    days = [{"stage": "1", "timeliness": "late", "days": days} for days in (4, 9, 30, None)]
    cleaned = data(investigations=days)
    assert number(cleaned, "stage_1.median_days") == 9
    assert number(cleaned, "stage_1.longest_days") == 30
    assert number(cleaned, "stage_1.longest_days", "2020-21") == "[z]", (
        "of no answers none is the longest"
    )


def test_sum_of_nothing_recorded_is_not_available(data, number):
    cleaned = data(training=[{"title": "One"}, {"title": "Two", "year": "2020-21", "attended": 7}])
    assert number(cleaned, "training.sessions") == 1
    assert number(cleaned, "training.attended") == "[x]"
    assert number(cleaned, "training.attended", "2020-21") == 7


def test_year_not_held_comes_from_published_csv(data, published_csv, number):
    published = published_csv(
        ("2019-20", "complaints.received", "", 9), ("2019-20", "complaints.by_outcome", "upheld", 0)
    )
    table = build_figure_table(data(cases=[CLOSED]), published)
    row = table.query("figure == 'complaints.received' and year == '2019-20'").iloc[0]
    assert (row["value"], row["shorthand"], row["source"]) == (9, "", "Annual report")
    cleaned = data(cases=[CLOSED])
    assert number(cleaned, "complaints.by_outcome", "2019-20", "upheld", published=published) == 0
    assert (
        number(cleaned, "complaints.by_outcome", "2019-20", "withdrawn", published=published)
        == "[x]"
    )
    assert "2019-20" not in set(all_lineage(cleaned, published_csv)["year"])


def test_extract_takes_precedence_over_published_csv(data, published_csv, number):
    published = published_csv(
        ("2020-21", "complaints.received", "", 9), ("2010-11", "complaints.received", "", 9)
    )
    cleaned = data(cases=[CLOSED | {"year": "2020-21"}])
    assert number(cleaned, "complaints.received", "2020-21", published=published) == 1
    assert "2010-11" not in set(build_figure_table(cleaned, published)["year"])


def test_missing_extract_of_a_year_uses_published_csv(data, published_csv, number):
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


def test_warnings_are_counted_by_reason_and_extract(data, number):
    warning = {
        "year": "2021-22",
        "extract": "complaints",
        "file": "data/raw/2021-22/complaints.csv",
        "row": 4,
        "severity": "warning",
        "reason": "A reason.",
        "stands_for": 1,
    }
    the_rest = warning | {"row": None, "stands_for": 40}
    cleaned = data(
        findings=[warning, warning | {"row": 5}, the_rest, warning | {"severity": "error"}]
    )
    assert number(cleaned, "data_quality.warnings", category="A reason.", detail="complaints") == 42


REFERENCES = [f"C{number}" for number in range(6)]
CASES = st.fixed_dictionaries(
    {
        "year": st.sampled_from(["2020-21", "2021-22"]),
        "status": st.sampled_from(["open", "closed"]),
        "accepted": st.sampled_from(["yes", "no"]),
        "outcome": st.sampled_from(CHILDREN.outcome_codes),
        "service_area": st.sampled_from(["Early Help", "Looked After Children"]),
        "route": st.sampled_from(["direct", "advocate", "representative"]),
        "complainant_type": st.sampled_from(["parent", "child or young person"]),
        "theme": st.sampled_from(["delay", "delay; staff"]),
        "reference": st.sampled_from(REFERENCES),
        "closed": st.sampled_from([None, "2021-03-31", "2021-06-30", "2022-05-01"]),
    }
)
DAY_IN_YEAR = {"2020-21": "2020-05-04", "2021-22": "2021-05-04"}
INVESTIGATIONS = st.fixed_dictionaries(
    {
        "year": st.sampled_from(["2020-21", "2021-22"]),
        "stage": st.sampled_from(["1", "2", "3"]),
        "timeliness": st.sampled_from(["late", "open", "withdrawn"]),
        "days": st.none() | st.integers(0, 99),
        "bypassed": st.sampled_from(["yes", "no"]),
        "complaint": st.sampled_from([*REFERENCES, "another"]),
    }
)
COMPLIMENTS = st.fixed_dictionaries(
    {
        "year": st.sampled_from(["2020-21", "2021-22"]),
        "service_area": st.just("Early Help"),
        "approved_text": st.sampled_from([None, "Thank you", "So kind"]),
        "source": st.sampled_from([None, "parent or carer"]),
    }
)
TABLES = st.fixed_dictionaries(
    {
        "cases": st.lists(
            CASES.map(lambda row: row | {"received": DAY_IN_YEAR[row["year"]]}),
            max_size=6,
            unique_by=lambda case: case["reference"],
        ),
        "investigations": st.lists(
            INVESTIGATIONS.map(lambda row: row | {"requested": DAY_IN_YEAR[row["year"]]}),
            max_size=8,
        ),
        "compliments": st.lists(COMPLIMENTS, max_size=8),
    }
)
FEW = share_of_examples(
    0.08,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
AVAILABLE_YEARS = ["2020-21", "2021-22"]


@FEW
@given(rows=TABLES)
@pytest.mark.slow
def test_every_count_equals_the_rows_in_its_lineage(data, published_csv, rows):
    cleaned = data(**rows)
    table, lineage = table_and_lineage(cleaned, published_csv)
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
def test_categories_add_up_to_their_base(data, published_csv, rows):
    table = build_figure_table(data(**rows), published_csv())
    values = table[table["year"].isin(AVAILABLE_YEARS) & (table["measure"] == "count")].groupby(
        ["figure", "year"]
    )["value"]
    total, largest = values.sum(), values.max()
    for figure in CATALOGUE.values():
        if figure.base and figure.measure == "count" and figure.id in set(table["figure"]):
            for year in AVAILABLE_YEARS:
                if pd.isna(largest.get((figure.id, year), 0)):
                    continue  # what the council does not collect
                assert largest.get((figure.id, year), 0) <= total[figure.base, year]
                if figure.by and not figure.overlapping:
                    assert total.get((figure.id, year), 0) == total[figure.base, year]


@FEW
@given(rows=TABLES, random=st.randoms(use_true_random=False))
@pytest.mark.slow
def test_order_of_rows_in_an_extract_changes_nothing(data, published_csv, rows, random):
    cleaned = data(**rows)
    shuffled = type(cleaned)(
        {
            name: table.sample(frac=1, random_state=random.randint(0, 999))
            for name, table in cleaned.tables.items()
        },
        cleaned.supplied,
        cleaned.settings,
    )
    results = (table_and_lineage(one, published_csv) for one in (cleaned, shuffled))
    for expected, actual in zip(*results, strict=True):
        pd.testing.assert_frame_equal(expected, actual)


def test_table_follows_catalogue_years_and_print_order(data, published_csv):
    table = build_figure_table(data(cases=[CLOSED]), published_csv())
    assert list(table.columns) == FIGURE_TABLE_COLUMNS
    expected = [id for id, figure in CATALOGUE.items() if not figure.columns]
    assert [id for id in dict.fromkeys(table["figure"]) if id in expected] == expected
    rows = table[table["figure"] == "complaints.by_outcome"]
    assert list(dict.fromkeys(rows["year"])) == ["2019-20", "2020-21", "2021-22"]
    assert list(rows.loc[rows["year"] == "2021-22", "category"]) == [
        *CHILDREN.outcome_codes,
        "not accepted",
        "open",
    ]
