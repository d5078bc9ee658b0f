"""No published file holds personal data of the records, wherever a text comes from."""

from __future__ import annotations

import csv
import io
import shutil
import time
import zipfile
import zlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from builders import REPOSITORY
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pipeline.problem import Problem
from pipeline.release.file_texts import file_texts
from pipeline.release.personal.phrase_index import PhraseIndex
from pipeline.release.personal.search import check_personal_data
from pipeline.release.report_files import ReportFiles
from pipeline.report.documents.page import Page
from pipeline.report.documents.pdf import PdfJob, render_pdf
from pipeline.report.wording import numeral
from pipeline.settings import load_settings
from pipeline.validate.personal.shapes import personal_data_kinds

NAME = "Odalys Dummythorpe"
# Case → text with personal data of the sample's records, and the kind that the check names.
# fmt: off
PLANTED = {
    "a name": (NAME, "a name"),
    "a first name alone": ("as Ximena told us", "a part of a name"),
    "a reference": ("CYP-21-001", "a reference"),
    "a date of birth": ("28 September 2007", "a date of birth"),
    "an address": ("at 37 Example Street", "an address"),
    "a postcode": ("ZZ8 2ZZ", "a postcode"),
    "an e-mail address": ("somebody@example.org", "an e-mail address"),
    "a telephone number": ("07700 900809", "a telephone number"),
    "an NHS number": ("943 476 5919", "an NHS number"),
    "a National Insurance number": ("AB123456C", "a National Insurance number"),
    "words of a note": (f"Letter from {NAME} scanned and filed", "words of a note"),
}
# fmt: on
FIVE_KINDS = ("a name", "a reference", "a postcode", "an e-mail address", "an NHS number")
FIVE_TEXTS = [PLANTED[kind][0] for kind in FIVE_KINDS]
PAGE = "<html><body><main><p>Four complaints were received.</p></main></body></html>"


@pytest.fixture
def settings(sample_report, tmp_path):
    """settings(): those of the sample after the validate step, which a test may change."""
    workspace = tmp_path / "workspace"
    shutil.copytree(sample_report.workspace / "data", workspace / "data")
    return lambda: load_settings(workspace, "2021-22")


def page_with(text: str) -> str:
    """The page with a text in place of its first word."""
    return PAGE.replace("Four", text)


def check(settings, html: str, files: Mapping[str, bytes] | None = None) -> None:
    """Raises Problem if the page or a file holds personal data."""
    current = settings()
    check_personal_data(Page(html, current), {} if files is None else files, current)


def rejection(settings, html: str = PAGE, files: Mapping[str, bytes] | None = None) -> str:
    """The message of the check, which must reject the page or a file."""
    with pytest.raises(Problem) as raised:
        check(settings, html, files)
    return raised.value.what


def zipped(name: str, content: str | bytes) -> bytes:
    """A zipped document of one part."""
    document = io.BytesIO()
    with zipfile.ZipFile(document, "w") as parts:
        parts.writestr(name, content)
    return document.getvalue()


def with_xml_in_part(document: bytes, name: str, xml: str) -> bytes:
    """A zipped document with more XML at the end of one of its parts."""
    copy = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as parts, zipfile.ZipFile(copy, "w") as planted:
        for part in parts.namelist():
            content = parts.read(part)
            if part == name:
                end = content.rindex(b"</")
                content = content[:end] + xml.encode() + content[end:]
            planted.writestr(part, content)
    return copy.getvalue()


@pytest.mark.parametrize(("text", "kind"), PLANTED.values(), ids=PLANTED)
def test_each_kind_is_found_in_the_page_and_not_repeated(settings, text, kind):
    message = rejection(settings, page_with(text))
    assert f"annual-report.html contains {kind}" in message
    assert text not in message


@pytest.mark.parametrize(
    "element",
    [
        f'<img alt="{NAME}">',
        f'<p title="{NAME}">x</p>',
        f'<meta name="author" content="{NAME}">',
        "<p>Odalys <b>Dummy</b>thorpe</p>",
    ],
)
def test_name_is_found_in_any_text_or_attribute_of_a_page(settings, element):
    assert "a name" in rejection(settings, PAGE.replace("<p>", f"{element}<p>", 1))


