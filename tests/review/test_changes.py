"""Every change in a returned file is found, led to its line, and applied or left with a reason."""

from __future__ import annotations

import csv
import io

import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from word_edits import (
    add_after,
    comment,
    delete_paragraph,
    find,
    move_after,
    move_with_tracking,
    replace,
    replace_words,
    split,
    text_of,
)

from pipeline.review.show import marked_text, review_page, review_table, review_text

MAIN_REASON = "We think the main reason"
COMMENTARY = "data/raw/2021-22/commentary.md, line"


def only_entry(review):
    (entry,) = review.entries
    return entry


@pytest.mark.parametrize("author", ["", "Director"])
def test_word_of_commentary_is_led_to_its_line(reviewed, author):
    entry = only_entry(
        reviewed(lambda word: replace(find(word, MAIN_REASON), "main", "chief", author))
    )
    assert (
        entry.change.old_words == "We think the main reason is that we now settle concerns earlier."
    )
    assert (
        entry.change.new_words
        == "We think the chief reason is that we now settle concerns earlier."
    )
    assert entry.verdict.definition.where == f"{COMMENTARY} 11"
    assert (entry.authors, entry.change.is_tracked) == (author or "Reader 1", bool(author))
    assert entry.is_safe


# Words of a paragraph, the edit in it, where these words are defined, and why it is left; or "".
EDITS = [
    ("Members are asked", ("consider", "note"), "report.yaml, line 11, members_are_asked", ""),
    (
        "a council that does not",
        ("sample", "test"),
        "data/raw/council.yaml, line 15, notice",
        "",
    ),
    ("We received 102", ("102", "120"), "4_report.ipynb, cell 10, line 18", "never changed"),
    ("We ran 4 sessions", ("We ran", "We held"), "cell 48, line 5", "writes this sentence"),
    (
        "The open data has",
        ("open data", "data"),
        "4_report.ipynb, cell 50, line 14",
        "for every",
    ),
    (
        "School transport",
        ("transport", "travel"),
        "ombudsman.decided_by_subject",
        "the extracts",
    ),
    ("I learnt a lot", ("a lot", "much"), "figure compliments.quotations", "the extracts"),
    ("Data as at", ("Data", "Figures"), "the page's own words", "the program writes this"),
    (MAIN_REASON, ("concerns", "7 concerns"), f"{COMMENTARY} 11", "contains a number"),
    ("Report of", ("Report", "Paper"), "the page's own words", "the program writes this"),
    ("Calderbrook Council", ("Council", "City Council"), "council.yaml, line 3, authority", ""),
    ("All Wards", ("All", "Most"), "report.yaml, line 7, wards", ""),
    ("annual report, 2021", ("annual", "yearly"), "report.yaml, line 3, subject", "2 places"),
]


def test_each_edit_is_led_to_its_definition_and_judged(reviewed):
    def edit_all(word):
        for words, edit, _, _ in EDITS:
            replace(find(word, words), *edit)

    review = reviewed(edit_all)
    assert len(review.entries) == len(EDITS)
    for words, _, where, reason in EDITS:
        (entry,) = [entry for entry in review.entries if words in entry.change.text]
        assert where in entry.verdict.definition.where
        assert entry.is_safe == (not reason), words
        assert reason in entry.reason


def test_setting_changed_wherever_it_is_printed_is_applied(reviewed):
    def edit(word):
        for start in ("annual report, 2021", "annual report"):
            paragraphs = [each for each in word.element.body.iter() if each.tag.endswith("}p")]
            for paragraph in paragraphs:
                text = text_of(paragraph)
                if text.endswith(start) or (start[-1] == "1" and start in text):
                    replace(paragraph, "annual", "yearly")

    review = reviewed(edit)
    assert [entry.is_safe for entry in review.entries] == [True, True]


def test_paragraphs_added_deleted_split_and_moved_are_told_apart(reviewed):
    def edit(word):
        delete_paragraph(find(word, "Talking to each other"))
        delete_paragraph(find(word, "We encourage managers"), "Director")
        add_after(find(word, "This does not mean"), "We listen.", "Lawyer")
        move_after(find(word, "Starting school"), find(word, "A personal education plan on time"))
        split(find(word, "Throughout the year"), 126)

    review = reviewed(edit)
    kinds = [(entry.change.kind, entry.change.is_tracked) for entry in review.entries]
    assert sorted(kinds) == [
        ("added", True),
        ("deleted", False),
        ("deleted", True),
        ("moved", False),
        ("reworded", False),
    ]
    assert all(entry.is_safe for entry in review.entries), [e.reason for e in review.entries]
    (split_entry,) = [entry for entry in review.entries if entry.change.kind == "reworded"]
    assert "\n" in split_entry.change.new_words


