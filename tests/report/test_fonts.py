"""The font is whole, has every letter of Europe's names, and comes with its licence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from fontTools.ttLib import TTFont

from pipeline.report.fonts import FONT_FACES, FONT_FAMILY, FONT_FOLDER, face_path

REPOSITORY = Path(__file__).resolve().parents[2]
LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x218, 0x21C), 0x1E9E]
WELSH = [ord(letter) for letter in "ẀẁẂẃẄẅỲỳ"]
# Dashes, quotation marks, bullet, ellipsis, euro, minus, times, at most, at least, arrow, tick.
SIGNS = [0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x20AC, 0x2212, 0xD7]
SIGNS += [0x2264, 0x2265, 0x2192, 0x2713]


@pytest.mark.parametrize("face", FONT_FACES, ids=FONT_FACES.values())
def test_every_face_has_the_letters_of_european_names(face):
    with TTFont(face_path(*face)) as font:
        characters = font.getBestCmap()
        assert font["name"].getDebugName(1) == FONT_FAMILY
        assert font["OS/2"].fsType == 0  # may be embedded in documents
    assert [chr(code) for code in (*LATIN, *WELSH, *SIGNS) if code not in characters] == []


@pytest.mark.parametrize("face", FONT_FACES, ids=FONT_FACES.values())
def test_figures_of_every_face_are_of_one_width(face):
    with TTFont(face_path(*face)) as font:
        widths = {font["hmtx"][font.getBestCmap()[ord(digit)]][0] for digit in "0123456789"}
    assert max(widths) - min(widths) <= 1  # of 1000 to an em


def test_wheel_of_the_package_has_the_font_and_its_licence(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path]
    subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        folder = FONT_FOLDER.relative_to(REPOSITORY).as_posix()
        for face in FONT_FACES:
            assert archive.read(f"{folder}/{FONT_FACES[face]}") == face_path(*face).read_bytes()
    assert f"{folder}/OFL.txt" in names
    assert any(name.endswith("licenses/pipeline/report/templates/fonts/OFL.txt") for name in names)
