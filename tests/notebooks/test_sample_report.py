"""The sample's report, read as a member would: every figure appears where the source has it."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date
from itertools import pairwise

from page_text import one_line

from pipeline.report import wording

THIS_YEAR = "2021-22"
MOST_WORDS = 2_200  # with a letter, in the whole PDF: every page's head and foot, contents, annex
MOST_PAGES = 8

# The sections in the order of the report, with the title of each.
SECTIONS = {
    "key-points": "What members need to know",
    "courses-of-action": "What members are asked to do",
    "overview": "The year in numbers",
    "service-areas": "Services and themes",
    "outcomes": "What we decided",
    "response-times": "How long it took",
    "ombudsman": "The Ombudsman",
    "young-people": "Children and young people, and advocacy",
    "complainants": "Who complained",
    "learning": "What we learnt",
    "compliments": "Compliments",
    "training": "Training",
    "about-the-data": "About the data",
    "full-tables": "Tables in full",
    "equality": "Equality",
}
STATUSES = {"implemented": "Complete", "in progress": "In progress"}
NUMBERS = ["", "", *map(str, range(1, 12)), "A", "B"]


# The page


def test_page_gives_its_title_language_and_period(page):
    assert page.get("lang") == "en-GB"
    assert (
        page.findtext("head/title")
        == "Complaints and representations: annual report, 2021 to 2022: Calderbrook Council"
    )
    (title,) = page.iter("h1")
    assert one_line(title) == "Complaints and representations: annual report, 2021 to 2022"
    assert "1 April 2021 to 31 March 2022" in one_line(page.find("body/header"))


def test_page_says_at_the_top_that_it_is_a_sample(page):
    first = page.find("body//main/section").find("p")
    assert first.get("class") == "notice"
    assert "This is a sample" in one_line(first)
    assert "Everything else, rows included, is invented" in one_line(first)


def test_sections_lead_with_findings_and_end_with_the_annex(page):
    titles = []
    for section in page.xpath("//main/section"):
        anchor = section.get("aria-labelledby")
        if anchor in SECTIONS:
            titles.append((anchor, "".join(section.find("h2").xpath("text()")).strip()))
    assert titles == list(SECTIONS.items())


def test_main_sections_and_their_parts_are_numbered(page):
    sections = page.xpath(
        "//main/section[not(contains(@class, 'notice') or contains(@class, 'cover'))]"
    )
    assert len(sections) == len(SECTIONS)
    for number, section in zip(NUMBERS, sections, strict=True):
        expected = [number] if number else []
        assert [one_line(span) for span in section.xpath("h2/span[@class='number']")] == expected
        for part, heading in enumerate(section.findall("h3"), 1):
            assert one_line(heading.find("span[@class='number']")) == f"{number}.{part}"


def test_headings_nest_without_gaps_and_anchors_are_unique(page):
    levels = [
        int(heading.tag[1]) for heading in page.xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6")
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(level <= previous + 1 for previous, level in pairwise(levels))
    anchors = page.xpath("//@id")
    assert len(anchors) == len(set(anchors))


def test_contents_link_to_every_section(page):
    links = {link.get("href"): one_line(link) for link in page.xpath("//nav//a")}
    headings = page.xpath("//main/section/*[self::h2 or self::h3]")
    assert list(links) == [f"#{heading.get('id')}" for heading in headings]
    assert list(links.values()) == [one_line(heading) for heading in headings]


def test_every_link_and_label_has_its_target_in_the_page(page):
    anchors = set(page.xpath("//@id"))
    assert {href[1:] for href in page.xpath("//@href") if href.startswith("#")} <= anchors
    assert set(page.xpath("//@aria-labelledby")) <= anchors


# The cover


def test_cover_names_the_panel_and_the_meeting(section):
    cover = section("cover")
    table = cover.find("table")
    assert one_line(table.find("caption")) == "Report to Children and Young People's Scrutiny Board"
    rows = {one_line(row.find("th")): one_line(row.find("td")) for row in table.iter("tr")}
    del rows["Type of item"]
    assert rows == {
        "Meeting date": "9 November 2022",
        "Subject": "Complaints and representations: annual report",
        "Wards affected": "All Wards",
        "Report of": "Director, Children and Young People's Services",
        "Directorate": "Children and Young People's Services",
        "Author": "Complaints and Compliments Officer",
        "Contact": "Complaints and Compliments Officer, childrens.complaints@example.org",
        "Exempt": "No",
    }


def test_cover_marks_one_type_of_item(section):
    assert [one_line(item) for item in section("cover").iter("li")] == [
        "Review existing policy",
        "Development of new policy",
        "✓ Performance management (including financial)",
        "Briefing (including potential areas for scrutiny)",
        "Statutory consultation",
        "Council request",
        "Cabinet request",
        "Member request for scrutiny (Councillor Call for Action)",
    ]


# The figures, where a member looks for them


def test_key_points_answer_the_questions_of_five_minutes(blocks):
    assert blocks("key-points") == [
        "We received 4 complaints, down from 21 the year before and the lowest in the 5 years "
        "shown. All 4 have been closed. Of the 4, 2 were partially upheld, 1 not upheld and "
        "1 withdrawn.",
        "All responses were in time: 2 at stage 1 and 1 at stage 2. Stage 2 cost £2,850. No "
        "complaint went to stage 3.",
        "Of the 3 complaints that we decided, 2 were upheld in whole or in part. Both were about "
        "education; 1 was also about communication and 1 about delay.",
        "The Local Government and Social Care Ombudsman received 3 complaints about us, down "
        "from 5 the year before. All 3 were about special educational needs and disabilities "
        "(SEND).",
        "All 14 informal concerns were settled without a formal complaint. Children and young "
        "people, or advocates for them, made no complaints, down from 2 the year before.",
        "The complaints led to 3 actions, down from 5 the year before. Of the 3, 2 are "
        "complete and 1 in progress. None is overdue. The next is due on 16 December 2022.",
        "We received 102 compliments, up from 44 the year before and the highest in the 5 years "
        "shown.",
    ]
    assert blocks("courses-of-action")[0] == (
        "Members are asked to consider and comment on this report."
    )


def test_overview_has_the_law_the_totals_and_variation(blocks):
    texts = blocks("overview")
    assert texts[0] == (
        "The law requires us to publish this report every year (Children Act 1989 and its "
        "complaints regulations). Between 1 April 2021 and 31 March 2022 we received 109 "
        "representations: 4 complaints (feedback that we must investigate and answer), "
        "3 Ombudsman complaints and 102 compliments (thanks from families and colleagues)."
    )
    assert texts[1].startswith(
        "The number of complaints is lower than year-to-year variation would explain."
    )
    assert texts[-3:] == [
        "Families raised 14 informal concerns. All 14 were settled without a formal complaint.",
        "We were working with 1,485 children in need at the last count of the year.",
        "All 4 complaints were accepted under the statutory procedure. None of the 4 complaints "
        "was still open at the end of the year. We carried over 1 complaint from "
        "earlier years. It was not upheld. In all we closed 5 complaints during the year.",
    ]


def test_services_and_themes_are_named_in_sentences(blocks):
    assert blocks("service-areas") == [
        "Of the 4 complaints, 2 related to services for looked after children, 1 to early help "
        "and 1 to services for a looked after child with special educational needs.",
        "Of the 4 complaints, 2 were about communication, 2 about education, 1 about delay and "
        "1 about contact with family. A complaint can have several themes: there were 6 issues in "
        "all. Both complaints upheld in whole or in part were about education; 1 was also about "
        "communication and 1 about delay.",
    ]


def test_outcomes_say_what_was_upheld_and_what_went_on(blocks):
    assert blocks("outcomes") == [
        "Of the 3 complaints that we decided, 2 were upheld in whole or in part. Of the "
        "4 complaints received, 1 was withdrawn. During the year 2 complaints were investigated at "
        "stage 1, 1 at stage 2 and none at stage 3. The stage 2 complaint went straight there. No "
        "complaint was taken to a later stage.",
    ]


def test_response_times_give_limits_days_and_cost(blocks):
    texts = blocks("response-times")
    procedure = " ".join(texts[:4])
    for limit in (
        "responds within 10 working days, or 20 with an extension",
        "respond within 25 working days, or 65 with an extension",
        "within 30 working days and reports within 5. We respond within 15",
        "ask for the next stage within 20 working days",
    ):
        assert limit in procedure
    assert texts[4:7] == [
        "The 2 stage 1 responses took 9 and 18 working days. Both were in time, 1 of them after an "
        "extension.",
        "The only stage 2 response took 58 working days, within the extended limit of 65.",
        "No complaint was reviewed at stage 3.",
    ]
    assert texts[7] == "Stage 2 cost £2,850."
    assert texts[8].startswith("We encourage managers")


def test_ombudsman_cases_and_decisions_are_listed(blocks, table_rows):
    assert blocks("ombudsman")[0].startswith(
        "All 3 complaints that the Ombudsman received were about special educational needs and "
        "disabilities (SEND). None is under this procedure."
    )
    assert blocks("ombudsman")[-1] == ("The Ombudsman made 3 decisions about us during the year.")
    received = "Complaints that the Ombudsman received, with its decision by 30 September 2022"
    assert table_rows("ombudsman", received) == {
        "headings": ["Subject", "Decision"],
        "Education, health and care plan decision": ["Closed as premature"],
        "Funding levels for placement": ["Under investigation"],
        "Time taken to arrange placement": ["Under investigation"],
    }
    assert table_rows("ombudsman", "Decisions that the Ombudsman made in 2021 to 2022") == {
        "headings": ["Subject", "Decision"],
        "Content of an assessment, after a review panel": ["Not upheld"],
        "Education, health and care plan decision": ["Closed as premature"],
        "School transport": ["Not upheld"],
    }


def test_no_complaint_came_from_a_young_person(blocks):
    assert blocks("young-people")[0] == (
        "Children and young people, or advocates for them, made no complaints, down from 2 the "
        "year before. None of the 4 complaints was made with an advocate."
    )


def test_complainants_are_named_with_what_is_unrecorded(blocks, table_rows):
    assert blocks("complainants") == [
        "Of the 4 complaints, 2 came from parents, 1 from a foster carer and 1 from a birth "
        "parent. Of the 4, 2 were made by email, 1 by letter and 1 by telephone."
    ]
    assert blocks("equality")[0].startswith(
        "We can report only what people told us. We do not collect sexual orientation."
    )
    table = table_rows("equality", "Complaints by characteristics of the complainant")
    assert table["headings"] == ["Category", "2020-21", "2021-22"]
    assert table["Ethnicity: Asian or Asian British"] == ["2", "0"]
    assert table["Ethnicity: Not recorded"] == ["10", "3"]


def test_actions_have_an_owner_a_due_date_and_a_status(blocks, table_rows, plan):
    assert blocks("learning")[-1] == (
        "Of the 3 actions, 2 are complete and 1 in progress. We accepted every recommendation. We "
        "carried over 1 action from earlier years. It is in progress."
    )
    table = table_rows("learning", "Actions from the year's complaints")
    assert table.pop("headings") == ["Action", "Owner", "Due", "Status"]
    assert table == {
        action: [owner, wording.date_text(date.fromisoformat(due)), STATUSES.get(status, status)]
        for _, _, action, owner, due, status, *_ in plan.LEARNING[THIS_YEAR]
    }
    carried_over = table_rows("learning", "Actions carried over from earlier years")
    assert carried_over["Offer an online course on complaints to every member of staff."] == [
        "Complaints and Compliments Officer",
        "16 December 2022",
        "In progress",
    ]


def test_compliments_are_counted_and_quoted(blocks, section, plan):
    assert blocks("compliments")[0].startswith(
        "The 102 compliments came most often from parents or carers (44), professionals (25) and "
        "children or young people (13)."
    )
    quotations = section("compliments").xpath(".//figure[@class='quotation']")
    quoted = {
        (one_line(quote.find("figcaption")), one_line(quote.find("blockquote")).strip("“”"))
        for quote in quotations
    }
    planned = {(source.capitalize(), text) for _, source, text in plan.QUOTATIONS[THIS_YEAR]}
    assert quoted == planned


def test_training_counts_sessions_and_attendances(blocks, plan):
    sessions = plan.TRAINING[THIS_YEAR]
    attendances = sum(session[-1] for session in sessions)
    assert blocks("training")[0] == (
        f"We ran {len(sessions)} sessions, with {attendances} attendances."
    )


def test_contact_is_a_role_with_an_address(blocks):
    assert (
        "For further information, contact the Complaints and Compliments Officer at "
        "childrens.complaints@example.org."
    ) in blocks("about-the-data")


def test_report_of_a_small_year_is_short(sample_report, skip_or_fail):
    if not shutil.which("pdftotext"):
        skip_or_fail("counting the words of the PDF needs pdftotext: apt-get install poppler-utils")
    pdf = sample_report.html.with_suffix(".pdf")
    text = subprocess.run(
        ["pdftotext", pdf, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert text.count("\f") <= MOST_PAGES
    assert len([word for word in text.split() if re.search("[A-Za-z]", word)]) <= MOST_WORDS
