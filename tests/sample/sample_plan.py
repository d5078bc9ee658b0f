"""What happened in the sample: every complaint and its stages, to be counted by hand.

The totals of 2021-22 and the number of compliments in 2020-21 are those of a published report; the
rest is invented. Dates follow from the working days given here. `make_sample` invents names and
addresses.
"""

from __future__ import annotations

from dataclasses import dataclass

INVENTED = "Invented for this sample"


@dataclass(frozen=True)
class Stage:
    """One stage of a complaint. Every `*_after` is a number of working days.

    answered_after: from the request or, at stage 3, from the panel's report; None if the complaint
    was withdrawn first.
    extension_ground: why the time limit was extended, if it was.
    requested_after: from the answer of the previous stage, or from receipt.
    agreed_after: from the request to the agreed statement of complaint.
    panel: from the request to the panel's meeting, and from the meeting to its report.
    """

    number: int
    answered_after: int | None
    outcome: str
    extension_ground: str = ""
    requested_after: int = 0
    agreed_after: int | None = None
    panel: tuple[int, int] | None = None
    bypassed: bool = False
    cost: int | None = None


@dataclass(frozen=True)
class Complaint:
    """One complaint.

    closed_after: working days until it was closed, if no stage answered it.
    refusal_reason: why it was not accepted, if it was not.
    characteristics: age band, gender, disability and ethnicity of the complainant.
    age: of the child; None if any age will do.
    """

    received: str
    service_area: str
    team: str
    complainant_type: str
    route: str
    method: str
    theme: str
    outcome: str
    stages: tuple[Stage, ...] = ()
    closed_after: int | None = None
    refusal_reason: str = ""
    characteristics: tuple[str, str, str, str] = ("", "", "", "")
    age: int | None = None


EARLY = "Early Help"
LOOKED_AFTER = "Looked After Children"
LOOKED_AFTER_SEND = "Looked After Child and SEND"
SEND = "SEND"
SAFEGUARDING = "Assessment and Safeguarding"
FOSTERING = "Fostering and Adoption"
YOUTH = "Youth Justice"
HOMES = "Residential Homes"
TEAMS = {
    EARLY: ("North locality", "South locality", "Family support"),
    LOOKED_AFTER: ("Children looked after one", "Children looked after two", "Pathways"),
    LOOKED_AFTER_SEND: ("Children with disabilities",),
    SEND: ("Assessment and review", "Placements"),
    SAFEGUARDING: ("First response", "Assessment north", "Assessment south"),
    FOSTERING: ("Fostering support", "Adoption", "Special guardianship"),
    YOUTH: ("Youth justice",),
    HOMES: ("Orchard House", "Beck House"),
}

UPHELD = "upheld"
PARTLY = "partially upheld"
NOT_UPHELD = "not upheld"
NO_FINDING = "no finding"
WITHDRAWN = "withdrawn"

WHITE = "White"
ASIAN = "Asian or Asian British"
BLACK = "Black, Black British, Caribbean or African"
MIXED = "Mixed or multiple ethnic groups"

CHILD = "child or young person"
PARENT = "parent or carer"
CARER = "foster carer"
PROFESSIONAL = "professional"
COUNCIL = "another council"
POLICE = "police"
OTHER = "other"

