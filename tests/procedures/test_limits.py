"""The time limits as council.yaml has them, and the faults of words in a procedure's file."""

from __future__ import annotations

import pytest
from builders import make_council, make_report, make_settings
from procedure_files import PARKING

from pipeline.aggregate.template import figures_without_data
from pipeline.problem import Problem
from pipeline.procedures.limits import TimeLimits
from pipeline.report.figures import Published
from pipeline.report.narrative.language import Language
from pipeline.settings.procedures import packaged_procedure

GRADES = {"green": "10 working days", "red": "6 months"}


def test_limits_of_the_children_are_those_of_the_regulations():
    assert TimeLimits(packaged_procedure("children")).as_settings == {
        "stage_1": 10,
        "stage_1_extended": 20,
        "stage_2_request": 20,
        "stage_2": 25,
        "stage_2_extended": 65,
        "stage_2_clock": "requested",
        "stage_3_request": 20,
        "stage_3_panel": 30,
        "stage_3_report": 5,
        "stage_3_response": 15,
    }


@pytest.mark.parametrize(
    ("name", "values", "key", "value"),
    [
        ("corporate", {}, "stage_1_response_extension", 10),
        ("corporate", {"stage_1_response_extension": "5"}, "stage_1_response_extension", 5),
        ("adult", {}, "stage_1_response", "6 months"),
        ("adult", {"stage_1_response": "28 calendar days"}, "stage_1_response", "28 calendar days"),
        ("adult", {"stage_1_response": GRADES}, "stage_1_response", GRADES),
    ],
)
def test_limits_read_back_as_they_are_written(name, values, key, value):
    limits = TimeLimits(packaged_procedure(name), tuple(values.items()))
    assert limits.as_settings[key] == value
    again = TimeLimits(packaged_procedure(name), tuple(limits.as_settings.items()))
    assert again.as_settings == limits.as_settings


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("We answer within 28 days.", "typed by hand"),
        ("We answer within {{ durations.stage_9 }}.", "stage_9"),
        ("We answer within {{ durations.stage_1.", "expected name or number"),
    ],
)
def test_words_of_an_own_procedure_follow_the_language(words, text):
    parking = PARKING.model_copy(
        update={"words": PARKING.words.model_copy(update={"next_stage": words})}
    )
    council = make_council().model_copy(
        update={"procedures": (parking,), "time_limits": TimeLimits(parking)}
    )
    settings = make_settings().model_copy(update={"council": council})
    published = Published(figures_without_data(settings), settings.year, settings.window)
    language = Language(published, council, make_report())
    with pytest.raises(Problem, match="the words of the procedure parking") as error:
        language.render("{{ procedure.next_stage }}", lambda line: "the notebook")
    assert text in str(error.value)
