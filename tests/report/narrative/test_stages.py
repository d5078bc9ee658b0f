"""The sentences on the stages of the procedure: none, one, several and withheld numbers."""

from __future__ import annotations

from typing import Any

import pytest

INVESTIGATED = "{{ complaints.by_stage | investigated(each_stage) }}"
STRAIGHT = "complaints.bypassed_stage_1"
UNKNOWN = "an undisclosed number (possibly none)"
DATA_AS_AT = "30 June 2022"


def by_stage(*numbers: Any, bypassed: Any = 0) -> dict[str, Any]:
    """The figures of investigations by stage."""
    stages = {f"stage {number}": [value] for number, value in enumerate(numbers, 1)}
    return {"complaints.by_stage": stages, STRAIGHT: [bypassed]}


def stages(**figures: Any) -> dict[str, Any]:
    """Figures of all stages: answered, in_time, investigated, cost and costed, by stage."""
    values: dict[str, Any] = {}
    for name, numbers in figures.items():
        for stage, number in enumerate(numbers, 1):
            values[f"stage_{stage}.{name}"] = [number]
    return values


def investigated(
    *numbers: Any, went_on: tuple[Any, Any] = (0, 0), **figures: Any
) -> dict[str, Any]:
    """The figures of each stage, and how many complaints went on to stages 2 and 3."""
    to_stages = {f"complaints.went_on_to_stage_{stage}": [n] for stage, n in enumerate(went_on, 2)}
    return stages(investigated=numbers, **figures) | to_stages


def taken_further(
    to_stage_2: Any, to_stage_3: Any, in_year: tuple[Any, ...] = (5, 2, 0)
) -> dict[str, Any]:
    """The figures of complaints that went on, of 5 at stage 1 and 2 at stage 2.

    in_year: how many were investigated at each stage in the year.
    """
    return {
        **by_stage(*in_year),
        "complaints.at_stage_1": [5],
        "complaints.at_stage_2": [2],
        "complaints.went_on_to_stage_2": [to_stage_2],
        "complaints.went_on_to_stage_3": [to_stage_3],
    }


