"""The audit pack: a small site beside the report, in which every number leads to its rule and its rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape, unescape

import nbformat
import pandas as pd
from bs4 import BeautifulSoup

from pipeline.aggregate import store as aggregated
from pipeline.aggregate.store import load_decisions
from pipeline.artifacts import Cell
from pipeline.audit.evidence import Evidence, base_of
from pipeline.audit.notebooks import as_html
from pipeline.audit.pages import PAGES, WARNING, Frame, grid, heading, link, listed, paragraph
from pipeline.audit.uses import Use, uses_in
from pipeline.report import wording
from pipeline.report.documents.parsed import parsed
from pipeline.report.figures import Number, PublishedFigure
from pipeline.report.narrative.claims import unsupported
from pipeline.report.tables import table, with_shorthand
from pipeline.settings import Settings
from pipeline.validate import store as validated

FIGURES, FINDINGS = (
    "figures.csv",
    "findings.csv",
)  # as the steps made them, for who compares this report with another
NUMBER = re.compile(r'<data (?=[^>]*data-figure=")[^>]*>.*?</data>', re.DOTALL)
OF_NUMBER = re.compile(r'data-(figure|year|category|detail)="([^"]*)"')


def pack(
    page: str, notebooks: Mapping[str, nbformat.NotebookNode], settings: Settings
) -> dict[str, bytes]:
    """The site's files by name, all below `audit/`.

    page: the report as HTML. notebooks: the executed ones, by step. settings: with what the steps made.
    """
    frame, evidence, read = Frame(settings), Evidence(settings), parsed(page)
    uses = uses_in(read)
    anchors = _anchors(evidence)
    bodies = {
        "index.html": _start(settings, evidence), "inputs.html": _inputs(settings), "findings.html": _findings(settings),
        "reconciliation.html": _reconciliation(settings), "figures.html": _figures(evidence), "stated.html": _stated(read),
        "disclosure.html": _disclosure(settings), "revisions.html": _revisions(evidence), "checklist.html": _checklist(settings),
        "decisions.html": _decisions(settings), "notebooks.html": _notebooks(notebooks),
    }  # fmt: skip
    made = {
        name: frame.page(name, PAGES[name] if name != "index.html" else "Audit", body)
        for name, body in bodies.items()
    }
    for id in evidence.published:
        figure = evidence.published[id]
        made[f"figures/{id}.html"] = frame.page(
            f"figures/{id}.html", figure.title, _figure(figure, evidence, uses, anchors)
        )
    for step, notebook in notebooks.items():
        made[f"notebooks/{step}.html"] = frame.page(
            f"notebooks/{step}.html", f"{_name_of(step)}: the notebook as it ran", as_html(notebook)
        )
    made["annual-report.html"] = _linked(page, anchors).encode("utf-8")
    made[FIGURES] = (settings.processed / aggregated.STEP / aggregated.FIGURES).read_bytes()
    made[FINDINGS] = (settings.processed / validated.STEP / "findings.csv").read_bytes()
    return {f"audit/{name}": content for name, content in made.items()}


def _start(settings: Settings, evidence: Evidence) -> str:
    findings, supplied = validated.load_findings(settings), validated.load_supplied(settings)
    counted = findings["severity"].value_counts()
    withheld, revisions = len(load_decisions(settings)), len(evidence.published.revisions)
    rows = [
        ("What", f"{settings.report.subject}, {settings.council.authority}, {settings.year}", "annual-report.html"),
        ("On what", f"{int(supplied['rows'].sum()):,} rows of {int((supplied['supplied'] == 'yes').sum())} extracts, as at "
         f"{wording.day(settings.report.data_as_at)}", "inputs.html"),
        ("Findings", ", ".join(f"{name}: {number}" for name, number in counted.items()) or "none", "findings.html"),
        ("Rows", _left_out(settings), "reconciliation.html"),
        ("Figures", f"{len(list(evidence.published))}, each with its rule and its rows", "figures.html"),
        ("Small numbers", f"{settings.council.disclosure.policy}; {withheld} numbers withheld", "disclosure.html"),
        ("Revisions", f"{revisions} numbers differ from what was published before", "revisions.html"),
        ("Claims without a figure", f"{len(unsupported(settings))} in the commentary", "decisions.html"),
    ]  # fmt: skip
    shown = [(escape(name), [escape(said), link(to, PAGES[to])]) for name, said, to in rows]
    return (
        paragraph("What the report was made of, what was found in it, and what was decided. Each number leads to its rows.")
        + table("Is it sound?", ["Question", "Answer", "More"], shown)
        + heading("How to distrust it", "distrust")
        + "<ul><li>Take any number in " + link("annual-report.html", "the report") + ", and follow it to its rows.</li>"
        "<li>Count those rows in the extract itself: file and row number are beside each.</li>"
        f"<li><code>annual-report verify {settings.year}</code> hashes every input and output, and makes the report again.</li>"
        f"<li><code>annual-report diff {settings.year}</code> says what changed since the report that this one replaced.</li>"
        "<li>run.json beside this page has the hashes, the versions, the settings and the times; ro-crate-metadata.json says it "
        "to programs.</li></ul>"
    )  # fmt: skip


def _left_out(settings: Settings) -> str:
    account = _reconciled(settings)
    kept, read = (
        int(account.loc[account["rule"] == rule, "rows"].sum()) for rule in ("rows kept", "rows in")
    )
    return (
        f"{kept:,} of {read:,} rows kept, the others left out by named rules"
        if kept < read
        else f"all {read:,} rows kept"
    )


def _reconciled(settings: Settings) -> pd.DataFrame:
    return pd.read_csv(settings.processed / "2_clean" / "reconciliation.csv")


def _inputs(settings: Settings) -> str:
    read = pd.read_csv(settings.processed / "1_validate" / "sources.csv", dtype="str")
    rows = [(one.file, one.extract, one.year, one.rows, one.columns) for one in read.itertuples()]
    absent = validated.load_supplied(settings).query("supplied == 'no'")
    return (
        paragraph("Every file, or sheet of a workbook, that rows were read from. The SHA-256 of each file is in run.json.")
        + listed("Files read", ["File", "Extract", "Year", "Rows", "Columns"], rows, "No file was read.")
        + listed("Extracts that were not handed over", ["Extract", "Year"], zip(absent["extract"], absent["year"], strict=True),
                 "Every extract was handed over.")
    )  # fmt: skip


def _findings(settings: Settings) -> str:
    found = validated.load_findings(settings)
    rows = [
        (one.severity, one.file, one.row, one.rule, one.what, one.remedy)
        for one in found.itertuples()
    ]
    return paragraph(
        "Values of personal columns are masked. All of it as a table: findings.csv beside this page."
    ) + listed(
        "Findings",
        ["Severity", "File", "Row", "Rule", "What", "What to do"],
        rows,
        "Nothing was found.",
    )


def _reconciliation(settings: Settings) -> str:
    clean = settings.processed / "2_clean"
    rows, columns = (
        pd.read_csv(clean / "dropped_rows.csv"),
        pd.read_csv(clean / "dropped_columns.csv"),
    )
    return (
        listed(
            "Rows of each extract",
            ["Extract", "Rule", "Rows"],
            _reconciled(settings).itertuples(index=False),
            "No rows.",
        )
        + listed(
            "Rows left out",
            ["Extract", "Rule", "Year", "File", "Row"],
            rows.itertuples(index=False),
            "No row was left out.",
        )
        + listed(
            "Columns left out",
            ["Extract", "Column", "Reason"],
            columns.itertuples(index=False),
            "No column was left out.",
        )
    )


def _figures(evidence: Evidence) -> str:
    rows = [
        (
            link(f"figures/{id}.html", evidence.published[id].title),
            [escape(id), escape(evidence.published[id].rule)],
        )
        for id in evidence.published
    ]
    return table("Every figure and how it is made", ["Figure", "Id", "Rule"], rows)


def _figure(
    figure: PublishedFigure, evidence: Evidence, uses: list[Use], anchors: Mapping[Cell, str]
) -> str:
    body = paragraph(figure.rule)
    if figure.base:
        base = evidence.published[figure.base]
        body += f"<p>Shares are of {link(f'{figure.base}.html', base.title)}.</p>"
    numbers = [number for year in reversed(figure.door.window) for number in figure.numbers(year)]
    rows = [
        (f'<span id="{anchors[number.cell]}">{escape(_named(number))}</span>', [
            f"<time>{number.year}</time>", with_shorthand(number),
            with_shorthand(base) if (base := base_of(number)) else "", f"{evidence.count(number):,}",
            escape(number.source), escape(evidence.decision(number)[0]),
        ])
        for number in numbers
    ]  # fmt: skip
    body += grid(
        "Its numbers",
        ["Category", "Year", "Number", "Of", "Rows", "From", "Withheld because"],
        rows,
    )
    here = dict.fromkeys(
        (use.section, use.kind, use.words) for use in uses if use.cell[0] == figure.id
    )
    body += listed(
        "Where the report says it", ["Section", "As", "Words"], here, "The report says it nowhere."
    )
    named = [
        (str(number.year), _named(number), row.file, row.row or "the whole file", row.reference)
        for number in numbers for row in evidence.rows(number)
    ]  # fmt: skip
    return body + listed(
        "The rows it is made of",
        ["Year", "Category", "File", "Row", "Reference"],
        named,
        "No rows of an extract.",
    )


def _named(number: Number) -> str:
    return ", ".join(filter(None, [number.category, number.detail])) or "all"


def _anchors(evidence: Evidence) -> dict[Cell, str]:
    """Where each number stands on its figure's page."""
    return {
        number.cell: f"n{place}"
        for id in evidence.published for place, number in enumerate(evidence.published[id].of_all_years)
    }  # fmt: skip


