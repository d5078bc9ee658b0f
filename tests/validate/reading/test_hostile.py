"""Bad and hostile files: each gives the message it should, names the place and the remedy, and changes nothing on disk."""

from __future__ import annotations

import io
import os
import random
import struct
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

HEAD = "date,title\n"
GOOD = "2021-05-01,A\n"


def xlsx_with(**parts: str) -> bytes:
    """A good workbook of one training session in which some parts are replaced or added."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.title = "training"
    book.active.append(["date", "title"])
    book.active.append(["2021-05-01", "A"])
    book.save(out)
    changed = io.BytesIO()
    parts = {name.replace("__", "/"): content for name, content in parts.items()}
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return changed.getvalue()


def sheet_of(rows: str, before: str = "") -> str:
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="{name}"><sheetData>{rows}</sheetData></worksheet>'


def sheet_with(content: str) -> bytes:
    return xlsx_with(**{"xl__worksheets__sheet1.xml": content})


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


HEADING = f'<row r="1">{text_cell("A1", "date")}{text_cell("B1", "title")}</row>'


def zip_bomb() -> bytes:
    return xlsx_with(**{"xl__worksheets__sheet1.xml": sheet_of(HEADING + " " * 200_000_000)})


def huge_by_its_own_word() -> bytes:
    """A workbook whose directory says that a part is 3 GB long."""
    content = bytearray(xlsx_with())
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 3_000_000_000)
    return bytes(content)


def longer_than_it_says() -> bytes:
    """A workbook with a part that says it is 10 bytes long, and unpacks to more."""
    content = bytearray(xlsx_with())
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 10)
    return bytes(content)


def last_corner() -> bytes:
    return xlsx_with(
        **{"xl__worksheets__sheet1.xml": sheet_of(HEADING + f'<row r="1048576">{text_cell("XFD1048576", "x")}</row>')}
    )


def shared_string_repeated() -> bytes:
    """300,000 cells that share one string of 30,000 characters: 9 GB when each has its own copy."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 300_001))
    shared = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1" uniqueCount="1">'
        f"<si><t>{'x' * 30_000}</t></si></sst>"
    )
    return xlsx_with(**{"xl__worksheets__sheet1.xml": sheet_of(rows), "xl__sharedStrings.xml": shared})


def ods_repeated() -> bytes:
    cell = (
        '<table:table-cell table:number-columns-repeated="10000" office:value-type="string"><text:p>x</text:p></table:table-cell>'
    )
    spaces = "".join(f' xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"' for one in ("office", "table", "text"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", (
            f"<office:document-content{spaces}><office:body><office:spreadsheet><table:table table:name='training'>"
            f"<table:table-row table:number-rows-repeated='1000000'>{cell}</table:table-row>"
            "</table:table></office:spreadsheet></office:body></office:document-content>"
        ))  # fmt: skip
        archive.writestr(
            "META-INF/manifest.xml", "<manifest:manifest xmlns:manifest='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'/>"
        )
    return out.getvalue()


def junk(length: int = 5000) -> bytes:
    return random.Random(1).randbytes(length)


NOT_XLSX = "this is not an .xlsx workbook, or it is damaged"
TOO_MUCH = "this cannot be read as a workbook: it is damaged, protected, or far larger than it looks"
SWALLOWED = "a quotation mark opens a cell and the rows after it are swallowed before another closes it"
PASSWORD = "this has a password, or is an .xls with the wrong ending"
NO_TEXT = "this is not text in any encoding that a spreadsheet writes"

