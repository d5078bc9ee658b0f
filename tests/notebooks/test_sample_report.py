"""The sample's report, read as a member would: every figure appears where the source has it."""

from __future__ import annotations

from itertools import pairwise

from page_text import one_line

from pipeline.report import wording

THIS_YEAR = "2021-22"

# The sections in the order of the source report, with our title for each.
SECTIONS = {
    "why": "Why is it coming here?",
    "key-points": "What are the key points?",
    "courses-of-action": "Possible courses of action",
    "contact-officer": "Contact officer",
    "exemption": "Should this report be exempt?",
    "overview": "Overview",
    "service-areas": "Complaints by service area",
    "young-people": "Complaints from children and young people",
    "learning": "Learning from complaints",
    "compliments": "Compliments",
    "training": "Training and development",
    "contact": "Further information",
}
FRONT_SECTIONS = 6  # before the numbered ones


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
    assert "Earlier figures that nobody published are invented" in one_line(first)


def test_sections_are_in_the_order_of_the_source_report(page):
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
    for place, section in enumerate(sections):
        number = place - FRONT_SECTIONS + 1
        expected = [str(number)] if number > 0 else []
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


# The figures, where the source report has them


def test_year_at_a_glance_has_four_numbers_and_charts(blocks, section):
    assert blocks("at-a-glance") == [
        "4 Complaints received 21 in 2020 to 2021",
        "3 Ombudsman cases received 5 in 2020 to 2021",
        "102 Compliments received 44 in 2020 to 2021",
        "3 Learning actions recorded 5 in 2020 to 2021",
    ]
    assert [image.get("alt") for image in section("at-a-glance").iter("img")][:2] == [
        "Small line. Complaints received fell from 43 to 4.",
        "Small line. Ombudsman cases received fell from 6 to 3.",
    ]


def test_front_sections_say_why_what_and_whom_to_ask(blocks):
    assert "Children's Social Care from 1 April 2021 to 31 March 2022" in blocks("why")[0]
    assert blocks("key-points")[1:] == [
        "4 complaints were received in 2021 to 2022, down from 21 in 2020 to 2021.",
        (
            "3 cases were received by the Local Government and Social Care Ombudsman, down from 5 "
            "in 2020 to 2021."
        ),
        "102 compliments were received, up from 44 in 2020 to 2021.",
    ]
    assert blocks("courses-of-action") == [
        "Members are asked to consider and comment on this report."
    ]
    assert blocks("contact-officer") == [
        "Complaints and Compliments Officer, childrens.complaints@example.org"
    ]
    assert blocks("exemption") == ["No."]


def test_overview_has_totals_trend_and_outcomes(blocks):
    texts = blocks("overview")
    assert texts[0] == (
        "109 representations were received for Children's Social Care between 1 April 2021 "
        "and 31 March 2022:"
    )
    assert [entry.split(":")[0] for entry in texts[1:4]] == [
        "4 complaints",
        "3 Ombudsman cases",
        "102 compliments",
    ]
    assert (
        "4 complaints were received, down from 21 in 2020 to 2021. "
        "A change as large as this is unlikely to be chance alone. "
        "The year was the lowest of the 5 years. The highest was 43, in 2017 to 2018." in texts
    )  # not 2016 to 2017, as in the source report: that year is outside its table
    start = texts.index(
        "Of the 4 complaints received, 4 have been concluded. The outcomes were as follows:"
    )
    assert texts[start + 1 : start + 4] == [
        "2 were partially upheld",
        "one was not upheld",
        "one was withdrawn",
    ]
    assert texts[-5:] == [
        (
            "14 informal concerns were raised before the procedure began. "
            "Settled without becoming a complaint: 14 of 14."
        ),
        (
            "Complaints for each thousand children in need: 2.7. "
            "The number of children in need was 1,485."
        ),
        "No complaint was turned away.",
        "One complaint was withdrawn.",
        (
            "No complaints were still open on 31 March 2022. "
            "One complaint was carried over from earlier years."
        ),
    ]


