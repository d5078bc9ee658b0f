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
from pipeline.artifacts import NumberKey
from pipeline.audit.evidence import Evidence, share_base
from pipeline.audit.notebooks import notebook_html
from pipeline.audit.pages import (
    AUDIT_WARNING,
    PAGE_TITLES,
    PageFrame,
    aligned_table,
    heading,
    link,
    paragraph,
    text_table,
)
from pipeline.audit.uses import NumberUse, uses_in
from pipeline.report import wording
from pipeline.report.documents.page import Page
from pipeline.report.figures import Number, PublishedFigure
from pipeline.report.narrative.claims import unsupported_claims
from pipeline.report.tables import html_table, with_shorthand
from pipeline.settings import Settings
from pipeline.validate import store as validated

AUDIT_FIGURES, AUDIT_FINDINGS = (
    "figures.csv",
    "findings.csv",
)  # as the steps made them, for who compares this report with another
NUMBER_ELEMENT = re.compile(r'<data (?=[^>]*data-figure=")[^>]*>.*?</data>', re.DOTALL)
NUMBER_ATTRIBUTE = re.compile(r'data-(figure|year|category|detail)="([^"]*)"')


def build_audit_site(
    page: Page, notebooks: Mapping[str, nbformat.NotebookNode], settings: Settings
) -> dict[str, bytes]:
    """The site's files by name, all below `audit/`.

    page: the report. notebooks: the executed ones, by step. settings: with what the steps made.
    """
    frame, evidence, read = PageFrame(settings), Evidence(settings, page.figures), page.tree
    uses = uses_in(read)
    anchors = _number_anchors(evidence)
    bodies = {
        "index.html": _index_body(settings, evidence), "inputs.html": _inputs_body(settings), "findings.html": _findings_body(settings),
        "reconciliation.html": _reconciliation_body(settings), "figures.html": _figures_body(evidence), "stated.html": _stated_body(read),
        "disclosure.html": _disclosure_body(settings), "revisions.html": _revisions_body(evidence), "checklist.html": _checklist_body(settings),
        "decisions.html": _decisions_body(settings), "notebooks.html": _notebooks_body(notebooks),
    }  # fmt: skip
    made = {
        name: frame.render(name, PAGE_TITLES[name] if name != "index.html" else "Audit", body)
        for name, body in bodies.items()
    }
    for id in evidence.published:
        figure = evidence.published[id]
        made[f"figures/{id}.html"] = frame.render(
            f"figures/{id}.html", figure.title, _figure_body(figure, evidence, uses, anchors)
        )
    for step, notebook in notebooks.items():
        made[f"notebooks/{step}.html"] = frame.render(
            f"notebooks/{step}.html",
            f"{_step_title(step)}: the notebook as it ran",
            notebook_html(notebook),
        )
    made["annual-report.html"] = _link_numbers(page.html, anchors).encode("utf-8")
    made[AUDIT_FIGURES] = (
        settings.processed / aggregated.STEP / aggregated.FIGURES_FILE
    ).read_bytes()
    made[AUDIT_FINDINGS] = (settings.processed / validated.STEP / "findings.csv").read_bytes()
    return {f"audit/{name}": content for name, content in made.items()}


def _index_body(settings: Settings, evidence: Evidence) -> str:
    findings, supplied = validated.load_findings(settings), validated.load_supplied(settings)
    counted = findings["severity"].value_counts()
    withheld, revisions = len(load_decisions(settings)), len(evidence.published.revisions)
    rows = [
        ("What", f"{settings.report.subject}, {settings.council.authority}, {settings.year}", "annual-report.html"),
        ("On what", f"{int(supplied['rows'].sum()):,} rows of {int((supplied['supplied'] == 'yes').sum())} extracts, as at "
         f"{wording.date_text(settings.report.data_as_at)}", "inputs.html"),
        ("Findings", ", ".join(f"{name}: {number}" for name, number in counted.items()) or "none", "findings.html"),
        ("Rows", _kept_rows_summary(settings), "reconciliation.html"),
        ("Figures", f"{len(list(evidence.published))}, each with its rule and its rows", "figures.html"),
        ("Small numbers", f"{settings.council.disclosure.policy}; {withheld} numbers withheld", "disclosure.html"),
        ("Revisions", f"{revisions} numbers differ from what was published before", "revisions.html"),
        ("Claims without a figure", f"{len(unsupported_claims(settings))} in the commentary", "decisions.html"),
    ]  # fmt: skip
    shown = [(escape(name), [escape(said), link(to, PAGE_TITLES[to])]) for name, said, to in rows]
    return (
        paragraph("What the report was made of, what was found in it, and what was decided. Each number leads to its rows.")
        + html_table("Is it sound?", ["Question", "Answer", "More"], shown)
        + heading("How to distrust it", "distrust")
        + "<ul><li>Take any number in " + link("annual-report.html", "the report") + ", and follow it to its rows.</li>"
        "<li>Count those rows in the extract itself: file and row number are beside each.</li>"
        f"<li><code>annual-report verify {settings.year}</code> hashes every input and output, and makes the report again.</li>"
        f"<li><code>annual-report diff {settings.year}</code> says what changed since the report that this one replaced.</li>"
        "<li>run.json beside this page has the hashes, the versions, the settings and the times; ro-crate-metadata.json says it "
        "to programs.</li></ul>"
    )  # fmt: skip


