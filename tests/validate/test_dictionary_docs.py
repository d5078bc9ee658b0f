"""The page of extracts and columns is the dictionary's."""

from pathlib import Path

from pipeline.validate.dictionary_docs import dictionary_page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "dictionary.md"


def test_the_committed_page_lists_every_extract_and_column_as_the_dictionary_does():
    assert PAGE.read_text(encoding="utf-8") == dictionary_page()
