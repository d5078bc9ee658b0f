"""Every row of published.csv is checked: names, numbers, and what contradicts what."""

from __future__ import annotations

import json

import pytest

RECEIVED = "2019-20,complaints.received,,43"
AREAS = ("2019-20,complaints.by_service_area,Early Help,30",)
ROUTES = (
    "2019-20,complaints.by_route,direct,30",
    "2019-20,complaints.by_route,advocate,10",
    "2019-20,complaints.by_route,representative,3",
)
# The row of each finding (the heading is row 1), and what its sentence contains.
# fmt: off
CONTRADICTIONS = {
    "parts above the total": (
        (RECEIVED, *ROUTES[:2], "2019-20,complaints.by_route,representative,4"), 2,
        "complaints.by_route for 2019-20 adds up to 44 (direct 30, advocate 10, representative "
        "4), and complaints.received is 43; they should be the same: see rows 2 to 5"),
    "parts below the total": (("2019-20,complaints.received,,44", *ROUTES), 2, "adds up to 43"),
    "some parts above the total": ((RECEIVED, ROUTES[0], "2019-20,complaints.by_route,advocate,14"),
        2, "adds up to 44 (direct 30, advocate 14), and complaints.received is 43, which contains"),
    "one part above its base": ((RECEIVED, "2019-20,complaints.by_theme,delay,44"), 2,
        "complaints.by_theme, delay, for 2019-20 is 44, and complaints.received is 43, which"),
    "one number under two names": (
        ("2019-20,complaints.turned_away,,3", "2019-20,complaints.by_outcome,not accepted,2"), 2,
        "complaints.by_outcome, not accepted, for 2019-20 is 2, and complaints.turned_away is 3; "
        "they are the same number"),
    "two kinds of representation": (
        (RECEIVED, "2019-20,representations.by_kind,complaints,42"), 3, "they are the same number"),
    "accepted and turned away": (
        (RECEIVED, "2019-20,complaints.accepted,,40", "2019-20,complaints.turned_away,,4"), 2,
        "complaints.accepted 40, complaints.turned_away 4"),
    "two tables without a total": (
        (*ROUTES, *AREAS, "2019-20,complaints.by_service_area,Looked After Children,14"), 2,
        "complaints.received is 4"),
    "stages of two tables": (
        ("2019-20,complaints.by_stage,stage 2,3", "2019-20,stage_2.investigated,,4"), 2,
        "they are the same number"),
    "more overdue than in progress": (
        ("2019-20,learning.by_status,in progress,2", "2019-20,learning.overdue,,3"), 2,
        "learning.overdue for 2019-20 is 3"),
    "a year that is not compared": (("2009-10,complaints.received,,4",
        "2009-10,complaints.from_young_people,,5"), 2, "2009-10"),
    "a rate of other numbers": (("2019-20,complaints.per_1000_children,,22.5", RECEIVED,
        "2019-20,activity.children_in_need,,2000"), 2, "is 21.5 for each 1,000"),
    "a median above the longest": (("2019-20,stage_1.median_days,,12",
        "2019-20,stage_1.longest_days,,10"), 2, "is 12, more than stage_1.longest_days, 10"),
    "a late response where none was": (("2019-20,stage_1.longest_late,,3",
        "2019-20,stage_1.timeliness,late,0"), 2, "there is nothing to measure"),
    "a cost of nothing": (("2019-20,stage_2.cost,,2850", "2019-20,stage_2.costed,,0"), 2,
        "there is nothing to measure"),
    "parts around a withheld one": (("2019-20,complaints.received,,39", *ROUTES[:2],
        "2019-20,complaints.by_route,representative,[c]"), 2, "adds up to 40"),
}
SOUND = {
    "a whole table": (RECEIVED, *ROUTES),
    "a total alone": (RECEIVED,),
    "parts alone": ROUTES,
    "some parts": (RECEIVED, ROUTES[0]),
    "overlapping parts": (RECEIVED, "2019-20,complaints.by_theme,delay,40",
                          "2019-20,complaints.by_theme,staff,39"),
    "a rounded rate": ("2019-20,complaints.per_1000_children,,21.5", RECEIVED,
                       "2019-20,activity.children_in_need,,2003"),
    "half days": ("2019-20,stage_1.median_days,,9.5", "2019-20,stage_1.longest_days,,31"),
    "pounds": ("2019-20,stage_2.cost,,2850.50", "2019-20,stage_2.costed,,2"),
    "none of many": (RECEIVED, "2019-20,complaints.by_route,direct,[x]"),
    "our own spelling": ("2019-20,Complaints.Received,,43",
                         "2019-20,complaints.by_route, Direct ,43"),
}
FAULTY_ROWS = {
    "unknown figure": ("2019-20,complaints.recieved,,4", "figure",
        'there is no figure "complaints.recieved". Did you mean "complaints.received"?',
        "Use the id of a figure; docs/figures.md lists them."),
    "unknown category": ("2019-20,complaints.by_outcome,uphold,4", "category",
        '"uphold" is not a category of complaints.by_outcome. Did you mean "upheld"?',
        "Use one of: upheld; partially upheld; "),
    "no category": ("2019-20,complaints.by_outcome,,4", "category",
        "complaints.by_outcome has categories, and this row names none",
        "Its total is the figure complaints.received."),
    "superfluous category": ("2019-20,complaints.received,upheld,4", "category",
        '"upheld" is not a category', "Leave the category empty."),
    "unknown service area": ("2019-20,complaints.by_service_area,Early Hlep,4", "category",
        'Did you mean "Early Help"?', "Use one of: Early Help; Looked After Children."),
    "half a complaint": ("2019-20,complaints.received,,4.5", "value",
        "the numbers of complaints.received are whole, and 4.5 is not", "not a share"),
    "half a child": ("2019-20,activity.children_in_need,,4.5", "value", "whole", "not a share"),
    "list of texts": ("2019-20,learning.actions,,4", "figure", "lists texts", "Take the row out."),
    "a year to come": ("2030-31,complaints.received,,4", "year",
        "2030-31 is after 2021-22, the last year of this workspace", "Correct the year."),
    "a year before the Act": ("1921-22,complaints.received,,4", "year", "before the Children Act",
        "mistyped"),
}
# fmt: on


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_contradiction_stops_with_its_rows_and_remedy(findings_in, case):
    lines, row, what = CONTRADICTIONS[case]
    (finding,) = findings_in(*lines)
    assert (finding.severity, finding.row, finding.column) == ("critical", row, "value")
    assert finding.file == "data/raw/published.csv"
    assert what in finding.what
    assert finding.remedy.startswith("Correct the number that is mistyped.")