def _kept_rows_summary(settings: Settings) -> str:
    account = _load_reconciliation(settings)
    kept, read = (
        int(account.loc[account["rule"] == rule, "rows"].sum()) for rule in ("rows kept", "rows in")
    )
    return (
        f"{kept:,} of {read:,} rows kept, the others left out by named rules"
        if kept < read
        else f"all {read:,} rows kept"
    )


def _load_reconciliation(settings: Settings) -> pd.DataFrame:
    return pd.read_csv(settings.processed / "2_clean" / "reconciliation.csv")


def _inputs_body(settings: Settings) -> str:
    read = pd.read_csv(settings.processed / "1_validate" / "sources.csv", dtype="str")
    rows = [(one.file, one.extract, one.year, one.rows, one.columns) for one in read.itertuples()]
    absent = validated.load_supplied(settings).query("supplied == 'no'")
    return (
        paragraph("Every file, or sheet of a workbook, that rows were read from. The SHA-256 of each file is in run.json.")
        + text_table("Files read", ["File", "Extract", "Year", "Rows", "Columns"], rows, "No file was read.")
        + text_table("Extracts that were not handed over", ["Extract", "Year"], zip(absent["extract"], absent["year"], strict=True),
                 "Every extract was handed over.")
    )  # fmt: skip


def _findings_body(settings: Settings) -> str:
    found = validated.load_findings(settings)
    rows = [
        (one.severity, one.file, one.row, one.rule, one.what, one.remedy)
        for one in found.itertuples()
    ]
    return paragraph(
        "Values of personal columns are masked. All of it as a table: findings.csv beside this page."
    ) + text_table(
        "Findings",
        ["Severity", "File", "Row", "Rule", "What", "What to do"],
        rows,
        "Nothing was found.",
    )


def _reconciliation_body(settings: Settings) -> str:
    clean = settings.processed / "2_clean"
    rows, columns = (
        pd.read_csv(clean / "dropped_rows.csv"),
        pd.read_csv(clean / "dropped_columns.csv"),
    )
    return (
        text_table(
            "Rows of each extract",
            ["Extract", "Rule", "Rows"],
            _load_reconciliation(settings).itertuples(index=False),
            "No rows.",
        )
        + text_table(
            "Rows left out",
            ["Extract", "Rule", "Year", "File", "Row"],
            rows.itertuples(index=False),
            "No row was left out.",
        )
        + text_table(
            "Columns left out",
            ["Extract", "Column", "Reason"],
            columns.itertuples(index=False),
            "No column was left out.",
        )
    )


def _figures_body(evidence: Evidence) -> str:
    rows = [
        (
            link(f"figures/{id}.html", evidence.published[id].title),
            [escape(id), escape(evidence.published[id].rule)],
        )
        for id in evidence.published
    ]
    return html_table("Every figure and how it is made", ["Figure", "Id", "Rule"], rows)


def _figure_body(
    figure: PublishedFigure,
    evidence: Evidence,
    uses: list[NumberUse],
    anchors: Mapping[NumberKey, str],
) -> str:
    body = paragraph(figure.rule)
    if figure.base:
        base = evidence.published[figure.base]
        body += f"<p>Shares are of {link(f'{figure.base}.html', base.title)}.</p>"
    numbers = [
        number for year in reversed(figure.published.window) for number in figure.numbers(year)
    ]
    rows = [
        (f'<span id="{anchors[number.key]}">{escape(_category_label(number))}</span>', [
            f"<time>{number.year}</time>", with_shorthand(number),
            with_shorthand(base) if (base := share_base(number)) else "", f"{evidence.row_count(number):,}",
            escape(number.source), escape(evidence.decision(number)[0]),
        ])
        for number in numbers
    ]  # fmt: skip
    body += aligned_table(
        "Its numbers",
        ["Category", "Year", "Number", "Of", "Rows", "From", "Withheld because"],
        rows,
    )
    here = dict.fromkeys(
        (use.section, use.kind, use.context) for use in uses if use.key[0] == figure.id
    )
    body += text_table(
        "Where the report says it", ["Section", "As", "Words"], here, "The report says it nowhere."
    )
    named = [
        (str(number.year), _category_label(number), row.file, row.row or "the whole file", row.reference)
        for number in numbers for row in evidence.rows(number)
    ]  # fmt: skip
    return body + text_table(
        "The rows it is made of",
        ["Year", "Category", "File", "Row", "Reference"],
        named,
        "No rows of an extract.",
    )