def test_move_with_tracking_is_a_move_by_its_author(reviewed):
    def edit(word):
        plan = find(word, "A personal education plan on time")
        move_with_tracking(find(word, "Starting school"), plan, "Director")

    entry = only_entry(reviewed(edit))
    assert (entry.change.kind, entry.authors, entry.is_safe) == ("moved", "Director", True)


def test_footnote_of_a_reader_is_found_and_left_to_a_person(reviewed):
    def edit(word):
        notes = next(
            part for part in word.part.package.iter_parts() if "footnotes" in part.partname
        )
        note = '<w:footnote w:id="9"><w:p><w:r><w:t>See the annex.</w:t></w:r></w:p></w:footnote>'
        content = notes.blob.replace(b"</w:footnotes>", f"{note}</w:footnotes>".encode())
        notes._blob = content
        mark = OxmlElement("w:footnoteReference")
        mark.set(qn("w:id"), "9")
        run = OxmlElement("w:r")
        run.append(mark)
        find(word, MAIN_REASON).append(run)

    entry = only_entry(reviewed(edit))
    assert entry.change.new_words.endswith("[footnote: See the annex.]")
    assert "no footnote" in entry.reason


def test_deleted_row_of_a_table_is_one_change(reviewed):
    def edit(word):
        row = find(word, "School transport").getparent().getparent()
        row.getparent().remove(row)

    entry = only_entry(reviewed(edit))
    assert (entry.change.kind, entry.change.old_words) == (
        "deleted",
        "School transport | Not upheld",
    )
    assert "extracts" in entry.reason


def test_sentences_are_separate_changes_and_keep_their_own_words(reviewed):
    def edit(word):
        paragraph = find(word, "We handle complaints openly")
        replace(paragraph, "openly", "fairly", "Director")
        replace(paragraph, "regular", "monthly", "Lawyer")

    first, second = reviewed(edit).entries
    assert (first.authors, second.authors) == ("Director", "Lawyer")
    assert first.change.new_words == "We handle complaints fairly and act on what we learn."
    assert second.change.old_words.startswith("Directors receive regular reports")


def test_two_readers_of_the_same_words_are_in_conflict(reviewed):
    review = reviewed(
        lambda word: replace(find(word, MAIN_REASON), "main", "chief"),
        lambda word: replace(find(word, MAIN_REASON), "main", "first"),
        lambda word: replace(find(word, MAIN_REASON), "earlier", "sooner"),
    )
    assert [entry.conflicts for entry in review.entries] == [(2,), (1,), ()]
    assert [entry.is_safe for entry in review.entries] == [False, False, True]
    assert "conflicts with change 2" in review.entries[0].reason


def test_same_edit_of_two_readers_is_one_change_of_both(reviewed):
    def edit(word):
        replace(find(word, MAIN_REASON), "main", "chief")

    entry = only_entry(reviewed(edit, edit))
    assert (entry.files, entry.authors) == (("1.docx", "2.docx"), "Reader 1, Reader 2")
    assert entry.is_safe


def test_comments_come_with_their_words_and_their_place(reviewed):
    review = reviewed(
        lambda word: comment(word, find(word, "We encourage managers"), "Is it so?", "Lawyer")
    )
    assert not review.entries
    (found_comment,) = review.comments
    assert (found_comment.author, found_comment.text) == ("Lawyer", "Is it so?")
    assert found_comment.quoted.startswith("We encourage managers who need longer")
    assert (found_comment.where, found_comment.resolved) == (f"{COMMENTARY} 20", "no")


def test_unchanged_copy_has_neither_changes_nor_comments(reviewed, sample_settings):
    review = reviewed(lambda word: None)
    assert not review.entries
    assert "no changes and no comments in 1 file" in review_text(review, sample_settings)


def test_text_table_and_page_show_every_change(reviewed, sample_settings):
    review = reviewed(
        lambda word: replace_words(find(word, "We ran 4 sessions"), 7, 8, "5", "Director")
    )
    text = review_text(review, sample_settings)
    assert "We ran [-4-]{+5+} sessions" in text
    assert "rule: " in text
    assert "data/raw/2021-22/training.csv, row 2" in text
    (row,) = csv.DictReader(io.StringIO(review_table(review)))
    assert (row["before"], row["decision"]) == (
        "We ran 4 sessions, with 51 attendances.",
        "left to you",
    )
    page = review_page(review, sample_settings).decode()
    assert "<del>4</del><ins>5</ins>" in page


def test_table_has_no_cell_that_a_spreadsheet_calculates(reviewed):
    review = reviewed(lambda word: add_after(find(word, MAIN_REASON), "=1+1", "Director"))
    (row,) = csv.DictReader(io.StringIO(review_table(review)))
    assert row["after"] == "'=1+1"


def test_removed_and_added_words_are_marked_in_one_line():
    assert marked_text("We met late.", "We all met.\nOften") == (
        "We {+all +}met[- late-].{+ ¶ Often+}"
    )
