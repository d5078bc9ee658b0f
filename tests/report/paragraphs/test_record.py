"""Each paragraph of the Word file has a bookmark, and the record says where its text is typed."""

from __future__ import annotations

import docx
import pytest
from docx.oxml.ns import qn

from pipeline.artifacts import REPORT_ID_PROPERTY
from pipeline.problem import Problem
from pipeline.report.paragraphs.record import REFERENCE, SETTING, TEXT, digest_of, read_record
from pipeline.report.paragraphs.tags import Marks, Source
from pipeline.report.paragraphs.text import single_spaced


@pytest.fixture(scope="module")
def content(sample_report):
    return (sample_report.audit / "paragraphs.json").read_bytes()


@pytest.fixture(scope="module")
def record(content):
    return read_record(content, "paragraphs.json")


@pytest.fixture(scope="module")
def word(sample_report):
    return docx.Document(sample_report.html.with_suffix(".docx"))


def test_every_paragraph_of_the_word_file_has_its_bookmark(word, record):
    texts = {}
    for paragraph in word.element.body.iter(qn("w:p")):
        names = [mark.get(qn("w:name")) for mark in paragraph.iter(qn("w:bookmarkStart"))]
        text = " ".join("".join(node.text or "" for node in paragraph.iter(qn("w:t"))).split())
        ours = [name for name in names if name.startswith("report_")]
        if text:
            assert len(ours) == 1, text
            texts[ours[0]] = text
    recorded = {each.id: each.text for each in record.paragraphs if each.role != "picture"}
    assert texts == recorded


def test_the_word_file_names_the_report_it_comes_from(word, content):
    (custom,) = [part for part in word.part.package.iter_parts() if "custom" in part.partname]
    assert f'name="{REPORT_ID_PROPERTY}"' in custom.blob.decode()
    assert digest_of(content) in custom.blob.decode()


def test_record_is_read_back_as_it_was_written_down(record, content):
    assert record.as_json() == content
    with pytest.raises(Problem, match="is damaged"):
        read_record(content[:-20], "paragraphs.json")


def test_each_letter_of_commentary_is_led_to_its_letter(record):
    spans = [
        (paragraph, span)
        for paragraph in record.paragraphs
        for span in paragraph.spans
        if span.kind == TEXT
    ]
    for paragraph, span in spans:
        printed = paragraph.text[span.start : span.end]
        typed = record.sources[span.place].text[span.offset : span.offset + len(printed)]
        assert " ".join(typed.split()) == printed.strip()
    printed = [
        paragraph.text[span.start : span.end]
        for paragraph, span in spans
        if span.place == "commentary:overview"
    ]
    assert printed[0].startswith("We think the main reason is that we now settle concerns earlier.")


def test_setting_and_template_of_a_sentence_are_both_known(record):
    spans = {
        (paragraph.text[span.start : span.end], span.kind, span.place, span.reference)
        for paragraph in record.paragraphs
        for span in paragraph.spans
    }
    request = "Members are asked to consider and comment on this report."
    key = "report.members_are_asked"
    assert (request, SETTING, key, f"{{{{ {key} }}}}") in spans
    templates = [reference for text, kind, _, reference in spans if kind == REFERENCE]
    assert '{{ complaints.concluded | portion("has been closed", "have been closed", ' in (
        " ".join(templates)
    )


def test_commentary_that_begins_with_a_list_stays_a_list():
    marks = Marks()
    marked = marks.mark(Source("cell:1", "Ask:\n\n{{ commentary }}"))
    rendered = marked.replace("{{ commentary }}", marks.mark(Source("commentary:a", "- why")))
    assert rendered.split("\n")[-1].startswith("- ")


def test_marks_lead_words_around_references_and_markup():
    marks = Marks()
    source = Source("commentary:overview", '**We** saw {{ x }}, and\n"they" left.')
    marked = marks.mark(source)
    rendered = marked.replace("**", "").replace("{{ x }}", "4 cases")
    characters = single_spaced(marks.read(rendered))
    assert "".join(sign for sign, _ in characters) == 'We saw 4 cases, and "they" left.'
    for sign, origin in characters:
        assert origin is not None
        if origin.kind == "text":
            assert source.text[origin.offset].split() == sign.split()
        else:
            assert origin.reference == "{{ x }}"
