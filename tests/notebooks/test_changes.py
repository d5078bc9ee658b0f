"""One row changed in an extract changes exactly the sentences, tables and charts that speak of it, and nothing else."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path

import lxml.html
import pytest

from pipeline.problem import Kind, Problem

YEAR = "2021-22"
BLOCKS = ("h1", "h2", "h3", "p", "li", "dt", "dd", "caption", "summary", "figcaption", "tr", "img")


def change(workspace: Path, file: str, reference: str, **cells: str) -> None:
    """Write other cells into the rows of a CSV that begin with a reference; no cells: take those rows out."""
    path = workspace / "data" / "raw" / file
    with path.open(encoding="utf-8", newline="") as opened:
        headings, *rows = list(csv.reader(opened))
    found = [row for row in rows if row[0] == reference]
    assert found, f"{file} holds no {reference}"
    for row in found:
        for name, value in cells.items():
            row[headings.index(name)] = value
    kept = rows if cells else [row for row in rows if row not in found]
    with path.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, lineterminator="\n").writerows([headings, *kept])


def blocks(html: str) -> tuple[Counter, dict[str, str]]:
    """Each text of the page with its section or chart, such as a sentence, a table row or a chart's description; and each
    chart's drawing."""
    page = lxml.html.document_fromstring(html)
    listed = " or ".join(f"self::{tag}" for tag in BLOCKS)
    assert (
        page.body.xpath(
            f".//text()[normalize-space() and not(ancestor::*[{listed} or @class='skip'])]"
        )
        == []
    )
    found, drawings = Counter(), {}
    for block in page.body.iter(*BLOCKS, "img"):
        if block.xpath("descendant::p | descendant::li"):
            continue  # those are listed themselves
        place = [
            "page",
            *block.xpath("ancestor::section/@aria-labelledby"),
            *block.xpath("ancestor::figure/@id"),
        ][-1]
        if block.tag == "tr":
            text = " | ".join(" ".join(cell.text_content().split()) for cell in block)
        elif block.tag == "img":
            text, drawings[place] = block.get("alt"), block.get("src")
        else:
            text = " ".join(block.text_content().split())
        found[f"{place}: {text}"] += 1
    return found, drawings


def differences(before: str, after: str) -> tuple[set[str], set[str], set[str]]:
    """The texts that are gone, those that are new, and the charts that are drawn otherwise."""
    (old, old_charts), (new, new_charts) = blocks(before), blocks(after)
    drawn = {
        name for name in old_charts | new_charts if old_charts.get(name) != new_charts.get(name)
    }
    return set(old - new), set(new - old), drawn


DECIDED = (
    "service-areas: A complaint is decided when it is found upheld, partially upheld, not upheld or without finding. "
    "Of the 4 complaints received, 3 were decided."
)

OUTCOMES = "chart-complaints-by-outcome: Bar chart of complaints by outcome."


@pytest.fixture(scope="module")
def before(sample_report) -> str:
    return sample_report.html.read_text(encoding="utf-8")


def test_an_outcome(workspace, build, before):
    for extract in ("complaints", "investigations"):
        change(workspace, f"{YEAR}/{extract}.csv", "CYP-21-001", outcome="upheld")
    gone, new, drawn = differences(before, build(workspace))
    assert gone == {
        "overview: one was not upheld",
        "chart-complaints-by-outcome: Upheld | 7 | 6 | 4 | 3 | 0",
        f"{OUTCOMES} Partially upheld 2, Not upheld 1 and Withdrawn 1.",
        "chart-complaints-by-outcome: Not upheld | 12 | 10 | 8 | 5 | 1",
        f"{DECIDED} Upheld: 0 of 3. Partially upheld: 2 of 3.",
        "service-areas: Upheld | 3 | 0",  # of stage 1, for the years with extracts
        "service-areas: Not upheld | 5 | 1",
    }
    assert new == {
        "overview: one was upheld",
        "chart-complaints-by-outcome: Upheld | 7 | 6 | 4 | 3 | 1",
        f"{OUTCOMES} Partially upheld 2, Upheld 1 and Withdrawn 1.",
        "chart-complaints-by-outcome: Not upheld | 12 | 10 | 8 | 5 | 0",
        f"{DECIDED} Upheld: 1 of 3. Partially upheld: 2 of 3.",
        "service-areas: Upheld | 3 | 1",
        "service-areas: Not upheld | 5 | 0",
    }
    assert drawn == {"chart-complaints-by-outcome"}


