"""The same work as a plain script in one process, for comparison: the notebooks' cells one after the other, then the same files.

`python plain.py WORKSPACE`: as an analyst would write it who has no chain, with nothing forked and nothing skipped.
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

from pipeline.audit.site import build_audit_site
from pipeline.release.personal_data import must_hold_nothing_personal
from pipeline.report.documents.html import documents
from pipeline.settings import load_settings

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
STEPS = ("1_validate", "2_clean", "3_aggregate", "4_report")


def main(workspace: str, year: str = "2021-22") -> None:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    matplotlib.use("agg")
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    executed = {}
    for step in STEPS:
        executed[step] = notebook = nbformat.read(NOTEBOOKS / f"{step}.ipynb", as_version=4)
        shell.reset(new_session=False)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                with capture_output() as captured:
                    shell.run_cell(cell.source, store_history=False).raise_error()
                cell.outputs = [
                    nbformat.v4.new_output("display_data", one.data, metadata=one.metadata)
                    for one in captured.outputs
                ]
                if "parameters" in cell.metadata.get("tags", []):
                    shell.user_ns.update(workspace=workspace, year=year, processed=None)
    made = documents(
        executed,
        load_settings(workspace, year),
        ["html"],
        None,
        print,
        False,
        must_hold_nothing_personal,
        build_audit_site,
    )
    for name, content in made.items():
        to = Path(workspace) / "reports" / year / name
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1])
