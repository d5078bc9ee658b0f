"""Look for numbers that show that each declared relation is needed, and add them to the table.

`PYTHONPATH=tests python tests/benchmarks/find_needed_relations.py 200` tries so many sets of
numbers for each relation that `tests/aggregate/disclosure/needed_relations.yaml` lacks and the
others do not imply. It drops those that no figure declares any more, and prints those without an
entry.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from declared_relations import NumberSearch, declared_relations, is_implied, shows_need
from needed_relations import TABLE, council_with_all_numbers, read_table, write_table


def main(tries: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        council, values = council_with_all_numbers(Path(folder))
    search = NumberSearch(list(values), council)
    last_table = read_table() if TABLE.exists() else {}
    table = {}
    for declared in declared_relations():
        numbers = last_table.get(declared.text)
        if not numbers or not shows_need(declared, numbers, council):
            if not search.instances[declared.text]:
                print(f"between no counts of people: {declared.text}", flush=True)
                continue
            if is_implied(declared, values):
                print(f"implied: {declared.text}", flush=True)
                continue
            numbers = search.find(declared, tries)
        if numbers:
            table[declared.text] = numbers
            write_table(last_table | table)
        else:
            print(f"NOT FOUND: {declared.text}", flush=True)
    write_table(table)


if __name__ == "__main__":
    main(int(sys.argv[1]))
