"""Give random hostile inputs to the real commands, and list every fault.

`PYTHONPATH=tests:tests/run:tests/validate/reading python tests/benchmarks/hostile_inputs.py 0 500`
prints a line for each input that did harm, and at the end how many of which kind and command there
were, with the longest and the largest. An input takes about two seconds.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from builders import COMMAND, copy_sample
from hostile_cases import hostile_case
from hostile_outcomes import stop_processes, try_case
from runs import YEAR

from pipeline.run.verify import pack_bundle
from pipeline.settings import load_settings

PROGRESS_EVERY = 50


def main(first: int, last: int) -> None:
    """Try the inputs of these seeds."""
    kinds, commands, exit_codes = Counter(), Counter(), Counter()
    longest, largest, faulty = (0.0, 0), (0, 0), []
    with tempfile.TemporaryDirectory(prefix="h-") as parent:
        finished = copy_sample(Path(parent) / "finished")
        command = [COMMAND, "run", YEAR, "--workspace", finished, "--formats", "html,data"]
        subprocess.run(command, check=True, capture_output=True)
        bundle = pack_bundle(load_settings(finished, YEAR))
        for seed in range(first, last):
            folder = Path(parent) / str(seed)
            folder.mkdir()
            case = hostile_case(seed, finished, bundle, folder)
            outcome, faults = try_case(case)
            kinds[case.kind] += 1
            commands[case.words[0]] += 1
            exit_codes[outcome.exit_code] += 1
            longest = max(longest, (outcome.cpu_seconds, seed))
            largest = max(largest, (outcome.bytes, seed))
            if faults:
                faulty.append(seed)
                print(seed, case.kind, case.words, case.note, faults, sep=" | ", flush=True)
                print("    " + outcome.output[-600:].replace("\n", "\n    "), flush=True)
                stop_processes(case)
            if (seed - first + 1) % PROGRESS_EVERY == 0:
                print(f"{seed - first + 1} inputs, {len(faulty)} faults", flush=True)
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{last - first} inputs: {dict(kinds)}\n{dict(commands)}\nexit codes {dict(exit_codes)}")
    print(f"longest {longest[0]:.1f} s of CPU (seed {longest[1]})")
    print(f"largest {largest[0] / 1e6:,.0f} MB (seed {largest[1]}); faults: {faulty}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
