"""What the person at the keyboard sees of a batch: how far it is, each council-year as it ends, and a table of all at the end."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from pipeline.run.batch.batch import FAILED, MADE, NO_DATA, TO_DO, UNCHANGED, CouncilYear

SUMMARY_HEADINGS = ("Council", "Year", "Result", "Seconds")


@contextmanager
def show_batch_progress(batch: Sequence[CouncilYear]) -> Iterator[Callable[[CouncilYear], None]]:
    """Takes each council-year when it is done: a bar on a terminal, and a line each."""
    number, width = sum(one.result == TO_DO for one in batch), len(str(len(batch)))
    done: list[CouncilYear] = []

    def line(one: CouncilYear) -> str:
        done.append(one)
        return f"  {len(done):>{width}}/{number}  {one.name}  {one.result}, {one.seconds:.1f} s"

    if not sys.stdout.isatty():
        yield lambda one: print(line(one), flush=True)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    ) as bars:
        bar = bars.add_task("Council-years", total=number)

        def tell(one: CouncilYear) -> None:
            bars.console.print(line(one), markup=False, highlight=False)
            bars.advance(bar)

        yield tell


def summary_table(results: Sequence[CouncilYear]) -> str:
    """A table of all, in the order asked for, then why each that failed did, and what this machine could not make."""
    rows = [
        SUMMARY_HEADINGS,
        *((one.council, one.year, one.result, f"{one.seconds:.1f}") for one in results),
    ]
    *widths, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    lines = [
        "  ".join(
            [
                *(cell.ljust(width) for cell, width in zip(row, widths, strict=False)),
                row[-1].rjust(7),
            ]
        )
        for row in rows
    ]
    failed = [one for one in results if one.result == FAILED]
    if failed:
        lines += [
            "",
            "Failed, each with what to do about it; the last good report of each is as it was:",
        ]
    for one in failed:
        lines += [
            "",
            f"{one.name}, in {one.workspace}",
            *(f"  {said}".rstrip() for said in str(one.problem).splitlines()),
        ]
    notices = dict.fromkeys(notice for one in results for notice in one.notices)
    return "\n".join([*lines, *(["", *notices] if notices else []), "", result_counts(results)])


def result_counts(results: Sequence[CouncilYear]) -> str:
    """How many became what: `18 made, 1 unchanged, 1 failed`."""
    numbers = Counter(one.result for one in results)
    return ", ".join(
        f"{numbers[result]} {result}"
        for result in (MADE, UNCHANGED, FAILED, NO_DATA)
        if numbers[result]
    )
