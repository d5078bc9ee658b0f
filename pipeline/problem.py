"""The error that a user can fix: where it is, what is wrong, and what to do about it."""

from __future__ import annotations

import re
from difflib import get_close_matches
from enum import IntEnum

MIN_WORD_SIMILARITY = 0.6  # a ratio, as difflib counts it
# What XML, and so a Word file or a drawing, cannot contain.
NOT_IN_DOCUMENTS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What a terminal obeys instead of showing it: control characters and changes of direction.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Kind(IntEnum):
    """The class of a failure; its value is the exit code that a script sees.

    The command line itself uses 2 for a wrong option.
    """

    INTERNAL = 1
    SETTINGS = 3
    DATA = 4
    NOTEBOOK = 5
    NOTHING_TO_DO = 6
    DIFFERS = 7
    MACHINE = 8
    SOME_FAILED = 9


class Problem(Exception):
    """An error that the person at the keyboard can fix; shown without a traceback.

    where: the file, key, row, cell or command.
    what: what is wrong there.
    remedy: what to do about it.
    """

    def __init__(self, kind: Kind, where: str, what: str, remedy: str) -> None:
        super().__init__(where, what, remedy)
        self.kind = kind
        self.where = where
        self.what = what
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[Problem], tuple[Kind, str, str, str]]:
        """How pickle rebuilds it in another process."""
        return Problem, (self.kind, self.where, self.what, self.remedy)

    def __str__(self) -> str:
        return printable(f"{self.where}: {self.what}\n{self.remedy}")

    def _render_traceback_(self) -> list[str]:
        """The lines that IPython shows in place of a traceback; the chain reads them back."""
        return [self.kind.name, self.where, self.what, self.remedy]


def printable(text: str) -> str:
    """The text with what a terminal would obey as an escape sequence, such as \\x1b."""
    return UNPRINTABLE.sub(lambda sign: sign[0].encode("unicode_escape").decode("ascii"), text)


def did_you_mean(word: str, allowed: list[str]) -> str:
    """' Did you mean "x"?' for the most similar allowed word; empty where none is similar."""
    by_folded: dict[str, str] = {}
    for candidate in allowed:
        by_folded.setdefault(candidate.casefold(), candidate)
    matches = get_close_matches(word.casefold(), by_folded, n=1, cutoff=MIN_WORD_SIMILARITY)
    return f' Did you mean "{by_folded[matches[0]]}"?' if matches else ""


def by_remedy(problems: list[Problem]) -> dict[str, list[Problem]]:
    """The problems that have the same remedy, by that remedy, in the order of the first of each."""
    groups: dict[str, list[Problem]] = {}
    for problem in problems:
        groups.setdefault(problem.remedy, []).append(problem)
    return groups


def joined(problems: list[Problem]) -> Problem:
    """One Problem for several of a kind, with every place and remedy; a single one is unchanged."""
    first = problems[0]
    if len(problems) == 1:
        return first
    lines = [f"{len(problems)} things to fix"]
    for remedy, alike in by_remedy(problems).items():
        lines += [f"  {problem.where}: {problem.what}" for problem in alike]
        lines.append(f"  → {remedy}")
    places = dict.fromkeys(problem.where.partition(", ")[0] for problem in problems)
    return Problem(
        kind=first.kind,
        where=", ".join(places),
        what="\n".join(lines),
        remedy="Correct all of them.",
    )
