"""Which columns of a file hold names, addresses and the like, by their headings and cells."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.validate.personal.numbers import telephone_numbers
from pipeline.validate.personal.shapes import EMAILS, NAME, NO_NAMES, POSTCODE

MOST, MANY = 0.8, 0.5  # of the cells
MIN_NAMES = 3  # cells by which a column of names is recognised that is not called so
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
FULL_NAME = re.compile(rf"(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr)\.? )?{NAME}(?: {NAME}){{1,3}}|{NAME}, {NAME}")
# fmt: off
# Words of headings; those of staff and things before a name, as in "Case officer name".
NOT_OF_A_FAMILY = frozenset({
    "officer", "worker", "manager", "handler", "owner", "allocated", "assigned", "investigator",
    "investigating", "author", "created", "modified", "updated", "staff", "team", "lead", "user",
    "caseworker", "chair", "panel", "service", "system", "file", "document", "category", "type",
    "area", "provider", "unit", "council", "form", "stage", "status", "process", "theme", "role",
    "school", "organisation", "company", "department", "division", "adviser", "editor", "sw",
    "io", "ip", "entered", "completed", "logged", "relationship", "code", "id", "reference", "ref",
    "method", "sent", "known", "consent", "number", "outcome", "reason", "date", "course",
    "session",
})
NAMES = frozenset({
    "name", "names", "surname", "forename", "forenames", "firstname", "lastname", "fullname", "nm",
})
PEOPLE = frozenset({
    "complainant", "customer", "client", "child", "parent", "mother", "father", "mum", "dad",
    "carer", "person", "pupil", "youngperson", "yp", "contact", "cust", "party", "requester",
})
CHILDREN = frozenset({"child", "children", "young", "yp", "pupil", "subject", "youngperson"})
BIRTHS = frozenset({"dob", "birth", "born", "birthday", "birthdate", "bday"})
ADDRESSES = frozenset({"address", "addr", "street", "postcode", "postal", "road"})
EMAIL_WORDS = frozenset({"email", "mail", "eml"})
TELEPHONES = frozenset({"telephone", "tel", "phone", "mobile", "mob", "telno"})
# fmt: on


def personal_column(heading: str, cells: Sequence[str]) -> str | None:
    """The column of complaints whose personal data a column of a file holds; None if it has none.

    cells: some of those below the heading; empty ones do not matter.
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    words = {word.casefold() for word in WORD.findall(heading)}
    by_content = _by_content(filled)
    if words & BIRTHS:
        return "date_of_birth"
    if by_content in ("email", "telephone", "address"):
        return by_content
    if words & EMAIL_WORDS or words & TELEPHONES or words & ADDRESSES:
        return _contact_column(words) if _is_personal_contact(words) else None
    if words & NOT_OF_A_FAMILY and not {"service", "user"} <= words:
        return None
    name_column = "child_name" if words & CHILDREN else "complainant_name"
    if words & NAMES:
        return name_column
    has_names = by_content == "name"
    is_full_of_names = has_names and len({*filled}) >= max(MIN_NAMES, MOST * len(filled))
    return name_column if is_full_of_names or (words & PEOPLE and has_names) else None


def _contact_column(words: set[str]) -> str:
    if words & EMAIL_WORDS:
        return "email"
    return "telephone" if words & TELEPHONES else "address"


def _is_personal_contact(words: set[str]) -> bool:
    """Whether a heading names an address and not how a complaint was made, or by whom answered."""
    return not words & (NOT_OF_A_FAMILY - {"number"})


def _by_content(cells: Sequence[str]) -> str:
    """What most of some cells are: "email", "telephone", "address" or "name"; "" if unknown."""
    if not cells:
        return ""

    def share(are_alike: Sequence[bool]) -> float:
        return sum(are_alike) / len(cells)

    if share([bool(EMAILS[0].fullmatch(cell)) for cell in cells]) >= MANY:
        return "email"
    if share([bool(POSTCODE.search(cell)) for cell in cells]) >= MANY:
        return "address"
    if share([_is_telephone(cell) for cell in cells]) >= MANY:
        return "telephone"
    return "name" if share([_is_name(cell) for cell in cells]) >= MOST else ""


def _is_telephone(cell: str) -> bool:
    return cell.startswith(("0", "+")) and any(telephone_numbers(cell))


def _is_name(cell: str) -> bool:
    """Whether a cell may be a name in full: no word of it is one of services and documents."""
    if not FULL_NAME.fullmatch(cell):
        return False
    return not {word.casefold() for word in cell.split()} & {*NO_NAMES}