def test_contradiction_between_two_years_names_both_years(findings_in):
    findings = findings_in(
        "2019-20,complaints.carried_over,,3", "2018-19,complaints.open_at_year_end,,5"
    )
    what = (
        "complaints.open_at_year_end for 2018-19 is 5, and complaints.carried_over for 2019-20 is "
        "3, which contains it"
    )
    assert any(what in finding.what for finding in findings)


@pytest.mark.parametrize("case", SOUND)
def test_numbers_that_agree_have_no_finding(findings_in, case):
    assert findings_in(*SOUND[case]) == []


@pytest.mark.parametrize("case", FAULTY_ROWS)
def test_faulty_row_is_named_with_what_is_allowed(findings_in, case):
    line, column, what, remedy = FAULTY_ROWS[case]
    (finding,) = findings_in(RECEIVED.replace("43", "9", 1), line)
    assert (finding.severity, finding.row, finding.column) == ("critical", 3, column)
    assert what in finding.what
    assert remedy in finding.remedy


def test_all_faults_of_the_file_are_found_in_one_pass(findings_in):
    lines = [line for line, *_ in FAULTY_ROWS.values()]
    assert len(findings_in(*lines)) == len(FAULTY_ROWS)


def test_two_contradictions_of_one_total_are_both_found(findings_in):
    lines = (RECEIVED, *ROUTES[:2], "2019-20,complaints.by_theme,staff,50")
    lines += ("2019-20,complaints.by_route,representative,9",)
    assert len(findings_in(*lines)) == 2


def test_same_total_in_other_words_is_given_twice(findings_in):
    values = {"service_area": {"Kin care": "Early Help", "Locality": "Early Help"}}
    lines = [f"2019-20,complaints.by_service_area,{area},5" for area in ("Kin care", "Locality")]
    findings = findings_in(*lines, values=values)
    assert [finding.row for finding in findings] == [2, 3]
    assert findings[0].what == (
        "complaints.by_service_area, Early Help, for 2019-20 is given more than once, in different "
        "words: rows 2 to 3"
    )
    assert findings[0].remedy == (
        "Keep one row. If both are parts of it, add them up in one row, or name their words under "
        "`values_by_year:` in council.yaml."
    )


def test_words_of_the_case_system_are_understood(findings_in):
    values = {"complaints.outcome": {"Proven": "upheld"}}
    assert findings_in("2019-20,complaints.by_outcome,proven,5", values=values) == []
    (finding,) = findings_in("2019-20,complaints.by_outcome,proven,5")
    assert finding.rule == "published.category.known"


def test_withheld_number_that_gives_itself_away_is_warned_of(findings_in):
    lines = (RECEIVED, *ROUTES[:2], "2019-20,complaints.by_route,representative,[c]")
    (finding,) = findings_in(*lines)
    assert (finding.severity, finding.row) == ("warning", 5)
    assert "is withheld, and the numbers around it give it away: see rows 2 to 4" in finding.what
    assert "Withhold another" in finding.remedy
    assert findings_in(*lines[:2], "2019-20,complaints.by_route,advocate,c", lines[3]) == []


def test_number_other_than_in_our_final_report_is_warned_of(published_file, findings_in, tmp_path):
    write_report(tmp_path, "2020-21", "final", "201920,complaints.received,Total,42")
    (finding,) = findings_in(RECEIVED)
    assert (finding.severity, finding.rule) == ("warning", "published.value.own_report")
    assert "complaints.received for 2019-20 is 43 here, and 42 in our own final" in finding.what
    write_report(tmp_path, "2020-21", "draft", "201920,complaints.received,Total,42")
    assert findings_in(RECEIVED) == []


def write_report(workspace, year, status, *numbers):
    """The open data of a report on another year."""
    folder = workspace / "reports" / year
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "datapackage.json").write_text(json.dumps({"status": status}))
    text = "\n".join(["time_period,figure,category,value", *numbers])
    (folder / "figures.csv").write_text(text)
