"""What the analyst writes by hand: `commentary.md`, a heading for each section, in the language of the narrative."""

from __future__ import annotations

from markupsafe import Markup

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.report.language import Language
from pipeline.settings import Settings


def read_commentary(settings: Settings, language: Language) -> dict[str, Markup]:
    """Markdown by section; a section without words is left out. Raises a Problem that names the file and the line."""
    name = f"data/raw/{settings.year}/commentary.md"
    path = settings.workspace / name
    if not path.is_file():
        return {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise Problem(Kind.SETTINGS, name, "the file is not UTF-8 text", "Save it as UTF-8 in a text editor.") from None
    sections = settings.council.sections
    known = [*sections.front, *sections.main]
    starts = [number for number, line in enumerate(lines) if line.startswith("## ")]
    written = {}
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        section = lines[start].removeprefix("## ").strip()
        if section not in known:
            raise Problem(
                Kind.SETTINGS, f"{name}, line {start + 1}", f'"{section}" is not a section.{did_you_mean(section, known)}',
                f"Head each part with a section listed under `sections` in council.yaml: {', '.join(known)}.",
            )  # fmt: skip
        template = "\n".join(lines[start + 1 : end]).strip("\n")
        first = start + 2 + next((n for n, line in enumerate(lines[start + 1 : end]) if line.strip()), 0)
        if template:
            written[section] = language.render(template, lambda line, first=first: f"{name}, line {first + line - 1}")
    before = [line for line in lines[: starts[0] if starts else len(lines)] if line.strip()]
    if before:
        raise Problem(
            Kind.SETTINGS, name, f'"{before[0]}" stands before the first heading', "Put it under a heading: ## section."
        )
    return written
