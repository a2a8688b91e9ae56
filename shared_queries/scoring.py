"""The formulas of metrics.md: numbers in, number out. Nothing of nothing is None."""

from dataclasses import dataclass
from fractions import Fraction
from math import hypot, sqrt

from shared_queries.values import value

Z_95 = 1.959963984540054

QUALITY_WEIGHTS = (0.5, 0.3, 0.2)
RECENCY_DAYS = 90
SCORE_DECIMALS = 9

MICROSECONDS_PER_MINUTE = 60_000_000
MICROSECONDS_PER_HOUR = 3_600_000_000
MICROSECONDS_PER_MILLISECOND = 1_000
HOUR_UNITS = 10_000
"""Hours are summed as integers of 1/10,000 hour."""
SCORE_UNITS = 1_000_000
"""Confidence scores are summed as integers of 1e-6."""


@value(kw_only=True)
class Interval:
    """Wilson 95 % interval of a rate, clamped to 0..1."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A difference of two rates with Newcombe's 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def direction(self) -> int:
        """1 or -1 where the interval leaves out 0, else 0: within chance."""
        return (self.low > 0) - (self.high < 0)


def ratio(numerator: int, denominator: int) -> float | None:
    """Return a rate or a mean of integers; None without a denominator."""
    return numerator / denominator if denominator else None


def mean_minutes(microseconds: int, count: int) -> float | None:
    """Mean duration in minutes of a sum in microseconds."""
    return ratio(microseconds, count * MICROSECONDS_PER_MINUTE)


def wilson(successes: int, count: int) -> Interval | None:
    """Wilson 95 % interval of `successes` among `count`, clamped to 0..1; None without a denominator."""
    if count == 0:
        return None
    share = successes / count
    z_squared = Z_95 * Z_95
    scale = 1 + z_squared / count
    middle = (share + z_squared / (2 * count)) / scale
    half = Z_95 * sqrt(share * (1 - share) / count + z_squared / (4 * count * count)) / scale
    return Interval(low=max(0.0, middle - half), high=min(1.0, middle + half))


def difference(successes: int, count: int, base_successes: int, base_count: int) -> Difference | None:
    """Newcombe's method 10 for a rate minus a base rate of independent counts; None without both denominators.

    R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine 17
    (1998), 873-890: each limit's distance is made of the two Wilson intervals' distances on the side that counts.
    """
    interval, base = wilson(successes, count), wilson(base_successes, base_count)
    if interval is None or base is None:
        return None
    share, base_share = successes / count, base_successes / base_count
    value = share - base_share
    return Difference(
        value=value,
        low=value - hypot(share - interval.low, base.high - base_share),
        high=value + hypot(interval.high - share, base_share - base.low),
    )


def sample_variance(total: Fraction, squares: int, count: int) -> Fraction:
    """Variance by n - 1, of a sum and a sum of squares; never negative, though the squares may be of rounded values."""
    return max(Fraction(0), (squares - total * total / count) / (count - 1))


def recency_score(days_since_match: int | None) -> float:
    """1 for a match today or later, falling to 0 at 90 local days; 0 if never matched."""
    if days_since_match is None:
        return 0.0
    return min(1.0, max(0.0, 1 - days_since_match / RECENCY_DAYS))


def quality_score(success_rate: float | None, guided_rate: float | None, recency: float) -> float | None:
    """Return the seed's formula; None when no session has ended, while a missing guided rate counts as 0."""
    if success_rate is None:
        return None
    success_weight, guided_weight, recency_weight = QUALITY_WEIGHTS
    return success_weight * success_rate + guided_weight * (guided_rate or 0.0) + recency_weight * recency


def comparable(score: float) -> float:
    """Return the score as orders compare it, without the noise that additions leave in the last digits."""
    return round(score, SCORE_DECIMALS)
