"""docs/procedures.md is made from the procedures' files."""

from pathlib import Path

from pipeline.settings.docs.procedures_docs import procedures_page

PAGE = Path(__file__).resolve().parents[3] / "docs" / "procedures.md"


def test_committed_page_is_made_from_the_procedures():
    assert PAGE.read_text(encoding="utf-8") == procedures_page()