def _linked(page: str, anchors: Mapping[Cell, str]) -> str:
    """The report in the auditor's edition: each number leads to its place among its figure's."""

    def lead(found: re.Match) -> str:
        held = {
            name: unescape(value) for name, value in OF_NUMBER.findall(found[0].partition(">")[0])
        }
        cell = (held["figure"], held["year"], held.get("category", ""), held.get("detail", ""))
        return f'<a href="figures/{cell[0]}.html#{anchors[cell]}">{found[0]}</a>'

    linked = NUMBER.sub(lead, page)
    back = f'<p class="draft">{escape(WARNING)}. <a href="index.html" style="color:inherit">To the start of the audit</a></p>'
    return linked.replace("<header>", f"<header>\n{back}", 1)


def _stated(page: BeautifulSoup) -> str:
    found = page.find_all("data", attrs={"data-stated": True})
    rows = [(tag.get_text(), tag["data-stated"]) for tag in found]
    return paragraph(
        "Numbers that a person states, because no extract holds them, with where they have it from."
    ) + listed(
        "Numbers stated",
        ["Number", "Evidence"],
        rows,
        "No number in the report is stated by a person.",
    )


def _disclosure(settings: Settings) -> str:
    policy = settings.council.disclosure
    rules = [
        (name, value if isinstance(value, str | int) else ", ".join(value))
        for name, value in policy
    ]
    rows = load_decisions(settings).itertuples(index=False)
    return listed("The council's policy", ["Setting", "Value"], rules, "") + listed(
        "Numbers withheld",
        ["Figure", "Year", "Category", "Detail", "Rule", "Protects"],
        rows,
        "No number was withheld.",
    )


