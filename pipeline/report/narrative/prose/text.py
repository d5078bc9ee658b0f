"""The prose of a template: what a reader sees of it as words, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from unicodedata import category, normalize

from jinja2.sandbox import SandboxedEnvironment

REFERENCE = "\ufffc"  # stands for {{ … }}
# Letters of other scripts that look like Latin ones.
LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0455\u03bf\u03bd\u03b9", "aeopcyxisovi"
)
LITERAL = re.compile(r"\s*(['\"])([^'\"]*)\1\s*")
LIST_ITEM = re.compile(r"^( *)(\d{1,2})[.)](?= +\S)")
BULLET_OR_TAG = re.compile(r"\s*(?:[-*+] |\{%)")
CAPTION_MARK = "Table: "  # begins the line above a table that is its caption
DELIMITER_ROW = re.compile(r"^ {0,3}\|?(?: *:?-+:? *\|)+(?: *:?-+:? *)?\|? *$")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
MARKUP = re.compile(r"</?[a-zA-Z][^>\n]*>|(?<=\])\([^)\s]*\)|<https?:[^>\s]*>|[*_~`]+")


def plain_prose(environment: SandboxedEnvironment, template: str) -> tuple[str, list[str]]:
    """The words of a template with REFERENCE for each reference, and the text of the references.

    The lines keep their numbers. Markup, invisible characters and the targets of links are left
    out, so that "t**wo**" reads as it prints.
    """
    words = ""
    references: list[str] = []
    line = 1
    in_reference = False
    for first_line, token, text in environment.lex(template):
        if token == "variable_begin":
            words += "\n" * (first_line - line) + REFERENCE
            references.append("")
            line = first_line
            in_reference = True
        elif token == "variable_end":
            in_reference = False
            literal = LITERAL.fullmatch(references[-1])
            if literal:  # it prints its own text
                words = words[: -len(REFERENCE)] + literal[2]
                references.pop()
        elif in_reference:
            references[-1] += text
        elif token == "data":
            words += "\n" * (first_line - line) + _printed(text)
            line = first_line + text.count("\n")
    return words, references


def _printed(text: str) -> str:
    """A text as it prints, with its line breaks."""
    text = COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    text = normalize("NFKC", unescape(MARKUP.sub("", text))).translate(LOOKALIKES)
    return "".join(
        character
        for character in text
        if character == "\n" or category(character) not in ("Cc", "Cf")
    )


def without_list_numbers(template: str) -> str:
    """The template with the numbers of its numbered lists blanked out.

    A list counts 1, 2, 3, or is numbered 1 throughout, and has several items. Any other number is
    left.
    """
    lines = template.split("\n")
    lists: dict[int, list[int]] = {}  # by indent: the lines of the items so far
    after_gap = False
    for position, line in enumerate([*lines, "end"]):
        item = LIST_ITEM.match(line)
        indent = len(line) - len(line.lstrip(" "))
        is_text = bool(line.strip()) and not BULLET_OR_TAG.match(line) and not item
        ends_lists = position == len(lines) or (is_text and after_gap)
        for list_indent in [one for one in lists if one > indent or (ends_lists and one == indent)]:
            _blank_out_numbers(lines, lists.pop(list_indent))
        if item:
            items = lists.setdefault(indent, [])
            follows = int(item[2]) == len(items) + 1
            if not follows and int(item[2]) == 1 and not _all_ones(lines, items):
                _blank_out_numbers(lines, items)
                items.clear()
            if follows or int(item[2]) == 1:
                items.append(position)
        after_gap = not line.strip()
    return "\n".join(lines)


def _all_ones(lines: list[str], items: list[int]) -> bool:
    return all(lines[position].lstrip().startswith("1") for position in items[:2])


def _blank_out_numbers(lines: list[str], items: list[int]) -> None:
    if len(items) > 1:
        for position in items:
            lines[position] = LIST_ITEM.sub(lambda item: " " * len(item[0]), lines[position])


def table_faults(template: str) -> Iterator[tuple[int, str]]:
    """Line and fault of each Markdown table that people who do not see it could not follow."""
    lines = template.splitlines()
    for position, line in enumerate(lines):
        if not (DELIMITER_ROW.match(line) and position and "|" in lines[position - 1]):
            continue
        heading = position - 1
        above = next((text for text in lines[:heading][::-1] if text.strip()), "")
        if not above.startswith(CAPTION_MARK):
            yield heading + 1, "the table has no caption"
        for number, row in enumerate(lines[heading:], heading + 1):
            cells = row.strip().strip("|").split("|")
            if "|" not in row and not row.lstrip().startswith("{%"):
                break
            is_heading = number == heading + 1
            if "|" in row and not all(cell.strip() for cell in cells[: None if is_heading else 1]):
                yield number, "a heading of the table is empty"
