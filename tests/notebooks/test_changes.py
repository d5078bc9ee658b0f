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


@pytest.fixture(scope="module")
def sample_html(sample_report) -> str:
    return sample_report.html.read_text(encoding="utf-8")


@pytest.mark.slow
def test_changed_outcome_of_a_complaint(workspace, build, sample_html):
    for extract in ("complaints", "investigations"):
        change_rows(workspace, f"{YEAR}/{extract}.csv", "CYP-21-001", outcome="upheld")
    removed, added, redrawn = differences(sample_html, build(workspace))
    assert removed == {
        "full-tables: Not upheld | 5 | 1",
        "full-tables: Upheld | 3 | 0",
        (
            "key-points: Of the 3 complaints that we decided, 2 were upheld in whole or in "
            "part. Both were about education; 1 was also about communication and 1 about "
            "delay."
        ),
        (
            "key-points: We received 4 complaints, down from 21 the year before and the lowest "
            "in the 5 years shown. All 4 have been closed. Of the 4, 2 were partially "
            "upheld, 1 not upheld and 1 withdrawn."
        ),
        (
            "outcomes: Of the 3 complaints that we decided, 2 were upheld in whole or in part. "
            "Of the 4 complaints received, 1 was withdrawn. During the year 2 complaints were "
            "investigated at stage 1, 1 at stage 2 and none at stage 3. The stage 2 complaint "
            "went straight there. No complaint was taken to a later stage."
        ),
        "overview: Complaints upheld in whole or in part | 22 | 19 | 14 | 10 | 2",
        "overview: Not upheld | 12 | 10 | 8 | 5 | 1",
        "overview: Upheld | 7 | 6 | 4 | 3 | 0",
        (
            "service-areas: Of the 4 complaints, 2 were about communication, 2 about "
            "education, 1 about delay and 1 about contact with family. A complaint can have "
            "several themes: there were 6 issues in all. Both complaints upheld in whole or in "
            "part were about education; 1 was also about communication and 1 about delay."
        ),
    }
    assert added == {
        "full-tables: Not upheld | 5 | 0",
        "full-tables: Upheld | 3 | 1",
        (
            "key-points: All 3 complaints that we decided were upheld in whole or in part. Of "
            "the 3, 2 were about communication, 2 about education and 1 about delay."
        ),
        (
            "key-points: We received 4 complaints, down from 21 the year before and the lowest "
            "in the 5 years shown. All 4 have been closed. Of the 4, 2 were partially "
            "upheld, 1 upheld and 1 withdrawn."
        ),
        (
            "outcomes: All 3 complaints that we decided were upheld in whole or in part. Of "
            "the 4 complaints received, 1 was withdrawn. During the year 2 complaints were "
            "investigated at stage 1, 1 at stage 2 and none at stage 3. The stage 2 complaint "
            "went straight there. No complaint was taken to a later stage."
        ),
        "overview: Complaints upheld in whole or in part | 22 | 19 | 14 | 10 | 3",
        "overview: Not upheld | 12 | 10 | 8 | 5 | 0",
        "overview: Upheld | 7 | 6 | 4 | 3 | 1",
        (
            "service-areas: Of the 4 complaints, 2 were about communication, 2 about "
            "education, 1 about delay and 1 about contact with family. A complaint can have "
            "several themes: there were 6 issues in all. Of the 3 complaints upheld in whole "
            "or in part, 2 were about communication, 2 about education and 1 about delay."
        ),
    }
    assert redrawn == set()


