"""Whether a change in a count is larger than chance, so that nobody reads a trend into it."""

from __future__ import annotations

from pipeline.significance import two_count_p_value

# A change that chance alone brings about at least this often is reported as chance.
SIGNIFICANCE_LEVEL = 0.05
SMALL_CASE_COUNT = 30  # cases of the two years together that a reader would call small


def chance_sentence(current: float, previous: float) -> str:
    """A sentence on a change between two counts, by their exact test; empty if they are equal."""
    if current == previous:
        return ""
    if two_count_p_value(int(current), int(previous)) < SIGNIFICANCE_LEVEL:
        return "A change as large as this is unlikely to be chance alone."
    if current + previous < SMALL_CASE_COUNT:
        return "This could easily be chance on numbers this small."
    return "This could easily be chance."
