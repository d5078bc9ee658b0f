"""An archive that somebody gives us is unpacked within limits, or refused with its reason."""

from __future__ import annotations

import struct
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.problem import Kind, Problem
from pipeline.system import archives
from pipeline.system.archives import extract_zip, zip_files

LOCAL_HEADER = b"PK\x03\x04"
CENTRAL_HEADER = b"PK\x01\x02"
FLAGS_OFFSET = {LOCAL_HEADER: 6, CENTRAL_HEADER: 8}
METHOD_OFFSET = {LOCAL_HEADER: 8, CENTRAL_HEADER: 10}
ENCRYPTED = 1
UNKNOWN_METHOD = 97


def with_field(content: bytes, offsets: dict[bytes, int], value: int) -> bytes:
    """A zip archive with a field of two bytes changed in both headers of its first entry."""
    changed = bytearray(content)
    for header, offset in offsets.items():
        struct.pack_into("<H", changed, content.index(header) + offset, value)
    return bytes(changed)


@pytest.fixture
def content() -> bytes:
    """A sound archive of one file."""
    return zip_files({"report/audit/run.json": b"a line of text\n" * 100}, date(2022, 1, 1))


def check_refused(content: bytes, folder: Path) -> str:
    """What is wrong with an archive, which extracting it must tell."""
    archive = folder / "archive.zip"
    archive.write_bytes(content)
    with pytest.raises(Problem) as refused:
        extract_zip(archive, folder / "extracted")
    assert refused.value.kind == Kind.DIFFERS
    assert "verify --bundle" in refused.value.remedy
    return refused.value.what


def test_encrypted_unknown_and_damaged_archives_are_refused(content, tmp_path):
    assert "encrypted" in check_refused(with_field(content, FLAGS_OFFSET, ENCRYPTED), tmp_path)
    unknown = with_field(content, METHOD_OFFSET, UNKNOWN_METHOD)
    assert "compression method" in check_refused(unknown, tmp_path)
    assert "cannot be read as an archive" in check_refused(content[:-30], tmp_path)
    start = content.index(b"run.json") + len(b"run.json")
    damaged = content[:start] + bytes(20) + content[start + 20 :]
    assert "cannot be read as an archive" in check_refused(damaged, tmp_path)
    assert "cannot be read as an archive" in check_refused(b"", tmp_path)


def test_archive_that_unpacks_to_too_much_is_refused_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 1_000_000)
    monkeypatch.setattr(archives, "MAX_ENTRIES", 10)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(2):
            archive.writestr(f"report/{number}", bytes(600_000))
    assert "unpacks to 1,200,000 bytes" in check_refused(bomb.read_bytes(), tmp_path)
    with zipfile.ZipFile(bomb, "w") as archive:
        for number in range(11):
            archive.writestr(f"report/{number}", b"")
    assert "more than 10 files" in check_refused(bomb.read_bytes(), tmp_path)
    assert not (tmp_path / "extracted").exists()


@pytest.mark.parametrize("name", ["/dev/zero", "missing.zip", "."])
def test_what_is_no_file_is_refused_unread(tmp_path, name):
    with pytest.raises(Problem, match=r"ordinary file|no such file"):
        extract_zip(tmp_path / name, tmp_path / "extracted")


def test_entry_cannot_leave_the_folder(tmp_path):
    archive = tmp_path / "archive.zip"
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr("../outside", b"content")
        bundle.writestr("/root", b"content")
    extract_zip(archive, tmp_path / "a" / "b")
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        "archive.zip",
        "outside",
        "root",
    ]
    assert not (tmp_path / "a" / "outside").exists()


@given(st.data())
def test_archive_changed_anywhere_is_read_or_refused(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("random")
    files = {"report/file": data.draw(st.binary(max_size=200))}
    content = bytearray(zip_files(files, date(2022, 1, 1)))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (folder / "archive.zip").write_bytes(content)
    with suppress(Problem):
        extract_zip(folder / "archive.zip", folder / "extracted")


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2108, 1, 1), date(9999, 12, 31)])
def test_day_that_the_format_lacks_becomes_the_nearest(tmp_path, day):
    (tmp_path / "archive.zip").write_bytes(zip_files({"file": b"content"}, day))
    with zipfile.ZipFile(tmp_path / "archive.zip") as archive:
        assert archive.infolist()[0].date_time[0] in (1980, 2107)
