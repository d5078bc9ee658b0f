"""Each rule with a good row and a bad one, and the sentences that the bad one gets.

Rules are asked here without Great Expectations, which test_expectations.py puts them through.
"""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.validate.rules.of_columns import rules_by_extract
from pipeline.validate.rules.personal_text import is_nhs_number, personal_data_kinds
from pipeline.validate.rules.row_counts import is_plausible_count, row_counts
from pipeline.validate.rules.rule import MAX_LISTED_FINDINGS, Rule, RuleContext
from pipeline.year import Year

C = {
    "received": "2021-11-01", "service_area": "Looked After Children", "complainant_type": "parent", "route": "direct",
    "theme": "delay", "accepted": "yes", "status": "closed", "outcome": "upheld", "closed": "2021-12-01", "reference": "C9",
}  # fmt: skip
I = {
    "complaint": "C9",
    "stage": "1",
    "requested": "2021-11-01",
    "responded": "2021-11-15",
    "outcome": "upheld",
}
O = {  # noqa: E741
    "reference": "O9", "received": "2021-10-01", "service_area": "Early Help", "subject": "Delay", "in_scope": "yes",
    "decision": "upheld", "decided": "2022-01-10",
}  # fmt: skip
P = {"reference": "P9", "received": "2021-06-01", "service_area": "Early Help"}
L = {
    "reference": "L9",
    "lesson": "Letters were late",
    "action": "Check weekly",
    "status": "in progress",
}
N = {"received": "2021-05-01", "service_area": "Early Help"}
T = {"date": "2021-10-10", "title": "Answering well"}
A = {"measure": "referrals", "count": 90, "as_at": "2022-03-31"}
TOTAL = {"year": "2021-22", "figure": "compliments.received", "value": 3, "source": "note"}
EARLIER = {"year": "2020-21", "file": "data/raw/2020-21/x.csv"}
GOOD = {
    "complaints": C, "investigations": I, "ombudsman": O, "compliments": P, "learning": L, "concerns": N, "training": T,
    "activity": A, "published": TOTAL | {"figure": "complaints.rare"},
}  # fmt: skip

FUTURE = "is after 2022-06-30, the day on which the data was taken"
YEAR = "is not inside 2021-22, which runs from 2021-04-01 to 2022-03-31"
WITH_C9 = {"complaints": [C]}


def dictionary_cases():
    """Rules that are alike for every column: rule, extract, the bad cell, what is said."""
    for extract in EXTRACTS_BY_NAME.values():
        for column in extract.columns:
            place, bad = f"{extract.name}.{column.name}", None
            if column.type == "date" and not column.personal:
                bad = [("not_future", "2022-07-01", f"{column.name} 2022-07-01 {FUTURE}"),
                       ("not_ancient", "1921-05-01", f"{column.name} 1921-05-01 is before 1990")]  # fmt: skip
                if column.within_year:
                    bad = [("in_year", "2021-03-31", f"{column.name} 2021-03-31 {YEAR}"),
                           ("in_year", "2022-04-01", f"{column.name} 2022-04-01 {YEAR}")]  # fmt: skip
            elif column.type in ("pounds", "whole number", "number"):
                bad = [("not_negative", -1, f"{column.name} is -1, which is below zero")]
            elif column.refers_to and extract.name != "investigations":
                bad = [("known", "C99", "there is no complaint C99 in 2021-22")]
            elif column.from_settings and column.from_settings.startswith("equality"):
                said = f"{column.name} is filled in but council.yaml lists no codes for it, so it is not reported"
                bad = [("not_collected", "anything", said)]
            for name, value, said in bad or ():
                if (extract.name, column.name, name) != ("learning", "due", "not_future"):
                    yield (
                        f"{place}.{name}",
                        {extract.name: [GOOD[extract.name] | {column.name: value}]},
                        said,
                    )


