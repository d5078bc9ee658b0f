"""Does the work of a run as a plain script in one process, for comparison: `plain.py WORKSPACE`.

It runs the notebooks' cells one after another and writes the same files, with nothing forked and
nothing skipped, as an analyst without a chain would.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import great_expectations  # noqa: F401
import matplotlib
import nbformat
import pandas  # noqa: F401
import seaborn  # noqa: F401
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from pipeline.run.chain import Progress
from pipeline.settings import load_settings
from pipeline.workflow import RunResources, run_options
from pipeline.workflow.documents import make_documents

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
STEPS = ("1_validate", "2_clean", "3_aggregate", "4_report")


def run_cell(shell: InteractiveShell, source: str) -> list[nbformat.NotebookNode]:
    """The displayed outputs of a cell."""
    with capture_output() as captured:
        shell.run_cell(source, store_history=False).raise_error()
    return [
        nbformat.v4.new_output("display_data", output.data, metadata=output.metadata)
        for output in captured.outputs
    ]


def main(workspace: str, year: str = "2021-22") -> None:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    matplotlib.use("agg")
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    executed = {}
    for step in STEPS:
        notebook = nbformat.read(NOTEBOOKS / f"{step}.ipynb", as_version=4)
        shell.reset(new_session=False)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = run_cell(shell, cell.source)
                if "parameters" in cell.metadata.get("tags", []):
                    shell.user_ns.update(workspace=workspace, year=year, processed=None)
        executed[step] = notebook
    settings = load_settings(workspace, year)
    options = run_options(settings, "html", final=False)
    files = make_documents(executed, settings, options, Progress(), RunResources())
    for name, content in files.items():
        path = Path(workspace) / "reports" / year / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1])
