"""What looks like personal data in free text, and what does not."""

from __future__ import annotations

import pytest

from pipeline.validate.personal.numbers import is_nhs_number
from pipeline.validate.personal.shapes import personal_data_kinds

# fmt: off
TEXTS = [
    ("Write to sam@example.org", ["an e-mail address"]),
    ("Ring 020 7946 0018 or +44 7700 900123", ["a telephone number"]),
    ("at sw1a 1aa", ["a postcode"]),
    ("QQ 12 34 56 C", []),  # not a prefix in use
    ("943 476 5919", ["an NHS number"]),
    ("943 476 5918", []),
    ("born 3/4/2012", ["a date of birth"]),
    ("Mrs Jones and Dr. Lee", ["a name with a title"]),
    ("J. said so; A.B. as well", ["somebody's initials"]),
    ("We will answer within 10 working days, e.g. by phone. My son and I. Thank you", []),
    ("In 2021/22 the 102 compliments cost £1,200 at stage 2", []),
]
# fmt: on


@pytest.mark.parametrize(("text", "kinds"), TEXTS)
def test_kinds_of_personal_data_in_a_text(text, kinds):
    assert personal_data_kinds(text) == kinds


def test_nhs_number_needs_its_check_digit():
    assert is_nhs_number("943 476 5919")
    assert not is_nhs_number("943 476 5918")
    assert not is_nhs_number("943 476 591")
