"""YAML as a person writes it; what could do harm, or mean something else than it says, is refused with its line."""

from __future__ import annotations

import pytest

from pipeline.problem import Kind, Problem
from pipeline.settings.yaml import MAX_SETTINGS_BYTES, read_yaml


@pytest.fixture
def read(tmp_path):
    def write_and_read(content: str | bytes):
        path = tmp_path / "council.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_yaml(path, "council.yaml")

    return write_and_read


@pytest.mark.parametrize(
    "said", ["no", "2021-22", "1:30", "0012", "1e3", "2022-11-09", "on", "0x10"]
)
def test_every_value_is_the_text_that_stands_there(read, said):
    assert read(f"key: {said}")[0] == {"key": said}


def test_every_key_knows_its_line(read):
    _, lines = read("a: 1\n\nb:\n  c:\n    - x\n    - y\n")
    assert lines[("a",)] == 1
    assert lines[("b",)] == 3
    assert lines["b", "c"] == 4
    assert lines["b", "c", "1"] == 6


@pytest.mark.parametrize("content", ["", "# only a comment\n", "key:\n", "key: ~\n"])
def test_a_key_without_a_value_is_no_key(read, content):
    assert read(content)[0] == {}


def test_a_mark_at_the_start_of_the_file_as_windows_leaves_it_is_no_part_of_the_first_key(read):
    assert read("\ufeffkey: value")[0] == {"key": "value"}


REFUSED = {
    "a key twice": ("a: 1\nb: 2\na: 3\n", "line 3, a", "this key stands twice"),
    "a key twice within a part": ("a:\n  b: 1\n  b: 2\n", "line 3, a.b", "this key stands twice"),
    "a tag that would run a program": ("a: 1\nb: !!python/object/apply:os.system [id]\n", "line 2", "the tag"),
    "a tag of its own": ("a: !secret x\n", "line 1", "the tag !secret is not allowed"),
    "an alias": ("a: &one [x]\nb: *one\n", "line 1", "an alias (*name) is not allowed"),
    "an alias that doubles and doubles": (
        "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n", "line 1", "an alias (*name) is not allowed",
    ),
    "an alias to itself": ("a: &a [*a]\n", "line 1", "an alias (*name) is not allowed"),
    "a list for a key": ("? [a, b]\n: c\n", "line 1", "a key here is not plain text"),
    "a tab": ("a: 1\n\tb: 2\n", "line 2", ""),
    "a quote that does not end": ('a: "x\nb: y\n', "line", ""),
    "a colon too many": ("a: b: c\n", "line 1", "mapping values are not allowed here"),
    "two documents": ("a: 1\n---\nb: 2\n", "line 2", ""),
    "a list and no keys": ("- a\n- b\n", "council.yaml", "not a list of keys and values"),
    "a text and no keys": ("authority", "council.yaml", "not a list of keys and values"),
    "a sign that is not text": (b"a: \x00\n", "council.yaml", ""),
    "another encoding": ("authority: Cañada".encode("latin-1"), "council.yaml", "the file is not UTF-8 text"),
    "lists in lists without end": (b"a: " + b"[" * 20_000, "council.yaml", "too deep"),
    "a file far too large": (b"#" * (MAX_SETTINGS_BYTES + 1), "council.yaml", "the file is larger than 1,000,000 bytes"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_is(read, case):
    content, where, what = REFUSED[case]
    with pytest.raises(Problem) as raised:
        read(content)
    assert raised.value.kind == Kind.SETTINGS
    assert raised.value.where.startswith("council.yaml")
    assert where in raised.value.where
    assert what in raised.value.what
    assert raised.value.remedy


def test_the_first_of_two_keys_is_named_too(read):
    with pytest.raises(Problem) as raised:
        read("a: 1\nb: 2\na: 3\n")
    assert raised.value.remedy == "Keep one of them; the first is on line 1."


def test_a_folder_in_place_of_the_file_is_no_file(tmp_path):
    (tmp_path / "council.yaml").mkdir()
    with pytest.raises(Problem, match="the file is not there"):
        read_yaml(tmp_path / "council.yaml", "council.yaml")
