"""What is wrong with a year's inputs, all at once: extracts, published totals, settings, words.

`annual-report check` shows all of it, and a run stops on the same before its first step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.problem import Kind, Problem, by_remedy, joined

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from pipeline.validate import Validated

MAX_WARNINGS_PER_RULE = 3


@dataclass(frozen=True)
class CheckedInputs:
    """The extracts with every finding, and what is wrong with settings, words and notebook."""

    validated: Validated
    faults: list[Problem]


def faults_text(faults: list[Problem]) -> str:
    """The faults as plain lines for a terminal, with each remedy once below its places."""
    paragraphs = []
    for remedy, alike in by_remedy(faults).items():
        lines = [f"critical: {fault.where}\n  {fault.what}" for fault in alike]
        paragraphs.append("\n".join([*lines, f"  → {remedy}"]))
    return "\n\n".join(paragraphs)


def check_inputs(settings: Settings) -> CheckedInputs:
    """Everything that would stop a run of this year, and everything of which it would warn."""
    return CheckedInputs(check_data(settings), word_faults(settings))


def check_data(settings: Settings) -> Validated:
    """The extracts with every finding about them, published totals, and personal data in words."""
    from pipeline.aggregate.published.findings import published_findings
    from pipeline.aggregate.shared_areas import with_shared_complaints
    from pipeline.release.personal.input_texts import personal_findings
    from pipeline.report.narrative.claims import CLAIMS_RULE
    from pipeline.run.steps import notebook_path
    from pipeline.validate import check
    from pipeline.validate.findings import sort_findings
    from pipeline.validate.personal.masking import hide_personal_texts, with_unread
    from pipeline.validate.unused_settings import unused_setting_findings

    validated = check(settings)
    tables = with_unread(validated.tables, validated.unread_personal)
    settings = with_shared_complaints(settings, validated.tables["complaints"])
    notebook = notebook_path(settings.steps[-1], settings.workspace)
    findings = [
        *validated.findings,
        *hide_personal_texts(
            published_findings(validated.published, settings), tables, settings.council
        ),
        *personal_findings(tables, notebook, settings),
    ]
    warned = {finding.rule for finding in findings if finding.severity == "warning"}
    findings += unused_setting_findings(warned | {CLAIMS_RULE}, tables, settings)
    return replace(validated, findings=sort_findings(findings))


def check_words(reports: Iterable[Settings]) -> None:
    """Raise one Problem for all words and settings that would stop these reports, each once."""
    faults = {str(fault): fault for settings in reports for fault in word_faults(settings)}
    if faults:
        raise joined([*faults.values()])


def word_faults(settings: Settings) -> list[Problem]:
    """What is wrong with the settings, the commentary and the report notebook."""
    from pipeline.aggregate.names import setting_faults

    faults = [*setting_faults(settings.council), *_file_faults(settings)]
    return [*faults, *_narrative_faults(settings)]


def _file_faults(settings: Settings) -> Iterator[Problem]:
    from pipeline.report.attachments import attachments
    from pipeline.report.logo import logo_data_url

    try:
        logo_data_url(settings)
        attachments(settings)
    except Problem as problem:
        yield problem


def _narrative_faults(settings: Settings) -> Iterator[Problem]:
    from pipeline.aggregate.template import figures_without_data
    from pipeline.joint.totals import joint_template
    from pipeline.report.figures import Published
    from pipeline.report.narrative.commentary import commentary_faults
    from pipeline.report.narrative.language import Language
    from pipeline.report.narrative.notebook_faults import notebook_faults
    from pipeline.run.steps import notebook_path

    # Words can be checked on one year as well as on many.
    council = settings.council.model_copy(update={"comparison_years": 1})
    settings = settings.model_copy(update={"council": council})
    template = joint_template(settings) if settings.is_joint else figures_without_data(settings)
    figures = Published(template, settings.year, settings.window)
    language = Language(figures, council, settings.report)
    yield from commentary_faults(settings, language)
    notebook = notebook_path(settings.steps[-1], settings.workspace)
    yield from notebook_faults(notebook, settings, language, figures)


def check_final(settings: Settings) -> None:
    """Raise a Problem for warnings that nobody has accepted, and for open comments of readers."""
    from pipeline.report.comments import check_comments_settled

    check_warnings_accepted(settings)
    check_comments_settled(settings)


def check_warnings_accepted(settings: Settings) -> None:
    """Raise a Problem that lists the warnings that nobody has accepted in report.yaml."""
    accepted = {entry.rule for entry in settings.report.accepted_warnings}
    warnings_by_rule: dict[str, list[str]] = {}
    for rule, text in _warnings(settings):
        if rule not in accepted:
            warnings_by_rule.setdefault(rule, []).append(text)
    if not warnings_by_rule:
        return
    lines = []
    for rule, texts in warnings_by_rule.items():
        lines.append(f"  {rule}")
        lines += [f"    {text}" for text in texts[:MAX_WARNINGS_PER_RULE]]
        if len(texts) > MAX_WARNINGS_PER_RULE:
            lines.append(f"    and {len(texts) - MAX_WARNINGS_PER_RULE:,} more")
    count = sum(map(len, warnings_by_rule.values()))
    raise Problem(
        kind=Kind.DATA,
        where=f"data/raw/{settings.year}/report.yaml",
        what=f"{count:,} warnings are not accepted, so this report is not final\n"
        + "\n".join(lines),
        remedy="Fix each, or accept it under accepted_warnings with its rule, a reason and a name. "
        f"To list them all: annual-report check {settings.name}",
    )


def _warnings(settings: Settings) -> Iterator[tuple[str, str]]:
    """The rule and the text of every warning about the extracts and the narrative."""
    from pipeline.report.narrative.claims import CLAIMS_RULE, unsupported_claims
    from pipeline.validate.findings import masked

    for finding in map(masked, check_data(settings).findings):
        if finding.severity == "warning":
            yield finding.rule, f"{finding.place}: {finding.what}"
    for claim in unsupported_claims(settings):
        yield CLAIMS_RULE, f"{claim.where}: {claim.what}"
