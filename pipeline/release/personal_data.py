"""The personal-data gate: nothing that stands in a personal column of an extract, or is shaped like it, is in a published file.

It reads the finished files as a reader or a program would: text, attributes, and what documents and images say of themselves.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from operator import itemgetter

import pandas as pd

from pipeline.problem import Kind, Problem
from pipeline.release.file_texts import file_texts
from pipeline.release.matching import CandidateFilter, normalised_words
from pipeline.report.documents.page import Page
from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS
from pipeline.validate.rules.duplicates import format_rows
from pipeline.validate.rules.personal_text import NHS_NUMBER, PERSONAL_PATTERNS, is_nhs_number
from pipeline.validate.store import load_tables

NAME_COLUMNS = {"complainant_name", "child_name"}
REFERENCE_COLUMNS = {"reference", "complaint"}
MIN_NAME_PART = 3  # letters of a part of a name by which somebody can be meant
COUNT_LIKE_REFERENCE = re.compile(
    r"[1-9]\d{0,3}"
)  # a reference that could as well be a count, unless a word says what it is
REFERENCE_LABELS = (
    "ref", "ref no", "ref number", "reference", "reference no", "reference number", "case no", "case number", "complaint no",
    "complaint number",
)  # fmt: skip
NOTE_NGRAM = 6  # words of a note or a letter in a row that are nobody else's
MIN_RUN = dict.fromkeys(NAME_COLUMNS, 1) | {
    "address": 2
}  # the fewest words by which `_spellings` knows a longer value; RUN where not said
COMPARED_COLUMNS = (
    {column for extract in EXTRACTS for column in extract.personal_columns}
    | REFERENCE_COLUMNS
    | {"approved_text"}
)
Phrase = tuple[str, ...]  # in a row
PersonalMatch = tuple[
    str, str, str, str
]  # a published file, what it holds, and the extract and column from which that is known
MAX_ROWS_NAMED = 20  # rows of a file that a message names


def check_personal_data(page: Page, files: Mapping[str, bytes], settings: Settings) -> None:
    """Raise a Problem that names the file and the kind, and never the value, of whatever is personal in what is published.

    page: the report. files: the files to publish, by name.
    """
    texts = [
        (name, text)
        for name, content in {"annual-report.html": page.html.encode(), **files}.items()
        for text in file_texts(name, content)
    ]
    contact = settings.council.contact
    own = f"{contact.email} {contact.telephone or ''}"
    found: dict[PersonalMatch, dict[Phrase, object]] = {
        (name, kind, "", ""): {} for name, text in texts for kind in _personal_shapes(text, own)
    }
    said = [(name, normalised_words(text)) for name, text in texts]
    index, sieve = _PhraseIndex(said), CandidateFilter([words for _, words in said])
    for words, kind, extract, column, value in _personal_phrases(
        load_tables(settings, COMPARED_COLUMNS), settings, sieve
    ):
        for name in index.that_hold(words):
            found.setdefault((name, kind, extract, column), {}).setdefault(words, value)
    if found:
        rows = load_tables(settings, {"file", "row", *(column for *_, column in found)})
        told = [f"  {name} holds {kind}" + (_format_location(rows[extract], column, held.values()) if held else "")
                for (name, kind, extract, column), held in sorted(found.items(), key=itemgetter(0))]  # fmt: skip
        many = f"{len(found)} kind{'s' * (len(found) > 1)}"
        raise Problem(
            Kind.DATA, "the personal-data gate",
            f"personal data of {many} in the files, so nothing was published\n" + "\n".join(told),
            "Take it out of the commentary, the approved text or the settings that it comes from. A word that is a name in a row "
            "named here, and an ordinary word in the report, can be allowed in report.yaml, under allowed_names, with a reason "
            "and a name.",
        )  # fmt: skip


def _format_location(table: pd.DataFrame, column: str, values: Collection[object]) -> str:
    """The first row of each value, for it is not repeated."""
    held = table[table[column].isin(list(values))].drop_duplicates(column)
    rows = {file: list(part) for file, part in held.groupby("file", observed=True)["row"]}
    return f" ({column} in {format_rows(rows, MAX_ROWS_NAMED)})"


def _personal_shapes(text: str, own: str) -> Iterator[str]:
    """The kinds of personal data that a text holds by its shape; own: the council's address and telephone number."""
    yield from (
        kind
        for kind, shape in PERSONAL_PATTERNS.items()
        if any(one[0].strip() not in own for one in shape.finditer(text))
    )
    if any(is_nhs_number(number) for number in NHS_NUMBER.findall(text)):
        yield "an NHS number"


