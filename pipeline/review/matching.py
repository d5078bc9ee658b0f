"""Which paragraph of a returned file is which of the report: by bookmark, place and text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipeline.report.paragraphs.marks import CONTENTS
from pipeline.report.paragraphs.record import Paragraph
from pipeline.review.returned.reading import SAME, ReturnedParagraph

MIN_SIMILARITY = 45  # percent, of a paragraph that has lost its bookmark
JOIN_GAIN = 4  # percent by which two paragraphs together must be more alike than one
CONTENTS_STYLES = ("TOC", "Contents")
PAGE_NUMBER = re.compile(r"\s*\d+$")
NEWLINE = "\n"


@dataclass(frozen=True)
class Match:
    """Paragraphs of the report, and those in the returned file that replace them.

    old, new: their positions. One of them is empty for what was added or deleted.
    """

    old: tuple[int, ...]
    new: tuple[int, ...]
    is_moved: bool = False


def match_paragraphs(old: Sequence[Paragraph], new: Sequence[ReturnedParagraph]) -> list[Match]:
    """Every paragraph of both, the contents left out, in the order of the returned file.

    What was deleted follows what stood before it.
    """
    matcher = _Matcher(old, new)
    matcher.match_bookmarks()
    matcher.match_equal_texts()
    matcher.match_between_neighbours()
    matcher.join_split_paragraphs()
    return matcher.in_order()


def is_contents(paragraph: ReturnedParagraph) -> bool:
    """Whether a paragraph is an entry of the contents, which Word makes again at any time."""
    return paragraph.style.startswith(CONTENTS_STYLES) or any(
        id.startswith(f"report_{CONTENTS}_") for id in paragraph.ids
    )


class _Matcher:
    def __init__(self, old: Sequence[Paragraph], new: Sequence[ReturnedParagraph]) -> None:
        self._old = old
        self._texts = [paragraph.text for paragraph in new]
        self._new = new
        self._old_left = {
            place: None for place, paragraph in enumerate(old) if paragraph.role != CONTENTS
        }
        self._new_left = {
            place: None for place, paragraph in enumerate(new) if not is_contents(paragraph)
        }
        self._matches: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = {}

    def match_bookmarks(self) -> None:
        places = {paragraph.id: place for place, paragraph in enumerate(self._old)}
        for place in list(self._new_left):
            ids = dict.fromkeys(self._new[place].ids)
            candidates = [places[id] for id in ids if places.get(id) in self._old_left]
            if candidates:
                self._pair(self._most_alike(candidates, self._texts[place]), (place,))

    def match_equal_texts(self) -> None:
        """Match what has the same text: a paragraph that was moved has lost its bookmark."""
        for place in list(self._new_left):
            same = [
                other for other in self._old_left if self._old[other].text == self._texts[place]
            ]
            if same:
                self._pair((same[0],), (place,))

    def match_between_neighbours(self) -> None:
        """Match what was rewritten: it stands between the same paragraphs as before."""
        for place in list(self._new_left):
            previous = self._last_matched(place)
            after = self._next_matched(place)
            gap = [
                other
                for other in self._old_left
                if previous < other < after and (self._old[other].row == 0 or other == previous + 1)
            ]
            ranked = sorted(gap, key=lambda other: -self._similarity((other,), (place,)))
            is_only_cell = self._new[place].row > 0 and gap == [previous + 1] == [after - 1]
            if is_only_cell or (
                ranked and self._similarity((ranked[0],), (place,)) >= MIN_SIMILARITY
            ):
                self._pair((ranked[0],), (place,))

    def join_split_paragraphs(self) -> None:
        """Add to a paragraph the ones after it that were split from it."""
        for place in sorted(self._new_left):
            previous = self._owner(place - 1)
            if previous is None:
                continue
            old, new = self._matches[previous]
            gain = self._similarity(old, (*new, place)) - self._similarity(old, new)
            if gain > JOIN_GAIN:
                self._pair(old, (*new, place))

    def in_order(self) -> list[Match]:
        """All matches in the order of the returned file, with what was deleted in its place."""
        pairs = [self._matches[key] for key in sorted(self._matches)]
        unmoved = self._unmoved(pairs)
        matches = [
            Match(old, new, is_moved=position not in unmoved)
            for position, (old, new) in enumerate(pairs)
        ]
        matches += [Match((), (place,)) for place in self._new_left]
        matches.sort(key=lambda match: match.new[0])
        for place in self._old_left:
            position = 0
            for number, match in enumerate(matches):
                if match.old and not match.is_moved and match.old[0] < place:
                    position = number + 1
            matches.insert(position, Match((place,), ()))
        return matches

    def _unmoved(self, pairs: Sequence[tuple[tuple[int, ...], tuple[int, ...]]]) -> set[int]:
        """The positions of the pairs that stayed where they were.

        One that has lost its bookmark, or is new as a whole, is taken for the one that was moved.
        """
        anchored = [position for position, (_, new) in enumerate(pairs) if self._has_stayed(new[0])]
        rising = _longest_rising([pairs[position][0][0] for position in anchored])
        unmoved = {anchored[number] for number in rising}
        for position, (old, _) in enumerate(pairs):
            if position not in anchored:
                earlier = max((each for each in unmoved if each < position), default=None)
                later = min((each for each in unmoved if each > position), default=None)
                follows = earlier is None or pairs[earlier][0][0] < old[0]
                if follows and (later is None or old[0] < pairs[later][0][0]):
                    unmoved.add(position)
        return unmoved

    def _has_stayed(self, place: int) -> bool:
        paragraph = self._new[place]
        is_new = all(segment.state != SAME for segment in paragraph.segments if segment.text)
        return bool(paragraph.ids) and not is_new

    def _pair(self, old: tuple[int, ...], new: tuple[int, ...]) -> None:
        for place in old:
            self._old_left.pop(place, None)
        for place in new:
            self._new_left.pop(place, None)
        self._matches[new[0]] = (old, new)

    def _most_alike(self, candidates: list[int], text: str) -> tuple[int, ...]:
        """The paragraphs whose bookmarks are in one: all of them if they were merged."""
        choices: list[tuple[int, ...]] = [(place,) for place in candidates]
        best = max(choices, key=lambda choice: fuzz.ratio(self._old_text(choice), text))
        merged = tuple(candidates)
        if len(merged) > 1:
            gain = fuzz.ratio(self._old_text(merged), text) - fuzz.ratio(self._old_text(best), text)
            if gain > JOIN_GAIN:
                return merged
        return best

    def _similarity(self, old: tuple[int, ...], new: tuple[int, ...]) -> float:
        return fuzz.ratio(self._old_text(old), NEWLINE.join(self._texts[place] for place in new))

    def _old_text(self, places: tuple[int, ...]) -> str:
        return NEWLINE.join(self._old[place].text for place in places)

    def _owner(self, place: int) -> int | None:
        """The key of the match that a paragraph of the returned file belongs to."""
        return next((key for key, (_, new) in self._matches.items() if place in new), None)

    def _last_matched(self, place: int) -> int:
        earlier = [key for key in self._matches if key < place]
        return self._matches[max(earlier)][0][-1] if earlier else -1

    def _next_matched(self, place: int) -> int:
        later = [key for key in self._matches if key > place]
        return self._matches[min(later)][0][0] if later else len(self._old)


def _longest_rising(numbers: list[int]) -> set[int]:
    """The positions of the longest part of a list that rises: what was not moved."""
    tails: list[int] = []
    tail_positions: list[int] = []
    previous: dict[int, int] = {}
    for position, number in enumerate(numbers):
        place = bisect_left(tails, number)
        if place:
            previous[position] = tail_positions[place - 1]
        tails[place : place + 1] = [number]
        tail_positions[place : place + 1] = [position]
    unmoved: set[int] = set()
    position_or_none = tail_positions[-1] if tail_positions else None
    while position_or_none is not None:
        unmoved.add(position_or_none)
        position_or_none = previous.get(position_or_none)
    return unmoved
