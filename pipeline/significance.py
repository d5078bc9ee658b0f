"""How likely it is that two counts differ as much as they do by chance alone."""

from __future__ import annotations

from math import exp, lgamma, log

NEGLIGIBLE = 1e-17  # relative to the sum: smaller terms do not change a float


def count_p_value(count: int, other_count: int, other_years: int = 1) -> float:
    """The two-sided p-value of a year's count and that of other years, if all had the same rate.

    Both are taken as counts of independent random events (Poisson). Each case would then fall in
    the year with odds of one to `other_years`, so its count, given the total, is binomial. The sum
    of the tail is exact: it begins at the observed count and ends where the remaining terms no
    longer change it.
    """
    total = count + other_count
    mean = total / (1 + other_years)
    if count == mean:
        return 1.0
    odds = 1 / other_years
    log_term = lgamma(total + 1) - (lgamma(count + 1) + lgamma(other_count + 1))
    term = exp(log_term + count * log(odds) - total * log(1 + odds))
    step = -1 if count < mean else 1
    tail = 0.0
    while 0 <= count <= total and term > tail * NEGLIGIBLE:
        tail += term
        ratio = count / (total - count + 1) / odds if step < 0 else _upward(count, total, odds)
        term *= ratio
        count += step
    return min(1.0, 2 * tail)


def poisson_interval(count: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval of a count of independent random events, for its mean.

    Source: Garwood (1936), by quantiles of the gamma distribution.
    """
    from scipy.special import gammaincinv

    tail = (1 - confidence) / 2
    low = float(gammaincinv(count, tail)) if count else 0.0
    return low, float(gammaincinv(count + 1, 1 - tail))


def binomial_interval(count: int, total: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval of a share of independent random events.

    Source: Clopper and Pearson (1934), by quantiles of the beta distribution.
    """
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = float(betaincinv(count, total - count + 1, tail)) if count else 0.0
    high = float(betaincinv(count + 1, total - count, 1 - tail)) if count < total else 1.0
    return low, high


def _upward(count: int, total: int, odds: float) -> float:
    """The ratio of the next binomial term to that of a count."""
    return (total - count) / (count + 1) * odds
