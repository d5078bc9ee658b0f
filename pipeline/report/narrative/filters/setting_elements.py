"""The HTML elements of numbers from the settings, such as time limits."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from pipeline.procedures import Duration
from pipeline.report import wording
from pipeline.report.narrative.elements import inert_text


class SettingDuration:
    """A length of time from the settings with its unit, that names its key: "10 working days".

    With limits of several grades: "10 working days (green), 28 calendar days (red) or 6 months (no
    grade)".
    """

    def __init__(
        self, key: str, duration: Duration, by_grade: Sequence[tuple[str, Duration]] = ()
    ) -> None:
        self._key = key
        self._duration = duration
        self._by_grade = by_grade

    def __html__(self) -> str:
        if not self._by_grade:
            return _duration_html(self._key, self._duration)
        parts = [
            f"{_duration_html(f'{self._key}.{grade}', duration)} ({inert_text(grade)})"
            for grade, duration in self._by_grade
        ]
        parts.append(f"{_duration_html(self._key, self._duration)} (no grade)")
        return wording.listing(parts, "or")


def _duration_html(key: str, duration: Duration) -> str:
    return f"{SettingNumber(key, duration.length).__html__()} {duration.units}"


class SettingNumber:
    """A number from the settings, such as a time limit, that names its key.

    sign: after the number, such as a per cent sign.
    """

    def __init__(self, key: str, value: int, sign: str = "") -> None:
        self._key = key
        self._value = value
        self._sign = sign

    def __html__(self) -> str:
        text = wording.numeral(self._value)
        data = f'<data value="{self._value}" data-setting="{escape(self._key)}">{text}</data>'
        return f"{data}{self._sign}"
