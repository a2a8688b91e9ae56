"""Durations as counts of log-spaced buckets, which add up where percentiles do not.

The same buckets as the database's `analytics.duration_bucket`: bucket 0 is below one second, bucket n from 1.02^(n-1)
to 1.02^n seconds. Their middle is within 1 % of everything in them.
"""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Double, case, cast, func, literal_column

from shared_queries.sql.literals import number

RATIO = 1.02
SMALLEST_US = 500_000
"""Stands for all below a second: within the 0.02 minutes that are allowed there."""


def middle_us(bucket: ColumnElement[Any]) -> ColumnElement[int]:
    """Return the duration that stands for a bucket; null for null."""
    middle = func.power(literal_column(f"{RATIO}::double precision", Double), bucket - literal_column("0.5"))
    return case(
        (bucket == number(0), number(SMALLEST_US)),
        else_=cast(func.round(number(1_000_000) * middle), BigInteger),
    )