def _revisions(evidence: Evidence) -> str:
    rows = [
        (one.figure.title, one.year, one.category, one.once_published, one.value) for one in evidence.published.revisions
    ]  # fmt: skip
    return listed("Numbers that were published otherwise", ["Figure", "Year", "Category", "Published", "Now"], rows,
                  "No number differs from what was published before.")  # fmt: skip


def _checklist(settings: Settings) -> str:
    found = pd.read_csv(settings.processed / "1_validate" / "checklist.csv", keep_default_na=False)
    return listed("What the guidance asks an annual report to say", ["Number", "Asked for", "In the sections", "From", "Missing"],
                  found.itertuples(index=False), "")  # fmt: skip


def _decisions(settings: Settings) -> str:
    council, report = settings.council, settings.report
    rows = [("Small numbers", council.disclosure.reason, "")]
    rows += [
        ("Break in a series", f"{one.figure} from {one.from_year}: {one.note}", "")
        for one in council.series_breaks
    ]
    rows += [
        ("Warning accepted", f"{one.rule}: {one.reason}", one.name)
        for one in report.accepted_warnings
    ]
    rows += [
        ("Name allowed", f"{one.words}: {one.reason}", one.name) for one in report.allowed_names
    ]
    limits = [(name.replace("_", " "), f"{value} working days" if isinstance(value, int) else value)
              for name, value in council.time_limits]  # fmt: skip
    rows += [("Time limit", f"{name}: {value}", "") for name, value in limits]
    claims = [(one.where, one.what) for one in unsupported(settings)]
    return listed("Decided", ["What", "How", "By whom"], rows, "") + listed(
        "Claims in the commentary that no figure carries",
        ["Where", "What"],
        claims,
        "No claim in the commentary lacks its figure.",
    )


def _name_of(step: str) -> str:
    """Validate, of 1_validate."""
    return step.partition("_")[2].capitalize()


def _notebooks(notebooks: Mapping[str, nbformat.NotebookNode]) -> str:
    said: Iterator[str] = (
        f"<li>{link(f'notebooks/{step}.html', _name_of(step))}</li>" for step in notebooks
    )
    return (
        paragraph(
            "The four notebooks with their code and what it printed, in the order in which they ran."
        )
        + f"<ul>{''.join(said)}</ul>"
    )
