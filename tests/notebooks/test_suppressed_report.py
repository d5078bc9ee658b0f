"""The sample under a policy of suppression: it reads as a report, and nothing withheld can be found in it."""

from __future__ import annotations

import io
import re
import zipfile

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from odfdo import Document, Table

from pipeline.problem import Problem
from pipeline.release.disclosure_attack import must_not_give_away
from pipeline.report.charts import Chart
from pipeline.report.documents.pdf import render_pdf
from pipeline.settings import load_settings


@pytest.fixture(scope="module")
def suppressed(tmp_path_factory, sample_workspace, annual_report):
    workspace = sample_workspace(tmp_path_factory.mktemp("suppressed"))
    council = workspace / "data" / "raw" / "council.yaml"
    council.write_text(council.read_text().replace("policy: publish", "policy: suppress"))
    for year, formats in (("2020-21", "html,data"), ("2021-22", "html,docx,data")):
        ended = annual_report("run", year, "--workspace", workspace, "--formats", formats)
        assert ended.returncode == 0, ended.stderr
    return workspace


@pytest.fixture(scope="module")
def page(suppressed) -> str:
    return (suppressed / "reports" / "2021-22" / "annual-report.html").read_text()


def text_of(page: str) -> str:
    return " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())


def test_a_withheld_number_reads_as_undisclosed_and_never_as_none(page):
    text = text_of(page)
    assert "An undisclosed number of complaints were withdrawn" in text
    assert "4 complaints were received" in text
    for untrue in ("No complaint was turned away", "No complaint received in 2021 to 2022 has been decided",
                   "There were no investigations at stage 2", "No themes were recorded"):  # fmt: skip
        assert untrue not in text
    assert not re.search(r"\b[Tt]he an undisclosed", text)
    assert (
        "Care, undisclosed numbers were about Early Help, Looked After Children and Looked After Child and SEND."
        in text
    )
    assert "How they were made: email, letter and telephone, in undisclosed numbers" in text
    assert (
        "Not listed here, because it could tell of single people: Ombudsman cases, by subject and decision."
        in text
    )


def test_the_policy_and_its_sign_are_explained(page):
    text = text_of(page)
    assert "Counts from one to 5 that could tell of single people are withheld" in text
    assert "[c] means withheld to protect people" in text


def test_no_subject_of_a_single_case_is_listed(page, suppressed):
    subjects = pd.read_csv(suppressed / "data" / "raw" / "2021-22" / "ombudsman.csv")["subject"]
    assert len(subjects)
    assert not [subject for subject in subjects if subject in page]


def test_the_open_data_hold_the_sign_and_not_the_number(suppressed):
    annex = pd.read_csv(suppressed / "reports" / "2021-22" / "figures.csv", dtype="str")
    small = annex.query("figure == 'complaints.by_outcome' and time_period == '202122'").set_index(
        "category"
    )["value"]
    assert small["withdrawn"] == "c"


def test_the_decisions_are_for_the_auditor_alone(suppressed):
    decisions = pd.read_csv(
        suppressed / "data" / "processed" / "2021-22" / "3_aggregate" / "disclosure.csv"
    )
    assert {"small number", "would give another away", "made of a small number of cases"} <= set(
        decisions["rule"]
    )
    assert not list((suppressed / "reports" / "2021-22").glob("*disclosure*"))


@pytest.fixture
def attack(suppressed, page):
    """attack("<p>…</p>", figures_csv=b"…"): the report as published, with more in the page, or files in place of its own."""
    settings = load_settings(suppressed, "2021-22")
    published = {
        path.name: path.read_bytes()
        for path in settings.published_folder.iterdir()
        if path.is_file()
    }

    def run(more: str = "", of: str = page, **files: bytes) -> None:
        given = {name.replace("_", "."): content for name, content in files.items()}
        must_not_give_away(of.replace("</main>", f"{more}</main>"), published | given, settings)

    return run


def test_the_attack_finds_nothing_in_the_report_as_it_is(attack):
    attack()


def test_nor_in_the_page_alone_such_as_a_preview_makes(suppressed, page):
    """What only the open data would show, such as what never occurred, is not given away by the page, and not withheld."""
    settings = load_settings(suppressed, "2021-22")
    must_not_give_away(page, {"annual-report.html": page.encode()}, settings)
    told = '<data value="2" data-figure="stage_1.timeliness" data-year="2021-22" data-category="within limit">2</data>'
    with pytest.raises(Problem, match="within extension can be worked out: it is from 0 to 0"):
        must_not_give_away(page.replace("</main>", f"{told}</main>"), {}, settings)


PLACE = 'data-figure="complaints.withdrawn" data-year="2021-22"'


