"""A notebook has the outputs that a standard kernel gives, and nothing of the program that runs it.

papermill brings the notebooks of its own tests. nbclient's are not in its package; the notebooks
here are of the same kinds.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from builders import COMMAND_SECONDS
from nbclient.exceptions import CellTimeoutError
from papermill.exceptions import PapermillExecutionError
from runs import merge_streams, write_notebook

from pipeline.run.kernels import fork_server
from pipeline.run.kernels.engine import ENGINE_NAME

PAPERMILL_NOTEBOOKS = Path(papermill.__file__).parent / "tests" / "notebooks"
ADDRESS = re.compile(r"0x[0-9a-f]+|/\S*ipykernel_\d+/\d+\.py")
# Without the standard input, as papermill runs it.
KINDS = {
    "outputs": (
        "from IPython.display import display, update_display, HTML\n"
        "display('first', display_id='here'); display(HTML('<b>bold</b>'))",
        "update_display('second', display_id='here')\nhandle = display('third', display_id=True)",
        "handle.update('fourth'); 5",
        "from IPython.display import clear_output\nprint(1); clear_output(); print(2)",
        "import warnings\nwarnings.warn('careful', DeprecationWarning)",
        "open('x', 'w')",
        "import logging\nlogging.warning('careful')\nlogging.info('not shown')",
        "import asyncio\nawait asyncio.sleep(0)\nprint('done')",
        "import subprocess\n_ = subprocess.run(['echo', 'a program'])",
        "class Person: pass\nPerson",
        "In[1], Out[3]",
        "__name__, __file__",
        "import pandas as pd\npd.DataFrame({'number': range(99), 'text': ['x' * 99] * 99})",
        "print(pd.DataFrame({'number': range(99)})); pd.Series([1.23456])",
        "list(range(1500))",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint(plt.rcParams['lines.linewidth'])",
        "shell = get_ipython().history_manager\nshell.hist_file, shell.session_number",
        "%history",
        "import multiprocessing as mp\nmp.parent_process(), mp.get_start_method(allow_none=True)",
        "child = mp.get_context('fork').Process(target=print, args=['a child'])\n"
        "child.start(); child.join(); asyncio.run(asyncio.sleep(0.3))",
        "import os, sys\nsys.argv[0], len(sys.argv), os.environ.get('SOURCE_DATE_EPOCH')",
        "import threading\n_ = threading.Thread(target=lambda: 1 / 0).start()",
    ),
    "no input": ("input('Name? ')",),
    "error with a cause": (
        "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise KeyError('k') from e",
    ),
    "magics": ("%precision 2", "3.14159", "!echo text", "%undefined"),
}
# What a standard kernel does when it ends.
AT_THE_END = (
    "file = open('file.txt', 'w'); _ = file.write('not flushed')",
    "import atexit, os\n_ = atexit.register(lambda: os.mkdir('made at exit'))",
    "import tempfile\nprint(tempfile.mkdtemp(dir=os.environ.get('TMPDIR')), end='')",
)
# Prints what a notebook could have of the script that runs it, and of nothing else.
SEEN = """
import logging, multiprocessing, sys, warnings
print(('ignore', None, Warning, None, 0) in warnings.filters, sys.warnoptions, sys.argv[1])
print(logging.root.level, logging.root.handlers, 'argument' in sys.argv, 'leaked' in globals())
print(multiprocessing.get_start_method(), [path for path in sys.path if 'scripts' in path])
print(logging.getLogger('multiprocessing').handlers, multiprocessing.current_process().name)
import __main__; print(hasattr(__main__, 'leaked'), hasattr(sys, 'changed'))
import beside; print(beside.__name__)
import time; print(__debug__, sys.flags.dev_mode, sys.flags.optimize, time.tzname)
"""
# Without a guard: each process that ran it again would start more.
SCRIPT = f"""
import logging, multiprocessing, os, sys, warnings
from pathlib import Path
with Path("starts.txt").open("a") as starts:
    starts.write("started ")
import papermill
leaked = sys.changed = True
warnings.simplefilter("ignore")
logging.basicConfig(level=logging.CRITICAL)
multiprocessing.log_to_stderr()
for engine in ({ENGINE_NAME!r}, None, {ENGINE_NAME!r}):
    options = dict(engine_name=engine, progress_bar=False)
    papermill.execute_notebook("notebook.ipynb", f"{{engine}}.ipynb", **options)
    os.environ["TZ"] = "Asia/Tokyo"  # for the notebooks after the first
"""
# A process that may have no children, and one that is a copy of the server's client.
WORKERS = f"""
import multiprocessing, papermill
from concurrent.futures import ProcessPoolExecutor
def run(name):
    options = dict(engine_name={ENGINE_NAME!r}, progress_bar=False)
    papermill.execute_notebook("notebook.ipynb", f"{{name}}.ipynb", **options)