# fmt: off
COMPLAINTS = {
    "2020-21": (
        Complaint("2020-04-21", SAFEGUARDING, "First response", "parent", "direct", "email",
                  "communication", PARTLY, (Stage(1, 9, PARTLY),),
                  characteristics=("25 to 44", "female", "", WHITE)),
        Complaint("2020-05-06", LOOKED_AFTER, "Children looked after one", "foster carer", "direct",
                  "email", "placement; communication", UPHELD, (Stage(1, 18, UPHELD, "complex"),),
                  characteristics=("45 to 64", "female", "no", WHITE)),
        Complaint("2020-05-18", SAFEGUARDING, "Assessment north", "parent", "direct", "telephone",
                  "staff conduct or attitude", NOT_UPHELD, (Stage(1, 8, NOT_UPHELD),),
                  characteristics=("25 to 44", "male", "", "")),
        Complaint("2020-06-03", EARLY, "North locality", "parent", "direct", "online", "delay",
                  WITHDRAWN, closed_after=4),
        Complaint("2020-06-15", SAFEGUARDING, "Assessment south", "parent", "direct", "letter",
                  "content of an assessment or report", PARTLY,
                  (Stage(1, 10, PARTLY),
                   Stage(2, 61, PARTLY, "complex", requested_after=10, agreed_after=8, cost=3420),
                   Stage(3, 13, PARTLY, requested_after=12, panel=(28, 4), cost=1650),),
                  characteristics=("25 to 44", "female", "yes", ASIAN)),
        Complaint("2020-07-07", FOSTERING, "Adoption", "adopter", "direct", "email",
                  "decision disagreed with", "", closed_after=3, refusal_reason="other procedure"),
        Complaint("2020-07-20", LOOKED_AFTER, "Children looked after two", "child or young person",
                  "advocate", "telephone", "contact with family", UPHELD,
                  (Stage(1, 17, UPHELD, "advocate"),),
                  characteristics=("under 18", "male", "", MIXED), age=15),
        # Received on a Sunday.
        Complaint("2020-08-02", SAFEGUARDING, "First response", "parent", "direct", "email",
                  "communication; delay", NOT_UPHELD, (Stage(1, 6, NOT_UPHELD),),
                  characteristics=("25 to 44", "female", "no", "")),
        Complaint("2020-08-24", LOOKED_AFTER, "Children looked after one", "birth parent", "direct",
                  "letter", "contact with family", PARTLY, (Stage(1, 14, PARTLY),),
                  characteristics=("25 to 44", "male", "", "")),
        Complaint("2020-09-08", EARLY, "South locality", "parent", "direct", "email",
                  "quality of support or care", NOT_UPHELD, (Stage(1, 10, NOT_UPHELD),),
                  characteristics=("18 to 24", "female", "", WHITE), age=2),
        Complaint("2020-09-22", SAFEGUARDING, "Assessment north", "other", "representative",
                  "email", "information and records", PARTLY, (Stage(1, 19, PARTLY, "complex"),),
                  characteristics=("65 and over", "female", "", "")),
        Complaint("2020-10-05", LOOKED_AFTER, "Pathways", "care leaver", "direct", "text",
                  "financial support", UPHELD, (Stage(1, 7, UPHELD),),
                  characteristics=("18 to 24", "in another way", "yes", WHITE), age=19),
        Complaint("2020-10-19", SEND, "Assessment and review", "parent", "direct", "online",
                  "education; delay", "", closed_after=2, refusal_reason="other procedure"),
        Complaint("2020-11-03", SAFEGUARDING, "Assessment south", "parent", "direct", "email",
                  "decision disagreed with", NOT_UPHELD,
                  (Stage(1, 20, NOT_UPHELD, "complex"),
                   Stage(2, 24, NOT_UPHELD, requested_after=6, agreed_after=5, cost=1980)),
                  characteristics=("45 to 64", "male", "", BLACK)),
        Complaint("2020-11-16", HOMES, "Orchard House", "child or young person", "direct",
                  "in person", "quality of support or care", "resolved before investigation",
                  closed_after=2, characteristics=("under 18", "female", "", ""), age=14),
        Complaint("2020-11-30", LOOKED_AFTER_SEND, "Children with disabilities", "parent", "direct",
                  "email", "communication; delay", PARTLY,
                  (Stage(2, 70, PARTLY, "complex", agreed_after=7, bypassed=True, cost=4100),),
                  characteristics=("25 to 44", "female", "no", WHITE)),
        Complaint("2020-12-14", EARLY, "Family support", "parent", "direct", "telephone",
                  "staff conduct or attitude", NO_FINDING, (Stage(1, 12, NO_FINDING),)),
        Complaint("2021-01-11", LOOKED_AFTER, "Children looked after two", "foster carer", "direct",
                  "email", "placement; information and records", PARTLY,
                  (Stage(1, 16, PARTLY, "complex"),),
                  characteristics=("45 to 64", "male", "", WHITE)),
        Complaint("2021-01-25", SAFEGUARDING, "First response", "parent", "direct", "email",
                  "communication", WITHDRAWN, (Stage(1, None, WITHDRAWN),), closed_after=6,
                  characteristics=("25 to 44", "female", "", "")),
        Complaint("2021-02-15", FOSTERING, "Special guardianship", "special guardian", "direct",
                  "letter", "financial support; delay", PARTLY, (Stage(1, 24, PARTLY, "complex"),),
                  characteristics=("45 to 64", "female", "no", WHITE)),
        # Carried over: received before Easter, answered in the next financial year.
        Complaint("2021-03-23", LOOKED_AFTER, "Children looked after one", "parent", "direct",
                  "email", "contact with family", NOT_UPHELD, (Stage(1, 9, NOT_UPHELD),),
                  characteristics=("25 to 44", "female", "", ASIAN)),
    ),
    "2021-22": (
        Complaint("2021-06-08", EARLY, "South locality", "parent", "direct", "email",
                  "communication", NOT_UPHELD, (Stage(1, 9, NOT_UPHELD),),
                  characteristics=("25 to 44", "female", "", WHITE)),
        Complaint("2021-09-21", LOOKED_AFTER, "Children looked after one", "foster carer", "direct",
                  "email", "education; delay", PARTLY, (Stage(1, 18, PARTLY, "complex"),),
                  characteristics=("45 to 64", "female", "no", "")),
        Complaint("2021-11-15", LOOKED_AFTER_SEND, "Children with disabilities", "parent", "direct",
                  "letter", "education; communication", PARTLY,
                  (Stage(2, 58, PARTLY, "complex", agreed_after=7, bypassed=True, cost=2850),),
                  characteristics=("25 to 44", "male", "", ""), age=4),
        Complaint("2022-01-27", LOOKED_AFTER, "Children looked after two", "birth parent", "direct",
                  "telephone", "contact with family", WITHDRAWN, closed_after=5,
                  characteristics=("25 to 44", "female", "", "")),
    ),
}

