"""A new council's workspace and a new year's folder: what is in them when the analyst first opens them."""

from __future__ import annotations

from pathlib import Path

from pipeline.problem import Kind, Problem
from pipeline.settings import Council, Report, load_council, load_report, years_in
from pipeline.start.template import extract_template
from pipeline.system.folders import replace_atomically
from pipeline.validate.dictionary import EXTRACTS, PUBLISHED
from pipeline.year import Year

GITIGNORE_TEXT = "# Extracts name people, and what is made of them may: none of it belongs in a repository.\n/data/\n/reports/\n"
TEMPLATES_FOLDER = "templates"
YAML_FORMAT = {"allow_unicode": True, "sort_keys": False, "width": 110}

# What belongs to one meeting is asked for anew each year; the rest is taken over to be looked at.
KEYS_TO_FILL_IN = ("meeting_date", "data_as_at")
KEYS_NOT_CARRIED_OVER = {
    "accepted_warnings",
    "allowed_names",
}  # never taken over: each year's warnings and names are looked at anew
REPORT_KEY_NOTES = {
    "subject": "the title of the report",
    "meeting_date": "the day on which the panel meets, such as 2022-11-09",
    "data_as_at": "the day on which the extracts were taken, such as 2022-09-30",
    "author": "who answers for the report: a role, not a named person",
    "wards": "the wards affected, such as: All",
    "item_type": "one or more of the item_types in council.yaml, each on a line of its own after a hyphen",
    "exempt": "whether the public may be excluded: yes or no",
    "exempt_reason": "only for an exempt report: the paragraph of Schedule 12A that applies",
    "members_are_asked": "what the panel is asked to do",
    "accepted_warnings": "warnings that stand in the way of a final report and are accepted, each with rule, reason and name",
    "allowed_names": "names in the records that are ordinary words in the report, each with words, reason and name",
}

COMMENTARY_PROMPTS = {
    "overview": "What kind of year was it? What should members notice first, and what lies behind it?",
    "service_areas": "What did the complaints have in common? What is done early on, so that nobody has to complain? Was anybody "
                     "kept waiting, and why?",
    "young_people": "How do children and young people know that they may complain, and who stands beside them? What was heard "
                    "from advocates?",
    "learning": "What was learnt, in a sentence or two for each matter? What changed because of it, and what is still owed?",
    "compliments": "What do people thank us for, and how do the thanks reach those who earned them?",
    "training": "Who was trained, in what, and what comes next?",
}  # fmt: skip


def create_workspace(folder: Path) -> list[Path]:
    """Begin a workspace in a folder: `data/raw` with council.yaml and an empty published.csv; what was made.

    Raises a Problem where any of them is there already.
    """
    raw = folder / "data" / "raw"
    files = {
        raw / "council.yaml": Path(__file__).with_name("council.yaml").read_text(encoding="utf-8"),
        raw / "published.csv": ",".join(PUBLISHED.column_names) + "\n",
        folder / ".gitignore": GITIGNORE_TEXT,
    }
    there = [path for path in (raw, *files) if path.exists() or path.is_symlink()]
    if there:
        raise Problem(
            Kind.SETTINGS, str(there[0]), "this is there already, and nothing is ever written over",
            "Name a folder that has no data/raw yet. For a new year of the council that is there: annual-report new YEAR.",
        )  # fmt: skip
    raw.mkdir(parents=True)
    for path, text in files.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(files)


def create_year(workspace: Path, year_text: str) -> tuple[Path, list[str]]:
    """Begin a year: `data/raw/<year>` with report.yaml, commentary.md and a blank spreadsheet for each extract.

    Returns the folder and the keys of report.yaml that are still empty.

    Raises a Problem for a year that is none or is there already, and for settings that have to be put right first.
    """
    try:
        year = Year.parse(year_text)
    except ValueError as error:
        raise Problem(
            Kind.SETTINGS, "year", str(error), "Write the year to be reported, such as 2022-23."
        ) from None
    workspace = workspace.resolve()
    council = load_council(workspace)
    folder = workspace / "data" / "raw" / str(year)
    if folder.exists() or folder.is_symlink():
        raise Problem(
            Kind.SETTINGS, f"data/raw/{year}", "this year is there already, and nothing is ever written over",
            f"To see what is wrong with its extracts: annual-report check {year}.",
        )  # fmt: skip
    earlier = [held for held in years_in(workspace) if held < year]
    last = load_report(workspace, earlier[-1], council) if earlier else None
    with replace_atomically(folder) as aside:
        _write_text(
            aside / "report.yaml", _report_yaml(year, last, earlier[-1] if earlier else None)
        )
        _write_text(aside / "commentary.md", _commentary_markdown(year, council))
        (aside / TEMPLATES_FOLDER).mkdir()
        for extract in EXTRACTS:
            (aside / TEMPLATES_FOLDER / f"{extract.name}.xlsx").write_bytes(
                extract_template(extract, council)
            )
    needed = [name for name, field in Report.model_fields.items() if field.is_required()]
    return folder, list(KEYS_TO_FILL_IN) if last else needed


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _report_yaml(year: Year, last: Report | None, of: Year | None) -> str:
    import yaml

    held = (
        last.model_dump(mode="json", exclude_none=True, exclude=KEYS_NOT_CARRIED_OVER)
        if last
        else {}
    )
    lines = [
        f"# The report of {year}. What stays the same from year to year is in ../council.yaml.",
        "",
    ]
    for name, field in Report.model_fields.items():
        before = held.get(name)
        if name in KEYS_TO_FILL_IN or (before is None and field.is_required()):
            said = f" In {of}: {before}." if before is not None else ""
            lines += [f"# TO FILL IN: {REPORT_KEY_NOTES[name]}.{said}", f"{name}:", ""]
        elif before is None:
            lines += [
                f"# {REPORT_KEY_NOTES[name][0].upper()}{REPORT_KEY_NOTES[name][1:]}.",
                f"# {name}:",
                "",
            ]
        else:
            plain = {name: before}
            written = (
                f"{name}: {'yes' if before else 'no'}"
                if isinstance(before, bool)
                else yaml.safe_dump(plain, **YAML_FORMAT)
            )
            lines += [
                f"# As in {of}, to be looked at: {REPORT_KEY_NOTES[name]}.",
                written.rstrip(),
                "",
            ]
    return "\n".join(lines)


def _commentary_markdown(year: Year, council: Council) -> str:
    sections = [name for name in council.sections.main if name in COMMENTARY_PROMPTS]
    lines = [
        f"<!-- Your own words for the report of {year}, in Markdown. What stands between these marks is not printed.",
        "A heading that is left without words prints none. A number is a reference to a figure, such as",
        "{{ complaints.received | counted }}: docs/narrative.md lists them. One that only a person knows is written with where",
        'it comes from: {{ stated(3, "three case reviews, team log") }}. -->',
    ]
    for name in sections:
        lines += ["", f"## {name}", "", f"<!-- {COMMENTARY_PROMPTS[name]} -->"]
    return "\n".join(lines) + "\n"
