"""Nothing personal of the records is in a published file, wherever a text comes from and whatever the format."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
import zlib
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pipeline.problem import Problem
from pipeline.release import personal_data
from pipeline.release.file_texts import file_texts
from pipeline.report.documents.page import Page
from pipeline.report.documents.pdf import render_pdf
from pipeline.report.wording import numeral
from pipeline.settings import Settings, load_settings
from pipeline.validate.rules.personal_text import personal_data_kinds

REPOSITORY = Path(__file__).resolve().parents[2]
PLANTED = {
    "a name": ("Odalys Dummythorpe", "a name"),
    "a name without case and accents": ("ODÁLYS dummythorpe", "a name"),
    "a name turned round": ("Dummythorpe, Odalys", "a name"),
    "a first name alone": ("as Ximena told us", "a part of a name"),
    "a reference": ("CYP-21-001", "a reference"),
    "a date of birth": ("28 September 2007", "a date of birth"),
    "a date of birth in figures": ("28/09/2007", "a date of birth"),
    "an address": ("at 37 Example Street", "an address"),
    "a postcode": ("ZZ8 2ZZ", "a postcode"),
    "an e-mail address": ("somebody@example.org", "an e-mail address"),
    "a telephone number": ("07700 900809", "a telephone number"),
    "an NHS number": ("943 476 5919", "an NHS number"),
    "a National Insurance number": ("QQ123456C".replace("QQ", "AB"), "a National Insurance number"),
    "words of a note": ("Letter from Odalys Dummythorpe scanned and filed", "words of a note"),
}  # fmt: skip
PAGE = "<html><body><main><p>Four complaints were received.</p></main></body></html>"


def check_personal_data(html: str, files: dict[str, bytes], settings: Settings) -> None:
    personal_data.check_personal_data(Page(html, settings), files, settings)


@pytest.fixture
def settings(sample_report, tmp_path):
    """The sample as the validate step left it, with settings that a test may change."""
    workspace = tmp_path / "workspace"
    shutil.copytree(sample_report.workspace / "data", workspace / "data")
    return lambda: load_settings(workspace, "2021-22")


def caught(settings, page: str = PAGE, **made: bytes) -> str:
    with pytest.raises(Problem) as raised:
        check_personal_data(
            page, {name.replace("_", "."): content for name, content in made.items()}, settings()
        )
    return raised.value.what


@pytest.mark.parametrize(("text", "kind"), PLANTED.values(), ids=PLANTED)
def test_it_is_caught_in_the_page_and_not_repeated(settings, text, kind):
    said = caught(settings, PAGE.replace("Four", text))
    assert f"annual-report.html holds {kind}" in said
    assert text not in said


@pytest.mark.parametrize("place", ['<img alt="{}">', '<p title="{}">x</p>', '<meta name="author" content="{}">',
                                   "<p>Odalys <b>Dummy</b>thorpe</p>"])  # fmt: skip
def test_it_is_caught_wherever_a_page_says_something(settings, place):
    assert "a name" in caught(
        settings, PAGE.replace("<p>", place.format("Odalys Dummythorpe") + "<p>", 1)
    )


def test_it_is_caught_in_the_open_data(settings):
    out = io.StringIO()
    csv.writer(out).writerows([["category", "value"], ["Odalys Dummythorpe", 1]])
    assert "figures.csv holds a name" in caught(settings, figures_csv=out.getvalue().encode())


@pytest.mark.parametrize(("name", "part"), [
    ("annual-report.docx", "word/document.xml"), ("annual-report.docx", "docProps/core.xml"),
    ("figures.xlsx", "xl/sharedStrings.xml"), ("figures.xlsx", "docProps/core.xml"),
    ("figures.ods", "content.xml"), ("figures.ods", "meta.xml"),
])  # fmt: skip
def test_it_is_caught_in_documents_and_what_they_say_of_themselves(
    sample_report, settings, name, part
):
    made = (sample_report.html.parent / name).read_bytes()
    planted = with_more(made, part, "<w:p><w:t>Odalys </w:t><w:t>Dummythorpe</w:t></w:p>")
    assert f"{name} holds a name" in caught(settings, **{name.replace(".", "_"): planted})


def with_more(document: bytes, part: str, xml: str) -> bytes:
    """A zipped document with more at the end of one of its parts."""
    given, out = zipfile.ZipFile(io.BytesIO(document)), io.BytesIO()
    with zipfile.ZipFile(out, "w") as planted:
        for one in given.namelist():
            content = given.read(one)
            if one == part:
                at = content.rindex(b"</")
                content = content[:at] + xml.encode() + content[at:]
            planted.writestr(one, content)
    return out.getvalue()


@pytest.mark.parametrize("place", ["<title>Odalys Dummythorpe</title>", "<h1>Odalys Dummythorpe</h1>",
                                   '<meta name="author" content="Odalys Dummythorpe">'])  # fmt: skip
def test_it_is_caught_in_what_a_pdf_shows_and_says_of_itself(settings, place):
    assert "annual-report.pdf holds a name" in caught(
        settings, **{"annual-report_pdf": render_pdf(place)}
    )


def test_it_is_caught_in_the_packet_of_metadata_in_a_pdf(settings):
    packet = b"<x:xmpmeta><rdf:li>Odalys Dummythorpe</rdf:li></x:xmpmeta>"
    for held in (packet, zlib.compress(packet)):
        pdf = render_pdf("<p>Four</p>") + b"stream\n" + held + b"\nendstream"
        assert "annual-report.pdf holds a name" in caught(settings, **{"annual-report_pdf": pdf})


FIVE = ("a name", "a reference", "a postcode", "an e-mail address", "an NHS number")


@pytest.mark.parametrize("name", ["annual-report.html", "annual-report.pdf", "annual-report.docx", "figures.csv", "figures.ods",
                                  "figures.xlsx", "datapackage.json"])  # fmt: skip
def test_each_kind_is_caught_in_each_published_format(sample_report, settings, name):
    said = " | ".join(PLANTED[kind][0] for kind in FIVE)
    made = (sample_report.html.parent / name).read_bytes()
    if name.endswith(".html"):
        made = made.replace(b"</main>", f"<p>{said}</p></main>".encode())
    elif name.endswith(".pdf"):
        made = render_pdf(f"<p>{said}</p>")
    elif name.endswith(".docx"):
        made = with_more(made, "word/document.xml", f"<w:p><w:t>{said}</w:t></w:p>")
    elif name.endswith(".xlsx"):
        made = with_more(made, "xl/sharedStrings.xml", f"<si><t>{said}</t></si>")
    elif name.endswith(".ods"):
        made = with_more(made, "content.xml", f"<text:p>{said}</text:p>")
    else:
        made += said.encode()
    told = caught(settings, **{name.replace(".", "_"): made})
    assert all(f"{name} holds {kind}" in told for kind in FIVE), told


def test_it_is_caught_in_what_an_image_says_of_itself(settings):
    image, out, about = io.BytesIO(), io.BytesIO(), PngInfo()
    about.add_text("Author", "Odalys Dummythorpe")
    Image.new("RGB", (2, 2)).save(image, "png", pnginfo=about)
    with zipfile.ZipFile(out, "w") as document:
        document.writestr("word/media/image1.png", image.getvalue())
    assert "annual-report.docx holds a name" in caught(
        settings, **{"annual-report_docx": out.getvalue()}
    )


def test_the_sample_as_published_holds_nothing_personal(sample_report, settings):
    made = {
        path.name: path.read_bytes()
        for path in sample_report.html.parent.iterdir()
        if path.is_file()
    }
    check_personal_data(sample_report.html.read_text(), made, settings())


def test_a_name_that_is_an_ordinary_word_is_allowed_on_record(settings):
    page = PAGE.replace("Four", "The Ximena garden was opened.")
    assert "a part of a name" in caught(settings, page)
    report = settings().raw / "2021-22" / "report.yaml"
    report.write_text(
        report.read_text()
        + "\nallowed_names:\n  - words: Ximena\n    reason: the name of a garden\n    name: A. Analyst\n"
    )
    check_personal_data(page, {}, settings())


def test_an_officer_named_in_the_settings_is_allowed(settings):
    report = settings().raw / "2021-22" / "report.yaml"
    report.write_text(
        report.read_text().replace(
            "author: Complaints and Compliments Officer", "author: Odalys Dummythorpe"
        )
    )
    check_personal_data(PAGE.replace("Four", "Odalys Dummythorpe"), {}, settings())


def test_the_row_is_named_that_holds_what_is_not_repeated(settings):
    """Or the analyst of four hundred complaints would look for that person in vain."""
    told = caught(settings, PAGE.replace("Four", "Odalys Dummythorpe: four"))
    assert "holds a name (complainant_name in row 2 of data/raw/2021-22/complaints.csv)" in told
    assert "dummythorpe" not in told.casefold()
    told = caught(settings, PAGE.replace("Four", "Odalys: four"))
    assert (
        "a part of a name (complainant_name in row 2 of data/raw/2020-21/complaints.csv)" in told
    ), "one of those so called"
    assert "holds an e-mail address (" not in caught(
        settings, PAGE.replace("Four", "a@example.org: four")
    ), "known by its shape"


def test_the_decimals_of_a_number_are_no_telephone_number(settings):
    check_personal_data(
        PAGE.replace("Four", '<data value="67340.06734006734">67,340.1</data>'), {}, settings()
    )
    assert "a telephone number" in caught(settings, PAGE.replace("Four", "Telephone.06734006734"))


COUNTS = st.lists(st.integers(0, 20) | st.integers(0, 9_999), min_size=1, max_size=20)


@given(COUNTS)
@example([0, 12, 15, 114, 118])
@example([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
@example([943, 476, 5919])
@example([1_000, 10, 10, 100])
def test_a_row_of_counts_is_nobody_s_number_in_any_format(counts):
    """Whose cells a page, a PDF and a document set beside each other, and a spreadsheet writes without a space between."""
    said = [numeral(count) for count in counts]
    cells = "".join(f"<td>{text}</td>" for text in said)
    in_word = "".join(f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for text in said)
    in_calc = "".join(
        f"<table:table-cell><text:p>{count}</text:p></table:table-cell>" for count in counts
    )
    texts = [
        f"Upheld {' '.join(said)}",  # as it is read from a PDF
        *file_texts("a.html", f"<table><tr><th>Upheld</th>{cells}</tr></table>".encode()),
        *file_texts("a.docx", zipped("word/document.xml", in_word)),
        *file_texts(
            "a.xlsx",
            zipped(
                "xl/worksheets/sheet1.xml", "".join(f"<c><v>{count}</v></c>" for count in counts)
            ),
        ),
        *file_texts("a.ods", zipped("content.xml", in_calc)),
        *file_texts("a.csv", ",".join(str(count) for count in counts).encode()),
    ]
    assert [text for text in texts if personal_data_kinds(text)] == []


@given(st.text("0123456789abcdef", min_size=64, max_size=64))
@example("07700900809".center(64, "a"))
@example("9434765919".center(64, "a"))
def test_the_hash_of_a_file_is_nobody_s_number(digits):
    said = f'{{"hash": "sha256:{digits}"}}'
    assert [
        text for text in file_texts("datapackage.json", said.encode()) if personal_data_kinds(text)
    ] == []


def test_a_reference_that_is_a_small_number_is_told_from_a_count(settings):
    """Some case systems number their cases from 1 on."""
    for file in ("complaints", "investigations", "learning", "ombudsman"):
        path = settings().processed / "1_validate" / f"{file}.parquet"
        table = pd.read_parquet(path)
        of_a_case = (
            {"complaint", "reference"} & set(table) if file != "ombudsman" else {"complaint"}
        )
        for column in of_a_case:
            table[column] = table[column].str.replace("CYP-21-00", "", regex=False)
        table.to_parquet(path)
    check_personal_data(PAGE.replace("Four", "Of 3 cases 2 were closed, and 1"), {}, settings())
    assert "a reference" in caught(settings, PAGE.replace("Four", "As in case no. 2, "))
    assert "a reference" in caught(settings, PAGE.replace("Four", "(Ref: 3) "))
    check_personal_data(PAGE.replace("Four", "As in case no. 99, "), {}, settings())


def zipped(name: str, content: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        parts.writestr(name, content)
    return made.getvalue()


def test_the_council_s_own_address_is_allowed(settings):
    check_personal_data(PAGE.replace("Four", "childrens.complaints@example.org"), {}, settings())


SAID = "; ".join(PLANTED[kind][0] for kind in FIVE)
PLACES = {
    "the settings of the year": (
        "2021-22/report.yaml",
        "Members are asked to",
        f"{SAID}. Members are asked to",
    ),
    "the council's settings": (
        "council.yaml",
        "The sample reproduces",
        f"{SAID}. The sample reproduces",
    ),
    "an action": (
        "2021-22/learning.csv",
        "Make sure that professionals",
        f"{SAID}. Make sure that professionals",
    ),
    "an approved text": (
        "2021-22/compliments.csv",
        "treated our family with respect.,",
        f"treated us well.,{SAID}",
    ),
    "a subject": (
        "2021-22/ombudsman.csv",
        "Time taken to arrange placement",
        f"{SAID}. Time taken",
    ),
    "where a number was published": (
        "published.csv",
        "Invented for this sample",
        f"{SAID}. Invented for this sample",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("file", "before", "after"), PLACES.values(), ids=PLACES)
def test_it_is_caught_wherever_a_text_comes_from(
    tmp_path, sample_workspace, annual_report, file, before, after
):
    workspace = sample_workspace(tmp_path)
    path = workspace / "data" / "raw" / file
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))
    ended = annual_report("run", "2021-22", "--workspace", workspace, "--formats", "html")
    assert ended.returncode != 0
    assert not (workspace / "reports" / "2021-22").exists()
    assert all(f"annual-report.html holds {kind}" in ended.stderr for kind in FIVE), ended.stderr


@pytest.mark.slow
def test_it_is_caught_in_the_commentary_where_no_number_may_be_typed_anyway(
    tmp_path, sample_workspace, annual_report
):
    workspace = sample_workspace(tmp_path)
    path = workspace / "data" / "raw" / "2021-22" / "commentary.md"
    text = path.read_text()
    for said, told in (("Odalys Dummythorpe, somebody@example.org", ["holds a name", "holds an e-mail address"]),
                       (PLANTED["a reference"][0], ["is typed by hand"])):  # fmt: skip
        path.write_text(text.replace("Behind each", f"{said}. Behind each", 1))
        ended = annual_report("run", "2021-22", "--workspace", workspace, "--formats", "html")
        assert ended.returncode != 0
        assert not (workspace / "reports" / "2021-22").exists()
        assert all(one in ended.stderr for one in told), ended.stderr


IN_A_NOTEBOOK = {
    "prose": "This report gives members an overview", "a chart's headline": "Complaints: {{ complaints.received }}",
    "a chart's subtitle": "Number of representations received in each year", "a table's caption": "Complaints received, by route",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("before", IN_A_NOTEBOOK.values(), ids=IN_A_NOTEBOOK)
def test_it_is_caught_in_a_workspace_s_own_notebook(
    tmp_path, sample_workspace, annual_report, before
):
    """A number there is typed by hand, which stops the run before that."""
    workspace = sample_workspace(tmp_path)
    text = (REPOSITORY / "notebooks" / "4_report.ipynb").read_text()
    assert text.count(before) == 1
    (workspace / "notebooks").mkdir()
    (workspace / "notebooks" / "4_report.ipynb").write_text(
        text.replace(before, f"Odalys Dummythorpe, a@example.org. {before}")
    )
    ended = annual_report("run", "2021-22", "--workspace", workspace)
    assert ended.returncode != 0
    assert not (workspace / "reports" / "2021-22").exists()
    for name in ("annual-report.html", "annual-report.pdf", "annual-report.docx"):
        assert f"{name} holds a name" in ended.stderr, ended.stderr
        assert f"{name} holds an e-mail address" in ended.stderr, ended.stderr


def test_numbers_of_neighbouring_cells_are_not_one_number(settings):
    """Such as 943, 476, 59 and 19, which in one go would be an NHS number; a name set in two weights is still one."""
    row = "".join(f"<td>{number}</td>" for number in (943, 476, 59, 19))
    check_personal_data(
        PAGE.replace("</main>", f"<table><tr>{row}</tr></table></main>"), {}, settings()
    )
    with pytest.raises(Problem, match="personal data of 1 kind in the files"):
        check_personal_data(
            PAGE.replace("</main>", "<table><tr><td>943<b>4765919</b></td></tr></table></main>"),
            {},
            settings(),
        )
