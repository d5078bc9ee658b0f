"""Whatever a user writes into settings, commentary or a command is no internal error."""

from __future__ import annotations

import shutil
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import copy_sample, share_of_examples
from hostile_cases import FRAGMENTS, TEXT_FILES, WORDS, changed_text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ImageFile

from pipeline import cli, system
from pipeline.inputs import word_faults
from pipeline.problem import Kind, Problem, printable
from pipeline.report.logo import logo_data_url
from pipeline.report.narrative.claims import unsupported_claims
from pipeline.settings import load_settings

YEAR = "2021-22"


@pytest.fixture(scope="module")
def council(tmp_path_factory) -> Path:
    return copy_sample(tmp_path_factory.mktemp("hostile") / "workspace")


@pytest.fixture(scope="module")
def originals(council) -> dict[str, str]:
    raw = council / "data" / "raw"
    return {name: (raw / name).read_text(encoding="utf-8") for name in TEXT_FILES}


@st.composite
def changes(draw) -> tuple[str, float, str, str]:
    """A change of a file: its name, where, what is put in, and how."""
    fragments = st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=20))
    return (
        draw(st.sampled_from(TEXT_FILES)),
        draw(st.floats(0, 0.999)),
        draw(fragments),
        draw(st.sampled_from(["value", "insert", "line", "delete"])),
    )


@given(st.lists(changes(), min_size=1, max_size=3))
@share_of_examples(0.5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.slow
def test_any_settings_and_commentary_are_read_or_explained(council, originals, edits):
    raw = council / "data" / "raw"
    for name, text in originals.items():
        (raw / name).write_text(text, encoding="utf-8")
    for name, place, fragment, way in edits:
        text = (raw / name).read_bytes().decode("utf-8", "surrogatepass")
        (raw / name).write_bytes(changed_text(text, place, fragment, way))
    try:
        loaded = load_settings(council, YEAR)
        problems = [*word_faults(loaded), *unsupported_claims(loaded)]
    except Problem as problem:
        problems = [problem]
    for problem in problems:
        assert problem.kind != Kind.INTERNAL
        assert problem.where
        assert problem.remedy
        assert printable(str(problem)) == str(problem)


@pytest.fixture(scope="module")
def empty_folder(tmp_path_factory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("arguments")
    yield folder
    shutil.rmtree(folder)


@given(st.lists(st.sampled_from(WORDS), max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_arguments_end_with_a_documented_code(empty_folder, monkeypatch, words):
    """In a folder that is no workspace, so that no command gets to work."""
    with monkeypatch.context() as context:
        context.chdir(empty_folder)
        context.setattr(sys, "argv", ["annual-report", *words])
        context.setattr(sys, "stdout", sys.stdout)
        context.setattr(sys, "stderr", sys.stderr)
        with pytest.raises(SystemExit) as ending:
            cli.main()
    assert ending.value.code in {0, 2, *Kind} - {Kind.INTERNAL}


# The logo


def png(width: int, height: int, data: bytes) -> bytes:
    """A PNG file of grey pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


ROWS = zlib.compress(bytes(11 * 10))
# fmt: off
LOGOS = [
    ("logo.png", png(10, 10, ROWS), ""),
    ("logo.png", png(20_000, 20_000, ROWS), "has 20,000 by 20,000 pixels"),
    ("logo.png", png(10, 10, ROWS)[:45], "is damaged"),
    ("logo.png", png(10, 10, ROWS[:4]), "is damaged"),
    ("logo.png", b"GIF89a", "is not a PNG picture"),
    ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", ""),
    ("logo.svg", b"<html/>", "is not an SVG picture"),
    ("logo.svg", b"\xff\xfe\x00", "is not an SVG picture"),
    ("logo.svg", b"<!DOCTYPE svg [<!ENTITY a 'aaaa'>]><svg>&a;</svg>", "has a document type"),
    ("logo.svg", b"<svg><script>alert()</script></svg>", "has a script"),
    ("logo.svg", b"<svg><image href='file:///etc/passwd'/></svg>", "refers to another file"),
]
# fmt: on


@pytest.mark.parametrize("allows_damage", [False, True])
@pytest.mark.parametrize(("name", "content", "fault"), LOGOS, ids=range(len(LOGOS)))
def test_logo_that_no_reader_can_show_is_explained(
    workspace, monkeypatch, name, content, fault, allows_damage
):
    """WeasyPrint lets every picture be damaged once it is imported, as in a batch."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", allows_damage)
    (workspace / "data" / "raw" / name).write_bytes(content)
    loaded = load_settings(workspace, YEAR)
    with_logo = loaded.council.model_copy(update={"logo": name})
    of_logo = loaded.model_copy(update={"council": with_logo})
    if not fault:
        assert logo_data_url(of_logo).startswith("data:image/")
        return
    with pytest.raises(Problem) as refused:
        logo_data_url(of_logo)
    assert refused.value.kind == Kind.SETTINGS
    assert fault in refused.value.what
    assert refused.value.remedy.startswith("Save the picture again")


# Names


@pytest.mark.skipif(not system.IS_POSIX, reason="Windows has no such name")
def test_name_with_an_escape_sequence_is_printed_escaped(annual_report, tmp_path):
    folder = tmp_path / "a\x1b[2Jb"
    folder.mkdir()
    finished = annual_report("status", "--workspace", folder)
    assert finished.returncode == Kind.SETTINGS
    assert "a\\x1b[2Jb: there is no folder data/raw here" in finished.stderr
    assert "\x1b" not in finished.stdout + finished.stderr


@pytest.mark.skipif(not system.IS_POSIX, reason="Windows has no sockets in folders")
def test_folder_of_temporary_files_with_a_long_name_is_explained(
    annual_report, workspace, tmp_path
):
    folder = tmp_path / ("long" * 20)
    folder.mkdir()
    finished = annual_report("run", YEAR, "--workspace", workspace, TMPDIR=str(folder))
    assert finished.returncode == Kind.MACHINE
    assert "too long for the sockets in it\nName a folder with a shorter path" in finished.stderr
