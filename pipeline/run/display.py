"""What the person at the keyboard sees of a run: a live line a step on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.artifacts import DOCUMENTS_STEP, STEPS
from pipeline.run.chain import Progress
from pipeline.settings import Settings

STEP_TITLES = {
    "1_validate": "Validate: read and check the extracts",
    "2_clean": "Clean: one row a case, one row a stage",
    "3_aggregate": "Aggregate: the figures and their rows",
    "4_report": "Report: words, charts and tables",
    DOCUMENTS_STEP: "Documents: the report's files",
}
STEP_ORDER = [*STEPS, DOCUMENTS_STEP]


class PlainLines(Progress):
    """A line when a step ends."""

    def ends(self, step: str) -> None:
        super().step_finished(step)
        self._print_line(step, f"{self.seconds[step]:.1f} s")

    def is_unchanged(self, step: str) -> None:
        self._print_line(step, "unchanged")

    def _print_line(self, step: str, said: str) -> None:
        print(
            f"  {STEP_ORDER.index(step) + 1}/{len(STEP_ORDER)}  {STEP_TITLES[step]}  {said}",
            flush=True,
        )


@contextmanager
def show_progress(settings: Settings) -> Iterator[Progress]:
    """Progress that suits where the output goes."""
    title = f"{settings.council.authority}, {settings.year}"
    if not sys.stdout.isatty():
        print(title, flush=True)
        yield PlainLines()
        return
    from rich.progress import Progress as Bars
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    with Bars(
        SpinnerColumn(finished_text="✓"), TextColumn("{task.description}"), TimeElapsedColumn()
    ) as bars:

        class LiveLines(Progress):
            """A line a step that counts the seconds while it runs."""

            def begins(self, step: str) -> None:
                super().step_started(step)
                self.task = bars.add_task(STEP_TITLES[step], total=1)

            def ends(self, step: str) -> None:
                super().step_finished(step)
                bars.update(self.task, completed=1)

            def is_unchanged(self, step: str) -> None:
                bars.add_task(f"{STEP_TITLES[step]}, unchanged", total=1, completed=1)

        bars.console.print(title)
        yield LiveLines()
