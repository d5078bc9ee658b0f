"""docs/dictionary.md: every extract and column.

`python -m pipeline.validate.dictionary_docs` prints the page.
"""

from __future__ import annotations

from pipeline.validate.dictionary import EXTRACTS, PUBLISHED, YES_NO, Column, Extract

INTRODUCTION = """\
# The data dictionary

This page lists every extract and column that the report can be made from. It is made from
`pipeline/validate/dictionary.py`; after a change there, rebuild it with
`python -m pipeline.validate.dictionary_docs > docs/dictionary.md`.

An extract is a CSV or Excel file of its name, or a sheet of that name in one workbook.
`annual-report new` makes a blank spreadsheet for each, without the personal columns. If your case
system has other headings or codes, `council.yaml` translates them: see [mapping.md](mapping.md). A
column that is not required may be empty or missing; the report says what could not be reported.
"""


def dictionary_page() -> str:
    """The page in Markdown: a section per extract, a row per column."""
    return INTRODUCTION + "".join(_section(extract) for extract in (*EXTRACTS, PUBLISHED))


def _section(extract: Extract) -> str:
    lines = [
        "",
        f"## {extract.name}",
        "",
        _extract_summary(extract),
        "",
        "| column | what it holds | type | codes |",
        "| --- | --- | --- | --- |",
    ]
    for column in extract.columns:
        lines.append(
            f"| `{column.name}` | {column.description} | {column.type} | {_code_list(column)} |"
        )
    return "\n".join(lines) + "\n"


def _extract_summary(extract: Extract) -> str:
    if extract is PUBLISHED:
        return f"`data/raw/published.csv`: {extract.meaning}. Optional."
    meaning = extract.meaning[0].upper() + extract.meaning[1:]
    if extract.optional:
        return f"{meaning}. Optional."
    return f"{meaning}. Always required, even without rows."


def _code_list(column: Column) -> str:
    if column.from_settings:
        return f"listed in `council.yaml` under `{column.from_settings}`"
    codes = YES_NO if column.type == "yes/no" else column.codes
    return "; ".join(codes or ())


if __name__ == "__main__":
    print(dictionary_page(), end="")
