"""YAML that could do harm, or mean something else than it says, is refused with its line."""

from __future__ import annotations

import pytest

from pipeline.problem import Kind, Problem
from pipeline.settings.yaml import MAX_SETTINGS_BYTES, read_yaml

AMBIGUOUS_VALUES = ["no", "2021-22", "1:30", "0012", "1e3", "2022-11-09", "on", "0x10"]
DOUBLING_ALIASES = "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n"
PROGRAM_TAG = "a: 1\nb: !!python/object/apply:os.system [id]\n"
NO_ALIAS = "an alias (*name) is not allowed"
# fmt: off
REFUSED = {
    "a key twice": ("a: 1\nb: 2\na: 3\n", "line 3, a", "this key appears twice"),
    "a key twice in a section": ("a:\n  b: 1\n  b: 2\n", "line 3, a.b", "this key appears twice"),
    "a tag that would run a program": (PROGRAM_TAG, "line 2", "the tag"),
    "a private tag": ("a: !secret x\n", "line 1", "the tag !secret is not allowed"),
    "an alias": ("a: &one [x]\nb: *one\n", "line 1", NO_ALIAS),
    "an alias that doubles and doubles": (DOUBLING_ALIASES, "line 1", NO_ALIAS),
    "an alias to itself": ("a: &a [*a]\n", "line 1", NO_ALIAS),
    "a list for a key": ("? [a, b]\n: c\n", "line 1", "a key here is not plain text"),
    "a tab": ("a: 1\n\tb: 2\n", "line 2", ""),
    "a quote that does not end": ('a: "x\nb: y\n', "line", ""),
    "a colon too many": ("a: b: c\n", "line 1", "mapping values are not allowed here"),
    "two documents": ("a: 1\n---\nb: 2\n", "line 2", ""),
    "a list and no keys": ("- a\n- b\n", "council.yaml", "not a list of keys and values"),
    "a text and no keys": ("authority", "council.yaml", "not a list of keys and values"),
    "a sign that is not text": (b"a: \x00\n", "council.yaml", ""),
    "another encoding": (
        "authority: Cañada".encode("latin-1"), "council.yaml", "the file is not UTF-8 text",
    ),
    "lists in lists without end": (b"a: " + b"[" * 20_000, "council.yaml", "too deep"),
    "a file far too large": (
        b"#" * (MAX_SETTINGS_BYTES + 1), "council.yaml", "the file is larger than 250,000 bytes",
    ),
}
# fmt: on


@pytest.fixture
def read(tmp_path):
    """read("key: value"): the content and the lines of a file with this text."""

    def write_and_read(content: str | bytes):
        path = tmp_path / "council.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_yaml(path, "council.yaml")

    return write_and_read


@pytest.mark.parametrize("value", AMBIGUOUS_VALUES)
def test_every_value_is_returned_as_the_text_written(read, value):
    content, _ = read(f"key: {value}")
    assert content == {"key": value}


def test_every_key_and_list_entry_has_its_line(read):
    _, lines = read("a: 1\n\nb:\n  c:\n    - x\n    - y\n")
    assert lines[("a",)] == 1
    assert lines[("b",)] == 3
    assert lines["b", "c"] == 4
    assert lines["b", "c", "1"] == 6


@pytest.mark.parametrize("text", ["", "# only a comment\n", "key:\n", "key: ~\n"])
def test_key_without_a_value_counts_as_missing(read, text):
    content, _ = read(text)
    assert content == {}


def test_byte_order_mark_of_windows_is_ignored(read):
    content, _ = read("\ufeffkey: value")
    assert content == {"key": "value"}


@pytest.mark.parametrize("case", REFUSED)
def test_unsafe_or_broken_yaml_is_refused_with_its_line(read, case):
    content, where, what = REFUSED[case]
    with pytest.raises(Problem) as raised:
        read(content)
    assert raised.value.kind == Kind.SETTINGS
    assert raised.value.where.startswith("council.yaml")
    assert where in raised.value.where
    assert what in raised.value.what
    assert raised.value.remedy


def test_duplicate_key_is_reported_with_the_first_line(read):
    with pytest.raises(Problem) as raised:
        read("a: 1\nb: 2\na: 3\n")
    assert raised.value.remedy == "Keep one of them; the first is on line 1."


def test_folder_in_place_of_the_file_counts_as_missing(tmp_path):
    (tmp_path / "council.yaml").mkdir()
    with pytest.raises(Problem, match="the file is missing"):
        read_yaml(tmp_path / "council.yaml", "council.yaml")
