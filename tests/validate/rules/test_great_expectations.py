"""The rules evaluated by Great Expectations, quietly and without the network or a home folder.

Each table is evaluated both ways, and the findings must be the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections import Counter

import pandas as pd
import pytest
from builders import CHILDREN, share_of_examples
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from pipeline.validate.definitions import Column
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.validate.rules.evaluate import evaluate_rules, rules_by_extract
from pipeline.validate.rules.great_expectations import (
    _cached_configurations,
    failing_rows,
    load_gx,
    suites,
)

MANY_EXAMPLES = share_of_examples(0.6, suppress_health_check=list(HealthCheck), derandomize=True)
# Great Expectations takes a second per example, so they are few, and a failing one is not reduced.
FEW_EXAMPLES = examples(MANY_EXAMPLES, max_examples=4, phases=(Phase.generate,))


def evaluate_both_ways(tables: dict[str, pd.DataFrame], settings) -> list:
    findings = evaluate_quickly(tables, settings)
    extracts = without_published(tables)
    assert evaluate_rules(extracts, tables["published"], settings, failing_rows) == findings
    return findings


def evaluate_quickly(tables: dict[str, pd.DataFrame], settings) -> list:
    return evaluate_rules(without_published(tables), tables["published"], settings)


def without_published(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {name: table for name, table in tables.items() if name != "published"}


def chosen(tables: dict[str, pd.DataFrame], *names: str) -> dict[str, pd.DataFrame]:
    return {name: tables[name] for name in names}


@pytest.mark.slow
def test_good_extracts_have_no_finding(make_settings, extracts):
    assert evaluate_both_ways(extracts(), make_settings()) == []


def test_empty_and_missing_extracts_have_no_finding(make_settings, extracts):
    empty = {name: table.iloc[:0] for name, table in extracts().items()}
    assert evaluate_both_ways(empty, make_settings()) == []
    assert evaluate_both_ways(chosen(empty, "complaints", "published"), make_settings()) == []


@pytest.mark.slow
def test_each_rule_of_a_single_column_finds_its_bad_row(make_settings, extracts):
    """A bad row for each native expectation, all at once; no other row breaks that rule."""
    settings = make_settings()
    native = [
        rule
        for rules in rules_by_extract(settings).values()
        for rule in rules
        if rule.expects in ("filled", "one of")
    ]
    good = extracts()
    added: dict[str, list[dict]] = {}
    expected = {}
    for rule in native:
        rows = added.setdefault(rule.extract, [])
        rows.append(bad_row(rule, good[rule.extract].iloc[0], len(rows)))
        row_number = len(good[rule.extract]) + len(rows) + 1
        expected[rule.id] = (row_number, expected_sentence(rule))
    findings = evaluate_both_ways(extracts(**added), settings)
    native_findings = [finding for finding in findings if finding.rule in expected]
    assert {one.rule: (one.row, one.what) for one in native_findings} == expected
    assert Counter(one.rule for one in native_findings) == Counter(expected.keys())
    severities = {rule.id: rule.severity for rule in native}
    assert all(one.severity == severities[one.rule] for one in native_findings)


def bad_row(rule, good_row: pd.Series, number: int) -> dict:
    """A copy of a good row, with a reference of its own, that breaks the rule."""
    columns = EXTRACTS_BY_NAME[rule.extract].column_names
    row = {name: None if pd.isna(good_row[name]) else good_row[name] for name in columns}
    if "reference" in row:
        row["reference"] = f"new {number}"
    row[rule.column] = None if rule.expects == "filled" else "Earyl Help"
    return row


def expected_sentence(rule) -> str:
    if rule.expects == "filled":
        return f"{rule.column} is empty"
    hint = ' Did you mean "Early Help"?' if rule.column == "service_area" else ""
    return f'{rule.column} is "Earyl Help", which is not one of its codes.{hint}'


@pytest.mark.parametrize("extract", ["complaints", "compliments"])
def test_reference_appears_once_in_all_years(extract, make_settings, extracts):
    row = extracts()[extract].iloc[0].drop(["row"]).dropna().to_dict()
    tables = chosen(extracts(**{extract: [row]}), extract, "published")
    last_row = len(tables[extract]) + 1
    findings = [
        finding
        for finding in evaluate_both_ways(tables, make_settings())
        if finding.rule == f"{extract}.reference.unique"
    ]
    rows = f"rows 2 and {last_row} of data/raw/2021-22/{extract}.csv"
    assert [finding.row for finding in findings] == [2, last_row]
    assert {finding.what for finding in findings} == {
        f"reference {row['reference']} appears more than once: {rows}"
    }
    assert {finding.remedy for finding in findings} == {
        "Keep one row for each, or give each its own reference."
    }


def test_rule_between_extracts_is_evaluated_too(make_settings, extracts):
    stray = {"complaint": "C99", "stage": "1", "requested": "2021-05-04"}
    tables = chosen(extracts(investigations=[stray]), "complaints", "investigations", "published")
    (finding,) = evaluate_both_ways(tables, make_settings())
    assert finding.severity == "critical"
    assert finding.rule == "investigations.complaint.known"
    assert (finding.row, finding.column, finding.value) == (8, "complaint", "C99")


def test_findings_do_not_depend_on_the_index_of_a_table(make_settings, extracts):
    tables = chosen(extracts(complaints=[{"reference": "C9"}]), "complaints", "published")
    shifted = {name: table.set_axis(range(100, 100 + len(table))) for name, table in tables.items()}
    findings = evaluate_both_ways(tables, make_settings())
    assert findings
    assert evaluate_both_ways(shifted, make_settings()) == findings


def test_suites_list_every_rule_with_its_reason(make_settings):
    table = suites(make_settings())
    assert list(table.columns) == [
        "extract",
        "column",
        "severity",
        "reason",
        "rule",
        "expectation",
    ]
    assert table["rule"].is_unique
    assert table["reason"].str.match(r"^\S.*\.$").all()
    assert set(table["severity"]) == {"critical", "warning", "info"}
    assert set(table["extract"]) == set(EXTRACTS_BY_NAME) | {"row_counts"}


# Random extracts ------------------------------------------------------------------------------


@st.composite
def valid_extracts(draw):
    """Complaints with the investigations they should have: any number, codes and dates that fit."""
    complaint_columns = EXTRACTS_BY_NAME["complaints"]
    complaints = []
    investigations = []
    for number in range(draw(st.integers(1, 8))):
        reference = f"X{number}"
        received = pd.Timestamp("2021-04-01") + pd.Timedelta(days=draw(st.integers(0, 300)))
        outcome = draw(st.sampled_from(["upheld", "not upheld", "no finding"]))
        complaints.append(
            {
                "reference": reference,
                "received": received,
                "service_area": draw(st.sampled_from(["Early Help", "Looked After Children"])),
                "theme": draw(st.sampled_from(["delay", "staff", "delay; staff"])),
                "complainant_type": draw(st.sampled_from(CHILDREN.complainants)),
                "route": draw(st.sampled_from(complaint_columns.column("route").codes)),
                "accepted": "yes",
                "status": "closed",
                "outcome": outcome,
                "closed": received + pd.Timedelta(days=60),
                "complainant_name": f"person {number}",
            }
        )
        stages = draw(st.sampled_from([("1",), ("1", "2"), ("1", "2", "3"), ("2",)]))
        for position, stage in enumerate(stages):
            requested = received + pd.Timedelta(days=10 * position)
            investigations.append(
                {
                    "complaint": reference,
                    "stage": stage,
                    "requested": requested,
                    "responded": requested + pd.Timedelta(days=9),
                    "outcome": outcome,
                    "bypassed": "yes" if stages == ("2",) else None,
                }
            )
    return complaints, investigations


@MANY_EXAMPLES
@given(valid=valid_extracts())
@pytest.mark.slow
def test_random_valid_extracts_have_no_finding(valid, make_settings, extracts):
    complaints, investigations = valid
    tables = extracts(complaints=complaints, investigations=investigations)
    tables["published"] = tables["published"].iloc[:0]
    tables = chosen(tables, "complaints", "investigations", "published")
    assert evaluate_quickly(tables, make_settings()) == []


def has_codes(column: Column) -> bool:
    return bool(column.codes or column.from_procedure)


CORRUPTIBLE_COLUMNS = [
    (name, column.name)
    for name, extract in EXTRACTS_BY_NAME.items()
    for column in extract.columns
    if (column.required or has_codes(column) or column.type == "date") and not column.personal
    # Another corrupted cell of the row may stand in for it.
    if not column.unless
]


def corrupted(
    tables: dict[str, pd.DataFrame], places: set[tuple[str, str]], seed: int
) -> dict[str, pd.DataFrame]:
    """The extracts with one cell of each named column made impossible.

    Only those extracts that matter to the columns are returned.
    """
    for name, column_name in sorted(places):
        table = tables[name].copy()
        column = EXTRACTS_BY_NAME[name].column(column_name)
        row = seed % len(table)
        if column.type == "date":
            is_ancient = seed % 2 or column_name in ("due", "agreed_due")  # which may be to come
            cell = pd.Timestamp("1066-10-14" if is_ancient else "2199-01-01")
        elif column.required:
            cell = None
        else:
            cell = "\u202e=cmd|{reference}\x00"
        table.loc[row, column_name] = cell
        tables[name] = table
    names = {name for name, _ in places} | {"complaints", "investigations", "published"}
    return chosen(tables, *names)


CORRUPTED_EXTRACTS = {
    "valid": valid_extracts(),
    "places": st.sets(st.sampled_from(CORRUPTIBLE_COLUMNS), min_size=1, max_size=6),
    "seed": st.integers(0, 9),
}


@MANY_EXAMPLES
@given(**CORRUPTED_EXTRACTS)
@pytest.mark.slow
def test_random_corruptions_always_have_a_finding(valid, places, seed, make_settings, extracts):
    complaints, investigations = valid
    tables = extracts(complaints=complaints, investigations=investigations)
    findings = evaluate_quickly(corrupted(tables, places, seed), make_settings())
    assert places <= {(finding.extract, finding.column) for finding in findings}


@pytest.mark.slow
@FEW_EXAMPLES
@given(**CORRUPTED_EXTRACTS)
def test_random_corruptions_are_found_alike_both_ways(valid, places, seed, make_settings, extracts):
    complaints, investigations = valid
    tables = extracts(complaints=complaints, investigations=investigations)
    assert evaluate_both_ways(corrupted(tables, places, seed), make_settings())


# The library ----------------------------------------------------------------------------------


def test_library_prints_sends_and_writes_nothing(tmp_path):
    """In its own process, with no home folder and no sockets, from an empty working folder."""
    script = textwrap.dedent("""
        import socket, sys
        def refuse(*arguments, **keywords):
            raise AssertionError(f"the network was tried: {arguments}")
        socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
        from pipeline.validate.rules import great_expectations as rules_in_gx
        assert "great_expectations" not in sys.modules, "imported before it is needed"
        rules_in_gx.load_gx()
        import pandas as pd
        from pipeline.validate.rules.rule import Rule
        rule = Rule(id="a.b.c", severity="critical", reason="reason", what="what",
                    remedy="remedy", expects="filled")
        rows = pd.DataFrame({"b": ["x", None]})
        failing = rules_in_gx.failing_rows("a", [rule], rows, {})
        assert [(rule.id, rows) for rule, rows in failing] == [("a.b.c", [1])]
    """)
    completed = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"HOME": "/nonexistent"}
        | {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
    )
    assert completed.returncode == 0, completed.stderr
    assert completed.stdout + completed.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_library_is_as_the_cached_configurations_expect():
    """If this fails after an update: look at `_cached_configurations`, which may simply go."""
    gx, _ = load_gx()
    make_configuration = gx.expectations.Expectation.configuration
    expectation = gx.expectations.ExpectColumnValuesToNotBeNull(column="a")
    assert isinstance(make_configuration, property)
    assert expectation.configuration is not expectation.configuration, "the library caches now"
    with _cached_configurations(gx):
        configuration = expectation.configuration
        assert expectation.configuration is configuration
    assert gx.expectations.Expectation.configuration is make_configuration
    assert expectation.configuration == configuration