OWN_CASES = [
    # rule, the rows added to the good extracts (the last added to the rule's extract is the bad one), what is said
    ("complaints.not_accepted_reason.required", {"complaints": [C | {"accepted": "no"}]},
     "not_accepted_reason is empty although accepted is no"),
    ("complaints.outcome.required", {"complaints": [C | {"outcome": None}]},
     "outcome is empty although status is closed and accepted is yes"),
    ("complaints.closed.required", {"complaints": [C | {"closed": None}]}, "closed is empty although status is closed"),
    ("complaints.theme.allowed", {"complaints": [C | {"theme": "delay; noise; {x}"}]},
     'theme has "noise" and "{x}", which is not one of its codes'),
    ("complaints.closed.after_received", {"complaints": [C | {"closed": "2021-10-31"}]},
     "closed 2021-10-31 is before received 2021-11-01"),
    ("complaints.outcome.open", {"complaints": [C | {"status": "open"}]}, 'outcome is "upheld" although status is open'),
    ("complaints.closed.open", {"complaints": [C | {"status": "open"}]}, "closed is 2021-12-01 although status is open"),
    ("complaints.outcome.not_accepted", {"complaints": [C | {"accepted": "no"}]},
     'outcome is "upheld" although accepted is no; it is reported as not accepted'),
    ("complaints.not_accepted_reason.accepted", {"complaints": [C | {"not_accepted_reason": "other"}]},
     'not_accepted_reason is "other" although accepted is yes'),
    ("complaints.outcome.last_stage", {"complaints": [C], "investigations": [I | {"outcome": "not upheld"}]},
     'outcome is "upheld" but that of its last stage is "not upheld"'),
    ("complaints.closed.responded", {"complaints": [C], "investigations": [I | {"responded": "2021-12-02"}]},
     "closed 2021-12-01 is before the last response, of 2021-12-02"),
    ("complaints.outcome.withdrawn",
     {"complaints": [C | {"outcome": "withdrawn"}], "investigations": [I | {"responded": "2021-12-02"}]},
     "the complaint was withdrawn and closed on 2021-12-01, but a response followed on 2021-12-02"),
    ("complaints.reference.investigated", {"complaints": [C]},
     'complaint C9 is closed as "upheld" but has no row in investigations'),
    ("complaints.reference.under_way", {"complaints": [C | {"status": "open", "outcome": None, "closed": None}]},
     "complaint C9 is open but has no row in investigations"),
    ("complaints.reference.alike", {"complaints": [C, C | {"reference": "C10"}]},
     "complaint C10 is much like another: rows 8 and 9 of data/raw/2021-22/complaints.csv"),
    ("complaints.reference.alike", {"complaints": [
        C | {"complainant_name": "Pat  EXAMPLE"}, C | {"reference": "C10", "complainant_name": "pat example", "team": "North"}]},
     "complaint C10 is much like another: rows 8 and 9 of data/raw/2021-22/complaints.csv"),
    ("investigations.extension_ground.required", {**WITH_C9, "investigations": [I | {"extended": "yes"}]},
     "extension_ground is empty although extended is yes"),
    ("investigations.agreed.after_requested", {**WITH_C9, "investigations": [I | {"agreed": "2021-10-30"}]},
     "agreed 2021-10-30 is before requested 2021-11-01"),
    ("investigations.panel_met.after_requested", {**WITH_C9, "investigations": [I | {"panel_met": "2021-10-30"}]},
     "panel_met 2021-10-30 is before requested 2021-11-01"),
    ("investigations.panel_reported.after_panel_met",
     {**WITH_C9, "investigations": [I | {"panel_met": "2021-11-09", "panel_reported": "2021-11-08"}]},
     "panel_reported 2021-11-08 is before panel_met 2021-11-09"),
    ("investigations.responded.after_panel_reported", {**WITH_C9, "investigations": [I | {"panel_reported": "2021-11-16"}]},
     "responded 2021-11-15 is before panel_reported 2021-11-16"),
    ("investigations.responded.after_agreed", {**WITH_C9, "investigations": [I | {"agreed": "2021-11-16"}]},
     "responded 2021-11-15 is before agreed 2021-11-16"),
    ("investigations.responded.after_requested", {**WITH_C9, "investigations": [I | {"responded": "2021-10-30"}]},
     "responded 2021-10-30 is before requested 2021-11-01"),
    ("investigations.requested.after_received", {**WITH_C9, "investigations": [I | {"requested": "2021-10-31"}]},
     "stage 1 was asked for on 2021-10-31, before complaint C9 was received on 2021-11-01"),
    ("investigations.requested.stage_1", {**WITH_C9, "investigations": [I | {"requested": "2021-11-03"}]},
     "stage 1 was asked for on 2021-11-03 but complaint C9 was received on 2021-11-01; its time is counted from 2021-11-03"),
    ("investigations.requested.stage_before",
     {**WITH_C9, "investigations": [I | {"requested": "2021-11-09"}, I | {"stage": "2", "requested": "2021-11-08"}]},
     "stage 2 of C9 was asked for on 2021-11-08, before the stage that goes before it"),
    ("investigations.requested.year", {**WITH_C9, "investigations": [I | {"requested": "2022-04-01"}]},
     "stage 1 of C9 was asked for on 2022-04-01, after 2021-22; it counts in the year in which it was asked for"),
    ("investigations.outcome.missing", {**WITH_C9, "investigations": [I | {"outcome": None}]},
     "outcome is empty although stage 1 of C9 was answered on 2021-11-15"),
    ("investigations.responded.missing", {**WITH_C9, "investigations": [I | {"responded": None}]},
     "responded is empty although stage 1 of C9 was decided or its complaint is closed; it counts as open"),
    ("investigations.responded.missing", {**WITH_C9, "investigations": [I | {"responded": None, "outcome": None}]},
     "responded is empty although stage 1 of C9 was decided or its complaint is closed; it counts as open"),
    ("investigations.stage.twice", {**WITH_C9, "investigations": [I, I]},
     "stage 1 of C9 stands more than once: rows 8 and 9 of data/raw/2021-22/investigations.csv"),
    ("investigations.stage.twice", {**WITH_C9, "investigations": [I | EARLIER, I | {"requested": "2021-11-02"}]},
     "stage 1 of C9 stands more than once: row 8 of data/raw/2020-21/x.csv; row 9 of data/raw/2021-22/investigations.csv"),
    ("investigations.stage.without_stage_1", {**WITH_C9, "investigations": [I | {"stage": "2"}]},
     "C9 is at stage 2 without a row for stage 1, and bypassed is not yes"),
    ("investigations.stage.without_stage_2", {**WITH_C9, "investigations": [I, I | {"stage": "3"}]},
     "C9 is at stage 3 without a row for stage 2"),
    ("investigations.bypassed.stage_1_there", {**WITH_C9, "investigations": [I, I | {"stage": "2", "bypassed": "yes"}]},
     "bypassed is yes although there is a row for stage 1 of C9"),
    ("investigations.bypassed.stage", {**WITH_C9, "investigations": [I | {"bypassed": "yes"}]},
     "bypassed is yes at stage 1, where it has no meaning"),
    ("investigations.agreed.stage", {**WITH_C9, "investigations": [I | {"agreed": "2021-11-02"}]},
     "agreed is 2021-11-02 at stage 1, where it has no meaning"),
    ("investigations.panel_met.stage", {**WITH_C9, "investigations": [I | {"panel_met": "2021-11-02"}]},
     "panel_met is 2021-11-02 at stage 1, where it has no meaning"),
    ("investigations.panel_reported.stage", {**WITH_C9, "investigations": [I | {"panel_reported": "2021-11-02"}]},
     "panel_reported is 2021-11-02 at stage 1, where it has no meaning"),
    ("investigations.extension_ground.extended", {**WITH_C9, "investigations": [I | {"extension_ground": "complex"}]},
     'extension_ground is "complex" although extended is not yes; the extension does not count'),
    ("investigations.complaint.known", {"investigations": [I]},
     "there is no complaint C9, though its stage 1 was asked for on 2021-11-01, in a year whose complaints are held"),
    ("investigations.complaint.earlier", {"investigations": [I | {"stage": "2"}]},
     "there is no complaint C9 in the years held; it may be of an earlier year"),
    ("investigations.complaint.earlier", {"investigations": [I | {"requested": "2021-03-31"}]},
     "there is no complaint C9 in the years held; it may be of an earlier year"),
    ("investigations.complaint.not_accepted", {"complaints": [C | {"accepted": "no"}], "investigations": [I]},
     "complaint C9 was not accepted, yet it has stage 1"),
    ("ombudsman.reference.unique", {"ombudsman": [O, O]},
     "reference O9 stands more than once: rows 4 and 5 of data/raw/2021-22/ombudsman.csv"),
    ("ombudsman.reference.carried_over", {"ombudsman": [O | EARLIER, O]},
     "case O9 stands in the extracts of more than one year: row 4 of data/raw/2020-21/x.csv; "
     "row 5 of data/raw/2021-22/ombudsman.csv"),
    ("ombudsman.decided.required", {"ombudsman": [O | {"decided": None}]}, "decided is empty although decision is upheld"),
    ("ombudsman.decided.after_received", {"ombudsman": [O | {"decided": "2021-09-30"}]},
     "decided 2021-09-30 is before received 2021-10-01"),
    ("ombudsman.received.year", {"ombudsman": [O | {"received": "2021-03-31"}]},
     "received 2021-03-31 is not inside 2021-22, though the case stands in that year's extract"),
    ("ombudsman.decided.under_investigation", {"ombudsman": [O | {"decision": "under investigation"}]},
     "decided is 2022-01-10 although decision is under investigation"),
    ("ombudsman.subject.personal", {"ombudsman": [O | {"subject": "Mr Smith's funding"}]},
     "subject is meant for publication and holds what looks like a name with a title"),
    ("ombudsman.remedy.personal", {"ombudsman": [O | {"remedy": "write to a.b@example.org"}]},
     "remedy is meant for publication and holds what looks like an e-mail address"),
    ("compliments.reference.alike", {"compliments": [P | {"text": "Kind"}, P | {"text": "Kind", "reference": "P10"}]},
     "compliment P10 has the same date, service area and text as another: rows 4 and 5 of data/raw/2021-22/compliments.csv"),
    ("compliments.approved_text.personal", {"compliments": [P | {"approved_text": "Ring 01632 960123, SW1A 1AA"}]},
     "approved_text is meant for publication and holds what looks like a telephone number and a postcode"),
    ("learning.reference.unique", {"learning": [L, L]},
     "reference L9 stands more than once: rows 4 and 5 of data/raw/2021-22/learning.csv"),
    ("learning.completed.required", {"learning": [L | {"status": "implemented"}]},
     "completed is empty although status is implemented"),
    ("learning.reason.required", {"learning": [L | {"status": "not implemented"}]},
     "reason is empty although status is not implemented"),
    ("learning.completed.status", {"learning": [L | {"completed": "2022-01-01"}]},
     "completed is 2022-01-01 although status is in progress"),
    ("learning.lesson.personal", {"learning": [L | {"lesson": "J. was not told"}]},
     "lesson is meant for publication and holds what looks like somebody's initials"),
    ("learning.action.personal", {"learning": [L | {"action": "see AB 12 34 56 C"}]},
     "action is meant for publication and holds what looks like a National Insurance number"),
    ("learning.reason.personal", {"learning": [L | {"reason": "NHS 943 476 5919"}]},
     "reason is meant for publication and holds what looks like an NHS number"),
    ("concerns.settled.after_received", {"concerns": [N | {"settled": "2021-04-30"}]},
     "settled 2021-04-30 is before received 2021-05-01"),
    ("activity.measure.twice", {"activity": [A, A | {"count": 91}]},
     "referrals is given more than once: rows 4 and 5 of data/raw/2021-22/activity.csv"),
    ("published.figure.twice", {"published": [TOTAL, TOTAL]},
     "compliments.received for 2021-22 is given more than once: rows 5 and 6 of data/raw/2021-22/published.csv"),
    ("published.value.agrees", {"published": [TOTAL]},
     "compliments.received for 2021-22 was published as 3, but the extract has 2; the report uses the extract"),
    ("published.value.agrees",
     {"published": [TOTAL | {"figure": "representations.by_kind", "category": "compliments"}]},
     "representations.by_kind for 2021-22 was published as 3, but the extract has 2 compliments; the report uses the extract"),
    ("published.value.agrees", {"published": [TOTAL | {"figure": "representations.received"}]},
     "representations.received for 2021-22 was published as 3, but the extract has 10; the report uses the extract"),
]  # fmt: skip
CASES = [*dictionary_cases(), *OWN_CASES]


