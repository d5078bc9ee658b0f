"""The ledger keeps every number that a report of a year has ever published."""

from __future__ import annotations

from pipeline.artifacts import NumberKey
from pipeline.settings.ledger import add_to_ledger, read_ledger

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


def test_year_without_a_report_has_an_empty_ledger(tmp_path):
    assert list(read_ledger(tmp_path / "2020-21.csv")) == []
