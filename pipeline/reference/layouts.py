"""The layouts of the files that can be read: their columns, publishers, licences and addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

OPEN_LICENCE = "Open Government Licence v3.0"
OMBUDSMAN = "Local Government and Social Care Ombudsman"
OMBUDSMAN_ADDRESS = (
    "https://www.lgo.org.uk/information-centre/reports/annual-review-reports/"
    "local-government-complaint-reviews"
)
OMBUDSMAN_LICENCE = "not stated in the file: see the Ombudsman's website"
EXPLORE_STATISTICS = "https://explore-education-statistics.service.gov.uk"
NEIGHBOURS = "statistical_neighbours"
OTHER_COUNCIL = "council_open_data"
CHILDREN_SERVED = "children_served"
SERVED_MEASURE = "served"
MAX_NEIGHBOURS = 10
# What a year of a file means: 2025 ends on 31 March 2025, or contains 30 June 2025; or the name
# of the file says it.
YearKind = Literal["ends", "midyear", "period", "named", "none"]


@dataclass(frozen=True)
class Layout:
    """A kind of file.

    columns: what it has by our names, each with the headings that it may have.
    optional: those of them that it may lack.
    measures: the columns that are kept, by the name of the measure.
    only: column and text of the rows that are kept; all if empty.
    finds_by: how a row's authority is known: by its code, by its name, or because all rows are the
        council's own.
    measure_by: columns whose texts are part of the name of a measure.
    renewed: when a new file appears, in words.
    """

    name: str
    title: str
    publisher: str
    address: str
    renewed: str
    columns: Mapping[str, tuple[str, ...]]
    measures: Mapping[str, str]
    year: YearKind = "ends"
    only: tuple[str, str] = ("", "")
    finds_by: Literal["code", "name", "own"] = "code"
    measure_by: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    licence: str = OPEN_LICENCE
    symbols: tuple[str, ...] = field(default=("c", "x", "u", "z", "k", "low"))


PLACE_COLUMNS = ("geographic_level", "region_code", "old_la_code", "la_name")  # next to the code


def _official(*columns: str) -> dict[str, tuple[str, ...]]:
    """The columns of a file in DfE's layout, by themselves."""
    return {name: (name,) for name in ("time_period", "new_la_code", *PLACE_COLUMNS, *columns)}


AUTHORITY_HEADINGS = (
    "Authority",
    "Authority name",
    "Local authority",
    "Local authority name",
    "Council",
    "Organisation",
)
LAYOUTS = (
    Layout(
        name="children_in_need",
        title="Children in need",
        publisher="Department for Education",
        address=f"{EXPLORE_STATISTICS}/find-statistics/children-in-need",
        renewed="each autumn, for the year to 31 March",
        columns=_official("At31_episodes"),
        optional=PLACE_COLUMNS,
        measures={"children_in_need": "At31_episodes"},
    ),
    Layout(
        name="children_looked_after",
        title="Children looked after",
        publisher="Department for Education",
        address=f"{EXPLORE_STATISTICS}/find-statistics/"
        "children-looked-after-in-england-including-adoptions",
        renewed="each November, for the year to 31 March",
        columns=_official("population_type", "population_estimate", "children_count"),
        optional=PLACE_COLUMNS,
        measures={"children_looked_after": "children_count", "children": "population_estimate"},
        only=("population_type", "Children looked after on 31 March each year"),
    ),
    Layout(
        name="population",
        title="Mid-year population estimates",
        publisher="Office for National Statistics",
        address="https://www.ons.gov.uk/peoplepopulationandcommunity/populationandmigration/"
        "populationestimates",
        renewed="each summer or autumn, for 30 June of the year before",
        columns=_official("age_group", "population_estimate"),
        optional=PLACE_COLUMNS,
        measures={"children": "population_estimate"},
        year="midyear",
        only=("age_group", "Children aged 0 to 17 years"),
    ),
    Layout(
        name=NEIGHBOURS,
        title="Statistical neighbours",
        publisher="Department for Education",
        address="https://www.gov.uk/government/publications/local-authority-interactive-tool-lait",
        renewed="when DfE changes the model",
        columns={
            "old_la_code": ("old_la_code",),
            "la_name": ("la_name",),
            **{f"SN_{rank}": (f"SN_{rank}",) for rank in range(1, MAX_NEIGHBOURS + 1)},
        },
        measures={},
        year="none",
    ),
    Layout(
        name="ombudsman_decided",
        title="Complaints decided",
        publisher=OMBUDSMAN,
        address=OMBUDSMAN_ADDRESS,
        renewed="each July, for the year to 31 March",
        columns={
            "authority": AUTHORITY_HEADINGS,
            "upheld": ("Upheld", "Complaints upheld", "Detailed investigations upheld"),
            "not_upheld": (
                "Not upheld",
                "Complaints not upheld",
                "Detailed investigations not upheld",
            ),
        },
        measures={"ombudsman_upheld": "upheld", "ombudsman_not_upheld": "not_upheld"},
        year="named",
        finds_by="name",
        licence=OMBUDSMAN_LICENCE,
    ),
    Layout(
        name="ombudsman_received",
        title="Complaints received",
        publisher=OMBUDSMAN,
        address=OMBUDSMAN_ADDRESS,
        renewed="each July, for the year to 31 March",
        columns={
            "authority": AUTHORITY_HEADINGS,
            "childrens_services": (
                "Education & children's services",
                "Education and children's services",
                "Education & childrens services",
            ),
        },
        measures={"ombudsman_received": "childrens_services"},
        year="named",
        finds_by="name",
        licence=OMBUDSMAN_LICENCE,
    ),
    Layout(
        name="ombudsman_remedies",
        title="Compliance with remedies",
        publisher=OMBUDSMAN,
        address=OMBUDSMAN_ADDRESS,
        renewed="each July, for the year to 31 March",
        columns={
            "authority": AUTHORITY_HEADINGS,
            "complied": ("Complied", "Compliant", "Remedy complied with", "Cases complied with"),
            "not_complied": (
                "Not complied",
                "Non-compliant",
                "Remedy not complied with",
                "Cases not complied with",
            ),
        },
        measures={"remedies_complied": "complied", "remedies_not_complied": "not_complied"},
        year="named",
        finds_by="name",
        licence=OMBUDSMAN_LICENCE,
    ),
    Layout(
        name=OTHER_COUNCIL,
        title="Open data of its annual report",
        publisher="another council",
        address="the council's website: figures.csv next to its annual report",
        renewed="when the council publishes its annual report",
        columns={
            **{name: (name,) for name in ("time_period", "geographic_level", "new_la_code")},
            **{name: (name,) for name in ("la_name", "figure")},
            "complaint_count": ("complaint_count", "value"),  # the second in the layout before
        },
        measures={"complaints": "complaint_count"},
        year="period",
        only=("figure", "complaints.received"),
    ),
    Layout(
        name=CHILDREN_SERVED,
        title="Children served, by characteristic",
        publisher="the council",
        address="your own children in need census",
        renewed="each year",
        columns={
            "time_period": ("time_period",),
            "characteristic": ("characteristic",),
            "group": ("group",),
            "children": ("children",),
        },
        measures={SERVED_MEASURE: "children"},
        measure_by=("characteristic", "group"),
        year="period",
        finds_by="own",
        licence="the council's own records",
    ),
)
LAYOUTS_BY_NAME = {layout.name: layout for layout in LAYOUTS}
