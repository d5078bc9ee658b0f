"""Which authorities a council is compared with, and how their rows are recognised."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.open_data.authorities import ENGLAND, Authority, authorities
from pipeline.problem import Kind, Problem
from pipeline.settings import Council

# Words in the name of a council that are not part of its place.
COUNCIL_WORDS = re.compile(
    r"\b(?:the|royal|london|metropolitan|county|city|district|borough|council|unitary|authority"
    r"|mbc|cc|dc|lb|rb|of|upon)\b"
)
# Places that the Ombudsman names otherwise than DfE.
OTHER_NAMES = {"hull": "E06000010", "durham": "E06000047", "corporation": "E09000001"}


@dataclass(frozen=True)
class Areas:
    """A council and those that it is compared with.

    neighbours: the codes of its statistical neighbours, the closest first; may be unknown.
    region: the codes of the other authorities of its region.
    """

    own: Authority
    neighbours: tuple[str, ...]
    region: tuple[str, ...]

    @property
    def codes(self) -> set[str]:
        """All codes whose rows are kept: authorities, the region and England."""
        places = {self.own.new_la_code, self.own.region_code, ENGLAND[0]}
        return places | set(self.neighbours) | set(self.region)


def own_authority(council: Council) -> Authority:
    """The council's authority. Raises Problem without a code, or with that of a former one."""
    code = council.la_code
    own = authorities().get(code or "")
    if own is None:
        what = (
            f"la_code, {code}, is not in the list of authorities" if code else "there is no la_code"
        )
        raise Problem(
            kind=Kind.SETTINGS,
            where="data/raw/council.yaml, la_code",
            what=f"{what}, so the rows of {council.authority} cannot be found",
            remedy="Write the ONS code of the authority, such as E08000033: it is in the files, "
            "under new_la_code.",
        )
    if own.successors:
        names = " and ".join(
            f"{authorities()[new].la_name} ({new})" for new in own.successors.split()
        )
        raise Problem(
            kind=Kind.SETTINGS,
            where="data/raw/council.yaml, la_code",
            what=f"{own.la_name} ({code}) was reorganised: {names} replaced it",
            remedy="Write the code of the authority that reports now. Years before it began have "
            "no comparison.",
        )
    return own


def areas_of(own: Authority, neighbours: tuple[str, ...]) -> Areas:
    region = tuple(
        code
        for code, other in authorities().items()
        if other.region_code == own.region_code and not other.successors and other != own
    )
    return Areas(own, neighbours, region)


def code_of_old(old_la_code: str) -> str | None:
    """The new code of the authority that has an old one today."""
    for code, authority in authorities().items():
        if authority.old_la_code == old_la_code and not authority.successors:
            return code
    return None


def code_of_name(name: str) -> str | None:
    """The code of the authority that a council's name means; None if it is no such council."""
    return _codes_by_place().get(place_name(name)) or OTHER_NAMES.get(place_name(name))


def place_name(name: str) -> str:
    """The name of a place without the words of a council: "bristol" of "Bristol City Council"."""
    text = name.casefold().replace("&", "and").replace(",", " ").replace("-", " ")
    words = re.sub(r"[^a-z ]", "", COUNCIL_WORDS.sub(" ", text)).split()
    return " ".join(words)


@cache
def _codes_by_place() -> dict[str, str]:
    return {
        place_name(authority.la_name): code
        for code, authority in authorities().items()
        if not authority.successors
    }