def test_a_response_that_comes_late(workspace, build, before):
    change(
        workspace, f"{YEAR}/investigations.csv", "CYP-21-001", responded="2021-06-29"
    )  # 15 working days, not extended
    change(workspace, f"{YEAR}/complaints.csv", "CYP-21-001", closed="2021-06-29")
    gone, new, drawn = differences(before, build(workspace))
    earlier = (
        "chart-stage-1-timeliness: Stacked bar chart, a bar for each year. "
        "2017 to 2018: 14 within limit, 13 within extension, 7 late and 1 withdrawn; "
        "2018 to 2019: 13 within limit, 11 within extension, 5 late and 1 withdrawn; "
        "2019 to 2020: 10 within limit, 8 within extension and 4 late; "
        "2020 to 2021: 7 within limit, 5 within extension, 3 late and 1 withdrawn; "
    )
    assert gone == {
        "service-areas: Of the 2 investigations at stage 1, one was answered within 10 working days, one within an extension of "
        "up to 20, and no responses were late. Half of the responses took 13.5 working days or fewer. "
        "The longest took 18 working days.",
        "chart-stage-1-timeliness: Late at stage 1: no responses in 2021 to 2022",
        f"{earlier}2021 to 2022: 1 within limit and 1 within extension.",
        "chart-stage-1-timeliness: Within limit | 14 | 13 | 10 | 7 | 1",
        "chart-stage-1-timeliness: Late | 7 | 5 | 4 | 3 | 0",
    }
    assert new == {
        "service-areas: Of the 2 investigations at stage 1, none were answered within 10 working days, one within an extension "
        "of up to 20, and one response was late. Half of the responses took 16.5 working days or fewer. "
        "The longest took 18 working days. Late responses came up to 5 working days after the limit.",
        "chart-stage-1-timeliness: Late at stage 1: one response in 2021 to 2022",
        f"{earlier}2021 to 2022: 1 within extension and 1 late.",
        "chart-stage-1-timeliness: Within limit | 14 | 13 | 10 | 7 | 0",
        "chart-stage-1-timeliness: Late | 7 | 5 | 4 | 3 | 1",
    }
    assert drawn == {"chart-stage-1-timeliness"}


def test_a_service_area(workspace, build, before):
    change(workspace, f"{YEAR}/complaints.csv", "CYP-21-001", service_area="Residential Homes")
    gone, new, drawn = differences(before, build(workspace))
    chart = "chart-complaints-by-service-area"
    described = f"{chart}: Bar chart of complaints by service area. Looked After Children 2,"
    assert gone == {
        "service-areas: one was about Early Help",
        f"{described} Early Help 1 and Looked After Child and SEND 1.",
        f"{chart}: Early Help | 6 | 5 | 4 | 3 | 1",
        f"{chart}: Residential Homes | 1 | 1 | 1 | 1 | 0",
    }
    assert new == {
        "service-areas: one was about Residential Homes",
        f"{described} Looked After Child and SEND 1 and Residential Homes 1.",
        f"{chart}: Early Help | 6 | 5 | 4 | 3 | 0",
        f"{chart}: Residential Homes | 1 | 1 | 1 | 1 | 1",
    }
    assert drawn == {chart}


def test_one_compliment_fewer(workspace, build, before):
    change(workspace, f"{YEAR}/compliments.csv", "CMP-21-001")
    gone, new, drawn = differences(before, build(workspace))
    chart, small = "chart-representations-by-kind", "glance-compliments-received"
    described = (
        f"{chart}: Line chart, 2017 to 2018 through 2021 to 2022. "
        "Complaints fell from 43 to 4; Ombudsman cases fell from 6 to 3; Compliments rose from 68 to"
    )

    def that_speak_of(
        compliments: int, all_kinds: int, about_send: int, from_parents: int
    ) -> set[str]:
        return {
            f"key-points: {compliments} compliments were received, up from 44 in 2020 to 2021.",
            f"overview: {all_kinds} representations were received for Children's Social Care between 1 April 2021 and "
            "31 March 2022:",
            f"overview: {compliments} compliments: thanks from people who use our services and from those who work with us",
            f"{described} {compliments}.",
            f"{chart}: Compliments | 68 | 61 | 52 | 44 | {compliments}",
            f"{chart}: Total | 117 | 102 | 86 | 70 | {all_kinds}",
            f"compliments: {compliments} compliments were received in 2021 to 2022, up from 44 in 2020 to 2021.",
            f"at-a-glance: {compliments} Compliments received 44 in 2020 to 2021",
            f"{small}: Small line. Compliments received rose from 68 to {compliments}.",
            f"compliments: SEND | 3 | {about_send}",
            f"compliments: Parent or carer | 20 | {from_parents}",
            f"compliments: Total | 44 | {compliments}",
        }

    assert gone == that_speak_of(102, 109, 8, 44)
    assert new == that_speak_of(101, 108, 7, 43)
    assert drawn == {chart, small}


def test_an_ombudsman_decision(workspace, build, before):
    change(workspace, f"{YEAR}/ombudsman.csv", "OMB-21-02", decision="upheld", decided="2022-05-10")
    assert differences(before, build(workspace)) == (
        {
            "service-areas: Time taken to arrange placement | Under investigation",
            "service-areas: Under investigation | 0 | 2",
            "service-areas: Upheld | 1 | 0",
        },
        {
            "service-areas: Time taken to arrange placement | Upheld",
            "service-areas: Under investigation | 0 | 1",
            "service-areas: Upheld | 1 | 1",
        },
        set(),
    )


