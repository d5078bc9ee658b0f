"""What the analyst writes by hand: `commentary.md`, a heading for each section, in the language of the narrative."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.report.narrative.language import Language
from pipeline.settings import Settings


@dataclass(frozen=True)
class CommentarySection:
    """What stands under one heading, before its references are filled in; first: the line of the file on which it begins."""

    template: str
    first_line: int


def read_commentary(settings: Settings, language: Language) -> dict[str, Markup]:
    """Markdown by section; a section without words is left out. Raises a Problem that names the file and the line."""
    rendered = {}
    for section, words in read_sections(settings).items():
        try:
            rendered[section] = language.render(
                words.template,
                lambda line, first=words.first_line: line_location(settings, first + line - 1),
            )
        except Problem as problem:
            raise Problem(Kind.SETTINGS, problem.where, problem.what, problem.remedy) from None
    return rendered


def check_sections_printed(settings: Settings, printed_sections: set[str]) -> None:
    """Raise a Problem for words under a section whose cells in the report notebook do not print them."""
    for section, words in read_sections(settings).items():
        if section not in printed_sections:
            raise Problem(
                Kind.SETTINGS, line_location(settings, words.first_line), f'the words under "{section}" would not be printed',
                f"Write {{{{ commentary }}}} in the %%narrative {section} cell of notebooks/4_report.ipynb where they should"
                " stand, or move them to another section.",
            )  # fmt: skip


def line_location(settings: Settings, line: int) -> str:
    """Where a line of the commentary is."""
    return f"{_commentary_name(settings)}, line {line}"


def _commentary_name(settings: Settings) -> str:
    return f"data/raw/{settings.year}/commentary.md"


def read_sections(settings: Settings) -> dict[str, CommentarySection]:
    """What the analyst wrote, by section, unrendered; a section without words is left out."""
    name = _commentary_name(settings)
    path = settings.workspace / name
    if not path.is_file():
        return {}
    try:
        lines = _blank_out_comments(path.read_text(encoding="utf-8-sig"), name).splitlines()
    except UnicodeDecodeError:
        raise Problem(
            Kind.SETTINGS, name, "the file is not UTF-8 text", "Save it as UTF-8 in a text editor."
        ) from None
    sections = settings.council.sections
    known = [*sections.front, *sections.main]
    starts = [number for number, line in enumerate(lines) if line.startswith("## ")]
    before = next(
        (
            number
            for number, line in enumerate(lines[: starts[0] if starts else len(lines)])
            if line.strip()
        ),
        None,
    )
    if before is not None:
        raise Problem(
            Kind.SETTINGS, f"{name}, line {before + 1}", f'"{lines[before]}" stands before the first heading',
            "Put it under a heading: ## section.",
        )  # fmt: skip
    found, titled = {}, {}
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=False):
        section = lines[start].removeprefix("## ").strip()
        if section not in known:
            raise Problem(
                Kind.SETTINGS, f"{name}, line {start + 1}", f'"{section}" is not a section.{did_you_mean(section, known)}',
                f"Head each part with a section listed under `sections` in council.yaml: {', '.join(known)}.",
            )  # fmt: skip
        if section in titled:
            raise Problem(
                Kind.SETTINGS, f"{name}, line {start + 1}", f'"{section}" stands twice; the first is on line {titled[section]}',
                "Put all the words of a section under one heading.",
            )  # fmt: skip
        titled[section] = start + 1
        first = next((number for number in range(start + 1, end) if lines[number].strip()), end) + 1
        template = "\n".join(lines[first - 1 : end]).rstrip()
        if template:
            found[section] = CommentarySection(template, first)
    return found


def _blank_out_comments(text: str, name: str) -> str:
    """The text without `<!-- … -->`, the prompts of a new commentary; its lines keep their numbers."""
    text = re.sub(r"<!--.*?-->", lambda found: "\n" * found[0].count("\n"), text, flags=re.DOTALL)
    if "<!--" in text:
        line = text[: text.index("<!--")].count("\n") + 1
        raise Problem(
            Kind.SETTINGS,
            f"{name}, line {line}",
            "a comment begins here that does not end",
            "End it with -->.",
        )
    return text
