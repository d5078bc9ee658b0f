"""Every comparison is recounted from its files, and its intervals are those of scipy."""

from __future__ import annotations

import csv
import re
from datetime import date
from statistics import mean

import pytest
import reference_files as files
from bs4 import BeautifulSoup
from scipy import stats

from pipeline.reference.areas import areas_of, own_authority
from pipeline.reference.store import Reference
from pipeline.reference.take import neighbours_of, take_files
from pipeline.report.charts import authority_bars
from pipeline.report.comparisons.measures import COMPLIED, RATES, UPHELD, compare
from pipeline.report.comparisons.served import served_groups, served_html
from pipeline.report.comparisons.words import CAUTION, rates_html, shares_html, source_line

COMPLAINTS, IN_NEED, LOOKED_AFTER = RATES


@pytest.fixture
def comparison(published, a_settings, tmp_path):
    """comparison(measure, complaints=64): the measure compared, from the files."""

    def make(measure, complaints=64, la_code=files.CALDERDALE):
        settings = a_settings(la_code=la_code, comparison_years="1")
        figures = published({"complaints.received": [complaints]}, settings=settings)
        paths = [
            files.children_in_need(tmp_path),
            files.children_looked_after(tmp_path),
            files.neighbours(tmp_path),
            files.complaints_decided(tmp_path),
            files.remedies(tmp_path),
            files.council_open_data(tmp_path),
        ]
        reference = take_files(paths, settings, Reference([], []), date(2026, 11, 29)).reference
        areas = areas_of(own_authority(settings.council), neighbours_of(reference))
        return compare(measure, reference, areas, figures, settings), reference

    return make


def assert_traced(value, folder):
    """Each number of a value stands in the row of the file that it names."""
    for name, row, number in re.findall(r"([^;]+?), row (\d+): (\S+?)(?:;|$)", value.sources):
        with (folder / name.strip()).open(encoding="utf-8-sig", newline="") as file:
            assert number in list(csv.reader(file))[int(row) - 1]


def test_rate_of_complaints_is_recounted_with_its_interval(comparison, tmp_path):
    compared, _ = comparison(COMPLAINTS)
    own, (group,) = compared.own, compared.groups
    assert own.value == pytest.approx(64 / 1600 * 1000)
    low, high = (bound / 1600 * 1000 for bound in stats.chi2.ppf([0.025, 0.975], [128, 130]) / 2)
    assert (own.low, own.high) == pytest.approx((low, high))
    assert [(one.name, one.value) for one in group.values] == [("Bolton", 42 / 2100 * 1000)]
    assert own.sources.startswith("complaints.received: 64")
    for value in (own, *group.values):
        assert_traced(value, tmp_path)


def test_mean_and_range_leave_out_what_is_not_published(comparison, tmp_path):
    compared, _ = comparison(LOOKED_AFTER)
    neighbours, region = compared.groups
    leeds = 1400 / 176000 * 10000
    assert compared.own.value == pytest.approx(340 / 45000 * 10000)
    assert [one.name for one in neighbours.values] == ["Leeds"]  # Bolton's is "c"
    assert neighbours.size == 10
    assert (region.mean, region.lowest, region.highest) == pytest.approx((leeds, leeds, leeds))
    for group in compared.groups:
        for value in group.values:
            assert_traced(value, tmp_path)


def test_share_upheld_is_of_investigations_with_the_caution(comparison):
    compared, reference = comparison(UPHELD)
    own, (neighbours, _) = compared.own, compared.groups
    interval = stats.binomtest(20, 29).proportion_ci(method="exact")
    assert (own.low, own.high) == pytest.approx((interval.low * 100, interval.high * 100))
    # Devon's 12 investigations are below the minimum base.
    assert [one.name for one in neighbours.values] == ["Bolton", "Leeds"]
    assert neighbours.mean == pytest.approx(mean([22 / 32, 36 / 48]) * 100)
    html = shares_html([compared], reference.sources)
    text = BeautifulSoup(html, "html.parser").get_text()
    assert "the Ombudsman upheld 20 of 29 investigations (95% interval 49% to 85%)" in text
    assert "For 2 statistical neighbours, it upheld 58 of 80 investigations" in text
    assert CAUTION in text


def test_share_of_remedies_is_of_cases_with_its_interval(comparison, tmp_path):
    compared, reference = comparison(COMPLIED)
    own, (neighbours, _) = compared.own, compared.groups
    interval = stats.binomtest(28, 29).proportion_ci(method="exact")
    assert (own.low, own.high) == pytest.approx((interval.low * 100, interval.high * 100))
    for value in (own, *neighbours.values):
        assert_traced(value, tmp_path)
    text = BeautifulSoup(shares_html([compared], reference.sources), "html.parser").get_text()
    assert "we carried out the Ombudsman's remedies in 28 of 29 cases" in text
    one_neighbour = "For the only statistical neighbour with a number"
    assert f"{one_neighbour}, it was 30 of 32 cases." in text
    assert "For the only other authority in Yorkshire and The Humber with a number" in text
    assert CAUTION in text


