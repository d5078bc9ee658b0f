"""Whether a change in a count is more than chance would make it, so that nobody reads a trend into four complaints."""

from __future__ import annotations

from pipeline.significance import of_two_counts

OFTEN = 0.05  # a change that chance alone brings about at least this often is not taken for one
SMALL = 30  # cases of the two years together that a reader would call small


def remark(now: float, before: float) -> str:
    """A sentence on a change between two counts, by the exact test of them; none where there was no change."""
    if now == before:
        return ""
    if of_two_counts(int(now), int(before)) >= OFTEN:
        return f"This could easily be chance{' on numbers this small' if now + before < SMALL else ''}."
    return "A change as large as this is unlikely to be chance alone."
