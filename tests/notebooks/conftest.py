"""The four notebooks, read and run."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
import sample_plan

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def plan():
    """`tests/sample/sample_plan.py`: what happened in the sample, laid by hand."""
    return sample_plan


STEPS = ("1_validate", "2_clean", "3_aggregate", "4_report")


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """build(workspace): the page that the four notebooks make of it, run cell by cell in this process.

    A quarter of the time of `annual-report run`, and the same code: `test_identical` holds that the page is the same to the byte.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        patch.setenv("MPLBACKEND", "agg")
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
        try:
            yield lambda workspace: _page(workspace, shell)
        finally:
            shell.restore_sys_module_state()
            InteractiveShell.clear_instance()


def _page(workspace: Path, shell) -> str:
    from pipeline.report.documents.html import render_html
    from pipeline.settings import load_settings

    for step in STEPS:
        notebook = nbformat.read(REPOSITORY / "notebooks" / f"{step}.ipynb", as_version=4)
        shell.reset(new_session=False)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = _outputs(cell.source, shell)
                if "parameters" in cell.metadata.get("tags", []):
                    shell.user_ns.update(workspace=str(workspace), year="2021-22", processed=None)
    return render_html(notebook, load_settings(workspace, "2021-22"))


def _outputs(source: str, shell) -> list:
    from IPython.utils.capture import capture_output

    with capture_output() as captured:
        result = shell.run_cell(source, store_history=False)
    result.raise_error()
    return [
        nbformat.v4.new_output("display_data", output.data, metadata=output.metadata) for output in captured.outputs
    ]  # fmt: skip
