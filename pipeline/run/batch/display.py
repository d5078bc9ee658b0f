"""What the user sees of a batch: its progress, and a table of all results at the end."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count

from pipeline.problem import printable
from pipeline.run.batch.batch import FAILED, MADE, NO_DATA, TO_DO, UNCHANGED, CouncilYear
from pipeline.system.output import drawing_on_terminal

SUMMARY_HEADINGS = ("Council", "Year", "Result", "Seconds")


@contextmanager
def show_batch_progress(batch: Sequence[CouncilYear]) -> Iterator[Callable[[CouncilYear], None]]:
    """A function that prints a line for each finished report; on a terminal also a bar."""
    total = sum(planned.result == TO_DO for planned in batch)
    width = len(str(len(batch)))
    numbers = count(1)

    def line(finished: CouncilYear) -> str:
        position = f"{next(numbers):>{width}}/{total}"
        return f"  {position}  {finished.name}  {finished.result}, {finished.seconds:.1f} s"

    if not sys.stdout.isatty():
        yield lambda finished: print(line(finished), flush=True)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with drawing_on_terminal(), Progress(*columns) as progress:
        task = progress.add_task("Reports", total=total)

        def on_finished(finished: CouncilYear) -> None:
            progress.console.print(printable(line(finished)), markup=False, highlight=False)
            progress.advance(task)

        yield on_finished


def summary_table(results: Sequence[CouncilYear]) -> str:
    """All results in the order of the batch, then each failure, the notices and the counts."""
    rows = [SUMMARY_HEADINGS]
    rows += [(one.council, one.year, one.result, f"{one.seconds:.1f}") for one in results]
    lines = _aligned(rows)
    failed = [result for result in results if result.result == FAILED]
    if failed:
        lines += ["", "Failed (the last good report of each has been kept):"]
    for failure in failed:
        lines += ["", f"{failure.name}, in {failure.workspace}"]
        lines += [f"  {line}".rstrip() for line in str(failure.problem).splitlines()]
    notices = _notices(results)
    if notices:
        lines += ["", *notices]
    return "\n".join([*lines, "", result_counts(results)])


def _aligned(rows: Sequence[tuple[str, str, str, str]]) -> list[str]:
    """A line per row, in columns; the last column holds numbers."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for *texts, seconds in rows:
        # The last width is that of the numbers, which are right-aligned below their heading.
        columns = [text.ljust(width) for text, width in zip(texts, widths, strict=False)]
        lines.append("  ".join([*columns, seconds.rjust(len(SUMMARY_HEADINGS[-1]))]))
    return lines


def _notices(results: Sequence[CouncilYear]) -> list[str]:
    """Each notice once, in order."""
    notices: dict[str, None] = {}
    for result in results:
        notices.update(dict.fromkeys(result.notices))
    return list(notices)


def result_counts(results: Sequence[CouncilYear]) -> str:
    """How many council-years have each result: `18 made, 1 unchanged, 1 failed`."""
    counts = Counter(result.result for result in results)
    kinds = (MADE, UNCHANGED, FAILED, NO_DATA)
    return ", ".join(f"{counts[kind]} {kind}" for kind in kinds if counts[kind])
