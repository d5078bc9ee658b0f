"""The page of figures is the catalogue's."""

from pathlib import Path

from pipeline.aggregate.figures_docs import figures_markdown

PAGE = Path(__file__).resolve().parents[2] / "docs" / "figures.md"


def test_committed_page_lists_figures_as_declared():
    assert PAGE.read_text(encoding="utf-8") == figures_markdown()
