"""Why an edit is left to a person, in a few words."""

from __future__ import annotations

import re

from pipeline.report.paragraphs.record import REFERENCE, SETTING
from pipeline.report.paragraphs.text import PICTURE
from pipeline.review.edits.commentary import CannotApply
from pipeline.review.location import FIGURE, NOTEBOOK, PROGRAM, PlacedEdit
from pipeline.review.returned.runs import OBJECT_KINDS

DIGIT = re.compile(r"\d")
PRIVATE_LETTER = re.compile(r"[\ue000-\uf8ff]")  # of a font of signs
# Why an edit is left to a person, by where its text is defined.
REASONS = {
    FIGURE: "it is counted from the extracts, so change it there",
    NOTEBOOK: "the notebook writes this sentence for every year",
    REFERENCE: "a reference in the commentary prints these words",
    PROGRAM: "the program writes this",
    SETTING: "this is not the text of one setting",
}
NUMBER_REASON = "a number is never changed in words: it follows from the extracts and settings"
DIGIT_REASON = "it contains a number: write it as a reference to a figure"


def check_numbers(placed: PlacedEdit, is_whole: bool) -> None:
    """Raise CannotApply if an edit changes a number; a whole sentence may go with its numbers."""
    check_words(placed.edit.new)
    if placed.numbers and not is_whole:
        raise CannotApply(NUMBER_REASON)
    if DIGIT.search(placed.edit.new) or (DIGIT.search(_old_text(placed)) and not is_whole):
        raise CannotApply(DIGIT_REASON)


def check_words(new: str) -> None:
    """Raise CannotApply for what a report has no place for: a footnote, a picture and others."""
    kind = next((kind for kind in OBJECT_KINDS if f"[{kind}: " in new), "")
    kind = kind or ("picture" if PICTURE in new else "")
    kind = kind or ("symbol" if PRIVATE_LETTER.search(new) else "")
    if kind:
        raise CannotApply(f"commentary has no {kind}: write it as a sentence, if it is to stay")


def _old_text(placed: PlacedEdit) -> str:
    return placed.paragraph.text[placed.edit.start : placed.edit.end]
