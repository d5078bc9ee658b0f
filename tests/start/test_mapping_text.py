"""What `annual-report map` prints names every heading of a file, read or not."""

from __future__ import annotations

import re

import pytest
from further_forms import FURTHER_LAYOUTS, write_further
from layouts import LAYOUTS, YEAR, write_layout
from scores import COUNCIL

from pipeline.start.mapping.exports import read_exports
from pipeline.start.mapping.proposal import propose
from pipeline.start.mapping.writing.show import proposal_text
from pipeline.year import Year

WRITERS = {
    **{name: (layout, write_layout) for name, layout in LAYOUTS.items()},
    **{name: (layout, write_further) for name, layout in FURTHER_LAYOUTS.items()},
}


def named_headings(text: str) -> set[str]:
    """The headings in the text: in the second column of a row, or in a list of those not read."""
    named: set[str] = set()
    for line in text.splitlines():
        if line.startswith("  "):
            cells = re.split(r" {2,}", line.strip())
            named.update(re.split(r" or | and |: ", cells[1]) if len(cells) > 1 else ())
            named.update(cells[1:2])
        elif ": " in line:
            named.update(line.partition(": ")[2].split(", "))
    return named


@pytest.mark.parametrize("name", WRITERS)
def test_every_heading_is_named(name, tmp_path):
    layout, write = WRITERS[name]
    tables = read_exports(write(layout, tmp_path))
    text = proposal_text(propose(tables, COUNCIL, Year.parse(YEAR)))
    headings = {column.heading for table in tables for column in table.columns}
    missing = {one for one in headings - named_headings(text) if one not in text}
    vague = {one for one in headings - named_headings(text) if one in text}
    assert (missing, vague) == (set(), set())
