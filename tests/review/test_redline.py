"""A redline accepts to the new text and rejects to the old one, in LibreOffice too."""

from __future__ import annotations

import copy
import io
import shutil
import subprocess
from datetime import date
from pathlib import Path

import docx
import pytest
from word_edits import (
    add_after,
    delete_paragraph,
    find,
    move_after,
    paragraphs,
    replace,
    replace_words,
    text_of,
)

from pipeline.report.paragraphs.text import PICTURE
from pipeline.review.redline import redline
from pipeline.review.returned.reading import INSERTED, SAME, read_text

DAY = date(2022, 9, 30)
MACRO = Path(__file__).with_name("settle_changes.xba")
EDITS = [
    lambda word: replace(find(word, "We think the main"), "main", "principal"),
    lambda word: replace_words(find(word, "We encourage managers"), 0, 0, "Above all, "),
    lambda word: replace(find(word, "tell the complainant why."), " why.", "."),
    lambda word: delete_paragraph(find(word, "Talking to each other")),
    lambda word: add_after(find(word, "This does not mean"), "We will publish a plan."),
    lambda word: move_after(find(word, "Starting school"), find(word, "A personal education")),
    lambda word: replace(find(word, "School transport"), "transport", "travel"),
    lambda word: remove_row(find(word, "Time taken to arrange placement")),
    lambda word: add_row(find(word, "School travel")),
    lambda word: replace(find(word, "The year in numbers"), "numbers", "figures"),
    lambda word: delete_paragraph(find(word, "We ran 4 sessions")),
]


def row_of(paragraph):
    return paragraph.getparent().getparent()


def remove_row(paragraph):
    row = row_of(paragraph)
    row.getparent().remove(row)


def add_row(paragraph):
    row = row_of(paragraph)
    twin = copy.deepcopy(row)
    row.addnext(twin)
    for cell, text in zip(twin.iter(paragraph.tag), ("Housing", "Upheld"), strict=True):
        replace_words(cell, 0, len(text_of(cell)), text)


def texts(content: bytes) -> list[str]:
    word = docx.Document(io.BytesIO(content))
    return [text for text in map(text_of, paragraphs(word)) if text]


def view(content: bytes, state: str) -> str:
    """The text of a file with all changes accepted or rejected, as our reader has it."""
    segments = [
        segment
        for paragraph in read_text(docx.Document(io.BytesIO(content))).paragraphs
        for segment in paragraph.segments
    ]
    text = "".join(segment.text for segment in segments if segment.state in (SAME, state))
    return text.replace(PICTURE, "")


@pytest.fixture(scope="module")
def edited(sent_word):
    word = docx.Document(io.BytesIO(sent_word))
    for edit in EDITS:
        edit(word)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def test_words_of_both_drafts_are_in_the_redline_once(sent_word, edited):
    marked = redline(sent_word, edited, DAY)
    assert marked == redline(sent_word, edited, DAY)
    assert view(marked, INSERTED) == "".join(texts(edited))
    body = docx.Document(io.BytesIO(marked)).element.body
    deleted = [node.text for node in body.iter() if node.tag.endswith("}delText")]
    assert {"main", "numbers", "School transport"} <= set(deleted)
    assert not redline_marks(redline(edited, edited, DAY))


def redline_marks(content: bytes) -> list[str]:
    body = docx.Document(io.BytesIO(content)).element.body
    return [node.tag for node in body.iter() if node.tag.endswith(("}ins", "}del"))]


@pytest.mark.slow
@pytest.mark.parametrize("command", ["AcceptAllTrackedChanges", "RejectAllTrackedChanges"])
def test_libreoffice_settles_a_redline_to_either_draft(
    sent_word, edited, command, skip_or_fail, tmp_path
):
    if not shutil.which("soffice"):
        skip_or_fail("LibreOffice is not installed: apt-get install libreoffice-writer-nogui")
    source, target = tmp_path / "redline.docx", tmp_path / "settled.docx"
    source.write_bytes(redline(sent_word, edited, DAY))
    home = tmp_path / "office"
    office = ["soffice", f"-env:UserInstallation={home.as_uri()}", "--headless", "--norestore"]
    convert = [*office, "--convert-to", "txt:Text", "--outdir", str(tmp_path), str(source)]
    subprocess.run(convert, check=True, capture_output=True, timeout=120)  # makes the profile
    library = home / "user" / "basic" / "Standard"
    shutil.copyfile(MACRO, library / "Module1.xba")
    index = library / "script.xlb"
    start = index.read_text(encoding="utf-8").rpartition("library:passwordprotected")[0]
    entry = '<library:element library:name="Module1"/></library:library>'
    index.write_text(f'{start}library:passwordprotected="false">{entry}', encoding="utf-8")
    call = f'macro:///Standard.Module1.Settle("{source}","{target}","{command}")'
    subprocess.run([*office, call], check=True, capture_output=True, timeout=120)
    expected = edited if command.startswith("Accept") else sent_word
    assert texts(target.read_bytes()) == texts(expected)
