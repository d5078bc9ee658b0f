"""The check that no published file holds personal data of an extract, or what is shaped like it.

It reads the finished files as a reader or a program would: text, attributes and the metadata of
documents and images.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.artifacts import REPORT_PAGE
from pipeline.problem import Kind, Problem
from pipeline.release.personal.matching import CandidateFilter, normalised_words
from pipeline.release.personal.phrase_index import PhraseIndex
from pipeline.release.personal.spellings import (
    MIN_RUN,
    NOTE_NGRAM,
    Phrase,
    Spelling,
    ngrams,
    reference_number,
    spellings,
)
from pipeline.release.report_files import ready_first
from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS, NAME_COLUMNS, REFERENCE_COLUMNS
from pipeline.validate.personal.masking import with_unread
from pipeline.validate.personal.numbers import national_digits
from pipeline.validate.personal.shapes import personal_kinds
from pipeline.validate.reading.read import read_extracts
from pipeline.validate.rules.duplicates import format_rows

if TYPE_CHECKING:
    from pipeline.report.documents.page import Page

# Dates that the report prints of its own accord.
PRINTED_DATES = {"learning": ("due", "completed")}
COMPARED_COLUMNS = {
    *REFERENCE_COLUMNS,
    "approved_text",
    *(column for extract in EXTRACTS for column in extract.personal_columns),
    *(column for columns in PRINTED_DATES.values() for column in columns),
}
MAX_ROWS_NAMED = 20  # rows of a file that a message names
MIN_FILTERED_ROWS = 1000  # of fewer every value is compared, which is quicker than choosing some
Source = tuple[str, str]  # extract and column


@dataclass
class PersonalMatch:
    """Personal data that texts contain.

    places: where. phrase: its words; empty if it is known by its shape alone.
    values: the values of the records that it comes from, by extract and column.
    is_part: whether it is one word of a name, which may be an ordinary word.
    """

    kind: str
    phrase: Phrase = ()
    is_part: bool = False
    places: set[str] = field(default_factory=set)
    values: dict[Source, set[object]] = field(default_factory=dict)

    def location(self, tables: Mapping[str, pd.DataFrame]) -> str:
        """Where the records have it, such as " (child_name in row 2 of file)"; "" if nowhere.

        Of several extracts the first; of a word in many names the first row of each column.
        """
        columns_by_rows: dict[str, list[str]] = {}
        first_extract = next(iter(self.values), ("", ""))[0]
        for (extract, column), values in self.values.items():
            if extract != first_extract:
                continue
            table = tables[extract]
            rows = table[table[column].isin(list(values))].drop_duplicates(column)
            rows = rows.head(1) if self.is_part else rows
            by_file = {
                str(file): list(group) for file, group in rows.groupby("file", observed=True)["row"]
            }
            formatted = format_rows(by_file, MAX_ROWS_NAMED)
            columns_by_rows.setdefault(formatted, []).append(column)
        parts = [f"{' and '.join(names)} in {rows}" for rows, names in columns_by_rows.items()]
        return f" ({'; '.join(parts)})" if parts else ""


def check_personal_data(page: Page, files: Mapping[str, bytes], settings: Settings) -> None:
    """Raise a Problem that lists the personal data in the published files.

    It names the files, the kind and the rows of the records, and never the value. The files that
    are ready are searched while the PDF is laid out.
    """
    from pipeline.release.file_texts import file_texts  # it imports libraries of several formats
    from pipeline.release.personal.messages import allowed_names_hint

    reading = read_extracts(settings, COMPARED_COLUMNS)  # what is saved has no names
    tables = with_unread(reading.tables, reading.unread_personal)
    texts: list[tuple[str, str]] = []
    is_clear = True
    for group in ready_first(files):
        contents = {**group} if texts else {REPORT_PAGE: page.html.encode(), **group}
        of_group = [(name, text) for name in contents for text in file_texts(name, contents[name])]
        is_clear = not find_personal_data(of_group, tables, settings) and is_clear
        texts += of_group
    if is_clear:
        return
    matches = find_personal_data(texts, tables, settings)
    count = f"{len(matches)} finding{'s' if len(matches) > 1 else ''}"
    lines = [f"the files contain personal data ({count}), so nothing was published"]
    names = list({REPORT_PAGE: 0, **files})
    for match in matches:
        places = sorted(match.places, key=names.index)
        verb = "contains" if len(places) == 1 else "contain"
        lines.append(f"  {_listed(places)} {verb} {match.kind}{match.location(tables)}")
    raise Problem(
        kind=Kind.DATA,
        where="the personal-data gate",
        what="\n".join([*lines, *allowed_names_hint(matches, tables, settings)]),
        remedy="Remove it from the commentary, the approved text or the settings that it comes "
        "from. A word that is a name in a row named here, and an ordinary word in the report, "
        "can be allowed in report.yaml, under allowed_names, with a reason and a name.",
    )


def find_personal_data(
    texts: Sequence[tuple[str, str]], tables: Mapping[str, pd.DataFrame], settings: Settings
) -> list[PersonalMatch]:
    """The personal data in texts, each once with its places, by kind and place.

    texts: each with its place. tables: the typed extracts.
    """
    index = PhraseIndex(texts)
    matches: dict[tuple[str, Phrase], PersonalMatch] = {}
    for place, kind in _shapes(index, settings):
        matches.setdefault((kind, ()), PersonalMatch(kind)).places.add(place)
    for places, spelling, source, value in _recorded(index, tables, settings):
        key = (spelling.kind, tuple(sorted(spelling.phrase)))
        match = matches.setdefault(
            key, PersonalMatch(spelling.kind, spelling.phrase, spelling.is_part)
        )
        match.places |= places
        match.values.setdefault(source, set()).add(value)
    return sorted(
        _each_once(list(matches.values()), index),
        key=lambda match: (sorted(match.places), match.kind, match.phrase),
    )


def _each_once(matches: list[PersonalMatch], index: PhraseIndex) -> Iterator[PersonalMatch]:
    """The matches without those that others tell more of.

    These are a word of a name that occurs only in a name in full, and a shape whose value the
    records have.
    """
    names = [match for match in matches if match.kind == "a name"]
    for match in matches:
        if not match.phrase:  # known by its shape: the records may tell whose it is
            recorded = [one for one in matches if one.kind == match.kind and one.phrase]
            match.places -= {place for one in recorded for place in one.places}
            if not match.places:
                continue
        if match.is_part:
            covering = [
                name
                for name in names
                if match.phrase[0] in name.phrase or match.phrase[0] in "".join(name.phrase)
            ]
            alone = {
                place
                for place in match.places
                if not any(place in name.places for name in covering)
                or index.count(match.phrase).get(place, 0)
                > sum(index.count(name.phrase).get(place, 0) for name in covering)
            }
            if not alone:
                continue
        yield match


def _shapes(index: PhraseIndex, settings: Settings) -> Iterator[tuple[str, str]]:
    """The place and the kind of what is shaped like personal data."""
    contact = settings.council.contact
    allowed = [contact.email, *([contact.telephone] if contact.telephone else [])]
    for text, places in index.segments.items():
        for kind in personal_kinds(text, allowed):
            for place in places:
                yield place, kind


Recorded = tuple[set[str], Spelling, Source, object]


def _recorded(
    index: PhraseIndex, tables: Mapping[str, pd.DataFrame], settings: Settings
) -> Iterator[Recorded]:
    """The places of each spelling of a value of the records, with the value and its column."""
    allowed = _Allowed(tables, settings)
    filters: dict[bool, CandidateFilter] = {}  # for names, and for everything else
    for extract in EXTRACTS:
        table = tables.get(extract.name, pd.DataFrame())
        compared = {*extract.personal_columns, *REFERENCE_COLUMNS} & set(table)
        for column in filter(compared.__contains__, extract.column_names):
            source = (extract.name, column)
            values: Iterable[object] = table[column].dropna().drop_duplicates()
            for places, spelling, value in _other_forms(index, source, values, allowed.dates):
                yield places, spelling, source, value
            if column != "date_of_birth" and len(table) > MIN_FILTERED_ROWS:
                is_name = column in NAME_COLUMNS
                if is_name not in filters:
                    words = [words for _, words in index.words]
                    filters[is_name] = CandidateFilter(index.name_words if is_name else words)
                values = filters[is_name].candidates(values, MIN_RUN.get(column, NOTE_NGRAM))
            for value in values:
                for spelling in spellings(column, value):
                    places = index.places_with(spelling.phrase, spelling.is_capitalised)
                    if places and not allowed.permits(spelling):
                        yield places, spelling, source, value


def _other_forms(
    index: PhraseIndex, source: Source, values: Iterable[object], own_dates: Collection[date]
) -> Iterator[tuple[set[str], Spelling, object]]:
    """The places of dates and numbers, which are known by what they mean and not by their words."""
    extract, column = source
    if column == "date_of_birth":
        for value in values:
            day = pd.Timestamp(str(value)).date()
            if day in index.dates and day not in own_dates:
                yield index.dates[day], Spelling((day.isoformat(),), "a date of birth"), value
    elif column == "telephone" and index.numbers:
        for value in values:
            digits = national_digits(str(value))
            if digits in index.numbers:
                yield index.numbers[digits], Spelling((digits,), "a telephone number"), value
    elif (column == "complaint" or extract == "complaints") and index.reference_numbers:
        for value in values:
            number = reference_number(str(value))
            if number and number in index.reference_numbers:
                places = index.reference_numbers[number]
                yield places, Spelling((number,), "a reference"), value


class _Allowed:
    """What the settings and the approved texts allow, and the report's own dates."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], settings: Settings) -> None:
        report = settings.report
        council = settings.council
        texts = [report.author, council.report_of, council.contact.role]
        texts += [allowed.words for allowed in report.allowed_names]
        self._texts = [set(normalised_words(text)) for text in texts]
        self._words = {word for words in self._texts for word in words}
        self._approved = _approved_phrases(tables)
        self.dates = _own_dates(tables, settings)

    def permits(self, spelling: Spelling) -> bool:
        """Whether it may be published: an allowed word alone, a name in full only as a whole."""
        words = {word.rstrip(".") for word in spelling.phrase}
        if spelling.kind == "a name":
            return any(words <= allowed for allowed in self._texts)
        return spelling.phrase in self._approved or words <= self._words


def _approved_phrases(tables: Mapping[str, pd.DataFrame]) -> set[Phrase]:
    """The phrases, of the length compared in notes, of texts approved for publication."""
    approved: set[Phrase] = set()
    for table in tables.values():
        if "approved_text" in table:
            for text in table["approved_text"].dropna().unique():
                approved.update(ngrams(normalised_words(text), NOTE_NGRAM))
    return approved


def _own_dates(tables: Mapping[str, pd.DataFrame], settings: Settings) -> set[date]:
    """The dates that every report prints: of its meeting, its data, its years and its actions."""
    years = {*settings.window, *settings.available_years}
    dates = {settings.report.meeting_date, settings.report.data_as_at}
    dates |= {day for year in years for day in (year.first_day, year.last_day)}
    for extract, columns in PRINTED_DATES.items():
        table = tables.get(extract, pd.DataFrame())
        for column in {*columns} & set(table):
            dates |= {day.date() for day in table[column].dropna().unique()}
    return dates


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