# complaint, received, service area, subject, in scope, decision, decided, remedy, payment
OMBUDSMAN = {
    "2020-21": (
        ("", "2020-06-17", SEND, "Delay in completing an education, health and care plan", "no",
         "upheld", "2021-02-10",
         "An apology, a payment and a review of how the timetable is watched", "500.00"),
        ("", "2020-08-11", SAFEGUARDING, "How a safeguarding assessment was carried out", "yes",
         "closed after initial enquiries", "2020-09-08", "", ""),
        ("", "2020-10-22", SEND, "School transport", "no", "not upheld", "2021-05-14", "", ""),
        ("CYP-20-005", "2021-01-19", SAFEGUARDING, "Content of an assessment, after a review panel",
         "yes", "not upheld", "2021-06-24", "", ""),
        ("", "2021-03-02", LOOKED_AFTER, "Arrangements for family contact", "yes", "premature",
         "2021-03-16", "", ""),
    ),
    "2021-22": (
        ("", "2021-09-14", SEND, "Education, health and care plan decision", "no", "premature",
         "2021-10-05", "", ""),
        ("", "2021-11-23", SEND, "Time taken to arrange placement", "no", "under investigation", "",
         "", ""),
        ("", "2022-02-08", SEND, "Funding levels for placement", "no", "under investigation", "",
         "", ""),
    ),
}

# complaint, lesson, action, owner, due, status, completed, reason
LEARNING = {
    "2020-21": (
        ("CYP-20-002",
         "Foster carers heard of a change of plan from others before they heard of it from us.",
         "Tell foster carers in writing about every change of plan before it takes effect.",
         "Service Manager, Looked After Children", "2020-09-30", "implemented", "2020-09-18", ""),
        ("CYP-20-005", "A parent saw a mistake in an assessment only after it had been shared.",
         "Give parents a draft of each assessment to correct before it is shared.",
         "Head of Service, Assessment and Safeguarding", "2021-03-31", "implemented", "2021-03-12",
         ""),
        ("CYP-20-007", "A young person did not know that an advocate could speak for them.",
         "Give every looked after child a card that explains how to reach an advocate.",
         "Complaints and Compliments Officer", "2020-12-18", "implemented", "2020-11-27", ""),
        ("CYP-20-011", "A relative asked for records and was sent from team to team.",
         "Set up a separate team for requests to see records.",
         "Head of Service, Assessment and Safeguarding", "2021-06-30", "not implemented", "",
         "The council's information team already does this, and staff now send requests there."),
        ("CYP-20-017",
         "Managers new to the service had not been shown how to investigate a complaint.",
         "Offer an online course on complaints to every member of staff.",
         "Complaints and Compliments Officer", "2022-12-16", "in progress", "", ""),
    ),
    "2021-22": (
        ("CYP-21-003",
         "Staff did not understand how important an education, health and care plan is when a "
         "child starts school. They did not keep the parents or each other informed, and a key "
         "date was missed.",
         "Make sure that staff know the process and work in partnership with parents.",
         "Head of Service, SEND", "2022-06-30", "implemented", "2022-06-17", ""),
        ("CYP-21-002", "A personal education plan should have been written sooner.",
         "Write a plan for every looked after child at the right age and review it each term.",
         "Virtual School Head", "2022-01-31", "implemented", "2022-01-21", ""),
        ("CYP-21-001", "A family and the service had found it hard to communicate with each other.",
         "Meet everyone involved to agree what the service can do better.",
         "Service Manager, Early Help", "2022-12-16", "in progress", "", ""),
    ),
}

COMPLIMENTS_BY_AREA = {
    "2020-21": {
        EARLY: 8, LOOKED_AFTER: 8, LOOKED_AFTER_SEND: 2, SEND: 3, SAFEGUARDING: 11,
        FOSTERING: 6, YOUTH: 2, HOMES: 4,
    },
    "2021-22": {
        EARLY: 19, LOOKED_AFTER: 17, LOOKED_AFTER_SEND: 4, SEND: 8, SAFEGUARDING: 24,
        FOSTERING: 13, YOUTH: 7, HOMES: 10,
    },
}

