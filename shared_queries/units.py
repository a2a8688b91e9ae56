"""Values as whole numbers of a small unit: however they are added, the sum is the same."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Label, Numeric, Text, cast, extract, func

from shared_queries.literals import number


def whole_units(value: ColumnElement[Any], per_one: int) -> ColumnElement[int]:
    """The value in units of 1/`per_one`, rounded to the nearest, half away from zero on its decimal digits.

    By way of text, which gives a real or a double its shortest exact digits; a direct cast to numeric would cut them
    to 6 or 15 first, and round twice.
    """
    return cast(func.round(cast(cast(value, Text), Numeric) * number(per_one)), BigInteger)


def microseconds(interval: ColumnElement[Any]) -> ColumnElement[int]:
    """A duration between two instants, or a sum of such; 0 for null."""
    return func.coalesce(cast(extract("epoch", interval) * number(1_000_000), BigInteger), number(0))


def whole_sum(value: ColumnElement[Any], where: ColumnElement[bool] | None = None) -> ColumnElement[int]:
    """Sum of integers as an integer (PostgreSQL makes a numeric of a sum of bigints); 0 of nothing."""
    added = func.sum(value)
    return func.coalesce(cast(added if where is None else added.filter(where), BigInteger), number(0))


def count(name: str, *where: ColumnElement[bool]) -> Label[Any]:
    """How many rows satisfy all conditions, under that name."""
    return func.count().filter(*where).label(name) if where else func.count().label(name)