class _PhraseIndex:
    """The words of all files, to be asked for some in a row, so that the records, which may be many, need not be held."""

    def __init__(self, said: list[tuple[str, list[str]]]):
        self._said = said
        self._files: dict[int, dict[Phrase, set[str]]] = {}  # by how many words are in a row

    def that_hold(self, words: Phrase) -> set[str]:
        """The names of the files that hold these words in a row."""
        length = len(words)
        if length not in self._files:
            self._files[length] = {}
            for name, said in self._said:
                for run in _ngrams(said, length):
                    self._files[length].setdefault(run, set()).add(name)
        return self._files[length].get(words, set())


def _personal_phrases(
    extracts: Mapping[str, pd.DataFrame], settings: Settings, sieve: CandidateFilter
) -> Iterator[tuple[Phrase, str, str, str, object]]:
    """What must not be said, as words in a row, with what it is and where it stands: extract, column, value.

    But for what is not published in any case.
    """
    approved = {
        run
        for table in extracts.values() if "approved_text" in table
        for text in table["approved_text"].dropna().unique()
        for run in _ngrams(normalised_words(text), NOTE_NGRAM)
    }  # fmt: skip
    officers = [settings.report.author, settings.council.report_of, settings.council.contact.role]
    allowed = {
        word
        for name in [*officers, *(one.words for one in settings.report.allowed_names)]
        for word in normalised_words(name)
    }
    for extract in EXTRACTS:
        table = extracts.get(extract.name, pd.DataFrame())
        for column in {*extract.personal_columns, *REFERENCE_COLUMNS} & set(table):
            values = table[column].dropna().drop_duplicates()
            if column != "date_of_birth":
                values = sieve.candidates(values, MIN_RUN.get(column, NOTE_NGRAM))
            for value in values:
                for words, kind in _spellings(column, value):
                    if words not in approved and not set(words) <= allowed:
                        yield words, kind, extract.name, column, value


def _spellings(column: str, value: object) -> Iterator[tuple[Phrase, str]]:
    """The ways in which a value may be written."""
    if column in REFERENCE_COLUMNS:
        said = tuple(normalised_words(str(value)))
        if COUNT_LIKE_REFERENCE.fullmatch(" ".join(said)):
            yield from (((*words.split(), *said), "a reference") for words in REFERENCE_LABELS)
        else:
            yield said, "a reference"
    elif column in NAME_COLUMNS:
        parts = normalised_words(str(value))
        yield tuple(parts), "a name"
        yield tuple(reversed(parts)), "a name"
        yield from (((part,), "a part of a name") for part in parts if len(part) >= MIN_NAME_PART)
    elif column == "date_of_birth":
        day = pd.Timestamp(value).date()
        for text in (
            day.isoformat(),
            f"{day:%d/%m/%Y}",
            f"{day.day}/{day.month}/{day.year}",
            f"{day.day} {pd.Timestamp(day).month_name()} {day.year}",
        ):
            yield tuple(normalised_words(text)), "a date of birth"
    elif column == "address":
        yield tuple(normalised_words(str(value))), "an address"
        first = normalised_words(str(value).partition(",")[0])
        if len(first) > 1:
            yield tuple(first), "an address"
    elif column in ("email", "telephone"):
        yield (
            tuple(normalised_words(str(value))),
            "an e-mail address" if column == "email" else "a telephone number",
        )
    else:
        yield from (
            (run, "words of a note or letter")
            for run in _ngrams(normalised_words(str(value)), NOTE_NGRAM)
        )


def _ngrams(said: list[str], length: int) -> Iterator[Phrase]:
    """Each so many words in a row."""
    return zip(*(said[start:] for start in range(length)), strict=False)
