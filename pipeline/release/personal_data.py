"""The check that no published file holds personal data of an extract, or what is shaped like it.

It reads the finished files as a reader or a program would: text, attributes and the metadata of
documents and images.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from pipeline.artifacts import REPORT_PAGE
from pipeline.problem import Kind, Problem
from pipeline.release.matching import CandidateFilter, normalised_words, readings
from pipeline.release.spellings import (
    MIN_RUN,
    NOTE_NGRAM,
    Phrase,
    ngrams,
    spellings,
)
from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS, REFERENCE_COLUMNS
from pipeline.validate.reading.read import read_extracts
from pipeline.validate.rules.duplicates import format_rows
from pipeline.validate.rules.personal_text import NHS_NUMBER, PERSONAL_PATTERNS, is_nhs_number

if TYPE_CHECKING:
    from pipeline.report.documents.page import Page

COMPARED_COLUMNS = {
    *REFERENCE_COLUMNS,
    "approved_text",
    *(column for extract in EXTRACTS for column in extract.personal_columns),
}
MAX_ROWS_NAMED = 20  # rows of a file that a message names
MIN_FILTERED_ROWS = 1000  # of fewer every value is compared, which is quicker than choosing some


class PersonalMatch(NamedTuple):
    """A kind of personal data in a published file.

    extract, column: where the records hold it; empty if it is known by its shape alone.
    """

    file: str
    kind: str
    extract: str = ""
    column: str = ""


def check_personal_data(page: Page, files: Mapping[str, bytes], settings: Settings) -> None:
    """Raise a Problem that lists the personal data in the published files.

    It names each file, the kind and the row of the records, and never the value.
    """
    from pipeline.release.file_texts import file_texts  # it imports libraries of several formats

    texts: list[tuple[str, str]] = []
    for name, content in {REPORT_PAGE: page.html.encode(), **files}.items():
        for text in file_texts(name, content):
            texts += [(name, reading) for reading in readings(text)]
    # The values of the records that each match is made of, by the words in which they are written.
    matches: dict[PersonalMatch, dict[Phrase, object]] = {}
    for match in _matches_by_shape(texts, settings):
        matches[match] = {}
    tables = read_extracts(settings, COMPARED_COLUMNS).tables  # what is saved has no names
    for personal, name in _matches_by_record(texts, tables, settings):
        match = PersonalMatch(name, personal.kind, personal.extract, personal.column)
        matches.setdefault(match, {}).setdefault(personal.phrase, personal.value)
    if matches:
        kinds = f"{len(matches)} kind{'s' if len(matches) > 1 else ''}"
        summary = f"the files contain personal data of {kinds}, so nothing was published"
        raise Problem(
            kind=Kind.DATA,
            where="the personal-data gate",
            what="\n".join([summary, *_match_lines(matches, tables)]),
            remedy="Remove it from the commentary, the approved text or the settings that it comes "
            "from. A word that is a name in a row named here, and an ordinary word in the report, "
            "can be allowed in report.yaml, under allowed_names, with a reason and a name.",
        )


def personal_kinds(
    texts: Sequence[tuple[str, str]], tables: Mapping[str, pd.DataFrame], settings: Settings
) -> Iterator[tuple[str, str]]:
    """The place of each text that contains personal data, with its kind and rows of the records.

    texts: each with its place. tables: the typed extracts.
    """
    for match in _matches_by_shape(texts, settings):
        yield match.file, match.kind
    locations: dict[PersonalMatch, set[object]] = {}
    for personal, place in _matches_by_record(texts, tables, settings):
        match = PersonalMatch(place, personal.kind, personal.extract, personal.column)
        locations.setdefault(match, set()).add(personal.value)
    for match, values in locations.items():
        location = _format_location(tables[match.extract], match.column, values)
        yield match.file, f"{match.kind}{location}"


def _match_lines(
    matches: Mapping[PersonalMatch, Mapping[Phrase, object]],
    tables: Mapping[str, pd.DataFrame],
) -> list[str]:
    """One line per match, in the order of the files, with the rows of its values."""
    lines = []
    for match in sorted(matches):
        values = matches[match].values()
        location = ""
        if values:
            location = _format_location(tables[match.extract], match.column, values)
        lines.append(f"  {match.file} contains {match.kind}{location}")
    return lines


def _matches_by_shape(
    texts: Sequence[tuple[str, str]], settings: Settings
) -> Iterator[PersonalMatch]:
    """What is shaped like personal data; texts: each with the name of its file."""
    contact = settings.council.contact
    council_contact = f"{contact.email} {contact.telephone or ''}"
    for name, text in texts:
        for kind in _personal_shapes(text, council_contact):
            yield PersonalMatch(name, kind)


def _matches_by_record(
    texts: Sequence[tuple[str, str]], tables: Mapping[str, pd.DataFrame], settings: Settings
) -> Iterator[tuple[_PersonalPhrase, str]]:
    """The phrases of the records that files hold, each with the name of one file."""
    words_by_file = [(name, normalised_words(text)) for name, text in texts]
    index = _PhraseIndex(words_by_file)
    candidate_filter = CandidateFilter([words for _, words in words_by_file])
    for personal in _personal_phrases(tables, settings, candidate_filter):
        for name in index.files_with(personal.phrase):
            yield personal, name


def _format_location(table: pd.DataFrame, column: str, values: Collection[object]) -> str:
    """Where the values are in the records, such as " (column in row 2 of file)".

    The first row of each value is named in place of the value. table: the extract, with file, row
    and the column.
    """
    rows = table[table[column].isin(list(values))].drop_duplicates(column)
    numbers_by_file = {
        file: list(group) for file, group in rows.groupby("file", observed=True)["row"]
    }
    return f" ({column} in {format_rows(numbers_by_file, MAX_ROWS_NAMED)})"


def _personal_shapes(text: str, council_contact: str) -> Iterator[str]:
    """The kinds of personal data that a text holds, known by their shape.

    council_contact: the council's own address and telephone number, which may be published.
    """
    for kind, pattern in PERSONAL_PATTERNS.items():
        if any(match[0].strip() not in council_contact for match in pattern.finditer(text)):
            yield kind
    if any(is_nhs_number(number) for number in NHS_NUMBER.findall(text)):
        yield "an NHS number"


class _PhraseIndex:
    """Finds the published files that hold a phrase.

    The records may be many and the files are few, so the phrases of the files are held in memory
    and those of the records are not.
    """

    def __init__(self, words_by_file: Sequence[tuple[str, list[str]]]) -> None:
        """words_by_file: a file's name and the words of one of its texts; a file may have many."""
        self._words_by_file = words_by_file
        self._files_by_length: dict[int, dict[Phrase, set[str]]] = {}

    def files_with(self, phrase: Phrase) -> set[str]:
        """The names of the files that hold these words in a row."""
        length = len(phrase)
        if length not in self._files_by_length:
            self._files_by_length[length] = self._index_phrases(length)
        return self._files_by_length[length].get(phrase, set())

    def _index_phrases(self, length: int) -> dict[Phrase, set[str]]:
        files_of_phrase: dict[Phrase, set[str]] = {}
        for name, words in self._words_by_file:
            for phrase in ngrams(words, length):
                files_of_phrase.setdefault(phrase, set()).add(name)
        return files_of_phrase


