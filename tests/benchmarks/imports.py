"""What each process of a run imports: `python tests/benchmarks/imports.py`.

In processor time, as a run imports in several processes at once. What a process has from the fork
server is not counted again. The table is for docs/benchmarks.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PRELOADS = "pipeline.run.kernels.preload"
ROUNDS = 5
LARGEST = 4  # packages named
# What a process imports, after what it has from the fork server.
# fmt: off
PROCESSES = {
    "the command": ("", "import pipeline.cli, pipeline.workflow, pipeline.run.chain, "
                        "pipeline.run.kernels.managers, pipeline.run.execute; "
                        "pipeline.workflow.import_documents()"),
    "the fork server, for all kernels": ("", f"import {PRELOADS}.kernel"),
    "the kernel that validates": (f"import {PRELOADS}.kernel", f"import {PRELOADS}.validate"),
    "the kernel that cleans": (f"import {PRELOADS}.kernel", f"import {PRELOADS}.clean"),
    "the kernel that aggregates": (f"import {PRELOADS}.kernel", f"import {PRELOADS}.aggregate"),
    "the kernel that reports": (f"import {PRELOADS}.kernel", f"import {PRELOADS}.report"),
    "the PDF's process": ("", "from pipeline.report.documents import pdf; "
                              "pdf.preload_pdf_libraries()"),
}
# fmt: on
# Measures each module without what it imports, where Python executes it.
MEASURE = """
import collections, json, sys, time
from importlib.machinery import ExtensionFileLoader, SourceFileLoader
own, stack = collections.Counter(), []
def measured(loader):
    execute = loader.exec_module
    def exec_module(self, module):
        start = time.process_time()
        stack.append(0.0)
        try:
            execute(self, module)
        finally:
            seconds = time.process_time() - start
            own[module.__name__] += seconds - stack.pop()
            if stack:
                stack[-1] += seconds
    loader.exec_module = exec_module
measured(SourceFileLoader)
measured(ExtensionFileLoader)
exec(sys.argv[1])
own.clear()
start = time.process_time()
exec(sys.argv[2])
print(json.dumps([time.process_time() - start, own]))
"""


def import_seconds(preparation: str, code: str) -> tuple[float, dict[str, float]]:
    """The processor time of imports, in all and by module; of the quickest of several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        finished = subprocess.run(
            [sys.executable, "-c", MEASURE, preparation, code],
            cwd=REPOSITORY,
            env=os.environ | {"PYDEVD_DISABLE_FILE_VALIDATION": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        rounds.append(json.loads(finished.stdout))
    seconds, by_module = min(rounds, key=lambda each: each[0])
    return seconds, by_module


def main() -> None:
    print("| process | seconds | modules | of which |\n| --- | --- | --- | --- |")
    for process, (preparation, code) in PROCESSES.items():
        seconds, by_module = import_seconds(preparation, code)
        by_package: dict[str, float] = {}
        for module, own in by_module.items():
            package = module.partition(".")[0]
            by_package[package] = by_package.get(package, 0) + own
        largest = sorted(by_package.items(), key=lambda item: -item[1])[:LARGEST]
        packages = ", ".join(f"{package} {own:.2f}" for package, own in largest)
        print(f"| {process} | {seconds:.2f} | {len(by_module):,} | {packages} |", flush=True)


if __name__ == "__main__":
    main()
