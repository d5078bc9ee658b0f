"""The numbers of published.csv, in our spelling, with those that follow from them.

What follows is found by the relations that the figures declare. A total that is given only as the
parts of a table is as well known as if it had a row of its own, and so is one that another figure
gives under another name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from pipeline.aggregate.catalogue import catalogue_of
from pipeline.aggregate.disclosure.relations import Declaration, declarations
from pipeline.aggregate.figure import Figure
from pipeline.aggregate.figures.registry import NOT_RECORDED
from pipeline.artifacts import NumberKey
from pipeline.settings import Council
from pipeline.validate.reading.mapping import code_translation
from pipeline.year import Year

NOT_AVAILABLE = "x"
WITHHELD = "c"
PRINT_TOLERANCE = 0.05  # a published number may have been rounded to one decimal place
RELATED_MEASURES = ("count", "given")  # those whose numbers add up


class SourcedNumber(NamedTuple):
    """A number and its source; the source is empty if there is neither.

    shorthand: what stands in place of the number, if an earlier report had that.
    rows: those of published.csv that contain the number, or from which it follows.
    """

    value: float | None
    source: str
    shorthand: str = ""
    rows: tuple[int, ...] = ()


PublishedNumbers = Mapping[NumberKey, SourcedNumber]


@dataclass(frozen=True)
class PublishedTotals:
    """The numbers of published.csv.

    entered: those that have a row, without the ones that are not available.
    completed: the same, with those that follow from them.
    relations: those between these numbers, and others of the same years.
    contradictions: the relations that they do not satisfy.
    """

    entered: PublishedNumbers
    completed: PublishedNumbers
    relations: list[Declaration]
    contradictions: list[Declaration]


def published_totals(published: pd.DataFrame, council: Council) -> PublishedTotals:
    """What published.csv says, in the order of its rows.

    published: its typed rows. One whose figure or category does not exist stays as it is. One whose
        year is unreadable has none, which is a finding, and says nothing.
    """
    entered: dict[NumberKey, SourcedNumber] = {}
    for row in in_our_spelling(published, council).itertuples():
        if row.year and row.shorthand != NOT_AVAILABLE:
            value = None if row.shorthand or pd.isna(row.value) else float(row.value)
            key = NumberKey(row.figure, row.year, row.category)
            number = SourcedNumber(value, row.source, row.shorthand, (row.row,))
            if key in entered and row.is_merged:
                number = _added(entered[key], number)
            elif key in entered:
                continue
            entered[key] = number
    relations = list(
        declarations(dict.fromkeys(_related_keys(entered, council)), catalogue_of(council))
    )
    completed, contradictions = _complete(entered, relations)
    return PublishedTotals(entered, completed, relations, contradictions)


def known_values(numbers: PublishedNumbers) -> dict[NumberKey, float]:
    """The numbers that are not withheld or missing."""
    return {key: one.value for key, one in numbers.items() if one.value is not None}


def in_our_spelling(published: pd.DataFrame, council: Council) -> pd.DataFrame:
    """The rows of published.csv with the ids of figures, and their categories, as we spell them.

    A category may be in the words of the case system, if `values:` in council.yaml translates them.
    Empty texts are "". `is_merged`: whether `values_by_year:` translates one of several rows of a
    number, so that they are its parts.
    """
    texts = ["year", "figure", "category", "source", "shorthand"]
    rows = published.assign(**{name: published[name].astype("str").fillna("") for name in texts})
    catalogue = catalogue_of(council)
    ids = {id.casefold(): id for id in catalogue}
    figures = [ids.get(_plain(text), text) for text in rows["figure"]]
    spellings: dict[tuple[str, str], _Spellings] = {}
    categories = []
    is_of_year = []
    for figure_id, year, category in zip(figures, rows["year"], rows["category"], strict=True):
        if figure_id in catalogue and (figure_id, year) not in spellings:
            spellings[figure_id, year] = _Spellings(catalogue[figure_id], council, year)
        spelling = spellings.get((figure_id, year))
        categories.append(spelling.category(category) if spelling else category)
        is_of_year.append(spelling is not None and spelling.is_of_year(category))
    key = [rows["year"], pd.Series(figures, rows.index), pd.Series(categories, rows.index)]
    is_merged = pd.Series(is_of_year, rows.index, dtype="bool").groupby(key).transform("any")
    is_same_word = rows["category"].map(_plain).groupby([*key, rows["category"].map(_plain)])
    is_merged &= is_same_word.transform("size") == 1
    return rows.assign(figure=figures, category=categories, is_merged=is_merged)


def allowed_categories(figure: Figure, council: Council) -> tuple[str, ...]:
    """The categories under which a number of a figure can be entered; none if it lists texts."""
    if figure.categories:
        older = figure.older_categories(council) if figure.older_categories else ()
        return tuple(dict.fromkeys((*figure.categories(council), *older)))
    return () if figure.by else ("",)


class _Spellings:
    """How the categories of a figure may be written in a year, in lower case."""

    def __init__(self, figure: Figure, council: Council, year: str) -> None:
        self._ours = {_plain(code): code for code in allowed_categories(figure, council)}
        self._of_year: frozenset[str] = frozenset()
        self._theirs: dict[str, str] = {}
        if not figure.by:
            return
        extract, column = figure.needs[0], figure.by[0]
        values = council.values_by_year.get(Year.parse(year), {}) if year else {}
        listed = {**values.get(column, {}), **values.get(f"{extract}.{column}", {})}
        self._of_year = frozenset(map(_plain, listed))
        translation = code_translation(council, extract, column, Year.parse(year) if year else None)
        self._theirs = {
            _plain(word): self._ours[_plain(code)]
            for word, code in translation.items()
            if _plain(code) in self._ours
        }

    def category(self, text: str) -> str:
        """A category in our spelling; the text itself if it is none."""
        plain = _plain(text)
        if self.is_of_year(text):
            return self._theirs[plain]
        return self._ours.get(plain) or self._theirs.get(plain, text)

    def is_of_year(self, text: str) -> bool:
        """Whether `values_by_year:` says which category a text is."""
        plain = _plain(text)
        return plain in self._of_year and plain in self._theirs


def _added(number: SourcedNumber, other: SourcedNumber) -> SourcedNumber:
    """Two parts of a category as one number; withheld or not known if one of them is."""
    is_known = number.value is not None and other.value is not None
    return SourcedNumber(
        (number.value or 0.0) + (other.value or 0.0) if is_known else None,
        "; ".join(dict.fromkeys([number.source, other.source])),
        number.shorthand or other.shorthand,
        (*number.rows, *other.rows),
    )


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _complete(
    entered: PublishedNumbers, relations: list[Declaration]
) -> tuple[dict[NumberKey, SourcedNumber], list[Declaration]]:
    """The numbers with those that follow from them, and the relations that they contradict."""
    numbers = dict(entered)
    contradictions = [relation for relation in relations if _is_contradicted(relation, numbers)]
    # Nothing is concluded from these.
    doubtful = {key for relation in contradictions for key in (*relation.parts, relation.whole)}
    while True:
        for relation in relations:
            keys = {*relation.parts, relation.whole}
            if not doubtful & keys and _is_contradicted(relation, numbers):
                contradictions.append(relation)
                doubtful |= keys
        implied: dict[NumberKey, SourcedNumber] = {}
        for relation in relations:
            if not doubtful.intersection([*relation.parts, relation.whole]):
                implied |= _implied_numbers(relation, numbers)
        if not implied:
            return numbers, contradictions
        numbers |= implied


def _related_keys(keys: Iterable[NumberKey], council: Council) -> Iterator[NumberKey]:
    """The keys of every number of these years that can be related to another."""
    for year in dict.fromkeys(key.year for key in keys):
        for figure in catalogue_of(council).values():
            categories = allowed_categories(figure, council)
            is_collected = categories != (NOT_RECORDED,)
            if figure.measure in RELATED_MEASURES and is_collected:
                yield from (NumberKey(figure.id, year, category) for category in categories)


def known_parts(relation: Declaration, numbers: PublishedNumbers) -> list[NumberKey]:
    """The parts of a relation whose values are known."""
    return [key for key in relation.parts if key in numbers and numbers[key].value is not None]


def _is_contradicted(relation: Declaration, numbers: PublishedNumbers) -> bool:
    whole = numbers.get(relation.whole)
    parts = known_parts(relation, numbers)
    if not parts or whole is None or whole.value is None:
        return False
    rest = whole.value - _total(parts, numbers)
    return rest < 0 or (rest > 0 and relation.exhaustive and len(parts) == len(relation.parts))


def _implied_numbers(
    relation: Declaration, numbers: PublishedNumbers
) -> dict[NumberKey, SourcedNumber]:
    """The numbers that follow from a relation and the others in it."""
    known = known_parts(relation, numbers)
    unknown = [key for key in relation.parts if key not in known]
    whole = numbers.get(relation.whole)
    if not relation.exhaustive or any(key in numbers for key in unknown):
        return {}
    if whole is None and not unknown:
        return {relation.whole: _following(_total(known, numbers), known, numbers)}
    if whole is None or whole.value is None:
        return {}
    rest = whole.value - _total(known, numbers)
    if len(unknown) == 1 or rest == 0:
        sources = [*known, relation.whole]
        return {key: _following(rest, sources, numbers) for key in unknown}
    return {}


def _following(
    value: float, keys: Collection[NumberKey], numbers: PublishedNumbers
) -> SourcedNumber:
    """A number that follows from others, with their sources and rows."""
    sources = dict.fromkeys(numbers[key].source for key in keys)
    rows = sorted({row for key in keys for row in numbers[key].rows})
    return SourcedNumber(value, "; ".join(sources), rows=tuple(rows))


def _total(keys: Iterable[NumberKey], numbers: PublishedNumbers) -> float:
    return sum(numbers[key].value or 0.0 for key in keys)