def held(settings, tables) -> RuleContext:
    tables = dict(tables)
    return RuleContext.from_tables(
        {name: table for name, table in tables.items() if name != "published"},
        tables["published"],
        settings,
    )


def by_id(settings) -> dict[str, Rule]:
    return {
        rule.id: rule for of_extract in rules_by_extract(settings).values() for rule in of_extract
    }


@pytest.mark.parametrize(
    ("id", "added", "said"), CASES, ids=[f"{case[0]}-{place}" for place, case in enumerate(CASES)]
)
def test_a_good_row_passes_and_a_bad_one_is_named(id, added, said, make_settings, extracts):
    settings = make_settings()
    rule = by_id(settings)[id]
    good, bad = held(settings, extracts()), held(settings, extracts(**added))
    assert rule.passes(good).all()
    holds = rule.passes(bad).to_numpy()
    table = bad.table(rule.extract)
    assert not holds[-1], "the last row added breaks the rule"
    assert holds[: len(good.table(rule.extract))].all(), "the rows that were there do not"
    found = list(rule.findings(bad, table[~holds]))[-1]
    assert found.what == said
    assert (found.row, found.column) == (len(table) + 1, rule.column)
    assert found.remedy.endswith(".")
    assert "{" not in found.remedy


def test_every_rule_has_a_case(make_settings):
    asked = {case[0] for case in CASES}
    elsewhere = {
        "investigations.agreed.clock", "row_counts.rows.like_last_year", "complaints.received.not_future",
        "compliments.received.not_future", "concerns.received.not_future", "training.date.not_future",
    }  # fmt: skip
    own = {rule.id for rule in by_id(make_settings()).values() if rule.expects == "holds"}
    assert own == asked | elsewhere


