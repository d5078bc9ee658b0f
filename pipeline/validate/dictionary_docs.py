"""docs/dictionary.md: every extract and column.

`python -m pipeline.validate.dictionary_docs` prints the page.
"""

from __future__ import annotations

from pipeline.settings.procedures import DEFAULT, packaged_procedure
from pipeline.validate.definitions import YES_NO, Column, Extract
from pipeline.validate.dictionary import EXTRACTS, PUBLISHED

INTRODUCTION = """\
# The data dictionary

This page lists every extract and column that the report can be made from. It is made from
`pipeline/validate/dictionary.py`; after a change there, rebuild it with
`python -m pipeline.validate.dictionary_docs > docs/dictionary.md`.

An extract is a CSV, Excel or OpenDocument file of its name, or a sheet of that name in a workbook.
`annual-report new` makes a blank spreadsheet for each, without the personal columns. If your case
system has other headings or codes, `council.yaml` translates them: see [mapping.md](mapping.md). A
column that is not required may be empty or missing; the report says what could not be reported.

## Files, sheets and rows

What you see is what is read, and whatever is not read is a finding with the number of its rows.

- **Several files or sheets of one extract** are read together if their headings are the same, in
  any order: `complaints Q1.csv` and `complaints_q2.xlsx`, or the sheets `complaints April to June`
  and `complaints July`. The name may also contain a quarter, half, month, number, date
  or this year (`complaints (2)`, `Q3 complaints`, `complaints 2021-22 part 1 of 2`), and no other
  word. A finding names each part and its rows, and the parts that are missing from a series. Parts
  with different headings, two files for the same part, and a file that repeats another stop the
  run. In a workbook named after an extract, the sheets with the extract's headings are its parts,
  whatever they are called.
- **A hidden sheet is never read.** It is a finding if it has rows: critical if it is the only
  source of its extract.
- **Other sheets** are named with the number of their rows: for information, or as a warning if
  their headings are those of an extract. So are folders inside a year's folder, and tables outside.
- **Hidden rows are read**, also those that a filter hides, because hiding a row does not take it
  out of an extract. A warning names them. So does a warning for a hidden column that is read.
- **A column without a heading** is not read. A warning says in how many rows it has something.
- **An error in a cell** (`#N/A`, `#DIV/0!`, `Err:502`, also as text), a formula whose result is not
  in the file, and a cell merged with others stop the run, unless the column is not read or is
  personal. An error in place of a heading stops it, too. A formula that results in an empty text is
  an empty cell.
- **Blank rows** are passed over, and rows below them are read.
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
    if column.from_procedure:
        listed = "; ".join(column.codes_of(packaged_procedure(DEFAULT)))
        return f"of the procedure; for children's social care: {listed}"
    if column.from_settings:
        return f"listed in `council.yaml` under `{column.from_settings}`"
    codes = YES_NO if column.type == "yes/no" else column.codes
    return "; ".join(codes or ())


if __name__ == "__main__":
    print(dictionary_page(), end="")
