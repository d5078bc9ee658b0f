from __future__ import annotations

import pickle

import pytest

from pipeline.problem import Kind, Problem, did_you_mean

PROBLEM = Problem(Kind.SETTINGS, "council.yaml, line 3", "there is no such key", "Use another.")


def test_a_problem_says_where_what_and_how():
    assert str(PROBLEM) == "council.yaml, line 3: there is no such key\nUse another."


def test_a_problem_survives_being_handed_from_one_process_to_another():
    copy = pickle.loads(pickle.dumps(PROBLEM))
    assert (copy.kind, copy.where, copy.what, copy.how) == (
        PROBLEM.kind,
        PROBLEM.where,
        PROBLEM.what,
        PROBLEM.remedy,
    )


def test_a_notebook_shows_a_problem_without_a_traceback():
    assert PROBLEM._render_traceback_() == [
        "SETTINGS",
        "council.yaml, line 3",
        "there is no such key",
        "Use another.",
    ]


def test_each_kind_of_failure_has_an_exit_code_of_its_own_and_none_that_means_something_else():
    codes = [int(kind) for kind in Kind]
    assert len(set(codes)) == len(codes)
    assert not {0, 2} & set(codes), "0 is success, 2 a mistake on the command line"


@pytest.mark.parametrize(("found", "said"), [
    ("authorty", ' Did you mean "authority"?'), ("AUTHORITY", ' Did you mean "authority"?'), ("zzz", ""), ("", ""),
])  # fmt: skip
def test_the_nearest_allowed_word_is_offered_where_one_is_near(found, said):
    assert did_you_mean(found, ["authority", "directorate"]) == said


def test_no_word_is_offered_where_none_is_allowed():
    assert did_you_mean("authority", []) == ""
