"""How likely chance alone makes two counts as different as they are."""

from __future__ import annotations

from math import exp, lgamma, log


def two_count_p_value(count: int, other_count: int) -> float:
    """The probability of a split at least as uneven, on either side, were both years alike.

    Both are taken as counts of events that come singly and at random (Poisson). Each of the cases of the two years would then
    fall in either with equal odds, so that one count, given their sum, is binomial. The sum of its tail is exact: it begins at
    the split itself and ends where what is left would change nothing.
    """
    both, fewer = count + other_count, min(count, other_count)
    if count == other_count:
        return 1.0
    term = exp(lgamma(both + 1) - lgamma(fewer + 1) - lgamma(both - fewer + 1) - both * log(2))
    tail, few = term, fewer
    while few and term > tail * 1e-17:
        term *= few / (both - few + 1)
        tail += term
        few -= 1
    return min(1.0, 2 * tail)
