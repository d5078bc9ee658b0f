"""`init` makes a working example, and fills in the values given; `doctor` names what is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from builders import SAMPLE_RAW, file_bytes
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.problem import Kind, Problem
from pipeline.settings import load_council, load_settings
from pipeline.start import example
from pipeline.start.example import create_example
from pipeline.start.folders import create_workspace
from pipeline.start.values import keys_without_value, parse_values, unanswered_keys

VALUES = [
    "authority=Anyshire Council",
    "directorate=Children's Services",
    "panel=Scrutiny: a board",
    "report_of=Director",
    "contact.role=Manager",
    "contact.email=a@example.org",
    "disclosure.reason=# decided",
]


def test_example_has_the_sample_and_can_be_read(tmp_path):
    year = create_example(tmp_path / "example", "children")
    files = file_bytes(tmp_path / "example" / "data" / "raw")
    assert files == file_bytes(SAMPLE_RAW), (
        "copy data/raw to pipeline/start/examples/children: python tests/sample/make_sample.py"
    )
    assert load_settings(tmp_path / "example", year).council.authority == "Calderbrook Council"
    with pytest.raises(Problem, match="this exists already"):
        create_example(tmp_path / "example", "children")


def test_unknown_example_is_refused_and_nothing_made(tmp_path):
    with pytest.raises(Problem, match='there is no example "childern"') as raised:
        create_example(tmp_path / "example", "childern")
    assert 'Did you mean "children"?' in raised.value.what
    assert not (tmp_path / "example").exists()


def test_values_of_a_new_council_are_written_and_the_rest_named(tmp_path):
    create_workspace(tmp_path, parse_values(VALUES))
    path = tmp_path / "data" / "raw" / "council.yaml"
    template = Path(example.__file__).with_name("council.yaml").read_text(encoding="utf-8")
    assert keys_without_value(tmp_path) == ["service_areas"]
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) == len(template.splitlines())
    path.write_text(text.replace("service_areas:", "service_areas: [Care]"), encoding="utf-8")
    council = load_council(tmp_path)
    assert council.panel == "Scrutiny: a board"
    assert council.disclosure.reason == "# decided"


def test_questions_are_those_that_have_no_usual_answer():
    assert list(unanswered_keys()) == [text.partition("=")[0] for text in VALUES]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("authoriti=X", 'there is no such key. Did you mean "authority"?'),
        ("authority", "it has no value"),
        ("contact=X", "there is no such key"),
        ("colour=red", "this value is not allowed"),
        ("contact.email=nobody", "this value is not allowed"),
    ],
)
def test_value_that_council_yaml_cannot_have_is_refused(text, what):
    with pytest.raises(Problem) as raised:
        parse_values([text])
    assert raised.value.where == f"--set {text}"
    assert what in raised.value.what


def test_doctor_says_what_the_pdf_lacks_and_how_to_install_it(tmp_path, monkeypatch):
    good = CliRunner().invoke(app, ["doctor", "--workspace", str(tmp_path)])
    assert good.output.endswith("\nThis machine can make reports.\n")
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    result = CliRunner().invoke(app, ["doctor", "--workspace", str(tmp_path)])
    assert result.exit_code == Kind.MACHINE
    assert "lacks  PDF\n" in result.output
    assert "→ On Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0." in result.output