if __name__ == "__main__":
    run("first")
    context = multiprocessing.get_context("fork")
    with context.Pool(1) as pool, ProcessPoolExecutor(1, mp_context=context) as executor:
        pool.map(run, ["second"])
        list(executor.map(run, ["third"]))
"""


def outcome(source: Path, engine: str | None, **options: Any) -> tuple[list[Any], str]:
    """The outputs of each cell, and the name of the error that stopped the notebook."""
    executed = source.with_name("executed.ipynb")
    error_name = ""
    try:
        papermill.execute_notebook(
            source,
            executed,
            engine_name=engine,
            kernel_name="python3",
            progress_bar=False,
            **options,
        )
    except Exception as error:
        error_name = f"{type(error).__name__} {getattr(error, 'ename', '')}"
    cells = nbformat.read(executed, as_version=4).cells
    return [comparable(cell.get("outputs", [])) for cell in cells], error_name


def comparable(outputs: list[Any]) -> list[Any]:
    """Outputs without addresses, with the parts of a stream joined."""
    streams = [output for output in outputs if output.output_type == "stream"]
    others = [output for output in outputs if output.output_type != "stream"]
    text = merge_streams(streams)
    return [ADDRESS.sub("…", str(each)) for each in (*text, *others)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["simple_execute", "broken1", "complex_parameters", "sysexit0", "sysexit1", "line_magic_error"],
)
def test_papermill_s_own_notebooks_have_the_same_outputs(name, tmp_path):
    source = tmp_path / f"{name}.ipynb"
    source.write_bytes((PAPERMILL_NOTEBOOKS / source.name).read_bytes())
    assert outcome(source, ENGINE_NAME) == outcome(source, None)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_cell_of_each_kind_has_the_outputs_of_a_plain_kernel(kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 7")  # the user's own settings
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    source = write_notebook(tmp_path, *KINDS[kind])
    assert outcome(source, ENGINE_NAME) == outcome(source, None)


@pytest.mark.slow
def test_nothing_of_the_calling_script_reaches_a_notebook(tmp_path):
    """It has no guard, and changes warnings, log and arguments before it runs the notebook."""
    folder = tmp_path / "scripts"
    folder.mkdir()
    write_notebook(folder, SEEN)
    (folder / "script.py").write_text(SCRIPT)
    (folder / "beside.py").touch()  # a notebook may import what lies beside it
    finished = subprocess.run(
        [sys.executable, "-O", "-b", "-W", "error::FutureWarning", "script.py", "argument"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
    )
    assert finished.returncode == 0, finished.stderr
    assert (folder / "starts.txt").read_text() == "started "
    texts = {
        name: nbformat.read(folder / f"{name}.ipynb", as_version=4).cells[0].outputs[0].text
        for name in ("None", ENGINE_NAME)
    }
    plain = texts["None"].splitlines()
    ours = texts[ENGINE_NAME].splitlines()
    assert ours == plain


@pytest.mark.slow
def test_any_notebook_ends_as_in_a_standard_kernel(tmp_path, monkeypatch):
    """Its files are written, what it asked for is done, and its temporary files stay."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    source = write_notebook(tmp_path, *AT_THE_END)
    ((*_, printed), error_name) = outcome(source, ENGINE_NAME)
    assert error_name == ""
    assert (tmp_path / "file.txt").read_text() == "not flushed"
    assert (tmp_path / "made at exit").is_dir()
    (path,) = [path for path in tmp_path.iterdir() if path.name.startswith("tmp")]
    assert str(path) in printed[0]


@pytest.mark.slow
@pytest.mark.skipif(not fork_server.CAN_FORK, reason="no process can fork here")
def test_engine_works_in_the_workers_of_a_program(tmp_path):
    write_notebook(tmp_path, "1")
    (tmp_path / "script.py").write_text(WORKERS)
    finished = subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
    )
    assert finished.returncode == 0, finished.stderr
    assert all((tmp_path / f"{name}.ipynb").is_file() for name in ("first", "second", "third"))


@pytest.mark.slow
def test_cell_that_takes_too_long_ends_without_a_traceback(tmp_path, capfd):
    """The standard kernel prints one of zmq on standard error, and has the same outcome."""
    source = write_notebook(tmp_path, "import time\nwhile True:\n    time.sleep(60)", "print(1)")
    with pytest.raises(CellTimeoutError):
        papermill.execute_notebook(
            source, None, engine_name=ENGINE_NAME, execution_timeout=1, progress_bar=False
        )
    with pytest.raises(PapermillExecutionError, match="KeyboardInterrupt"):
        papermill.execute_notebook(
            source,
            None,
            engine_name=ENGINE_NAME,
            execution_timeout=1,
            interrupt_on_timeout=True,
            progress_bar=False,
        )
    assert "Traceback" not in capfd.readouterr().err
