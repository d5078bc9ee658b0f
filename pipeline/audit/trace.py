"""`annual-report trace`: a number's rule, base and rows, and where the report says it, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from bs4 import BeautifulSoup

from pipeline.audit.evidence import Evidence, share_base
from pipeline.audit.uses import NumberUse, section_number, uses_in
from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.report import wording
from pipeline.report.figures import Number
from pipeline.report.tables import with_shorthand
from pipeline.settings import Settings


def trace_number(
    settings: Settings, figure: str, year: str | None, category: str, detail: str
) -> str:
    """All that is known of one number of a finished report. year: of the number, by default the reported one."""
    evidence = Evidence(settings)
    number = evidence.number(figure, year, category, detail)
    return "\n".join(
        [
            *_number_lines(number),
            *_evidence_lines(number, evidence),
            *_use_lines(number, _report_uses(settings)),
        ]
    )


def trace_section(settings: Settings, section: str) -> str:
    """Every number printed in a section, with its figure, so that one can be asked for."""
    uses = _report_uses(settings)
    here = [use for use in uses if section_number(use.section) == section]
    if not here:
        numbers = [
            number
            for number in dict.fromkeys(section_number(use.section) for use in uses)
            if number
        ]
        raise Problem(
            Kind.SETTINGS, "--section", f"the report has no numbers in a section {section}.{did_you_mean(section, numbers)}",
            f"Use one of: {', '.join(numbers)}.",
        )  # fmt: skip
    lines = [here[0].section]
    for words_of_it in dict.fromkeys((use.kind, use.context) for use in here):
        lines += ["", f"  {words_of_it[0]}: {words_of_it[1]}"]
        lines += [
            f"    {use.printed:>10}  annual-report trace {_trace_arguments(use)}"
            for use in here
            if (use.kind, use.context) == words_of_it
        ]
    return "\n".join(lines)


def _report_uses(settings: Settings) -> list[NumberUse]:
    report = settings.published_folder / "annual-report.html"
    if not report.is_file():
        raise Problem(
            Kind.NOTHING_TO_DO, str(settings.year), "there is no report as HTML to look for the number in",
            f"Make it first: annual-report run {settings.year}",
        )  # fmt: skip
    return uses_in(BeautifulSoup(report.read_bytes(), "html.parser"))


def _number_lines(number: Number) -> Iterator[str]:
    figure = number.figure
    yield f"{', '.join(filter(None, [figure.title, number.category, number.detail]))}, {number.year}: {with_shorthand(number)}"
    yield f"  Figure    {figure.id}"
    yield f"  Rule      {figure.rule}"
    if base := share_base(number):
        yield f"  Share of  {figure.base}: {with_shorthand(base)}"


def _evidence_lines(number: Number, evidence: Evidence) -> Iterator[str]:
    rule, protects = evidence.decision(number)
    if rule:
        yield f"  Withheld  {rule}{f', and protects {protects}' if protects else ''}"
    if number.before_revision.known:
        yield f"  Revised   {wording.numeral(number.once_published)} was published before"
    if number.source != "extracts":
        yield f"  Source    {number.source or 'none: nothing was supplied to make it of'}"
        return
    rows, number_of_rows = evidence.rows(number), evidence.row_count(number)
    yield f"  Rows      {number_of_rows:,}"
    for row in rows:
        yield f"    {row.file}, {'the whole file' if row.row is None else f'row {row.row}'}  {row.reference}".rstrip()
    if number_of_rows > len(rows):
        yield f"    and {number_of_rows - len(rows):,} more, in 3_aggregate/lineage.parquet"


def _use_lines(number: Number, uses: list[NumberUse]) -> Iterator[str]:
    here = list(
        dict.fromkeys((use.section, use.kind, use.context) for use in uses if use.key == number.key)
    )
    yield "  Said in" if here else "  Said in   no place of the report"
    yield from (f"    {section}, {kind}: {said}" for section, kind, said in here)


def _trace_arguments(use: NumberUse) -> str:
    figure, year, category, detail = use.key
    given = [("--year", year), ("--category", category), ("--detail", detail)]
    return " ".join(
        [
            figure,
            *(
                f'{name} "{said}"' if " " in said else f"{name} {said}"
                for name, said in given
                if said
            ),
        ]
    )
