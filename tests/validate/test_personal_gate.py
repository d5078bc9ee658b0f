"""Nothing personal of the records is in a published file, wherever a text comes from and whatever the format."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pipeline.problem import Problem
from pipeline.settings import load_settings
from pipeline.validate.personal_gate import must_hold_nothing_personal

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


@pytest.fixture
def settings(sample_report, tmp_path):
    """The sample as the validate step left it, with settings that a test may change."""
    workspace = tmp_path / "workspace"
    shutil.copytree(sample_report.workspace / "data", workspace / "data")
    return lambda: load_settings(workspace, "2021-22")


def caught(settings, page: str = PAGE, **made: bytes) -> str:
    with pytest.raises(Problem) as raised:
        must_hold_nothing_personal(page, {name.replace("_", "."): content for name, content in made.items()}, settings())
    return raised.value.what


@pytest.mark.parametrize(("text", "kind"), PLANTED.values(), ids=PLANTED)
def test_it_is_caught_in_the_page_and_not_repeated(settings, text, kind):
    said = caught(settings, PAGE.replace("Four", text))
    assert f"annual-report.html holds {kind}" in said
    assert text not in said


@pytest.mark.parametrize("place", ['<img alt="{}">', '<p title="{}">x</p>', '<meta name="author" content="{}">',
                                   "<p>Odalys <b>Dummy</b>thorpe</p>"])  # fmt: skip
def test_it_is_caught_wherever_a_page_says_something(settings, place):
    assert "a name" in caught(settings, PAGE.replace("<p>", place.format("Odalys Dummythorpe") + "<p>", 1))


def test_it_is_caught_in_the_open_data(settings):
    out = io.StringIO()
    csv.writer(out).writerows([["category", "value"], ["Odalys Dummythorpe", 1]])
    assert "figures.csv holds a name" in caught(settings, figures_csv=out.getvalue().encode())


@pytest.mark.parametrize(("name", "part"), [
    ("annual-report.docx", "word/document.xml"), ("annual-report.docx", "docProps/core.xml"),
    ("figures.xlsx", "xl/sharedStrings.xml"), ("figures.xlsx", "docProps/core.xml"),
    ("figures.ods", "content.xml"), ("figures.ods", "meta.xml"),
])  # fmt: skip
def test_it_is_caught_in_documents_and_what_they_say_of_themselves(sample_report, settings, name, part):
    made = zipfile.ZipFile(sample_report.html.parent / name)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as planted:
        for one in made.namelist():
            content = made.read(one)
            if one == part:
                at = content.rindex(b"</")
                content = content[:at] + b"<w:p><w:t>Odalys </w:t><w:t>Dummythorpe</w:t></w:p>" + content[at:]
            planted.writestr(one, content)
    assert f"{name} holds a name" in caught(settings, **{name.replace(".", "_"): out.getvalue()})


def test_it_is_caught_in_what_an_image_says_of_itself(settings):
    image, out, about = io.BytesIO(), io.BytesIO(), PngInfo()
    about.add_text("Author", "Odalys Dummythorpe")
    Image.new("RGB", (2, 2)).save(image, "png", pnginfo=about)
    with zipfile.ZipFile(out, "w") as document:
        document.writestr("word/media/image1.png", image.getvalue())
    assert "annual-report.docx holds a name" in caught(settings, **{"annual-report_docx": out.getvalue()})


def test_the_sample_as_published_holds_nothing_personal(sample_report, settings):
    made = {path.name: path.read_bytes() for path in sample_report.html.parent.iterdir() if path.is_file()}
    must_hold_nothing_personal(sample_report.html.read_text(), made, settings())


def test_a_name_that_is_an_ordinary_word_is_allowed_on_record(settings):
    page = PAGE.replace("Four", "The Ximena garden was opened.")
    assert "a part of a name" in caught(settings, page)
    report = settings().raw / "2021-22" / "report.yaml"
    report.write_text(
        report.read_text() + "\nallowed_names:\n  - words: Ximena\n    reason: the name of a garden\n    name: A. Analyst\n"
    )
    must_hold_nothing_personal(page, {}, settings())


def test_an_officer_named_in_the_settings_is_allowed(settings):
    report = settings().raw / "2021-22" / "report.yaml"
    report.write_text(report.read_text().replace("author: Complaints and Compliments Officer", "author: Odalys Dummythorpe"))
    must_hold_nothing_personal(PAGE.replace("Four", "Odalys Dummythorpe"), {}, settings())


def test_the_council_s_own_address_is_allowed(settings):
    must_hold_nothing_personal(PAGE.replace("Four", "childrens.complaints@example.org"), {}, settings())
