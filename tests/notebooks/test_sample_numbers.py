"""Every number of the sample's report, against the plan of the sample and the figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import lxml.html
import pandas as pd
import pytest
from page_text import one_line

from pipeline.artifacts import DETAIL_SEPARATOR
from pipeline.report import wording
from pipeline.report.narrative.filters.category_words import detail_words

# The figures in the open data of the report with 18 pages, before one template served every year.
ONCE_PUBLISHED = Path(__file__).with_name("figures_once_published.txt")
YEARS = ("2017-18", "2018-19", "2019-20", "2020-21", "2021-22")
YEARS_WITH_EXTRACTS = YEARS[3:]
DESCRIPTION = re.compile(r"(Line chart|Bar chart|Stacked bar chart)\b.+\d.*\.$")
# "The only complaint was not …" and "It was not …" give a part of 0.
WORDS = {
    0: ("no", "none of", "none is", "neither of", "no complaint", "only", "it"),
    1: ("only", "it", "the stage 2 complaint"),
    2: ("both",),
}
STAGE_1_LIMIT = 10
STAGE_1_EXTENDED_LIMIT = 20

# The plan against the tables


def timeliness(stage) -> str:
    """By the limits of the guidance, without this project's own code."""
    if stage.answered_after is None:
        return "withdrawn"
    limit = STAGE_1_EXTENDED_LIMIT if stage.extension_ground else STAGE_1_LIMIT
    if stage.answered_after > limit:
        return "late"
    return "within extension" if stage.answered_after > STAGE_1_LIMIT else "within limit"


def planned_counts(plan) -> dict[str, Callable[[str], dict[str, int]]]:
    """For each figure: a function that counts the categories of a year in the plan."""

    def kinds(year: str) -> dict[str, int]:
        return {
            "complaints": len(plan.COMPLAINTS[year]),
            "Ombudsman cases": len(plan.OMBUDSMAN[year]),
            "compliments": sum(plan.COMPLIMENTS_BY_AREA[year].values()),
        }

    def service_areas(year: str) -> Counter:
        return Counter(case.service_area for case in plan.COMPLAINTS[year])

    def outcomes(year: str) -> Counter:
        return Counter(
            "not accepted" if case.refusal_reason else case.outcome
            for case in plan.COMPLAINTS[year]
        )

    def stages(year: str) -> list:
        return [stage for case in plan.COMPLAINTS[year] for stage in case.stages]

    return {
        "representations.by_kind": kinds,
        "complaints.by_service_area": service_areas,
        "complaints.by_outcome": outcomes,
        "complaints.by_stage": lambda year: Counter(
            f"stage {stage.number}" for stage in stages(year)
        ),
        "stage_1.timeliness": lambda year: Counter(
            timeliness(stage) for stage in stages(year) if stage.number == 1
        ),
    }


@pytest.fixture(scope="module")
def planned_numbers(plan):
    """planned_numbers(figure): the five years' numbers of each category, counted in the plan."""
    counts = planned_counts(plan)

    def count(figure: str) -> dict[str, list[int]]:
        categories, published = plan.PUBLISHED[figure]
        by_year = [counts[figure](year) for year in YEARS_WITH_EXTRACTS]
        numbers = {}
        for place, name in enumerate(categories):
            earlier = [values[place] for values in published]
            numbers[name] = [*earlier, *(year.get(name, 0) for year in by_year)]
        return numbers

    return count


GROUPS = {
    "complaints.by_outcome": "How complaints ended",
    "complaints.by_stage": "Investigations",
    "stage_1.timeliness": "Responses at stage 1",
}
TOGETHER = {
    "How complaints ended: Complaints upheld in whole or in part": (
        "How complaints ended: Upheld",
        "How complaints ended: Partially upheld",
    ),
    "Responses at stage 1: Stage 1 responses in time": (
        "Responses at stage 1: Within limit",
        "Responses at stage 1: Within extension",
    ),
}
RECEIVED = {
    "complaints": "Complaints received",
    "Ombudsman cases": "Ombudsman cases received",
    "compliments": "Compliments received",
}


