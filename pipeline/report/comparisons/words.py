"""Comparisons in words: sentences, a table, and where the numbers are from, as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from html import escape

from pipeline.reference.layouts import OPEN_LICENCE
from pipeline.reference.store import Source
from pipeline.report import wording
from pipeline.report.comparisons.measures import (
    COMPLIED,
    UPHELD,
    AreaValue,
    Comparison,
    Group,
)
from pipeline.report.tables.html import TableRow, html_table, with_notes

CAUTION = (
    "The Ombudsman cautions that numbers alone do not show how good or bad a council is, and that "
    "they depend on what people bring to it."
)
# The sentences on the council's share, and on a group's; {} is the number of n.
SHARE_SENTENCES = {
    UPHELD.id: (
        "Across all council services, the Ombudsman upheld {} (95% interval {}).",
        "For {}, it upheld {}.",
    ),
    COMPLIED.id: (
        "Across all council services, we carried out the Ombudsman's remedies in {} (95% interval "
        "{}).",
        "For {}, it was {}.",
    ),
}
RATE_HEADINGS = ["Measure", "We", "95% interval"]


def number_element(value: float, sources: str, text: str) -> str:
    """A number that other bodies' files contain, or that follows from them, with the rows."""
    attributes = f'value="{wording.machine_number(round(value, 2))}"'
    return f'<data {attributes} data-reference="{escape(sources)}">{text}</data>'


def rates_html(comparisons: Sequence[Comparison], sources: Iterable[Source], caption: str) -> str:
    """The table of all rates: ours, and the mean and range of each group."""
    names = list(dict.fromkeys(group.name for one in comparisons for group in one.groups))
    headings = [*RATE_HEADINGS, *(f"{wording.capitalise(name)}: mean (range)" for name in names)]
    rows: list[TableRow] = []
    for comparison in comparisons:
        groups = {group.name: group for group in comparison.groups}
        cells = [_value_cell(comparison.own), _interval_cell(comparison.own)]
        cells += [_group_cell(groups[name]) if name in groups else "" for name in names]
        rows.append((escape(comparison.measure.title), cells))
    notes = f'<p class="source">{escape(_size_note(comparisons))} {source_line(sources)}</p>'
    return with_notes(notes, html_table(caption, headings, rows))


def _value_cell(value: AreaValue) -> str:
    return number_element(value.value, value.sources, one_decimal(value.value))


def _interval_cell(value: AreaValue) -> str:
    low, high = one_decimal(value.low), one_decimal(value.high)
    return number_element(value.value, value.sources, f"{low} to {high}")


def _group_cell(group: Group) -> str:
    sources = "; ".join(f"{one.name}: {one.sources}" for one in group.values)
    span = f"{one_decimal(group.lowest)} to {one_decimal(group.highest)}"
    if len(group.values) == 1:
        span = "1 authority"
    return number_element(group.mean, sources, f"{one_decimal(group.mean)} ({span})")


def _size_note(comparisons: Sequence[Comparison]) -> str:
    """How many authorities each mean is of, where some have no number."""
    parts = [
        f"{len(group.values)} of {group.size} {group.name} ("
        f"{wording.decapitalised(comparison.measure.title)})"
        for comparison in comparisons
        for group in comparison.groups
        if len(group.values) < group.size
    ]
    return f"Authorities with a number: {'; '.join(parts)}." if parts else ""


def shares_html(comparisons: Iterable[Comparison], sources: Iterable[Source]) -> str:
    """A paragraph on the Ombudsman's decisions, and one on remedies, with its caution once."""
    paragraphs = [*(_share_sentences(comparison) for comparison in comparisons), CAUTION]
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f'{text}<p class="source">{source_line(sources)}</p>'


def _share_sentences(comparison: Comparison) -> str:
    own, base_name = comparison.own, comparison.measure.base
    own_sentence, group_sentence = SHARE_SENTENCES[comparison.measure.id]
    ours = number_element(own.value, own.sources, f"{own.cases} of {own.base} {base_name}")
    interval = number_element(own.value, own.sources, f"{own.low:.0f}% to {own.high:.0f}%")
    sentences = [own_sentence.format(ours, interval)]
    for group in comparison.groups:
        count = sum(one.cases for one in group.values)
        base = sum(one.base for one in group.values)
        rows = "; ".join(f"{one.name}: {one.sources}" for one in group.values)
        total = number_element(count / base * 100, rows, f"{count:,} of {base:,} {base_name}")
        span = number_element(
            group.mean,
            rows,
            f"{group.mean:.0f}% on average, from {group.lowest:.0f}% to {group.highest:.0f}%",
        )
        result = total if len(group.values) == 1 else f"{total} ({span})"
        sentences.append(group_sentence.format(_group_in_words(group), result))
    return " ".join(sentences)


def _group_in_words(group: Group) -> str:
    """The authorities of a group that have a value, such as "2 statistical neighbours"."""
    count = len(group.values)
    name = group.name.replace("others in", "other authorities in")
    if count == 1:
        name = name.replace("neighbours", "neighbour").replace("authorities", "authority")
        return escape(f"the only {name} with a number")
    return escape(f"{count} {name}")


def source_line(sources: Iterable[Source]) -> str:
    """The files that were used, with publisher, licence and the day on which they were read."""
    titles_by_group: dict[tuple[str, str, str], list[str]] = {}
    for source in sources:
        licence = f" ({source.licence})" if source.licence == OPEN_LICENCE else ""
        day = f"read on {wording.date_text(date.fromisoformat(source.read_on))}"
        titles = titles_by_group.setdefault((source.publisher, licence, day), [])
        if source.title not in titles:
            titles.append(source.title)
    days = {day for _, _, day in titles_by_group}
    parts = [
        f"{publisher}: {wording.listing(titles)}{licence}{'' if len(days) == 1 else f', {day}'}"
        for (publisher, licence, day), titles in titles_by_group.items()
    ]
    if len(days) == 1:
        parts.append(f"all {days.pop()}" if len(parts) > 1 else days.pop())
    return escape(f"Source: {'; '.join(parts)}.")


def one_decimal(value: float) -> str:
    return f"{value:,.1f}"
