"""The reports of a council with several procedures, made side by side."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from operator import attrgetter
from pathlib import Path

from pipeline.inputs import check_words
from pipeline.joint.plan import PlannedReport
from pipeline.problem import Problem
from pipeline.run.batch.batch import FAILED, CouncilYear, run_all
from pipeline.run.batch.display import show_batch_progress
from pipeline.run.batch.executors import open_executor
from pipeline.run.chain import Progress
from pipeline.run.kernels import fork_server
from pipeline.run.snapshot import runs_at_once
from pipeline.system.imports import gc_paused
from pipeline.system.processes.children import SingleProcess
from pipeline.workflow import RunResources, make_report


def make_side_by_side(
    reports: Sequence[PlannedReport], force: bool, accepts_missing_formats: bool
) -> list[CouncilYear]:
    """What became of the reports of one run, in their order, each in a process of its own.

    The joint report is made of what the others have left, so it comes when all of them are there.
    If one has failed, there is none.
    Raises Problem, before the first is begun, for words and settings that would stop any of them.

    force: whether steps that are up to date run again.
    accepts_missing_formats: as in RunResources.
    """
    by_name = {report.settings.name: report for report in reports}
    make = partial(_make, by_name, force, accepts_missing_formats)
    batch = [
        CouncilYear(report.settings.workspace, report.settings.council.authority, name)
        for name, report in by_name.items()
    ]
    joint = [planned for planned in batch if by_name[planned.year].settings.is_joint]
    procedures = [planned for planned in batch if planned not in joint]
    by_report = attrgetter("year")
    # Before the executor starts it with all formats, most of which only the joint report needs.
    fork_server.start(fork_server.DRAFT_PRELOAD, reports[0].settings.council.disclosure.withholds)
    jobs = runs_at_once(reports[0].settings)
    with gc_paused():
        check_words(report.settings for report in reports)  # while the server imports
    with open_executor(jobs, None) as executor, show_batch_progress(batch) as on_finished:
        results = run_all(procedures, make, executor, on_finished, by_report)
        if all(finished.result != FAILED for finished in results):
            results += run_all(joint, make, executor, on_finished, by_report)
    return results


def combined_problem(results: Sequence[CouncilYear]) -> Problem | None:
    """One Problem for all reports that failed, None if none did.

    What is wrong in several reports, such as in a file that they share, comes once.
    """
    problems = {str(result.problem): result.problem for result in results if result.problem}
    first = next(iter(problems.values()), None)
    if first is None or len(problems) == 1:
        return first
    names = {
        text: ", ".join(result.year for result in results if str(result.problem) == text)
        for text in problems
    }
    texts = [f"{names[text]}: {text}" for text in problems]
    return Problem(
        kind=first.kind,
        where=", ".join(names.values()),
        what="\n\n".join([f"{len(texts)} different things stop these reports", *texts, ""]),
        remedy="Correct all of them, then give the same command again.",
    )


def _make(
    reports: Mapping[str, PlannedReport],
    force: bool,
    accepts_missing_formats: bool,
    workspace: Path,
    name: str,
) -> tuple[bool, list[str]]:
    """Make one of the reports: whether there was anything to make, and notices.

    Nothing else runs at the same time as the joint report, so a second process makes its Word file
    and its audit, of the figures of all procedures.
    """
    progress = Progress()
    report = reports[name]
    context = fork_server.start_method_context()
    is_joint = report.settings.is_joint
    with SingleProcess(context, gc.freeze) if is_joint else nullcontext() as second_process:
        resources = RunResources(
            pdf_context=context,
            documents_executor=second_process,
            with_word_check=False,
            accepts_missing_formats=accepts_missing_formats,
        )
        was_made = make_report(report.settings, report.options, progress, force, resources)
    return was_made, progress.notices
