"""A new council's workspace and a new year's folder, as the analyst first opens them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import uuid4

from pydantic import ValidationError, create_model

from pipeline.problem import Kind, Problem
from pipeline.settings import Council, Report, load_council, years_in
from pipeline.settings.docs.json_schema import MODELS, key_notes, schema_text
from pipeline.settings.fields import SettingsModel
from pipeline.settings.yaml import read_yaml
from pipeline.start.template import extract_template
from pipeline.start.values import fill_in
from pipeline.system.folders import (
    PRIVATE_FOLDER_MODE,
    check_text_names,
    flush_tree,
    make_durably,
    make_private,
    rename_durably,
    replace_atomically,
    staging_path,
)
from pipeline.system.temporary import deleted_if_killed
from pipeline.validate.dictionary import PUBLISHED, extracts_of
from pipeline.validate.reading.layout.unread import TEMPLATES_FOLDER
from pipeline.year import Year

RAW_FOLDER = Path("data", "raw")
SCHEMAS_FOLDER = ".schemas"  # in data/raw
GITIGNORE = ".gitignore"
SCHEMA_LINE = "# yaml-language-server: $schema={}"  # tells an editor what the keys mean
YAML_WIDTH = 110  # characters
GITIGNORE_TEXT = """\
# Extracts contain personal data, and so may what is made from them. Keep both out of a repository.
/data/
/reports/
"""

NO_VALUES: Mapping[str, str] = MappingProxyType({})
# A shorthand is entered as the value.
PUBLISHED_HEADING = [name for name in PUBLISHED.column_names if name != "shorthand"]
# Dates of one meeting, which cannot be those of last year.
KEYS_TO_FILL_IN = ("meeting_date", "data_as_at")
# Every year's warnings and names have to be judged again.
KEYS_NOT_CARRIED_OVER = {"accepted_warnings", "allowed_names", "settled_comments"}
# fmt: off
COMMENTARY_PROMPTS = {
    "courses_of_action": "What may members want to ask?",
    "overview": "What explains the number of complaints and how it has changed?",
    "service_areas": "What did the complaints have in common? What does the service do early on, "
                     "so that nobody has to complain?",
    "outcomes": "Why were complaints upheld, and what did we put right?",
    "response_times": "Who waited too long, and why?",
    "ombudsman": "What did the Ombudsman's decisions ask of us?",
    "young_people": "How do children and young people know that they can complain, and who "
                    "supports them? What did advocates report?",
    "learning": "What did we learn, in a sentence or two on each subject? What has changed as a "
                "result, and what is still to do?",
    "compliments": "What do people thank us for, and how do we tell the staff concerned?",
    "training": "Who was trained, in what, and what comes next?",
}
# fmt: on


class _LastReport(NamedTuple):
    """The settings of the latest earlier report, which the new ones start from."""

    year: Year
    values: dict[str, object]


def create_workspace(folder: Path, values: Mapping[str, str] = NO_VALUES) -> list[Path]:
    """The files of a new workspace: council.yaml, an empty published.csv, .gitignore and schemas.

    values: those of council.yaml that are known, by key.
    Raises Problem if there is a workspace, or a file in the way, already.
    """
    council = Path(__file__).with_name("council.yaml").read_text(encoding="utf-8")
    with new_workspace(folder) as staging:
        raw = staging / RAW_FOLDER
        texts = {
            raw / "council.yaml": council,
            raw / "published.csv": ",".join(PUBLISHED_HEADING) + "\n",
            **_schema_texts(raw),
        }
        (raw / SCHEMAS_FOLDER).mkdir()
        for path, text in texts.items():
            write_text(path, text)
        fill_in(staging, values)
    return [*(folder / path.relative_to(staging) for path in texts), folder / GITIGNORE]


@contextmanager
def new_workspace(folder: Path) -> Iterator[Path]:
    """A staging folder with an empty data/raw, which becomes that of a workspace after the block.

    Only this user can open it. If the command is killed, the next one can do the same again.
    Raises Problem if there is a workspace, or a file in the way, already.
    """
    check_text_names([folder.absolute()])
    raw, gitignore = folder / RAW_FOLDER, folder / GITIGNORE
    # A command that was killed just before its last step left .gitignore.
    is_ours = gitignore.is_file() and gitignore.read_bytes() == GITIGNORE_TEXT.encode()
    check_nothing_exists([raw] if is_ours else [raw, gitignore])
    staging = folder / f".{uuid4()}.new"
    with deleted_if_killed(staging):
        staging.mkdir(PRIVATE_FOLDER_MODE, parents=True)
        (staging / RAW_FOLDER).mkdir(parents=True)
        try:
            yield staging
            write_text(staging / GITIGNORE, GITIGNORE_TEXT)
            make_private(staging)
            flush_tree(staging)
            make_durably(raw.parent, PRIVATE_FOLDER_MODE)
            rename_durably(staging / GITIGNORE, gitignore)
            rename_durably(staging / RAW_FOLDER, raw)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def create_year(workspace: Path, year_text: str) -> tuple[Path, list[str]]:
    """The folder of a new year, and the keys of its report.yaml that have no value yet.

    The folder contains report.yaml, commentary.md and a blank spreadsheet for each extract.

    year_text: the year as the user wrote it.
    Raises Problem if that is not a year, if the year exists already, or if the settings that
    the new ones start from are wrong.
    """
    year = parse_year_name(year_text)
    workspace = workspace.resolve()
    council = load_council(workspace)
    folder = workspace / "data" / "raw" / str(year)
    if _exists(folder):
        raise Problem(
            kind=Kind.SETTINGS,
            where=f"data/raw/{year}",
            what="this year exists already, and no file is ever overwritten",
            remedy=f"To see what is wrong with its extracts: annual-report check {year}.",
        )
    last_report = _last_report(workspace, year)
    with deleted_if_killed(staging_path(folder)), replace_atomically(folder) as staging:
        write_text(staging / "report.yaml", _report_yaml(year, last_report))
        write_text(staging / "commentary.md", _commentary_markdown(year, council))
        templates = staging / TEMPLATES_FOLDER
        templates.mkdir()
        for extract in extracts_of(council):
            (templates / f"{extract.name}.xlsx").write_bytes(extract_template(extract, council))
    _write_schemas(workspace / "data" / "raw")
    carried_over = set(last_report.values) - set(KEYS_TO_FILL_IN) if last_report else set()
    required = [name for name, field in Report.model_fields.items() if field.is_required()]
    return folder, [name for name in required if name not in carried_over]


def check_nothing_exists(paths: Iterable[Path]) -> None:
    """Raise Problem if a file or folder of a new workspace is there already."""
    existing = [path for path in paths if _exists(path)]
    if existing:
        raise Problem(
            kind=Kind.SETTINGS,
            where=str(existing[0]),
            what="this exists already, and no file is ever overwritten",
            remedy=(
                "Name a folder that has no data/raw yet. "
                "For a new year of an existing council: annual-report new YEAR."
            ),
        )


def _schema_texts(raw: Path) -> dict[Path, str]:
    """The JSON Schemas of the settings by their paths in data/raw."""
    return {raw / SCHEMAS_FOLDER / f"{name}.json": schema_text(name) for name in MODELS}


def _write_schemas(raw: Path) -> None:
    """Put the schemas of this version of the program where the settings files look for them."""
    (raw / SCHEMAS_FOLDER).mkdir(exist_ok=True)
    for path, text in _schema_texts(raw).items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_text(path, text)


def _exists(path: Path) -> bool:
    """Whether anything has this path, even a link that leads nowhere."""
    return path.exists() or path.is_symlink()


def parse_year_name(text: str) -> Year:
    """The year that a command names; raises Problem for a text that is no year."""
    try:
        return Year.parse(text)
    except ValueError as error:
        raise Problem(
            kind=Kind.SETTINGS,
            where="year",
            what=str(error),
            remedy="Write the year of the report, such as 2022-23.",
        ) from None


def _last_report(workspace: Path, year: Year) -> _LastReport | None:
    """The report of the latest year before this one; None if there is none."""
    earlier_years = [candidate for candidate in years_in(workspace) if candidate < year]
    if not earlier_years:
        return None
    last_year = earlier_years[-1]
    path = workspace / "data" / "raw" / str(last_year) / "report.yaml"
    return _LastReport(last_year, _complete_values(path, path.relative_to(workspace).as_posix()))


def _complete_values(path: Path, name: str) -> dict[str, object]:
    """The values of a report.yaml that may be kept; those that are missing or wrong are left out.

    So a year can be started before the last one is complete.
    """
    content, _ = read_yaml(path, name)
    try:
        Report.model_validate(content)
        wrong = set()
    except ValidationError as error:
        wrong = {str(detail["loc"][0]) for detail in error.errors() if detail["loc"]}
    fields: dict[str, Any] = {
        key: (field.annotation, field)
        for key, field in Report.model_fields.items()
        if key in content and key not in wrong
    }
    complete = create_model("CompleteValues", __base__=SettingsModel, **fields)
    values = complete.model_validate({key: content[key] for key in fields})
    return values.model_dump(mode="json", exclude_none=True, exclude=KEYS_NOT_CARRIED_OVER)


def write_text(path: Path, text: str) -> None:
    """Write a text file as UTF-8, with the same line ends on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")


