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

PAGE = """<main><section><h2><span class="number">2</span>Complaints</h2>
<p>There were <data data-figure="complaints.received">4</data> (one late). None was lost.</p>
<ul><li>Two were upheld</li><li>One was not</li></ul>
<figure class="chart"><figcaption><p class="headline">Complaints fell</p></figcaption><img alt="Line chart. They fell.">
<table><caption>Complaints by kind</caption><thead><tr><th>Kind</th><th>2020 to 2021</th><th>2021 to 2022</th></tr></thead>
<tbody><tr><th>Late</th><td>7</td><td>[c]</td></tr></tbody></table></figure></section></main>"""


def sentences(*texts: str) -> list[Sentence]:
    return [Sentence("2 Complaints", text) for text in texts]


def marked(before: str, now: str) -> str:
    return "".join(
        one.new if one.is_unchanged else f"[-{one.old}-]{{+{one.new}+}}"
        for one in diff_words(before, now)
    )


def test_sentences_are_read_in_order_with_headings_captions_and_what_a_picture_says():
    assert sentences_in(BeautifulSoup(PAGE, "html.parser")) == sentences(
        "Complaints", "There were 4 (one late).", "None was lost.", "Two were upheld", "One was not", "Complaints fell",
        "Line chart.", "They fell.", "Complaints by kind",
    )  # fmt: skip


def test_of_a_chart_each_number_is_told_by_its_row_and_year():
    assert charts_in(BeautifulSoup(PAGE, "html.parser")) == {
        "Complaints by kind: Late, 2020 to 2021": "7", "Complaints by kind: Late, 2021 to 2022": "[c]",
    }  # fmt: skip


def test_a_sentence_is_reworded_new_or_gone():
    before = sentences(
        "There were 4 complaints.", "They were about care.", "All of them were answered."
    )
    now = sentences(
        "There were 5 complaints.", "All of them were answered.", "Nobody went to the Ombudsman."
    )
    assert diff_sentences(before, now) == [
        Change("2 Complaints", "There were 4 complaints.", "There were 5 complaints."),
        Change("2 Complaints", "They were about care.", None),
        Change("2 Complaints", None, "Nobody went to the Ombudsman."),
    ]


def test_sentences_with_little_in_common_are_not_taken_for_one():
    assert diff_sentences(sentences("They were about care."), sentences("Nobody went to the Ombudsman.")) == [
        Change("2 Complaints", None, "Nobody went to the Ombudsman."), Change("2 Complaints", "They were about care.", None),
    ]  # fmt: skip


def test_a_section_that_only_has_another_number_has_not_changed():
    other = PAGE.replace(">2</span>", ">3</span>")
    assert (
        diff_sentences(
            *(sentences_in(BeautifulSoup(page, "html.parser")) for page in (PAGE, other))
        )
        == []
    )


@pytest.mark.parametrize(("before", "now", "told"), [
    ("There were 4 of them.", "There were 5 of them.", "There were [-4-]{+5+} of them."),
    ("It cost £2,850 in all", "It cost £2,860 in all", "It cost [-£2,850-]{+£2,860+} in all"),
    ("67%, 2 of 3", "50%, 2 of 4", "[-67%-]{+50%+}, 2 of [-3-]{+4+}"),
    ("a regular report", "a monthly short report", "a [-regular-]{+monthly short+} report"),
    ("one was late", "none was late at all", "[-one-]{+none+} was late[--]{+ at all+}"),
    ("old words", "other things", "[-old words-]{+other things+}"),
    ("the same", "the same", "the same"),
])  # fmt: skip
def test_texts_are_compared_word_by_word_and_a_number_is_one_word(before, now, told):
    assert marked(before, now) == told
