"""Hostile inputs made from a seed: each spoils a finished workspace and gives a command to it.

The same seed gives the same input. `tests/benchmarks/hostile_inputs.py` tries many of them.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from builders import REPOSITORY, SAMPLE_RAW
from hostile_files import (
    HEADING,
    UNREADABLE,
    good_xlsx,
    sheet_of,
    sheet_with,
    text_cell,
    xlsx_with,
)
from runs import YEAR

from pipeline.artifacts import RECORD_PATH

TEXT_FILES = ("council.yaml", f"{YEAR}/report.yaml", f"{YEAR}/commentary.md")
# Texts that are no text of a report, or mean something to YAML, Markdown, Jinja or a terminal.
# fmt: off
FRAGMENTS = [
    "\x00", "\x01", "\x1b[31m", "\u202e", "\ufffe", "\x85", "\u2028", "\r", "\t", "{{", "}}", "{%",
    "{% for x in y %}", "{{ 10**10**10 }}", '{{ "a" * 10**9 }}', "{{ x.__class__ }}", "{{ 1/0 }}",
    '{{ "{:>99999999}".format(council) }}', "{{ complaints.received }}", "{% include 'x' %}", "{#",
    "<!--", "-->", "<script>", "<data data-figure='complaints.received'>", "<section id=overview>",
    "![x](http://a/b.png)", "| a | b |\n|--|--|\n| c | d |", "## nothing", "&#0;", "[" * 300,
    "*" * 300, "> " * 100, "a" * 5000, "\u00bd", "\U0001F600", "!!python/object:os.system", "&a",
    "*a", "? a", "- a", "{a: b", "|", "%YAML 9", "---\n---", "<<: x", "~", "9999-12-31",
    "0001-01-01", "2022-02-30", "-1", "0", "9" * 30, ".inf", ".nan", '"\\x01"', '"\\ud800"',
    "#FFFFFF", "x@y.z", "", "\xff",
]
WORDS = [
    "run", "check", "status", "preview", "trace", "verify", "diff", "new", "init", "batch",
    "latest", YEAR, "2021-23", "9999-00", "\x1b[2J", "\udcff", "", "-", "--", "..", "/dev/null",
    "/dev/zero", "/", "nowhere", "--workspace", "--formats", "html,,", "--final", "--page",
    "--years", "2019-20:", ":", "--jobs", "0", "-1", "--port", "99999", "--from", "--bundle",
    "--against", "published", "--section", "2.4", "--year", "--report",
    "complaints.received", "--category", "--overwrite", "--help", "--show-personal", "a" * 5000,
]
# Texts that ask for more work than their size: each takes how many parts it has.
LARGE_TEXTS: dict[str, Callable[[int], str]] = {
    "a long word": lambda size: "a" * (20 * size),
    "nested brackets": lambda size: "[" * size,
    "nested lists": lambda size: "".join(f"{'  ' * (n % 200)}- a\n" for n in range(size)),
    "nested quotations": lambda size: "> " * size + "a",
    "stars": lambda size: "*a **b " * size,
    "links": lambda size: "[a](" * size,
    "images": lambda size: "![" * size,
    "backticks": lambda size: "`" * size + "a",
    "open tags": lambda size: "<div><b " * size,
    "unclosed comments": lambda size: "<!-- " * size,
    "entities": lambda size: "&lt;&#x1F600;" * size,
    "a wide table": lambda size: f"{'|a' * size}|\n{'|-' * size}|\n",
    "open braces": lambda size: "{{ " * size,
    "open statements": lambda size: "{% if 1 %}" * size,
    "a loop": lambda size: f"{{% for i in range({size} ** 3) %}}a{{% endfor %}}",
    "a sum": lambda size: "{{ " + "1+" * size + "1 }}",
    "a list": lambda size: "{{ [" + "1," * size + "] }}",
    "a product": lambda size: f"{{{{ 'a' * {size} * 1000 }}}}",
    "parentheses": lambda size: "{{ " + "(" * size + "1" + ")" * size + " }}",
    "filters": lambda size: "{{ complaints.received" + "|counted" * size + " }}",
    "unknown keys": lambda size: "".join(f"k{n}: 1\n" for n in range(8 * size)),
    "nested keys": lambda size: "".join(f"{' ' * (n % 900)}k{n}:\n" for n in range(size)),
    "anchors": lambda size: "".join(
        f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9 if n else ['1'])}]\n" for n in range(12)
    ) + "x" * size,
    "flow maps": lambda size: "a: " + "{a: " * size,
    "marks over one letter": lambda size: "e" + "\u0301" * size,
    "headings": lambda size: "# a\n" * size,
    "sections": lambda size: "## Overview\n\na\n" * size,
}
CELLS = [
    "=cmd|' /C calc'!A0", "1e308", "-1", "9" * 400, "31/02/2022", "10000-01-01", "0000-00-00", '"',
    "1900-01-01", "x" * 200_000, "\u202eabc", "A" * 40_000 + "1", "2021-13-45", "NaN", "inf",
    "0x10", "1_000", "\uff11\uff12", "\u0661", "<b>", "{{ 1 }}", "../../etc/passwd", "\ud7ff",
    "29 Feb 2021", "45000", "2021-05-01T25:00", "None", "TRUE", "\ufeff", "\u200b", "'", "--",
]
ENCODINGS = ["utf-16", "utf-32", "utf-7", "cp037", "shift_jis", "gb18030", "cp1252", "koi8-r"]
SIGNS = [
    (",", ";"), (",", "\t"), (",", ""), ("\n", "\r"), ("\n", ""), ("\n", "\n\n"), ('"', ""),
    (",", ',"'), ("-", "/"), ("\n", ",,\n"), ("e", "\u0435"), (",", "\0,"), ("2", "9"),
]
VARIABLES = {
    "PYTHONSTARTUP": ["/dev/zero", "nowhere"], "PYTHONWARNINGS": ["error", "x:y:z"],
    "PYTHONINSPECT": ["1"], "PYTHONVERBOSE": ["1"], "PYTHONOPTIMIZE": ["2"],
    "PYTHONDEVMODE": ["1"], "PYTHONBREAKPOINT": ["os.abort"], "PYTHONTRACEMALLOC": ["5"],
    "PYTHONASYNCIODEBUG": ["1"], "PYTHONHASHSEED": ["0", "12"], "PYTHONPROFILEIMPORTTIME": ["1"],
    "IPYTHONDIR": ["/dev/null", ""], "JUPYTER_CONFIG_DIR": ["/dev/zero"],
    "JUPYTER_PATH": ["nowhere"], "JUPYTER_RUNTIME_DIR": ["/proc"], "MPLBACKEND": ["Qt5Agg", "x"],
    "MPLCONFIGDIR": ["/proc/1", "/dev/null", "nowhere"], "MATPLOTLIBRC": ["/dev/zero", "nowhere"],
    "SOURCE_DATE_EPOCH": ["x", "-1", "9" * 30], "DASK_CONFIG": ["/dev/zero"], "TZ": ["x", ":/"],
    "LANG": ["C", "tr_TR.UTF-8", "\udcff"], "LC_ALL": ["C", "POSIX", "x"], "LC_TIME": ["x"],
    "TERM": ["dumb", "x\x1b[2J", ""], "COLUMNS": ["0", "-1", "x", "9" * 9], "LINES": ["0"],
    "NO_COLOR": ["1"], "FORCE_COLOR": ["1"], "TTY_COMPATIBLE": ["1"], "HOME": ["", "/proc", "x"],
    "PATH": [""], "USER": [""], "PWD": ["/nowhere"], "XDG_CACHE_HOME": ["/proc/x", "/dev/null"],
    "XDG_CONFIG_HOME": ["/dev/zero"], "FONTCONFIG_FILE": ["/dev/null", "nowhere"],
    "GIT_DIR": ["/dev/null"], "GIT_CONFIG_GLOBAL": ["/dev/zero"], "OMP_NUM_THREADS": ["x", "0"],
    "OPENBLAS_NUM_THREADS": ["x"], "ARROW_DEFAULT_MEMORY_POOL": ["x"], "RUST_BACKTRACE": ["full"],
    "TYPER_USE_RICH": ["x"], "_TYPER_STANDARD_TRACEBACK": ["1"], "PAGER": ["/bin/false"],
    "_ANNUAL_REPORT_COMPLETE": ["bash_source", "x"], "COVERAGE_PROCESS_START": ["nowhere"],
    "PANDAS_COPY_ON_WRITE": ["x"], "BROWSER": ["/bin/false"], "LESS": ["x"], "EDITOR": [""],
    "TMPDIR": ["nowhere", "/proc", "", "/dev/null"], "PYDANTIC_ERRORS_INCLUDE_URL": ["x"],
    "PYDANTIC_DISABLE_PLUGINS": ["x"], "PYTHON_GIL": ["1"], "PYTHONINTMAXSTRDIGITS": ["640"],
}
# fmt: on


@dataclass
class HostileCase:
    """A spoiled workspace and the command that is given to it.

    kind: what is hostile. words: the arguments of `annual-report`, which runs in `folder`.
    environment: variables in addition to those of the caller.
    note: what was done, for whoever looks into a fault.
    """

    seed: int
    kind: str
    folder: Path
    words: list[str]
    note: str
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def workspace(self) -> Path:
        return self.folder / "council"


def hostile_case(seed: int, finished: Path, bundle: bytes, folder: Path) -> HostileCase:
    """The case of a seed.

    finished: a workspace with a report, which is copied. bundle: an archive of that report.
    folder: an empty one, for the case.
    """
    chance = random.Random(seed)
    shutil.copytree(finished, folder / "council")
    kind = list(MAKERS)[seed % len(MAKERS)]
    return MAKERS[kind](seed, chance, folder, bundle)


def changed_text(text: str, place: float, fragment: str, way: str) -> bytes:
    """The text with a fragment put in, or for the value of a line, or without a line."""
    if way == "insert":
        position = int(place * len(text))
        text = text[:position] + fragment + text[position:]
    else:
        lines = text.split("\n")
        number = int(place * len(lines))
        line = lines[number]
        new_lines = {
            "value": [f"{line.partition(':')[0]}: {fragment}"],
            "line": [line, fragment],
            "delete": [],
        }
        lines[number : number + 1] = new_lines[way]
        text = "\n".join(lines)
    return text.encode("utf-8", "surrogatepass")


def _reading_words(chance: random.Random) -> list[str]:
    """A command that looks at a workspace; one in six makes a report."""
    if chance.random() < 1 / 6:
        return ["run", YEAR, "--formats", "html"]
    return chance.choice(
        [
            *[["check", YEAR]] * 6,
            ["check", "2020-21"],
            ["status", YEAR],
            ["trace", "complaints.received"],
            ["diff", YEAR, "--against", "published"],
            ["diff", YEAR, "--against", "2020-21"],
        ]
    )


def _text_case(
    seed: int, chance: random.Random, folder: Path, files: tuple[str, ...]
) -> HostileCase:
    notes = []
    for _ in range(chance.randint(1, 3)):
        name = chance.choice(files)
        path = folder / "council" / "data" / "raw" / name
        text = path.read_bytes().decode("utf-8", "surrogatepass")
        way = chance.choice(["value", "insert", "line", "delete"])
        fragment = chance.choice(FRAGMENTS)
        label = repr(fragment[:30])
        if chance.random() < 0.5:
            label = chance.choice(list(LARGE_TEXTS))
            size = chance.choice([100, 1000, 10_000])
            fragment = LARGE_TEXTS[label](size)
            label = f"{label}, {size}"
        path.write_bytes(changed_text(text, chance.random() * 0.999, fragment, way))
        notes.append(f"{name}: {way} {label}")
    kind = "commentary" if len(files) == 1 else "settings"
    return HostileCase(seed, kind, folder, _reading_words(chance), "; ".join(notes))


def _settings_case(seed: int, chance: random.Random, folder: Path, _: bytes) -> HostileCase:
    return _text_case(seed, chance, folder, TEXT_FILES[:2])


def _commentary_case(seed: int, chance: random.Random, folder: Path, _: bytes) -> HostileCase:
    return _text_case(seed, chance, folder, TEXT_FILES[2:])


def _extract_case(seed: int, chance: random.Random, folder: Path, _: bytes) -> HostileCase:
    raw = folder / "council" / "data" / "raw"
    names = sorted(path.name for path in (SAMPLE_RAW / YEAR).glob("*.csv"))
    path = raw / chance.choice([f"{YEAR}/{name}" for name in names] + ["published.csv"])
    way = chance.choice(list(EXTRACT_WAYS))
    EXTRACT_WAYS[way](chance, path)
    note = f"{path.relative_to(raw)}: {way}"
    return HostileCase(seed, "extract", folder, _reading_words(chance), note)


def _change_bytes(chance: random.Random, path: Path) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(chance.randint(1, 30)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)


def _change_cells(chance: random.Random, path: Path) -> None:
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    for _ in range(chance.randint(1, 6)):
        row = chance.choice(rows)
        row[chance.randrange(len(row))] = chance.choice([*CELLS, *FRAGMENTS])
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_bytes(text.getvalue().encode("utf-8", "surrogatepass"))


def _repeat_rows(chance: random.Random, path: Path) -> None:
    heading, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    times = chance.choice([1, 3, 200, 3000])
    path.write_text(heading * chance.randint(0, 2) + "".join(rows) * times, encoding="utf-8")


def _encode(chance: random.Random, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    content = text.encode(chance.choice(ENCODINGS), "replace")
    path.write_bytes(
        content[: chance.randint(0, len(content))] if chance.random() < 0.4 else content
    )


def _change_signs(chance: random.Random, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for _ in range(chance.randint(1, 2)):
        old, new = chance.choice(SIGNS)
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def _replace_by_no_file(chance: random.Random, path: Path) -> None:
    path.unlink()
    match chance.choice(["folder", "pipe", "itself", "zero", "input", "hole", "empty", "noise"]):
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "itself":
            path.symlink_to(path)
        case "zero":
            path.symlink_to("/dev/zero")
        case "input":
            path.symlink_to("/dev/stdin")
        case "hole":
            path.touch()
            os.truncate(path, chance.choice([1000, 50_000_000, 3_000_000_000]))
        case "empty":
            path.touch()
        case "noise":
            path.write_bytes(chance.randbytes(chance.choice([10, 5000, 3_000_000])))


def _rename(chance: random.Random, path: Path) -> None:
    stem = chance.choice(
        ["x" * 240, "a\nb", "\x1b[2J", "~$", "-rf", "\udcff", "CON", " ", "copy of"]
    )
    ending = chance.choice([".csv", ".CSV", ".csv.csv", ".txt", "", ".xlsx", ".xls", ".ods"])
    target = path.with_name(f"{stem}{ending}")
    if chance.random() < 0.5:
        shutil.copy(path, target)
    else:
        path.rename(target)


def _widen(chance: random.Random, path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    columns = chance.choice([50, 1900, 30_000])
    number = chance.randrange(min(3, len(lines)))
    lines[number] += "".join(f",c{n}" for n in range(columns))
    path.write_text("\n".join(lines), encoding="utf-8")


EXTRACT_WAYS: dict[str, Callable[[random.Random, Path], None]] = {
    "changed bytes": _change_bytes,
    "hostile cells": _change_cells,
    "other hostile cells": _change_cells,
    "repeated rows": _repeat_rows,
    "another encoding": _encode,
    "other signs": _change_signs,
    "no file": _replace_by_no_file,
    "another name": _rename,
    "many columns": _widen,
}


def _workbook_case(seed: int, chance: random.Random, folder: Path, _: bytes) -> HostileCase:
    year = folder / "council" / "data" / "raw" / YEAR
    (year / "training.csv").unlink()
    if chance.random() < 0.4:
        name = chance.choice(list(UNREADABLE))
        hostile = UNREADABLE[name]
        content, ending = hostile.build(), hostile.ending
    else:
        name = chance.choice(["bytes", "cells", "repeated", "shared", "nested", "merged", "part"])
        content, ending = _random_workbook(chance, name), "xlsx"
    content = content.encode() if isinstance(content, str) else content
    (year / f"training.{ending}").write_bytes(content)
    return HostileCase(seed, "workbook", folder, _reading_words(chance), f"{ending}: {name}")


def _random_workbook(chance: random.Random, name: str) -> bytes:
    size = chance.choice([10, 1000, 100_000])
    match name:
        case "bytes":
            content = bytearray(good_xlsx())
            for _ in range(chance.randint(1, 20)):
                content[chance.randrange(len(content))] = chance.randrange(256)
            return bytes(content)
        case "cells":
            kinds = ['t="n"><v>', 't="d"><v>', 't="b"><v>', 't="e"><v>', 't="s"><v>', 's="9"><v>']
            values = ["1e999", "-1", "#REF!", "9" * 50, "x", "", "2958466", "99999999999"]
            cells = "".join(
                f'<c r="{chance.choice("ABZ")}{row}" {chance.choice(kinds)}'
                f"{chance.choice(values)}</v></c>"
                for row in range(2, 30)
            )
            return sheet_with(sheet_of(HEADING + f'<row r="2">{cells}</row>'))
        case "repeated":
            rows = "".join(
                f'<row r="{row}">{text_cell(f"A{row}", "2021-05-01")}</row>'
                for row in range(2, 2 + size)
            )
            return sheet_with(sheet_of(HEADING + rows))
        case "shared":
            rows = "".join(
                f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, size)
            )
            shared = f"<sst><si><t>{'x' * chance.choice([10, 3000, 30_000])}</t></si></sst>"
            parts = {"xl/worksheets/sheet1.xml": sheet_of(rows), "xl/sharedStrings.xml": shared}
            return xlsx_with(parts)
        case "nested":
            return sheet_with("<a>" * size)
        case "merged":
            areas = "".join(f'<mergeCell ref="A{n}:XFD{n + 9}"/>' for n in range(1, size))
            sheet = sheet_of(HEADING).replace(
                "</worksheet>", f"<mergeCells>{areas}</mergeCells></worksheet>"
            )
            return sheet_with(sheet)
    part = chance.choice(
        ["xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"]
    )
    return xlsx_with({part: chance.choice(["", "<a/>", "x" * size, "<a>" * size, "\0"])})


def _report_case(seed: int, chance: random.Random, folder: Path, _: bytes) -> HostileCase:
    """What runs have made or read besides the raw data, spoiled by hand or by a disk."""
    workspace = folder / "council"
    if chance.random() < 0.3:
        (workspace / "notebooks").mkdir(exist_ok=True)
        name = chance.choice(["1_validate", "2_clean", "3_aggregate", "4_report"])
        path = workspace / "notebooks" / f"{name}.ipynb"
        shutil.copy(REPOSITORY / "notebooks" / path.name, path)
    else:
        parts = [f"reports/{YEAR}", "reports/numbers", f"data/processed/{YEAR}", f"reports/{YEAR}"]
        part = workspace / chance.choice(parts)
        path = chance.choice(sorted(each for each in part.rglob("*") if each.is_file()))
        if chance.random() < 0.4:
            path = workspace / "reports" / YEAR / RECORD_PATH
    way = chance.choice(["bytes", "half", "empty", "none", "folder", "text", "line", "pipe"])
    content = path.read_bytes()
    match way:
        case "bytes":
            _change_bytes(chance, path)
        case "half":
            path.write_bytes(content[: len(content) // 2])
        case "text":
            texts = [
                "{}",
                "[]",
                "null",
                "1e999",
                "[" * 100_000,
                '{"cells": 1}',
                "\0",
                "a,b\n1\n",
                "\n",
            ]
            path.write_text(chance.choice(texts))
        case "line":
            lines = content.splitlines(keepends=True)
            del lines[chance.randrange(len(lines))]
            path.write_bytes(b"".join(lines))
        case _:
            path.unlink()
            if way == "empty":
                path.touch()
            elif way == "folder":
                path.mkdir()
            elif way == "pipe":
                os.mkfifo(path)
    words = _reading_words(chance)
    if chance.random() < 0.5 and words[0] == "check":
        words = chance.choice(
            [["trace", "complaints.received"], ["trace", "--section", "2"], ["status"], ["diff"]]
        )
    note = f"{path.relative_to(workspace)}: {way}"
    return HostileCase(seed, "report", folder, words, note)


def _archive_case(seed: int, chance: random.Random, folder: Path, bundle: bytes) -> HostileCase:
    way = chance.choice(list(ARCHIVE_WAYS))
    archive = folder / "archive.zip"
    archive.write_bytes(ARCHIVE_WAYS[way](chance, bundle))
    nowhere = folder / "empty"
    nowhere.mkdir()
    words = ["verify", "--from", "../archive.zip", "--workspace", "../empty"]
    if chance.random() < 0.25:
        words = ["diff", YEAR, "--against", "../archive.zip"]
    elif chance.random() < 0.1:
        words = ["verify", "--from", "../archive.zip"]
    return HostileCase(seed, "archive", folder, words, way)


def _archive_bytes(chance: random.Random, bundle: bytes) -> bytes:
    content = bytearray(bundle)
    # The directory is at the end, and any part may be hit.
    start = chance.choice([0, len(content) - 3000])
    for _ in range(chance.randint(1, 40)):
        content[chance.randrange(start, len(content))] = chance.randrange(256)
    return bytes(content)


def _archive_entries(chance: random.Random, bundle: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            name = entry.filename
            if chance.random() < 0.1:
                name = chance.choice(
                    [
                        "../x",
                        "/etc/x",
                        "report",
                        "report/audit",
                        "a\0b",
                        "x" * 300,
                        "report/run.json/",
                    ]
                )
            if chance.random() > 0.1:
                new.writestr(name, old.read(entry))
    return out.getvalue()


def _archive_record(chance: random.Random, bundle: bytes) -> bytes:
    """The archive with another run record: keys, types and texts of it are spoiled."""
    out = io.BytesIO()
    name = "report/audit/run.json"
    with zipfile.ZipFile(io.BytesIO(bundle)) as old, zipfile.ZipFile(out, "w") as new:
        text = old.read(name).decode()
        record = json.loads(text)
        for _ in range(chance.randint(1, 4)):
            part = record
            key = chance.choice(list(part))
            while isinstance(part[key], dict) and part[key] and chance.random() < 0.7:
                part = part[key]
                key = chance.choice(list(part))
            values = [None, -1, 10**400, "x" * 100_000, [], {}, [[]], True, "\x1b", "../../x", 1.5]
            part[key] = chance.choice(values)
        text = json.dumps(record)
        if chance.random() < 0.3:
            text = chance.choice(
                ["[" * 100_000, "NaN", "{}", "", "1" * 10_000, "\ud800", '{"a":1e999}']
            )
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(
                entry.filename,
                text.encode("utf-8", "surrogatepass") if entry.filename == name else content,
            )
    return out.getvalue()


def _archive_bomb(chance: random.Random, _: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        size = chance.choice([10_000_000, 300_000_000])
        names = ["report/audit/run.json", "report/MANIFEST.sha256", "report/annual-report.html"]
        archive.writestr(chance.choice(names), bytes(size))
        for number in range(chance.choice([0, 60_000])):
            archive.writestr(f"report/{number}", b"")
    return out.getvalue()


def _archive_noise(chance: random.Random, bundle: bytes) -> bytes:
    start = chance.randrange(len(bundle))
    return chance.choice(
        [
            b"",
            bundle[:start],
            bundle[start:],
            chance.randbytes(9000),
            bundle + bundle,
            b"PK\x05\x06",
        ]
    )


ARCHIVE_WAYS: dict[str, Callable[[random.Random, bytes], bytes]] = {
    "changed bytes": _archive_bytes,
    "changed entries": _archive_entries,
    "another record": _archive_record,
    "one more record": _archive_record,
    "a bomb": _archive_bomb,
    "noise": _archive_noise,
}


def _argument_case(seed: int, chance: random.Random, folder: Path, bundle: bytes) -> HostileCase:
    (folder / "archive.zip").write_bytes(bundle)
    os.mkfifo(folder / "pipe")
    paths = [
        *("../archive.zip", "../pipe", ".", "data/raw", f"reports/{YEAR}", "x/../y", "x" * 300),
        *(f"data/raw/{YEAR}/complaints.csv", "../" * 2000, "/dev/stdout", "/proc/self/mem"),
    ]
    commands = ["check", "status", "trace", "diff", "verify", "new", "init", "batch", "run"]
    weights = [4, 4, 4, 4, 1, 4, 4, 1, 1]
    words = chance.choices(commands, weights)
    if words[0] == "verify" and chance.random() < 0.8:
        words += ["--from", chance.choice(paths)]
    words += chance.choices([*WORDS, *paths], k=chance.randint(0, 5))
    words = [word for word in words if "\0" not in word]
    return HostileCase(seed, "argument", folder, words, "")


def _environment_case(seed: int, chance: random.Random, folder: Path, _: bytes) -> HostileCase:
    names = chance.sample(list(VARIABLES), chance.randint(1, 5))
    environment = {name: chance.choice(VARIABLES[name]) for name in names}
    note = " ".join(f"{name}={value[:20]!r}" for name, value in environment.items())
    return HostileCase(seed, "environment", folder, _reading_words(chance), note, environment)


MAKERS: dict[str, Callable[[int, random.Random, Path, bytes], HostileCase]] = {
    "settings": _settings_case,
    "commentary": _commentary_case,
    "extract": _extract_case,
    "workbook": _workbook_case,
    "archive": _archive_case,
    "argument": _argument_case,
    "environment": _environment_case,
    "report": _report_case,
}
