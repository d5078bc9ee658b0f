"""What the analyst sees of a run: one live line per step on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pipeline.artifacts import (
    AGGREGATE_STEP,
    CLEAN_STEP,
    DOCUMENTS_STEP,
    JOINT_STEP,
    REPORT_STEP,
    VALIDATE_STEP,
)
from pipeline.run.chain import Progress
from pipeline.settings import Settings
from pipeline.system.output import drawing_on_terminal

STEP_TITLES = {
    VALIDATE_STEP: "Validate: read and check the extracts",
    CLEAN_STEP: "Clean: one row per case, one row per stage",
    AGGREGATE_STEP: "Aggregate: the figures and their rows",
    REPORT_STEP: "Report: words, charts and tables",
    JOINT_STEP: "Joint report: all procedures, and a chapter on each",
    DOCUMENTS_STEP: "Documents: the report's files",
}


class PlainLines(Progress):
    """A line when a step finishes.

    steps: those of the run, in order.
    """

    def __init__(self, steps: Sequence[str]) -> None:
        super().__init__()
        self._steps = [*steps, DOCUMENTS_STEP]

    def step_finished(self, step: str) -> None:
        super().step_finished(step)
        self._print_line(step, f"{self.seconds[step]:.1f} s")

    def step_skipped(self, step: str) -> None:
        self._print_line(step, "unchanged")

    def _print_line(self, step: str, result: str) -> None:
        number = self._steps.index(step) + 1
        print(f"  {number}/{len(self._steps)}  {STEP_TITLES[step]}  {result}", flush=True)


@contextmanager
def show_progress(settings: Settings) -> Iterator[Progress]:
    """Progress that suits where the output goes."""
    title = f"{settings.council.authority}, {settings.name}"
    if not sys.stdout.isatty():
        print(title, flush=True)
        yield PlainLines(settings.steps)
        return
    from rich.progress import Progress as Bars
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    description = TextColumn("{task.description}")
    columns = (SpinnerColumn(finished_text="✓"), description, TimeElapsedColumn())
    with drawing_on_terminal(), Bars(*columns) as bars:

        class LiveLines(Progress):
            """One line per step, which counts the seconds while the step runs."""

            def step_started(self, step: str) -> None:
                super().step_started(step)
                self.task = bars.add_task(STEP_TITLES[step], total=1)

            def step_finished(self, step: str) -> None:
                super().step_finished(step)
                bars.update(self.task, completed=1)

            def step_skipped(self, step: str) -> None:
                bars.add_task(f"{STEP_TITLES[step]}, unchanged", total=1, completed=1)

        bars.console.print(title, markup=False, highlight=False)
        yield LiveLines()
