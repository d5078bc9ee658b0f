"""Sentences are found, paired and compared word by word as a reader would."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from pipeline.audit.diff.changes import Change
from pipeline.audit.diff.wording import (
    Sentence,
    charts_in,
    diff_sentences,
    diff_words,
    sentences_in,
)

SECTION = "2 Complaints"
PAGE = """<main><section><h2><span class="number">2</span> Complaints</h2>
<p>There were <data data-figure="complaints.received">4</data> (one late). None was lost.</p>
<ul><li>Two were upheld</li><li>One was not</li></ul>
<figure class="chart"><figcaption><p class="headline">Complaints fell</p></figcaption>
<img alt="Line chart. They fell."><table><caption>Complaints by kind</caption>
<thead><tr><th>Kind</th><th>2020 to 2021</th><th>2021 to 2022</th></tr></thead>
<tbody><tr><th>Late</th><td>7</td><td>[c]</td></tr></tbody></table></figure></section></main>"""
PAGE_SENTENCES = (
    "Complaints",
    "There were 4 (one late).",
    "None was lost.",
    "Two were upheld",
    "One was not",
    "Complaints fell",
    "Line chart.",
    "They fell.",
    "Complaints by kind",
)
# fmt: off
REWORDED = [
    ("There were 4 of them.", "There were 5 of them.", "There were [-4-]{+5+} of them."),
    ("It cost £2,850 in all", "It cost £2,860 in all", "It cost [-£2,850-]{+£2,860+} in all"),
    ("67%, 2 of 3", "50%, 2 of 4", "[-67%-]{+50%+}, 2 of [-3-]{+4+}"),
    ("a regular report", "a monthly short report", "a [-regular-]{+monthly short+} report"),
    ("one was late", "none was late at all", "[-one-]{+none+} was late[--]{+ at all+}"),
    ("old words", "other things", "[-old words-]{+other things+}"),
    ("the same", "the same", "the same"),
]
# fmt: on


def parse(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def sentences(*texts: str) -> list[Sentence]:
    return [Sentence(SECTION, text) for text in texts]


def mark_changes(old: str, new: str) -> str:
    """The new text with its changes marked as on a terminal."""
    return "".join(
        piece.new if piece.is_unchanged else f"[-{piece.old}-]{{+{piece.new}+}}"
        for piece in diff_words(old, new)
    )


def test_sentences_include_headings_captions_and_alt_texts():
    assert sentences_in(parse(PAGE)) == sentences(*PAGE_SENTENCES)


def test_chart_numbers_are_named_by_chart_row_and_column():
    assert charts_in(parse(PAGE)) == {
        "Complaints by kind: Late, 2020 to 2021": "7",
        "Complaints by kind: Late, 2021 to 2022": "[c]",
    }


def test_sentence_is_either_reworded_new_or_gone():
    old = sentences(
        "There were 4 complaints.", "They were about care.", "All of them were answered."
    )
    new = sentences(
        "There were 5 complaints.", "All of them were answered.", "Nobody went to the Ombudsman."
    )
    assert diff_sentences(old, new) == [
        Change(SECTION, "There were 4 complaints.", "There were 5 complaints."),
        Change(SECTION, "They were about care.", None),
        Change(SECTION, None, "Nobody went to the Ombudsman."),
    ]


def test_sentences_with_little_in_common_are_not_paired():
    old = sentences("They were about care.")
    new = sentences("Nobody went to the Ombudsman.")
    assert diff_sentences(old, new) == [
        Change(SECTION, None, "Nobody went to the Ombudsman."),
        Change(SECTION, "They were about care.", None),
    ]


def test_section_with_only_another_number_has_not_changed():
    renumbered = PAGE.replace(">2</span>", ">3</span>")
    assert diff_sentences(sentences_in(parse(PAGE)), sentences_in(parse(renumbered))) == []


@pytest.mark.parametrize(("old", "new", "marked"), REWORDED)
def test_texts_are_compared_by_word_and_a_number_is_one(old, new, marked):
    assert mark_changes(old, new) == marked


def test_chart_without_a_table_is_compared_by_its_description():
    page = parse(
        '<main><figure class="chart"><figcaption><p class="subtitle">Responses by year</p>'
        '</figcaption><img alt="Stacked bar chart, two years. In 2021-22: 1 late. In 2020-21: 3 '
        'late."></figure></main>'
    )
    assert charts_in(page) == {
        "Responses by year: In 2021-22": "1 late.",
        "Responses by year: In 2020-21": "3 late.",
        "Responses by year": "Stacked bar chart, two years.",
    }
