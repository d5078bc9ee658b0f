"""What the sample's report must not contain: code, requests and personal data."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import unquote

import lxml.html
import pandas as pd

from pipeline.report import wording
from pipeline.validate.dictionary import EXTRACTS_BY_NAME

DRAWING = re.compile(r'src(?:set)?="data:image/svg\+xml,([^"]*)"')
OWN_TOWN = "Calderbrook"  # also part of the council's own name
DRAWINGS = 4  # two charts, each for a wide page and for a phone


def test_page_has_no_trace_of_the_notebook(page, html):
    assert not page.xpath("//pre | //code | //kbd | //samp")
    for trace in (
        "Traceback",
        "Error:",
        "In [",
        "Out[",
        "import ",
        "jupyter",
        "papermill",
        "load_settings",
        "narrative",
        "{{",
        "{%",
    ):
        assert trace not in DRAWING.sub("", html), trace


def test_page_runs_nothing_and_loads_nothing(page):
    assert not page.xpath(
        "//script | //iframe | //object | //embed | //link | //base | //form | //video | "
        "//audio | //source[not(starts-with(@srcset, 'data:'))]"
    )
    assert not [
        name for element in page.iter("*") for name in element.attrib if name.startswith("on")
    ]
    for image in page.iter("img"):
        assert image.get("src").startswith("data:image/svg+xml,")
    assert not re.search(r"url\(|@import", page.findtext("head/style"))
    for link in page.xpath("//@href | //@src | //@srcset | //@action | //@poster"):
        assert link.startswith(("#", "data:", "mailto:", "https:")), link[:80]


def test_addresses_occur_only_in_links_of_the_text(page, html):
    text = DRAWING.sub("", html)
    links = {link.get("href") for link in page.xpath("//main//a")}
    assert set(re.findall(r"""(?:https?:)?//[^\s"'<>]+""", text)) <= links


def test_policy_of_the_page_forbids_what_it_does_not_need(page):
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
        "form-action 'none'"
    )
    head = page.find("head")
    (policy_element,) = page.xpath("//meta[@http-equiv]")
    assert head.index(policy_element) < head.index(page.find("head/style"))


def personal_words(workspace) -> set[str]:
    """Every reference and personal value, with the parts of names and addresses."""
    personal = set()
    for path in sorted((workspace / "data" / "raw").glob("*/*.csv")):
        table = pd.read_csv(path, dtype="str", keep_default_na=False)
        columns = [*EXTRACTS_BY_NAME[path.stem].personal_columns, "reference", "complaint"]
        for column in table.columns.intersection(columns):
            for value in set(table[column]) - {""}:
                personal.add(value)
                personal |= parts_of(column, value)
    return personal


def parts_of(column: str, value: str) -> set[str]:
    """What else of a personal value would identify somebody."""
    if column.endswith("_name"):
        return set(value.split())
    if column == "address":
        return {part.strip() for part in value.split(",")} - {OWN_TOWN}
    if column == "date_of_birth":
        return {wording.date_text(date.fromisoformat(value))}
    if column in ("text", "notes"):
        return set(re.findall(r"[A-Z]\w+ [A-Z]\w+", value))
    return set()


def test_page_has_no_personal_data(sample_report, html):
    personal = personal_words(sample_report.workspace)
    assert {
        "Dummythorpe",
        "CYP-21-001",
        "07700 900809",
        "odalys.dummythorpe@example.org",
        "ZZ8 2ZZ",
    } <= personal
    drawings = [unquote(drawing) for drawing in DRAWING.findall(html)]
    assert len(drawings) == DRAWINGS
    text = lxml.html.document_fromstring(html).text_content()
    for published in (html, text, *drawings):
        candidates = sorted(word for word in personal if word in published)
        whole_words = [
            word for word in candidates if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", published)
        ]
        assert whole_words == []
