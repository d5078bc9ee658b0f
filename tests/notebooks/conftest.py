"""The four notebooks, run cell by cell in the test process."""

from __future__ import annotations

from pathlib import Path

import lxml.html
import nbformat
import pandas as pd
import pytest
import sample_plan
from builders import REPOSITORY
from page_text import one_line


@pytest.fixture(scope="session")
def plan():
    """`tests/sample/sample_plan.py`: what happened in the sample."""
    return sample_plan


STEPS = ("1_validate", "2_clean", "3_aggregate", "4_report")


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """build(workspace): the page that the four notebooks make, run in this process.

    It takes a quarter of the time of `annual-report run`; `test_identical` compares the bytes.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        patch.setenv("MPLBACKEND", "agg")
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
        try:
            yield lambda workspace: build_page(workspace, shell)
        finally:
            shell.restore_sys_module_state()
            InteractiveShell.clear_instance()


def build_page(workspace: Path, shell) -> str:
    from pipeline.report.documents.html import render_html
    from pipeline.settings import load_settings

    for step in STEPS:
        notebook = nbformat.read(REPOSITORY / "notebooks" / f"{step}.ipynb", as_version=4)
        shell.reset(new_session=False)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = run_cell(cell.source, shell)
                if "parameters" in cell.metadata.get("tags", []):
                    shell.user_ns.update(workspace=str(workspace), year="2021-22", processed=None)
    return render_html(notebook, load_settings(workspace, "2021-22"))


def run_cell(source: str, shell) -> list:
    from IPython.utils.capture import capture_output

    with capture_output() as captured:
        result = shell.run_cell(source, store_history=False)
    result.raise_error()
    return [
        nbformat.v4.new_output("display_data", output.data, metadata=output.metadata)
        for output in captured.outputs
    ]


@pytest.fixture(scope="module")
def html(sample_report) -> str:
    """The sample's page as published."""
    return sample_report.html.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html):
    """The sample's page, parsed."""
    return lxml.html.document_fromstring(html)


@pytest.fixture(scope="module")
def section(page):
    """section("overview"): the section with that anchor."""

    def find(anchor: str):
        (element,) = page.xpath("//main/section[@aria-labelledby=$anchor]", anchor=anchor)
        return element

    return find


@pytest.fixture(scope="module")
def blocks(section):
    """blocks("overview"): the text of each paragraph and list entry of a section."""
    return lambda anchor: [one_line(block) for block in section(anchor).iter("p", "li")]


@pytest.fixture(scope="module")
def table_rows(section):
    """table_rows("overview", caption): the cells of each row by its heading.

    In a group of rows by both headings, such as "Age: Not recorded". The heading row is under
    "headings".
    """

    def read(anchor: str, caption: str) -> dict[str, list[str]]:
        tables = section(anchor).iter("table")
        (table,) = [each for each in tables if one_line(each.find("caption")) == caption]
        rows = {"headings": [one_line(cell) for cell in table.findall("thead/tr/th")]}
        group = ""
        for row in table.xpath("tbody/tr | tfoot/tr"):
            heading, *cells = [one_line(cell) for cell in row]
            if row.get("class") == "group":
                group = f"{heading}: "
                continue
            assert f"{group}{heading}" not in rows
            rows[f"{group}{heading}"] = cells
        return rows

    return read


@pytest.fixture(scope="session")
def figures(sample_report) -> pd.DataFrame:
    """The sample's figures.csv."""
    return pd.read_csv(
        sample_report.figures,
        dtype={"value": "float64"},
        keep_default_na=False,
        na_values={"value": [""]},
    )
