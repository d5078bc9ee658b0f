"""A changed row changes the sentences, tables and charts that depend on it, and no others."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import lxml.html
import pytest

from pipeline.problem import Kind, Problem

YEAR = "2021-22"
BLOCKS = (
    "h1",
    "h2",
    "h3",
    "p",
    "li",
    "dt",
    "dd",
    "caption",
    "summary",
    "figcaption",
    "tr",
    "img",
)


class PageBlocks(NamedTuple):
    """What a reader finds on a page.

    texts: each sentence, list entry, table row and chart description, after its section or chart.
    drawings: the image of each chart by its name.
    """

    texts: Counter
    drawings: dict[str, str]


class Differences(NamedTuple):
    """The texts that were removed, those that were added, and the charts drawn differently."""

    removed: set[str]
    added: set[str]
    redrawn: set[str]


def change_rows(workspace: Path, file: str, reference: str, **values: str) -> None:
    """Set values in the rows of a CSV that begin with a reference; without values, delete them."""
    path = workspace / "data" / "raw" / file
    with path.open(encoding="utf-8", newline="") as opened:
        headings, *rows = list(csv.reader(opened))
    matches = [row for row in rows if row[0] == reference]
    assert matches, f"{file} has no {reference}"
    for row in matches:
        for name, value in values.items():
            row[headings.index(name)] = value
    if not values:
        rows = [row for row in rows if row not in matches]
    with path.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, lineterminator="\n").writerows([headings, *rows])


def one_line(element) -> str:
    return " ".join(element.text_content().split())


def read_blocks(html: str) -> PageBlocks:
    page = lxml.html.document_fromstring(html)
    listed = " or ".join(f"self::{tag}" for tag in BLOCKS)
    outside = f".//text()[normalize-space() and not(ancestor::*[{listed} or @class='skip'])]"
    assert page.body.xpath(outside) == []
    texts: Counter = Counter()
    drawings = {}
    for block in page.body.iter(*BLOCKS):
        if block.xpath("descendant::p | descendant::li"):
            continue  # those are blocks of their own
        sections = block.xpath("ancestor::section/@aria-labelledby")
        charts = block.xpath("ancestor::figure/@id")
        place = ["page", *sections, *charts][-1]
        if block.tag == "tr":
            text = " | ".join(one_line(cell) for cell in block)
        elif block.tag == "img":
            text = block.get("alt")
            drawings[place] = block.get("src")
        else:
            text = one_line(block)
        texts[f"{place}: {text}"] += 1
    return PageBlocks(texts, drawings)


def differences(old_html: str, new_html: str) -> Differences:
    old = read_blocks(old_html)
    new = read_blocks(new_html)
    names = old.drawings | new.drawings
    redrawn = {name for name in names if old.drawings.get(name) != new.drawings.get(name)}
    return Differences(set(old.texts - new.texts), set(new.texts - old.texts), redrawn)


DECIDED = (
    "service-areas: A complaint is decided when it is found upheld, partially upheld, not "
    "upheld or without finding. "
    "Of the 4 complaints received, 3 were decided."
)

OUTCOMES = "chart-complaints-by-outcome: Bar chart of complaints by outcome."


@pytest.fixture(scope="module")
def sample_html(sample_report) -> str:
    return sample_report.html.read_text(encoding="utf-8")


def test_changed_outcome_of_a_complaint(workspace, build, sample_html):
    for extract in ("complaints", "investigations"):
        change_rows(workspace, f"{YEAR}/{extract}.csv", "CYP-21-001", outcome="upheld")
    removed, added, redrawn = differences(sample_html, build(workspace))
    assert removed == {
        "overview: one was not upheld",
        "chart-complaints-by-outcome: Upheld | 7 | 6 | 4 | 3 | 0",
        f"{OUTCOMES} Partially upheld 2, Not upheld 1 and Withdrawn 1.",
        "chart-complaints-by-outcome: Not upheld | 12 | 10 | 8 | 5 | 1",
        f"{DECIDED} Upheld: 0 of 3. Partially upheld: 2 of 3. Upheld in whole or in part: 2 of 3.",
        "service-areas: Upheld | [x] | [x] | [x] | 3 | 0",  # stage 1, for the years with extracts
        "service-areas: Not upheld | [x] | [x] | [x] | 5 | 1",
    }
    assert added == {
        "overview: one was upheld",
        "chart-complaints-by-outcome: Upheld | 7 | 6 | 4 | 3 | 1",
        f"{OUTCOMES} Partially upheld 2, Upheld 1 and Withdrawn 1.",
        "chart-complaints-by-outcome: Not upheld | 12 | 10 | 8 | 5 | 0",
        f"{DECIDED} Upheld: 1 of 3. Partially upheld: 2 of 3. Upheld in whole or in part: 3 of 3.",
        "service-areas: Upheld | [x] | [x] | [x] | 3 | 1",
        "service-areas: Not upheld | [x] | [x] | [x] | 5 | 0",
    }
    assert redrawn == {"chart-complaints-by-outcome"}


def test_response_that_becomes_late(workspace, build, sample_html):
    # 15 working days after the request, and not extended.
    change_rows(workspace, f"{YEAR}/investigations.csv", "CYP-21-001", responded="2021-06-29")
    change_rows(workspace, f"{YEAR}/complaints.csv", "CYP-21-001", closed="2021-06-29")
    removed, added, redrawn = differences(sample_html, build(workspace))
    earlier = (
        "chart-stage-1-timeliness: Stacked bar chart, a bar for each year. "
        "2017 to 2018: 14 within limit, 13 within extension, 7 late and 1 withdrawn; "
        "2018 to 2019: 13 within limit, 11 within extension, 5 late and 1 withdrawn; "
        "2019 to 2020: 10 within limit, 8 within extension and 4 late; "
        "2020 to 2021: 7 within limit, 5 within extension, 3 late and 1 withdrawn; "
    )
    assert removed == {
        (
            "service-areas: Of the 2 investigations at stage 1, one was answered within 10 "
            "working days, one within an extension of up to 20, and no responses were late. "
            "In time, with or without an extension: 2 of 2. "
            "The median response took 13.5 working days. "
            "The longest took 18 working days."
        ),
        "chart-stage-1-timeliness: Late at stage 1: no responses in 2021 to 2022",
        f"{earlier}2021 to 2022: 1 within limit and 1 within extension.",
        "chart-stage-1-timeliness: Within limit | 14 | 13 | 10 | 7 | 1",
        "chart-stage-1-timeliness: Late | 7 | 5 | 4 | 3 | 0",
    }
    assert added == {
        (
            "service-areas: Of the 2 investigations at stage 1, none were answered within 10 "
            "working days, one within an extension of up to 20, and one response was late. "
            "In time, with or without an extension: 1 of 2. "
            "The median response took 16.5 working days. "
            "The longest took 18 working days. Late responses came up to 5 working days after "
            "the limit."
        ),
        "chart-stage-1-timeliness: Late at stage 1: one response in 2021 to 2022",
        f"{earlier}2021 to 2022: 1 within extension and 1 late.",
        "chart-stage-1-timeliness: Within limit | 14 | 13 | 10 | 7 | 0",
        "chart-stage-1-timeliness: Late | 7 | 5 | 4 | 3 | 1",
    }
    assert redrawn == {"chart-stage-1-timeliness"}


def test_changed_service_area_of_a_complaint(workspace, build, sample_html):
    change_rows(workspace, f"{YEAR}/complaints.csv", "CYP-21-001", service_area="Residential Homes")
    removed, added, redrawn = differences(sample_html, build(workspace))
    chart = "chart-complaints-by-service-area"
    described = f"{chart}: Bar chart of complaints by service area. Looked After Children 2,"
    assert removed == {
        "service-areas: one was about Early Help",
        f"{described} Early Help 1 and Looked After Child and SEND 1.",
        f"{chart}: Early Help | 6 | 5 | 4 | 3 | 1",
        f"{chart}: Residential Homes | 1 | 1 | 1 | 1 | 0",
    }
    assert added == {
        "service-areas: one was about Residential Homes",
        f"{described} Looked After Child and SEND 1 and Residential Homes 1.",
        f"{chart}: Early Help | 6 | 5 | 4 | 3 | 0",
        f"{chart}: Residential Homes | 1 | 1 | 1 | 1 | 1",
    }
    assert redrawn == {chart}


def test_one_compliment_removed(workspace, build, sample_html):
    change_rows(workspace, f"{YEAR}/compliments.csv", "CMP-21-001")
    removed, added, redrawn = differences(sample_html, build(workspace))
    chart = "chart-representations-by-kind"
    small = "glance-compliments-received"
    described = (
        f"{chart}: Line chart, 2017 to 2018 through 2021 to 2022. "
        "Complaints fell from 43 to 4; Ombudsman cases fell from 6 to 3; "
        "Compliments rose from 68 to"
    )

    def texts_with(compliments: int, total: int, about_send: int, from_parents: int) -> set[str]:
        return {
            f"key-points: {compliments} compliments were received, up from 44 in 2020 to 2021.",
            (
                f"overview: {total} representations were received for Children's Social Care "
                "between 1 April 2021 and 31 March 2022:"
            ),
            (
                f"overview: {compliments} compliments: thanks from people who use our services and "
                f"from those who work with us"
            ),
            f"{described} {compliments}.",
            f"{chart}: Compliments | 68 | 61 | 52 | 44 | {compliments}",
            f"{chart}: Total | 117 | 102 | 86 | 70 | {total}",
            (
                f"compliments: {compliments} compliments were received in 2021 to 2022, up from "
                "44 in 2020 to 2021."
            ),
            f"at-a-glance: {compliments} Compliments received 44 in 2020 to 2021",
            f"{small}: Small line. Compliments received rose from 68 to {compliments}.",
            f"compliments: SEND | 3 | {about_send}",
            f"compliments: Parent or carer | 20 | {from_parents}",
            f"compliments: Total | 44 | {compliments}",
        }

    assert removed == texts_with(102, 109, 8, 44)
    assert added == texts_with(101, 108, 7, 43)
    assert redrawn == {chart, small}


def test_changed_decision_of_the_ombudsman(workspace, build, sample_html):
    change_rows(
        workspace, f"{YEAR}/ombudsman.csv", "OMB-21-02", decision="upheld", decided="2022-05-10"
    )
    assert differences(sample_html, build(workspace)) == (
        {
            "service-areas: Time taken to arrange placement | Under investigation | 1",
            "service-areas: Under investigation | 0 | 2",
            "service-areas: Upheld | 1 | 0",
        },
        {
            "service-areas: Time taken to arrange placement | Upheld | 1",
            "service-areas: Under investigation | 0 | 1",
            "service-areas: Upheld | 1 | 1",
        },
        set(),
    )


def test_complainant_changed_to_a_young_person(workspace, build, sample_html):
    change_rows(
        workspace,
        f"{YEAR}/complaints.csv",
        "CYP-21-004",
        complainant_type="child or young person",
        age_band="under 18",
    )
    rest = (
        "received directly from a child or young person or through their advocate in 2021 to "
        "2022, down from 2 in 2020 to 2021."
    )
    assert differences(sample_html, build(workspace)) == (
        {
            f"young-people: No complaints were {rest}",
            "complainants: Birth parent: 1 of 4",
            "complainants: Birth parent | [x] | [x] | [x] | 1 | 1",
            "complainants: Child or young person | 5 | 4 | 3 | 2 | 0",
            "complainants: 25 to 44 | 8 | 3",
            "complainants: Under 18 | 2 | 0",
        },
        {
            f"young-people: One complaint was {rest}",
            "complainants: Child or young person: 1 of 4",
            "complainants: Birth parent | [x] | [x] | [x] | 1 | 0",
            "complainants: Child or young person | 5 | 4 | 3 | 2 | 1",
            "complainants: 25 to 44 | 8 | 2",
            "complainants: Under 18 | 2 | 1",
        },
        set(),
    )


def test_changed_status_of_a_learning_action(workspace, build, sample_html):
    change_rows(
        workspace,
        f"{YEAR}/learning.csv",
        "LRN-21-03",
        status="not implemented",
        reason="The family moved away.",
    )
    action = (
        "Hold a meeting of everybody concerned to find what the service can do better and how "
        "to make contact easier."
    )
    chart = "chart-learning-by-status"
    overdue = (
        "None was overdue on 30 September 2022. One action was carried over from earlier years."
    )
    assert differences(sample_html, build(workspace)) == (
        {
            (
                f"learning: 3 actions came of the complaints: 2 implemented and one in progress. "
                f"{overdue}"
            ),
            "learning: Nothing that was recommended was decided against.",
            f"learning: {action} | In progress",
            f"{chart}: Bar chart of learning actions by status. Implemented 2 and In progress 1.",
            f"{chart}: In progress | 1 | 1",
            f"{chart}: Not implemented | 1 | 0",
        },
        {
            (
                "learning: 3 actions came of the complaints: "
                f"2 implemented and one not implemented. {overdue}"
            ),
            (
                "learning: It was decided not to carry out one action, for the reasons in the last "
                "table of this section."
            ),
            "learning: Actions decided against, and why",
            "learning: Action | Reason",
            f"learning: {action} | The family moved away.",
            f"learning: {action} | Not implemented",
            (
                f"{chart}: Bar chart of learning actions by status. "
                f"Implemented 2 and Not implemented 1."
            ),
            f"{chart}: In progress | 1 | 0",
            f"{chart}: Not implemented | 1 | 1",
        },
        {chart},
    )


def test_changed_name_and_notes_leave_the_page_unchanged(workspace, build, sample_html):
    change_rows(
        workspace,
        f"{YEAR}/complaints.csv",
        "CYP-21-004",
        complainant_name="Quillon Fictionby",
        notes="Rang twice.",
    )
    assert build(workspace) == sample_html


def test_no_chart_is_drawn_if_nothing_ever_happened(workspace, build):
    for path in (workspace / "data" / "raw").rglob("*.csv"):
        if path.name != "activity.csv":  # the number of children
            headings = path.read_text(encoding="utf-8").splitlines()[0]
            path.write_text(headings + "\n", encoding="utf-8")
    drawings = read_blocks(build(workspace)).drawings
    assert drawings
    assert [name for name in drawings if not name.startswith("glance-")] == []


def test_first_report_of_a_council_mentions_no_earlier_year(workspace, build):
    """It says that there is no earlier year, and draws no line through a single point."""
    (workspace / "data" / "raw" / "published.csv").unlink()
    shutil.rmtree(workspace / "data" / "raw" / "2020-21")
    texts, drawings = read_blocks(build(workspace))
    page_text = "\n".join(texts)
    assert "4 complaints were received, with no earlier year to compare." in page_text
    for earlier_year in ("2020 to 2021", "2017", "[x]", "Not available"):
        assert earlier_year not in page_text
    assert [name for name in drawings if name.startswith("glance-") or "by-kind" in name] == []
    assert "Complaints | 4" in page_text, "the table appears without its chart"


def test_date_outside_the_year_stops_the_run_with_its_place(workspace, build):
    change_rows(workspace, f"{YEAR}/complaints.csv", "CYP-21-001", received="2022-06-08")
    with pytest.raises(Problem, match="3 critical findings") as raised:
        build(workspace)
    assert raised.value.kind == Kind.DATA
    for expected in (
        "data/raw/2021-22/complaints.csv, received",
        (
            "row 2: received 2022-06-08 is not inside 2021-22, which runs from 2021-04-01 to "
            "2022-03-31"
        ),
        "row 2: closed 2021-06-21 is before received 2022-06-08",
        (
            "row 2: stage 1 was asked for on 2021-06-08, before complaint CYP-21-001 was received "
            "on 2022-06-08"
        ),
    ):
        assert expected in raised.value.what
