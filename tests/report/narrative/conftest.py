"""What a narrative reads like, and the problems that it raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lxml import html

from pipeline.problem import Kind, Problem
from pipeline.report.narrative.markdown import markdown_to_html


@pytest.fixture(scope="session")
def read_narrative(render_narrative) -> Callable[..., str]:
    """The visible text of a narrative; its parameters are those of render_narrative."""

    def read(*arguments: Any, **council_changes: Any) -> str:
        markdown = render_narrative(*arguments, **council_changes)
        return html.fromstring(f"<div>{markdown_to_html(markdown)}</div>").text_content().strip()

    return read


@pytest.fixture(scope="session")
def narrative_problem(render_narrative) -> Callable[..., Problem]:
    """The problem that a narrative raises; its parameters are those of render_narrative."""

    def render(*arguments: Any, **council_changes: Any) -> Problem:
        with pytest.raises(Problem) as raised:
            render_narrative(*arguments, **council_changes)
        assert raised.value.kind == Kind.NOTEBOOK
        assert raised.value.remedy.endswith(".")
        return raised.value

    return render