@pytest.mark.slow
def test_response_that_becomes_late(workspace, build, sample_html):
    # 15 working days after the request, and not extended.
    change_rows(workspace, f"{YEAR}/investigations.csv", "CYP-21-001", responded="2021-06-29")
    change_rows(workspace, f"{YEAR}/complaints.csv", "CYP-21-001", closed="2021-06-29")
    removed, added, redrawn = differences(sample_html, build(workspace))
    assert removed == {
        (
            "chart-stage-1-timeliness: Stacked bar chart, 2017-18 to 2021-22. In 2021-22: 1 "
            "within limit and 1 within extension. In 2020-21: 7 within limit, 5 within "
            "extension, 3 late and 1 withdrawn. In 2019-20: 10 within limit, 8 within "
            "extension and 4 late. In 2018-19: 13 within limit, 11 within extension, 5 late "
            "and 1 withdrawn. In 2017-18: 14 within limit, 13 within extension, 7 late and 1 "
            "withdrawn."
        ),
        "chart-stage-1-timeliness: Stage 1 had no late responses in 2021 to 2022",
        (
            "key-points: All responses were in time: 2 at stage 1 and 1 at stage 2. Stage 2 "
            "cost £2,850. No complaint went to stage 3."
        ),
        "overview: Late | 7 | 5 | 4 | 3 | 0",
        "overview: Stage 1 responses in time | 27 | 24 | 18 | 12 | 2",
        "overview: Within limit | 14 | 13 | 10 | 7 | 1",
        (
            "response-times: The 2 stage 1 responses took 9 and 18 working days. Both were "
            "in time, 1 of them after an extension."
        ),
    }
    assert added == {
        (
            "chart-stage-1-timeliness: Stacked bar chart, 2017-18 to 2021-22. In 2021-22: 1 "
            "within extension and 1 late. In 2020-21: 7 within limit, 5 within extension, 3 "
            "late and 1 withdrawn. In 2019-20: 10 within limit, 8 within extension and 4 "
            "late. In 2018-19: 13 within limit, 11 within extension, 5 late and 1 withdrawn. "
            "In 2017-18: 14 within limit, 13 within extension, 7 late and 1 withdrawn."
        ),
        "chart-stage-1-timeliness: Stage 1 had 1 late response in 2021 to 2022",
        (
            "key-points: Of the 2 stage 1 responses, 1 was in time. The only stage 2 "
            "response was in time. Stage 2 cost £2,850. No complaint went to "
            "stage 3."
        ),
        "overview: Late | 7 | 5 | 4 | 3 | 1",
        "overview: Stage 1 responses in time | 27 | 24 | 18 | 12 | 1",
        "overview: Within limit | 14 | 13 | 10 | 7 | 0",
        (
            "response-times: The 2 stage 1 responses took 15 and 18 working days. Of these, "
            "1 was in time, after an extension, and 1 was late, by 5 working days."
        ),
    }
    assert redrawn == {
        "chart-stage-1-timeliness",
    }


@pytest.mark.slow
def test_changed_service_area_of_a_complaint(workspace, build, sample_html):
    change_rows(workspace, f"{YEAR}/complaints.csv", "CYP-21-001", service_area="Residential Homes")
    removed, added, redrawn = differences(sample_html, build(workspace))
    assert removed == {
        "full-tables: Early Help | 3 | 1",
        "full-tables: Residential Homes | 1 | 0",
        (
            "service-areas: Of the 4 complaints, 2 related to services for looked after "
            "children, 1 to early help and 1 to services for a looked after child with special "
            "educational needs."
        ),
    }
    assert added == {
        "full-tables: Early Help | 3 | 0",
        "full-tables: Residential Homes | 1 | 1",
        (
            "service-areas: Of the 4 complaints, 2 related to services for looked after "
            "children, 1 to services for a looked after child with special educational needs "
            "and 1 to residential homes."
        ),
    }
    assert redrawn == set()


