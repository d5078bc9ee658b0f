"""A returned file that could do harm, or is none of ours, is refused with a clear message."""

from __future__ import annotations

import io
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pytest

from pipeline.artifacts import REPORT_ID_PROPERTY
from pipeline.problem import Problem
from pipeline.review.returned import archive
from pipeline.review.returned.archive import open_word_file
from pipeline.review.returned.origin import find_sent_report

BOMB_BYTES = 210_000_000
ENTITY = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
<x>&secret;</x>"""
PROPERTIES = f"""<Properties
 xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
 xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">
<property fmtid="x" pid="2" name="{REPORT_ID_PROPERTY}"><vt:lpwstr>abc</vt:lpwstr></property>
</Properties>"""


def word_bytes(**parts: bytes) -> bytes:
    """An empty Word document with further parts; the names have two underscores for a slash."""
    out = io.BytesIO()
    docx.Document().save(out)
    with ZipFile(out, "a", ZIP_DEFLATED) as bundle:
        for name, content in parts.items():
            bundle.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return out.getvalue()


def with_part(name: str, change) -> bytes:
    """An empty Word document with one part changed."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(word_bytes())) as original, ZipFile(out, "w", ZIP_DEFLATED) as copy:
        for part in original.infolist():
            content = original.read(part)
            copy.writestr(part.filename, change(content) if part.filename == name else content)
    return out.getvalue()


def zip_bomb() -> bytes:
    return word_bytes(word__media__bomb_DOT_bin=bytes(BOMB_BYTES))


def with_doctype() -> bytes:
    return with_part("word/document.xml", lambda content: ENTITY)


def with_utf_16_doctype() -> bytes:
    text = ENTITY.decode().replace('version="1.0"', 'version="1.0" encoding="utf-16"')
    return with_part("word/styles.xml", lambda content: text.encode("utf-16"))


def macro_type(content: bytes) -> bytes:
    return content.replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (zip_bomb, "unpacks to"),
        (with_doctype, "declares entities"),
        (with_utf_16_doctype, "declares entities"),
        (lambda: word_bytes(word__vbaProject_DOT_bin=b"x"), "has macros"),
        (lambda: word_bytes(word__activeX__activeX1_DOT_xml=b"<x/>"), "has macros"),
        (lambda: with_part("[Content_Types].xml", macro_type), "of a kind that has macros"),
        (lambda: word_bytes()[:-500], "damaged"),
        (lambda: b"no archive at all", "damaged"),
        (lambda: b"", "damaged"),
        (lambda: archive.OLD_FORMAT + b"x" * 100, "an old .doc file, or has a password"),
        (lambda: with_part("word/document.xml", lambda content: content[:-9]), "damaged"),
        (lambda: with_part("word/document.xml", lambda content: b"<x/>"), "damaged"),
        (lambda: with_part("_rels/.rels", lambda content: b"<Relationships/>"), "damaged"),
    ],
)
def test_file_that_could_do_harm_or_is_damaged_is_refused(make, message, tmp_path):
    path = tmp_path / "returned.docx"
    path.write_bytes(make())
    with pytest.raises(Problem, match=message):
        open_word_file(path)


def test_file_of_a_hundred_megabytes_is_refused_unread(tmp_path):
    path = tmp_path / "returned.docx"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(Problem, match="100,000,000 bytes"):
        open_word_file(path)


def test_file_with_a_password_or_none_at_all_is_refused(tmp_path):
    path = tmp_path / "returned.docx"
    content = bytearray(word_bytes())
    place = content.index(b"PK\x01\x02") + 8  # the flags of the first entry of the directory
    content[place] |= 1
    path.write_bytes(bytes(content))
    with pytest.raises(Problem, match="has a password"):
        open_word_file(path)
    with pytest.raises(Problem, match="there is no such file"):
        open_word_file(tmp_path / "missing.docx")
    with pytest.raises(Problem, match="not an ordinary file"):
        open_word_file(tmp_path)


def test_file_of_another_report_or_of_none_is_refused(tmp_path):
    path = tmp_path / "returned.docx"
    path.write_bytes(word_bytes())
    with pytest.raises(Problem, match="does not say which report"):
        find_sent_report(tmp_path, path, open_word_file(path))
    word = docx.Document()
    part = docx.opc.part.Part(
        docx.opc.packuri.PackURI("/docProps/custom.xml"),
        "application/vnd.openxmlformats-officedocument.custom-properties+xml",
        PROPERTIES.encode(),
        word.part.package,
    )
    word.part.package.relate_to(part, "http://example.org/custom-properties")
    word.save(path)
    with pytest.raises(Problem, match="neither the current one nor a kept one"):
        find_sent_report(tmp_path, path, open_word_file(path))


def billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY l0 "lol">{entities}]><x>&l9;</x>'.encode()


def test_entities_that_grow_without_end_are_not_expanded(tmp_path):
    path = tmp_path / "returned.docx"
    path.write_bytes(with_part("word/styles.xml", lambda content: billion_laughs()))
    with pytest.raises(Problem, match=r"declares entities|damaged"):
        open_word_file(path)


def test_part_with_a_path_outside_is_never_written(tmp_path):
    path = tmp_path / "folder" / "returned.docx"
    path.parent.mkdir()
    path.write_bytes(word_bytes())
    with ZipFile(path, "a") as bundle:
        bundle.writestr("../outside.txt", b"x")
    open_word_file(path)
    assert [each.name for each in tmp_path.rglob("*")] == ["folder", "returned.docx"]


def test_ordinary_word_document_is_opened_and_read_as_it_is(tmp_path):
    path = tmp_path / "returned.docx"
    word = docx.Document()
    word.add_paragraph("Hello")
    word.save(path)
    assert open_word_file(path).paragraphs[0].text == "Hello"