@pytest.mark.parametrize(("extract", "column", "severity"), [
    ("complaints", "received", "critical"), ("compliments", "received", "critical"), ("concerns", "received", "critical"),
    ("training", "date", "warning"),
])  # fmt: skip
def test_a_date_may_be_inside_the_year_and_yet_after_the_data_was_taken(
    extract, column, severity, make_settings, extracts
):
    settings = make_settings()
    report = settings.report.model_copy(update={"data_as_at": date(2022, 1, 1)})
    early = settings.model_copy(update={"report": report})
    rule = by_id(early)[f"{extract}.{column}.not_future"]
    bad = held(early, extracts(**{extract: [GOOD[extract] | {column: "2022-01-02"}]}))
    found = list(rule.findings(bad, bad.table(extract)[~rule.passes(bad)]))[-1]
    assert (found.severity, found.what) == (
        severity, f"{column} 2022-01-02 is after 2022-01-01, the day on which the data was taken"
    )  # fmt: skip


def test_the_agreed_statement_is_missed_only_where_the_clock_starts_with_it(
    make_settings, extracts
):
    added = {"complaints": [C], "investigations": [I, I | {"stage": "2"}]}
    rule = by_id(make_settings())["investigations.agreed.clock"]
    assert rule.passes(held(make_settings(), extracts(**added))).all()
    bad = held(make_settings(time_limits={"stage_2_clock": "agreed"}), extracts(**added))
    failing = bad.table("investigations")[~rule.passes(bad)]
    assert [one.what for one in rule.findings(bad, failing)] == [
        "agreed is empty, so the time of stage 2 of C9 is counted from the request"
    ]


