"""The sample says every fact of the report that it reproduces, and all ten statutory contents.

The source is a council's annual report to its scrutiny board of 9 November 2022. The sample names
a role where it names a person, and a council that does not exist.
"""

from __future__ import annotations

import copy
import re

import pytest
from page_text import one_line

# Section → fact of the source report → where our report says it: a pattern in the section's text.
# fmt: off
FACTS = {
    "cover": {
        "scrutiny panel": r"Report to Children and Young People's Scrutiny Board",
        "meeting on 9 November 2022": r"Meeting date 9 November 2022",
        "subject": r"Subject Complaints and representations: annual report",
        "all wards": r"Wards affected All Wards",
        "report of the director": r"Report of Director, Children and Young People's Services",
        "contact officer": r"Contact Complaints and Compliments Officer",
        "not exempt": r"Exempt No",
        "type of item ticked": r"✓ Performance management \(including financial\)",
        "seven types not ticked": (
            r"Review existing policy Development of new policy .* Briefing \(including potential "
            r"areas for scrutiny\) Statutory consultation Council request Cabinet request Member "
            r"request for scrutiny"
        ),
    },
    "key-points": {
        "number, type and outcome at the start": r"We received 4 complaints.*102 compliments",
        "all complaints resolved": r"All 4 have been closed",
        "2 partially upheld, 1 not upheld, 1 withdrawn": (
            r"2 were partially upheld, 1 not upheld and 1 withdrawn"
        ),
        "102 compliments, up from 44": r"We received 102 compliments, up from 44 the year before",
        "down from the year before, the lowest of five": r"down from 21 .* lowest in the 5 years",
    },
    "courses-of-action": {
        "members consider and comment": r"asked to consider and comment on this report",
        "what may need more in-depth scrutiny": r"Members may want to ask",
    },
    "overview": {
        "children's social care, 1 April 2021 to 31 March 2022": (
            r"Between 1 April 2021 and 31 March 2022"
        ),
        "109 representations": r"we received 109 representations",
        "4 complaints: feedback to investigate and answer": (
            r"4 complaints \(feedback that we must investigate and answer\)"
        ),
        "3 complaints to the Ombudsman": r"3 Ombudsman complaints",
        "102 compliments: positive feedback": r"102 compliments \(thanks",
        "five years compared": r"2017-18 2018-19 2019-20 2020-21 2021-22",
        "the fall is significant": r"lower than year-to-year variation would explain",
        "each stage in five years": r"Investigations Stage 1 35 30 22 16 2 Stage 2 .* Stage 3",
        "outcomes in five years": r"How complaints ended Upheld 7 6 4 3 0 Partially upheld",
        "response times in five years": r"Within limit 14 13 10 7 1 Within extension",
        "work with the then and the present Assistant Director": (
            r"with the then Assistant Director, and now works with the current one"
        ),
        "understood at the first point of concern": r"as soon as someone raises it",
        "settled before an investigation": r"agree a good outcome .* instead of investigating",
        "why the number is low": r"we now settle concerns earlier",
    },
    "service-areas": {
        "2 about looked after children": r"2 related to services for looked after children",
        "1 about early help": r"1 to early help",
        "1 about a looked after child and SEND": (
            r"1 to services for a looked after child with special educational needs"
        ),
    },
    "outcomes": {
        "2 at stage 1, 1 at stage 2, none at stage 3": (
            r"2 complaints were investigated at stage 1, 1 at stage 2 and none at stage 3"
        ),
        "stage 2 bypassed stage 1": r"The stage 2 complaint went straight there",
        "concluded at the end of each investigation": (
            r"No complaint was taken to a later stage"
        ),
    },
    "response-times": {
        "three stages": r"Stage 1: .* Stage 2: .* Stage 3:",
        "stage 1 by the service": r"Stage 1: the service responds",
        "stage 2 by an investigator and an independent person": (
            r"an investigating officer and an independent person investigate"
        ),
        "stage 3 by an independent panel": r"a panel of 3 independent people reviews",
        "who is not satisfied asks for the next stage": (
            r"Anyone unhappy with a response can ask for the next stage"
        ),
        "10 working days, or 20": r"within 10 working days, or 20 with an extension",
        "extension encouraged for a thorough investigation": (
            r"We encourage managers who need longer for a thorough investigation to ask for it"
        ),
        "time of the 2 responses at stage 1": r"2 stage 1 responses took 9 and 18 working days",
    },
    "ombudsman": {
        "3 received, all SEND": r"All 3 complaints .* received were about special educational",
        "funding, under investigation": r"Funding levels for placement Under investigation",
        "time to arrange placement, under investigation": (
            r"Time taken to arrange placement Under investigation"
        ),
        "plan decision, closed as premature": (
            r"Education, health and care plan decision Closed as premature"
        ),
    },
    "young-people": {
        "none from a young person or an advocate": (
            r"Children and young people, or advocates for them, made no complaints"
        ),
        "meetings with advocacy and the Assistant Director": (
            r"During the pandemic the complaints officer, the advocacy team and the Assistant "
            r"Director met"
        ),
        "past complaints reviewed": r"to review past complaints from young people",
        "a clear pathway": r"every young person knows how to complain",
    },
    "learning": {
        "open and accountable": r"We handle complaints openly and act on what we learn",
        "quarterly regional meeting": r"shares good practice at a regional meeting each quarter",
        "workshops of the Ombudsman": r"attends the Ombudsman's workshops",
        "regular reports to directors": r"Directors receive regular reports on complaints, compl",
        "outstanding actions and directors' support": (
            r"list of outstanding actions that we ask them to help complete"
        ),
        "importance of the plan not understood": (
            r"did not understand how important a child's education, health and care plan is when "
            r"the child starts school"
        ),
        "parents and staff not informed, key date missed": (
            r"not kept the parents, or each other, informed, and a key date was missed"
        ),
        "process understood, partnership with parents": (
            r"Staff now know the process and work in partnership with parents and carers"
        ),
        "head of the virtual school: plan should have been earlier": (
            r"head of our virtual school accepted that .* plan should have been written sooner"
        ),
        "all looked after children have a plan": (
            r"Every looked after child now has a plan at the right age, made with their social "
            r"worker and reviewed each term"
        ),
        "meeting about communication": (
            r"invited everyone involved to a meeting to agree what the service could do better"
        ),
    },
    "compliments": {
        "102": r"The 102 compliments came",
        "recorded and sent to the manager": r"send them to the manager of the person praised",
        "sharing reinforced in training and meetings": r"in training and in team meetings",
        "examples": r"Here are some, without identifying details",
        "another council: home rated good, manager lent": (
            r"rated good again\. Thank you for lending us the manager"
        ),
        "mother: profiles, friends in person": r"spot a fake profile and only adds friends they",
        "police: usually longer, conditional caution": (
            r"usually take much longer\. A conditional caution was the right outcome"
        ),
    },
    "training": {
        "support for all who investigate": r"trains and supports everyone who investigates",
        "specific to each area": r"tailored to each service",
        "what a complaint is, how to investigate and respond": (
            r"what a complaint is, how to investigate it thoroughly, and how to reply fairly and "
            r"in proportion"
        ),
        "redesigned, remote, good take-up": r"redesigned .* online, with good take-up",
        "review, then e-learning, in more depth": (
            r"we will review them and offer an e-learning course to everyone, with a more detailed "
            r"one for investigators"
        ),
    },
    "about-the-data": {
        "further information": r"For further information, contact the Complaints and Compliments",
    },
}
PHRASES_TO_AVOID = (
    "came of", "beside", "of whatever year", "whoever", "not content with", "as recorded for",
    "also one that", "how far they have come", "what they are to the child", "gladly", "readily",
    "beyond price", "all the same", "fitted to", "mend", "everybody concerned", "named by what",
    "turned away", "without which there is no", "ended as", "undisclosed number",
    "most often: ", "late at stage", "paid by", "the authority", "chance alone", "easily be chance",
    "what follows", "the table compares", "anew", "somebody", "none were", "1 of 1",
    "it was decided", "have been concluded", "near last year's",
)
# fmt: on


@pytest.fixture(scope="module")
def texts(page):
    """By anchor: the text of each section on one line."""
    sections = copy.deepcopy(page).xpath("//main/section[@aria-labelledby]")
    for section in sections:
        for block in section.iter("th", "td", "li", "p", "caption", "h2", "h3"):
            block.tail = f" {block.tail or ''}"
    return {section.get("aria-labelledby"): one_line(section) for section in sections}


@pytest.mark.parametrize(
    ("anchor", "fact"), [(anchor, fact) for anchor, facts in FACTS.items() for fact in facts]
)
def test_fact_of_the_source_is_in_its_section(anchor, fact, texts):
    assert re.search(FACTS[anchor][fact], texts[anchor]), texts[anchor]


def test_no_sentence_has_a_phrase_that_the_editor_struck_out(texts):
    text = " ".join(texts.values()).lower()
    struck_out = [
        phrase for phrase in PHRASES_TO_AVOID if re.search(rf"\b{re.escape(phrase)}", text)
    ]
    assert struck_out == []
