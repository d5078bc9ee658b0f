"""What looks like personal data in free text that is meant for publication.

The patterns cannot find everything: a name without a title passes. They ask a person to look, and
never change a text.
"""

from __future__ import annotations

import re

TITLES = "Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Dame|Master|Nurse|PC|DC"
# No telephone number begins within decimals, as in a rate of 67340.06734006734, or after the comma
# in a row of counts such as 1,020 31 12 400.
NUMBER_START = r"(?<!\d)(?<!\d\.)(?!(?<=\d,)\d{3}(?!\d))"
NHS_NUMBER = re.compile(rf"{NUMBER_START}\d{{3}}[ -]?\d{{3}}[ -]?\d{{4}}(?!\d)")
PERSONAL_PATTERNS = {  # which no report needs
    "an e-mail address": re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"),
    # A nought followed by a space is a count, such as the first of a row: 0 12 15 114 118.
    "a telephone number": re.compile(
        rf"(?<!/){NUMBER_START}(?:(?:\+44|0044)[ -]?|0)\(?\d(?:[ ()-]{{0,2}}\d){{8,9}}(?!\d)"
    ),
    "a postcode": re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE),
    "a National Insurance number": re.compile(
        r"\b[A-CEGHJ-PR-TW-Z]{2} ?(?:\d{2} ?){3}[A-D]\b", re.IGNORECASE
    ),
}
SUSPECT_PATTERNS = PERSONAL_PATTERNS | {
    "a date of birth": re.compile(
        r"\b(?:born|d\.?o\.?b\.?|date of birth)\b[^.]{0,20}\d", re.IGNORECASE
    ),
    "a name with a title": re.compile(rf"\b(?:{TITLES})\.? [A-Z]"),
    # "J. said" and "J.S."; not the end of a sentence such as "my son and I." or of an
    # abbreviation such as "e.g."
    "somebody's initials": re.compile(
        r"(?<![\w.])[A-HJ-Z]\.(?: ?[A-Z]\.)+|(?<![\w.])[A-HJ-Z]\.(?= [a-z])"
    ),
}


def personal_data_kinds(text: str) -> list[str]:
    """The kinds of personal data that a text seems to contain, such as "a postcode"."""
    kinds = [kind for kind, pattern in SUSPECT_PATTERNS.items() if pattern.search(text)]
    if any(is_nhs_number(number) for number in NHS_NUMBER.findall(text)):
        kinds.append("an NHS number")
    return kinds


def is_nhs_number(text: str) -> bool:
    """Whether ten digits end in the check digit of an NHS number (modulus 11)."""
    digits = [int(character) for character in text if character.isdigit()]
    if len(digits) != 10:
        return False
    weighted = sum(
        digit * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True)
    )
    check = 11 - weighted % 11
    return check % 11 == digits[9] and check != 10