def _category_label(number: Number) -> str:
    return ", ".join(filter(None, [number.category, number.detail])) or "all"


def _number_anchors(evidence: Evidence) -> dict[NumberKey, str]:
    """Where each number stands on its figure's page."""
    return {
        number.key: f"n{place}"
        for id in evidence.published for place, number in enumerate(evidence.published[id].all_numbers)
    }  # fmt: skip


def _link_numbers(page: str, anchors: Mapping[NumberKey, str]) -> str:
    """The report in the auditor's edition: each number leads to its place among its figure's."""

    def lead(found: re.Match) -> str:
        held = {
            name: unescape(value)
            for name, value in NUMBER_ATTRIBUTE.findall(found[0].partition(">")[0])
        }
        cell = (held["figure"], held["year"], held.get("category", ""), held.get("detail", ""))
        return f'<a href="figures/{cell[0]}.html#{anchors[cell]}">{found[0]}</a>'

    linked = NUMBER_ELEMENT.sub(lead, page)
    back = f'<p class="draft">{escape(AUDIT_WARNING)}. <a href="index.html" style="color:inherit">To the start of the audit</a></p>'
    return linked.replace("<header>", f"<header>\n{back}", 1)


def _stated_body(page: BeautifulSoup) -> str:
    found = page.find_all("data", attrs={"data-stated": True})
    rows = [(tag.get_text(), tag["data-stated"]) for tag in found]
    return paragraph(
        "Numbers that a person states, because no extract holds them, with where they have it from."
    ) + text_table(
        "Numbers stated",
        ["Number", "Evidence"],
        rows,
        "No number in the report is stated by a person.",
    )


def _disclosure_body(settings: Settings) -> str:
    policy = settings.council.disclosure
    rules = [
        (name, value if isinstance(value, str | int) else ", ".join(value))
        for name, value in policy
    ]
    rows = load_decisions(settings).itertuples(index=False)
    return text_table("The council's policy", ["Setting", "Value"], rules, "") + text_table(
        "Numbers withheld",
        ["Figure", "Year", "Category", "Detail", "Rule", "Protects"],
        rows,
        "No number was withheld.",
    )


def _revisions_body(evidence: Evidence) -> str:
    rows = [
        (one.figure.title, one.year, one.category, one.once_published, one.value) for one in evidence.published.revisions
    ]  # fmt: skip
    return text_table("Numbers that were published otherwise", ["Figure", "Year", "Category", "Published", "Now"], rows,
                  "No number differs from what was published before.")  # fmt: skip


def _checklist_body(settings: Settings) -> str:
    found = pd.read_csv(settings.processed / "1_validate" / "checklist.csv", keep_default_na=False)
    return text_table("What the guidance asks an annual report to say", ["Number", "Asked for", "In the sections", "From", "Missing"],
                  found.itertuples(index=False), "")  # fmt: skip


def _decisions_body(settings: Settings) -> str:
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
    claims = [(one.where, one.what) for one in unsupported_claims(settings)]
    return text_table("Decided", ["What", "How", "By whom"], rows, "") + text_table(
        "Claims in the commentary that no figure carries",
        ["Where", "What"],
        claims,
        "No claim in the commentary lacks its figure.",
    )


def _step_title(step: str) -> str:
    """Validate, of 1_validate."""
    return step.partition("_")[2].capitalize()


def _notebooks_body(notebooks: Mapping[str, nbformat.NotebookNode]) -> str:
    said: Iterator[str] = (
        f"<li>{link(f'notebooks/{step}.html', _step_title(step))}</li>" for step in notebooks
    )
    return (
        paragraph(
            "The four notebooks with their code and what it printed, in the order in which they ran."
        )
        + f"<ul>{''.join(said)}</ul>"
    )