@pytest.mark.slow
def test_one_compliment_removed(workspace, build, sample_html):
    change_rows(workspace, f"{YEAR}/compliments.csv", "CMP-21-001")
    removed, added, redrawn = differences(sample_html, build(workspace))
    assert removed == {
        (
            "chart-representations-by-kind: Line chart, 2017-18 to 2021-22. Complaints fell "
            "from 43 to 4; Ombudsman cases fell from 6 to 3; compliments rose from 68 to "
            "102."
        ),
        (
            "chart-representations-by-kind: We received 4 complaints in 2021 to 2022, and "
            "102 compliments"
        ),
        "compliments: SEND | 3 | 8",
        (
            "compliments: The 102 compliments came most often from parents or carers (44), "
            "professionals (25) and children or young people (13)."
        ),
        (
            "key-points: We received 102 compliments, up from 44 the year before and the "
            "highest in the 5 years shown."
        ),
        "overview: Compliments received | 68 | 61 | 52 | 44 | 102",
        (
            "overview: The law requires us to publish this report every year (Children Act "
            "1989 and its complaints regulations). Between 1 April 2021 and 31 March 2022 we "
            "received 109 representations: 4 complaints (feedback that we must investigate "
            "and answer), 3 Ombudsman complaints and 102 compliments (thanks from families "
            "and colleagues)."
        ),
    }
    assert added == {
        (
            "chart-representations-by-kind: Line chart, 2017-18 to 2021-22. Complaints fell "
            "from 43 to 4; Ombudsman cases fell from 6 to 3; compliments rose from 68 to "
            "101."
        ),
        (
            "chart-representations-by-kind: We received 4 complaints in 2021 to 2022, and "
            "101 compliments"
        ),
        "compliments: SEND | 3 | 7",
        (
            "compliments: The 101 compliments came most often from parents or carers (43), "
            "professionals (25) and children or young people (13)."
        ),
        (
            "key-points: We received 101 compliments, up from 44 the year before and the "
            "highest in the 5 years shown."
        ),
        "overview: Compliments received | 68 | 61 | 52 | 44 | 101",
        (
            "overview: The law requires us to publish this report every year (Children Act "
            "1989 and its complaints regulations). Between 1 April 2021 and 31 March 2022 we "
            "received 108 representations: 4 complaints (feedback that we must investigate "
            "and answer), 3 Ombudsman complaints and 101 compliments (thanks from families "
            "and colleagues)."
        ),
    }
    assert redrawn == {
        "chart-representations-by-kind",
    }


@pytest.mark.slow
def test_changed_decision_of_the_ombudsman(workspace, build, sample_html):
    change_rows(
        workspace, f"{YEAR}/ombudsman.csv", "OMB-21-02", decision="upheld", decided="2022-05-10"
    )
    removed, added, redrawn = differences(sample_html, build(workspace))
    assert removed == {
        "ombudsman: Time taken to arrange placement | Under investigation",
    }
    assert added == {
        "ombudsman: Time taken to arrange placement | Upheld",
    }
    assert redrawn == set()


@pytest.mark.slow
def test_complainant_changed_to_a_young_person(workspace, build, sample_html):
    change_rows(
        workspace,
        f"{YEAR}/complaints.csv",
        "CYP-21-004",
        complainant_type="child or young person",
        age_band="under 18",
    )
    removed, added, redrawn = differences(sample_html, build(workspace))
    assert removed == {
        (
            "complainants: Of the 4 complaints, 2 came from parents, 1 from a foster carer and "
            "1 from a birth parent. Of the 4, 2 were made by email, 1 by letter and 1 by "
            "telephone."
        ),
        "equality: 25 to 44 | 8 | 3",
        "equality: Under 18 | 2 | 0",
        "full-tables: Birth parent | 1 | 1",
        "full-tables: Child or young person | 2 | 0",
        (
            "key-points: All 14 informal concerns were settled without a formal complaint. "
            "Children and young people, or advocates for them, made no complaints, down from 2 "
            "the year before."
        ),
        "overview: Complaints from children and young people | 5 | 4 | 3 | 2 | 0",
        (
            "young-people: Children and young people, or advocates for them, made no "
            "complaints, down from 2 the year before. None of the 4 complaints was made with "
            "an advocate."
        ),
    }
    assert added == {
        (
            "complainants: Of the 4 complaints, 2 came from parents, 1 from a child or young "
            "person and 1 from a foster carer. Of the 4, 2 were made by email, 1 by letter and "
            "1 by telephone."
        ),
        "equality: 25 to 44 | 8 | 2",
        "equality: Under 18 | 2 | 1",
        "full-tables: Birth parent | 1 | 0",
        "full-tables: Child or young person | 2 | 1",
        (
            "key-points: All 14 informal concerns were settled without a formal complaint. "
            "Children and young people, or advocates for them, made 1 complaint, down from 2 "
            "the year before."
        ),
        "overview: Complaints from children and young people | 5 | 4 | 3 | 2 | 1",
        (
            "young-people: Children and young people, or advocates for them, made 1 "
            "complaint, down from 2 the year before. None of the 4 complaints was made with "
            "an advocate."
        ),
    }
    assert redrawn == set()


