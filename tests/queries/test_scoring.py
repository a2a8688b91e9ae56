from fractions import Fraction
from math import isclose

import pytest

from shared_queries.scoring import (
    comparable,
    difference,
    mean_minutes,
    quality_score,
    ratio,
    recency_score,
    sample_variance,
    wilson,
)


@pytest.mark.parametrize(
    ("successes", "count", "low", "high"),
    [
        # By hand: p ± the half width of the score interval.
        pytest.param(1, 1, 0.2065, 1.0, id="1 of 1"),
        pytest.param(5, 5, 0.5655, 1.0, id="5 of 5"),
        pytest.param(45, 50, 0.7864, 0.9565, id="45 of 50"),
        pytest.param(0, 5, 0.0, 0.4345, id="0 of 5"),
        pytest.param(50, 100, 0.4038, 0.5962, id="half of 100"),
    ],
)
def test_wilson_intervals(successes: int, count: int, low: float, high: float) -> None:
    interval = wilson(successes, count)
    assert interval is not None
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)
    assert 0 <= interval.low <= interval.high <= 1


def test_no_interval_without_a_denominator() -> None:
    assert wilson(0, 0) is None


@pytest.mark.parametrize(
    ("counts", "value", "low", "high"),
    [
        # Newcombe (1998), table II, method 10.
        pytest.param((56, 70, 48, 80), 0.2000, 0.0524, 0.3339, id="56/70 - 48/80"),
        pytest.param((9, 10, 3, 10), 0.6000, 0.1705, 0.8090, id="9/10 - 3/10"),
        pytest.param((6, 7, 2, 7), 0.5714, 0.0582, 0.8062, id="6/7 - 2/7"),
        pytest.param((5, 56, 0, 29), 0.0893, -0.0381, 0.1926, id="5/56 - 0/29"),
        pytest.param((0, 10, 0, 20), 0.0, -0.1611, 0.2775, id="0/10 - 0/20"),
        pytest.param((0, 10, 0, 10), 0.0, -0.2775, 0.2775, id="0/10 - 0/10"),
        pytest.param((10, 10, 0, 20), 1.0, 0.6791, 1.0, id="10/10 - 0/20"),
        pytest.param((10, 10, 0, 10), 1.0, 0.6075, 1.0, id="10/10 - 0/10"),
    ],
)
def test_newcombes_interval_of_a_difference(
    counts: tuple[int, int, int, int], value: float, low: float, high: float
) -> None:
    found = difference(*counts)
    assert found is not None
    assert (round(found.value, 4), round(found.low, 4), round(found.high, 4)) == (value, low, high)
    successes, count, base_successes, base_count = counts
    mirrored = difference(base_successes, base_count, successes, count)
    assert mirrored is not None
    assert (isclose(-mirrored.low, found.high), isclose(-mirrored.high, found.low)) == (True, True)


def test_no_difference_without_both_denominators() -> None:
    assert difference(1, 2, 0, 0) is None
    assert difference(0, 0, 1, 2) is None


def test_a_difference_has_a_direction_where_its_interval_leaves_out_0() -> None:
    found = [difference(56, 70, 48, 80), difference(48, 80, 56, 70), difference(5, 56, 0, 29)]
    assert [each and each.direction for each in found] == [1, -1, 0]


@pytest.mark.parametrize(
    ("values", "variance"),
    [
        pytest.param([2, 4, 4, 4, 5, 5, 7, 9], Fraction(32, 7), id="by hand"),
        pytest.param([3, 3, 3], Fraction(0), id="all alike"),
        pytest.param([Fraction(2, 5)] * 5, Fraction(0), id="never negative, though each rounds to 0"),
    ],
)
def test_sample_variance_of_rounded_squares(values: list[int | Fraction], variance: Fraction) -> None:
    squares = sum((Fraction(value) + Fraction(1, 2)).__floor__() ** 2 for value in values)
    assert sample_variance(Fraction(sum(values)), squares, len(values)) == variance


@pytest.mark.parametrize(
    ("days", "score"),
    [
        pytest.param(None, 0.0, id="never matched"),
        pytest.param(-1, 1.0, id="tomorrow"),
        pytest.param(0, 1.0, id="today"),
        pytest.param(9, 0.9, id="nine days"),
        pytest.param(45, 0.5, id="half way"),
        pytest.param(89, 1 / 90, id="the last day that counts"),
        pytest.param(90, 0.0, id="ninety days"),
        pytest.param(4000, 0.0, id="ages"),
    ],
)
def test_recency_falls_to_nothing_over_ninety_days(days: int | None, score: float) -> None:
    assert isclose(recency_score(days), score, abs_tol=1e-15)


@pytest.mark.parametrize(
    ("success_rate", "guided_rate", "recency", "score"),
    [
        pytest.param(1.0, 1.0, 1.0, 1.0, id="best"),
        pytest.param(0.0, 0.0, 0.0, 0.0, id="worst"),
        pytest.param(0.8, 0.5, 0.25, 0.6, id="0.4 + 0.15 + 0.05"),
        pytest.param(0.8, None, 0.25, 0.45, id="no guided rate counts as 0"),
        pytest.param(None, 1.0, 1.0, None, id="nothing ended"),
    ],
)
def test_quality(success_rate: float | None, guided_rate: float | None, recency: float, score: float | None) -> None:
    found = quality_score(success_rate, guided_rate, recency)
    assert found is score or (found is not None and score is not None and isclose(found, score))


def test_scores_that_differ_in_the_last_digits_are_equal_when_compared() -> None:
    assert 0.1 + 0.2 != 0.3
    assert comparable(0.1 + 0.2) == comparable(0.3)
    assert comparable(0.300000001) != comparable(0.3)


def test_nothing_of_nothing_is_none() -> None:
    assert ratio(0, 0) is None
    assert mean_minutes(0, 0) is None


def test_zero_of_something_is_zero() -> None:
    assert ratio(0, 3) == 0
    assert mean_minutes(0, 3) == 0
    assert mean_minutes(90_000_000, 3) == 0.5
