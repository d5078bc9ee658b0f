"""docs/dictionary.md: every extract and column. `python -m pipeline.validate.dictionary_docs` prints it."""

from __future__ import annotations

from pipeline.validate.dictionary import EXTRACTS, PUBLISHED, YES_NO, Column, Extract


def dictionary_page() -> str:
    """The page in Markdown: a section an extract, a row a column."""
    lines = [
        "# The data dictionary",
        "",
        "Every extract and column that the report can be made from. This page is made from `pipeline/validate/dictionary.py`;",
        "after a change there, make it anew with `python -m pipeline.validate.dictionary_docs > docs/dictionary.md`.",
        "",
        "An extract is a CSV or Excel file of its name, or a sheet of that name in one workbook. `annual-report new` makes a",
        "blank spreadsheet for each, without the personal columns. If your case system has other headings or codes,",
        "`council.yaml` translates: [mapping.md](mapping.md). A column that is not needed may be empty or absent; what then",
        "cannot be reported is said in the report.",
    ]
    for extract in (*EXTRACTS, PUBLISHED):
        lines += [
            "",
            f"## {extract.name}",
            "",
            _extract_summary(extract),
            "",
            "| column | what it holds | type | codes |",
            "| --- | --- | --- | --- |",
        ]
        lines += [
            f"| `{column.name}` | {column.description} | {column.type} | {_code_list(column)} |"
            for column in extract.columns
        ]
    return "\n".join(lines) + "\n"


def _extract_summary(extract: Extract) -> str:
    if extract is PUBLISHED:
        return f"`data/raw/published.csv`: {extract.meaning}. May be absent."
    said = extract.meaning[0].upper() + extract.meaning[1:]
    return (
        f"{said}. {'May be absent.' if extract.optional else 'Always needed, even without rows.'}"
    )


def _code_list(column: Column) -> str:
    if column.from_settings:
        return f"listed in `council.yaml` under `{column.from_settings}`"
    return "; ".join(YES_NO if column.type == "yes/no" else column.codes or ())


if __name__ == "__main__":
    print(dictionary_page(), end="")
