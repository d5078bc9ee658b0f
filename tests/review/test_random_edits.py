"""Of random edits none is lost, none is led elsewhere, and what is applied is printed so."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections import Counter

import docx
import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_edits import edit_at_random

from pipeline.report.figures import Published
from pipeline.report.paragraphs.origins import Definitions
from pipeline.review.edits.applying import Workbench
from pipeline.review.session import review_files
from pipeline.settings import load_settings

SEEDS = range(14)  # of 14 to 18 edits each
EDITS_PER_FILE = 20
COMMENTARY = re.compile(r"data/raw/2021-22/commentary\.md, line (\d+)")
NUMBER_REASON = "a number"
MIN_SENTENCE_LETTERS = 40  # of a text that only the commentary has


@pytest.fixture(scope="module")
def files(sent_word, tmp_path_factory):
    """The edited files with the edits in each: as python-docx writes them, and LibreOffice."""
    folder = tmp_path_factory.mktemp("returned")
    copies = {}
    for seed in SEEDS:
        word = docx.Document(io.BytesIO(sent_word))
        edits = edit_at_random(word, seed, EDITS_PER_FILE)
        path = folder / f"{seed}.docx"
        word.save(path)
        copies[path] = edits
    if shutil.which("soffice"):
        home = folder / "office"
        office = folder / "libreoffice"
        command = ["soffice", f"-env:UserInstallation={home.as_uri()}", "--headless"]
        command += ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(office)]
        subprocess.run([*command, *map(str, copies)], check=True, capture_output=True, timeout=300)
        copies |= {office / path.name: edits for path, edits in list(copies.items())}
    return copies


@pytest.mark.slow
def test_each_of_many_edits_is_found_located_and_judged(files, sample_report, record):
    commentary = (sample_report.workspace / "data/raw/2021-22/commentary.md").read_text("utf-8")
    lines = commentary.split("\n")
    texts = {paragraph.id: paragraph.text for paragraph in record.paragraphs}
    assert sum(len(edits) for path, edits in files.items() if "libreoffice" not in str(path)) >= 200
    for path, edits in files.items():
        review = review_files(sample_report.workspace, [path])
        kinds = {edit.id: edit.kind for edit in edits}
        found_ids = set()
        for entry in review.entries:
            ids = [paragraph.id for paragraph in entry.change.paragraphs]
            assert set(ids) & set(kinds), (path, entry)
            found_ids.update(ids)
            kind = next(kinds[id] for id in ids if id in kinds)
            if kind == "number":
                assert not entry.is_safe, entry
                assert NUMBER_REASON in entry.reason, entry
            where = COMMENTARY.fullmatch(entry.verdict.definition.where)
            is_typed = entry.change.old_words in " ".join(commentary.split())
            if where and entry.change.old_words and is_typed:
                first = entry.change.old_words.split()[0]
                assert first in " ".join(lines[int(where[1]) - 3 : int(where[1]) + 2]), entry
            text = texts[ids[0]]
            if len(text) > MIN_SENTENCE_LETTERS and text in " ".join(commentary.split()):
                assert where, (text, entry.verdict.definition)
        changed = {id for id, kind in kinds.items() if kind != "comment"}
        assert changed <= found_ids, (path, changed - found_ids)
        assert len(review.comments) == len(edits) - len(changed)


def printed_texts(notebook, new_settings):
    """What the narrative of a new run would print, by section, and how often."""
    definitions = Definitions(notebook, new_settings, Published.read(new_settings))
    sections = new_settings.council.sections.names
    return Counter(
        (section, text)
        for section in sections
        for text in definitions.section_texts(section)
        if text
    )


@pytest.fixture(scope="module")
def scratch(sample_report, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scratch")
    shutil.copytree(sample_report.workspace, folder, dirs_exist_ok=True)
    notebook = nbformat.read(sample_report.audit / "4_report.ipynb", as_version=4)
    return folder, notebook, (folder / "data/raw/2021-22/commentary.md").read_bytes()


@pytest.mark.slow
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(1_000, 1_000_000))
def test_applied_edits_print_what_the_reader_left(scratch, sent_word, seed):
    folder, notebook, commentary = scratch
    path = folder / "data/raw/2021-22/commentary.md"
    path.write_bytes(commentary)
    old_settings = load_settings(folder, "2021-22")
    word = docx.Document(io.BytesIO(sent_word))
    edit_at_random(word, seed, EDITS_PER_FILE)
    word.save(folder / "returned.docx")
    review = review_files(folder, [folder / "returned.docx"])
    bench = Workbench(old_settings)
    expected = printed_texts(notebook, old_settings)
    by_paragraph: dict[tuple[str, str], str] = {}
    for entry in review.entries:
        if not entry.verdict.section_edits or not entry.is_safe or bench.apply(entry):
            continue
        change = entry.change
        first = change.paragraphs[0]
        section = first.section.replace("-", "_")
        if change.kind == "added":
            expected[section, change.new_words] += 1
            continue
        current = by_paragraph.get((section, change.text), change.text)
        assert change.old_words in current.replace("\n", " ") or "\n" in change.text
        by_paragraph[section, change.text] = current.replace(change.old_words, change.new_words, 1)
    for (section, text), new_text in by_paragraph.items():
        expected[section, text] -= 1
        expected.update((section, line.strip()) for line in new_text.split("\n") if line.strip())
    for changed in bench.write():
        assert changed == path
    assert printed_texts(notebook, load_settings(folder, "2021-22")) == +expected
