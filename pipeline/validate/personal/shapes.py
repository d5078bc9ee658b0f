"""What looks like personal data in a text that is meant for publication.

`personal_kinds` finds what no report needs, which stops a report. `suspect_kinds` finds what a
person should look at, such as a name behind a title. Neither changes a text, and neither can know
that a word is a name: `pipeline/release/` compares the words with the records.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from unicodedata import normalize

from pipeline.validate.personal.dates import dates_in
from pipeline.validate.personal.numbers import (
    identifying_number_kinds,
    national_digits,
    telephone_numbers,
)

# fmt: off
ROLES = (
    "social worker", "support worker", "key worker", "youth worker", "personal adviser",
    "foster carer", "foster parent", "carer", "grandparent", "grandmother", "grandfather",
    "guardian", "adopter", "mother", "father", "mum", "dad", "parent", "parents", "brother",
    "sister", "sibling", "aunt", "uncle", "nephew", "niece", "son", "daughter", "child", "baby",
    "teacher", "headteacher", "head teacher", "doctor", "midwife", "nurse", "health visitor",
    "solicitor", "barrister", "advocate", "investigator", "investigating officer", "manager",
    "independent person", "complainant", "client", "service user", "pupil", "student", "officer",
    "practitioner", "therapist", "psychologist", "police officer", "reviewing officer", "neighbour",
)
# What follows a role in the name of a team, a service or a document.
NO_NAMES = (
    "adoption", "assessment", "assistant", "assurance", "commissioning", "contact", "court",
    "director", "duty", "early", "east", "first", "fostering", "head", "help", "human",
    "independent", "justice", "leaving", "legal", "locality", "north", "permanence", "placement",
    "placements", "principal", "quality", "residential", "response", "reviewing", "safeguarding",
    "school", "senior", "south", "virtual", "west", "youth",
    "a", "an", "and", "at", "board", "care", "carer", "child", "children", "childrens", "council",
    "complaint", "complaints", "day", "department", "education", "family", "for", "forum", "from",
    "group", "guide", "handbook", "health", "home", "if", "in", "it", "lead", "looked", "local",
    "managers", "meeting", "network", "no", "not", "of", "ofsted", "officer", "on", "ombudsman",
    "or", "panel", "policy", "programme", "project", "send", "service", "services", "she", "he",
    "social", "staff", "stage", "standards", "support", "team", "teams", "that", "the", "their",
    "they", "this", "to", "training", "unit", "voice", "we", "when", "who", "with", "worker",
    "workers", "you", "your", "january", "february", "march", "april", "may", "june", "july",
    "august", "september", "october", "november", "december", "monday", "tuesday", "wednesday",
    "thursday", "friday", "saturday", "sunday",
)
ABBREVIATIONS = r"(?:U\.K|E\.U|U\.S|N\.B|P\.S|C\.V|Q\.C|K\.C|I\.T|H\.R|M\.P|G\.P|R\.E|P\.E)\."
STREETS = {
    "street": ("st", "str"), "road": ("rd",), "avenue": ("ave", "av"), "lane": ("ln", "la"),
    "close": ("cl", "clo"), "drive": ("dr", "drv"), "court": ("ct", "crt"),
    "crescent": ("cres", "cr", "cresc"), "gardens": ("gdns", "gdn"), "grove": ("gr", "gro"),
    "place": ("pl",), "square": ("sq",), "terrace": ("ter", "terr", "tce"), "park": ("pk",),
    "way": ("wy",), "row": ("rw",), "hill": ("hl",), "walk": ("wlk",), "view": ("vw",),
    "green": ("grn",), "mews": ("mws",), "parade": ("pde",), "rise": (), "boulevard": ("blvd",),
    "north": ("n",), "south": ("s",), "east": ("e",), "west": ("w",), "saint": ("st",),
}
# fmt: on
TITLES = "Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Dame|Master|Nurse|PC|DC|Rev|Revd"
NAME = r"[A-Z][^\W\d_]*(?:[-'\u2019][A-Z]?[^\W\d_]+)*"
LOCAL_PART = r"[\w.+'-]{1,64}"
DOMAIN_PART = r"[\w-]{1,63}"
SIGN_IN_BRACKETS = r"\s?[(\[{{<]\s?(?:{})\s?[)\]}}>]\s?"
AT = SIGN_IN_BRACKETS.format("at|@")
DOT = SIGN_IN_BRACKETS.format(r"dot|\.")
ANY_AT = rf"(?:{AT}|\s?\bat\b\s?)"
ANY_DOT = rf"(?:{DOT}|\s(?:dot|point)\s|\.)"
SPELT_DOT = rf"(?:{DOT}|\s?\bdot\b\s?)"
EMAILS = (
    re.compile(rf"{LOCAL_PART}@{DOMAIN_PART}(?:\.{DOMAIN_PART})+"),
    re.compile(rf"{LOCAL_PART} ?@ ?{DOMAIN_PART}(?: ?\. ?{DOMAIN_PART})* ?\. ?[a-z]{{2,}}\b"),
)
# "name at example dot org", "name (at) example.org", "first.last at example.org"
SPELT_EMAILS = (
    re.compile(
        rf"{LOCAL_PART}{ANY_AT}[\w-]+(?:{ANY_DOT}[\w-]+)*{SPELT_DOT}[a-z]{{2,}}", re.IGNORECASE
    ),
    re.compile(rf"{LOCAL_PART}{AT}[\w-]+(?:{ANY_DOT}[\w-]+)+", re.IGNORECASE),
    re.compile(
        r"\b[a-z]\w*(?:[._]\w+)+ at (?!www\.)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b", re.IGNORECASE
    ),
)
SPELT_SIGN = re.compile(r"[(\[{<] ?(?:at|dot)\b|\bdot\b| at [\w-]+\.\w", re.I)
POSTCODE = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]?[ .-]{0,2}(?!\d(?:st|nd|rd|th)\b)\d[ ]?[ABD-HJLNP-UW-Z]{2}\b"
    r"|\bGIR ?0AA\b|\bBFPO ?\d{1,4}\b",
    re.IGNORECASE,
)
BIRTH = re.compile(r"\b(?:born|d\.?o\.?b\.?|date of birth|birthday)\b(.{0,45})", re.IGNORECASE)
STREET_FORMS = sorted({form for name, forms in STREETS.items() for form in (name, *forms)})
STREET_NAMES = "|".join(form.capitalize() for form in STREET_FORMS if len(form) > 1)
SUSPECT_PATTERNS = {
    "a date of birth": re.compile(
        r"\b(?:born|d\.?o\.?b\.?|date of birth)\b[^.]{0,20}\d", re.IGNORECASE
    ),
    "a name with a title": re.compile(rf"\b(?:{TITLES})\.? ?(?-i:[A-Z])"),
    # "J. said" and "J.S."; not the end of a sentence such as "my son and I." or of an
    # abbreviation such as "e.g." and "U.K."
    "somebody's initials": re.compile(
        rf"(?<![\w.])(?!{ABBREVIATIONS})[A-HJ-Z]\.(?: ?[A-Z]\.)+|(?<![\w.])[A-HJ-Z]\.(?= [a-z])"
    ),
    "a street address": re.compile(
        rf"\b\d{{1,4}}[A-Za-z]?,? (?:{NAME} ){{1,3}}(?:{STREET_NAMES})\b"
    ),
}
NAME_AFTER_ROLE = re.compile(
    rf"\b(?i:{'|'.join(ROLES)})s? (?:(?:called|named) )?(?P<name>{NAME}(?: {NAME})?)"
)
NAME_BETWEEN_COMMAS = re.compile(
    rf"\b(?i:the|his|her|their|our|my|an?) (?i:{'|'.join(ROLES)}), (?P<name>{NAME}(?: {NAME})?),"
)
NAME_BEFORE_ROLE = re.compile(
    rf"(?P<name>{NAME} {NAME})(?:, | \()(?:(?:the|his|her|their|our|a|an) )?"
    rf"(?i:{'|'.join(ROLES)})\b"
)


def personal_kinds(text: str, allowed: Collection[str] = ()) -> Iterator[str]:
    """The kinds of personal data, known by their shape, that no report needs.

    allowed: an address and a telephone number that may be published.
    """
    plain = _plain(text)
    if _has_email(plain, allowed):
        yield "an e-mail address"
    if POSTCODE.search(plain):
        yield "a postcode"
    if any(character.isdigit() for character in plain):
        numbers = {national_digits(one) for one in telephone_numbers(plain)}
        if numbers - {national_digits(one) for one in allowed}:
            yield "a telephone number"
        yield from identifying_number_kinds(plain)
        if any(dates_in(match[1]) for match in BIRTH.finditer(plain)):
            yield "a date of birth"


def suspect_kinds(text: str) -> list[str]:
    """The kinds of personal data that a person should look for in a text."""
    plain = _plain(text)
    kinds = [kind for kind, pattern in SUSPECT_PATTERNS.items() if pattern.search(plain)]
    if _has_name_by_role(plain):
        kinds.append("a name with a role")
    return kinds


def personal_data_kinds(text: str) -> list[str]:
    """All kinds of personal data that a text seems to contain, such as "a postcode"."""
    return list(dict.fromkeys([*personal_kinds(text), *suspect_kinds(text)]))


def _plain(text: str) -> str:
    """The text with one form of each letter, digit, hyphen and space."""
    if text.isascii():
        return text
    return re.sub("[\u2010-\u2015\u2212]", "-", normalize("NFKC", text))


def _has_email(text: str, allowed: Collection[str]) -> bool:
    has_spelt_sign = SPELT_SIGN.search(text)
    patterns = [*(EMAILS if "@" in text else ()), *(SPELT_EMAILS if has_spelt_sign else ())]
    return any(
        match[0].strip() not in allowed
        and not any(one.endswith(match[0].strip()) for one in allowed)
        for pattern in patterns
        for match in pattern.finditer(text)
    )


def _has_name_by_role(text: str) -> bool:
    for pattern in (NAME_AFTER_ROLE, NAME_BETWEEN_COMMAS, NAME_BEFORE_ROLE):
        for match in pattern.finditer(text):
            words = match["name"].casefold().replace("'", "").split()
            if len(words[0]) > 1 and not set(words) & {*NO_NAMES}:
                return True
    return False