@pytest.mark.parametrize(
    ("recorded", "published"),
    [
        ("José O'Neill", "JosÃ© O&amp;#39;Neill"),
        ("JosÃ© O&#39;Neill", "José O'Neill"),
        ("José O'Neill", "Jos√© O\u201aÄôNeill"),
        ("Jos├® O\\'Neill", "José O\u2019Neill"),
        ("José O'Neill", "Jos\\u00e9 O%27Neill"),
        ("José O'Neill", "Jo\u00adsé O\u00b4Neill"),
    ],
)
def test_name_is_found_in_repaired_and_unescaped_forms(settings, recorded, published):
    path = settings().raw / "2021-22" / "complaints.csv"
    table = pd.read_csv(path, dtype="str")
    table.loc[0, "complainant_name"] = recorded
    table.to_csv(path, index=False)
    message = rejection(settings, page_with(published))
    assert "annual-report.html contains a name (complainant_name in row 2" in message
    assert "Jos" not in message


def test_name_is_found_in_the_open_data(settings):
    out = io.StringIO()
    csv.writer(out).writerows([["category", "value"], [NAME, 1]])
    files = {"figures.csv": out.getvalue().encode()}
    assert "figures.csv contains a name" in rejection(settings, files=files)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("annual-report.docx", "word/document.xml"),
        ("annual-report.docx", "docProps/core.xml"),
        ("figures.xlsx", "xl/sharedStrings.xml"),
        ("figures.xlsx", "docProps/core.xml"),
        ("figures.ods", "content.xml"),
        ("figures.ods", "meta.xml"),
    ],
)
def test_name_is_found_in_text_and_metadata_of_documents(sample_report, settings, name, part):
    document = (sample_report.html.parent / name).read_bytes()
    planted = with_xml_in_part(
        document, part, "<w:p><w:t>Odalys </w:t><w:t>Dummythorpe</w:t></w:p>"
    )
    assert f"{name} contains a name" in rejection(settings, files={name: planted})


@pytest.mark.parametrize(
    "html",
    [
        f"<title>{NAME}</title>",
        f"<h1>{NAME}</h1>",
        f'<meta name="author" content="{NAME}">',
    ],
)
def test_name_is_found_in_text_and_metadata_of_a_pdf(settings, html):
    files = {"annual-report.pdf": render_pdf(html)}
    assert "annual-report.pdf contains a name" in rejection(settings, files=files)


@pytest.mark.parametrize("is_in_page", [False, True])
def test_name_is_found_in_a_pdf_that_is_not_laid_out_yet(settings, is_in_page):
    html = PAGE.replace("</main>", f"<p>{NAME}</p></main>")
    with ThreadPoolExecutor(1) as thread:
        thread.submit(time.sleep, 0.2)  # or it might be ready before the search begins
        pdf = PdfJob(html, thread, settings().council.run_limits)
        files = ReportFiles({"figures.csv": b"figure\n"}, pdf, [])
        message = rejection(settings, html if is_in_page else PAGE, files)
    places = "annual-report.pdf contains"
    if is_in_page:
        places = "annual-report.html and annual-report.pdf contain"
    assert f"{places} a name" in message


@pytest.mark.parametrize("compress", [bytes, zlib.compress], ids=["plain", "compressed"])
def test_name_is_found_in_the_xmp_packet_of_a_pdf(settings, compress):
    packet = compress(f"<x:xmpmeta><rdf:li>{NAME}</rdf:li></x:xmpmeta>".encode())
    pdf = render_pdf("<p>Four</p>") + b"stream\n" + packet + b"\nendstream"
    message = rejection(settings, files={"annual-report.pdf": pdf})
    assert "annual-report.pdf contains a name" in message


@pytest.mark.parametrize(
    "name",
    [
        "annual-report.html",
        "annual-report.pdf",
        "annual-report.docx",
        "figures.csv",
        "figures.ods",
        "figures.xlsx",
        "datapackage.json",
    ],
)
def test_five_kinds_are_found_in_each_published_format(sample_report, settings, name):
    text = " | ".join(FIVE_TEXTS)
    content = (sample_report.html.parent / name).read_bytes()
    if name.endswith(".html"):
        content = content.replace(b"</main>", f"<p>{text}</p></main>".encode())
    elif name.endswith(".pdf"):
        content = render_pdf(f"<p>{text}</p>")
    elif name.endswith(".docx"):
        xml = f"<w:p><w:t>{text}</w:t></w:p>"
        content = with_xml_in_part(content, "word/document.xml", xml)
    elif name.endswith(".xlsx"):
        xml = f"<si><t>{text}</t></si>"
        content = with_xml_in_part(content, "xl/sharedStrings.xml", xml)
    elif name.endswith(".ods"):
        content = with_xml_in_part(content, "content.xml", f"<text:p>{text}</text:p>")
    else:
        content += text.encode()
    message = rejection(settings, files={name: content})
    assert all(f"{name} contains {kind}" in message for kind in FIVE_KINDS), message