def test_a_complainant_who_is_a_young_person(workspace, build, before):
    change(
        workspace,
        f"{YEAR}/complaints.csv",
        "CYP-21-004",
        complainant_type="child or young person",
        age_band="under 18",
    )
    rest = "received directly from a child or young person or through their advocate in 2021 to 2022, down from 2 in 2020 to 2021."
    assert differences(before, build(workspace)) == (
        {
            f"young-people: No complaints were {rest}",
            "complainants: Birth parent: 1 of 4",
            "complainants: Birth parent | 1 | 1",
            "complainants: Child or young person | 2 | 0",
            "complainants: 25 to 44 | 8 | 3",
            "complainants: Under 18 | 2 | 0",
        },
        {
            f"young-people: One complaint was {rest}",
            "complainants: Child or young person: 1 of 4",
            "complainants: Birth parent | 1 | 0",
            "complainants: Child or young person | 2 | 1",
            "complainants: 25 to 44 | 8 | 2",
            "complainants: Under 18 | 2 | 1",
        },
        set(),
    )


def test_how_far_an_action_has_come(workspace, build, before):
    change(
        workspace,
        f"{YEAR}/learning.csv",
        "LRN-21-03",
        status="not implemented",
        reason="The family moved away.",
    )
    action = "Hold a meeting of everybody concerned to find what the service can do better and how to make contact easier."
    chart = "chart-learning-by-status"
    overdue = (
        "None was overdue on 30 September 2022. One action was carried over from earlier years."
    )
    assert differences(before, build(workspace)) == (
        {
            f"learning: 3 actions came of the complaints: 2 implemented and one in progress. {overdue}",
            "learning: Nothing that was recommended was decided against.",
            f"learning: {action} | In progress",
            f"{chart}: Bar chart of learning actions by status. Implemented 2 and In progress 1.",
            f"{chart}: In progress | 1 | 1",
            f"{chart}: Not implemented | 1 | 0",
        },
        {
            f"learning: 3 actions came of the complaints: 2 implemented and one not implemented. {overdue}",
            "learning: It was decided not to carry out one action, for the reasons in the last table of this section.",
            "learning: Actions decided against, and why",
            "learning: Action | Reason",
            f"learning: {action} | The family moved away.",
            f"learning: {action} | Not implemented",
            f"{chart}: Bar chart of learning actions by status. Implemented 2 and Not implemented 1.",
            f"{chart}: In progress | 1 | 0",
            f"{chart}: Not implemented | 1 | 1",
        },
        {chart},
    )


def test_somebodys_name_changes_nothing(workspace, build, before):
    change(
        workspace,
        f"{YEAR}/complaints.csv",
        "CYP-21-004",
        complainant_name="Quillon Fictionby",
        notes="Rang twice.",
    )
    assert build(workspace) == before


def test_where_nothing_ever_happened_no_chart_is_drawn_of_it(workspace, build):
    for path in (workspace / "data" / "raw").rglob("*.csv"):
        if path.name != "activity.csv":  # how many children there are
            path.write_text(
                path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8"
            )
    _, drawings = blocks(build(workspace))
    assert drawings
    assert [place for place in drawings if not place.startswith("glance-")] == []


def test_of_a_council_s_first_report_no_year_before_it_is_spoken_of(workspace, build):
    """But where the past is said to be lacking; and no line is drawn through one point."""
    (workspace / "data" / "raw" / "published.csv").unlink()
    shutil.rmtree(workspace / "data" / "raw" / "2020-21")
    found, drawings = blocks(build(workspace))
    said = "\n".join(found)
    assert "4 complaints were received, with no earlier year to compare." in said
    assert [
        line
        for line in found
        if "2020 to 2021" in line or "2017" in line or "[x]" in line or "Not available" in line
    ] == []
    assert [place for place in drawings if place.startswith("glance-") or "by-kind" in place] == []
    assert "Complaints | 4" in said, "the table stands without its chart"


def test_a_date_outside_the_year_makes_no_report_and_says_where_it_is(workspace, build):
    change(workspace, f"{YEAR}/complaints.csv", "CYP-21-001", received="2022-06-08")
    with pytest.raises(Problem, match="3 critical findings") as stopped:
        build(workspace)
    assert stopped.value.kind == Kind.DATA
    for found in (
        "data/raw/2021-22/complaints.csv, received",
        "row 2: received 2022-06-08 is not inside 2021-22, which runs from 2021-04-01 to 2022-03-31",
        "row 2: closed 2021-06-21 is before received 2022-06-08",
        "row 2: stage 1 was asked for on 2021-06-08, before complaint CYP-21-001 was received on 2022-06-08",
    ):
        assert found in stopped.value.what