def test_a_stage_carried_over_to_the_next_year_is_not_a_stage_twice(make_settings, extracts):
    both = held(
        make_settings(),
        extracts(complaints=[C], investigations=[I | EARLIER | {"responded": None}, I]),
    )
    assert by_id(make_settings())["investigations.stage.twice"].passes(both).all()


def test_people_with_different_names_may_complain_of_the_same_on_the_same_day(
    make_settings, extracts
):
    added = [
        C | {"complainant_name": "Pat Example"},
        C | {"reference": "C10", "complainant_name": "Kim Example"},
    ]
    assert (
        by_id(make_settings())["complaints.reference.alike"]
        .passes(held(make_settings(), extracts(complaints=added)))
        .all()
    )


def test_a_value_that_may_not_be_repeated_is_not(make_settings, extracts):
    bad = held(make_settings(), extracts(compliments=[P | {"approved_text": "Mr Smith was kind"}]))
    rule = by_id(make_settings())["compliments.approved_text.personal"]
    (found,) = rule.findings(bad, bad.table("compliments").tail(1))
    assert found.value is None
    assert "Smith" not in found.what + found.remedy


def test_a_value_with_braces_or_control_characters_is_quoted_harmlessly(make_settings, extracts):
    bad = held(
        make_settings(),
        extracts(complaints=[C | {"route": "{reference}\x1b[31m\u202e" + "x" * 200}]),
    )
    (found,) = by_id(make_settings())["complaints.route.allowed"].findings(
        bad, bad.table("complaints").tail(1)
    )
    assert (
        found.what
        == 'route is "{reference} [31m ' + "x" * 62 + '…", which is not one of its codes.'
    )


