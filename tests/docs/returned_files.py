"""The copies of the Word file that the readers of docs/review.md send back, from its table."""

from __future__ import annotations

import re
from pathlib import Path

import docx
from word_edits import add_after, comment, delete_paragraph, find, replace

ROW = re.compile(r"^\| (\w+)\.docx \| (.+?) \| (.*?) \| (.*?) \|$", re.MULTILINE)
TRACKED = {"director": "Director", "lawyer": ""}  # the lawyer has switched tracking off
DELETED, ADDED, COMMENT = "*the whole paragraph*", "*a new paragraph below*", "*a comment*"


def make_returned_files(page: str, sent: Path, folder: Path) -> int:
    """Write each reader's copy into a folder; the number of edits."""
    rows = ROW.findall(page)
    for reader, author in TRACKED.items():
        word = docx.Document(sent)
        for name, words, old, new in rows:
            if name != reader:
                continue
            paragraph = find(word, words)
            if new == "":
                assert old == DELETED
                delete_paragraph(paragraph, author)
            elif old == ADDED:
                add_after(paragraph, new, author)
            elif old == COMMENT:
                comment(word, paragraph, new, reader.capitalize())
            else:
                replace(paragraph, old, new, author)
        word.core_properties.last_modified_by = reader.capitalize()
        word.save(folder / f"{reader}.docx")
    return sum(old != COMMENT for _, _, old, _ in rows)