def test_name_is_found_in_the_metadata_of_an_image(settings):
    image = io.BytesIO()
    metadata = PngInfo()
    metadata.add_text("Author", NAME)
    Image.new("RGB", (2, 2)).save(image, "png", pnginfo=metadata)
    files = {"annual-report.docx": zipped("word/media/image1.png", image.getvalue())}
    assert "annual-report.docx contains a name" in rejection(settings, files=files)


def test_published_sample_holds_no_personal_data(sample_report, settings):
    folder = sample_report.html.parent
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    check(settings, sample_report.html.read_text(encoding="utf-8"), files)


def test_name_that_is_an_ordinary_word_can_be_allowed(settings):
    page = page_with("The Ximena garden was opened.")
    assert "a part of a name" in rejection(settings, page)
    allowed = "allowed_names:\n  - words: Ximena\n    reason: the name of a garden\n"
    report = settings().raw / "2021-22" / "report.yaml"
    report.write_text(f"{report.read_text()}\n{allowed}    name: A. Analyst\n")
    check(settings, page)


def test_officer_named_in_the_settings_is_allowed(settings):
    report = settings().raw / "2021-22" / "report.yaml"
    text = report.read_text()
    author = "author: Complaints and Compliments Officer"
    assert author in text
    report.write_text(text.replace(author, f"author: {NAME}"))
    check(settings, page_with(NAME))


def test_message_names_the_row_of_a_value_and_not_the_value(settings):
    """Or the analyst of four hundred complaints would look for that person in vain."""
    message = rejection(settings, page_with(f"{NAME}: four"))
    place = "complainant_name in row 2 of data/raw/2021-22/complaints.csv"
    assert f"contains a name ({place};" in message
    assert "dummythorpe" not in message.casefold()


def test_message_names_the_first_row_of_a_shared_first_name(settings):
    message = rejection(settings, page_with("Odalys: four"))
    place = "complainant_name in row 2 of data/raw/2020-21/complaints.csv"
    assert f"a part of a name ({place}; " in message


def test_message_names_no_row_for_what_is_known_by_its_shape(settings):
    message = rejection(settings, page_with("a@example.org: four"))
    assert "contains an e-mail address" in message
    assert "contains an e-mail address (" not in message


def test_decimals_of_a_number_are_no_telephone_number(settings):
    check(settings, page_with('<data value="67340.06734006734">67,340.1</data>'))
    assert "a telephone number" in rejection(settings, page_with("Telephone.06734006734"))


COUNTS = st.lists(st.integers(0, 20) | st.integers(0, 9_999), min_size=1, max_size=20)