COMPLIMENTS_BY_SOURCE = {
    "2020-21": {CHILD: 5, PARENT: 20, CARER: 6, PROFESSIONAL: 10, POLICE: 1, OTHER: 2},
    "2021-22": {
        CHILD: 13, PARENT: 44, CARER: 12, PROFESSIONAL: 25, COUNCIL: 2,
        POLICE: 4, OTHER: 2,
    },
}

# service area, source, approved text
# Those of 2021-22 paraphrase a published report, except the child's, which is invented.
QUOTATIONS = {
    "2020-21": (
        (EARLY, PARENT,
         "You rang us every Friday. For weeks you were the only person we heard from."),
        (FOSTERING, CARER,
         "Our worker found a way to visit us in the garden when nobody else could come."),
    ),
    "2021-22": (
        (HOMES, COUNCIL,
         "We have had the inspection of our children's home and hear that it is rated good again. "
         "Thank you for lending us the manager of yours so quickly. The support was invaluable."),
        (EARLY, PARENT,
         "I learnt a lot from our worker. My child can now spot a fake profile and only adds "
         "friends they know in person. I dread to think how it would have turned out without this "
         "help."),
        (YOUTH, POLICE,
         "Thank you for moving so quickly. The assessment, panel and recommendation usually take "
         "much longer. A conditional caution was the right outcome, and your efforts made it "
         "possible. Please thank everyone involved."),
        (LOOKED_AFTER, CHILD,
         "My social worker explains things so I understand them, and asks what I think first."),
    ),
}

CONCERNS_BY_AREA = {
    "2021-22": {EARLY: 4, LOOKED_AFTER: 3, SEND: 1, SAFEGUARDING: 4, FOSTERING: 1, HOMES: 1},
}

TRAINING = {
    "2021-22": (
        ("2021-06-16", "What a complaint is and how to settle it early", "Team managers", 14),
        ("2021-09-29", "Investigating a complaint", "Managers who investigate", 11),
        ("2021-12-08", "What a complaint is and how to settle it early", "Social workers", 17),
        ("2022-02-23", "Writing a fair reply", "Managers who investigate", 9),
    ),
}

# service area (empty for the whole service), measure, count
ACTIVITY = {
    "2021-22": (
        ("", "referrals", 2310), ("", "children in need", 1485),
        ("", "child protection plans", 238), ("", "looked after children", 331),
        ("", "care leavers", 164), (EARLY, "referrals", 905),
        (SAFEGUARDING, "children in need", 1004), (LOOKED_AFTER, "looked after children", 331),
        (LOOKED_AFTER, "care leavers", 164), (HOMES, "looked after children", 22),
    ),
}

# Totals of the years without extracts: figure → (its categories, a row of values for each year).
YEARS_PUBLISHED = ("2017-18", "2018-19", "2019-20")
PUBLISHED = {
    "representations.by_kind": (
        ("complaints", "Ombudsman cases", "compliments"), ((43, 6, 68), (37, 4, 61), (28, 6, 52)),
    ),
    "representations.received": (("",), ((117,), (102,), (86,))),
    "complaints.received": (("",), ((43,), (37,), (28,))),
    "complaints.by_outcome": (
        (UPHELD, PARTLY, NOT_UPHELD, NO_FINDING, WITHDRAWN, "resolved before investigation",
         "not progressed", "not accepted", "open"),
        ((7, 15, 12, 1, 3, 2, 1, 2, 0), (6, 13, 10, 1, 3, 2, 0, 2, 0),
         (4, 10, 8, 0, 2, 2, 1, 1, 0)),
    ),
    "complaints.by_service_area": (
        (EARLY, LOOKED_AFTER, LOOKED_AFTER_SEND, SEND, SAFEGUARDING, FOSTERING, YOUTH, HOMES),
        ((6, 12, 2, 2, 15, 4, 1, 1), (5, 11, 2, 1, 13, 3, 1, 1), (4, 8, 1, 1, 10, 3, 0, 1)),
    ),
    "complaints.from_young_people": (("",), ((5,), (4,), (3,))),
    "complaints.by_stage": (
        ("stage 1", "stage 2", "stage 3"), ((35, 6, 2), (30, 5, 1), (22, 4, 1)),
    ),
    "stage_1.timeliness": (
        ("within limit", "within extension", "late", "open", "withdrawn"),
        ((14, 13, 7, 0, 1), (13, 11, 5, 0, 1), (10, 8, 4, 0, 0)),
    ),
    "ombudsman.received": (("",), ((6,), (4,), (6,))),
    "compliments.received": (("",), ((68,), (61,), (52,))),
}
# fmt: on