# fmt: off
CASES = [
    (INVESTIGATED, by_stage(2, 1, 0),
     "During the year 2 complaints were investigated at stage 1, 1 at stage 2 and none at "
     "stage 3."),
    (INVESTIGATED, by_stage(2, 1, 0, bypassed=1),
     "During the year 2 complaints were investigated at stage 1, 1 at stage 2 and none at "
     "stage 3. The stage 2 complaint went straight there."),
    (INVESTIGATED, by_stage(0, 2, 0, bypassed=2),
     "During the year no complaints were investigated at stage 1, 2 at stage 2 and none at "
     "stage 3. Both at stage 2 went straight there."),
    (INVESTIGATED, by_stage(1, 3, 0, bypassed=2),
     "During the year 1 complaint was investigated at stage 1, 3 at stage 2 and none at "
     "stage 3. Of those at stage 2, 2 went straight there."),
    (INVESTIGATED, by_stage(9, 8, 0, bypassed="c"),
     "During the year 9 complaints were investigated at stage 1, 8 at stage 2 and none at "
     f"stage 3. Of those at stage 2, {UNKNOWN} went straight there."),
    ("{{ stage_2 | taken_further }}",
     {**by_stage(3, 1), "complaints.at_stage_1": [3], "complaints.went_on_to_stage_2": [1]},
     "Of the 3 complaints investigated at stage 1, 1 was taken to stage 2."),
    ("{{ stage_2 | taken_further }}",
     {"complaints.at_stage_1": [0], "complaints.went_on_to_stage_2": [0]}, ""),
    ("{{ stage_1 | taken_further }}", {}, ""),
    ("{{ each_stage | taken_further }}", taken_further(1, 0),
     "Of the 5 complaints investigated at stage 1, 1 was taken to stage 2. Neither of the "
     "2 complaints investigated at stage 2 was taken to stage 3."),
    ("{{ each_stage | taken_further }}", taken_further(0, 0),
     "No complaint was taken to a later stage."),
    ("{{ each_stage | taken_further }}", taken_further("c", 0),
     "We do not publish how many of the 5 complaints investigated at stage 1 were taken to "
     "stage 2, to protect people. Neither of the 2 complaints investigated at stage 2 was taken "
     "to stage 3."),
    ("{{ each_stage | taken_further }}", taken_further(2, 1, in_year=(5, 1, 1)),
     "Of the 5 complaints received in the year and investigated at stage 1, 2 were taken to "
     f"stage 2 by {DATA_AS_AT}. Of the 2 complaints received in the year and investigated at "
     f"stage 2, 1 was taken to stage 3 by {DATA_AS_AT}."),
    ("{{ each_stage | taken_further }}", taken_further(0, 0, in_year=(5, 2, 1)),
     f"No complaint received in the year was taken to a later stage by {DATA_AS_AT}."),
    ("{{ stage_2 | taken_further }}", taken_further(1, 0, in_year=(5, "c", 0)),
     "Of the 5 complaints received in the year and investigated at stage 1, 1 was taken to "
     f"stage 2 by {DATA_AS_AT}."),
    ("{{ stage_2 | cost }}", stages(investigated=(1, 1, 0), cost=(0, 2850, 0), costed=(0, 1, 0)),
     "Stage 2 cost £2,850."),
    ("{{ stage_2 | cost }}", stages(investigated=(1, 3, 0), cost=(0, 2850, 0), costed=(0, 1, 0)),
     "Stage 2 cost £2,850 (the cost is recorded for 1 of 3)."),
    ("{{ stage_2 | cost }}", stages(investigated=(1, 3, 0), cost=(0, "c", 0), costed=(0, "c", 0)),
     ""),
    ("{{ stage_1 | cost }}", stages(investigated=(1, 0, 0)), ""),
    ("{{ each_stage | on_time }}",
     investigated(2, 1, 0, answered=(2, 1, 0), in_time=(2, 1, 0), cost=(0, None, None),
            costed=(0, 0, 0)),
     "All responses were in time: 2 at stage 1 and 1 at stage 2. No complaint went to stage 3."),
    ("{{ each_stage | on_time }}",
     investigated(9, 6, 0, answered=(9, 6, 0), in_time=("c", 6, 0), cost=(0, None, None),
            costed=(0, 0, 0)),
     "We do not publish how many of the 9 stage 1 responses were in time, to protect people. All "
     "6 stage 2 responses were in time. No complaint went to stage 3."),
    ("{{ each_stage | on_time }}",
     investigated(2, 1, 0, answered=(2, 1, 0), in_time=(2, 0, 0), cost=(0, None, None),
            costed=(0, 0, 0)),
     "Both stage 1 responses were in time. The only stage 2 response was not in time. No complaint "
     "went to stage 3."),
    ("{{ each_stage | on_time }}",
     investigated(2, 0, 0, answered=(2, 0, 0), in_time=(2, 0, 0), cost=(0, None, None),
                  costed=(0, 0, 0)),
     "Both stage 1 responses were in time. No complaint went to stage 2 or stage 3."),
    ("{{ each_stage | on_time }}",
     investigated(2, 0, 0, went_on=(1, 0), answered=(2, 0, 0), in_time=(2, 0, 0),
                  cost=(0, None, None), costed=(0, 0, 0)),
     "Both stage 1 responses were in time. No complaint went to stage 3."),
    ("{{ each_stage | on_time }}",
     investigated(2, 0, 0, went_on=("c", "c"), answered=(2, 0, 0), in_time=(2, 0, 0),
                  cost=(0, None, None), costed=(0, 0, 0)),
     "Both stage 1 responses were in time."),
]
BASES = {
    "complaints.went_on_to_stage_2": "complaints.at_stage_1",
    "complaints.went_on_to_stage_3": "complaints.at_stage_2",
    **{f"stage_{stage}.in_time": f"stage_{stage}.answered" for stage in (1, 2, 3)},
    **{f"stage_{stage}.costed": f"stage_{stage}.investigated" for stage in (1, 2, 3)},
}
# fmt: on


@pytest.mark.parametrize(("template", "figures", "text"), CASES)
def test_sentence_on_stages_is_natural_for_each_number(read_narrative, template, figures, text):
    assert read_narrative(template, figures, BASES) == text


def test_figure_that_a_procedure_lacks_leaves_no_sentence(read_narrative):
    template = '{{ optional("complaints.from_penguins") | reported("Penguins made") }}'
    assert read_narrative(template, {"complaints.received": [1]}, {}) == ""
