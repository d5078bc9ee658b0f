"""The one error that a user can mend: where it is, what is wrong, and how to put it right."""

from __future__ import annotations

from difflib import get_close_matches
from enum import IntEnum


class Kind(IntEnum):
    """Each class of failure with the exit code by which a script can tell it (2 is the command line's own)."""

    INTERNAL = 1
    SETTINGS = 3
    DATA = 4
    NOTEBOOK = 5
    NOTHING_TO_DO = 6
    DIFFERS = 7
    MACHINE = 8
    SOME_FAILED = 9


class Problem(Exception):
    """Something that the person at the keyboard can mend; shown without a traceback.

    where: the file, key, row, cell or command; what: what was found there; how: what to do about it.
    """

    def __init__(self, kind: Kind, where: str, what: str, remedy: str):
        super().__init__(where, what, remedy)
        self.kind, self.where, self.what, self.remedy = kind, where, what, remedy

    def __reduce__(self):
        return Problem, (self.kind, self.where, self.what, self.remedy)

    def __str__(self) -> str:
        return f"{self.where}: {self.what}\n{self.remedy}"

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in place of a traceback; the chain reads the same lines back."""
        return [self.kind.name, self.where, self.what, self.remedy]


def did_you_mean(word: str, allowed: list[str]) -> str:
    """' Did you mean "x"?' for the nearest allowed word, or nothing where none is near."""
    near = get_close_matches(
        word.casefold(), {word.casefold(): word for word in allowed}, n=1, cutoff=0.6
    )
    nearest = next((word for word in allowed if near and word.casefold() == near[0]), None)
    return f' Did you mean "{nearest}"?' if nearest else ""
