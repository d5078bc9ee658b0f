"""What a reader changed besides words is shown, and what commentary has no place for is refused."""

from __future__ import annotations

import re

import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsmap, qn
from word_edits import (
    RUN,
    add_after,
    comment,
    delete_paragraph,
    find,
    replace,
    replace_words,
    text_of,
    tracked,
)

from pipeline.review.session import review_files
from pipeline.review.show import review_text
from pipeline.settings import load_settings

MAIN_REASON = "We think the main reason"
MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
VML = "urn:schemas-microsoft-com:vml"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
BOX = "<w:txbxContent><w:p><w:r><w:t>Boxed</w:t></w:r></w:p></w:txbxContent>"
SPACES = f'xmlns:w="{nsmap["w"]}" xmlns:m="{MATH}" xmlns:v="{VML}" xmlns:mc="{MC}"'


def element(text: str):
    name = re.match(r"<[\w:]+", text)[0]
    return parse_xml(f"{name} {SPACES}{text[len(name) :]}")


def switch_on(tag: str):
    def edit(paragraph):
        run = next(paragraph.iter(RUN))
        properties = run.find(qn("w:rPr"))
        if properties is None:
            properties = OxmlElement("w:rPr")
            run.insert(0, properties)
        properties.append(OxmlElement(tag))

    return edit


def make_heading(paragraph):
    paragraph.get_or_add_pPr().get_or_add_pStyle().set(qn("w:val"), "Heading2")


FORMATS = [
    ("We handle complaints openly", switch_on("w:b"), 'bold: "We handle complaints openly'),
    ("Talking to each other", switch_on("w:strike"), 'struck through: "Talking'),
    ("School transport", switch_on("w:vanish"), 'hidden: "School transport"'),
    ("We encourage managers", make_heading, "it became a heading of level 2"),
]


def test_formats_are_shown_with_their_words_and_never_applied(reviewed):
    def edit(word):
        for words, change, _ in FORMATS:
            change(find(word, words))

    review = reviewed(edit)
    assert [entry.change.kind for entry in review.entries] == ["formatted"] * len(FORMATS)
    for words, _, detail in FORMATS:
        (entry,) = [entry for entry in review.entries if words in entry.change.old_words]
        assert detail in entry.reason
        assert not entry.is_safe
        assert not entry.conflicts


def test_links_and_pictures_that_were_replaced_are_shown(reviewed):
    def edit(word):
        link = next(
            each for each in word.element.body.iter(qn("w:hyperlink")) if each.get(qn("r:id"))
        )
        link.set(qn("r:id"), word.part.relate_to("https://elsewhere.example", LINK, True))
        picture = next(
            each for each in word.part.package.iter_parts() if "/media/" in each.partname
        )
        picture._blob += b"\0"

    link, picture = (entry.reason for entry in reviewed(edit).entries)
    assert 'a link to https://elsewhere.example: "childrens.complaints@example.org"' in link
    assert "another picture, or the same one saved again" in picture


def test_words_next_to_a_changed_format_are_changes_of_their_own(reviewed):
    def edit(word):
        paragraph = find(word, MAIN_REASON)
        replace(paragraph, "main", "chief")
        switch_on("w:b")(paragraph)

    first, second = reviewed(edit).entries
    assert (first.change.kind, first.is_safe) == ("reworded", True)
    assert second.change.kind == "formatted"


def test_new_paragraph_says_that_it_was_a_heading(reviewed):
    def edit(word):
        make_heading(add_after(find(word, MAIN_REASON), "Our promise"))

    added, formatted = reviewed(edit).entries
    assert added.is_safe
    assert "it is a heading of level 2" in formatted.reason


def test_head_of_every_page_is_compared(reviewed):
    def edit(word):
        word.sections[0].header.paragraphs[0].add_run(" CONFIDENTIAL")

    (entry,) = reviewed(edit).entries
    assert (entry.change.kind, entry.is_safe) == ("on every page", False)
    assert entry.change.new_words.endswith("CONFIDENTIAL")
    assert entry.verdict.definition.where == "the program's headers and footers"


