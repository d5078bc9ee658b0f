"""A number that only a document has is found, and the number of a page is none."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from pipeline.release.published_numbers import numbers_missing_from_page

PAGE = BeautifulSoup(
    "<main><p>We received 4 complaints.</p><nav><a href='#a'>1 All complaints</a></nav>"
    "<h2 id='a'>1 All complaints</h2><p>None was late.</p></main>",
    "html.parser",
)
CONTENTS = "We received 4 complaints.\n1 All complaints {}\n1 All complaints\nNone was late.\n{}"


@pytest.mark.parametrize(
    ("contents", "foot", "missing"),
    [
        ("2", "Page 1 of 2", []),
        ("", "Draft Page 1 of 2", []),
        ("2", "3 were late.", ["sNonewaslate … 3"]),
        ("2 and 5", "", ["llcomplaints … 2", "mplaints2and … 5"]),
    ],
    ids=["pages", "no pages in contents", "in the text", "more than a page"],
)
def test_number_only_in_the_document_is_found_and_pages_not(contents, foot, missing):
    numbers = numbers_missing_from_page(CONTENTS.format(contents, foot), PAGE)
    assert set(missing) <= set(numbers)
    assert bool(numbers) == bool(missing)
