"""The error that a user sees, and the nearest word that it offers."""

from __future__ import annotations

import pickle

import pytest

from pipeline.problem import Kind, Problem, did_you_mean

PROBLEM = Problem(
    kind=Kind.SETTINGS,
    where="council.yaml, line 3",
    what="there is no such key",
    remedy="Use another.",
)


def test_problem_is_printed_with_place_fault_and_remedy():
    assert str(PROBLEM) == "council.yaml, line 3: there is no such key\nUse another."


def test_problem_keeps_its_fields_between_processes():
    copy = pickle.loads(pickle.dumps(PROBLEM))
    assert vars(copy) == vars(PROBLEM)
    assert str(copy) == str(PROBLEM)


def test_notebook_shows_a_problem_without_a_traceback():
    assert PROBLEM._render_traceback_() == [
        "SETTINGS",
        "council.yaml, line 3",
        "there is no such key",
        "Use another.",
    ]


def test_every_kind_has_its_own_exit_code():
    codes = [int(kind) for kind in Kind]
    assert len(set(codes)) == len(codes)
    assert not {0, 2} & set(codes), "0 is success, 2 a mistake on the command line"


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("authorty", ' Did you mean "authority"?'),
        ("AUTHORITY", ' Did you mean "authority"?'),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_most_similar_word_is_offered_if_any_is_similar(word, hint):
    assert did_you_mean(word, ["authority", "directorate"]) == hint


def test_no_word_is_offered_if_none_is_allowed():
    assert did_you_mean("authority", []) == ""