def test_five_year_table_has_the_numbers_of_the_plan(planned_numbers, table_rows, figures):
    table = table_rows("overview", "Complaints and compliments in figures")
    assert table.pop("headings") == ["Category", *YEARS]
    assert table.pop("Received: Complaints from children and young people") == list("54320")
    received = planned_numbers("representations.by_kind")
    expected = {f"Received: {RECEIVED[kind]}": values for kind, values in received.items()}
    for figure, group in GROUPS.items():
        for name, values in planned_numbers(figure).items():
            if any(values):
                expected[f"{group}: {name[:1].upper()}{name[1:]}"] = values
    for row, parts in TOGETHER.items():
        expected[row] = [sum(values) for values in zip(*map(expected.get, parts), strict=True)]
    assert table == {row: [str(value) for value in values] for row, values in expected.items()}


@pytest.mark.parametrize(
    "figure", ["representations.by_kind", "complaints.by_service_area", *GROUPS]
)
def test_open_data_has_the_five_years_of_the_plan(figure, planned_numbers, figures):
    rows_of_figure = figures[figures["figure"] == figure]
    by_year = rows_of_figure.pivot(index="category", columns="year", values="value")
    assert planned_numbers(figure) == by_year[list(YEARS)].T.to_dict(orient="list")


def test_every_figure_published_before_is_in_the_open_data(sample_report):
    published = pd.read_csv(sample_report.html.with_name("figures.csv"), dtype="str")
    this_year = published[published["time_period"] == "202122"]
    once_published = ONCE_PUBLISHED.read_text(encoding="utf-8").split()
    assert len(once_published) > 80
    assert sorted(set(once_published) - set(this_year["figure"])) == []


def test_chart_has_headline_description_and_source(page):
    charts = page.xpath("//figure[@class='chart']")
    assert [chart.get("id") for chart in charts] == [
        "chart-representations-by-kind",
        "chart-stage-1-timeliness",
    ]
    for chart in charts:
        (image,) = chart.iter("img")
        assert DESCRIPTION.match(image.get("alt")), image.get("alt")
        assert image.get("width")
        assert image.get("height")
        assert one_line(chart.find("figcaption/p[@class='headline']"))
        assert one_line(chart.find("figcaption/p[@class='subtitle']"))
        assert "Source: the council's records" in one_line(chart)
        assert "invented for this sample" in one_line(chart)


# Numbers and their figures


def test_every_number_agrees_with_the_figure_it_names(page, figures):
    index = figures.set_index(["figure", "year", "category", "detail"])
    assert index.index.is_unique
    numbers = page.xpath("//data[@data-figure]")
    assert len(numbers) > 150
    for number in numbers:
        place = tuple(
            number.get(f"data-{name}", "") for name in ("figure", "year", "category", "detail")
        )
        row = index.loc[place]
        text = one_line(number)
        shorthand = row["shorthand"]
        if shorthand:
            assert (number.get("value"), text) == (shorthand, f"[{shorthand}]")
            continue
        value = row["value"]
        assert float(number.get("value")) == value, place
        spellings = {
            wording.numeral(value),
            wording.pounds(value),
            wording.number_word(value),
            *WORDS.get(value, ()),
            *(place[name] for name in (2, 3)),
            *(detail_words(place[0], text) for text in place[3].split(DETAIL_SEPARATOR)),
        }
        assert text.lower() in {spelling.lower() for spelling in spellings}, (place, text)


def test_number_without_a_figure_is_a_setting(page):
    for number in page.xpath("//data[not(@data-figure)]"):
        assert number.get("data-setting"), one_line(number)
        assert number.get("value") == one_line(number)


def test_every_digit_belongs_to_a_number_date_or_stage(html):
    page = lxml.html.document_fromstring(html)
    names = "//tbody//th"  # of categories, such as a stage
    spans = "//span[@class='number'] | //span[@data-name] | //span[@data-year]"
    for element in page.xpath(f"//data | //time | {spans} | {names}"):
        element.text = ""
        element[:] = []
    for section in page.xpath("//main/section[not(contains(@class, 'cover'))]"):
        assert re.findall(r".{0,30}\d.{0,30}", one_line(section)) == [], section.get(
            "aria-labelledby"
        )


def test_every_year_in_a_sentence_is_one_of_those_compared(page):
    years = page.xpath("//main//span[@data-year][not(ancestor::th)]")
    assert {one_line(year) for year in years} == {"2021 to 2022"}
    assert {one_line(year) for year in page.xpath("//th//span[@data-year]")} == set(YEARS)