def test_caution_and_source_stand_once_below_decisions_and_remedies(comparison):
    decisions, reference = comparison(UPHELD)
    remedies, _ = comparison(COMPLIED)
    html = shares_html([decisions, remedies], reference.sources)
    assert html.count(CAUTION) == html.count("Source: ") == 1
    text = BeautifulSoup(html, "html.parser").get_text()
    assert text.index("20 of 29") < text.index("28 of 29") < text.index(CAUTION)


def test_source_names_each_publisher_and_the_day_once(comparison):
    sources = comparison(UPHELD)[1].sources
    assert source_line(sources) == (
        "Source: Department for Education: Statistical neighbours, Children in need and Children "
        "looked after (Open Government Licence v3.0); Local Government and Social Care Ombudsman: "
        "Complaints decided and Compliance with remedies; another council: Open data of its annual "
        "report (Open Government Licence v3.0); all read on 29 November 2026."
    )
    assert source_line(sources[:1]) == (
        "Source: Department for Education: Statistical neighbours (Open Government Licence v3.0); "
        "read on 29 November 2026."
    )
    earlier = sources[1]._replace(read_on="2026-11-02")
    assert source_line([sources[0], earlier]) == (
        "Source: Department for Education: Statistical neighbours (Open Government Licence v3.0), "
        "read on 29 November 2026; Department for Education: Children in need (Open Government "
        "Licence v3.0), read on 2 November 2026."
    )


def test_year_with_four_complaints_has_no_rate_of_complaints(comparison):
    assert comparison(COMPLAINTS, complaints=4)[0] is None
    assert comparison(COMPLAINTS, complaints="c")[0] is None
    assert comparison(COMPLAINTS, complaints=None)[0] is None


def test_table_has_our_rate_the_interval_and_each_group(comparison):
    compared, reference = comparison(LOOKED_AFTER)
    tree = BeautifulSoup(rates_html([compared], reference.sources, "Rates"), "html.parser")
    cells = [cell.get_text() for cell in tree.select("tbody tr > *")]
    assert cells[:3] == [LOOKED_AFTER.title, "75.6", "67.7 to 84.0"]
    assert cells[3:] == ["79.5 (1 authority)", "79.5 (1 authority)"]
    assert "1 of 10 statistical neighbours" in tree.get_text()
    assert "Department for Education: Statistical neighbours" in tree.get_text()
    for element in tree.find_all("data"):
        assert "cla.csv, row" in element["data-reference"]


def test_chart_puts_the_council_among_its_neighbours(comparison):
    compared, _ = comparison(IN_NEED)
    chart = authority_bars(compared.own, compared.groups[0].values, IN_NEED.title, "Our Council")
    assert "Our Council has 355.6" in chart.alt
    with chart.canvas() as canvas:
        (axes,) = canvas.axes
        labels = [label.get_text() for label in axes.get_yticklabels()]
        colours = {bar.get_facecolor() for bar in axes.patches}
    assert "Our Council" in labels
    assert len(colours) == 1 + bool(compared.groups[0].values)


GENDERS = {
    "complaints.by_gender": {"female": [12], "male": [5], "not recorded": [3]},
    "complaints.by_disability": {"yes": [4], "no": [9], "not recorded": [7]},
    **{
        f"complaints.by_{name}": {"not recorded": [20]}
        for name in ("age_band", "ethnicity", "sexual_orientation")
    },
}


@pytest.fixture
def served(published, a_settings, tmp_path):
    """served(policy="publish", female="600"): the groups shown, and their table as cells."""

    def make(policy="publish", figures=GENDERS, **children):
        settings = a_settings(
            la_code=files.CALDERDALE,
            comparison_years="1",
            equality={"gender": ["female", "male"], "disability": ["yes", "no"]},
            disclosure={"policy": policy, "reason": "by decision"},
        )
        paths = [files.children_served(tmp_path, **children)]
        reference = take_files(paths, settings, Reference([], []), date(2026, 11, 29)).reference
        groups = served_groups(reference, published(figures, settings=settings), settings.council)
        tree = BeautifulSoup(served_html(groups, settings.council, "Served"), "html.parser")
        rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in tree("tr")]
        return list(groups), rows

    return make


def test_complainants_stand_next_to_the_children_served(served):
    names, rows = served()
    assert names == ["gender"]  # of disability one group is not in the file
    assert rows[2:] == [
        ["Female", "12", "600", "37%"],
        ["Male", "5", "1,000", "62%"],
        ["Not recorded", "3", "20", "1%"],
    ]


def test_withheld_complaints_stay_withheld_next_to_children(served):
    withheld = GENDERS | {"complaints.by_gender": {"female": [12], "male": ["c"]}}
    assert served("suppress", withheld)[1][3] == ["Male", "[c]", "1,000", "62%"]


def test_small_number_of_children_hides_its_characteristic(served):
    assert served("suppress", female="4")[0] == []
    assert served("publish", female="4")[0] == ["gender"]
