"""No reader narrows a number that a random council withholds below the protection level."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from builders import CATALOGUE, typed_extract
from council_attack import PublishedCouncil, attack
from random_councils import THRESHOLDS, random_council

from pipeline.aggregate.disclosure.statements import statements_by_figure
from pipeline.aggregate.figure_table import counts_of_people
from pipeline.artifacts import NumberKey

SEED_OF_ONE = 3000
POLICY = {
    "threshold": 5,
    "round_to": 1,
    "show_zero": True,
    "sensitive": ["characteristics", "breakdowns"],
}
SEEDS_OF_ALL = range(1000, 1010)
LINKED_TO_THEIR_BASE_ALONE = [
    f"complaints.by_{name}"
    for name in ("age_band", "gender", "disability", "complainant_type", "route", "method", "team")
]


@pytest.fixture(scope="module")
def publish(tmp_path_factory):
    """publish(7): the figures of the random council of that seed, as they would be published.

    Every other council has published a report on the years before by another threshold.
    """
    workspace = tmp_path_factory.mktemp("councils")

    def build(seed: int, **policy: object) -> PublishedCouncil:
        council = random_council(seed, workspace, **policy)
        has_earlier = seed % 2 and len(council.settings.window) > 1
        threshold = THRESHOLDS[seed % len(THRESHOLDS)] if has_earlier else None
        return PublishedCouncil.of(council, typed_extract("published", []), threshold)

    return build


@pytest.fixture(scope="module")
def one_council(publish) -> PublishedCouncil:
    return publish(SEED_OF_ONE, **POLICY)


@pytest.mark.slow
def test_large_council_withholds_no_large_number_for_a_small_one(publish):
    """Each other category of the figure is as large, is 0, or is withheld as well.

    Where a gender is not recorded, the number of those recorded would have to be withheld too.
    """
    published = publish(318, complaints=318, **POLICY)
    values = counts_of_people(published.figures, CATALOGUE)
    withheld = {
        NumberKey(row.figure, row.year, row.category, row.detail): row.rule
        for row in published.result.decisions.itertuples()
    }
    assert LINKED_TO_THEIR_BASE_ALONE[0] in {key.figure for key in withheld}
    unnecessary = []
    for key, rule in withheld.items():
        if key.figure in LINKED_TO_THEIR_BASE_ALONE and rule != "small number":
            others = [
                other
                for other in values.keys() - withheld.keys()
                if other[:2] == key[:2] and other.category != "not recorded"
            ]
            unnecessary += [key for other in others if 0 < values[other] < values[key]]
    assert unnecessary == []


def test_reader_narrows_no_number_of_a_random_council(one_council):
    result = attack(one_council)
    assert result.withheld > 20
    assert result.narrowed == {}


@pytest.mark.slow
def test_reader_narrows_no_number_of_ten_random_councils(publish):
    attacks = {seed: attack(publish(seed)) for seed in SEEDS_OF_ALL}
    assert sum(result.withheld for result in attacks.values()) > 500
    assert {seed: result.narrowed for seed, result in attacks.items() if result.narrowed} == {}


@pytest.mark.slow
def test_reader_narrows_no_number_of_part_of_a_year(tmp_path):
    council = random_council(1001, tmp_path, **POLICY)
    end = date(council.settings.year.starts, 12, 31)
    settings = council.data.settings.model_copy(update={"to": end})
    of_part = replace(council, data=replace(council.data, settings=settings))
    result = attack(PublishedCouncil.of(of_part, typed_extract("published", [])))
    assert result.withheld > 20
    assert result.narrowed == {}


def test_limits_hold_where_no_rule_of_the_data_is_broken(one_council):
    texts = statements_by_figure(
        counts_of_people(one_council.figures, CATALOGUE), CATALOGUE
    ).values()
    statements = [statement for text in texts for statement in text.split("; ")]
    broken = [text for text in statements if "(not in" in text]
    # What is equal in most years is at most that in the others.
    assert [text for text in broken if " = " not in text] == []
    assert len(statements) > 150