def test_very_many_failures_of_one_rule_are_listed_up_to_a_number(make_settings, extracts):
    rule = by_id(make_settings())["complaints.reference.required"]
    many = pd.concat([extracts()["complaints"]] * (MAX_LISTED_FINDINGS // 6 + 2), ignore_index=True)
    found = list(rule.findings(held(make_settings(), extracts()), many))
    assert len(found) == MAX_LISTED_FINDINGS + 1
    assert sum(one.stands_for for one in found) == len(many)
    assert (
        found[-1].what
        == f"{len(many) - MAX_LISTED_FINDINGS:,} more rows break this rule: {rule.reason}"
    )
    assert found[-1].row is None


@pytest.mark.parametrize(("now", "before", "plausible"), [
    (4, 21, False), (102, 44, False), (4, 9, True), (1, 6, True), (0, 8, False), (0, 7, True), (150, 100, True),
    (151, 100, False), (3_000_000, 1_000_000, False), (0, 0, True),
])  # fmt: skip
def test_a_count_is_believed_within_the_tolerance_or_where_chance_explains_it(
    now, before, plausible
):
    # Of 25 cases, 4 and 21 by chance: 0.0009; of 13, 4 and 9: 0.27; of 7, 0 and 7: 0.016; of 8, 0 and 8: 0.008.
    assert is_plausible_count(now, before, 0.5) is plausible


def test_row_counts_compare_with_last_year_or_with_what_was_published_of_it(
    make_settings, extracts
):
    settings = make_settings()
    rule = by_id(settings)["row_counts.rows.like_last_year"]
    assert row_counts(held(settings, extracts()))[
        ["extract", "rows", "rows_before"]
    ].values.tolist() == [["complaints", 6, 7]]
    fewer = held(settings, extracts(published=[
        {"year": "2020-21", "figure": "compliments.received", "value": 44, "source": "report of 2021"}]))  # fmt: skip
    counts = row_counts(fewer)
    (found,) = rule.findings(fewer, counts[~rule.passes(fewer)])
    assert (found.extract, found.file, found.row, found.column) == (
        "compliments",
        "data/raw/2021-22/compliments.csv",
        None,
        None,
    )
    assert found.what == (
        "compliments has 2 rows for 2021-22, against 44 for 2020-21: a larger change than chance would bring"
    )  # fmt: skip


def test_an_extract_without_a_row_this_year_is_asked_about(make_settings, extracts):
    tables = extracts()
    tables["compliments"] = tables["compliments"].iloc[:0]
    tables["published"] = (
        tables["published"]
        .assign(year="2020-21", figure="compliments.received", value=44.0)
        .head(1)
    )
    counts = row_counts(held(make_settings(), tables)).set_index("extract")
    assert counts.loc["compliments", ["rows", "rows_before", "file"]].tolist() == [
        0,
        44,
        "data/raw/2021-22",
    ]


@pytest.mark.parametrize(("text", "kinds"), [
    ("Write to sam@example.org", ["an e-mail address"]),
    ("Ring 020 7946 0018 or +44 7700 900123", ["a telephone number"]),
    ("at sw1a 1aa", ["a postcode"]),
    ("QQ 12 34 56 C", []),  # not a prefix in use
    ("943 476 5919", ["an NHS number"]),
    ("943 476 5918", []),
    ("born 3/4/2012", ["a date of birth"]),
    ("Mrs Jones and Dr. Lee", ["a name with a title"]),
    ("J. said so; A.B. as well", ["somebody's initials"]),
    ("We will answer within 10 working days, e.g. by phone. My son and I. Thank you", []),
    ("In 2021/22 the 102 compliments cost £1,200 at stage 2", []),
])  # fmt: skip
def test_free_text_that_looks_personal(text, kinds):
    assert personal_data_kinds(text) == kinds


def test_the_check_digit_of_an_nhs_number():
    assert is_nhs_number("943 476 5919")
    assert not is_nhs_number("943 476 5918")


def test_the_year_of_a_rule_is_the_one_of_the_extract(make_settings, extracts):
    bad = held(make_settings(), extracts(complaints=[C | EARLIER]))
    rule = by_id(make_settings())["complaints.received.in_year"]
    (found,) = rule.findings(bad, bad.table("complaints")[~rule.passes(bad)])
    assert (
        found.what
        == "received 2021-11-01 is not inside 2020-21, which runs from 2020-04-01 to 2021-03-31"
    )
    assert found.file == "data/raw/2020-21/x.csv"
    assert Year.parse("2020-21").last_day.isoformat() in found.what
