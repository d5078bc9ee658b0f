"""What the analyst writes by hand: `commentary.md`, in the language of the narrative.

The file has a heading for each section of the report, such as `## overview`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.problem import NOT_IN_DOCUMENTS, Kind, Problem, did_you_mean, joined
from pipeline.report.narrative.bounds import size_faults
from pipeline.report.narrative.language import Language
from pipeline.settings import Settings
from pipeline.system.folders import check_own_file

HEADING = "## "
COMMENT_START = "<!--"
COMMENT_END = "-->"
NEWLINE = "\n"


@dataclass(frozen=True)
class CommentarySection:
    """The text under one heading, before its references are filled in.

    first_line: the line of the file on which the text begins, counted from 1.
    """

    template: str
    first_line: int


def read_commentary(settings: Settings, language: Language) -> dict[str, Markup]:
    """Markdown by section; a section without words is left out.

    Raises one Problem for all faults, each with its line of the file.
    """
    faults = commentary_faults(settings, language)
    if faults:
        raise joined(faults)
    rendered = {}
    for name, section in read_sections(settings).items():
        try:
            rendered[name] = language.fill_in(section.template, _line_locator(settings, section))
        except Problem as problem:
            raise _in_settings(problem) from None
    return rendered


def commentary_faults(settings: Settings, language: Language) -> list[Problem]:
    """Every fault of the file that shows without its numbers, in the order of its lines."""
    sections, faults = _split(settings)
    for section in sections.values():
        locate_line = _line_locator(settings, section)
        faults += map(_in_settings, language.faults(section.template, locate_line))
        if settings.council.disclosure.withholds:
            from pipeline.report.narrative.quantities import quantity_faults

            faults += quantity_faults(section.template, locate_line)
    return faults


def _in_settings(problem: Problem) -> Problem:
    """A fault of what the analyst wrote, not of the notebook."""
    return Problem(
        kind=Kind.SETTINGS, where=problem.where, what=problem.what, remedy=problem.remedy
    )


def check_sections_printed(settings: Settings, printed_sections: set[str]) -> None:
    """Raise one Problem for all sections with words that no cell of the notebook prints."""
    faults = list(unprinted_faults(settings, printed_sections))
    if faults:
        raise joined(faults)


def unprinted_faults(settings: Settings, printed_sections: set[str]) -> Iterator[Problem]:
    """A fault for each section with words that no cell of the report notebook prints."""
    allowed = settings.council.sections
    sections, _ = _split(settings)
    for name, section in sections.items():
        if name not in printed_sections and name in allowed.names:
            yield Problem(
                kind=Kind.SETTINGS,
                where=line_location(settings, section.first_line),
                what=f'the words under "{name}" would not be printed',
                remedy=f"Write {{{{ commentary }}}} in the %%narrative {name} cell of"
                " notebooks/4_report.ipynb where they should appear, or move them to another"
                " section.",
            )


def line_location(settings: Settings, line: int) -> str:
    """The place of a line of the commentary, for a message."""
    return f"{_commentary_name(settings)}, line {line}"


def read_sections(settings: Settings) -> dict[str, CommentarySection]:
    """The analyst's words by section, unrendered; a section without words is left out.

    Raises one Problem for everything that is wrong with the file and its headings.
    """
    sections, faults = _split(settings)
    if faults:
        raise joined(faults)
    return sections


def _split(settings: Settings) -> tuple[dict[str, CommentarySection], list[Problem]]:
    """The words by section, and what is wrong with the file and its headings.

    That is a file that is not UTF-8, text before the first heading, and an unknown or repeated
    section.
    """
    try:
        lines = _read_lines(settings)
    except Problem as problem:
        return {}, [problem]
    heading_lines = [number for number, line in enumerate(lines) if line.startswith(HEADING)]
    faults = list(_words_before(heading_lines[0] if heading_lines else len(lines), lines, settings))
    sections: dict[str, CommentarySection] = {}
    first_uses: dict[str, int] = {}
    section_ends = [*heading_lines[1:], len(lines)]
    for heading, end in zip(heading_lines, section_ends, strict=False):
        name = lines[heading].removeprefix(HEADING).strip()
        faults += _heading_faults(name, heading + 1, first_uses, settings)
        key = f"{name}, line {heading + 1}" if name in first_uses else name
        first_uses.setdefault(name, heading + 1)
        first = _first_line_with_words(lines, heading + 1, end)
        template = "\n".join(lines[first:end]).rstrip()
        if template:
            sections[key] = CommentarySection(template, first + 1)
    return sections, faults


def _line_locator(settings: Settings, section: CommentarySection) -> Callable[[int], str]:
    """A function from a line of the section's text to its place in the file."""
    return lambda line: line_location(settings, section.first_line + line - 1)


