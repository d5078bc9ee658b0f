"""Safe edits change commentary and settings, nothing else, and print what the reader left."""

from __future__ import annotations

import shutil

import pytest
from word_edits import (
    add_after,
    delete_paragraph,
    find,
    move_after,
    replace,
    replace_words,
    retype,
    split,
)

from pipeline.review.edits.applying import Workbench
from pipeline.review.session import review_files
from pipeline.settings import load_settings

YEAR = "2021-22"


@pytest.fixture
def workspace(sample_report, tmp_path):
    """The sample's workspace with a finished report; its inputs may be changed."""
    folder = tmp_path / "workspace"
    shutil.copytree(sample_report.workspace, folder)
    return folder


@pytest.fixture
def apply(workspace, returned):
    """apply(edit): apply all safe edits; the reasons why others were not, and the changed files."""

    def run(edit):
        review = review_files(workspace, [returned("returned.docx", edit)])
        bench = Workbench(load_settings(workspace, YEAR))
        faults = [bench.apply(entry) if entry.is_safe else entry.reason for entry in review.entries]
        return faults, [path.name for path in bench.write()]

    return run


def lines_changed(workspace, sample_report, name):
    """The lines that are gone from a file, and those that are new."""
    old = (sample_report.workspace / "data" / "raw" / name).read_text(encoding="utf-8").split("\n")
    new = (workspace / "data" / "raw" / name).read_text(encoding="utf-8").split("\n")
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_words_of_commentary_are_changed_where_they_are(apply, workspace, sample_report):
    faults, files = apply(
        lambda word: replace(find(word, "We encourage managers"), "thorough", "careful", "Director")
    )
    assert (faults, files) == ([""], ["commentary.md"])
    old, new = lines_changed(workspace, sample_report, f"{YEAR}/commentary.md")
    assert new == [old[0].replace("thorough", "careful")]
    replaced = workspace / "data" / "processed" / f"{YEAR}.review" / "replaced"
    assert "thorough" in (replaced / "commentary-001.md").read_text(encoding="utf-8")


def test_settings_keep_their_comments_and_their_layout(apply, workspace, sample_report):
    def edit(word):
        replace(find(word, "Director, Children"), "Director", "Executive Director")
        replace(find(word, "a council that does not"), "invented", "made up")
        replace(find(word, "Members are asked"), "consider", 'note: the "whole"')

    faults, files = apply(edit)
    assert faults == ["", "", ""]
    assert sorted(files) == ["council.yaml", "report.yaml"]
    old, new = lines_changed(workspace, sample_report, "council.yaml")
    assert len(old) == len(new) == 2
    settings = load_settings(workspace, YEAR)
    assert settings.council.report_of.startswith("Executive Director, Children")
    assert settings.council.notice.endswith("rows included, is made up.")
    assert settings.report.members_are_asked.startswith('Members are asked to note: the "whole"')


def test_paragraphs_are_added_removed_split_and_moved(apply, workspace):
    def edit(word):
        delete_paragraph(find(word, "Talking to each other"))
        add_after(find(word, "This does not mean"), "We *listen* to [everyone].", "Lawyer")
        add_after(find(word, "what advocates hear"), "who else should be asked")
        move_after(find(word, "Starting school"), find(word, "A personal education plan on time"))
        split(find(word, "Throughout the year"), 126)

    faults, _ = apply(edit)
    assert faults == [""] * 5
    text = (workspace / "data" / "raw" / YEAR / "commentary.md").read_text(encoding="utf-8")
    assert "Talking" not in text
    assert "We \\*listen\\* to \\[everyone\\]." in text
    assert (
        "- what advocates hear from children and young people\n- who else should be asked\n" in text
    )
    assert text.index("**A personal education") < text.index("**Starting school")


def test_formatting_and_words_next_to_it_survive_an_edit(apply, workspace):
    def edit(word):
        paragraph = find(word, "Talking to each other again.")
        replace(paragraph, "Talking", "Speaking")
        replace_words(paragraph, 0, 0, "Then: ")

    apply(edit)
    text = (workspace / "data" / "raw" / YEAR / "commentary.md").read_text(encoding="utf-8")
    assert "Speaking to each other again.** Communication" in text


def test_retyped_paragraph_replaces_the_one_that_was_there(apply, workspace):
    faults, _ = apply(lambda word: retype(find(word, "Starting school"), "Quite another story."))
    assert faults == ["", ""]
    text = (workspace / "data" / "raw" / YEAR / "commentary.md").read_text(encoding="utf-8")
    assert "\n\nQuite another story.\n\n**A personal education plan" in text
    assert "Starting school" not in text


def test_edit_that_the_language_refuses_is_left_with_its_reason(apply, workspace):
    faults, files = apply(
        lambda word: replace(find(word, "We encourage managers"), "longer", "twice as long")
    )
    assert files == []
    assert faults[0]


def test_review_of_the_same_file_twice_changes_nothing_more(apply, workspace):
    def edit(word):
        replace(find(word, "We encourage managers"), "thorough", "careful")
        delete_paragraph(find(word, "Talking to each other"))
        add_after(find(word, "Starting school"), "We will publish a plan.")
        replace(find(word, "Members are asked"), "consider", "note")

    faults, _ = apply(edit)
    assert faults == [""] * 4
    faults, files = apply(edit)
    assert files == []
    assert all("already says so" in fault or "something else" in fault for fault in faults)


def test_commentary_that_changed_meanwhile_is_not_overwritten(apply, workspace):
    path = workspace / "data" / "raw" / YEAR / "commentary.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("thorough investigation", "long inquiry"), encoding="utf-8")

    def edit(word):
        paragraph = find(word, "We encourage managers")
        replace(paragraph, "thorough", "careful")
        replace(find(word, "This does not mean"), "well", "good")

    faults, _ = apply(edit)
    assert "something else here" in faults[0]
    assert faults[1] == ""
    assert "long inquiry" in path.read_text(encoding="utf-8")


def test_files_keep_their_line_ends_and_their_other_words(apply, workspace):
    path = workspace / "data" / "raw" / YEAR / "commentary.md"
    content = path.read_bytes().replace(b"\n", b"\r\n")
    content = content.replace(b"## ombudsman", b"<!-- a note -->\r\n## ombudsman")
    path.write_bytes(content)
    faults, _ = apply(
        lambda word: replace(find(word, "We encourage managers"), "thorough", "careful")
    )
    assert faults == [""]
    assert path.read_bytes() == content.replace(b"thorough investigation", b"careful investigation")
