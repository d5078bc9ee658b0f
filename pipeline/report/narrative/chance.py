"""Whether a change in a count is more than chance would make it, so that nobody reads a trend into four complaints."""

from __future__ import annotations

from pipeline.significance import two_count_p_value

SIGNIFICANCE_LEVEL = (
    0.05  # a change that chance alone brings about at least this often is not taken for one
)
SMALL_CASE_COUNT = 30  # cases of the two years together that a reader would call small


def chance_sentence(current: float, previous: float) -> str:
    """A sentence on a change between two counts, by the exact test of them; none where there was no change."""
    if current == previous:
        return ""
    if two_count_p_value(int(current), int(previous)) >= SIGNIFICANCE_LEVEL:
        return f"This could easily be chance{' on numbers this small' if current + previous < SMALL_CASE_COUNT else ''}."
    return "A change as large as this is unlikely to be chance alone."
