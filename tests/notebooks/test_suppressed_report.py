"""The sample with small numbers withheld: still readable, and no withheld number can be found."""

from __future__ import annotations

import io
import re
import zipfile

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from odfdo import Document, Table

from pipeline.open_data.screener.screen import screen
from pipeline.problem import Problem
from pipeline.release.disclosure_attack import check_disclosure
from pipeline.report.chart_image import Chart
from pipeline.report.documents.page import Page
from pipeline.report.documents.pdf import render_pdf
from pipeline.report.narrative.withheld import NOTE
from pipeline.settings import load_settings


@pytest.fixture(scope="module")
def suppressed(tmp_path_factory, sample_workspace, annual_report):
    workspace = sample_workspace(tmp_path_factory.mktemp("suppressed"))
    council = workspace / "data" / "raw" / "council.yaml"
    council.write_text(council.read_text().replace("policy: publish", "policy: suppress"))
    for year, formats in (("2020-21", "html,data"), ("2021-22", "html,docx,data")):
        result = annual_report("run", year, "--workspace", workspace, "--formats", formats)
        assert result.returncode == 0, result.stderr
    return workspace


@pytest.fixture(scope="module")
def page(suppressed) -> str:
    return (suppressed / "reports" / "2021-22" / "annual-report.html").read_text()


def text_of(page: str) -> str:
    return " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())


@pytest.mark.slow
def test_withheld_number_is_left_out_and_never_reads_as_none(page):
    text = text_of(page)
    assert "We received 4 complaints, down from 21 the year before" in text
    for untrue in (
        "None of the 4 complaints was withdrawn",
        "None of the 3 complaints that we decided",
        "No complaint was investigated at stage 2",
        "No complaint has been answered",
    ):
        assert untrue not in text
    assert not re.search(r"\b[Tt]he an undisclosed", text)
    for withheld in ("were about", "were made by", "came from parents (2)", "was withdrawn"):
        assert withheld not in text


def test_section_says_once_that_numbers_are_left_out(page):
    tree = BeautifulSoup(page, "html.parser")
    for anchor in ("key-points", "overview", "service-areas", "complainants", "ombudsman"):
        section = tree.find("section", attrs={"aria-labelledby": anchor})
        assert section.get_text(" ").count(NOTE) == 1, anchor
    training = tree.find("section", attrs={"aria-labelledby": "training"})
    assert NOTE not in training.get_text(" ")


def test_chart_with_a_withheld_number_is_not_drawn(page):
    charts = BeautifulSoup(page, "html.parser").select("figure.chart")
    assert [chart["id"] for chart in charts] == ["chart-representations-by-kind"]


def test_withheld_category_is_never_described_as_having_cases(page, suppressed):
    text = text_of(page)
    figures = pd.read_csv(suppressed / "data" / "processed" / "2021-22" / "3_aggregate/figures.csv")
    withheld = figures.query("year == '2021-22' and shorthand == 'c' and category.notna()")
    assert len(withheld) > 20
    undisclosed = r"undisclosed numbers? (?:\(possibly none\) )?(?:(?:were|ended|about|as|in) )*"
    for category in withheld["category"].unique():
        assert not re.search(rf"{undisclosed}{re.escape(category)}\b", text, re.IGNORECASE)
    assert not re.search(r"undisclosed number (?!\(possibly none\)|in the text)", text)


def test_page_explains_the_policy_and_its_sign(page):
    text = text_of(page)
    assert "We do not publish counts up to 5 that could identify someone" in text
    assert "They are shown as [c] or left out, whatever their size." in text
    assert (
        "[c] means withheld to protect people, and may stand for any number, even none."
    ) in text


def test_no_subject_of_an_ombudsman_case_is_listed(page, suppressed):
    subjects = pd.read_csv(suppressed / "data" / "raw" / "2021-22" / "ombudsman.csv")["subject"]
    assert len(subjects)
    assert not [subject for subject in subjects if subject in page]


def test_open_data_has_the_sign_instead_of_the_number(suppressed):
    annex = pd.read_csv(suppressed / "reports" / "2021-22" / "figures.csv", dtype="str")
    small = annex.query("figure == 'complaints.by_outcome' and time_period == '202122'").set_index(
        "breakdown"
    )["complaint_count"]
    assert small["withdrawn"] == "c"
    folder = suppressed / "reports" / "2021-22"
    files = {path.name: path.read_bytes() for path in folder.glob("figures*.csv")}
    assert screen("figures.csv", "figures.meta.csv", files) == []


def test_disclosure_decisions_are_not_published(suppressed):
    decisions = pd.read_csv(
        suppressed / "data" / "processed" / "2021-22" / "3_aggregate" / "disclosure.csv"
    )
    assert {"small number", "would give another away", "made of a small number of cases"} <= set(
        decisions["rule"]
    )
    assert not list((suppressed / "reports" / "2021-22").glob("*disclosure*"))


@pytest.fixture
def attack(suppressed, page):
    """attack("<p>…</p>", files={"figures.csv": b"…"}): attack the report with these changes.

    added_html: put at the end of the page. html: the page, if not the published one.
    files: replace published files of these names.
    """
    settings = load_settings(suppressed, "2021-22")
    published = {
        path.name: path.read_bytes()
        for path in settings.published_folder.iterdir()
        if path.is_file()
    }

    def run_attack(
        added_html: str = "", html: str = page, files: dict[str, bytes] | None = None
    ) -> None:
        changed_page = html.replace("</main>", f"{added_html}</main>")
        check_disclosure(Page(changed_page, settings), published | (files or {}), settings)

    return run_attack


