"""What our own final reports on earlier years published."""

from __future__ import annotations

from pipeline.artifacts import OPEN_DATA, NumberKey, read_open_data
from pipeline.settings import Settings


def final_numbers(settings: Settings) -> dict[NumberKey, float]:
    """The numbers of the final reports on earlier years; the latest report's if several differ."""
    numbers: dict[NumberKey, float] = {}
    for report in settings.earlier_final_reports:
        numbers |= dict(read_open_data((report / OPEN_DATA).read_bytes()))
    return numbers
