"""The error classes of published reports, and their variants in words: none passes unnoticed.

Each row of the tables is something that somebody writes or supplies. Its result is one of three:
impossible (what is printed is true whatever was meant), stopped or warned.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from builders import copy_sample, replace_text

from pipeline.inputs import check_inputs
from pipeline.problem import Problem
from pipeline.report.figures import Published
from pipeline.report.narrative.claims import unsupported_claims
from pipeline.report.narrative.commentary import read_commentary
from pipeline.report.narrative.language import Language
from pipeline.settings import load_settings

YEAR = "2021-22"
IMPOSSIBLE, STOPPED, WARNED = "impossible", "stopped", "warned"
TYPED = "is typed by hand"
CLAIM = "is a claim about numbers, in a sentence without any"
# The classes, in the words and the order of the domain's list.
DENOMINATOR = "wrong or missing denominator"
TRUNCATION = "truncation instead of rounding"
ADDITION = "a list that does not add up to its total"
STAGE = "a sentence true of stage 1 said of all stages"
PERIOD = "a mislabelled period"
RESTATED = "last year's figure restated without saying so"
DOUBLED = "'doubled' when it did not"
DIRECTION = "direction reversed"
TABLES = "two tables of one report that disagree"
WINDOW = "prose about years outside the table's window"
PERCENTAGE = "a percentage no whole number of cases could give"


class Row(NamedTuple):
    """An error, what is written in the commentary, its result, and the words that show it.

    evidence: what is printed if the error is impossible, otherwise part of the message.
    """

    error: str
    text: str
    result: str
    evidence: str


class DataRow(NamedTuple):
    """An error in the workspace: a file of data/raw, the text replaced in it, and its result."""

    error: str
    file: str
    old: str
    new: str
    result: str
    evidence: str


# What the report of the sample says: complaints fell from 43, 37, 28 and 21 to 4; 2 partially
# upheld, one not upheld, one withdrawn.
# fmt: off
ROWS = [
    Row(DENOMINATOR, '{{ complaints.by_outcome["partially upheld"] | share }}',
        IMPOSSIBLE, "2 of 4"),
    Row(DENOMINATOR, '{{ complaints.decided_by_outcome["partially upheld"] | share }}',
        IMPOSSIBLE, "2 of 3"),
    Row(DENOMINATOR, "{{ complaints.received | share }}", STOPPED, "this figure has no base"),
    Row(DENOMINATOR, '{{ complaints.by_outcome["upheld"] | share(complaints.decided) }}',
        STOPPED, "too many positional arguments"),
    Row(DENOMINATOR, "Most of the 3 were upheld.", STOPPED, TYPED),
    Row(DENOMINATOR, "The majority were upheld.", WARNED, CLAIM),
    Row(TRUNCATION,
        "{{ (complaints.by_outcome['upheld'].value / complaints.received.number().value) }}",
        STOPPED, "div is not part of the narrative's language"),
    Row(TRUNCATION, "{{ complaints.per_1000_children }}", IMPOSSIBLE, "2.7"),
    Row(TRUNCATION, "66% were late.", STOPPED, TYPED),
    Row(ADDITION, "{{ complaints.by_outcome | breakdown }}",
        IMPOSSIBLE, "2 partially upheld, 1 not upheld and 1 withdrawn"),
    Row(ADDITION, "{{ complaints.received.number().value + 1 }}",
        STOPPED, "add is not part of the narrative's language"),
    Row(ADDITION, "{% set total = 5 %}{{ total }}",
        STOPPED, "assign is not part of the narrative's language"),
    Row(ADDITION, "Of these 2 were upheld and 1 was not.", STOPPED, TYPED),
    Row(STAGE, "{{ complaints.longest_days }}", STOPPED, "there is no such figure"),
    Row(STAGE, "Responses took 18 working days.", STOPPED, TYPED),
    Row(PERIOD, "{{ year.starts }} to {{ year.ends }}",
        IMPOSSIBLE, "1 April 2021 to 31 March 2022"),
    Row(PERIOD, "From April 2020 to March 2021.", STOPPED, TYPED),
    Row(PERIOD, "In 2020/21.", STOPPED, TYPED),
    Row(RESTATED, "Last year we reported 22.", STOPPED, TYPED),
    Row(RESTATED, "{{ complaints.received.number().previous }}", IMPOSSIBLE, "21"),
    Row(DOUBLED, "Complaints doubled.", WARNED, CLAIM),
    Row(DOUBLED, "Complaints have trebled.", WARNED, CLAIM),
    Row(DOUBLED, "{{ complaints.received | change }}", IMPOSSIBLE, "down from 21 the year before"),
    Row(DIRECTION, "Complaints increased.", WARNED, CLAIM),
    Row(DIRECTION,
        "{{ complaints.received | counted('complaint') }}, {{ complaints.received | change }}",
        IMPOSSIBLE, "4 complaints, down from 21 the year before"),
    Row(TABLES, "Table 4 has 5.", STOPPED, TYPED),
    Row(WINDOW, "{{ complaints.received.number().previous.previous.previous.previous.previous }}",
        STOPPED, "2016-17 is outside the years compared, 2017-18 to 2021-22"),
    Row(WINDOW, "The peak was years ago.", WARNED, CLAIM),
    Row(WINDOW, "With a peak in 2012.", STOPPED, TYPED),
    Row(WINDOW, "This is the lowest number since records began.", WARNED, CLAIM),
    Row(PERCENTAGE, "36% of them were upheld.", STOPPED, TYPED),
    Row(PERCENTAGE, "36 per cent of them were upheld.", STOPPED, TYPED),
    Row(PERCENTAGE, "\N{VULGAR FRACTION ONE QUARTER} of them were upheld.", STOPPED, TYPED),
    Row(PERCENTAGE, "\N{ARABIC-INDIC DIGIT THREE} of them were upheld.", STOPPED, TYPED),
    Row(PERCENTAGE, "&#51; of them were upheld.", STOPPED, TYPED),
    Row(PERCENTAGE, '{{ "36" }} per cent of them were upheld.', STOPPED, TYPED),
    Row(PERCENTAGE, "{{ stated(36, '') }} per cent of them were upheld.",
        STOPPED, "needs its evidence in words"),
    Row(DENOMINATOR, "One in three complaints was upheld.", STOPPED, "One in three"),
    Row(DENOMINATOR, "Two thirds of complaints were upheld.", STOPPED, "Two thirds"),
    Row(DENOMINATOR, "Half of them were upheld.", STOPPED, "Half"),
    Row(DENOMINATOR, "A quarter of them were upheld.", STOPPED, "quarter"),
    Row(DENOMINATOR, "Most were upheld.", WARNED, "Most"),
    Row(TRUNCATION, "Sixty-six per cent were upheld.", STOPPED, "Sixty-six"),
    Row(ADDITION, "Two were upheld and one was not.", STOPPED, "Two"),
    Row(ADDITION, "A dozen complaints were made.", STOPPED, "dozen"),
    Row(ADDITION, "XII complaints were made.", STOPPED, "XII"),
    Row(STAGE, "All responses were in time.", WARNED, "All"),
    Row(STAGE, "None of the responses was late.", WARNED, "None"),
    Row(STAGE, "All stages took {{ stage_1.longest_days }} days or fewer.", WARNED, "All"),
    Row(PERIOD, "In the year two thousand and nineteen.", STOPPED, "two thousand"),
    Row(RESTATED, "Last year there were twenty-two complaints.", STOPPED, "twenty-two"),
    Row(DOUBLED, "Twice as many complaints were made.", STOPPED, "Twice"),
    Row(DOUBLED, "There were two times as many.", STOPPED, "two"),
    Row(DOUBLED, "Complaints have doubled to {{ complaints.received }}.", STOPPED, "doubled"),
    Row(DOUBLED, "Complaints have halved to {{ complaints.received }}.", STOPPED, "halved"),
    Row(DIRECTION, "Complaints rose.", WARNED, "rose"),
    Row(DIRECTION, "Complaints rose to {{ complaints.received }}.", STOPPED, "rose"),
    Row(DIRECTION, "There was a rise to {{ complaints.received }}.", STOPPED, "rise"),
    Row(DIRECTION, "{{ complaints.received | change }}: an increase.", STOPPED, "increase"),
    Row(DIRECTION, "Complaints rose steadily.", WARNED, "steadily"),
    Row(DIRECTION, "Complaints changed significantly.", WARNED, "significantly"),
    Row(WINDOW, "For the first time nobody went to the Ombudsman.", WARNED, "For the first time"),
    Row(WINDOW, "{{ complaints.received }} is the highest of the years compared.",
        STOPPED, "highest"),
    Row(PERCENTAGE, "Thirty-six per cent of them were upheld.", STOPPED, "Thirty-six"),
]
DATA_ROWS = [
    DataRow(PERIOD, f"{YEAR}/complaints.csv", "CYP-21-001,2021-06-08", "CYP-21-001,2020-06-08",
        WARNED, "complaints.received.other_year"),
    DataRow(PERIOD, f"{YEAR}/report.yaml", "data_as_at: 2022-09-30", "data_as_at: 2020-09-30",
        STOPPED, "is before the year begins"),
    DataRow(ADDITION, f"{YEAR}/complaints.csv", ",partially upheld,", ",partly upheld,",
        STOPPED, "outcome"),
    DataRow(TABLES, f"{YEAR}/investigations.csv", "CYP-21-001,1", "CYP-21-099,1",
        STOPPED, "investigations.complaint.known"),
    DataRow(ADDITION, "published.csv",
        "2017-18,complaints.received,,43,", "2017-18,complaints.received,,44,",
        STOPPED, "44"),
    DataRow(ADDITION, "published.csv",
        "2017-18,complaints.by_outcome,upheld,7,", "2017-18,complaints.by_outcome,upheld,8,",
        STOPPED, "44"),
    DataRow(TABLES, "published.csv",
        "complaints.by_service_area,Early Help,6,", "complaints.by_service_area,Early Help,5,",
        STOPPED, "42"),
    DataRow(PERCENTAGE, "published.csv",
        "2017-18,complaints.by_outcome,upheld,7,", "2017-18,complaints.by_outcome,upheld,16.3,",
        STOPPED, "16.3"),
]
# fmt: on


class Outcome(NamedTuple):
    """A result, with the words printed, or with what was reported of them."""

    result: str
    words: str
    problems: list[Problem]


@pytest.fixture(scope="module")
def written(sample_report, tmp_path_factory):
    """written(text): the outcome of these words in the commentary of the sample."""
    settings = load_settings(sample_report.workspace, YEAR)
    workspace = tmp_path_factory.mktemp("commentary")
    commentary = workspace / "data" / "raw" / YEAR / "commentary.md"
    commentary.parent.mkdir(parents=True)
    published = Published.read(settings)
    settings = settings.model_copy(update={"workspace": workspace})

    def outcome_of(text: str) -> Outcome:
        commentary.write_text(f"## overview\n\n{text}\n", encoding="utf-8")
        language = Language(published, settings.council, settings.report)
        try:
            html = read_commentary(settings, language)["overview"]
        except Problem as problem:
            return Outcome(STOPPED, problem.what, [problem])
        warnings = unsupported_claims(settings)
        if warnings:
            return Outcome(WARNED, "\n".join(warning.what for warning in warnings), warnings)
        return Outcome(IMPOSSIBLE, " ".join(re.sub(r"<[^>]*>", "", html).split()), [])

    return outcome_of


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.error}: {row.text}"[:90])
def test_error_in_the_commentary_does_not_pass_unnoticed(written, row):
    outcome = written(row.text)
    assert outcome.result == row.result, outcome.words
    assert row.evidence in outcome.words
    assert row.result != IMPOSSIBLE or outcome.words == row.evidence
    for problem in outcome.problems:
        place = f"data/raw/{YEAR}/commentary.md, line 3"
        assert place in (problem.where, *re.findall(r"\S+, line \d+", problem.what))
        assert problem.remedy


@pytest.fixture(scope="module")
def sample_texts(tmp_path_factory):
    """What `check` reports of the sample, by result."""
    return reported(copy_sample(tmp_path_factory.mktemp("sample")))


@pytest.mark.parametrize(
    "row", DATA_ROWS, ids=lambda row: f"{row.error}: {row.file} {row.new}"[:90]
)
def test_error_in_the_data_does_not_pass_unnoticed(tmp_path, sample_texts, row):
    assert not any(row.evidence in text for text in sample_texts[row.result])
    workspace = copy_sample(tmp_path)
    replace_text(workspace / "data" / "raw" / row.file, row.old, row.new)
    texts = reported(workspace)
    assert any(row.evidence in text for text in texts[row.result]), texts


def reported(workspace: Path) -> dict[str, list[str]]:
    """What `check` reports of a workspace, with remedies, by result."""
    try:
        findings = check_inputs(load_settings(workspace, YEAR)).validated.findings
    except Problem as problem:
        return {STOPPED: [str(problem)], WARNED: []}
    by_severity = {"critical": STOPPED, "warning": WARNED}
    texts: dict[str, list[str]] = {STOPPED: [], WARNED: []}
    for each in findings:
        if each.severity in by_severity:
            text = f"{each.rule} {each.place}: {each.what} {each.remedy}"
            texts[by_severity[each.severity]].append(text)
    return texts


def test_every_class_of_the_domain_has_a_row():
    classes = {
        *(DENOMINATOR, TRUNCATION, ADDITION, STAGE, PERIOD, RESTATED),
        *(DOUBLED, DIRECTION, TABLES, WINDOW, PERCENTAGE),
    }
    assert {row.error for row in ROWS} == classes
    assert all(row.result in (IMPOSSIBLE, STOPPED, WARNED) for row in [*ROWS, *DATA_ROWS])
