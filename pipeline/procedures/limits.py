"""The time limits of a procedure with what a council has set in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipeline.problem import did_you_mean
from pipeline.procedures.duration import Duration, Unit
from pipeline.procedures.model import Procedure
from pipeline.procedures.stage import Clock, Event, Stage


class LimitFault(NamedTuple):
    """A value of `time_limits` that is wrong: its key, what is wrong, and what to do about it."""

    key: str
    what: str
    remedy: str


@dataclass(frozen=True)
class StageClock:
    """A clock of a stage as it runs at one council.

    start: the event at which it starts. fallback: the one if that is not recorded.
    extended: None if it cannot be extended. added: what an extension adds to any limit.
    by_grade: the limits of the grades that the council has set, in place of `limit`.
    """

    clock: Clock
    start: Event
    limit: Duration
    extended: Duration | None
    by_grade: tuple[tuple[str, Duration], ...] = ()
    added: Duration | None = None

    def extended_from(self, limit: Duration) -> Duration | None:
        """The limit of a grade with an extension; one in another unit is extended like the rest."""
        if self.added is not None and self.added.unit == limit.unit:
            return limit + self.added
        return self.extended

    @property
    def fallback(self) -> Event:
        """The event at which it starts where `start` is not recorded."""
        return self.clock.start


@dataclass(frozen=True)
class TimeLimits:
    """Every time limit of one procedure at one council.

    values: what the council has set, by key; of any other key the procedure's own counts.
    """

    procedure: Procedure
    values: tuple[tuple[str, Any], ...] = ()

    def clocks(self, stage_number: str) -> tuple[StageClock, ...]:
        """The clocks of a stage, in order."""
        stage = self.procedure.stages[int(stage_number) - 1]
        return tuple(self._clock(stage_number, stage, clock) for clock in stage.clocks)

    def _clock(self, number: str, stage: Stage, clock: Clock) -> StageClock:
        key = clock_key(number, stage, clock)
        chosen = dict(self.values)
        value = chosen.get(key)
        by_grade: tuple[tuple[str, Duration], ...] = ()
        limit = clock.limit
        if isinstance(value, Mapping):
            by_grade = tuple((grade, _duration(text, limit.unit)) for grade, text in value.items())
        elif value is not None:
            limit = _duration(value, limit.unit)
        extended, added = clock.extended, None
        if f"{key}_extended" in chosen:
            extended = _duration(chosen[f"{key}_extended"], limit.unit)
        elif clock.extension:
            added = _duration(chosen.get(f"{key}_extension", clock.extension), limit.unit)
            extended = limit + added
        start = chosen.get(f"stage_{number}_clock", clock.start) if clock.start_choice else None
        return StageClock(clock, start or clock.start, limit, extended, by_grade, added)

    @property
    def graded(self) -> dict[str, tuple[tuple[str, Duration], ...]]:
        """The limits of the grades that the council has set, by the key of the limit."""
        graded: dict[str, tuple[tuple[str, Duration], ...]] = {}
        for number, stage in self.procedure.numbered_stages:
            for clock in self.clocks(number):
                key = clock_key(number, stage, clock.clock)
                if clock.by_grade:
                    graded[key] = clock.by_grade
                if clock.by_grade and clock.added:
                    graded[f"{key}_extended"] = tuple(
                        (grade, clock.extended_from(limit) or limit)
                        for grade, limit in clock.by_grade
                    )
        return graded

    @property
    def durations(self) -> dict[str, Duration]:
        """Every limit that is a length of time, by its key."""
        durations: dict[str, Duration] = {}
        for number, stage in self.procedure.numbered_stages:
            if stage.request_within:
                key = f"stage_{number}_request"
                chosen = dict(self.values).get(key, stage.request_within)
                durations[key] = _duration(chosen, stage.request_within.unit)
            for clock in self.clocks(number):
                key = clock_key(number, stage, clock.clock)
                durations[key] = clock.limit
                if clock.extended:
                    durations[f"{key}_extended"] = clock.extended
                if clock.extended and clock.clock.extension:
                    added = clock.extended.length - clock.limit.length
                    durations[f"{key}_extension"] = Duration(added, clock.limit.unit)
        return durations

    @property
    def as_settings(self) -> dict[str, Any]:
        """Every limit and choice as council.yaml has them; a bare number is in working days."""
        settings: dict[str, Any] = {}
        chosen, choices, durations = dict(self.values), self.choices, self.durations
        for key in limit_keys(self.procedure):
            if key in choices:
                settings[key] = choices[key]
            elif isinstance(chosen.get(key), Mapping):
                settings[key] = dict(chosen[key])
            else:
                duration = durations[key]
                is_plain = duration.unit == "working day"
                settings[key] = duration.length if is_plain else str(duration)
        return settings

    @property
    def choices(self) -> dict[str, Event]:
        """The event at which each clock starts whose start the council may choose, by its key."""
        return {
            f"stage_{number}_clock": clock.start
            for number in self.procedure.stage_numbers
            for clock in self.clocks(number)
            if clock.clock.start_choice
        }

    @property
    def longest_days(self) -> int:
        """The most calendar days that any limit may take."""
        by_grade = (
            duration
            for number in self.procedure.stage_numbers
            for clock in self.clocks(number)
            for _, duration in clock.by_grade
        )
        return max(duration.longest_days for duration in (*self.durations.values(), *by_grade))

    def faults(self) -> Iterator[LimitFault]:
        """What is wrong with the values that the council has set."""
        keys = limit_keys(self.procedure)
        for key, value in self.values:
            if key not in keys:
                hint = did_you_mean(key, list(keys))
                remedy = f"Keys allowed here: {', '.join(keys)}."
                yield LimitFault(key, f"there is no such key.{hint}", remedy)
            elif keys[key]:
                if value not in keys[key]:
                    what = f'found "{value}", which is not allowed'
                    yield LimitFault(key, what, f"Write {' or '.join(keys[key])}.")
            else:
                yield from _length_faults(key, value)

    def order_faults(self) -> Iterator[str]:
        """Each extended limit that is not longer than the limit that it extends."""
        durations = self.durations
        for key, duration in durations.items():
            plain = durations.get(key.removesuffix("_extended"), duration)
            is_comparable = key.endswith("_extended") and plain.unit == duration.unit
            if is_comparable and duration.length <= plain.length:
                yield (
                    f"an extended limit must be longer than the limit it extends: {key} is "
                    f"{duration}"
                )


def _duration(value: Any, unit: Unit) -> Duration:
    """A duration of the procedure, or one as council.yaml has it."""
    return value if isinstance(value, Duration) else Duration.parse(value, unit)


def clock_key(number: str, stage: Stage, clock: Clock) -> str:
    """The key of a clock's limit: `stage_1`, or `stage_3_panel` at a stage with several."""
    return f"stage_{number}" if len(stage.clocks) == 1 else f"stage_{number}_{clock.name}"


def limit_keys(procedure: Procedure) -> dict[str, tuple[str, ...]]:
    """Each key that `time_limits` may have, with the values allowed; none for a length of time."""
    keys: dict[str, tuple[str, ...]] = {}
    for number, stage in procedure.numbered_stages:
        if stage.request_within:
            keys[f"stage_{number}_request"] = ()
        for clock in stage.clocks:
            key = clock_key(number, stage, clock)
            keys[key] = ()
            if clock.extended:
                keys[f"{key}_extended"] = ()
            if clock.extension:
                keys[f"{key}_extension"] = ()
            if clock.start_choice:
                keys[f"stage_{number}_clock"] = (clock.start, clock.start_choice)
    return keys


def _length_faults(key: str, value: Any) -> Iterator[LimitFault]:
    """What is wrong with a length of time, or with those of several grades."""
    for text in value.values() if isinstance(value, Mapping) else (value,):
        try:
            Duration.parse(text, "working day")
        except ValueError as error:
            remedy = "Write a length of 1 or more, such as 10 working days, or 28 calendar days."
            yield LimitFault(key, f'found "{text}", which is no length of time: {error}', remedy)