@pytest.mark.parametrize(
    ("xml", "kind"),
    [
        ("<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>", "equation"),
        ("<w:r><w:sym w:font='Wingdings' w:char='F0FC'/></w:r>", "symbol"),
        ("<w:r><w:t>\uf0fc</w:t></w:r>", "symbol"),
        ("<w:r><w:drawing/></w:r>", "picture"),
        (
            f"<w:r><mc:AlternateContent><mc:Choice Requires='x'><w:drawing>{BOX}</w:drawing>"
            f"</mc:Choice><mc:Fallback><w:pict>{BOX}</w:pict></mc:Fallback>"
            "</mc:AlternateContent></w:r>",
            "text box",
        ),
    ],
)
def test_what_commentary_has_no_place_for_is_refused(reviewed, xml, kind):
    (entry,) = reviewed(lambda word: find(word, MAIN_REASON).append(element(xml))).entries
    assert f"commentary has no {kind}" in entry.reason
    assert entry.change.new_words.count("Boxed") == (kind == "text box")


def test_embedded_file_and_new_table_are_refused(reviewed):
    def edit(word):
        find(word, MAIN_REASON).addnext(element("<w:altChunk></w:altChunk>"))
        cell = "<w:tc><w:p><w:r><w:t>New cell</w:t></w:r></w:p></w:tc>"
        find(word, "We handle complaints").addnext(element(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>"))

    file, table = reviewed(edit).entries
    assert "no embedded file" in file.reason
    assert (table.change.new_words, table.is_safe) == ("New cell", False)
    assert "no tables" in table.reason


def test_column_deleted_with_tracking_is_found(reviewed):
    def edit(word):
        table = next(find(word, "School transport").iterancestors(qn("w:tbl")))
        for row in table.iter(qn("w:tr")):
            cell = list(row.iter(qn("w:tc")))[-1]
            mark = tracked("w:cellDel", "Director", OxmlElement("w:r"))
            mark.remove(mark[0])
            cell.get_or_add_tcPr().append(mark)

    entries = reviewed(edit).entries
    assert {(entry.change.kind, entry.authors) for entry in entries} == {("deleted", "Director")}
    assert "Decision" in [entry.change.old_words for entry in entries]


def test_letters_that_nobody_sees_and_spaces_are_no_change(reviewed):
    def edit(word):
        replace(find(word, MAIN_REASON), "main reason", "main\u00a0 rea\u00ad\u200bson")
        find(word, "We encourage").append(element("<w:r><w:br w:type='page'/></w:r>"))

    assert not reviewed(edit).entries


def test_comment_on_a_deleted_paragraph_keeps_its_place(reviewed):
    def edit(word):
        paragraph = find(word, "We encourage managers")
        comment(word, paragraph, "Remove it?", "Lawyer")
        delete_paragraph(paragraph, "Lawyer")

    (found_comment,) = reviewed(edit).comments
    assert found_comment.where == "data/raw/2021-22/commentary.md, line 20"


def test_paragraph_after_a_deleted_one_has_not_changed_its_format(reviewed):
    """LibreOffice gives it the style of the deleted one."""

    def edit(word):
        paragraph = find(word, "We encourage managers")
        make_heading(paragraph)
        previous = paragraph.getprevious()
        while not text_of(previous):
            previous = previous.getprevious()
        delete_paragraph(previous, "Director")

    assert {entry.change.kind for entry in reviewed(edit).entries} == {"deleted"}


def test_without_the_file_that_was_sent_only_words_are_compared(returned, reported_workspace):
    def edit(word):
        switch_on("w:b")(find(word, MAIN_REASON))
        replace_words(find(word, "We encourage managers"), 0, 0, "Above all, ")

    path = returned("1.docx", edit)
    (reported_workspace / "reports/2021-22/annual-report.docx").unlink()
    review = review_files(reported_workspace, [path])
    assert [entry.change.kind for entry in review.entries] == ["reworded"]
    text = review_text(review, load_settings(reported_workspace, "2021-22"))
    assert "the report's Word file is not kept, so only words were compared" in text


@pytest.mark.parametrize("base", ["Loop", "Missing"])
def test_style_that_is_based_on_itself_or_on_none_is_read(reviewed, base):
    def edit(word):
        style = (
            f"<w:style w:type='paragraph' w:styleId='Loop'><w:basedOn w:val='{base}'/></w:style>"
        )
        word.styles.element.append(element(style))
        find(word, MAIN_REASON).get_or_add_pPr().get_or_add_pStyle().set(qn("w:val"), "Loop")

    assert not reviewed(edit).entries
