"""docs/dictionary.md is made from the data dictionary."""

from pathlib import Path

from pipeline.validate.dictionary_docs import dictionary_page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "dictionary.md"


def test_committed_page_is_made_from_the_dictionary():
    assert PAGE.read_text(encoding="utf-8") == dictionary_page()