UNREADABLE: dict[str, tuple[str, Callable[[], bytes] | bytes | str, str]] = {
    "an empty file": ("csv", "", "the file is empty"),
    "only blank lines": ("csv", "\n\n\n", "the first row is empty"),
    "only a byte order mark": ("csv", b"\xef\xbb\xbf", "the first row is empty"),
    "a blank row above the heading": ("csv", ",,\n" + HEAD + GOOD, "the first row is empty"),
    "a null byte": ("csv", HEAD + GOOD + "2021-05-02,B\0\n", "line 3 holds a null byte, which no text has"),
    "binary junk": ("csv", junk, NO_TEXT),
    "bytes that no encoding has": ("csv", HEAD.encode() + b"2021-05-01,\x81\x8d\x8f\n", NO_TEXT),
    "half of UTF-16": ("csv", "\ufeffdate,title\n".encode("utf-16-le")[:-1], NO_TEXT),
    "UTF-16 without its mark": ("csv", (HEAD + GOOD).encode("utf-16-le"), "line 1 holds a null byte"),
    "a workbook called .csv": ("csv", xlsx_with, "this is a workbook, though its name ends in .csv"),
    "an old workbook called .csv": ("csv", b"\xd0\xcf\x11\xe0" + b"x" * 99, "this is a workbook, though its name ends in .csv"),
    "an image called .csv": ("csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "null byte"),
    "3,000 columns": ("csv", ",".join(f"c{n}" for n in range(3000)), "this has more than 2,000 columns, the most that is read"),
    "a heading of 200,000 characters": ("csv", "x" * 200_000 + ",b\n", "the first row cannot be read as column headings"),
    "a quotation mark never closed": (
        "csv", "date,title,attended\n2021-05-01,\"A,1\n2021-05-02,B,2\n2021-05-03,C,3\n", None,
    ),
    "a quotation mark closed rows later": (
        "csv", 'date,title,attended\n2021-05-01,"A,1\n2021-05-02,B,2\n2021-05-03,C",3\n', SWALLOWED,
    ),
    "a quotation mark that swallows all": (
        "csv", 'date,title,attended\n2021-05-01,A,"1\n' + "2021-05-02,B,2\n" * 2_000_000, SWALLOWED,
    ),
    "an empty workbook": ("xlsx", b"", "the file is empty"),
    "text called .xlsx": ("xlsx", HEAD + GOOD, NOT_XLSX),
    "junk called .xlsx": ("xlsx", junk, NOT_XLSX),
    "junk called .xls": ("xls", junk, "this is not an .xls workbook"),
    "junk called .ods": ("ods", junk, "this is not an .ods workbook, or it is damaged"),
    "junk behind the mark of an .xls": ("xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + junk(), TOO_MUCH),
    "a workbook with a password": ("xlsx", b"\xd0\xcf\x11\xe0" + b"x" * 99, PASSWORD),
    "half a workbook": ("xlsx", lambda: xlsx_with()[:2000], NOT_XLSX),
    "a zip of something else": ("xlsx", ods_repeated, TOO_MUCH),
    "a zip bomb": ("xlsx", zip_bomb, "more than is safe to open"),
    "a workbook that says it is huge": ("xlsx", huge_by_its_own_word, "more than is safe to open"),
    "a workbook longer than it says": ("xlsx", longer_than_it_says, NOT_XLSX),
    "a cell in the last corner": ("xlsx", last_corner, TOO_MUCH),
    "one long string shared by every cell": ("xlsx", shared_string_repeated, TOO_MUCH),
    "a cell repeated ten thousand million times": ("ods", ods_repeated, TOO_MUCH),
    "a sheet that is no XML": ("xlsx", lambda: sheet_with("<worksheet><<<"), TOO_MUCH),
    "a sheet without a heading": ("xlsx", lambda: sheet_with(sheet_of("")), "the first row is empty"),
}  # fmt: skip


SLOW = ("one long string shared by every cell",)  # fills the memory that a workbook may have


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in UNREADABLE])
def test_a_file_that_cannot_be_read_is_one_critical_finding(workspace, name):
    ending, content, message = UNREADABLE[name]
    workspace.put(f"2021-22/training.{ending}", content() if callable(content) else content)
    before = workspace.everything()
    reading = workspace.read()
    critical = [one for one in reading.findings if one.severity == "critical"]
    assert critical, reading.findings
    assert all(one.file.startswith(f"data/raw/2021-22/training.{ending}") for one in critical)
    assert all(one.remedy.endswith(".") for one in critical)
    if message is not None:
        assert message in critical[0].what
        assert len(critical) == 1
    after = workspace.everything()
    after.pop(str(workspace.folder / "data/raw/council.yaml"))
    assert after == before


def test_the_other_extracts_are_read_all_the_same(workspace):
    workspace.put("2021-22/training.csv", "\0")
    workspace.rows("complaints", {"reference": "C1"})
    assert workspace.read().tables["complaints"]["reference"].tolist() == ["C1"]


def test_a_file_over_two_gigabytes_is_refused_unopened(workspace):
    path = workspace.put("2021-22/training.csv", HEAD)
    os.truncate(path, 2_000_000_001)  # a hole, which takes no room on disk
    [finding] = workspace.read().findings
    assert finding.what == "the file is larger than 2 GB, the most that is read"


def test_more_than_five_million_rows_are_refused(workspace):
    workspace.put("2021-22/training.csv", "date,title\n" + "x,y\n" * 5_000_001)
    [finding] = workspace.read().findings
    assert finding.what == "this has more than 5,000,000 rows, the most that is read"


