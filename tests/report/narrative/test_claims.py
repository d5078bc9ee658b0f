"""A claim about numbers in the commentary stands beside a figure, or somebody is told."""

from __future__ import annotations

import pytest

from pipeline.report.narrative.claims import unsupported_claims


@pytest.fixture
def claims(a_settings):
    """claims("## overview\\n…"): line and word of each claim without a figure."""

    def find(text: str) -> list[tuple[int, str]]:
        settings = a_settings()
        (settings.workspace / "data/raw/2021-22/commentary.md").write_text(text)
        return [
            (int(one.where.rsplit(" ", 1)[1]), one.what.split('"')[1])
            for one in unsupported_claims(settings)
        ]

    return find


@pytest.mark.parametrize("word", [
    "doubled", "Halved", "peaked", "peak", "lowest", "highest", "significant", "significantly", "majority", "minority",
    "increased", "decrease", "declining", "trebled",
])  # fmt: skip
def test_a_claim_without_a_figure_is_a_warning_with_its_line(claims, word):
    assert claims(f"## overview\n\nFirst line.\nThe numbers {word} here.\n") == [(4, word)]


@pytest.mark.parametrize("text", [
    "Complaints doubled: {{ complaints.received | change }}.",
    "It was the peak, with\n{{ complaints.received }} in all.",
    "We think most of this is good. It has been recorded.",
    "A double room. The minor ones.",
    "<!-- it doubled -->",
])  # fmt: skip
def test_what_is_no_claim_or_has_its_figure_is_none(claims, text):
    assert claims(f"## overview\n\n{text}\n") == []


def test_each_sentence_and_list_entry_needs_its_own_figure(claims):
    text = "## learning\n\nIt doubled, {{ complaints.received }}. Then it halved.\n\n- the peak\n- the lowest, {{ year }}\n"
    assert claims(text) == [(3, "halved"), (5, "peak")]


def test_it_says_what_to_do(a_settings):
    settings = a_settings()
    (settings.workspace / "data/raw/2021-22/commentary.md").write_text("## overview\nIt doubled.\n")
    (warning,) = unsupported_claims(settings)
    assert warning.where == "data/raw/2021-22/commentary.md, line 2"
    assert warning.what == '"doubled" is a claim about numbers, in a sentence without any'
    assert warning.remedy.startswith(
        "Put the figure beside it, such as {{ complaints.received | change }}"
    )
