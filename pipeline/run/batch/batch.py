"""Many councils, many years: each council-year in a process of its own, by whatever `concurrent.futures.Executor` there is.

The years of one workspace follow one another, for a report reads what the earlier ones published; different workspaces go side by
side. What fails is told in its place, and stops no other.
"""

from __future__ import annotations

import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, replace
from multiprocessing import active_children
from pathlib import Path

from pipeline.problem import Kind, Problem
from pipeline.run.batch.worker import run_in_subprocess
from pipeline.settings import load_council, years_in
from pipeline.system.errors import internal_problem, machine_problem
from pipeline.year import Year

TO_DO, MADE, UNCHANGED, FAILED, NO_DATA = "to do", "made", "unchanged", "failed", "no data"
POLL_SECONDS = 0.1  # seconds between two looks at what is told to end
MakeReport = Callable[
    [Path, str], tuple[bool, list[str]]
]  # one council-year: whether there was anything to make, and notices


@dataclass(frozen=True)
class CouncilYear:
    """One report of a batch, and what became of it.

    council: as its settings name it. year: empty where the whole workspace is at fault. problem: why it failed. trace: of an
    error that is no Problem.
    """

    workspace: Path
    council: str
    year: str
    result: str = TO_DO
    seconds: float = 0
    problem: Problem | None = None
    trace: str = ""
    notices: tuple[str, ...] = ()

    @property
    def report_folder(self) -> Path:
        return self.workspace / "reports" / self.year

    @property
    def name(self) -> str:
        return ", ".join(filter(None, (self.council, self.year)))


def parse_year_range(text: str) -> list[Year]:
    """The years of `2019-20:2023-24`, or of a single `2021-22`."""
    first, _, last = text.partition(":")
    try:
        begin, end = Year.parse(first), Year.parse(last or first)
    except ValueError as error:
        raise Problem(
            Kind.SETTINGS,
            "--years",
            str(error),
            "Give the first and the last, such as 2019-20:2023-24.",
        ) from None
    if end < begin:
        raise Problem(
            Kind.SETTINGS,
            "--years",
            f"{end} is before {begin}",
            f"Give the first one first: {end}:{begin}.",
        )
    return end.window(end.starts - begin.starts + 1)


def council_years(workspaces: Iterable[Path], years: Sequence[Year] | None) -> list[CouncilYear]:
    """What a batch is about, in the order given, each workspace once and its years oldest first.

    years: those asked for; without them, all that a workspace holds. A year that it does not hold has no data.
    """
    return [
        one
        for workspace in dict.fromkeys(path.resolve() for path in workspaces)
        for one in _years_of_workspace(workspace, years)
    ]


def _years_of_workspace(workspace: Path, years: Sequence[Year] | None) -> Iterator[CouncilYear]:
    try:
        council, held = load_council(workspace).authority, years_in(workspace)
        if not held:
            how = f"Begin one with: annual-report new 2021-22 --workspace {workspace}, or whichever year it is."
            raise Problem(Kind.NOTHING_TO_DO, "data/raw", "holds no year yet", how)
    except Problem as problem:
        yield CouncilYear(workspace, workspace.name, "", FAILED, problem=problem)
        return
    for year in held if years is None else years:
        yield CouncilYear(workspace, council, str(year), TO_DO if year in held else NO_DATA)


def run_all(
    batch: Sequence[CouncilYear],
    make: MakeReport,
    executor: Executor,
    on_finished: Callable[[CouncilYear], None],
) -> list[CouncilYear]:
    """Make what is to do; the same list with what became of each. make: must be importable where it is run.

    tell: takes each when it is done.
    """
    results = {(one.workspace, one.year): one for one in batch}
    waiting: dict[Path, deque[CouncilYear]] = {}
    for one in batch:
        if one.result == TO_DO:
            waiting.setdefault(one.workspace, deque()).append(one)
    under_way: dict[Future[CouncilYear], CouncilYear] = {}

    def next_of(workspace: Path) -> None:
        if waiting[workspace]:
            one = waiting[workspace].popleft()
            under_way[executor.submit(run_in_subprocess, attempt, make, one)] = one

    try:
        for workspace in waiting:
            next_of(workspace)
        while under_way:
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                one = under_way.pop(future)
                done = _outcome(future, one)
                results[one.workspace, one.year] = done
                on_finished(done)
                next_of(one.workspace)
    finally:
        _stop_running(under_way)
    return list(results.values())


def attempt(make: MakeReport, council_year: CouncilYear) -> CouncilYear:
    """Make one, whatever becomes of it."""
    begun = time.perf_counter()
    try:
        made, notices = make(council_year.workspace, council_year.year)
        done = replace(council_year, result=MADE if made else UNCHANGED, notices=tuple(notices))
    except Exception as error:
        problem = (
            error
            if isinstance(error, Problem)
            else machine_problem(error, council_year.workspace, council_year.year)
        )
        # Only whoever reads the summary can keep the traceback where it can be found.
        trace = "" if problem else "".join(traceback.format_exception(error))
        done = replace(council_year, result=FAILED, problem=problem, trace=trace)
    return replace(done, seconds=round(time.perf_counter() - begun, 2))


def _outcome(future: Future[CouncilYear], council_year: CouncilYear) -> CouncilYear:
    """What the executor gave back, or why it gave back nothing."""
    if future.cancelled():
        how = "See that it is running, then give the same command once more: what is made is not made again."
        return replace(
            council_year,
            result=FAILED,
            problem=Problem(Kind.MACHINE, "--scheduler", "the cluster is no longer there", how),
        )
    if error := future.exception():
        done = replace(
            council_year,
            result=FAILED,
            problem=machine_problem(error, council_year.workspace, council_year.year),
            trace=repr(error),
        )
    else:
        done = future.result()
    if done.result == FAILED and not done.problem:
        return replace(
            done, problem=internal_problem(done.trace.strip().splitlines()[-1], done.trace)
        )
    return done


def _stop_running(futures: Iterable[Future]) -> None:
    """End what is still under way here; what a cluster's worker has begun, it finishes."""
    running = [future for future in futures if not future.cancel()]
    while running := [future for future in running if not future.done()]:
        for process in active_children():
            process.terminate()
        wait(running, POLL_SECONDS)
