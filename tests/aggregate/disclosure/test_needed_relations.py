"""With a declared relation missing from the search, the attack finds a withheld number.

The table `needed_relations.yaml` has numbers of a council for each relation, and
`tests/benchmarks/find_needed_relations.py` looks for those that it lacks.
"""

from __future__ import annotations

import pytest
from declared_relations import Declared, declared_relations, is_implied, shows_need
from needed_relations import council_with_all_numbers, read_table

# Accepted complaints and those turned away make up those received.
IMPLIED = "complaints.accepted <= complaints.received"


@pytest.fixture(scope="module")
def council_and_values(tmp_path_factory):
    return council_with_all_numbers(tmp_path_factory.mktemp("council"))


@pytest.fixture(scope="module")
def declared() -> dict[str, Declared]:
    return {one.text: one for one in declared_relations()}


@pytest.mark.slow
def test_attack_finds_a_number_without_each_listed_relation(council_and_values, declared):
    council, _ = council_and_values
    table = read_table()
    assert table.keys() <= declared.keys()
    unnecessary = [
        text for text, numbers in table.items() if not shows_need(declared[text], numbers, council)
    ]
    assert unnecessary == []


@pytest.mark.slow
def test_relation_that_the_others_imply_is_told_from_the_rest(council_and_values, declared):
    """The search protects against it all the same."""
    _, values = council_and_values
    needed = next(iter(read_table()))
    assert is_implied(declared[IMPLIED], values)
    assert not is_implied(declared[needed], values)
