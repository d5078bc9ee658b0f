"""A comment is open until Word says that it is resolved or report.yaml says that it is settled."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from html import escape

import docx
import pytest
from word_edits import comment, find

from pipeline.artifacts import SIGN_OFF_PATH
from pipeline.audit.run_pages import decisions_body
from pipeline.audit.sign_off import sign_off_files
from pipeline.problem import Problem
from pipeline.report.comments import (
    ReaderComment,
    check_comments_settled,
    comments_table,
    load_comments,
    merged_comments,
    open_comments,
)
from pipeline.review.location import Locator
from pipeline.review.returned.archive import open_word_file
from pipeline.review.returned.comments import read_comments
from pipeline.review.returned.reading import read_text
from pipeline.review.saving import save_review
from pipeline.run.record import FileRecord, manifest_digest, published_digest
from pipeline.settings.fields import SettledComment

QUESTION = ReaderComment("Lawyer", "2022-10-05", "1", "main reason", "Is it so?", "line 11", "a")
WORD_2010 = "http://schemas.microsoft.com/office/word/2010/wordml"
EXTENDED = """<w15:commentsEx xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml">
<w15:commentEx w15:paraId="00000001" w15:done="{done}"/>
<w15:commentEx w15:paraId="00000002" w15:paraIdParent="00000001" w15:done="{done}"/>
</w15:commentsEx>"""


@pytest.fixture
def settings(sample_settings, tmp_path):
    """The sample's settings in a workspace without any review."""
    return sample_settings.model_copy(update={"workspace": tmp_path})


def settled(settings, **fields):
    entry = SettledComment(**{"author": "Lawyer", "reason": "it is", "name": "A. Analyst"} | fields)
    report = settings.report.model_copy(update={"settled_comments": (entry,)})
    return settings.model_copy(update={"report": report})


@pytest.mark.parametrize("done", ["0", "1"])
def test_thread_of_word_is_one_comment_with_its_state(sent_word, tmp_path, record, done):
    word = docx.Document(io.BytesIO(sent_word))
    for text, author in (("Is it so?", "Lawyer"), ("Yes.", "Director")):
        comment(word, find(word, "We think the main"), text, author)
    comments = next(part for part in word.part.package.iter_parts() if "comments" in part.partname)
    for number, each in enumerate(comments.element.iter("{*}p"), 1):
        each.set(f"{{{WORD_2010}}}paraId", f"{number:08}")
    part = docx.opc.part.Part(
        docx.opc.packuri.PackURI("/word/commentsExtended.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.commentsExtended+xml",
        EXTENDED.format(done=done).encode(),
        word.part.package,
    )
    word.part.relate_to(part, "http://schemas.microsoft.com/office/2011/commentsExtended")
    path = tmp_path / "returned.docx"
    word.save(path)
    document = open_word_file(path)
    (thread,) = read_comments(
        document, read_text(document), record.paragraphs, Locator(record, {}), path.name
    )
    assert (thread.author, thread.text) == ("Lawyer", "Is it so?\nDirector: Yes.")
    assert thread.resolved == ("yes" if done == "1" else "no")


def test_review_keeps_comments_until_a_later_file_resolves_them(reviewed, settings):
    review = reviewed(lambda word: comment(word, find(word, "We think the main"), "Hm", "Lawyer"))
    save_review(review, settings, {})
    (kept_comment,) = load_comments(settings)
    assert kept_comment.text == "Hm"
    save_review(reviewed(lambda word: None), settings, {})
    assert load_comments(settings) == [kept_comment]
    with pytest.raises(Problem, match="1 comment not settled"):
        check_comments_settled(settings)
    assert "open" in decisions_body_of_comments(settings)


def decisions_body_of_comments(settings):
    return decisions_body(settings).partition("Comments of readers")[2]


def test_comment_is_resolved_as_the_file_read_last_says():
    resolved = replace(QUESTION, resolved="yes", text="Is it so?\nDirector: Yes.")
    assert merged_comments([QUESTION], [resolved]) == [resolved]
    other = replace(QUESTION, author="Director")
    assert merged_comments([QUESTION], [other]) == [QUESTION, other]


@pytest.mark.parametrize(
    ("fields", "is_open"),
    [
        ({"comment": "Is it so?"}, False),
        ({"comment": "is it  SO?"}, False),
        ({"comment": "Is"}, True),
        ({"comment": "Is it so?", "author": "Director"}, True),
        ({"comment": "Another comment"}, True),
    ],
)
def test_settled_comment_names_its_author_and_its_words(settings, fields, is_open):
    settings.review_folder.mkdir(parents=True)
    settings.reader_comments.write_text(comments_table([QUESTION]), encoding="utf-8")
    assert bool(open_comments(settled(settings, **fields))) == is_open


def test_damaged_table_of_comments_is_explained(settings):
    settings.review_folder.mkdir(parents=True)
    settings.reader_comments.write_text("author,colour\nLawyer,red\n", encoding="utf-8")
    with pytest.raises(Problem, match="table of comments is damaged"):
        load_comments(settings)


def test_sign_off_says_who_accepted_what_and_the_digest(settings):
    files = {"annual-report.html": b"<html>", "figures.csv": b"a"}
    settings = settled(settings, comment="Is it so?")
    signed = sign_off_files(files, settings, is_final=True)
    content = json.loads(signed[SIGN_OFF_PATH])
    records = [
        FileRecord(path=path, bytes=1, sha256=content["files"][path]) for path in sorted(files)
    ]
    audit_file = FileRecord(path="audit/index.html", bytes=1, sha256="0")
    assert content["published_sha256"] == manifest_digest(records)
    assert published_digest([audit_file, *records[::-1]]) == content["published_sha256"]
    assert content["accepted"][-1] == {
        "what": "comment",
        "which": "Lawyer: Is it so?",
        "why": "it is",
        "name": "A. Analyst",
    }
    page = signed["audit/sign-off.html"].decode()
    assert escape(content["minutes"]) in page
    assert "received" in content["minutes"]
    assert content["published_sha256"] in content["minutes"]


def test_draft_is_not_signed_off_and_has_no_digest(settings):
    files = sign_off_files({}, settings, is_final=False)
    assert set(files) == {"audit/sign-off.html"}
    assert b"Open comments of readers: none" in files["audit/sign-off.html"]