def test_a_link_out_of_the_workspace_is_not_followed(workspace, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secret.csv"
    outside.write_text(HEAD + "2021-05-01,secret\n")
    (workspace.folder / "data/raw/2021-22/training.csv").symlink_to(outside)
    (workspace.folder / "data/raw/published.csv").symlink_to(outside)
    reading = workspace.read()
    assert {(one.file, one.what) for one in reading.findings} == {
        ("data/raw/2021-22/training.csv", "this is a link to a file outside the workspace"),
        ("data/raw/published.csv", "this is a link to a file outside the workspace"),
    }
    assert "secret" not in str(reading.tables)


def test_a_year_that_is_a_link_out_of_the_workspace_is_not_followed(workspace, tmp_path_factory):
    outside = tmp_path_factory.mktemp("elsewhere")
    (workspace.folder / "data/raw/2021-22").rename(outside / "2021-22")
    (workspace.folder / "data/raw/2021-22").symlink_to(outside / "2021-22")
    found = [one for one in workspace.read().findings if one.rule.endswith("file.readable")]
    assert len(found) == 5
    assert {one.what for one in found} == {"this is a link to a file outside the workspace"}


def test_a_link_within_the_workspace_is_read(workspace):
    workspace.put("shared.csv", HEAD + GOOD)
    (workspace.folder / "data/raw/2021-22/training.csv").symlink_to(workspace.folder / "data/raw/shared.csv")
    assert workspace.read().tables["training"]["title"].tolist() == ["A"]


@pytest.mark.parametrize("make", ["folder", "pipe", "link to nothing", "link to itself", "device"])
def test_what_is_no_ordinary_file_is_not_opened(workspace, make):
    path = workspace.folder / "data/raw/2021-22/training.csv"
    match make:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "link to nothing":
            path.symlink_to(workspace.folder / "nothing.csv")
        case "link to itself":
            path.symlink_to(path)
        case "device":
            path.symlink_to("/dev/zero")
    [finding] = workspace.read().findings
    assert finding.rule == "training.file.readable"
    assert finding.what in ("this is not an ordinary file", "this is a link to a file outside the workspace")


def test_entities_and_links_of_a_workbook_are_not_followed(workspace, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret.txt"><!ENTITY l "lol"><!ENTITY k "&l;&l;&l;">]>'
    rows = f'<row r="2">{text_cell("A2", "2021-05-01")}{text_cell("B2", "see &e; and &k;")}</row>'
    link = (
        '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<externalBook r:id="rId1" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/></externalLink>'
    )
    workspace.put("2021-22/training.xlsx", xlsx_with(**{
        "xl__worksheets__sheet1.xml": sheet_of(HEADING + rows, before=entity), "xl__externalLinks__externalLink1.xml": link,
    }))  # fmt: skip
    reading = workspace.read()
    assert "secret" not in str(reading.tables)
    assert "lollol" not in str(reading)


def test_a_formula_in_a_workbook_is_its_last_value_and_is_not_calculated(workspace):
    cells = f'{text_cell("A2", "2021-05-01")}<c r="B2" t="str"><f>cmd|"/c calc"!A0</f><v>as it was</v></c>'
    workspace.put(
        "2021-22/training.xlsx", xlsx_with(**{"xl__worksheets__sheet1.xml": sheet_of(HEADING + f'<row r="2">{cells}</row>')})
    )
    reading = workspace.read()
    assert reading.tables["training"]["title"].tolist() == ["as it was"]
    assert reading.findings == []


def test_html_and_script_stay_text(workspace):
    workspace.rows("compliments", {
        "reference": "P1", "received": "2021-05-01", "service_area": "Early Help", "approved_text": "<script>alert(1)</script>",
    })  # fmt: skip
    assert workspace.read().tables["compliments"]["approved_text"].tolist() == ["<script>alert(1)</script>"]


def test_names_of_files_and_sheets_are_only_names(workspace, as_workbook):
    workspace.put(
        "2021-22/--help; rm -rf $HOME.xlsx", as_workbook(".xlsx", {"training": [["date", "title"], ["2021-05-01", "A"]]})
    )
    reading = workspace.read()
    assert reading.tables["training"]["title"].tolist() == ["A"]
    assert reading.findings == []


@how(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.binary(max_size=300), st.text("date,til\n\r\"'; \t=é", max_size=200).map(lambda text: (HEAD + text).encode()))
)
def test_no_bytes_at_all_break_the_reading_of_text(workspace, content):
    workspace.put("2021-22/training.csv", content)
    reading = workspace.read()
    assert reading.findings or len(reading.tables["training"]) == 0 or content.startswith(HEAD.encode())


@how(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
@pytest.mark.parametrize("ending", [".xlsx", ".xls", ".ods"])
def test_no_damage_to_a_workbook_breaks_the_reading(workspace, as_workbook, ending, data):
    content = bytearray(as_workbook(ending, {"training": [["date", "title"], ["2021-05-01", "A"]]}))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    workspace.put(f"2021-22/training{ending}", bytes(content))
    for finding in workspace.read().findings:
        assert finding.remedy
