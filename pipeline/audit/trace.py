"""`annual-report trace`: a number's rule, base, rows and uses in the report, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from bs4 import BeautifulSoup

from pipeline.artifacts import FROM_EXTRACTS, REPORT_PAGE
from pipeline.audit.evidence import Evidence, share_base
from pipeline.audit.uses import NumberUse, section_number, uses_in
from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.report import wording
from pipeline.report.number import Number
from pipeline.report.tables import with_shorthand
from pipeline.run.record import load_record
from pipeline.run.verify import changed_inputs, changed_outputs, changed_tables
from pipeline.settings import Settings

MAX_CHANGES = 5  # named in a warning


def trace_number(
    settings: Settings, figure: str, year: str | None, category: str, detail: str
) -> str:
    """All that is known about one number of a finished report.

    year: the number's year, by default the reported one.
    Raises Problem if there is no such number or no finished report.
    """
    evidence = Evidence(settings)
    number = evidence.number(figure, year, category, detail)
    lines = [
        *_warning_lines(settings),
        *_number_lines(number),
        *_evidence_lines(number, evidence),
        *_use_lines(number, _report_uses(settings)),
    ]
    return "\n".join(lines)


def trace_section(settings: Settings, section: str) -> str:
    """Every number printed in a section, with the command that traces it.

    section: its number, such as 2.5.
    Raises Problem if the report has no such section or no numbers in it.
    """
    uses = _report_uses(settings)
    section_uses = [use for use in uses if section_number(use.section) == section]
    if not section_uses:
        section_numbers = dict.fromkeys(section_number(use.section) for use in uses)
        choices = [number for number in section_numbers if number]
        hint = did_you_mean(section, choices)
        raise Problem(
            kind=Kind.SETTINGS,
            where="--section",
            what=f"the report has no numbers in a section {section}.{hint}",
            remedy=f"Use one of: {', '.join(choices)}.",
        )
    by_context: dict[tuple[str, str], list[NumberUse]] = {}
    for use in section_uses:
        by_context.setdefault((use.kind, use.context), []).append(use)
    lines = [*_warning_lines(settings), section_uses[0].section]
    for (kind, context), context_uses in by_context.items():
        lines += ["", f"  {kind}: {context}"]
        for use in context_uses:
            lines.append(f"    {use.printed:>10}  annual-report trace {_trace_arguments(use)}")
    return "\n".join(lines)


def _warning_lines(settings: Settings) -> Iterator[str]:
    """What is not as the run had it of the extracts, the tables and the page.

    A number, or the row that it leads to, may then be another.
    """
    try:
        record = load_record(settings.published_folder)
    except Problem as problem:
        yield f"warning: {problem.where}: {problem.what}"
        yield f"  Nothing tells whether {settings.tables_name} is what the report was made from."
        yield f"  → {problem.remedy}"
        yield ""
        return
    extracts = {extract.file.partition(" · ")[0] for extract in record.extracts}
    changes = [each for each in changed_inputs(settings, record) if each.name in extracts]
    changes += changed_tables(settings, record)
    changes += changed_outputs(settings, record, [REPORT_PAGE])
    if changes:
        yield "warning: this is not what the run record describes, so a number may be another"
        yield from (f"  {change}" for change in changes[:MAX_CHANGES])
        if len(changes) > MAX_CHANGES:
            yield f"  and {len(changes) - MAX_CHANGES} more: annual-report verify {settings.name}"
        yield f"  → Make the report again: annual-report run {settings.name}"
        yield ""


def _report_uses(settings: Settings) -> list[NumberUse]:
    report = settings.published_folder / REPORT_PAGE
    if not report.is_file():
        raise Problem(
            kind=Kind.NOTHING_TO_DO,
            where=str(settings.year),
            what="there is no HTML report in which to look for the number",
            remedy=f"Make it first: annual-report run {settings.name}",
        )
    return uses_in(BeautifulSoup(report.read_bytes(), "html.parser"))


def _number_lines(number: Number) -> Iterator[str]:
    figure = number.figure
    names = [name for name in (figure.title, number.category, number.detail) if name]
    yield f"{', '.join(names)}, {number.year}: {with_shorthand(number)}"
    yield f"  Figure    {figure.id}"
    yield f"  Rule      {figure.rule}"
    base = share_base(number)
    if base:
        yield f"  Share of  {figure.base}: {with_shorthand(base)}"


def _evidence_lines(number: Number, evidence: Evidence) -> Iterator[str]:
    withholding = evidence.decision(number)
    if withholding.rule:
        protected = f", and protects {withholding.protects}" if withholding.protects else ""
        yield f"  Withheld  {withholding.rule}{protected}"
    if number.once_published is not None:
        yield f"  Revised   {wording.numeral(number.once_published)} was published before"
    if number.source != FROM_EXTRACTS:
        yield f"  Source    {number.source or 'none: no extract was supplied for it'}"
        return
    rows = evidence.rows(number)
    row_count = evidence.row_count(number)
    yield f"  Rows      {row_count:,}"
    for row in rows:
        place = "the whole file" if row.row is None else f"row {row.row}"
        yield f"    {row.file}, {place}  {row.reference}".rstrip()
    if row_count > len(rows):
        yield f"    and {row_count - len(rows):,} more, in 3_aggregate/lineage.parquet"


def _use_lines(number: Number, uses: list[NumberUse]) -> Iterator[str]:
    places = dict.fromkeys(
        (use.section, use.kind, use.context) for use in uses if use.key == number.key
    )
    yield "  Printed in" if places else "  Printed   nowhere in the report"
    for section, kind, context in places:
        yield f"    {section}, {kind}: {context}"


def _trace_arguments(use: NumberUse) -> str:
    """What to type after `annual-report trace` for a number."""
    arguments = [use.key.figure]
    for option, value in (
        ("--year", use.key.year),
        ("--category", use.key.category),
        ("--detail", use.key.detail),
    ):
        if value:
            arguments.append(f'{option} "{value}"' if " " in value else f"{option} {value}")
    return " ".join(arguments)
