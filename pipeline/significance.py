"""How likely it is that two counts differ as much as they do by chance alone."""

from __future__ import annotations

from math import exp, lgamma, log

NEGLIGIBLE = 1e-17  # relative to the first term: smaller terms do not change a float's sum


def two_count_p_value(count: int, other_count: int) -> float:
    """The two-sided p-value of two counts, if both years had the same underlying rate.

    Both are taken as counts of independent random events (Poisson). Each case of the two years
    would then fall in either year with equal odds, so one count, given their sum, is binomial.
    The sum of its tail is exact: it begins at the observed split and ends where the remaining
    terms no longer change it.
    """
    if count == other_count:
        return 1.0
    total = count + other_count
    smaller = min(count, other_count)
    log_term = lgamma(total + 1) - lgamma(smaller + 1) - lgamma(total - smaller + 1)
    term = exp(log_term - total * log(2))
    tail = term
    while smaller and term > tail * NEGLIGIBLE:
        term *= smaller / (total - smaller + 1)
        tail += term
        smaller -= 1
    return min(1.0, 2 * tail)
