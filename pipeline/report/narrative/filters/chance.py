"""Whether a count differs from the earlier years by more than chance, so that nobody reads a trend
into it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.significance import count_p_value

# A difference that chance alone brings about at least this often is reported as variation.
SIGNIFICANCE_LEVEL = 0.05


def chance_sentence(current: float, earlier: Sequence[float], cases: str) -> str:
    """A sentence on a count and the average of earlier years, by their exact test.

    Empty if there are no earlier years, or if the count equals their average.

    cases: what is counted, in the plural.
    """
    total = sum(earlier)
    if not earlier or current * len(earlier) == total:
        return ""
    if count_p_value(int(current), int(total), len(earlier)) >= SIGNIFICANCE_LEVEL:
        return f"The number of {cases} is within the usual year-to-year variation."
    comparison = "lower" if current * len(earlier) < total else "higher"
    return f"The number of {cases} is {comparison} than year-to-year variation would explain."
