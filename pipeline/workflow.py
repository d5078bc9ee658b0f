"""Where the rooms are put together to make a report: the chain is handed the documents, and these the gate and the audit.

Each function imports what it needs when it is called, so that a command that makes nothing is quick.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.problem import Kind, Problem, did_you_mean

if TYPE_CHECKING:
    import nbformat

    from pipeline.settings import Settings

MAX_WARNINGS_PER_RULE = 3  # of the warnings of one rule
LOCK_WAIT_SECONDS = 120  # seconds that a batch waits for another run of a year, such as that of a cluster's worker that was lost


def run_options(settings, formats: str | None, final: bool):
    """What a run is asked for."""
    from pipeline.run.record import RunOptions

    return RunOptions(year=str(settings.year), formats=parse_formats(formats), final=final)


def parse_formats(formats: str | None) -> list[str]:
    """The formats named, or all; a Problem for one that there is not."""
    from pipeline.artifacts import FORMATS

    wanted = (
        FORMATS
        if formats is None
        else [name.strip() for name in formats.split(",") if name.strip()]
    )
    for name in wanted or [""]:
        if name not in FORMATS:
            raise Problem(Kind.SETTINGS, "--formats", f'"{name}" is not a format.{did_you_mean(name, list(FORMATS))}',
                          f"Use one or more of: {', '.join(FORMATS)}.")  # fmt: skip
    return list(wanted)


def make_report(
    settings,
    options,
    progress,
    force: bool = False,
    lock_wait_seconds: float = 0,
    kernels=None,
    executor=None,
    audit: bool = True,
) -> bool:
    """Make a report, or find that there is nothing to make: here the chain is handed the documents, and these the gate.

    executor: where the PDF is made, if not in a process of its own.
    """
    from contextlib import nullcontext
    from functools import partial

    from pipeline.report.documents.pdf import pdf_process, preload_pdf_libraries
    from pipeline.run import chain

    with nullcontext(executor) if executor else pdf_process() as process:

        def imported():
            if "pdf" in options.formats:
                process.submit(preload_pdf_libraries)
            from pipeline.audit.site import build_audit_site
            from pipeline.release.personal_data import must_hold_nothing_personal

            import_documents()

            return partial(
                documents, formats=options.formats, process=process, tell=progress.notices.append, final=options.final,
                gate=must_hold_nothing_personal, audit=build_audit_site if audit else lambda *_: {},
            )  # fmt: skip

        return chain.run(settings, imported, progress, options, force, lock_wait_seconds, kernels)


def make_council_year(
    workspace: Path, year: str, formats: str | None, force: bool
) -> tuple[bool, list[str]]:
    """One report of a batch: whether there was anything to make, and notices. It is final where it was before."""
    from concurrent.futures import ThreadPoolExecutor

    from pipeline.run.chain import Progress
    from pipeline.run.record import last_run_options
    from pipeline.settings import load_settings

    settings, progress = load_settings(workspace, year), Progress()
    before = last_run_options(settings.published_folder)
    asked = run_options(settings, formats, before is not None and before.final)
    if asked.final:
        check_warnings_accepted(settings)
    with ThreadPoolExecutor(1) as here:  # the other cores have years of their own
        return make_report(
            settings, asked, progress, force, lock_wait_seconds=LOCK_WAIT_SECONDS, executor=here
        ), progress.notices


def check_warnings_accepted(settings) -> None:
    """Raise a Problem for warnings that nobody has accepted, with a reason and a name, in report.yaml."""
    from pipeline.report.narrative.claims import CLAIMS_RULE, unsupported_claims
    from pipeline.validate import check as checked

    warnings = [
        (one.rule, f"{one.place}: {one.what}")
        for one in checked(settings).findings
        if one.severity == "warning"
    ]
    warnings += [(CLAIMS_RULE, f"{one.where}: {one.what}") for one in unsupported_claims(settings)]
    accepted = {one.rule for one in settings.report.accepted_warnings}
    left: dict[str, list[str]] = {}
    for rule, said in warnings:
        if rule not in accepted:
            left.setdefault(rule, []).append(f"    {said}")
    if left:
        listed = []
        for rule, of_this in left.items():
            more = (
                [f"    and {len(of_this) - MAX_WARNINGS_PER_RULE:,} more"]
                if len(of_this) > MAX_WARNINGS_PER_RULE
                else []
            )
            listed += [f"  {rule}", *of_this[:MAX_WARNINGS_PER_RULE], *more]
        raise Problem(
            Kind.DATA, f"data/raw/{settings.year}/report.yaml",
            f"{sum(map(len, left.values())):,} warnings are not accepted, so this report is not final\n" + "\n".join(listed),
            "Put each right, or accept it under accepted_warnings: a list of rule, reason and name. All are listed by: "
            f"annual-report check {settings.year}",
        )  # fmt: skip


def documents(
    notebooks: Mapping[str, nbformat.NotebookNode],
    settings: Settings,
    formats: Collection[str],
    process: Executor,
    tell: Callable[[str], None],
    final: bool,
    gate: Callable[[str, dict[str, bytes], Settings], None],
    audit: Callable[[str, Mapping[str, nbformat.NotebookNode], Settings], dict[str, bytes]],
) -> dict[str, bytes]:
    """The report's files by name, of the formats asked for.

    notebooks: the executed ones, by step. process: where the PDF is made. tell: takes a sentence for each format that this
    machine cannot make. gate: raises a Problem where the page, or a file made, holds what must not be published. audit: makes
    what is for the auditor's eyes alone, and is not shown to the gate.
    """
    import gc
    from functools import partial

    from pipeline.artifacts import FormatUnavailable
    from pipeline.release.disclosure_attack import must_not_give_away
    from pipeline.release.page_faults import must_pass
    from pipeline.report.documents.html import render_html
    from pipeline.report.documents.open_data import open_data_files
    from pipeline.report.documents.pdf import render_pdf
    from pipeline.report.documents.word import render_word

    gc.freeze()  # all that is loaded by now stays: to look it through again and again takes a sixth of the time of the documents
    notebook = notebooks["4_report"]
    html = render_html(notebook, settings, final)
    must_pass(html, "annual-report.html")
    made = {"annual-report.html": html.encode("utf-8")} if "html" in formats else {}
    making: dict[str, Callable[[], bytes]] = {}
    if "pdf" in formats:
        making["annual-report.pdf"] = process.submit(render_pdf, html).result
    if "docx" in formats:
        making["annual-report.docx"] = partial(render_word, html, notebook, settings, final)
    if "data" in formats:
        made |= open_data_files(settings)
    for_the_auditor = audit(html, notebooks, settings)
    for name, make in reversed(making.items()):  # the PDF last: it is being made meanwhile
        try:
            made[name] = make()
        except FormatUnavailable as lacking:
            tell(str(lacking))
    must_not_give_away(html, made, settings)
    gate(html, made, settings)
    return made | for_the_auditor


def import_documents() -> None:
    """Import what makes the report's files, while the notebooks run."""
    import pipeline.release.disclosure_attack
    import pipeline.release.page_faults
    import pipeline.report.documents.html
    import pipeline.report.documents.open_data
    import pipeline.report.documents.pdf
    import pipeline.report.documents.word  # noqa: F401
