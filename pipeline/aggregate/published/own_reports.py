"""What our own final reports on earlier years published."""

from __future__ import annotations

from pipeline.artifacts import OPEN_DATA, NumberKey
from pipeline.settings import Settings
from pipeline.settings.ledger import earlier_open_data


def final_numbers(settings: Settings) -> dict[NumberKey, float]:
    """The numbers of the final reports on earlier years; the latest report's if several differ."""
    numbers: dict[NumberKey, float] = {}
    for report in settings.earlier_final_reports:
        numbers |= dict(earlier_open_data(report / OPEN_DATA))
    return numbers
