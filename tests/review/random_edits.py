"""Random edits of a Word file, seeded: what readers do, tracked or not, in text and tables."""

from __future__ import annotations

import random
import re
from typing import NamedTuple

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from word_edits import (
    RUN,
    add_after,
    comment,
    delete_paragraph,
    is_contents,
    paragraphs,
    replace_words,
    split,
    text_of,
)

WORDS = ("careful", "steady", "honest", "patient", "useful", "public", "local", "early")
IN_TEXT = ("word", "insert", "sentence", "number", "shorten", "delete", "add", "comment", "split")
IN_TABLES = ("word", "insert", "number")
READERS = ("", "", "Director", "Lawyer")
SENTENCE = " We will do more of this."
NEW_PARAGRAPH = "We thank everyone who wrote to us"
MIN_SPLIT_LETTERS = 40


class Made(NamedTuple):
    """An edit: its kind, the bookmark of its paragraph, and who tracked it."""

    kind: str
    id: str
    author: str


def bookmark_of(paragraph: BaseOxmlElement) -> str:
    names = (mark.get(qn("w:name"), "") for mark in paragraph.iter(qn("w:bookmarkStart")))
    return next((name for name in names if name.startswith("report_")), "")


def edit_at_random(word: Document, seed: int, count: int) -> list[Made]:
    """Make one edit in each of several paragraphs, a quarter of them in tables."""
    choice = random.Random(seed)
    printed = [
        each
        for each in paragraphs(word)
        if bookmark_of(each) and text_of(each).strip() and not is_contents(each)
    ]
    in_text = [each for each in printed if each.getparent() is word.element.body]
    in_tables = [each for each in printed if each.getparent() is not word.element.body]
    chosen = choice.sample(in_text, count * 3 // 4) + choice.sample(in_tables, count // 4)
    edits = []
    for paragraph in chosen:
        is_text = paragraph.getparent() is word.element.body
        kind = choice.choice(IN_TEXT if is_text else IN_TABLES)
        author = choice.choice(READERS)
        id = bookmark_of(paragraph)
        if _edit(word, paragraph, kind, author, choice):
            edits.append(Made(kind, id, author))
    return edits


def _edit(
    word: Document, paragraph: BaseOxmlElement, kind: str, author: str, choice: random.Random
) -> bool:
    """Make an edit of a kind, if the paragraph allows it; whether it does."""
    text = text_of(paragraph)
    words = list(re.finditer(r"\w+", text))
    numbers = list(re.finditer(r"\d+", text))
    spaces = [place for place, sign in enumerate(text) if sign == " "][2:-2]
    if kind == "word":
        place = choice.choice(words)
        replace_words(paragraph, place.start(), place.end(), choice.choice(WORDS), author)
    elif kind == "insert":
        end = choice.choice(words).end()
        replace_words(paragraph, end, end, f" {choice.choice(WORDS)}", author)
    elif kind == "sentence":
        replace_words(paragraph, len(text), len(text), SENTENCE, author)
    elif kind == "number" and numbers:
        place = choice.choice(numbers)
        replace_words(paragraph, place.start(), place.end(), str(int(place[0]) + 7), author)
    elif kind == "shorten" and len(words) > 1:
        place = choice.choice(words)
        replace_words(paragraph, place.start(), min(place.end() + 1, len(text)), "", author)
    elif kind == "delete":
        delete_paragraph(paragraph, author)
    elif kind == "add":
        add_after(paragraph, f"{NEW_PARAGRAPH} {choice.choice(WORDS)}.", author)
    elif kind == "comment":
        comment(word, paragraph, "Is this right?", author or "Lead")
    elif kind == "split" and len(text) > MIN_SPLIT_LETTERS and len(list(paragraph.iter(RUN))) == 1:
        split(paragraph, choice.choice(spaces))
    else:
        return False
    return True