def _report_yaml(year: Year, last_report: _LastReport | None) -> str:
    """The text of report.yaml: last year's values where they may be kept, notes everywhere."""
    lines = [
        SCHEMA_LINE.format("../.schemas/report.json"),
        f"# The report of {year}. Settings that stay the same every year are in ../council.yaml.",
        "",
    ]
    notes = key_notes()[Report.__name__]
    last_values = last_report.values if last_report else {}
    last_year = last_report.year if last_report else None
    for key, field in Report.model_fields.items():
        last_value = last_values.get(key)
        note = notes[key]["meaning"].removesuffix(".")
        note = note[0].lower() + note[1:]
        if key in KEYS_TO_FILL_IN or (last_value is None and field.is_required()):
            hint = f" In {last_year}: {last_value}." if last_value is not None else ""
            lines += [f"# TO FILL IN: {note}.{hint}", f"{key}:", ""]
        elif last_value is None:
            lines += [f"# {note[0].upper()}{note[1:]}.", f"# {key}:", ""]
        else:
            lines.append(f"# As in {last_year}; check it: {note}.")
            lines += [_yaml_entry(key, last_value), ""]
    return "\n".join(lines)


def _yaml_entry(key: str, value: object) -> str:
    """A key with its value, as a person would write it."""
    import yaml

    if isinstance(value, bool):
        return f"{key}: {'yes' if value else 'no'}"
    text = yaml.safe_dump({key: value}, allow_unicode=True, sort_keys=False, width=YAML_WIDTH)
    return text.rstrip()


def _commentary_markdown(year: Year, council: Council) -> str:
    """The text of commentary.md: a heading and a prompt for each section with commentary."""
    lines = [
        f"<!-- Your own words for the report of {year}, in Markdown. Text between these marks is",
        "not printed, and neither is a heading without text below it. Write each number as a",
        "reference to a figure, such as {{ complaints.received | counted }}: docs/narrative.md",
        "lists them. For a number that no extract contains, give its source:",
        '{{ stated(3, "three case reviews, team log") }}. -->',
    ]
    for section in council.sections.names:
        if section in COMMENTARY_PROMPTS:
            prompt = COMMENTARY_PROMPTS[section]
            lines += ["", f"## {section}", "", f"<!-- {prompt} -->"]
    return "\n".join(lines) + "\n"