def _commentary_name(settings: Settings) -> str:
    return settings.commentary.relative_to(settings.workspace).as_posix()


def _read_lines(settings: Settings) -> list[str]:
    """The lines of the file with its comments blanked out; none if there is no file."""
    name = _commentary_name(settings)
    path = settings.workspace / name
    check_own_file(path, settings.workspace)
    if not path.is_file():
        return []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Problem(
            kind=Kind.SETTINGS,
            where=name,
            what="the file is not UTF-8 text",
            remedy="Save it as UTF-8 in a text editor.",
        ) from None
    for line, what, remedy in _text_faults(text):
        raise Problem(kind=Kind.SETTINGS, where=f"{name}, line {line}", what=what, remedy=remedy)
    return _blank_out_comments(text, name).splitlines()


def _text_faults(text: str) -> Iterator[tuple[int, str, str]]:
    """Line, what and remedy of what no document can contain, and of what is too large."""
    sign = NOT_IN_DOCUMENTS.search(text)
    if sign:
        line = text.count("\n", 0, sign.start()) + 1
        what = f"the character U+{ord(sign[0]):04X} cannot be in a document"
        yield line, what, "Remove it: it is a control character, or no character at all."
    yield from size_faults(text)


def _blank_out_comments(text: str, name: str) -> str:
    """The text without `<!-- … -->`, the prompts of a new commentary; lines keep their numbers.

    name: of the file, for a message.
    """
    parts: list[str] = []
    end = 0
    while (start := text.find(COMMENT_START, end)) >= 0:
        parts.append(text[end:start])
        end = text.find(COMMENT_END, start + len(COMMENT_START)) + len(COMMENT_END)
        if end < len(COMMENT_END):
            raise Problem(
                kind=Kind.SETTINGS,
                where=f"{name}, line {text.count(NEWLINE, 0, start) + 1}",
                what="a comment begins here that does not end",
                remedy="End it with -->.",
            )
        parts.append(NEWLINE * text.count(NEWLINE, start, end))
    return "".join([*parts, text[end:]])


def _words_before(first_heading: int, lines: list[str], settings: Settings) -> Iterator[Problem]:
    first = _first_line_with_words(lines, 0, first_heading)
    if first < first_heading:
        yield Problem(
            kind=Kind.SETTINGS,
            where=line_location(settings, first + 1),
            what=f'"{lines[first]}" appears before the first heading',
            remedy="Put it under a heading: ## section.",
        )


def _heading_faults(
    name: str, line: int, first_uses: Mapping[str, int], settings: Settings
) -> Iterator[Problem]:
    sections = settings.council.sections
    allowed = list(sections.names)
    if name not in allowed:
        yield Problem(
            kind=Kind.SETTINGS,
            where=line_location(settings, line),
            what=f'"{name}" is not a section.{did_you_mean(name, allowed)}',
            remedy="Head each part with a section listed under `sections` in council.yaml:"
            f" {', '.join(allowed)}.",
        )
    if name in first_uses:
        yield Problem(
            kind=Kind.SETTINGS,
            where=line_location(settings, line),
            what=f'"{name}" appears twice; the first is on line {first_uses[name]}',
            remedy="Put all the words of a section under one heading.",
        )


def _first_line_with_words(lines: list[str], start: int, end: int) -> int:
    """The index of the first line with words from start on; end if there is none before it."""
    return next((number for number in range(start, end) if lines[number].strip()), end)
