"""Whether a change in a count is more than chance would make it, so that nobody reads a trend into four complaints."""

from __future__ import annotations

OFTEN = 0.05  # a change that chance alone brings about at least this often is not taken for one
SMALL = 30  # cases of the two years together that a reader would call small


def remark(now: float, before: float) -> str:
    """A sentence on a change between two counts; none where there was no change.

    Both are taken as counts of events that come singly and at random (Poisson). Were both years alike, each of the cases of the
    two would fall in either with equal odds, so that one count, given their sum, is binomial: the exact test of that is made.
    """
    from scipy.stats import binomtest  # seaborn has imported it already

    if now == before:
        return ""
    if binomtest(int(now), int(now + before), 0.5).pvalue >= OFTEN:
        return f"This could easily be chance{' on numbers this small' if now + before < SMALL else ''}."
    return "A change as large as this is unlikely to be chance alone."
