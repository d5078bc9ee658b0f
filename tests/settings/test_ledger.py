"""The ledger keeps every number that a report of a year has ever published."""

from __future__ import annotations

from contextlib import suppress

import pytest

from pipeline.artifacts import NumberKey
from pipeline.problem import Problem
from pipeline.settings.ledger import add_to_ledger, earlier_open_data, read_ledger

RECEIVED = NumberKey("complaints.received", "2020-21")
AREA = NumberKey("complaints.by_service_area", "2020-21", "Early Help, and more")


def test_number_of_a_replaced_report_stays_in_the_ledger(tmp_path):
    path = tmp_path / "numbers" / "2020-21.csv"
    add_to_ledger(path, {RECEIVED: 21.0, AREA: 4.0})
    add_to_ledger(path, {RECEIVED: 22.0})
    assert set(read_ledger(path)) == {(RECEIVED, 21.0), (RECEIVED, 22.0), (AREA, 4.0)}


def test_same_numbers_leave_the_ledger_unchanged(tmp_path):
    path = tmp_path / "2020-21.csv"
    add_to_ledger(path, {RECEIVED: 21.0, AREA: 4.0})
    content = path.read_bytes(), path.stat().st_mtime_ns
    add_to_ledger(path, {AREA: 4.0})
    assert (path.read_bytes(), path.stat().st_mtime_ns) == content


# fmt: off
DAMAGED = [
    b"\xff\xfe", b"figure,year\na,b\n", b"\0", b"figure,year,category,detail,value\na,b,c,d,many\n",
    b"figure,year,category,detail,value\na\n", b'figure,"' + b"x" * 200_000,
]
# fmt: on


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
@pytest.mark.parametrize("read", [read_ledger, earlier_open_data])
def test_damaged_file_of_an_earlier_report_is_explained(tmp_path, read, content):
    path = tmp_path / "2020-21.csv"
    path.write_bytes(content)
    with suppress(Problem):
        assert list(read(path)) == []


def test_ledger_without_its_columns_or_that_is_a_folder_is_explained(tmp_path):
    path = tmp_path / "2020-21.csv"
    path.write_text("figure,year\na,b\n")
    with pytest.raises(Problem, match="is damaged or was edited"):
        add_to_ledger(path, {RECEIVED: 21.0})
    path.unlink()
    path.mkdir()
    with pytest.raises(Problem, match="is damaged or was edited"):
        add_to_ledger(path, {RECEIVED: 21.0})


def test_year_without_a_report_has_an_empty_ledger(tmp_path):
    assert list(read_ledger(tmp_path / "2020-21.csv")) == []
