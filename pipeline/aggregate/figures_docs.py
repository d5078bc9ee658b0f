"""docs/figures.md: every figure with its rule, as the figures are declared.

`python -m pipeline.aggregate.figures_docs` prints it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pipeline.aggregate.catalogue import figures_of
from pipeline.aggregate.figure import Figure
from pipeline.settings import Council, Equality
from pipeline.settings.procedures import DEFAULT, packaged_procedure


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
        "A category in *italics* stands for those of the list of that name in `council.yaml`.",
        "",
        "| id | what it is | rule | share of | categories |",
        "| --- | --- | --- | --- | --- |",
    ]
    for id, figure in sorted(figures_of(packaged_procedure(DEFAULT)).items()):
        base = f"`{figure.base}`" if figure.base else ""
        lines.append(
            f"| `{id}` | {figure.title} | {figure.rule} | {base} | {_categories(figure)} |"
        )
    return "\n".join([*lines, "", *_relation_lines()]) + "\n"


def _relation_lines() -> list[str]:
    """Every relation between the numbers of a year, by figure."""
    lines = [
        "## Relations",
        "",
        "How the numbers of a year are related, by the definitions of the figures or by the rules "
        "of the data. Disclosure control assumes",
        "that every reader knows all of these, and the check of the finished report calculates "
        "with them. A relation that the data of a",
        "year does not satisfy (the checks of the data then give a warning, or an earlier report "
        "counted by other rules) is not used for it.",
        "",
    ]
    for id, figure in sorted(figures_of(packaged_procedure(DEFAULT)).items()):
        lines += [f"- `{id}`: `{relation}`" for relation in figure.relations]
    return lines


def _categories(figure: Figure) -> str:
    """The categories of a figure, or where they come from; empty if it has none."""
    if not figure.categories:
        return "texts of the extracts" if figure.by else ""
    return "; ".join(figure.categories(_council_of_names()))


@cache
def _council_of_names() -> Council:
    """Settings with the name of each list of codes in place of its codes."""
    names: dict[str, Any] = {name: (f"*`equality.{name}`*",) for name in Equality.model_fields}
    return Council.model_construct(
        service_areas=("*`service_areas`*",),
        themes=("*`themes`*",),
        equality=Equality.model_construct(**names),
    )


if __name__ == "__main__":
    print(figures_markdown(), end="")
