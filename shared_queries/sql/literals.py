"""Our own constants, written into the statement: a parameter would say less and cost more.

PostgreSQL also takes two parameters of equal value for two different expressions, in GROUP BY for one.
"""

from datetime import timedelta

from sqlalchemy import BigInteger, ColumnElement, Interval, Text, literal_column


def word(constant: str) -> ColumnElement[str]:
    """Return a word of our vocabulary, without quotes in it."""
    return literal_column(f"'{constant}'", Text)


def number(constant: int) -> ColumnElement[int]:
    """Return a whole number."""
    return literal_column(str(constant), BigInteger)


def duration(constant: timedelta) -> ColumnElement[timedelta]:
    """Return a length of time."""
    return literal_column(f"interval '{constant.total_seconds():.6f} seconds'", Interval)
