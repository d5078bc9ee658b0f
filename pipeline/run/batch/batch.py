"""Many councils, many years: each council-year runs in its own process, on any executor.

The years of one workspace follow one another, for a report reads what the earlier ones published.
Different workspaces run side by side. A failure is reported in its place and stops no other.
"""

from __future__ import annotations

import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, replace
from multiprocessing import active_children
from operator import attrgetter
from pathlib import Path

from pipeline.problem import Kind, Problem
from pipeline.run.batch.worker import run_in_subprocess
from pipeline.settings import load_council, years_in
from pipeline.system.errors import internal_problem, machine_problem
from pipeline.system.processes.signals import raise_if_stop_requested
from pipeline.year import Year

# The results of a council-year.
TO_DO = "to do"
MADE = "made"
UNCHANGED = "unchanged"
FAILED = "failed"
NO_DATA = "no data"
STOP_POLL_SECONDS = 0.1  # between two looks at processes that were told to stop
# Makes one council-year: whether there was anything to make, and notices.
MakeReport = Callable[[Path, str], tuple[bool, list[str]]]


@dataclass(frozen=True)
class CouncilYear:
    """One report of a batch, and its result.

    council: its name in the settings.
    year: with its procedure, as in `2025-26/adult`, if it is the report of one of several; "" if
        the whole workspace is at fault.
    problem: why it failed.
    trace: the traceback of an error that is no Problem.
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
    """The years of `2019-20:2023-24`, or of a single `2021-22`, oldest first.

    Raises Problem for anything else.
    """
    first, _, last = text.partition(":")
    try:
        first_year = Year.parse(first)
        last_year = Year.parse(last or first)
    except ValueError as error:
        raise Problem(
            kind=Kind.SETTINGS,
            where="--years",
            what=str(error),
            remedy="Give the first and the last, such as 2019-20:2023-24.",
        ) from None
    if last_year < first_year:
        raise Problem(
            kind=Kind.SETTINGS,
            where="--years",
            what=f"{last_year} is before {first_year}",
            remedy=f"Give the first one first: {last_year}:{first_year}.",
        )
    return list(last_year.window(last_year.starts - first_year.starts + 1))


def council_years(workspaces: Iterable[Path], years: Sequence[Year] | None) -> list[CouncilYear]:
    """The council-years of a batch: workspaces in the order given, each once, its years in order.

    years: the years to make, or None for all years of each workspace. A year that a workspace
    does not have has no data.
    """
    planned: list[CouncilYear] = []
    for workspace in dict.fromkeys(path.resolve() for path in workspaces):
        planned += _years_of_workspace(workspace, years)
    return planned


def _years_of_workspace(workspace: Path, years: Sequence[Year] | None) -> Iterator[CouncilYear]:
    """A workspace's council-years; a single failed one if its settings cannot be read."""
    try:
        council = load_council(workspace).authority
        available_years = years_in(workspace)
        if not available_years:
            raise Problem(
                kind=Kind.NOTHING_TO_DO,
                where="data/raw",
                what="there is no year here yet",
                remedy=(
                    f"Start one with: annual-report new 2021-22 --workspace {workspace} (or "
                    "another year)."
                ),
            )
    except Problem as problem:
        yield CouncilYear(workspace, workspace.name, "", FAILED, problem=problem)
        return
    for year in available_years if years is None else years:
        result = TO_DO if year in available_years else NO_DATA
        yield CouncilYear(workspace, council, str(year), result)


def run_all(
    batch: Sequence[CouncilYear],
    make: MakeReport,
    executor: Executor,
    on_finished: Callable[[CouncilYear], None],
    queue_of: Callable[[CouncilYear], Path | str] = attrgetter("workspace"),
) -> list[CouncilYear]:
    """The batch with its results, in the same order, after making all that is to do.

    make: must be importable where the executor runs it.
    on_finished: takes each council-year when it is done.
    queue_of: the queue of a council-year; those of one queue follow one another.
    """
    results = {(planned.workspace, planned.year): planned for planned in batch}
    queues: dict[Path | str, deque[CouncilYear]] = {}
    for council_year in batch:
        if council_year.result == TO_DO:
            queues.setdefault(queue_of(council_year), deque()).append(council_year)
    running: dict[Future[CouncilYear], CouncilYear] = {}

    def submit_next(queue: deque[CouncilYear]) -> None:
        if queue:
            council_year = queue.popleft()
            future = executor.submit(run_in_subprocess, attempt, make, council_year)
            running[future] = council_year

    try:
        for queue in queues.values():
            submit_next(queue)
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                finished = _outcome(future, running.pop(future))
                results[finished.workspace, finished.year] = finished
                on_finished(finished)
                submit_next(queues[queue_of(finished)])
            raise_if_stop_requested()
    finally:
        _stop_running(running)
    return list(results.values())


def attempt(make: MakeReport, council_year: CouncilYear) -> CouncilYear:
    """A council-year with its result, whether it could be made or not."""
    start = time.perf_counter()
    try:
        was_made, notices = make(council_year.workspace, council_year.year)
        result = MADE if was_made else UNCHANGED
        finished = replace(council_year, result=result, notices=tuple(notices))
    except Problem as problem:
        finished = replace(council_year, result=FAILED, problem=problem)
    except Exception as error:
        finished = _failed(council_year, error, "".join(traceback.format_exception(error)))
    return replace(finished, seconds=round(time.perf_counter() - start, 2))


def _failed(council_year: CouncilYear, error: BaseException, trace: str) -> CouncilYear:
    """A council-year that failed with an error; the trace is kept if the machine is not at fault.

    It becomes a Problem in `_outcome`: only the process that prints the summary can put the trace
    into a file that the user will find.
    """
    problem = machine_problem(error, council_year.workspace, council_year.year)
    return replace(council_year, result=FAILED, problem=problem, trace="" if problem else trace)


def _outcome(future: Future[CouncilYear], council_year: CouncilYear) -> CouncilYear:
    """A council-year with its result, or with the reason why the executor returned none."""
    if future.cancelled():
        problem = Problem(
            kind=Kind.MACHINE,
            where="--scheduler",
            what="the cluster does not answer any more",
            remedy=(
                "Check that it is running, then give the same command again: reports that are "
                "up to date are not made again."
            ),
        )
        return replace(council_year, result=FAILED, problem=problem)
    error = future.exception()
    finished = _failed(council_year, error, repr(error)) if error else future.result()
    if finished.result == FAILED and not finished.problem:
        message = finished.trace.strip().splitlines()[-1]
        return replace(finished, problem=internal_problem(message, finished.trace))
    return finished


def _stop_running(futures: Iterable[Future[CouncilYear]]) -> None:
    """Stop what is still running on this machine; a cluster's workers finish what they began."""
    running = [future for future in futures if not future.cancel() and not future.done()]
    while running:
        for process in active_children():
            process.terminate()
        running = list(wait(running, STOP_POLL_SECONDS).not_done)