class _PersonalPhrase(NamedTuple):
    """Words in a row that must not be published, and the value of the extract they come from."""

    phrase: Phrase
    kind: str
    extract: str
    column: str
    value: object


def _personal_phrases(
    tables: Mapping[str, pd.DataFrame], settings: Settings, candidate_filter: CandidateFilter
) -> Iterator[_PersonalPhrase]:
    """Every phrase of the records that must not be published and may be in a published file.

    tables: the typed extracts, by name. candidate_filter: made of the published texts.
    """
    approved = _approved_phrases(tables)
    allowed_words = _allowed_words(settings)
    for extract in EXTRACTS:
        table = tables.get(extract.name, pd.DataFrame())
        for column in {*extract.personal_columns, *REFERENCE_COLUMNS} & set(table):
            values: Iterable[object] = table[column].dropna().drop_duplicates()
            if column != "date_of_birth" and len(table) > MIN_FILTERED_ROWS:
                values = candidate_filter.candidates(values, MIN_RUN.get(column, NOTE_NGRAM))
            for value in values:
                for phrase, kind in spellings(column, value):
                    if phrase not in approved and not set(phrase) <= allowed_words:
                        yield _PersonalPhrase(phrase, kind, extract.name, column, value)


def _approved_phrases(tables: Mapping[str, pd.DataFrame]) -> set[Phrase]:
    """The phrases, of the length compared in notes, of texts approved for publication."""
    approved: set[Phrase] = set()
    for table in tables.values():
        if "approved_text" in table:
            for text in table["approved_text"].dropna().unique():
                approved.update(ngrams(normalised_words(text), NOTE_NGRAM))
    return approved


def _allowed_words(settings: Settings) -> set[str]:
    """The words of officers' names and titles in the settings, and of the names allowed there."""
    report = settings.report
    council = settings.council
    texts = [report.author, council.report_of, council.contact.role]
    texts += [allowed.words for allowed in report.allowed_names]
    return {word for text in texts for word in normalised_words(text)}
