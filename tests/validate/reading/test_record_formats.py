"""JSON and XML, flat and nested, and folders with the files of one extract: read as one table."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape, quoteattr

import pytest
import wide_export
import yaml
from layout_files import as_text, put, read_rows
from test_table_layouts import assert_reads_as_own_layout
from wide_export import MAPPING

from pipeline.validate.reading.sources import RECORD_READERS

RECORD = {"date": "2021-05-01", "title": "A"}


def as_objects(rows):
    """An object per row; a dotted heading is a field inside another, a repeated one a list."""
    objects = []
    for row in rows[1:]:
        record: dict = {}
        for heading, cell in zip(rows[0], row, strict=True):
            *groups, name = heading.split(".")
            inner = record
            for group in groups:
                inner = inner.setdefault(group, {})
            if name in inner:
                inner[name] = [
                    *([inner[name]] if isinstance(inner[name], str) else inner[name]),
                    cell,
                ]
            else:
                inner[name] = cell
        objects.append(record)
    return objects


def as_json(rows) -> str:
    return json.dumps({"exported": "2022-06-30", "data": {"cases": as_objects(rows)}})


def as_json_lines(rows) -> str:
    return "\n".join(map(json.dumps, as_objects(rows)))


def as_xml(rows) -> str:
    """Elements of a namespace, below a header."""
    cases = "".join(f"<c:Case>{_elements(record)}</c:Case>" for record in as_objects(rows))
    header = "<c:Header><c:System>CaseTrack</c:System><c:Rows>4</c:Rows></c:Header>"
    return f'<c:Export xmlns:c="urn:x">{header}<c:Cases>{cases}</c:Cases></c:Export>'


def _elements(record) -> str:
    text = ""
    for name, value in record.items():
        for entry in value if isinstance(value, list) else [value]:
            content = _elements(entry) if isinstance(entry, dict) else escape(entry)
            text += f"<c:{name}>{content}</c:{name}>"
    return text


def as_attributes(rows) -> str:
    """An element per record and an attribute per field."""
    records = ""
    for row in rows[1:]:
        pairs = zip(rows[0], row, strict=True)
        records += f"<row {' '.join(f'{name}={quoteattr(cell)}' for name, cell in pairs)}/>"
    return f"<?xml version='1.0' encoding='utf-8'?><rows>{records}</rows>"


WRITERS = {
    "json": as_json,
    "jsonl in .json": as_json_lines,
    "xml": as_xml,
    "xml of attributes": as_attributes,
}


@pytest.mark.parametrize("name", WRITERS)
def test_records_of_our_own_fields_are_read_alike(sample, own_layout, name):
    for path in sorted(sample.raw.glob("*/*.csv")):
        text = WRITERS[name](read_rows(path))
        path.with_suffix(".xml" if "xml" in name else ".json").write_text(text, encoding="utf-8")
        path.unlink()
    assert_reads_as_own_layout(sample, own_layout, has_same_figures=name == "xml")


@pytest.mark.parametrize("writer", [as_json, as_xml])
def test_nested_stages_are_read_by_their_paths(sample, own_layout, writer):
    sample.add_settings(yaml.safe_dump(MAPPING, sort_keys=False))
    for year in sample.raw.glob("*/"):
        texts = [year / f"{name}.csv" for name in ("complaints", "investigations")]
        rows = wide_export.widen(*(path.read_text(encoding="utf-8") for path in texts))
        ending = "xml" if writer is as_xml else "json"
        (year / f"complaints.{ending}").write_text(writer(rows), encoding="utf-8")
        for path in texts:
            path.unlink()
    assert_reads_as_own_layout(sample, own_layout)


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        (
            "json",
            '[{"id": "C1", "stages": [{"stage": 1, "due": "2021-05-01"}, {"stage": "Stage 2", '
            '"due": null}]}]',
        ),
        (
            "xml",
            '<r><x><id>C1</id><stages number="1"><due>2021-05-01</due></stages>'
            "<stages><Stage>Stage 2</Stage><due/></stages></x></r>",
        ),
    ],
)
def test_entries_of_a_list_are_named_by_their_stage(tmp_path, ending, text):
    path = tmp_path / f"complaints.{ending}"
    path.write_text(text, encoding="utf-8")
    records = RECORD_READERS[f".{ending}"](path)
    cells = dict(zip(records.area.heading, records.head[1].cells, strict=True))
    assert cells["stages.1.due"] == "2021-05-01"
    assert cells["stages.2.due"] == ""
    assert cells["id"] == "C1"


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("training.json", "{", "this cannot be read as JSON"),
        ("training.json", "[" * 100_000, "this cannot be read as JSON"),
        ("training.json", '{"a": 1}', "there is no list of records in this file"),
        ("training.xml", "<a><b></a>", "this cannot be read as XML"),
        ("training.xml", "<a>" * 1000 + "</a>" * 1000, "this cannot be read as XML"),
        (
            "training.xml",
            '<!DOCTYPE a [<!ENTITY b "bbbb">]><a><r><date>&b;</date><title>x</title></r></a>',
            "this cannot be read as XML",
        ),
        ("training.xml", "<a/>", "there is no list of records in this file"),
    ],
)
def test_file_without_records_is_one_critical_finding(workspace, name, text, what):
    workspace.put(f"2021-22/{name}", text)
    [finding] = workspace.read().findings
    assert (finding.severity, finding.rule) == ("critical", "training.file.readable")
    assert finding.what.startswith(what)
    assert finding.remedy.endswith("save it as .csv or .xlsx.")
    workspace.put("2021-22/training.json", json.dumps([RECORD]))
    workspace.path("2021-22/training.xml").unlink(missing_ok=True)
    assert workspace.read().tables["training"]["title"].tolist() == ["A"]


def test_fault_in_a_record_has_its_number_and_its_field(workspace):
    records = [RECORD, {"date": "31/02/2021", "title": None, "extra": "x"}]
    workspace.put("2021-22/training.json", json.dumps(records))
    findings = {one.rule: one for one in workspace.read().findings}
    assert findings["training.date.readable"].row == 3
    assert findings["training.heading.known"].column == "extra"


def test_files_in_the_folder_of_an_extract_are_its_parts(sample, own_layout):
    for year in sample.raw.glob("*/"):
        rows = read_rows(year / "complaints.csv")
        folder = year / "complaints"
        folder.mkdir()
        (year / "complaints.csv").unlink()
        (folder / "1 April.csv").write_text(as_text(rows[:2]), encoding="utf-8")
        (folder / "2 later.json").write_text(as_json([rows[0], *rows[2:3]]), encoding="utf-8")
        put(folder, "complaints", [["Export"], rows[0], *rows[3:]], ".xlsx")
        (folder / "3 last.xlsx").write_bytes((folder / "complaints.xlsx").read_bytes())
        (folder / "complaints.xlsx").unlink()
        (folder / "letter.docx").write_bytes(b"x")
    findings = assert_reads_as_own_layout(sample, own_layout)
    assert findings["complaints.file.parts"][1].startswith(
        "complaints is read from 3 sources together, 4 rows in all: "
        "data/raw/2021-22/complaints/1 April.csv (1), data/raw/2021-22/complaints/2 later.json (1)"
    )
