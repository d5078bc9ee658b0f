"""Telephone numbers and the numbers by which a service knows a person, as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

# No number of a person begins within a number or its decimals, as in a rate of 67340.06734006734,
# or after the comma in a row of counts such as 1,020 31 12 400.
NUMBER_START = r"(?<!\d)(?<!\d\.)(?!(?<=\d,)\d{3}(?!\d))"
WHOLE_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)(?!\d)"
)
# A nought followed by a space is a count, such as the first of a row: 0 12 15 114 118. Only a
# group that a count would write with a comma tells a number in which the nought stands alone.
NATIONAL_NUMBER = re.compile(
    rf"(?<!/){NUMBER_START}"
    r"(?:(?:\+44|0044)[ .-]?(?:\(0\)[ ]?)?|\(?0)\(?\d(?:[ ().\-/]{0,2}\d){8,9}(?!\d)"
)
SPACED_NATIONAL_NUMBER = re.compile(
    r"(?<![\d.,] )(?<![\w.,])0 (?=[\d ]*\d{4})\d{2,5} \d{3,8}(?: \d{3,4})?(?![\d,])"
)
INTERNATIONAL_NUMBER = re.compile(
    r"(?<![\w+])(?:\+ ?|00 ?)\(?[1-9]\d{0,2}\)?(?:[ ().\-/]{0,2}\d){6,12}(?!\d)"
)
NATIONAL_DIGITS = (10, 11)  # with the nought
REGION = "GB"
NHS_NUMBER = re.compile(rf"{NUMBER_START}\d{{3}}[ .-]?\d{{3}}[ .-]?\d{{4}}(?!\d)")
# fmt: off
LABELLED_NUMBER = "a number with a label"
NUMBER_PATTERNS = {
    "a National Insurance number": re.compile(
        r"\b[A-CEGHJ-PR-TW-Z]{2}[ -]?(?:\d{2}[ -]?){3}[A-D]\b", re.IGNORECASE
    ),
    "a unique pupil number": re.compile(
        r"\b[A-HJ-NP-RT-Z](?:[ -]?\d{3,6}){2,3}[ -]?\d{1,5}[A-HJ-NP-RT-Z]?\b", re.IGNORECASE
    ),
    "a vehicle registration": re.compile(
        r"\b(?!FY)[A-HJ-PR-Y]{2}\d{2} ?[A-HJ-PR-Z]{3}\b"
        r"|\b[a-hj-pr-y]{2}\d{2}[a-hj-pr-z]{3}\b"
        r"|(?i:\b(?:registration|reg|number ?plate|car|van|vehicle)\b[ .:,]{0,3}"
        r"(?:number|no)?[ .:]{0,3})(?:[A-Z]\d{1,3} ?[A-Z]{3}|[A-Z]{3} ?\d{1,3}[A-Z])\b"
    ),
    LABELLED_NUMBER: re.compile(
        r"\b(?:NHS|UPN|ULN|CHI|NINO|NI|National Insurance|unique pupil|passport"
        r"|driving licen[cs]e)\b[ .:]{0,3}(?:(?:number|num|no|ref|is|id)\b[ .:#]{0,3}){0,2}"
        r"(?=[A-Z\d -]{0,12}\d{3})[A-Z\d][A-Z\d -]{4,}",
        re.IGNORECASE,
    ),
}
# fmt: on
UPN_DIGITS = (11, 12)


def identifying_number_kinds(text: str) -> Iterator[str]:
    """The kinds of identifying numbers in a text, other than telephone numbers."""
    kinds = [
        kind
        for kind, pattern in NUMBER_PATTERNS.items()
        if any(_is_plausible(kind, match[0]) for match in pattern.finditer(text))
    ]
    if any(is_nhs_number(number) for number in NHS_NUMBER.findall(text)):
        kinds.append("an NHS number")
    if len(kinds) > 1 and LABELLED_NUMBER in kinds:
        kinds.remove(LABELLED_NUMBER)  # the others say what it is
    yield from kinds


def telephone_numbers(text: str) -> Iterator[str]:
    """What is written like a telephone number, national or international."""
    text = WHOLE_DATE.sub("date", text)
    for match in NATIONAL_NUMBER.finditer(text):
        yield match[0]
    for match in SPACED_NATIONAL_NUMBER.finditer(text):
        if len(digits_of(match[0])) in NATIONAL_DIGITS:
            yield match[0]
    for match in INTERNATIONAL_NUMBER.finditer(text):
        if _is_dialled(match[0]):
            yield match[0]


def _is_dialled(text: str) -> bool:
    """Whether a number with the code of a country can be dialled."""
    import phonenumbers  # late, because few texts have such a number

    try:
        number = phonenumbers.parse(text.replace("(0)", ""), REGION)
    except phonenumbers.NumberParseException:
        return False
    if text.startswith("+"):
        return phonenumbers.is_possible_number(number)
    return phonenumbers.is_valid_number(number)


def national_digits(text: str) -> str:
    """The digits of a telephone number without the codes that may be left out."""
    digits = digits_of(text.replace("(0)", ""))
    for code in ("0044", "44", "0"):
        if digits.startswith(code) and len(digits) - len(code) in (9, 10):
            return digits[len(code) :]
    return digits


def digits_of(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def is_nhs_number(text: str) -> bool:
    """Whether ten digits end in the check digit of an NHS number (modulus 11)."""
    digits = [int(character) for character in digits_of(text)]
    if len(digits) != 10:
        return False
    weighted = sum(
        digit * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True)
    )
    check = 11 - weighted % 11
    return check % 11 == digits[9] and check != 10


def _is_plausible(kind: str, text: str) -> bool:
    """Whether the digits are as many as the number has."""
    if kind != "a unique pupil number":
        return True
    letters = sum(character.isalpha() for character in text)
    return len(digits_of(text)) + letters == 13 and len(digits_of(text)) in UPN_DIGITS
