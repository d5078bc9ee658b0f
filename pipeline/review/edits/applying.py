"""Safe edits made in commentary.md, report.yaml and council.yaml, with the old versions kept."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

from pipeline.problem import Problem
from pipeline.report.figures import Published
from pipeline.report.narrative.commentary import CommentarySection, read_sections
from pipeline.report.narrative.language import Language
from pipeline.report.paragraphs.build import setting_text
from pipeline.review.edits.commentary import CannotApply, SectionEditor
from pipeline.review.edits.settings import edited_settings
from pipeline.review.edits.verdicts import SettingEdit
from pipeline.review.session import Entry, setting_lines
from pipeline.settings import Council, Report, Settings
from pipeline.settings.reading import SettingsFiles, read_model
from pipeline.system.folders import check_own_file, make_private, rename_durably

REPLACED_FOLDER = "replaced"


class Workbench:
    """The texts of one year, in which edits are collected and then written at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        language = Language(Published.read(settings), settings.council, settings.report)
        self._sections = read_sections(settings)
        self._editors = {
            f"commentary:{name}": SectionEditor(name, section.template, language)
            for name, section in self._sections.items()
        }
        self._old_texts: dict[Path, str] = {}
        self._new_texts: dict[Path, str] = {}

    def apply(self, entry: Entry) -> str:
        """Make the edits of a change; why not, if it cannot be done, and empty if it is."""
        sources = entry.report.record.sources
        earlier = {place: list(editor.edits) for place, editor in self._editors.items()}
        texts = dict(self._new_texts)
        try:
            for place, edits in entry.verdict.section_edits.items():
                if place not in self._editors:
                    raise CannotApply("commentary.md has no words in this section any more")
                self._editors[place].add(edits, sources[place].text)
            for key in dict.fromkeys(edit.key for edit in entry.verdict.setting_edits):
                self._apply_setting(key, entry)
        except CannotApply as refusal:
            for place, edits in earlier.items():
                self._editors[place].edits = edits
            self._new_texts = texts
            return str(refusal)
        return ""

    def write(self) -> list[Path]:
        """Write what was edited; the files, whose old versions are kept in the review's folder."""
        commentary = self._settings.commentary
        if any(editor.edits for editor in self._editors.values()):
            old = _read(commentary, self._settings.workspace)
            self._old_texts[commentary] = old
            self._new_texts[commentary] = self._edited_commentary(old)
        changed = [path for path, text in self._new_texts.items() if text != self._old_texts[path]]
        for path in changed:
            _keep(path, self._settings)
            _write(path, self._new_texts[path])
        return changed

    def _apply_setting(self, key: str, entry: Entry) -> None:
        file, _, name = key.partition(".")
        is_council = file == "council"
        shared = self._settings.raw / (
            "council.yaml" if is_council else _report_name(self._settings)
        )
        path = self._file_with(key, shared)
        if path not in self._old_texts:
            self._old_texts[path] = _read(path, self._settings.workspace)
        text = self._new_texts.get(path, self._old_texts[path])
        recorded = _recorded_value(key, entry) or setting_text(self._settings, key)
        edits: list[SettingEdit] = [edit for edit in entry.verdict.setting_edits if edit.key == key]
        edited = edited_settings(text, name, edits, recorded)
        staging = path.with_name(f".{path.name}.new")
        try:
            staging.write_text(edited, encoding="utf-8", newline="\n")
            # The keys of a procedure's own file are checked with those that they replace.
            paths = (staging,) if path == shared else (shared, staging)
            files = SettingsFiles(paths, self._settings.workspace, self._settings.procedure)
            read_model(Council if is_council else Report, files)
        except Problem as problem:
            raise CannotApply(problem.what.splitlines()[0]) from None
        finally:
            staging.unlink(missing_ok=True)
        self._new_texts[path] = edited

    def _file_with(self, key: str, shared: Path) -> Path:
        """The file that has a setting: the procedure's own, if there it is."""
        settings = self._settings
        line = setting_lines(settings.workspace, str(settings.year), settings.procedure).get(key)
        return settings.workspace / line.file if line else shared

    def _edited_commentary(self, text: str) -> str:
        lines = text.split("\n")
        last_first = sorted(
            self._sections, key=lambda name: self._sections[name].first_line, reverse=True
        )
        for name in last_first:
            section = self._sections[name]
            edited = self._editors[f"commentary:{name}"].edited.strip("\n")
            if edited != section.template:
                first = section.first_line - 1
                end = first + len(section.template.split("\n"))
                lines[first:end] = _edited_lines(lines[first:end], section, edited)
        return "\n".join(lines)


def _edited_lines(raw: list[str], section: CommentarySection, edited: str) -> Iterator[str]:
    """The lines of a section with its edits; those without edits keep their comments."""
    old, new = section.template.split("\n"), edited.split("\n")
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for operation, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        yield from raw[old_start:old_end] if operation == "equal" else new[new_start:new_end]


def _recorded_value(key: str, entry: Entry) -> str:
    """The value of a setting as the reader's draft printed it."""
    for paragraph in entry.report.record.paragraphs:
        for span in paragraph.spans:
            if span.place == key and span.offset == 0:
                return paragraph.text[span.start : span.end]
    return ""


def _report_name(settings: Settings) -> str:
    return f"{settings.year}/report.yaml"


def _read(path: Path, workspace: Path) -> str:
    check_own_file(path, workspace)
    return path.read_text(encoding="utf-8-sig")


def _keep(path: Path, settings: Settings) -> None:
    """Copy a file, before it is replaced, into the review's folder under the next free name."""
    folder = settings.review_folder / REPLACED_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    numbers = (f"{path.stem}-{number:03}{path.suffix}" for number in range(1, 1_000))
    shutil.copyfile(path, next(folder / name for name in numbers if not (folder / name).exists()))
    make_private(settings.review_folder)


def _write(path: Path, text: str) -> None:
    """Replace a text, whole or not at all, with the file's own line ends and byte order mark."""
    old = path.read_bytes()
    encoding = "utf-8-sig" if old.startswith(b"\xef\xbb\xbf") else "utf-8"
    staging = path.with_name(f".{path.name}.new")
    line_end = "\r\n" if b"\r\n" in old else "\n"
    staging.write_text(text, encoding=encoding, newline=line_end)
    shutil.copymode(path, staging)
    rename_durably(staging, path)