@pytest.mark.slow
def test_changed_status_of_a_learning_action(workspace, build, sample_html):
    change_rows(
        workspace,
        f"{YEAR}/learning.csv",
        "LRN-21-03",
        status="not implemented",
        reason="The family moved away.",
    )
    removed, added, redrawn = differences(sample_html, build(workspace))
    assert removed == {
        (
            "key-points: The complaints led to 3 actions, down from 5 the year before. Of "
            "the 3, 2 are complete and 1 in progress. None is overdue. The next is due on 16 "
            "December 2022."
        ),
        (
            "learning: Meet everyone involved to agree what the service can do better. | "
            "Service Manager, Early Help | 16 December 2022 | In progress"
        ),
        (
            "learning: Of the 3 actions, 2 are complete and 1 in progress. We accepted every "
            "recommendation. We carried over 1 action from earlier years. It is in progress."
        ),
    }
    assert added == {
        (
            "key-points: The complaints led to 3 actions, down from 5 the year before. Of "
            "the 3, 2 are complete and 1 not going ahead. None is overdue."
        ),
        "learning: Action | Reason",
        (
            "learning: Meet everyone involved to agree what the service can do better. | "
            "Service Manager, Early Help | 16 December 2022 | Not going ahead"
        ),
        (
            "learning: Meet everyone involved to agree what the service can do better. | The "
            "family moved away."
        ),
        "learning: Recommendations that we did not accept, and why",
        (
            "learning: Of the 3 actions, 2 are complete and 1 not going ahead. We carried over 1 "
            "action from earlier years. It is in progress."
        ),
    }
    assert redrawn == set()


@pytest.mark.slow
def test_changed_name_and_notes_leave_the_page_unchanged(workspace, build, sample_html):
    change_rows(
        workspace,
        f"{YEAR}/complaints.csv",
        "CYP-21-004",
        complainant_name="Quillon Fictionby",
        notes="Rang twice.",
    )
    assert build(workspace) == sample_html


@pytest.mark.slow
def test_no_chart_is_drawn_if_nothing_ever_happened(workspace, build):
    for path in (workspace / "data" / "raw").rglob("*.csv"):
        if path.name != "activity.csv":  # the number of children
            headings = path.read_text(encoding="utf-8").splitlines()[0]
            path.write_text(headings + "\n", encoding="utf-8")
    drawings = read_blocks(build(workspace)).drawings
    assert drawings == {}


@pytest.mark.slow
def test_first_report_of_a_council_mentions_no_earlier_year(workspace, build):
    """It says that there is no earlier year, and draws no line through a single point."""
    (workspace / "data" / "raw" / "published.csv").unlink()
    shutil.rmtree(workspace / "data" / "raw" / "2020-21")
    texts, drawings = read_blocks(build(workspace))
    page_text = "\n".join(texts)
    assert "key-points: We received 4 complaints. All 4 have been closed." in page_text
    for earlier_year in ("2020 to 2021", "2020-21", "2017", "[x]", "down from"):
        assert earlier_year not in page_text
    assert [name for name in drawings if "by-kind" in name] == []
    assert "overview: Complaints received | 4" in page_text, "the table appears without its chart"


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
