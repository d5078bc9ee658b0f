"""Every planted form of personal data stops a report or is warned of, and harmless texts pass."""

from __future__ import annotations

import csv
import html
import io
import json
import shutil
import zipfile
from collections.abc import Callable

import pandas as pd
import pytest
from builders import copy_sample
from planted_texts import HARMLESS, NOTE, PLANTED, RECORDS, STOPS, WARNS

from pipeline.release.file_texts import file_texts
from pipeline.release.personal.input_texts import personal_findings
from pipeline.release.personal.search import find_personal_data
from pipeline.report.documents.pdf import render_pdf
from pipeline.settings import load_settings
from pipeline.validate.personal.shapes import suspect_kinds

# fmt: off
COLUMNS = ("reference", "complainant_name", "child_name", "date_of_birth", "address", "email",
           "telephone")
# fmt: on
MANY = 3000  # records, of which only those that a text may repeat are compared
STOPPED = [(form, text) for form, text, result in PLANTED if result == STOPS]
# A line that ends within a paragraph is no line of a page, and no cell of a table has lines.
IN_CELLS = [(form, text) for form, text in STOPPED if "\n" not in text]
IN_PDF = IN_CELLS[::10]  # a PDF takes a tenth of a second


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """Those of the sample."""
    return load_settings(copy_sample(tmp_path_factory.mktemp("planted")), "2021-22")


def records(others: int = 0) -> dict[str, pd.DataFrame]:
    """The typed complaints of RECORDS, behind so many others that no text is of."""
    fillers = [(f"X-{number}Z", f"Zorbel{number} Tavmer{number}") for number in range(others)]
    rows = [*(row + ("",) * (len(COLUMNS) - 2) for row in fillers), *RECORDS]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).replace("", None).assign(notes=NOTE)
    table["date_of_birth"] = pd.to_datetime(table["date_of_birth"])
    places = {"year": "2021-22", "file": "complaints.csv", "row": range(2, len(table) + 2)}
    return {"complaints": table.assign(team=None, **places)}


def stopped_places(texts: list[tuple[str, str]], settings, others: int = 0) -> set[str]:
    """The places whose texts stop a report."""
    matches = find_personal_data(texts, records(others), settings)
    return {place for match in matches for place in match.places}


@pytest.fixture(scope="module")
def stopped(settings) -> set[str]:
    """The forms that stop a report, each in a place of its own."""
    return stopped_places([(form + text, text) for form, text, _ in PLANTED], settings)


@pytest.mark.parametrize(("form", "text", "result"), PLANTED, ids=[one[0] for one in PLANTED])
def test_planted_form_stops_a_report_or_is_warned_of(stopped, form, text, result):
    assert (form + text in stopped) == (result == STOPS)
    if result == WARNS:
        assert suspect_kinds(text)


def test_planted_forms_are_also_found_among_many_records(settings):
    texts = [(form + text, text) for form, text in STOPPED]
    assert stopped_places(texts, settings, MANY) == {place for place, _ in texts}


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_neither_stops_nor_is_warned_of(settings, text):
    assert find_personal_data([("text", text)], records(), settings) == []
    assert suspect_kinds(text) == []


def _zipped(part: str, xml: str) -> bytes:
    document = io.BytesIO()
    with zipfile.ZipFile(document, "w") as parts:
        parts.writestr(part, xml)
    return document.getvalue()


def _csv_file(text: str) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([["category", "value"], [text, 1]])
    return out.getvalue().encode()


def _word_file(text: str) -> bytes:
    return _zipped("word/document.xml", f"<w:p><w:r><w:t>{html.escape(text)}</w:t></w:r></w:p>")


def _excel_file(text: str) -> bytes:
    return _zipped("xl/sharedStrings.xml", f"<sst><si><t>{html.escape(text)}</t></si></sst>")


def _ods_file(text: str) -> bytes:
    cell = f"<table:table-cell><text:p>{html.escape(text)}</text:p></table:table-cell>"
    return _zipped("content.xml", cell)


FILES: dict[str, Callable[[str], bytes]] = {
    "page.html": lambda text: f"<p>{html.escape(text)}</p>".encode(),
    "attribute.html": lambda text: f'<img alt="{html.escape(text)}">'.encode(),
    "report.docx": _word_file,
    "figures.xlsx": _excel_file,
    "figures.ods": _ods_file,
    "figures.csv": _csv_file,
    "datapackage.json": lambda text: json.dumps({"title": text}).encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_every_planted_form_is_found_in_each_format(settings, name):
    texts = [
        (form + text, one) for form, text in IN_CELLS for one in file_texts(name, FILES[name](text))
    ]
    assert {form + text for form, text in IN_CELLS} - stopped_places(texts, settings) == set()


@pytest.mark.parametrize("name", FILES)
def test_harmless_texts_pass_in_each_format(settings, name):
    texts = [(text, one) for text in HARMLESS for one in file_texts(name, FILES[name](text))]
    assert stopped_places(texts, settings) == set()


@pytest.mark.slow
def test_every_tenth_planted_form_is_found_in_a_pdf(settings):
    page = "<p style='break-before: page'>".join(html.escape(text) for _, text in IN_PDF)
    pdf = render_pdf(f"<p>{page}")
    texts = [("a.pdf", text) for text in file_texts("a.pdf", pdf)]
    matches = find_personal_data(texts, records(), settings)
    one_by_one = [find_personal_data([("", text)], records(), settings) for _, text in IN_PDF]
    kinds = {(match.kind, match.phrase) for matches in one_by_one for match in matches}
    assert kinds <= {(match.kind, match.phrase) for match in matches}


# Where the words that a report prints come from: the file, what is replaced, and by what.
# fmt: off
ROUTES = {
    "commentary": ("2021-22/commentary.md", "Members may want", "{} Members may want"),
    "council.yaml": ("council.yaml", "notice: >-\n", "notice: >-\n  {}\n"),
    "report.yaml": ("2021-22/report.yaml", "Members are asked to", "{} Members are asked to"),
}
# fmt: on


@pytest.mark.parametrize("route", ROUTES)
def test_check_stops_or_warns_of_every_form_by_each_route(settings, tmp_path, route):
    """Each form is in a workspace of its own in name only: the words are read again each time."""
    file, old, new = ROUTES[route]
    shutil.copytree(settings.workspace / "data", tmp_path / "data")
    path = tmp_path / "data" / "raw" / file
    original = path.read_text(encoding="utf-8")
    assert old in original
    for form, text, result in PLANTED[::20]:
        path.write_text(original.replace(old, new.format(text.rstrip(".") + ".")), encoding="utf-8")
        changed = load_settings(tmp_path, "2021-22")
        findings = personal_findings(records(), tmp_path / "none.ipynb", changed)
        severity = {STOPS: "critical", WARNS: "warning"}[result]
        assert severity in {finding.severity for finding in findings}, form
        assert all(text.rstrip(".") not in finding.what + finding.remedy for finding in findings)
