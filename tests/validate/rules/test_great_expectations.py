"""The rules put through Great Expectations: it finds what they say, quietly, and without the network or a home folder.

Each table is asked both ways, and the answers must be the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections import Counter

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.validate.rules.evaluate import evaluate_rules, failing_rows
from pipeline.validate.rules.great_expectations import failing_rows, suites
from pipeline.validate.rules.of_columns import rules_by_extract

MANY = examples(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
# Great Expectations takes a second for each example, so they are few, and what fails is not made smaller.
FEW = examples(MANY, max_examples=4, phases=(Phase.generate,))


def found_in(tables: dict[str, pd.DataFrame], settings) -> list:
    found = plainly_found_in(tables, settings)
    assert (
        evaluate_rules(without_published(tables), tables["published"], settings, failing_rows)
        == found
    )
    return found


def plainly_found_in(tables: dict[str, pd.DataFrame], settings) -> list:
    return evaluate_rules(without_published(tables), tables["published"], settings, failing_rows)


def without_published(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {name: table for name, table in tables.items() if name != "published"}


def test_good_extracts_have_no_finding(make_settings, extracts):
    assert found_in(extracts(), make_settings()) == []


def test_extracts_without_rows_or_not_there_have_none_either(make_settings, extracts):
    empty = {name: table.iloc[:0] for name, table in extracts().items()}
    assert found_in(empty, make_settings()) == []
    assert (
        found_in({name: empty[name] for name in ("complaints", "published")}, make_settings()) == []
    )


def test_each_rule_of_a_single_column_finds_its_bad_row(make_settings, extracts):
    """A bad row for each native expectation, all in one go; no other row breaks that rule."""
    settings = make_settings()
    native = [
        rule
        for of_extract in rules_by_extract(settings).values()
        for rule in of_extract
        if rule.expects in ("filled", "one of")
    ]
    added: dict[str, list[dict]] = {}
    expected = {}
    first = {name: len(table) for name, table in extracts().items()}
    for rule in native:
        rows = added.setdefault(rule.extract, [])
        good = extracts()[rule.extract].iloc[0]
        row = {
            column.name: None if pd.isna(good[column.name]) else good[column.name]
            for column in EXTRACTS_BY_NAME[rule.extract].columns
        }
        row |= {"reference": f"new {len(rows)}"} if "reference" in row else {}
        rows.append(row | {rule.column: None if rule.expects == "filled" else "Earyl Help"})
        number = first[rule.extract] + len(rows) + 1
        hint = ' Did you mean "Early Help"?' if rule.column == "service_area" else ""
        expected[rule.id] = (
            number, f"{rule.column} is empty" if rule.expects == "filled" else
            f'{rule.column} is "Earyl Help", which is not one of its codes.{hint}',
        )  # fmt: skip
    found = found_in(extracts(**added), settings)
    by_rule = {one.rule: (one.row, one.what) for one in found if one.rule in expected}
    assert by_rule == expected
    assert Counter(one.rule for one in found if one.rule in expected) == Counter(expected.keys())
    severities = {rule.id: rule.severity for rule in native}
    assert all(one.severity == severities[one.rule] for one in found if one.rule in severities)


@pytest.mark.parametrize("extract", ["complaints", "compliments"])
def test_a_reference_stands_once_in_all_years(extract, make_settings, extracts):
    row = extracts()[extract].iloc[0].drop(["row"]).dropna().to_dict()
    tables = {
        name: table
        for name, table in extracts(**{extract: [row]}).items()
        if name in (extract, "published")
    }
    found = [
        one
        for one in found_in(tables, make_settings())
        if one.rule == f"{extract}.reference.unique"
    ]
    rows = f"rows 2 and {len(tables[extract]) + 1} of data/raw/2021-22/{extract}.csv"
    assert [one.row for one in found] == [2, len(tables[extract]) + 1]
    assert {one.what for one in found} == {
        f"reference {row['reference']} stands more than once: {rows}"
    }
    assert {one.remedy for one in found} == {
        "Keep one row for each, or give each its own reference."
    }


def test_a_rule_between_extracts_goes_through_great_expectations_too(make_settings, extracts):
    stray = {"complaint": "C99", "stage": "1", "requested": "2021-05-04"}
    tables = extracts(investigations=[stray])
    (found,) = found_in(
        {name: tables[name] for name in ("complaints", "investigations", "published")},
        make_settings(),
    )
    assert (found.severity, found.rule, found.row, found.column, found.value) == (
        "critical", "investigations.complaint.known", 8, "complaint", "C99"
    )  # fmt: skip


def test_findings_do_not_depend_on_the_index_of_a_table(make_settings, extracts):
    made = extracts(complaints=[{"reference": "C9"}])
    tables = {name: made[name] for name in ("complaints", "published")}
    shifted = {name: table.set_axis(range(100, 100 + len(table))) for name, table in tables.items()}
    assert found_in(shifted, make_settings()) == found_in(tables, make_settings())


def test_the_suites_can_be_read(make_settings):
    table = suites(make_settings())
    assert list(table.columns) == ["extract", "column", "severity", "reason", "rule", "expectation"]
    assert table["rule"].is_unique
    assert table["reason"].str.match(r"^\S.*\.$").all()
    assert set(table["severity"]) == {"critical", "warning", "info"}
    assert set(table["extract"]) == set(EXTRACTS_BY_NAME) | {"row_counts"}


# Random extracts ------------------------------------------------------------------------------------------------------------


@st.composite
def valid_extracts(draw):
    """Complaints with the investigations they should have, and compliments: any number, any codes, any dates that fit."""
    areas, themes = ["Early Help", "Looked After Children"], ["delay", "staff", "delay; staff"]
    complaints, investigations = [], []
    days = st.integers(0, 300)
    for place in range(draw(st.integers(1, 8))):
        received = pd.Timestamp("2021-04-01") + pd.Timedelta(days=draw(days))
        outcome = draw(st.sampled_from(["upheld", "not upheld", "no finding"]))
        column = EXTRACTS_BY_NAME["complaints"].column
        complaint = {
            "reference": f"X{place}", "received": received, "service_area": draw(st.sampled_from(areas)),
            "theme": draw(st.sampled_from(themes)), "complainant_type": draw(st.sampled_from(column("complainant_type").codes)),
            "route": draw(st.sampled_from(column("route").codes)), "accepted": "yes", "status": "closed", "outcome": outcome,
            "closed": received + pd.Timedelta(days=60), "complainant_name": f"person {place}",
        }  # fmt: skip
        stages = draw(st.sampled_from([("1",), ("1", "2"), ("1", "2", "3"), ("2",)]))
        for step, stage in enumerate(stages):
            asked = received + pd.Timedelta(days=10 * step)
            investigations.append({
                "complaint": f"X{place}", "stage": stage, "requested": asked, "responded": asked + pd.Timedelta(days=9),
                "outcome": outcome, "bypassed": "yes" if stages == ("2",) else None,
            })  # fmt: skip
        complaints.append(complaint)
    return complaints, investigations


@MANY
@given(drawn=valid_extracts())
def test_random_valid_extracts_have_no_finding(drawn, make_settings, extracts):
    complaints, investigations = drawn
    tables = extracts(complaints=complaints, investigations=investigations)
    tables["published"] = tables["published"].iloc[:0]
    assert (
        plainly_found_in(
            {name: tables[name] for name in ("complaints", "investigations", "published")},
            make_settings(),
        )
        == []
    )


CORRUPTIONS = [
    (name, column.name)
    for name, extract in EXTRACTS_BY_NAME.items()
    for column in extract.columns
    if (column.required or column.codes or column.type == "date") and not column.personal
]


def corrupted(
    tables: dict[str, pd.DataFrame], where: set[tuple[str, str]], seed: int
) -> dict[str, pd.DataFrame]:
    """The extracts with one cell of each named column made impossible, and only those that matter to it."""
    for name, column in sorted(where):
        table = tables[name].copy()
        row = seed % len(table)
        described = EXTRACTS_BY_NAME[name].column(column)
        if described.type == "date":
            table.loc[row, column] = (
                pd.Timestamp("1066-10-14") if seed % 2 else pd.Timestamp("2199-01-01")
            )
            if column == "due":
                table.loc[row, column] = pd.Timestamp("1066-10-14")
        elif described.required:
            table.loc[row, column] = None
        else:
            table.loc[row, column] = "\u202e=cmd|{reference}\x00"
        tables[name] = table
    return {
        name: tables[name]
        for name in {name for name, _ in where} | {"complaints", "investigations", "published"}
    }


CORRUPTED = {
    "drawn": valid_extracts(), "where": st.sets(st.sampled_from(CORRUPTIONS), min_size=1, max_size=6), "seed": st.integers(0, 9)
}  # fmt: skip


@MANY
@given(**CORRUPTED)
def test_random_corruptions_always_have_a_finding_and_never_a_traceback(
    drawn, where, seed, make_settings, extracts
):
    tables = extracts(complaints=drawn[0], investigations=drawn[1])
    found = plainly_found_in(corrupted(tables, where, seed), make_settings())
    assert where <= {(one.extract, one.column) for one in found}


@pytest.mark.slow
@FEW
@given(**CORRUPTED)
def test_random_corruptions_are_found_both_ways_alike(drawn, where, seed, make_settings, extracts):
    tables = extracts(complaints=drawn[0], investigations=drawn[1])
    assert found_in(corrupted(tables, where, seed), make_settings())


def test_nothing_is_printed_sent_or_written(tmp_path):
    """In a process of its own, with no home folder and no sockets, from an empty working folder that stays empty."""
    script = textwrap.dedent("""
        import socket, sys
        def refuse(*given, **named):
            raise AssertionError(f"the network was tried: {given}")
        socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
        import pipeline.validate.rules.great_expectations as expectations
        assert "great_expectations" not in sys.modules, "imported before it is needed"
        expectations.library()
        import pandas as pd
        from pipeline.validate.rules.rule import Rule
        rule = Rule("a.b.c", "a", "b", "critical", "reason", "what", "remedy", "filled")
        broken = expectations.broken("a", [rule], pd.DataFrame({"b": ["x", None]}), None)
        assert [(one.id, rows) for one, rows in broken] == [("a.b.c", [1])]
    """)
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        env={"HOME": "/nonexistent", "PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout + ran.stderr == ""
    assert list(tmp_path.iterdir()) == []