def test_service_areas_have_stages_limits_and_times(blocks):
    texts = blocks("service-areas")
    assert texts[:4] == [
        "Of the 4 complaints received for Children's Social Care:",
        "2 were about Looked After Children",
        "one was about Early Help",
        "one was about Looked After Child and SEND",
    ]
    assert (
        "During the year 2 complaints were investigated at stage 1, one complaint at stage 2 "
        "and no complaints at stage 3. "
        "Of those at stage 2, one was investigated without going through stage 1 first." in texts
    )
    assert (
        "Of the 2 investigations at stage 1, one was answered within 10 working days, one within "
        "an extension of up to 20, and no responses were late. "
        "In time, with or without an extension: 2 of 2. "
        "The median response took 13.5 working days. The longest took 18 working days."
    ) in texts
    assert [text for text in texts if "have gone on to stage 2" in text] == [
        "Of the 4 complaints received in 2021 to 2022, none have gone on to stage 2 and none to "
        "stage 3, by 30 September 2022. A complaint that began at stage 2 has not gone on to it. "
        "This follows the complaints received in 2021 to 2022. The part above counts the "
        "investigations asked for in the year, whenever the complaint was received: one at stage 2 "
        "and 2 at stage 1."
    ]
    assert [text for text in texts if "Upheld in whole or in part: 2 of 3." in text]
    procedure = " ".join(texts)
    for limit in (
        "within 10 working days",
        "up to 20 in all",
        "within 25 working days",
        "up to 65 where",
        "within 30 working days",
    ):
        assert limit in procedure


def test_ombudsman_cases_have_subject_and_decision(blocks, table_rows):
    (sentence,) = [
        block for block in blocks("service-areas") if "Ombudsman in 2021 to 2022" in block
    ]
    assert sentence == (
        "3 cases were received by the Local Government and Social Care Ombudsman in 2021 to "
        "2022: 3 about SEND. "
        "The decisions are as they stood on 30 September 2022."
    )
    assert table_rows("service-areas", "Ombudsman cases, by subject and decision") == {
        "headings": ["Subject", "Decision", "Cases"],
        "Education, health and care plan decision": ["Premature", "1"],
        "Funding levels for placement": ["Under investigation", "1"],
        "Time taken to arrange placement": ["Under investigation", "1"],
    }


def test_no_complaint_came_from_a_young_person(blocks):
    assert blocks("young-people")[0] == (
        "No complaints were received directly from a child or young person or through their "
        "advocate in 2021 to 2022, down from 2 in 2020 to 2021."
    )


def test_complainants_are_counted_with_what_is_unrecorded(blocks, table_rows):
    texts = blocks("complainants")
    assert texts[1:4] == ["Parent: 2 of 4", "Foster carer: 1 of 4", "Birth parent: 1 of 4"]
    assert "Ethnicity was recorded for 1 of 4." in texts
    assert "Sexual orientation was recorded for 0 of 4." in texts
    table = table_rows(
        "complainants", "Complaints received, by the complainant's ethnicity and year"
    )
    assert table["headings"] == ["Ethnicity", "2020 to 2021", "2021 to 2022"], (
        "years without data have no column"
    )
    assert table["Not recorded"] == ["10", "3"]
    assert table["Total"] == ["21", "4"]


def test_learning_actions_are_listed_with_their_status(blocks, table_rows, plan):
    texts = blocks("learning")
    chart = texts.index("Most often: implemented, 2 of 3")
    assert texts[chart - 2 : chart] == [
        "3 actions came of the complaints: 2 implemented and one in progress. "
        "None was overdue on 30 September 2022. "
        "One action was carried over from earlier years.",
        "Nothing that was recommended was decided against.",
    ]
    table = table_rows("learning", "Actions from complaints, and how far they have come")
    assert table.pop("headings") == ["Action", "Status"]
    assert table == {
        action: [wording.listing([status.capitalize()])]
        for _, _, action, _, _, status, *_ in plan.LEARNING[THIS_YEAR]
    }


def test_compliments_are_counted_and_quoted(blocks, section, plan):
    assert (
        blocks("compliments")[0]
        == "102 compliments were received in 2021 to 2022, up from 44 in 2020 to 2021."
    )
    quotations = section("compliments").xpath(".//figure[@class='quotation']")
    quoted = {
        (one_line(quote.find("figcaption")), one_line(quote.find("blockquote")))
        for quote in quotations
    }
    planned = {(source.capitalize(), text) for _, source, text in plan.QUOTATIONS[THIS_YEAR]}
    assert quoted == planned


def test_training_counts_sessions_and_attendances(blocks, plan):
    sessions = plan.TRAINING[THIS_YEAR]
    count = len(sessions)
    attendances = sum(session[-1] for session in sessions)
    assert (
        f"{count} sessions were held in 2021 to 2022, with {attendances} attendances, "
        f"as recorded for {count} of {count}."
    ) in blocks("training")


def test_contact_is_a_role_with_an_address(blocks):
    assert blocks("contact") == [
        "For further information on this report contact the Complaints and Compliments Officer at "
        "childrens.complaints@example.org."
    ]
