"""Attack the reports of random councils and count the numbers that a reader can narrow.

`PYTHONPATH=tests python tests/benchmarks/attack_councils.py 0 1000` prints one line per hundred
councils, one for each in which a number was narrowed, and the totals. A council takes some seconds,
so run several ranges at once on a machine with several cores.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from builders import typed_extract
from council_attack import PublishedCouncil, attack
from random_councils import THRESHOLDS, random_council


def main(first: int, last: int) -> None:
    """Attack the councils of these seeds."""
    totals = {"councils": 0, "withheld": 0, "narrowed": 0, "exact": 0, "given away before": 0}
    began = time.monotonic()
    published = typed_extract("published", [])
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, last):
            council = random_council(seed, Path(folder))
            # Every other council published a report on the years before, by another threshold.
            has_earlier = seed % 2 and len(council.settings.window) > 1
            threshold = THRESHOLDS[seed % len(THRESHOLDS)] if has_earlier else None
            result = attack(PublishedCouncil.of(council, published, threshold))
            totals["councils"] += 1
            totals["withheld"] += result.withheld
            totals["narrowed"] += len(result.narrowed)
            totals["exact"] += result.exact
            totals["given away before"] += result.given_away
            if result.narrowed or totals["councils"] % 100 == 0:
                print(seed, council.complaints_per_year, result.narrowed, totals, flush=True)
    print(totals, f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
