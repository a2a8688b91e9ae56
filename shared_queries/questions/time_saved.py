from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from shared_queries.questions.domain_rows import Domain
from shared_queries.scoring import (
    MICROSECONDS_PER_HOUR,
    MICROSECONDS_PER_MILLISECOND,
    Z_95,
    comparable,
    sample_variance,
)
from shared_queries.sums import SessionSums

COMPARABLE_MIN_COUNT = 5
_MILLISECONDS_PER_HOUR = MICROSECONDS_PER_HOUR // MICROSECONDS_PER_MILLISECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainSaved:
    """What guided sessions of one domain took less than its unguided ones, with the 95 % interval."""

    domain: str
    hours: float
    low: float
    high: float
    guided_timed_count: int
    unguided_timed_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSaved:
    """Guided against unguided sessions of the same domain: an observation, not a proof."""

    hours: float | None
    domains_counted: int
    guided_sessions_counted: int
    guided_sessions_not_comparable: int
    low: float | None
    """With `high` the 95 % interval of `hours`."""
    high: float | None
    by_domain: list[DomainSaved]
    """The counted domains, by hours."""


@dataclass(frozen=True, slots=True)
class _Saved:
    """One domain's, in fractions, so that no order of adding shows."""

    domain: Domain
    hours: Fraction
    variance: Fraction
    """In square hours."""


def time_saved(domains: Iterable[Domain], all_sessions: SessionSums) -> TimeSaved:
    """Per domain (mean unguided - mean guided) x guided sessions, where both are enough to be compared."""
    counted = [
        _saved(domain)
        for domain in domains
        if min(domain.sums.guided_timed_count, domain.sums.unguided_timed_count) >= COMPARABLE_MIN_COUNT
    ]
    hours = sum((saved.hours for saved in counted), start=Fraction(0))
    half = _half_width(sum((saved.variance for saved in counted), start=Fraction(0)))
    guided_counted = sum(saved.domain.sums.guided_timed_count for saved in counted)
    by_domain = [_of_domain(saved) for saved in counted]
    return TimeSaved(
        hours=float(hours) if counted else None,
        domains_counted=len(counted),
        guided_sessions_counted=guided_counted,
        guided_sessions_not_comparable=all_sessions.guided_timed_count - guided_counted,
        low=float(hours) - half if counted else None,
        high=float(hours) + half if counted else None,
        by_domain=sorted(by_domain, key=lambda saved: (-comparable(saved.hours), saved.domain)),
    )


def _saved(domain: Domain) -> _Saved:
    """n_g (mean_u - mean_g), and its variance n_g^2 (s_u^2 / n_u + s_g^2 / n_g)."""
    sums = domain.sums
    guided_count, unguided_count = sums.guided_timed_count, sums.unguided_timed_count
    saved_us = Fraction(sums.unguided_timed_us, unguided_count) * guided_count - sums.guided_timed_us
    variance = (
        _variance(sums.unguided_timed_us, sums.unguided_square_ms, unguided_count) / unguided_count
        + _variance(sums.guided_timed_us, sums.guided_square_ms, guided_count) / guided_count
    )
    return _Saved(domain, saved_us / MICROSECONDS_PER_HOUR, variance * guided_count**2 / _MILLISECONDS_PER_HOUR**2)


def _variance(total_us: int, squares: int, count: int) -> Fraction:
    return sample_variance(Fraction(total_us, MICROSECONDS_PER_MILLISECOND), squares, count)


def _of_domain(saved: _Saved) -> DomainSaved:
    half = _half_width(saved.variance)
    return DomainSaved(
        domain=saved.domain.label,
        hours=float(saved.hours),
        low=float(saved.hours) - half,
        high=float(saved.hours) + half,
        guided_timed_count=saved.domain.sums.guided_timed_count,
        unguided_timed_count=saved.domain.sums.unguided_timed_count,
    )


def _half_width(variance: Fraction) -> float:
    return Z_95 * sqrt(variance)