def test_attack_finds_nothing_in_the_published_report(attack):
    attack()


def test_attack_finds_nothing_in_the_page_of_a_preview(suppressed, page):
    """Numbers that only the open data shows count as known, even if the page does not show them."""
    settings = load_settings(suppressed, "2021-22")
    check_disclosure(Page(page, settings), {"annual-report.html": page.encode()}, settings)
    revealing = (
        '<data value="2" data-figure="stage_1.timeliness" data-year="2021-22" '
        'data-category="within limit">2</data>'
    )
    with pytest.raises(Problem, match="within extension can be worked out: it is from 0 to 0"):
        check_disclosure(
            Page(page.replace("</main>", f"{revealing}</main>"), settings), {}, settings
        )


WITHDRAWN = 'data-figure="complaints.withdrawn" data-year="2021-22"'


@pytest.mark.parametrize(
    "revealing",
    [f'<data value="1" {WITHDRAWN}>one</data>', f'<data value="c" {WITHDRAWN}>1</data>'],
)
def test_attack_finds_a_withheld_number_in_a_sentence(attack, revealing):
    with pytest.raises(
        Problem, match=r"complaints.withdrawn, 2021-22 appears in annual-report.html"
    ):
        attack(f"<p>{revealing}</p>")


def test_attack_finds_a_withheld_number_in_the_open_data(suppressed, attack):
    annex = (suppressed / "reports" / "2021-22" / "figures.csv").read_text()
    planted = re.sub(r"(202122,.*,complaints\.withdrawn,.*),c,", r"\1,1,", annex)
    assert planted != annex
    with pytest.raises(Problem, match=r"complaints\.withdrawn, 2021-22 appears in figures.csv"):
        attack(files={"figures.csv": planted.encode()})


@pytest.mark.parametrize("name", ["figures.xlsx", "figures.ods"])
def test_attack_finds_a_withheld_number_in_a_spreadsheet(attack, name):
    rows = [
        ["A heading", "", ""],
        ["Figure", "Category", "2021 to 2022"],
        ["Complaints withdrawn", "Total", 1],
    ]
    spreadsheet = io.BytesIO()
    if name.endswith(".xlsx"):
        pd.DataFrame(rows).to_excel(spreadsheet, index=False, header=False)
    else:
        document = Document("spreadsheet")
        table = Table("Complaints")
        table.set_values(rows)
        document.body.append(table)
        document.save(spreadsheet)
    with pytest.raises(Problem, match=f"complaints.withdrawn, 2021-22 appears in {name}"):
        attack(files={name: spreadsheet.getvalue()})


def test_attack_finds_a_number_only_in_the_word_document(suppressed, attack):
    published = zipfile.ZipFile(suppressed / "reports" / "2021-22" / "annual-report.docx")
    old_words = "4 complaints, down from 21"
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as archive:
        for name in published.namelist():
            content = published.read(name).decode("utf-8", "surrogateescape")
            content = content.replace(old_words, "4 complaints (3 withdrawn), down from 21")
            archive.writestr(name, content.encode("utf-8", "surrogateescape"))
    with pytest.raises(Problem, match=r"3 appears in annual-report.docx but not in the page"):
        attack(files={"annual-report.docx": changed.getvalue()})


@pytest.mark.slow
def test_attack_finds_a_number_only_in_the_pdf(attack, page):
    changed_pdf = render_pdf(page.replace("[c]", "3", 1))
    with pytest.raises(Problem, match=r"3 appears in annual-report.pdf but not in the page"):
        attack(files={"annual-report.pdf": changed_pdf})
    attack(files={"annual-report.pdf": render_pdf(page)})


def test_attack_works_out_what_another_number_reveals(attack):
    revealing = (
        '<data value="2" data-figure="stage_1.timeliness" data-year="2021-22" '
        'data-category="within limit">2</data>'
    )
    with pytest.raises(Problem, match="within extension can be worked out: it is from 0 to 0"):
        attack(f"<p>{revealing}</p>")


def test_attack_combines_this_report_with_earlier_years(suppressed, attack):
    settings = load_settings(suppressed, "2021-22")
    earlier = settings.processed / "3_aggregate" / "known.csv"
    content = earlier.read_text()
    assert "2020-21" in content
    try:
        earlier.write_text(content + "stage_1.timeliness,2021-22,within limit,,2.0\n")
        with pytest.raises(
            Problem,
            match=(
                "within extension can be worked out: it is from 0 to 0, from earlier "
                "publications as well"
            ),
        ):
            attack()
    finally:
        earlier.write_text(content)


def test_attack_finds_a_number_in_the_text_of_a_chart(attack, page):
    image = BeautifulSoup(page, "html.parser").select_one("figure.chart img")
    with pytest.raises(Problem, match="7777 appears in its chart or in the chart's text"):
        attack(html=page.replace(image["alt"], image["alt"] + " And 7777."))


def test_attack_finds_a_number_drawn_in_a_chart(attack, page):
    image = BeautifulSoup(page, "html.parser").select_one("#chart-representations-by-kind img")
    chart = Chart(lambda axes: axes.text(0.5, 0.5, "Complaints, 7777"), 2.0, image["alt"])
    drawing = BeautifulSoup(chart.image_element(), "html.parser").img["src"]
    with pytest.raises(Problem, match=r"representations.by_kind: 7777 appears in its chart"):
        attack(html=page.replace(str(image["src"]), drawing))
