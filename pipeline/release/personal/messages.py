"""What to write to allow the ordinary words among the names of the records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.artifacts import JOINT_STEP, REPORT_STEP, standard_notebooks
from pipeline.release.personal.matching import normalised_words
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.release.personal.search import PersonalMatch


def allowed_names_hint(
    matches: Sequence[PersonalMatch], tables: Mapping[str, pd.DataFrame], settings: Settings
) -> Iterator[str]:
    """The lines of report.yaml that allow every single word among the matches; none if none is."""
    words = dict.fromkeys(
        word_to_allow(match, tables) for match in matches if match.is_part and match.values
    )
    if words:
        yield (
            f"  To allow ordinary words, write this in data/raw/{settings.year}/report.yaml, and "
            "fill in what is in < >; leave out each entry that is a name in the report:"
        )
        yield "    allowed_names:"
    for word in words:
        yield f"      - words: {word}"
        yield "        reason: <why it is no name here>"
        yield "        name: <who decided>"


def word_to_allow(match: PersonalMatch, tables: Mapping[str, pd.DataFrame]) -> str:
    """A word of a name, if every report has it, and otherwise where the records have it.

    What every report prints gives no name away. Of any other word nobody knows yet whether it is
    an ordinary one.
    """
    word = match.phrase[0]
    if word in _standard_words():
        return word
    (extract, column), values = next(iter(match.values.items()))
    table = tables[extract]
    row = table[table[column].isin(list(values))].iloc[0]
    words = normalised_words(str(row[column]))
    number = words.index(word) + 1 if word in words else 1
    return f"<word {number} of {column} in row {row['row']:,} of {row['file']}>"


@cache
def _standard_words() -> frozenset[str]:
    """The words in the text of the standard reports, in small letters."""
    paths = [standard_notebooks() / f"{step}.ipynb" for step in (REPORT_STEP, JOINT_STEP)]
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    return frozenset(word for word in normalised_words(text) if f" {word}" in text)
