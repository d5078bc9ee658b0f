"""A draft of the sample that goes round, and copies of its Word file that come back."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from pipeline.artifacts import PARAGRAPHS_PATH
from pipeline.report.paragraphs.record import ParagraphRecord, read_record
from pipeline.review.session import Review, review_files
from pipeline.settings import Settings, load_settings


@pytest.fixture(scope="session")
def sent_word(sample_report) -> bytes:
    """The Word file of the sample's report."""
    return sample_report.html.with_suffix(".docx").read_bytes()


@pytest.fixture(scope="session")
def record(sample_report) -> ParagraphRecord:
    content = sample_report.html.with_name(PARAGRAPHS_PATH.partition("/")[0]) / "paragraphs.json"
    return read_record(content.read_bytes(), "paragraphs.json")


@pytest.fixture(scope="session")
def sample_settings(sample_report) -> Settings:
    return load_settings(sample_report.workspace, sample_report.year)


@pytest.fixture
def returned(sent_word, tmp_path) -> Callable[..., Path]:
    """returned("lawyer.docx", edit): a copy of the Word file, changed by edit(document)."""

    def make(name: str, edit: Callable, saved_by: str = "A. Lead") -> Path:
        word = docx.Document(io.BytesIO(sent_word))
        edit(word)
        word.core_properties.last_modified_by = saved_by
        path = tmp_path / name
        word.save(path)
        return path

    return make


@pytest.fixture
def reviewed(returned, sample_report) -> Callable[..., Review]:
    """reviewed(edit, ...): the review of one copy for each edit."""

    def review(*edits: Callable) -> Review:
        paths = [
            returned(f"{number}.docx", edit, f"Reader {number}")
            for number, edit in enumerate(edits, 1)
        ]
        return review_files(sample_report.workspace, paths)

    return review