@hypothesis_settings(deadline=None)  # the machine may be busy
@given(COUNTS)
@example([0, 12, 15, 114, 118])
@example([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
@example([943, 476, 5919])
@example([1_000, 10, 10, 100])
def test_row_of_counts_is_no_personal_number_in_any_format(counts):
    """A page, a PDF and a document set them side by side; a spreadsheet writes no space between."""
    numerals = [numeral(count) for count in counts]
    html_cells = "".join(f"<td>{text}</td>" for text in numerals)
    html = f"<table><tr><th>Upheld</th>{html_cells}</tr></table>"
    docx = "".join(f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for text in numerals)
    xlsx = "".join(f"<c><v>{count}</v></c>" for count in counts)
    ods = "".join(
        f"<table:table-cell><text:p>{count}</text:p></table:table-cell>" for count in counts
    )
    texts = [
        f"Upheld {' '.join(numerals)}",  # as it is read from a PDF
        *file_texts("a.html", html.encode()),
        *file_texts("a.docx", zipped("word/document.xml", docx)),
        *file_texts("a.xlsx", zipped("xl/worksheets/sheet1.xml", xlsx)),
        *file_texts("a.ods", zipped("content.xml", ods)),
        *file_texts("a.csv", ",".join(str(count) for count in counts).encode()),
    ]
    assert [text for text in texts if personal_data_kinds(text)] == []


@hypothesis_settings(deadline=None)
@given(st.text("0123456789abcdef", min_size=64, max_size=64))
@example("07700900809".center(64, "a"))
@example("9434765919".center(64, "a"))
def test_digits_in_the_hash_of_a_file_are_no_personal_number(digits):
    content = f'{{"hash": "sha256:{digits}"}}'.encode()
    texts = [
        *file_texts("datapackage.json", content),
        *file_texts("a.docx", zipped("docProps/custom.xml", f"<lpwstr>a{digits[17:48]}</lpwstr>")),
    ]
    assert [text for text in texts if personal_data_kinds(text)] == []


def test_reference_that_is_a_small_number_needs_a_label(settings):
    """Some case systems number their cases from 1 on."""
    for path in settings().raw.glob("*/*.csv"):
        table = pd.read_csv(path, dtype="str")
        # The Ombudsman's references are not the council's.
        columns = {"complaint"} if path.stem == "ombudsman" else {"complaint", "reference"}
        for column in columns & set(table):
            table[column] = table[column].str.replace("CYP-21-00", "", regex=False)
        table.to_csv(path, index=False)
    check(settings, page_with("Of 3 cases 2 were closed, and 1"))
    assert "a reference" in rejection(settings, page_with("As in case no. 2, "))
    assert "a reference" in rejection(settings, page_with("(Ref: 3) "))
    check(settings, page_with("As in case no. 99, "))


def test_council_s_own_address_is_allowed(settings):
    check(settings, page_with("childrens.complaints@example.org"))


def test_numbers_in_neighbouring_cells_are_not_one_number(settings):
    """943, 476, 59 and 19 would be an NHS number; one set in two weights is still found."""
    row = "".join(f"<td>{number}</td>" for number in (943, 476, 59, 19))
    check(settings, PAGE.replace("</main>", f"<table><tr>{row}</tr></table></main>"))
    in_two_weights = "<table><tr><td>943<b>4765919</b></td></tr></table></main>"
    message = rejection(settings, PAGE.replace("</main>", in_two_weights))
    assert message.startswith("the files contain personal data (1 finding)")


PLANTED_TEXT = "; ".join(FIVE_TEXTS)
# Where a text comes from → the file, what is replaced there, and by what.
# fmt: off
TEXT_SOURCES = {
    "the council's settings": ("council.yaml", "This sample shows small",
                               f"{PLANTED_TEXT}. This sample shows small"),
    "where a number was published": ("published.csv", "Invented for this sample",
                                     f"{PLANTED_TEXT}. Invented for this sample"),
}
# fmt: on


def rejected_run(annual_report, workspace: Path, *options: str) -> str:
    """The messages of a run that ends without publishing a report."""
    result = annual_report("run", "2021-22", "--workspace", workspace, *options)
    assert result.returncode != 0
    assert not (workspace / "reports" / "2021-22").exists()
    return result.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("file", "old", "new"), TEXT_SOURCES.values(), ids=TEXT_SOURCES)
def test_run_stops_wherever_a_personal_text_comes_from(
    tmp_path, sample_workspace, annual_report, file, old, new
):
    workspace = sample_workspace(tmp_path)
    path = workspace / "data" / "raw" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    messages = rejected_run(annual_report, workspace, "--formats", "html")
    for kind in FIVE_KINDS:
        assert f"annual-report.html contains {kind}" in messages


@pytest.mark.slow
def test_run_stops_at_personal_data_in_the_commentary(tmp_path, sample_workspace, annual_report):
    workspace = sample_workspace(tmp_path)
    path = workspace / "data" / "raw" / "2021-22" / "commentary.md"
    text = path.read_text()
    assert "Members may want" in text
    path.write_text(text.replace("Members may want", f"{NAME}, a@example.org. Members may want", 1))
    messages = rejected_run(annual_report, workspace, "--formats", "html")
    assert "contains a name" in messages
    assert "contains an e-mail address" in messages


CAPTION = "Complaints by complainant, route"


@pytest.mark.slow
def test_run_stops_at_personal_data_in_a_council_s_notebook(
    tmp_path, sample_workspace, annual_report
):
    """The planted text has no number, because one typed by hand would stop the run earlier."""
    workspace = sample_workspace(tmp_path)
    text = (REPOSITORY / "notebooks" / "4_report.ipynb").read_text()
    assert text.count(CAPTION) == 1
    (workspace / "notebooks").mkdir()
    notebook = workspace / "notebooks" / "4_report.ipynb"
    notebook.write_text(text.replace(CAPTION, f"{NAME}, a@example.org. {CAPTION}"))
    messages = rejected_run(annual_report, workspace)
    files = "annual-report.html, annual-report.docx, audit/paragraphs.json and annual-report.pdf"
    assert f"{files} contain a name (" in messages
    assert f"{files} contain an e-mail address" in messages


def test_count_in_a_table_after_a_unit_is_no_reference_number():
    counted = list(file_texts("a.csv", b"unit,value\ncomplaint,203\n"))
    assert not PhraseIndex([("a.csv", text) for text in counted]).reference_numbers
    written = list(file_texts("a.csv", b"text\nas in complaint 203\n"))
    assert "203" in PhraseIndex([("a.csv", text) for text in written]).reference_numbers
