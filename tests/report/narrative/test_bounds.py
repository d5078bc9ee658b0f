"""The work that a commentary makes grows with its size, and its size has limits."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from builders import copy_sample

from pipeline.aggregate.template import figures_without_data
from pipeline.problem import Problem
from pipeline.report.figures import Published
from pipeline.report.narrative.bounds import MAX_RENDERED_CHARACTERS, joined_within_limit
from pipeline.report.narrative.commentary import commentary_faults
from pipeline.report.narrative.language import Language
from pipeline.settings import load_settings

YEAR = "2021-22"
REFERENCE = "{{ complaints.received | counted }} "
# A text of each kind, repeated so many times; twice as many are compared with it.
# fmt: off
GROWING = {
    "references": lambda count: REFERENCE * count,
    "sentences": lambda count: "We listened to them. " * count,
    "claims": lambda count: "Complaints fell sharply. " * count,
    "numbers in words": lambda count: "one and two hundred " * count,
    "comments": lambda count: "<!-- a --> b " * count,
    "unclosed comments": lambda count: "<!-- a " * count,
    "unclosed references": lambda count: "{{ a " * count,
    "brackets": lambda count: "[a]( " * count,
    "emphasis": lambda count: "*a " * count,
    "lines": lambda count: "a\n\n" * count,
    "table rows": lambda count: "\n\nTable: a\n\n| a | b |\n|--|--|\n" + "| c | d |\n" * count,
    "conditions": lambda count: "{% if complaints.received %}a{% endif %} " * count,
    "elements": lambda count: "<b>a " * count,
}
# fmt: on
COUNT = 150
# Twice the text, twice the calls: a little more for what is looked up once.
MAX_GROWTH = 2.3


@pytest.fixture(scope="module")
def council(tmp_path_factory) -> Path:
    return copy_sample(tmp_path_factory.mktemp("bounded") / "workspace")


@pytest.fixture(scope="module")
def language(council) -> Language:
    settings = load_settings(council, YEAR)
    figures = Published(figures_without_data(settings), settings.year, settings.window)
    return Language(figures, settings.council, settings.report)


def write_commentary(council: Path, text: str) -> None:
    path = council / "data" / "raw" / YEAR / "commentary.md"
    path.write_text(f"## overview\n\n{text}", encoding="utf-8")


def call_count(action: Callable[[], object]) -> int:
    """How many functions an action calls, of Python and of its libraries in C."""
    calls = 0

    def count_call(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count_call)
    try:
        action()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("kind", GROWING)
def test_twice_the_commentary_makes_twice_the_work(council, language, kind):
    settings = load_settings(council, YEAR)
    calls = []
    for count in (0, COUNT, 2 * COUNT):
        write_commentary(council, GROWING[kind](count))
        commentary_faults(settings, language)  # fills the caches
        calls.append(call_count(lambda: commentary_faults(settings, language)))
    nothing, once, twice = calls
    assert twice - nothing <= MAX_GROWTH * max(once - nothing, 1_000), calls


# fmt: off
TOO_LARGE = {
    "a long text": ("word " * 20_001, "more than 100,000 characters"),
    "a long word": ("a" * 1_001, "a word has more than 1,000 characters"),
    "deep quotations": ("> " * 100 + "a", "begins with more than 80 marks"),
    "a deep list": ("- " * 100 + "a", "begins with more than 80 marks"),
    "a list in a loop": ("{% for a in [" + '"b",' * 101 + "] %}c{% endfor %}", "a list of more"),
    "a huge file": ("a " * 3_000_000, "the file is larger than 5,000,000 bytes"),
}
# fmt: on


@pytest.mark.parametrize("kind", TOO_LARGE)
def test_commentary_larger_than_anybody_writes_is_refused(council, language, kind):
    text, what = TOO_LARGE[kind]
    write_commentary(council, text)
    faults = commentary_faults(load_settings(council, YEAR), language)
    assert [what in str(fault) for fault in faults] == [True]
    assert len(str(faults[0])) < 1_000


def test_text_that_prints_too_much_is_stopped_on_the_way():
    pieces = iter(["a" * MAX_RENDERED_CHARACTERS, "b", "never asked for"])
    with pytest.raises(ValueError, match="this prints more than"):
        joined_within_limit(pieces)
    assert list(pieces) == ["never asked for"]


def load_refused(council: Path) -> None:
    with suppress(Problem):
        load_settings(council, YEAR)


def test_many_mistakes_in_settings_are_counted_not_all_listed(council):
    path = council / "data" / "raw" / "council.yaml"
    text = path.read_text(encoding="utf-8")
    calls = []
    for count in (500, 1_000):
        path.write_text(text + "".join(f"key_{number}: a\n" for number in range(count)))
        calls.append(call_count(lambda: load_refused(council)))
    assert calls[1] <= MAX_GROWTH * calls[0]
    with pytest.raises(Problem, match="1,000 things to fix") as refused:
        load_settings(council, YEAR)
    path.write_text(text, encoding="utf-8")
    assert str(refused.value).count("\n") < 60
    assert "and 950 more" in str(refused.value)