@pytest.mark.parametrize(
    "told", [f'<data value="1" {PLACE}>one</data>', f'<data value="c" {PLACE}>1</data>']
)
def test_the_attack_finds_a_withheld_number_in_a_sentence(attack, told):
    with pytest.raises(
        Problem, match=r"complaints.withdrawn, 2021-22 stands in annual-report.html"
    ):
        attack(f"<p>{told}</p>")


def test_the_attack_finds_a_withheld_number_in_the_open_data(suppressed, attack):
    annex = (suppressed / "reports" / "2021-22" / "figures.csv").read_text()
    planted = re.sub(r"(202122,.*,complaints\.withdrawn,.*),c,", r"\1,1,", annex)
    assert planted != annex
    with pytest.raises(Problem, match=r"complaints\.withdrawn, 2021-22 stands in figures.csv"):
        attack(figures_csv=planted.encode())


@pytest.mark.parametrize("name", ["figures.xlsx", "figures.ods"])
def test_the_attack_finds_a_withheld_number_in_a_spreadsheet(attack, name):
    rows = [
        ["A heading", "", ""],
        ["Figure", "Category", "2021 to 2022"],
        ["Complaints withdrawn", "Total", 1],
    ]
    out = io.BytesIO()
    if name.endswith(".xlsx"):
        pd.DataFrame(rows).to_excel(out, index=False, header=False)
    else:
        document, table = Document("spreadsheet"), Table("Complaints")
        table.set_values(rows)
        document.body.append(table)
        document.save(out)
    with pytest.raises(Problem, match=f"complaints.withdrawn, 2021-22 stands in {name}"):
        attack(**{name.replace(".", "_"): out.getvalue()})


def test_the_attack_finds_a_number_in_the_word_document_that_the_page_does_not_have(
    suppressed, attack
):
    given, out = (
        zipfile.ZipFile(suppressed / "reports" / "2021-22" / "annual-report.docx"),
        io.BytesIO(),
    )
    with zipfile.ZipFile(out, "w") as planted:
        for name in given.namelist():
            content = given.read(name).decode("utf-8", "surrogateescape")
            content = content.replace(
                "An undisclosed number of complaints were withdrawn", "3 complaints were withdrawn"
            )
            planted.writestr(name, content.encode("utf-8", "surrogateescape"))
    with pytest.raises(Problem, match=r"3 stands in annual-report.docx and not in the page"):
        attack(**{"annual-report_docx": out.getvalue()})


def test_the_attack_finds_a_number_in_the_pdf_that_the_page_does_not_have(attack, page):
    laid_out = render_pdf(page.replace("[c]", "3", 1))
    with pytest.raises(Problem, match=r"3 stands in annual-report.pdf and not in the page"):
        attack(**{"annual-report_pdf": laid_out})
    attack(**{"annual-report_pdf": render_pdf(page)})


def test_the_attack_works_out_what_a_further_number_gives_away(attack):
    told = '<data value="2" data-figure="stage_1.timeliness" data-year="2021-22" data-category="within limit">2</data>'
    with pytest.raises(Problem, match="within extension can be worked out: it is from 0 to 0"):
        attack(f"<p>{told}</p>")


def test_the_attack_puts_this_report_beside_those_of_earlier_years(suppressed, attack, tmp_path):
    settings = load_settings(suppressed, "2021-22")
    known = settings.processed / "3_aggregate" / "known.csv"
    told = known.read_text()
    assert "2020-21" in told
    try:
        known.write_text(told + "stage_1.timeliness,2021-22,within limit,,2.0\n")
        with pytest.raises(
            Problem,
            match="within extension can be worked out: it is from 0 to 0, from earlier publications as well",
        ):
            attack()
    finally:
        known.write_text(told)


def test_the_attack_finds_a_number_in_the_words_of_a_chart(attack, page):
    image = BeautifulSoup(page, "html.parser").select_one("figure.chart img")
    with pytest.raises(Problem, match="7777 stands in its chart or in the words of it"):
        attack(of=page.replace(image["alt"], image["alt"] + " And 7777."))


def test_the_attack_finds_a_number_that_is_drawn(attack, page):
    image = BeautifulSoup(page, "html.parser").select_one("#chart-representations-by-kind img")
    planted = Chart(lambda axes: axes.text(0.5, 0.5, "Complaints, 7777"), 2.0, image["alt"])
    with pytest.raises(Problem, match=r"representations.by_kind: 7777 stands in its chart"):
        attack(
            of=page.replace(
                str(image["src"]), BeautifulSoup(planted.image_element(), "html.parser").img["src"]
            )
        )
