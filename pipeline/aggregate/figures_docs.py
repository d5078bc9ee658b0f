"""docs/figures.md: every figure with its rule, as the figures are declared.

`python -m pipeline.aggregate.figures_docs` prints it.
"""

from __future__ import annotations

from pipeline.aggregate.catalogue import CATALOGUE


def figures_markdown() -> str:
    """The page in Markdown: one row per figure, by id."""
    lines = [
        "# Figures",
        "",
        "Every figure that the report can use. This page is made from the declarations in "
        "`pipeline/aggregate/figures/`. After a",
        "change there, rebuild it with "
        "`python -m pipeline.aggregate.figures_docs > docs/figures.md`.",
        "",
        "| id | what it is | rule | share of |",
        "| --- | --- | --- | --- |",
    ]
    for id, figure in sorted(CATALOGUE.items()):
        base = f"`{figure.base}`" if figure.base else ""
        lines.append(f"| `{id}` | {figure.title} | {figure.rule} | {base} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(figures_markdown(), end="")
